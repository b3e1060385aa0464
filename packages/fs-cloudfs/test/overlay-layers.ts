import {
  FILETYPE_CHARACTER_DEVICE,
  FILETYPE_DIRECTORY,
  FILETYPE_REGULAR_FILE,
  FILETYPE_SYMBOLIC_LINK,
} from "@cloudos/abi/wasi";
import type { Tree } from "../src/overlay/layers.ts";
import { Overlay } from "../src/overlay/overlay.ts";
import { settle } from "../src/vfs/errors.ts";
import type { FileSystem } from "../src/vfs/file-system.ts";
import { writeAll } from "./files.ts";
import { newTmpfs, text } from "./ninep-machine.ts";

/** A tree as paths: text is a file, null a directory, "-> x" a link, "= x" a hard link to x, "whiteout" one. */
export type Layout = Readonly<Record<string, string | null>>;

/** Fills a file system; parents come first. */
export async function fill(fs: FileSystem, layout: Layout): Promise<void> {
  const find = async (path: string) => {
    let ino = fs.rootIno;
    for (const name of path.split("/")) if (name !== "") ino = await settle(() => fs.lookup(ino, name));
    return ino;
  };
  for (const [path, what] of Object.entries(layout)) {
    const cut = path.lastIndexOf("/");
    const dir = await find(path.slice(0, Math.max(0, cut)));
    const name = path.slice(cut + 1);
    const mode = 0o755;
    if (what === null) await settle(() => fs.create(dir, name, { type: FILETYPE_DIRECTORY, mode }));
    else if (what.startsWith("-> ")) {
      const target = what.slice(3);
      await settle(() => fs.create(dir, name, { type: FILETYPE_SYMBOLIC_LINK, mode: 0o777, target }));
    } else if (what.startsWith("= ")) {
      const ino = await find(what.slice(2));
      await settle(() => fs.link(dir, name, ino));
    } else if (what === "whiteout") {
      await settle(() => fs.create(dir, name, { type: FILETYPE_CHARACTER_DEVICE, mode: 0 }));
    } else {
      const ino = await settle(() => fs.create(dir, name, { type: FILETYPE_REGULAR_FILE, mode: 0o644 }));
      await writeAll(fs, ino, text(what));
    }
  }
}

/** A layer from a layout. */
export async function layer(layout: Layout): Promise<Tree> {
  const fs = newTmpfs();
  await fill(fs, layout);
  return { fs, ino: fs.rootIno };
}

/** An overlay on a fresh directory of `upper`. */
export async function overlayOn(upper: FileSystem, lower: readonly Tree[]): Promise<Overlay> {
  const ino = await settle(() => {
    const found = upper.lookup(upper.rootIno, "machine");
    return found !== 0 ? found : upper.create(upper.rootIno, "machine", { type: FILETYPE_DIRECTORY, mode: 0o700 });
  });
  return Overlay.open({ lower, upper: { fs: upper, ino } });
}

export async function at(fs: FileSystem, path: string): Promise<number> {
  let ino = fs.rootIno;
  for (const name of path.split("/")) if (name !== "") ino = await settle(() => fs.lookup(ino, name));
  return ino;
}
