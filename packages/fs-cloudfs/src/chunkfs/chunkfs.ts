import { EINVAL, EIO, EISDIR, ENOTDIR, ESTALE } from "@cloudos/abi/errno";
import { PAGE_SHIFT, PAGE_SIZE } from "@cloudos/abi/params";
import { FILETYPE_DIRECTORY, FILETYPE_REGULAR_FILE, FILETYPE_SYMBOLIC_LINK } from "@cloudos/abi/wasi";
import { getU64 } from "../cloudfs/format.ts";
import { BlobCache } from "../imagefs/blob-cache.ts";
import type { BlobSource } from "../imagefs/blob-source.ts";
import { FIRST_COOKIE } from "../tree/inode.ts";
import { fail } from "../vfs/errors.ts";
import type { Attributes, EntrySink, FsStatistics, PageSink, ProgressSink, Xattrs } from "../vfs/file-system.ts";
import { ReadOnlyFileSystem } from "../vfs/read-only.ts";
import { ChunkTree } from "./chunk-tree.ts";
import * as format from "./format.ts";
import { TouchedChunks } from "./prefetch.ts";

/** Decoded chunks in memory. */
const CACHE_BYTES = 48 * 1024 * 1024;
/** Chunks fetched ahead of a file that is read from front to back. */
const READ_AHEAD = 3;

export interface ChunkfsOptions {
  readonly blobs: BlobSource;
  /** As /proc/mounts shows it. */
  readonly source?: string;
  readonly cacheBytes?: number;
}

/** A read-only tree whose bytes are fetched in content-addressed chunks when they are first read. */
export class Chunkfs extends ReadOnlyFileSystem {
  readonly type = "chunkfs";
  readonly source: string;
  readonly identity: string;
  readonly rootIno = format.ROOT_INO;
  /** Which chunks were read, in order: what a prefetch list is made of. */
  readonly touched: TouchedChunks;
  readonly #tree: ChunkTree;
  readonly #cache: BlobCache;
  readonly #attributes: (Attributes | undefined)[] = [];
  readonly #directories = new Map<number, Map<string, number>>();
  readonly #names: (string | undefined)[] = [];
  /** Page after the last one read, of the file read last. */
  #sequential = { ino: 0, page: 0 };

