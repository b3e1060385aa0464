import { PAGE_SIZE } from "@cloudos/abi/params";
import { FILETYPE_DIRECTORY, FILETYPE_REGULAR_FILE, FILETYPE_SYMBOLIC_LINK } from "@cloudos/abi/wasi";
import { settle } from "./errors.ts";
import type { Attributes, FileSystem, NewInode } from "./file-system.ts";

/** Pages copied at a time: 4 MiB. */
const BATCH_PAGES = 1024;

/** A directory of a file system. */
export interface TreePlace {
  readonly fs: FileSystem;
  readonly ino: number;
}

/**
 * Copies all that is in a directory into an empty one as it is: owners, modes, times, devices, extended attributes, hard links, holes. So a
 * copy of an overlay's writable directory is a clone of what it shows.
 */
export async function copyTree(from: TreePlace, to: TreePlace): Promise<void> {
  const copies = new Map<number, number>();
  await copyXattrs(from, to);
  await copyEntries(from, to, copies);
}

async function copyEntries(from: TreePlace, to: TreePlace, copies: Map<number, number>): Promise<void> {
  const entries: { name: string; ino: number }[] = [];
  await settle(() => {
    entries.length = 0;
    from.fs.readdir(from.ino, 0, (name, ino) => entries.push({ name, ino }) > 0);
  });
  for (const { name, ino } of entries) {
    const copied = copies.get(ino);
    if (copied !== undefined) {
      await settle(() => to.fs.link(to.ino, name, copied));
      continue;
    }
    const what = await settle(() => newInode(from.fs, ino));
    const copy = await settle(() => to.fs.create(to.ino, name, what));
    const source = { fs: from.fs, ino };
    if (what.type === FILETYPE_DIRECTORY) {
      await copyEntries(source, { fs: to.fs, ino: copy }, copies);
      // Filling it has changed its time.
      await settle(() => to.fs.setTimes(copy, what.atimeNs, what.mtimeNs));
    } else copies.set(ino, copy);
    if (what.type === FILETYPE_REGULAR_FILE) await copyContent(source, { fs: to.fs, ino: copy });
  }
}

function newInode(fs: FileSystem, ino: number): NewInode {
  const { type, mode, uid, gid, rdev, atimeNs, mtimeNs }: Attributes = fs.attributes(ino);
  const target = type === FILETYPE_SYMBOLIC_LINK ? { target: fs.readlink(ino) } : {};
  return { type, mode, uid, gid, rdev, atimeNs, mtimeNs, xattrs: new Map(fs.xattrs(ino)), ...target };
}

async function copyXattrs(from: TreePlace, to: TreePlace): Promise<void> {
  const xattrs = await settle(() => new Map(from.fs.xattrs(from.ino)));
  for (const [name, value] of xattrs) await settle(() => to.fs.setXattr(to.ino, name, value));
}

async function copyContent(from: TreePlace, to: TreePlace): Promise<void> {
  const { size, mtimeNs } = await settle(() => from.fs.attributes(from.ino));
  const count = Math.ceil(size / PAGE_SIZE);
  for (let first = 0; first < count; first += BATCH_PAGES) {
    const pages: { index: number; bytes: Uint8Array }[] = [];
    const take = (index: number, found: Uint8Array) => {
      if (found.length === 0) return;
      const bytes = new Uint8Array(PAGE_SIZE);
      bytes.set(found);
      pages.push({ index, bytes });
    };
    await settle(() => {
      pages.length = 0;
      return from.fs.readPages(from.ino, first, Math.min(BATCH_PAGES, count - first), take);
    });
    pages.sort((a, b) => a.index - b.index);
    await settle(() => to.fs.writeBack(to.ino, { size, mtimeNs, validSize: first === 0 ? 0 : size, pages }));
  }
  if (count === 0) await settle(() => to.fs.setTimes(to.ino, undefined, mtimeNs));
}
