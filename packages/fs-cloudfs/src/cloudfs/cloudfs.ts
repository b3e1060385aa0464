import { EFBIG, EIO, ENOSPC, ESTALE } from "@cloudos/abi/errno";
import { PAGE_SIZE } from "@cloudos/abi/params";
import type { BlockDevice } from "@cloudos/abi/ports";
import { FILETYPE_DIRECTORY, FILETYPE_SYMBOLIC_LINK } from "@cloudos/abi/wasi";
import type { Journal } from "../journal/journal.ts";
import { TreeJournal } from "../journal/tree-journal.ts";
import { type Dentry, Directory, Inode } from "../tree/inode.ts";
import { InodeTree } from "../tree/inode-tree.ts";
import { FsError, fail, Miss, settle } from "../vfs/errors.ts";
import type { FsStatistics, PageSink, WriteBack } from "../vfs/file-system.ts";
import { Changes } from "./changes.ts";
import { CorruptError } from "./corrupt.ts";
import { FileData } from "./file-data.ts";
import {
  BLOCK_SIZE,
  FEATURE_GUEST_ATTRIBUTES,
  KIND_ENTRY,
  KIND_INODE,
  KIND_LINK,
  KIND_ORPHAN,
  KIND_XATTR,
  keyLow,
  offsetOf,
  ROOT_INO,
  XATTR_CHUNK,
} from "./format.ts";
import { decodeEntry, decodeInode, joinLinkText, saysXattrs, takeXattrs } from "./items.ts";
import { Lock } from "./lock.ts";
import { openVolume } from "./open-volume.ts";
import { removeInode } from "./remove-inode.ts";
import { replayJournal } from "./replay-journal.ts";
import type { Volume } from "./volume.ts";

const INO_LIMIT = 2 ** 47;
/**
 * Inode numbers are set aside on disk in batches and a mount begins with a fresh one, so that a number handed out and lost in a
 * crash of the service is never handed out again: the kernel may still hold pages under it.
 */
const INO_BATCH = 65536;
/** Inodes kept in memory when they are clean. */
const INODE_CACHE = 50_000;
/** What one operation may put in the journal: six inodes and entries with names, or a link of 4 KiB. */
const OPERATION_BYTES = 8192;
const OPERATION_INODES = 6;

/** The same when inodes have so many bytes of extended attributes. */
function operationBytes(xattrBytes: number): number {
  return OPERATION_BYTES + OPERATION_INODES * xattrBytes * 2;
}

export interface CloudfsOptions {
  readonly nowNs: () => bigint;
  /** Writes an empty file system when the device has none. */
  readonly format?: boolean;
  /** As /proc/mounts shows it. */
  readonly source?: string;
  /** Changes not yet committed, for a successor of this service. What an earlier one left in it is made again. */
  readonly journal?: Journal;
  /** Files without a name are kept: processes of this machine may have them open. */
  readonly restarted?: boolean;
}

/** A file system on a block device: copy-on-write, checksummed, transactional (docs/cloudfs/DESIGN.md). */
export class Cloudfs extends InodeTree {
  readonly type = "cloudfs";
  readonly source: string;
  readonly readOnly: boolean;
  readonly rootIno = ROOT_INO;
  readonly #volume: Volume;
  readonly #data: FileData;
  readonly #nowNs: () => bigint;
  readonly #inodes = new Map<number, Inode>();
  /** Directories whose entries are in memory. */
  readonly #listed = new Set<Directory>();
  readonly #changes = new Changes();
  /** Destroyed inodes whose items are still in the tree. */
  readonly #gone = new Set<number>();
  /** Held by whatever changes the tree. */
  readonly #transaction = new Lock();
  readonly #journal: TreeJournal | undefined;
  /** Blocks that extended attributes set since the last commit may take. */
  #xattrBlocks = 0;
  /** Bytes of the largest extended attributes of one inode met so far. */
  #xattrBytes = 0;
  #nextIno: number;
  #inodeCount: number;
  /** Why the tree can no longer be changed. */
  #failure: Error | undefined;

  private constructor(volume: Volume, options: CloudfsOptions, readOnly: boolean) {
    super();
    this.#volume = volume;
    this.#data = new FileData(volume);
    this.#nowNs = options.nowNs;
    this.source = options.source ?? volume.device.kind;
    this.#journal = options.journal && new TreeJournal(options.journal);
    this.readOnly = readOnly;
    this.#nextIno = volume.superblock.nextIno;
    this.#inodeCount = volume.superblock.inodes;
  }