  constructor(tree: Uint8Array, options: ChunkfsOptions) {
    super();
    this.#tree = new ChunkTree(tree);
    this.source = options.source ?? "chunks";
    this.identity = `chunks:${this.#tree.inodes}:${this.#tree.hash.toString(16)}`;
    this.touched = new TouchedChunks(this.#tree.chunks);
    const byName = new Map<string, number>();
    const chunkOf = (name: string) => {
      if (byName.size === 0) for (let i = 0; i < this.#tree.chunks; i++) byName.set(this.#chunkName(i), i);
      return byName.get(name);
    };
    const blobOf = (name: string) => {
      const index = chunkOf(name);
      return index === undefined ? undefined : this.#tree.chunkBlob(index);
    };
    this.#cache = new BlobCache(options.blobs, blobOf, options.cacheBytes ?? CACHE_BYTES);
  }

  attributes(ino: number): Attributes {
    return this.#attributes[ino] ?? this.#loadAttributes(ino);
  }

  lookup(dir: number, name: string): number {
    return this.#directory(dir).get(name) ?? 0;
  }

  parent(dir: number): number {
    return this.#tree.view.getUint32(this.#directoryAt(dir) + format.I_PARENT, true);
  }

  nameOf(dir: number): string {
    const at = this.#directoryAt(dir);
    return dir === this.rootIno ? "" : this.#tree.entry(this.#tree.view.getUint32(at + format.I_ENTRY, true)).name;
  }

  readdir(dir: number, after: number, sink: EntrySink): void {
    const at = this.#directoryAt(dir);
    const first = this.#tree.view.getUint32(at + format.I_FIRST, true);
    const count = this.#tree.view.getUint32(at + format.I_COUNT, true);
    for (let index = Math.max(0, after - FIRST_COOKIE + 1); index < count; index++) {
      const { name, ino, type } = this.#tree.entry(first + index);
      if (!sink(name, ino, type, FIRST_COOKIE + index)) return;
    }
  }

  readlink(ino: number): string {
    const at = this.#inodeAt(ino);
    const { view } = this.#tree;
    if (view.getUint8(at) !== FILETYPE_SYMBOLIC_LINK) fail(EINVAL);
    return this.#tree.text(view.getUint32(at + format.I_FIRST, true), view.getUint32(at + format.I_COUNT, true));
  }

  xattrs(ino: number): Xattrs {
    const offset = this.#tree.view.getUint32(this.#inodeAt(ino) + format.I_XATTRS, true);
    return offset === 0 ? NO_XATTRS : this.#tree.xattrs(offset - 1);
  }

  readPages(ino: number, first: number, count: number, sink: PageSink, progress?: ProgressSink): void | Promise<void> {
    const { type, size } = this.attributes(ino);
    if (type !== FILETYPE_REGULAR_FILE) fail(type === FILETYPE_DIRECTORY ? EISDIR : EINVAL);
    const pagesPerChunk = this.#tree.chunkBytes >>> PAGE_SHIFT;
    const pages = Math.ceil(size / PAGE_SIZE);
    const end = Math.min(first + count, pages);
    const waiting: Promise<void>[] = [];
    for (let from = first; from < end; ) {
      const piece = Math.floor(from / pagesPerChunk);
      const to = Math.min(end, (piece + 1) * pagesPerChunk);
      const pending = this.#readPiece(ino, size, piece, from, to, sink, progress);
      if (pending !== undefined) waiting.push(pending);
      from = to;
    }
    for (let index = Math.max(first, pages); index < first + count; index++) sink(index, HOLE);
    if (waiting.length > 0 || this.#sequential.ino === ino) this.#readAhead(ino, size, first, end);
    this.#sequential = { ino, page: end };
    if (waiting.length > 0) return Promise.all(waiting).then(() => undefined);
  }

  statistics(): FsStatistics {
    return { totalBytes: this.#tree.totalBytes, freeBytes: 0, files: this.#tree.inodes, freeFiles: 0 };
  }

  /** Fetches chunks, a few at a time, in the order given. Resolves when all were tried; what failed is fetched when it is read. */
  async prefetch(chunks: Iterable<number>, atOnce = 6): Promise<void> {
    const next = chunks[Symbol.iterator]();
    const fetchOn = async () => {
      for (let step = next.next(); !step.done; step = next.next()) {
        if (step.value < this.#tree.chunks) await this.#cache.get(this.#chunkName(step.value)).catch(() => undefined);
      }
    };
    await Promise.all(Array.from({ length: atOnce }, fetchOn));
  }

  /** Bytes of the chunks that would be transferred for a list. */
  transferBytes(chunks: Iterable<number>): number {
    let bytes = 0;
    for (const chunk of chunks) bytes += this.#tree.chunkBlob(chunk).transferBytes;
    return bytes;
  }

  /** Pages [from, to), which lie in extent `piece` of the file. */
  #readPiece(
    ino: number,
    size: number,
    piece: number,
    from: number,
    to: number,
    sink: PageSink,
    progress: ProgressSink | undefined,
  ): Promise<void> | undefined {
    const { chunk, offset, length } = this.#extentOf(ino, piece);
    const start = piece * this.#tree.chunkBytes;
    if (length !== Math.min(this.#tree.chunkBytes, size - start)) fail(EIO);
    const give = (bytes: Uint8Array | undefined) => {
      if (bytes !== undefined && offset + length > bytes.length) fail(EIO);
      for (let index = from; index < to; index++) {
        const at = index * PAGE_SIZE - start;
        const stop = Math.min(at + PAGE_SIZE, length);
        sink(index, bytes === undefined ? HOLE : bytes.subarray(offset + at, offset + stop));
      }
    };
    if (chunk === format.NO_CHUNK) {
      give(undefined);
      return undefined;
    }
    this.touched.add(chunk);
    const name = this.#chunkName(chunk);
    const held = this.#cache.peek(name);
    if (held === undefined) return this.#cache.get(name, progress).then(give);
    give(held);
    return undefined;
  }

  #readAhead(ino: number, size: number, first: number, end: number): void {
    if (this.#sequential.ino !== ino || this.#sequential.page !== first) return;
    const { chunkBytes } = this.#tree;
    const last = Math.ceil(size / chunkBytes);
    const next = Math.ceil((end * PAGE_SIZE) / chunkBytes);
    for (let piece = next; piece < Math.min(last, next + READ_AHEAD); piece++) {
      const { chunk } = this.#extentOf(ino, piece);
      if (chunk !== format.NO_CHUNK) this.#cache.get(this.#chunkName(chunk)).catch(() => undefined);
    }
  }

  #extentOf(ino: number, piece: number) {
    const at = this.#inodeAt(ino);
    const { view } = this.#tree;
    if (piece >= view.getUint32(at + format.I_COUNT, true)) fail(EIO);
    return this.#tree.extent(view.getUint32(at + format.I_FIRST, true) + piece);
  }

  #chunkName(chunk: number): string {
    const name = this.#names[chunk] ?? this.#tree.chunkName(chunk);
    this.#names[chunk] = name;
    return name;
  }

  #directory(dir: number): Map<string, number> {
    let entries = this.#directories.get(dir);
    if (entries === undefined) {
      entries = new Map();
      const found = entries;
      this.readdir(dir, 0, (name, ino) => found.set(name, ino).size > 0);
      this.#directories.set(dir, entries);
    }
    return entries;
  }

  #inodeAt(ino: number): number {
    const at = this.#tree.inodeAt(ino);
    return at < 0 ? fail(ESTALE) : at;
  }

  #directoryAt(dir: number): number {
    const at = this.#inodeAt(dir);
    if (this.#tree.view.getUint8(at) !== FILETYPE_DIRECTORY) fail(ENOTDIR);
    return at;
  }

  #loadAttributes(ino: number): Attributes {
    const at = this.#inodeAt(ino);
    const { view } = this.#tree;
    const mtimeNs = view.getBigInt64(at + format.I_MTIME, true);
    const size = getU64(view, at + format.I_SIZE);
    const attributes: Attributes = {
      ino,
      type: view.getUint8(at + format.I_TYPE),
      mode: view.getUint16(at + format.I_MODE, true),
      uid: view.getUint32(at + format.I_UID, true),
      gid: view.getUint32(at + format.I_GID, true),
      nlink: view.getUint32(at + format.I_LINKS, true),
      size,
      blocks: Math.ceil(size / 512),
      atimeNs: mtimeNs,
      mtimeNs,
      ctimeNs: mtimeNs,
      device: 0,
      rdev: view.getUint32(at + format.I_RDEV, true),
    };
    this.#attributes[ino] = attributes;
    return attributes;
  }
}

const HOLE = new Uint8Array(0);
const NO_XATTRS: Xattrs = new Map();
