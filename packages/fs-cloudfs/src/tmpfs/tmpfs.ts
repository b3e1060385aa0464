import { EIO, ENOSPC, ESTALE } from "@cloudos/abi/errno";
import { PAGE_SIZE } from "@cloudos/abi/params";
import { REPLY_PINNED } from "@cloudos/abi/vfs-protocol";
import { FILETYPE_DIRECTORY, FILETYPE_REGULAR_FILE } from "@cloudos/abi/wasi";
import type { Journal } from "../journal/journal.ts";
import { TreeJournal } from "../journal/tree-journal.ts";
import { type Dentry, Directory, Inode } from "../tree/inode.ts";
import { InodeTree } from "../tree/inode-tree.ts";
import { FsError, fail } from "../vfs/errors.ts";
import type { FsStatistics, PageSink, WriteBack } from "../vfs/file-system.ts";
import { recordTree, replayTree } from "./tmpfs-journal.ts";

const ROOT_INO = 1;
/** Names only, about 200 bytes each: a program that makes files for ever meets ENOSPC before the tab dies. */
const INODE_LIMIT = 1_000_000;

export interface TmpfsOptions {
  readonly nowNs: () => bigint;
  readonly rootMode: number;
  readonly source?: string;
  /** Memory the kernel can still give to pages, in bytes. */
  readonly memory: () => { readonly totalBytes: number; readonly freeBytes: number };
  /** The tree, for a successor of this service; what an earlier one left in it is taken over. */
  readonly journal?: Journal;
}

/** The journal is written anew when it has grown to twice the tree and this. */
const JOURNAL_SLACK = 1024 * 1024;
/** What must be left of it for a new inode: deleting needs room too. */
const JOURNAL_RESERVE = 256 * 1024;

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
  readonly #inodes: Map<number, Inode> = new Map();
  readonly #journal: TreeJournal | undefined;
  /** Size of the journal when it was last written anew. */
  #journalBase = 0;
  /** Pages of the files the host made; a hole reads as zeros. */
  readonly #hosted = new Map<number, Map<number, Uint8Array>>();
  readonly #options: TmpfsOptions;
  #nextIno = ROOT_INO;

  constructor(options: TmpfsOptions) {
    super();
    this.#options = options;
    this.source = options.source ?? "tmpfs";
    this.#journal = options.journal && new TreeJournal(options.journal);
    if (options.journal !== undefined && options.journal.sizeBytes > 0) {
      const { inodes, nextIno } = replayTree(options.journal);
      this.#inodes = inodes;
      this.#nextIno = nextIno;
      if (inodes.has(ROOT_INO)) return;
    }
    const root = this.allocate(FILETYPE_DIRECTORY, options.rootMode);
    root.directory = new Directory(root.ino, "");
    root.nlink = 2;
    root.uid = 1000;
    root.gid = 1000;
    const now = options.nowNs();
    root.atimeNs = now;
    root.mtimeNs = now;
    root.ctimeNs = now;
    this.inodeChanged(root);
    this.operationDone();
  }

  override openFlags(ino: number): number {
    return this.#isHosted(ino) ? 0 : REPLY_PINNED;
  }

  readPages(ino: number, first: number, count: number, sink: PageSink): void {
    const inode = this.regularFile(ino);
    const pages = this.#hosted.get(ino);
    if (pages === undefined && this.#isHosted(ino)) {
      throw new FsError(EIO, "Cannot read the file: its content was lost when the file service ended");
    }
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
    this.inodeChanged(inode);
    this.operationDone();
  }

  override *pinnedFiles(): Generator<number> {
    for (const inode of this.#inodes.values()) {
      if (inode.type === FILETYPE_REGULAR_FILE && !this.#isHosted(inode.ino)) yield inode.ino;
    }
  }

  statistics(): FsStatistics {
    const memory = this.#options.memory();
    return { ...memory, files: this.#inodes.size, freeFiles: INODE_LIMIT - this.#inodes.size };
  }

  reserve(bytes: number): void {
    if (bytes > this.#options.memory().freeBytes) fail(ENOSPC);
  }

  async sync(): Promise<void> {}

  /** Files of programs have no blocks here. */
  #isHosted(ino: number): boolean {
    return this.#hosted.has(ino) || this.inode(ino).blocks > 0;
  }

  protected override inode(ino: number): Inode {
    return this.#inodes.get(ino) ?? fail(ESTALE);
  }

  protected override entries(inode: Inode): Directory {
    return inode.directory ?? fail(EIO);
  }

  protected override allocate(type: number, mode: number): Inode {
    if (this.#inodes.size >= INODE_LIMIT || this.#journal?.journal.hasRoom(JOURNAL_RESERVE) === false) fail(ENOSPC);
    const inode = new Inode(this.#nextIno++, type, mode);
    this.#inodes.set(inode.ino, inode);
    return inode;
  }

  protected override requireXattrRoom(bytes: number): void {
    if (this.#journal?.journal.hasRoom(JOURNAL_RESERVE + 2 * bytes) === false) fail(ENOSPC);
  }

  protected override inodeChanged(inode: Inode): void {
    this.#journal?.inode(inode);
  }

  protected override entryAdded(dir: Inode, dentry: Dentry): void {
    this.#journal?.entryAdded(dir, dentry);
  }

  protected override entryRemoved(dir: Inode, dentry: Dentry): void {
    this.#journal?.entryRemoved(dir, dentry);
  }

  protected override orphaned(): void {}

  protected override operationDone(): void {
    if (this.#journal === undefined) return;
    this.#journal.operationDone();
    const { journal } = this.#journal;
    if (journal.sizeBytes <= 2 * this.#journalBase + JOURNAL_SLACK) return;
    journal.replaceAll(recordTree(this.#inodes.values(), this.#nextIno));
    this.#journalBase = journal.sizeBytes;
  }

  protected override destroy(inode: Inode): void {
    if (inode.type === FILETYPE_REGULAR_FILE) this.#hosted.delete(inode.ino);
    this.#inodes.delete(inode.ino);
    this.#journal?.destroy(inode);
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
