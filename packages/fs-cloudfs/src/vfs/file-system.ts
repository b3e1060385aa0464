/**
 * What the VFS asks of a file system. All methods but those returning promises are synchronous and restartable: they throw
 * `FsError`, or `Miss` before anything changed (see errors.ts). Names are JavaScript strings of valid UTF-8, checked at the door; "."
 * and ".." never reach a file system. Permission bits and mount points are the VFS's business.
 */
import { FILETYPE_SOCKET_STREAM } from "@cloudos/abi/wasi";

/** A live view of an inode: read it in the same turn, never write to it. */
export interface Attributes {
  readonly ino: number;
  /** WASI filetype. */
  readonly type: number;
  /** Permission bits, 07777. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly nlink: number;
  readonly size: number;
  /** 512-byte blocks allocated. */
  readonly blocks: number;
  readonly atimeNs: bigint;
  readonly mtimeNs: bigint;
  readonly ctimeNs: bigint;
  /** DEVICE_* of a character device of the system's own, else 0. */
  readonly device: number;
  /** Device number of a block or character special file that a guest made (see `deviceNumber`), else 0. */
  readonly rdev: number;
}

/** A named pipe. WASI has no number for it; programs see FILETYPE_SOCKET_STREAM, as in wasi-libc, where S_IFIFO is S_IFSOCK. */
export const FILETYPE_FIFO = 8;

/** The type programs are told. */
export function programFileType(type: number): number {
  return type === FILETYPE_FIFO ? FILETYPE_SOCKET_STREAM : type;
}

/** Linux's 32-bit form of a device number (new_encode_dev): 12 bits of major, 20 of minor. */
export function deviceNumber(major: number, minor: number): number {
  return ((minor & 0xff) | ((major & 0xfff) << 8) | ((minor & 0xfff00) << 12)) >>> 0;
}

export interface FsStatistics {
  readonly totalBytes: number;
  readonly freeBytes: number;
  readonly files: number;
  readonly freeFiles: number;
}

export interface NewInode {
  readonly type: number;
  readonly mode: number;
  /** Text of a symbolic link. */
  readonly target?: string;
  /** Owner; absent: the user all programs run as. */
  readonly uid?: number;
  readonly gid?: number;
  readonly rdev?: number;
  /** Absent: now. */
  readonly atimeNs?: bigint;
  readonly mtimeNs?: bigint;
  readonly xattrs?: Xattrs;
}

/** Extended attributes by name, in the order they were set. */
export type Xattrs = ReadonlyMap<string, Uint8Array>;

/** What the names and values of one inode's extended attributes may take together, in bytes. ext4 allows one block, Linux 64 KiB a value. */
export const XATTRS_MAX = 65536;

/** Receives directory entries; returns false when it has room for no more (that entry was not taken). */
export type EntrySink = (name: string, ino: number, type: number, nextCookie: number) => boolean;

/**
 * Receives page `index` of a file: at most PAGE_SIZE bytes; the rest of the page is zeros. Copies before it returns.
 * CloudFS and tmpfs give no bytes at all for a page that was never written, and for no other below the size.
 */
export type PageSink = (index: number, bytes: Uint8Array) => void;

/** What the page cache hands back for one file. */
export interface WriteBack {
  /** Size of the file now. */
  readonly size: number;
  readonly mtimeNs: bigint;
  /** Bytes at or past this offset at rest are void: the file was cut there since the last write-back. */
  readonly validSize: number;
  readonly pages: readonly { readonly index: number; readonly bytes: Uint8Array }[];
}

export interface FileSystem {
  /** As in /proc/mounts. */
  readonly type: string;
  readonly source: string;
  readonly readOnly: boolean;
  /** Tells one read-only tree from another, whatever it is called; absent where nothing does. */
  readonly identity?: string;
  readonly rootIno: number;

  attributes(ino: number): Attributes;
  /** 0 when there is no such entry. */
  lookup(dir: number, name: string): number;
  /** The directory `dir` lies in; the root is its own parent. */
  parent(dir: number): number;
  /** The name of directory `dir` in its parent. */
  nameOf(dir: number): string;
  readdir(dir: number, after: number, sink: EntrySink): void;
  readlink(ino: number): string;
  /** The inode to open in place of `ino`: generated content gets one of its own per open. */
  open(ino: number): number;
  /** REPLY_* flags of a regular file that is opened. */
  openFlags(ino: number): number;

  create(dir: number, name: string, what: NewInode): number;
  link(dir: number, name: string, ino: number): void;
  /** Removes a name. Returns the inode when that was the last link of a non-directory, else 0. */
  unlink(dir: number, name: string): number;
  rmdir(dir: number, name: string): void;
  /** Returns the inode of a replaced non-directory that lost its last link, else 0. */
  rename(fromDir: number, from: string, toDir: number, to: string): number;
  setMode(ino: number, mode: number): void;
  setTimes(ino: number, atimeNs: bigint | undefined, mtimeNs: bigint | undefined): void;
  /** Undefined keeps what is there. */
  setOwner(ino: number, uid: number | undefined, gid: number | undefined): void;
  /** A live view. */
  xattrs(ino: number): Xattrs;
  /** Undefined removes the attribute. ENOSPC past XATTRS_MAX. */
  setXattr(ino: number, name: string, value: Uint8Array | undefined): void;
  /** An orphan (last link gone) that nobody has open any more. */
  release(ino: number): void;

  /** Fills pages [first, first + count) of a regular file. Synchronous when the bytes are at hand. */
  readPages(ino: number, first: number, count: number, sink: PageSink, progress?: ProgressSink): void | Promise<void>;
  /** Takes dirty pages and the size. Resolves when a later `sync` will make them durable. */
  writeBack(ino: number, change: WriteBack): void | Promise<void>;
  /** Changes with every change of the content at rest. */
  version(ino: number): number;
  statistics(): FsStatistics;
  /** Throws ENOSPC when `bytes` more would not fit. */
  reserve(bytes: number): void;
  /** Everything accepted so far is durable when it resolves. */
  sync(): Promise<void>;
  /** Files whose pages are nowhere but in the kernel: they go with the file system when it is unmounted. */
  pinnedFiles(): Iterable<number>;
  /** Lasting changes wait for a `sync`. */
  readonly dirty: boolean;
}

/** Text about something that takes long (a download). */
export type ProgressSink = (text: string) => void;