  /** Mounts; formats first when asked to and the device is empty. Rejects with FsError saying what is wrong. */
  static async mount(device: BlockDevice, options: CloudfsOptions): Promise<Cloudfs> {
    const { volume, readOnly, fresh } = await openVolume(device, options.format === true);
    const fs = new Cloudfs(volume, options, readOnly);
    if (fresh) {
      fs.#makeRoot();
      await fs.sync();
      // Both superblocks are written before anything depends on them: one alone means a format that was cut short.
      await volume.commit(fs.#inoLimit(), fs.#inodeCount);
    }
    if (!readOnly && options.journal !== undefined) await fs.#replay(options.journal);
    await settle(() => fs.inode(ROOT_INO));
    if (!readOnly && options.restarted !== true) await fs.#destroyOrphans();
    return fs;
  }

  get generation(): number {
    return this.#volume.superblock.generation;
  }

  get dirty(): boolean {
    return this.#changes.count > 0 || this.#volume.changed || this.#gone.size > 0;
  }

  statistics(): FsStatistics {
    const { space } = this.#volume;
    const usable = Math.max(0, space.free + space.leaving - this.#debt());
    return {
      totalBytes: space.blocks * BLOCK_SIZE,
      freeBytes: usable * BLOCK_SIZE,
      files: this.#inodeCount,
      // An inode needs no more than a few hundred bytes of a node.
      freeFiles: usable * 8,
    };
  }

  reserve(bytes: number): void {
    this.#require(Math.ceil(bytes / BLOCK_SIZE));
  }

  readPages(ino: number, first: number, count: number, sink: PageSink): void | Promise<void> {
    this.regularFile(ino);
    return this.#data.read(ino, first, count, sink);
  }

  writeBack(ino: number, change: WriteBack): Promise<void> {
    return this.#transaction.run(async () => {
      this.#requireWorking();
      const inode = await settle(() => this.regularFile(ino));
      const last = change.pages.at(-1)?.index ?? 0;
      if (change.size > Number.MAX_SAFE_INTEGER || last >= 2 ** 40) fail(EFBIG);
      await this.#makeRoom(change.pages.length + 1);
      if (change.validSize < inode.size) {
        const grown = await this.#data.cut(ino, change.validSize, change.pages);
        this.#resize(inode, change.validSize, grown);
      }
      const grown = await this.#data.write(ino, change);
      this.#resize(inode, change.size, grown);
      inode.mtimeNs = change.mtimeNs;
      if (change.mtimeNs > inode.ctimeNs) inode.ctimeNs = change.mtimeNs;
      inode.version++;
      await this.#volume.spill();
    });
  }

