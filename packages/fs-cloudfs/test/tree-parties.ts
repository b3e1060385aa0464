import { execFileSync } from "node:child_process";
import * as nodeFs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EEXIST, EISDIR, ELOOP, ENOENT, ENOTDIR } from "@cloudos/abi/errno";
import { FILETYPE_DIRECTORY, FILETYPE_REGULAR_FILE, FILETYPE_SYMBOLIC_LINK } from "@cloudos/abi/wasi";
import { PagedBytes } from "../src/content/paged-bytes.ts";
import { errnoName } from "../src/vfs/errno-text.ts";
import { FsError, fail, settle } from "../src/vfs/errors.ts";
import type { FileSystem } from "../src/vfs/file-system.ts";
import { MountTable } from "../src/vfs/mounts.ts";
import { list, readAll } from "./files.ts";
import type { Layout } from "./overlay-layers.ts";
import type { Random } from "./random.ts";

export type TreeOperation =
  | { readonly op: "mkdir" | "rmdir" | "unlink"; readonly path: string }
  | {
      readonly op: "write";
      readonly path: string;
      readonly offset: number;
      readonly length: number;
      readonly fill: number;
    }
  | { readonly op: "truncate"; readonly path: string; readonly size: number }
  | { readonly op: "chmod"; readonly path: string; readonly mode: number }
  | { readonly op: "symlink"; readonly path: string }
  | { readonly op: "rename" | "link"; readonly path: string; readonly to: string };

/** Somebody who carries out operations on a tree. */
export interface TreeParty {
  readonly name: string;
  /** "" or the name of the error. */
  apply(operation: TreeOperation): Promise<string>;
  /** Every path with type, mode, links of files, size and content. */
  dump(): Promise<string[]>;
}

const NAMES = ["a", "b", "c", "f", "g"];

export function randomOperation(random: Random): TreeOperation {
  const path = () => Array.from({ length: 1 + random.below(3) }, () => random.pick(NAMES)).join("/");
  switch (random.below(12)) {
    case 0:
      return { op: "mkdir", path: path() };
    case 1:
      return { op: "rmdir", path: path() };
    case 2:
    case 3:
      return { op: "unlink", path: path() };
    case 4:
    case 5:
      return {
        op: "write",
        path: path(),
        offset: random.below(3) * 3000,
        length: random.below(9000),
        fill: random.below(256),
      };
    case 6:
      return { op: "truncate", path: path(), size: random.below(12_000) };
    case 7:
      return { op: "chmod", path: path(), mode: 0o700 + random.below(64) };
    case 8:
      return { op: "symlink", path: path() };
    case 9:
      return { op: "link", path: path(), to: path() };
    default:
      return { op: "rename", path: path(), to: path() };
  }
}

/** A file system of ours. */
export class FileSystemParty implements TreeParty {
  readonly name: string;
  fs: FileSystem;
  readonly #bytes = new PagedBytes({ nowNs: () => 1n });

  constructor(name: string, fs: FileSystem) {
    this.name = name;
    this.fs = fs;
  }

  async apply(operation: TreeOperation): Promise<string> {
    try {
      await this.#apply(operation);
      return "";
    } catch (error) {
      if (error instanceof FsError) return errnoName(error.errno);
      throw error;
    }
  }

  async dump(): Promise<string[]> {
    const lines: string[] = [];
    const visit = async (dir: number, path: string): Promise<void> => {
      for (const { name, ino } of await list(this.fs, dir)) {
        const { type, mode, nlink } = await settle(() => this.fs.attributes(ino));
        const at = `${path}/${name}`;
        if (type === FILETYPE_DIRECTORY) {
          lines.push(describeEntry(at, "dir", mode, 0, ""));
          await visit(ino, at);
        } else if (type === FILETYPE_SYMBOLIC_LINK) {
          lines.push(describeEntry(at, "link", 0o777, nlink, await settle(() => this.fs.readlink(ino))));
        } else lines.push(describeEntry(at, "file", mode, nlink, digest(await readAll(this.fs, ino))));
      }
    };
    await visit(this.fs.rootIno, "");
    return lines.sort();
  }

