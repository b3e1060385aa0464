import { EFBIG, EINVAL, EISDIR } from "@cloudos/abi/errno";
import { PAGE_SHIFT, PAGE_SIZE } from "@cloudos/abi/params";
import { FILETYPE_DIRECTORY, FILETYPE_REGULAR_FILE } from "@cloudos/abi/wasi";
import { fail, settle } from "../vfs/errors.ts";
import type { FileSystem } from "../vfs/file-system.ts";
import type { Mount } from "../vfs/mounts.ts";
import type { FileBytes } from "./file-bytes.ts";
import { PageLru } from "./page-lru.ts";

/** CloudFS counts pages of a file in 40 bits. */
const SIZE_MAX = 2 ** 52;
const CACHE_BYTES = 32 * 1024 * 1024;

export interface PagedBytesOptions {
  readonly nowNs: () => bigint;
  /** For pages that had to be waited for. */
  readonly cacheBytes?: number;
}

/** Files straight from their file systems, when nobody else caches them. */
export class PagedBytes implements FileBytes {
  readonly #nowNs: () => bigint;
  readonly #cache: PageLru;
  /** The last change under way of each file that has one. */
  readonly #tails = new Map<FileSystem, Map<number, Promise<void>>>();

  constructor(options: PagedBytesOptions) {
    this.#nowNs = options.nowNs;
    this.#cache = new PageLru(options.cacheBytes ?? CACHE_BYTES);
  }

  size({ fs }: Mount, ino: number): number {
    return fs.attributes(ino).size;
  }

  mtimeNs({ fs }: Mount, ino: number): bigint {
    return fs.attributes(ino).mtimeNs;
  }

  read({ fs }: Mount, ino: number, offset: number, out: Uint8Array): number | Promise<number> {
    const inode = fs.attributes(ino);
    if (inode.type !== FILETYPE_REGULAR_FILE) fail(inode.type === FILETYPE_DIRECTORY ? EISDIR : EINVAL);
    const length = Math.min(out.length, inode.size - offset);
    if (length <= 0) return 0;
    const pending = this.#fill(fs, ino, offset, length === out.length ? out : out.subarray(0, length));
    return pending === undefined ? length : pending.then(() => length);
  }

  write({ fs }: Mount, ino: number, offset: number, data: Uint8Array): void | Promise<void> {
    if (offset + data.length > SIZE_MAX) fail(EFBIG);
    return this.#inOrder(fs, ino, () => this.#write(fs, ino, offset, data));
  }

  truncate({ fs }: Mount, ino: number, size: number): void | Promise<void> {
    if (size > SIZE_MAX) fail(EFBIG);
    return this.#inOrder(fs, ino, () => {
      const now = fs.attributes(ino).size;
      this.#cache.drop(fs, ino);
      return fs.writeBack(ino, { size, validSize: Math.min(size, now), mtimeNs: this.#nowNs(), pages: [] });
    });
  }

  sync({ fs }: Mount, _ino: number): Promise<void> {
    return fs.sync();
  }

  release({ fs }: Mount, ino: number): void {
    this.#cache.drop(fs, ino);
    fs.release(ino);
  }

