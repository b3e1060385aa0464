import { EIO, ENOSPC, ESTALE } from "@cloudos/abi/errno";
import { PAGE_SIZE } from "@cloudos/abi/params";
import { REPLY_PINNED } from "@cloudos/abi/vfs-protocol";
import { FILETYPE_DIRECTORY, FILETYPE_REGULAR_FILE } from "@cloudos/abi/wasi";
import { Directory, Inode } from "../tree/inode.ts";
import { InodeTree } from "../tree/inode-tree.ts";
import { fail } from "../vfs/errors.ts";
import type { FsStatistics, PageSink, WriteBack } from "../vfs/file-system.ts";

const ROOT_INO = 1;
/** Names only, about 200 bytes each: a program that makes files for ever meets ENOSPC before the tab dies. */
const INODE_LIMIT = 1_000_000;

export interface TmpfsOptions {
  readonly nowNs: () => bigint;
  readonly rootMode: number;
  readonly source?: string;
  /** Memory the kernel can still give to pages, in bytes. */
  readonly memory: () => { readonly totalBytes: number; readonly freeBytes: number };
}

/**
 * Files in memory. The tree is here; the pages of files that programs make are the kernel's and stay there (REPLY_PINNED).
 * Files the host makes have their pages here and are cached and written back like those of a disk.
 */
export class Tmpfs extends InodeTree {
  readonly type = "tmpfs";
  readonly source: string;
  readonly readOnly = false;
  readonly rootIno = ROOT_INO;
  readonly dirty = false;
  readonly #inodes = new Map<number, Inode>();
  /** Pages of the files the host made; a hole reads as zeros. */
  readonly #hosted = new Map<number, Map<number, Uint8Array>>();
  readonly #options: TmpfsOptions;
  #nextIno = ROOT_INO;

  constructor(options: TmpfsOptions) {
    super();
    this.#options = options;
    this.source = options.source ?? "tmpfs";
    const root = this.allocate(FILETYPE_DIRECTORY, options.rootMode);
    root.directory = new Directory(root.ino, "");
    root.nlink = 2;
    root.uid = 1000;
    root.gid = 1000;
    const now = options.nowNs();
    root.atimeNs = now;
    root.mtimeNs = now;
    root.ctimeNs = now;
  }

  override openFlags(ino: number): number {
    return this.#hosted.has(ino) ? 0 : REPLY_PINNED;
  }

  readPages(ino: number, first: number, count: number, sink: PageSink): void {
    const inode = this.regularFile(ino);
    const pages = this.#hosted.get(ino);
    for (let index = first; index < first + count; index++) {
      const page = pages?.get(index) ?? EMPTY;
      sink(index, page.subarray(0, Math.max(0, inode.size - index * PAGE_SIZE)));
    }
  }

  writeBack(ino: number, change: WriteBack): void {
    const inode = this.regularFile(ino);
    let pages = this.#hosted.get(ino);
    if (pages === undefined) {
      pages = new Map();
      this.#hosted.set(ino, pages);
    }
    if (change.validSize < inode.size) cut(pages, change.validSize);
    for (const page of change.pages) pages.set(page.index, page.bytes);
    cut(pages, change.size);
    inode.size = change.size;
    inode.blocks = pages.size * (PAGE_SIZE / 512);
    inode.mtimeNs = change.mtimeNs;
    inode.ctimeNs = change.mtimeNs;
    inode.version++;
  }

  statistics(): FsStatistics {
    const memory = this.#options.memory();
    return { ...memory, files: this.#inodes.size, freeFiles: INODE_LIMIT - this.#inodes.size };
  }

  reserve(bytes: number): void {
    if (bytes > this.#options.memory().freeBytes) fail(ENOSPC);
  }

  async sync(): Promise<void> {}

  protected override inode(ino: number): Inode {
    return this.#inodes.get(ino) ?? fail(ESTALE);
  }

  protected override entries(inode: Inode): Directory {
    return inode.directory ?? fail(EIO);
  }

  protected override allocate(type: number, mode: number): Inode {
    if (this.#inodes.size >= INODE_LIMIT) fail(ENOSPC);
    const inode = new Inode(this.#nextIno++, type, mode);
    this.#inodes.set(inode.ino, inode);
    return inode;
  }

  protected override inodeChanged(): void {}
  protected override entryAdded(): void {}
  protected override entryRemoved(): void {}
  protected override orphaned(): void {}

  protected override destroy(inode: Inode): void {
    if (inode.type === FILETYPE_REGULAR_FILE) this.#hosted.delete(inode.ino);
    this.#inodes.delete(inode.ino);
  }

  protected override nowNs(): bigint {
    return this.#options.nowNs();
  }
}

const EMPTY = new Uint8Array(0);

/** Forgets the bytes at and past `size`. */
function cut(pages: Map<number, Uint8Array>, size: number): void {
  for (const index of pages.keys()) if (index * PAGE_SIZE >= size) pages.delete(index);
  pages.get(Math.floor(size / PAGE_SIZE))?.fill(0, size % PAGE_SIZE);
}