  async #apply(operation: TreeOperation): Promise<void> {
    const { fs } = this;
    const [dir, name] = await this.#place(operation.path);
    const existing = await settle(() => fs.lookup(dir, name));
    switch (operation.op) {
      case "mkdir":
        await settle(() => fs.create(dir, name, { type: FILETYPE_DIRECTORY, mode: 0o755 }));
        return;
      case "rmdir":
        await settle(() => fs.rmdir(dir, name));
        return;
      case "unlink":
        await this.#release(await settle(() => fs.unlink(dir, name)));
        return;
      case "symlink":
        await settle(() => fs.create(dir, name, { type: FILETYPE_SYMBOLIC_LINK, mode: 0o777, target: "no/where" }));
        return;
      case "chmod":
        if (existing === 0 || (await this.#type(existing)) === FILETYPE_SYMBOLIC_LINK) fail(ENOENT);
        await settle(() => fs.setMode(existing, operation.mode));
        return;
      case "write":
      case "truncate": {
        let ino = existing;
        if (ino === 0) {
          if (operation.op === "truncate") fail(ENOENT);
          ino = await settle(() => fs.create(dir, name, { type: FILETYPE_REGULAR_FILE, mode: 0o644 }));
        }
        const type = await this.#type(ino);
        if (type === FILETYPE_DIRECTORY) fail(EISDIR);
        if (type === FILETYPE_SYMBOLIC_LINK) fail(ELOOP);
        const mount = new MountTable(fs).root;
        if (operation.op === "truncate") await settle(() => this.#bytes.truncate(mount, ino, operation.size));
        else if (operation.length > 0) {
          const data = new Uint8Array(operation.length).fill(operation.fill);
          await settle(() => this.#bytes.write(mount, ino, operation.offset, data));
        }
        return;
      }
      case "link":
      case "rename": {
        // Linux looks for the file to link before it looks where to.
        if (operation.op === "link" && existing === 0) fail(ENOENT);
        const [toDir, to] = await this.#place(operation.to);
        if (operation.op === "rename") {
          await this.#release(await settle(() => fs.rename(dir, name, toDir, to)));
          return;
        }
        if ((await settle(() => fs.lookup(toDir, to))) !== 0) fail(EEXIST);
        await settle(() => fs.link(toDir, to, existing));
        return;
      }
    }
  }

  async #type(ino: number): Promise<number> {
    return (await settle(() => this.fs.attributes(ino))).type;
  }

  async #release(ino: number): Promise<void> {
    if (ino !== 0) await settle(() => this.fs.release(ino));
  }

  async #place(path: string): Promise<[dir: number, name: string]> {
    const names = path.split("/");
    const name = names.pop()!;
    let dir = this.fs.rootIno;
    for (const each of names) {
      const from = dir;
      dir = await settle(() => this.fs.lookup(from, each));
      if (dir === 0) fail(ENOENT);
      const type = await this.#type(dir);
      // All links lead nowhere.
      if (type === FILETYPE_SYMBOLIC_LINK) fail(ENOENT);
      if (type !== FILETYPE_DIRECTORY) fail(ENOTDIR);
    }
    return [dir, name];
  }
}

/** A directory of the host: what the Linux kernel says. */
export class HostParty implements TreeParty {
  readonly name = "Linux";
  readonly #root: string;

  constructor(root: string) {
    this.#root = root;
  }

  async apply(operation: TreeOperation): Promise<string> {
    try {
      this.#apply(operation, join(this.#root, operation.path));
      return "";
    } catch (error) {
      return (error as NodeJS.ErrnoException).code ?? String(error);
    }
  }

