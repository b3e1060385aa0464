/** Files by name, relative to the working directory. Functions return an errno (0 is success) unless they say otherwise. */
import {
  FDFLAGS_APPEND,
  FILETYPE_DIRECTORY,
  FILETYPE_REGULAR_FILE,
  FILETYPE_SYMBOLIC_LINK,
  LOOKUP_SYMLINK_FOLLOW,
  OFLAGS_CREAT,
  OFLAGS_DIRECTORY,
  OFLAGS_EXCL,
  OFLAGS_TRUNC,
} from "../../../abi/src/wasi";
import { RIGHTS_ALL_WASI } from "../../../abi/src/rights";
import { addressOf, fromMemory, toBytes } from "./bytes";
import * as cloudos from "./cloudos";
import { AT_CWD } from "./cloudos";
import * as wasi from "./wasi";

export const READ: u32 = 1;
export const WRITE: u32 = 2;
export const CREATE: u32 = 4;
export const EXCLUSIVE: u32 = 8;
export const TRUNCATE: u32 = 16;
export const APPEND: u32 = 32;
export const DIRECTORY: u32 = 64;
export const NOFOLLOW: u32 = 128;

const RIGHT_FD_READ: u64 = 1 << 1;
const RIGHT_FD_WRITE: u64 = 1 << 6;
const OUT = memory.data(16, 8);
const STAT = memory.data(104, 8);
/** Longest path the system takes (PATH_MAX in packages/abi/src/params.ts). */
const TEXT_SIZE = 4096;
const TEXT = memory.data(4096);

export class Stat {
  dev: u64 = 0;
  ino: u64 = 0;
  /** WASI file type. */
  type: u32 = 0;
  /** Permission bits, 07777. */
  mode: u32 = 0;
  nlink: u64 = 0;
  uid: u32 = 0;
  gid: u32 = 0;
  size: u64 = 0;
  /** 512-byte blocks allocated. */
  blocks: u64 = 0;
  /** Nanoseconds since the epoch. */
  atim: u64 = 0;
  mtim: u64 = 0;
  ctim: u64 = 0;
  device: u32 = 0;
  object: u32 = 0;
  blockSize: u32 = 0;

  get isDirectory(): bool {
    return this.type == FILETYPE_DIRECTORY;
  }
  get isSymlink(): bool {
    return this.type == FILETYPE_SYMBOLIC_LINK;
  }
  get isRegular(): bool {
    return this.type == FILETYPE_REGULAR_FILE;
  }
  sameFile(other: Stat): bool {
    return this.ino == other.ino && this.dev == other.dev;
  }

  load(): void {
    this.dev = load<u64>(STAT);
    this.ino = load<u64>(STAT, 8);
    this.type = load<u32>(STAT, 16);
    this.mode = load<u32>(STAT, 20);
    this.nlink = load<u64>(STAT, 24);
    this.uid = load<u32>(STAT, 32);
    this.gid = load<u32>(STAT, 36);
    this.size = load<u64>(STAT, 40);
    this.blocks = load<u64>(STAT, 48);
    this.atim = load<u64>(STAT, 56);
    this.mtim = load<u64>(STAT, 64);
    this.ctim = load<u64>(STAT, 72);
    this.device = load<u32>(STAT, 80);
    this.object = load<u32>(STAT, 84);
    this.blockSize = load<u32>(STAT, 96);
  }
}

function statWith(path: string, out: Stat, flags: u32): i32 {
  const bytes = toBytes(path);
  const error = cloudos.path_stat(AT_CWD, flags, addressOf(bytes), bytes.length, STAT);
  if (error == 0) out.load();
  return error;
}

/** Follows a symbolic link. */
export function stat(path: string, out: Stat): i32 {
  return statWith(path, out, LOOKUP_SYMLINK_FOLLOW);
}

/** Looks at a symbolic link itself. */
export function lstat(path: string, out: Stat): i32 {
  return statWith(path, out, 0);
}

export function fstat(fd: i32, out: Stat): i32 {
  const error = cloudos.fd_stat(fd, STAT);
  if (error == 0) out.load();
  return error;
}

/** Opens with the flags above: a descriptor, or -errno. */
export function open(path: string, flags: u32): i32 {
  const bytes = toBytes(path);
  let oflags = 0;
  if (flags & CREATE) oflags |= OFLAGS_CREAT;
  if (flags & EXCLUSIVE) oflags |= OFLAGS_EXCL;
  if (flags & TRUNCATE) oflags |= OFLAGS_TRUNC;
  if (flags & DIRECTORY) oflags |= OFLAGS_DIRECTORY;
  let rights: u64 = <u64>RIGHTS_ALL_WASI & ~(RIGHT_FD_READ | RIGHT_FD_WRITE);
  if (flags & READ) rights |= RIGHT_FD_READ;
  if (flags & WRITE) rights |= RIGHT_FD_WRITE;
  const error = wasi.path_open(
    AT_CWD,
    flags & NOFOLLOW ? 0 : LOOKUP_SYMLINK_FOLLOW,
    addressOf(bytes),
    bytes.length,
    oflags,
    rights,
    RIGHTS_ALL_WASI,
    flags & APPEND ? FDFLAGS_APPEND : 0,
    OUT,
  );
  return error == 0 ? load<i32>(OUT) : -(<i32>error);
}

