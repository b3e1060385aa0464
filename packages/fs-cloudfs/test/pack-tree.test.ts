import {
  FILETYPE_CHARACTER_DEVICE,
  FILETYPE_DIRECTORY,
  FILETYPE_REGULAR_FILE,
  FILETYPE_SYMBOLIC_LINK,
} from "@cloudos/abi";
import { describe, expect, it } from "vitest";
import { Tmpfs } from "../src/tmpfs/tmpfs.ts";
import type { FileSystem } from "../src/vfs/file-system.ts";
import { packTree, unpackTree } from "../src/vfs/pack-tree.ts";
import { emptyTree } from "../src/vfs/remove-tree.ts";

const memory = () => ({ totalBytes: 2 ** 30, freeBytes: 2 ** 30 });
const tmpfs = () => new Tmpfs({ nowNs: () => 5_000_000_000n, rootMode: 0o755, memory });

/** Names, attributes and links of a tree, by path. */
function list(fs: FileSystem, dir: number, path = ""): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  fs.readdir(dir, 0, (name, ino, type) => {
    const { mode, uid, gid, rdev, nlink, size, mtimeNs } = fs.attributes(ino);
    const xattrs = Object.fromEntries(fs.xattrs(ino));
    const target = type === FILETYPE_SYMBOLIC_LINK ? fs.readlink(ino) : "";
    const at = `${path}/${name}`;
    found[at] = {
      type,
      mode,
      uid,
      gid,
      rdev,
      nlink,
      size: type === FILETYPE_DIRECTORY ? 0 : size,
      mtimeNs,
      xattrs,
      target,
    };
    if (type === FILETYPE_DIRECTORY) Object.assign(found, list(fs, ino, at));
    return true;
  });
  return found;
}

function sample(): Tmpfs {
  const fs = tmpfs();
  const root = fs.rootIno;
  const dir = fs.create(root, "etc", { type: FILETYPE_DIRECTORY, mode: 0o700, uid: 0, gid: 7 });
  const xattrs = new Map([["user.note", Uint8Array.of(1, 2, 3)]]);
  const file = fs.create(dir, "conf", { type: FILETYPE_REGULAR_FILE, mode: 0o4755, uid: 1000, gid: 0, xattrs });
  fs.link(root, "hard", file);
  fs.create(dir, "up", { type: FILETYPE_SYMBOLIC_LINK, mode: 0o777, target: "../hard" });
  fs.create(dir, "null", { type: FILETYPE_CHARACTER_DEVICE, mode: 0o666, rdev: 0x103 });
  fs.create(root, "empty", { type: FILETYPE_DIRECTORY, mode: 0o755 });
  return fs;
}

describe("packed trees", () => {
  it("are what was packed, owners, devices, attributes and links included", async () => {
    const fs = sample();
    const packed = await packTree({ fs, ino: fs.rootIno });
    const copy = tmpfs();
    await unpackTree(packed, { fs: copy, ino: copy.rootIno });
    const listed = list(copy, copy.rootIno);
    expect(Object.keys(listed)).toHaveLength(6);
    expect(listed).toEqual(list(fs, fs.rootIno));
    expect(copy.lookup(copy.rootIno, "hard")).toBe(copy.lookup(copy.lookup(copy.rootIno, "etc"), "conf"));
  });

  it("that are cut or lead out of the directory are refused", async () => {
    const fs = sample();
    const packed = await packTree({ fs, ino: fs.rootIno });
    for (const length of [0, 5, 30, packed.length - 1]) {
      const copy = tmpfs();
      const unpacked = unpackTree(packed.subarray(0, length), { fs: copy, ino: copy.rootIno });
      await expect(unpacked).rejects.toThrow(/Cannot unpack the tree/);
    }
    const escaping = packed.slice();
    // "etc" becomes "..c"; then a name of two dots.
    const at = escaping.findIndex((_, i) => new TextDecoder().decode(escaping.subarray(i, i + 3)) === "etc");
    escaping.set([46, 46], at);
    escaping[at - 4] = 2;
    const copy = tmpfs();
    await expect(unpackTree(escaping, { fs: copy, ino: copy.rootIno })).rejects.toThrow(/Cannot unpack the tree/);
    expect(list(copy, copy.rootIno)).toEqual({});
  });

  it("emptying leaves nothing, and frees each file once", async () => {
    const fs = sample();
    const orphans: number[] = [];
    await emptyTree(fs, fs.rootIno, (ino) => orphans.push(ino));
    expect(list(fs, fs.rootIno)).toEqual({});
    expect(new Set(orphans).size).toBe(3);
    expect(orphans).toHaveLength(3);
  });
});