  /** Copies bytes of the file that exist; a promise when some must be waited for. */
  #fill(fs: FileSystem, ino: number, offset: number, out: Uint8Array): Promise<void> | undefined {
    const first = Math.floor(offset / PAGE_SIZE);
    const end = Math.ceil((offset + out.length) / PAGE_SIZE);
    const version = fs.version(ino);
    let keep = false;
    const sink = (index: number, bytes: Uint8Array) => {
      copyPage(out, index * PAGE_SIZE - offset, bytes);
      if (keep) this.#cache.put(fs, ino, version, index, wholePage(bytes));
    };
    const waiting: Promise<void>[] = [];
    let missing = first;
    const fetch = (to: number) => {
      if (missing === to) return;
      const pending = fs.readPages(ino, missing, to - missing, sink);
      if (pending !== undefined) waiting.push(pending);
    };
    for (let index = first; index < end; index++) {
      const held = this.#cache.get(fs, ino, index);
      if (held === undefined) continue;
      fetch(index);
      missing = index + 1;
      copyPage(out, index * PAGE_SIZE - offset, held);
    }
    fetch(end);
    // What came without waiting is in somebody's memory already.
    keep = !fs.readOnly;
    if (waiting.length === 0) return undefined;
    return waiting.length === 1 ? waiting[0] : Promise.all(waiting).then(() => undefined);
  }

  #write(fs: FileSystem, ino: number, offset: number, data: Uint8Array): void | Promise<void> {
    const size = fs.attributes(ino).size;
    const first = Math.floor(offset / PAGE_SIZE);
    const end = Math.ceil((offset + data.length) / PAGE_SIZE);
    const buffer = new Uint8Array((end - first) << PAGE_SHIFT);
    const waiting: Promise<void>[] = [];
    const keepOld = (page: number) => {
      const start = page * PAGE_SIZE;
      const room = buffer.subarray((page - first) << PAGE_SHIFT, (page - first + 1) << PAGE_SHIFT);
      const pending = this.#fill(fs, ino, start, room.subarray(0, Math.min(PAGE_SIZE, size - start)));
      if (pending !== undefined) waiting.push(pending);
    };
    // Pages that are written in part keep what else they hold.
    const headPartly = offset % PAGE_SIZE !== 0 || offset + data.length < Math.min(size, (first + 1) * PAGE_SIZE);
    if (headPartly && first * PAGE_SIZE < size) keepOld(first);
    const last = end - 1;
    if (last > first && offset + data.length < Math.min(size, end * PAGE_SIZE)) keepOld(last);
    const finish = () => {
      buffer.set(data, offset - first * PAGE_SIZE);
      return this.#store(fs, ino, first, buffer, Math.max(size, offset + data.length), size);
    };
    return waiting.length === 0 ? finish() : Promise.all(waiting).then(() => settle(finish));
  }

  #store(fs: FileSystem, ino: number, first: number, buffer: Uint8Array, size: number, validSize: number) {
    const pages: { index: number; bytes: Uint8Array }[] = [];
    for (let at = 0; at < buffer.length; at += PAGE_SIZE) {
      pages.push({ index: first + at / PAGE_SIZE, bytes: buffer.subarray(at, at + PAGE_SIZE) });
    }
    const before = fs.version(ino);
    const pending = fs.writeBack(ino, { size, validSize, mtimeNs: this.#nowNs(), pages });
    if (pending === undefined) return;
    return pending.then(() => {
      const now = fs.version(ino);
      if (now === before + 1) this.#cache.carryOver(fs, ino, before, now);
      for (const { index, bytes } of pages) this.#cache.put(fs, ino, now, index, bytes);
    });
  }

  /** Changes of one file one after the other; at once when none is under way and nothing must be waited for. */
  #inOrder(fs: FileSystem, ino: number, change: () => void | Promise<void>): void | Promise<void> {
    let tails = this.#tails.get(fs);
    const before = tails?.get(ino);
    const done = before === undefined ? change() : before.then(() => settle(change));
    if (done === undefined) return;
    if (tails === undefined) {
      tails = new Map();
      this.#tails.set(fs, tails);
    }
    const own = tails;
    const tail = done
      .catch(() => undefined)
      .then(() => {
        if (own.get(ino) === tail) own.delete(ino);
      });
    own.set(ino, tail);
    return done;
  }
}

/** Copies the part of a page that lies in `out`; the page begins at `at` (may be negative) and is zeros past its bytes. */
function copyPage(out: Uint8Array, at: number, bytes: Uint8Array): void {
  const end = Math.min(out.length, at + PAGE_SIZE);
  const from = Math.max(0, at);
  const filled = Math.min(end, at + bytes.length);
  if (filled > from) out.set(bytes.subarray(from - at, filled - at), from);
  if (end > Math.max(from, filled)) out.fill(0, Math.max(from, filled), end);
}

/** A copy of a page, with its zeros. */
function wholePage(bytes: Uint8Array): Uint8Array {
  const page = new Uint8Array(PAGE_SIZE);
  page.set(bytes);
  return page;
}