  async dump(): Promise<string[]> {
    const lines: string[] = [];
    const visit = (path: string): void => {
      for (const name of nodeFs.readdirSync(join(this.#root, path))) {
        const at = `${path}/${name}`;
        const stat = nodeFs.lstatSync(join(this.#root, at));
        const mode = stat.mode & 0o7777;
        if (stat.isDirectory()) {
          lines.push(describeEntry(at, "dir", mode, 0, ""));
          visit(at);
        } else if (stat.isSymbolicLink()) {
          lines.push(describeEntry(at, "link", 0o777, stat.nlink, nodeFs.readlinkSync(join(this.#root, at))));
        } else
          lines.push(describeEntry(at, "file", mode, stat.nlink, digest(nodeFs.readFileSync(join(this.#root, at)))));
      }
    };
    visit("");
    return lines.sort();
  }

  #apply(operation: TreeOperation, path: string): void {
    const { O_CREAT, O_NOFOLLOW, O_WRONLY } = nodeFs.constants;
    switch (operation.op) {
      case "mkdir":
        nodeFs.mkdirSync(path, 0o755);
        return;
      case "rmdir":
        nodeFs.rmdirSync(path);
        return;
      case "unlink":
        nodeFs.unlinkSync(path);
        return;
      case "symlink":
        nodeFs.symlinkSync("no/where", path);
        return;
      case "chmod":
        nodeFs.chmodSync(path, operation.mode);
        return;
      case "write":
      case "truncate": {
        const create = operation.op === "write" ? O_CREAT : 0;
        const file = nodeFs.openSync(path, O_WRONLY | O_NOFOLLOW | create, 0o644);
        try {
          if (operation.op === "truncate") nodeFs.ftruncateSync(file, operation.size);
          else if (operation.length > 0) {
            nodeFs.writeSync(
              file,
              Buffer.alloc(operation.length, operation.fill),
              0,
              operation.length,
              operation.offset,
            );
          }
        } finally {
          nodeFs.closeSync(file);
        }
        return;
      }
      case "link":
        nodeFs.linkSync(path, join(this.#root, operation.to));
        return;
      case "rename":
        nodeFs.renameSync(path, join(this.#root, operation.to));
        return;
    }
  }
}

/** An overlay of the Linux kernel on layers laid out as given; undefined, with the reason, where it cannot be mounted. */
export function mountLinuxOverlay(layers: readonly Layout[]): { root: string; unmount(): void } | string {
  const base = nodeFs.mkdtempSync(join(tmpdir(), "overlay-"));
  const lower = layers.map((layout, index) => {
    const dir = join(base, `l${index}`);
    nodeFs.mkdirSync(dir);
    for (const [path, what] of Object.entries(layout)) {
      const at = join(dir, path);
      if (what === null) nodeFs.mkdirSync(at, 0o755);
      else if (what.startsWith("-> ")) nodeFs.symlinkSync(what.slice(3), at);
      else if (what.startsWith("= ")) nodeFs.linkSync(join(dir, what.slice(2)), at);
      else nodeFs.writeFileSync(at, what);
    }
    return dir;
  });
  for (const name of ["upper", "work", "merged"]) nodeFs.mkdirSync(join(base, name));
  const options = `lowerdir=${lower.reverse().join(":")},upperdir=${join(base, "upper")},workdir=${join(base, "work")}`;
  const merged = join(base, "merged");
  try {
    execFileSync("mount", ["-t", "overlay", "overlay", "-o", `${options},redirect_dir=on,index=on`, merged], {
      stdio: "pipe",
    });
  } catch (error) {
    nodeFs.rmSync(base, { recursive: true });
    return `mounting an overlay is not allowed here: ${(error as Error).message}`;
  }
  const unmount = () => {
    execFileSync("umount", [merged]);
    nodeFs.rmSync(base, { recursive: true });
  };
  return { root: merged, unmount };
}

/** Errors that POSIX lets a system choose between. */
export function sameError(a: string, b: string): boolean {
  const kind = (error: string) => (["EISDIR", "ENOTEMPTY", "EEXIST"].includes(error) ? "occupied" : error);
  return kind(a) === kind(b);
}

function describeEntry(path: string, type: string, mode: number, nlink: number, content: string): string {
  return `${path} ${type} ${mode.toString(8)} links=${nlink} ${content}`;
}

function digest(data: Uint8Array): string {
  let sum = 0;
  for (const byte of data) sum = (Math.imul(sum, 31) + byte) | 0;
  return `size=${data.length} sum=${sum}`;
}