  sync(): Promise<void> {
    return this.#transaction.run(async () => {
      if (this.dirty) await this.#commit();
    });
  }

  async close(): Promise<void> {
    if (!this.readOnly) await this.sync();
    await this.#volume.quiesce();
    await this.#volume.device.close();
  }

  protected override inode(ino: number): Inode {
    const held = this.#inodes.get(ino);
    if (held !== undefined) return held;
    if (this.#gone.has(ino)) fail(ESTALE);
    const item = this.#volume.tree.get(ino, keyLow(KIND_INODE, 0)) ?? fail(ESTALE);
    const inode = decodeInode(ino, item);
    if (inode === undefined) throw new CorruptError(`inode ${ino}`, 0, "it is malformed");
    if (inode.type === FILETYPE_SYMBOLIC_LINK) inode.target = joinLinkText(this.#pieces(ino, KIND_LINK));
    const pieces = saysXattrs(item) ? this.#pieces(ino, KIND_XATTR) : [];
    this.#xattrBytes = Math.max(this.#xattrBytes, pieces.length * XATTR_CHUNK);
    if (saysXattrs(item) && !takeXattrs(inode, pieces)) {
      throw new CorruptError(`the extended attributes of inode ${ino}`, 0, "they are malformed");
    }
    this.#inodes.set(ino, inode);
    return inode;
  }

  protected override entries(inode: Inode): Directory {
    const directory = inode.directory ?? fail(EIO);
    if (this.#listed.has(directory)) return directory;
    const from = keyLow(KIND_ENTRY, 0);
    const to = keyLow(KIND_ENTRY + 1, 0);
    const found: Dentry[] = [];
    try {
      this.#volume.tree.scan(inode.ino, from, inode.ino, to, (_dir, low, value) => {
        const entry = decodeEntry(value);
        if (entry === undefined) throw new CorruptError(`directory ${inode.ino}`, 0, "an entry is malformed");
        found.push({ ...entry, cookie: offsetOf(low) });
      });
    } catch (thrown) {
      if (!(thrown instanceof Miss)) throw thrown;
      throw new Miss(this.#volume.tree.load(inode.ino, from, inode.ino, to));
    }
    for (const dentry of found) directory.entries.set(dentry.name, dentry);
    this.#listed.add(directory);
    return directory;
  }

  protected override allocate(type: number, mode: number): Inode {
    this.#require(1);
    if (this.#nextIno >= INO_LIMIT) fail(ENOSPC);
    if (this.#nextIno >= this.#volume.superblock.nextIno) throw new Miss(this.#setAsideInodes());
    const inode = new Inode(this.#nextIno++, type, mode);
    this.#inodes.set(inode.ino, inode);
    this.#inodeCount++;
    return inode;
  }

  protected override inodeChanged(inode: Inode): void {
    this.#changes.inode(inode);
    this.#journal?.inode(inode);
    // A directory made just now has no entries on disk to look for.
    if (inode.directory !== undefined) this.#listed.add(inode.directory);
  }

  protected override entryAdded(dir: Inode, dentry: Dentry): void {
    this.#changes.entry(dir.ino, dentry.cookie, dentry);
    this.#journal?.entryAdded(dir, dentry);
  }

  protected override entryRemoved(dir: Inode, dentry: Dentry): void {
    this.#changes.entry(dir.ino, dentry.cookie, undefined);
    this.#journal?.entryRemoved(dir, dentry);
  }

  protected override orphaned(inode: Inode): void {
    this.#changes.orphan(inode.ino);
    this.#journal?.orphan(inode.ino);
  }

  protected override destroy(inode: Inode): void {
    this.#inodes.delete(inode.ino);
    if (inode.directory !== undefined) this.#listed.delete(inode.directory);
    this.#gone.add(inode.ino);
    this.#changes.destroy(inode);
    this.#journal?.destroy(inode);
    this.#inodeCount--;
  }

  protected override operationBegins(): void {
    this.#requireWorking();
    this.#requireJournalRoom();
  }

  protected override requireXattrRoom(bytes: number): void {
    const most = Math.max(this.#xattrBytes, bytes);
    if (this.#journal !== undefined && operationBytes(most) > this.#journal.journal.capacityBytes) fail(ENOSPC);
    this.#xattrBytes = most;
    this.#requireJournalRoom();
    const blocks = 2 * Math.ceil(bytes / (BLOCK_SIZE / 2));
    this.#require(blocks);
    this.#xattrBlocks += blocks;
  }

  /** The journal takes the attributes of every inode an operation changes anew. */
  #requireJournalRoom(): void {
    if (this.#journal?.journal.hasRoom(operationBytes(this.#xattrBytes)) === false) throw new Miss(this.sync());
  }

  protected override operationDone(): void {
    this.#journal?.operationDone();
  }

  protected override nowNs(): bigint {
    return this.#nowNs();
  }

  /** Numbers below this may be in use once the commit under way is durable. */
  #inoLimit(): number {
    const { nextIno } = this.#volume.superblock;
    return this.#nextIno >= nextIno ? this.#nextIno + INO_BATCH : nextIno;
  }

  #setAsideInodes(): Promise<void> {
    return this.#transaction.run(async () => {
      if (this.#nextIno >= this.#volume.superblock.nextIno) await this.#commit();
    });
  }

  #makeRoot(): void {
    const now = this.#nowNs();
    const root = new Inode(ROOT_INO, FILETYPE_DIRECTORY, 0o755);
    root.uid = 1000;
    root.gid = 1000;
    root.nlink = 2;
    root.atimeNs = now;
    root.mtimeNs = now;
    root.ctimeNs = now;
    root.directory = new Directory(ROOT_INO, "");
    this.#inodes.set(ROOT_INO, root);
    this.#inodeCount++;
    this.inodeChanged(root);
  }

  /** Values of all items of a kind, in order. */
  #pieces(ino: number, kind: number): Uint8Array[] {
    const pieces: Uint8Array[] = [];
    this.#volume.tree.scan(
      ino,
      keyLow(kind, 0),
      ino,
      keyLow(kind + 1, 0),
      (_ino, _low, value) => pieces.push(value) > 0,
    );
    return pieces;
  }

  #resize(inode: Inode, size: number, grownBlocks: number): void {
    inode.size = size;
    inode.blocks += grownBlocks * (BLOCK_SIZE / 512);
    // Not for the journal: pages that are not durable are the kernel's, which brings them again.
    this.#changes.inode(inode);
  }

  /** Blocks the next commit may need for what changed, and what deletions must always find free. */
  #debt(): number {
    const spare = Math.min(4096, Math.max(24, Math.floor(this.#volume.space.blocks / 100)));
    return 2 * this.#changes.count + this.#xattrBlocks + spare;
  }

  /** Throws unless so many blocks can be had; waits for a commit when that pays debts or frees blocks. */
  #require(blocks: number): void {
    const { space } = this.#volume;
    if (space.free - this.#debt() >= blocks) return;
    if (space.leaving > 0 || this.#changes.count > 0) throw new Miss(this.sync());
    fail(ENOSPC);
  }

  /** The same inside a transaction. */
  async #makeRoom(blocks: number): Promise<void> {
    const { space } = this.#volume;
    if (space.free - this.#debt() >= blocks) return;
    if (space.leaving > 0 || this.#changes.count > 0) await this.#commit();
    if (space.free - this.#debt() < blocks) fail(ENOSPC);
  }

  #requireWorking(): void {
    if (this.#failure === undefined) return;
    throw new FsError(EIO, `Cannot change the file system: ${this.#failure.message}`, { cause: this.#failure });
  }

  /** The transaction is held. */
  async #commit(): Promise<void> {
    this.#requireWorking();
    const { changes, destroyed, needsFeature } = this.#changes.take();
    if (needsFeature) this.#volume.useFeature(FEATURE_GUEST_ATTRIBUTES);
    this.#xattrBlocks = 0;
    const mark = this.#journal?.journal.publish();
    // As of what was taken: operations go on meanwhile.
    const inodes = this.#inodeCount;
    try {
      for (const { high, low, value } of changes) {
        await settle(() => {
          if (value === undefined) this.#volume.tree.remove(high, low);
          else this.#volume.tree.put(high, low, value);
        });
      }
      for (const ino of destroyed) await removeInode(this.#volume, this.#data, ino);
    } catch (error) {
      // The tree holds part of what was taken: to commit it would break the promise that operations are atomic.
      this.#failure = error instanceof Error ? error : new Error(String(error));
      throw error;
    }
    for (const ino of destroyed) this.#gone.delete(ino);
    await this.#volume.commit(this.#inoLimit(), inodes);
    if (mark !== undefined) this.#journal?.journal.dropTo(mark);
    this.#trim();
  }

  /** Makes the changes again that were not committed when the service before this one ended. */
  async #replay(journal: Journal): Promise<void> {
    if (journal.sizeBytes > 0) {
      this.#inodeCount += await replayJournal(this.#volume, this.#data, journal);
      await this.#volume.commit(this.#inoLimit(), this.#inodeCount);
    }
    journal.dropTo(journal.publish());
  }

  /** Files whose last name went while they were open when the machine stopped. */
  async #destroyOrphans(): Promise<void> {
    const from = keyLow(KIND_ORPHAN, 0);
    const to = keyLow(KIND_ORPHAN + 1, 0);
    await this.#volume.tree.load(0, from, 0, to);
    const orphans: number[] = [];
    this.#volume.tree.scan(0, from, 0, to, (_zero, low) => void orphans.push(offsetOf(low)));
    for (const ino of orphans) await settle(() => this.release(ino));
    if (orphans.length > 0) await this.sync();
  }

  /** Forgets clean inodes when there are many. Runs after a commit, so that nothing is in between. */
  #trim(): void {
    if (this.#inodes.size <= INODE_CACHE) return;
    for (const [ino, inode] of this.#inodes) {
      if (ino === ROOT_INO || this.#changes.isChanged(inode)) continue;
      this.#inodes.delete(ino);
      if (inode.directory !== undefined) this.#listed.delete(inode.directory);
      if (this.#inodes.size <= INODE_CACHE / 2) return;
    }
  }
}

if (PAGE_SIZE !== BLOCK_SIZE) throw new RangeError("a page of a file is a block of the device");
