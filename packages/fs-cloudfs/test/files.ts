import { FILETYPE_DIRECTORY, FILETYPE_REGULAR_FILE, FILETYPE_SYMBOLIC_LINK } from "@cloudos/abi/wasi";
import { settle } from "../src/vfs/errors.ts";
import type { FileSystem } from "../src/vfs/file-system.ts";

const PAGE = 4096;

/** Writes a file's whole content as a write-back of the page cache does. */
export async function writeAll(fs: FileSystem, ino: number, data: Uint8Array, mtimeNs = 1n): Promise<void> {
  const pages: { index: number; bytes: Uint8Array }[] = [];
  for (let at = 0; at < data.length; at += PAGE) {
    const bytes = new Uint8Array(PAGE);
    bytes.set(data.subarray(at, at + PAGE));
    pages.push({ index: at / PAGE, bytes });
  }
  await settle(() => fs.writeBack(ino, { size: data.length, mtimeNs, validSize: 0, pages }));
}

export async function readAll(fs: FileSystem, ino: number): Promise<Uint8Array> {
  const size = (await settle(() => fs.attributes(ino))).size;
  const pages = Math.ceil(size / PAGE);
  const out = new Uint8Array(pages * PAGE);
  if (pages > 0) await settle(() => fs.readPages(ino, 0, pages, (index, bytes) => out.set(bytes, index * PAGE)));
  return out.subarray(0, size);
}

export interface Entry {
  readonly name: string;
  readonly ino: number;
  readonly type: number;
  readonly cookie: number;
}

export async function list(fs: FileSystem, dir: number, after = 0, most = Number.POSITIVE_INFINITY): Promise<Entry[]> {
  return await settle(() => {
    const entries: Entry[] = [];
    fs.readdir(dir, after, (name, ino, type, cookie) => {
      if (entries.length >= most) return false;
      entries.push({ name, ino, type, cookie });
      return true;
    });
    return entries;
  });
}

/** A whole tree as plain text, one line for each path: what two states are compared by. */
export async function dump(fs: FileSystem): Promise<string[]> {
  const lines: string[] = [];
  const visit = async (ino: number, path: string): Promise<void> => {
    for (const { name, ino: child } of await list(fs, ino)) {
      const at = `${path}/${name}`;
      const inode = await settle(() => fs.attributes(child));
      const common = `${at} mode=${inode.mode.toString(8)} nlink=${inode.nlink} mtime=${inode.mtimeNs}`;
      if (inode.type === FILETYPE_DIRECTORY) {
        lines.push(`${common} dir`);
        await visit(child, at);
      } else if (inode.type === FILETYPE_SYMBOLIC_LINK) {
        lines.push(`${common} -> ${await settle(() => fs.readlink(child))}`);
      } else if (inode.type === FILETYPE_REGULAR_FILE) {
        const data = await readAll(fs, child);
        let sum = 0;
        for (const byte of data) sum = (Math.imul(sum, 31) + byte) | 0;
        lines.push(`${common} size=${data.length} sum=${sum}`);
      }
    }
  };
  await visit(fs.rootIno, "");
  return lines.sort();
}