export function openRead(path: string): i32 {
  return open(path, READ);
}

/** Creates or empties. */
export function openWrite(path: string): i32 {
  return open(path, WRITE | CREATE | TRUNCATE);
}

export function close(fd: i32): i32 {
  return wasi.fd_close(fd);
}

/** New offset, or -errno. */
export function seek(fd: i32, offset: i64, whence: u32): i64 {
  const error = wasi.fd_seek(fd, offset, whence, OUT);
  return error == 0 ? load<i64>(OUT) : -(<i64>error);
}

export function setSize(fd: i32, size: u64): i32 {
  return wasi.fd_filestat_set_size(fd, size);
}

export function mkdir(path: string): i32 {
  const bytes = toBytes(path);
  return wasi.path_create_directory(AT_CWD, addressOf(bytes), bytes.length);
}

export function rmdir(path: string): i32 {
  const bytes = toBytes(path);
  return wasi.path_remove_directory(AT_CWD, addressOf(bytes), bytes.length);
}

export function unlink(path: string): i32 {
  const bytes = toBytes(path);
  return wasi.path_unlink_file(AT_CWD, addressOf(bytes), bytes.length);
}

export function rename(from: string, to: string): i32 {
  const a = toBytes(from);
  const b = toBytes(to);
  return wasi.path_rename(AT_CWD, addressOf(a), a.length, AT_CWD, addressOf(b), b.length);
}

/** Hard link; `follow` links what a symbolic link points to. */
export function link(from: string, to: string, follow: bool = false): i32 {
  const a = toBytes(from);
  const b = toBytes(to);
  const lookup = follow ? LOOKUP_SYMLINK_FOLLOW : 0;
  return wasi.path_link(AT_CWD, lookup, addressOf(a), a.length, AT_CWD, addressOf(b), b.length);
}

export function symlink(target: string, path: string): i32 {
  const a = toBytes(target);
  const b = toBytes(path);
  return wasi.path_symlink(addressOf(a), a.length, AT_CWD, addressOf(b), b.length);
}

/** Text a function of this file that returns text left here when it returned 0. */
export let text: string = "";

/** The target of a symbolic link, in `text`. */
export function readlink(path: string): i32 {
  const bytes = toBytes(path);
  const error = wasi.path_readlink(AT_CWD, addressOf(bytes), bytes.length, TEXT, TEXT_SIZE, OUT);
  if (error == 0) text = fromMemory(TEXT, load<i32>(OUT));
  return error;
}

/** The absolute path without symbolic links, in `text`. */
export function realpath(path: string): i32 {
  const bytes = toBytes(path);
  const error = cloudos.path_realpath(AT_CWD, addressOf(bytes), bytes.length, TEXT, TEXT_SIZE, OUT);
  if (error == 0) text = fromMemory(TEXT, load<i32>(OUT));
  return error;
}

/** The working directory, in `text`. */
export function getcwd(): i32 {
  const error = cloudos.path_getcwd(TEXT, TEXT_SIZE, OUT);
  if (error == 0) text = fromMemory(TEXT, load<i32>(OUT));
  return error;
}

export function chdir(path: string): i32 {
  const bytes = toBytes(path);
  return cloudos.path_chdir(AT_CWD, addressOf(bytes), bytes.length);
}

export function chmod(path: string, mode: u32): i32 {
  const bytes = toBytes(path);
  return cloudos.path_chmod(AT_CWD, LOOKUP_SYMLINK_FOLLOW, addressOf(bytes), bytes.length, mode);
}

/** `mode`: 4 read, 2 write, 1 execute or search. */
export function access(path: string, mode: u32): i32 {
  const bytes = toBytes(path);
  return cloudos.path_access(AT_CWD, addressOf(bytes), bytes.length, mode);
}

/** `flags`: FSTFLAGS_*. */
export function setTimes(path: string, follow: bool, atim: u64, mtim: u64, flags: u32): i32 {
  const bytes = toBytes(path);
  const lookup = follow ? LOOKUP_SYMLINK_FOLLOW : 0;
  return wasi.path_filestat_set_times(AT_CWD, lookup, addressOf(bytes), bytes.length, atim, mtim, flags);
}

/** Five u64 at `out`: total bytes, free bytes, files, free files, block size. */
export function statfs(path: string, out: usize): i32 {
  const bytes = toBytes(path);
  return cloudos.path_statfs(AT_CWD, addressOf(bytes), bytes.length, out);
}

export function exists(path: string): bool {
  return lstat(path, new Stat()) == 0;
}

export function isDirectory(path: string): bool {
  const st = new Stat();
  return stat(path, st) == 0 && st.isDirectory;
}
