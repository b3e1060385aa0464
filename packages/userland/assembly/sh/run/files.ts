// Descriptors and names, over the system calls.

import { FD_CLOEXEC, STAT_SIZE } from "../../../../abi/src/cloudos-v1";
import { EINTR, EISDIR, SUCCESS } from "../../../../abi/src/errno";
import { PATH_MAX } from "../../../../abi/src/params";
import {
  FILETYPE_DIRECTORY,
  FILETYPE_REGULAR_FILE,
  LOOKUP_SYMLINK_FOLLOW,
  OFLAGS_DIRECTORY,
} from "../../../../abi/src/wasi";
import { fromMemory, toBytes } from "../../lib/bytes";
import {
  AT_CWD,
  fd_dup,
  fd_dup2,
  fd_pipe,
  fd_stat,
  path_access,
  path_chdir,
  path_getcwd,
  path_stat,
} from "../../lib/cloudos";
import { readInto } from "../../lib/io";
import { fd_close, fd_readdir, path_open } from "../../lib/wasi";

/** Rights asked for: everything; the kernel gives what the file allows. */
const READ_RIGHTS: u64 = (1 << 1) | (1 << 2) | (1 << 3) | (1 << 5) | (1 << 14) | (1 << 21) | (1 << 27);
const WRITE_RIGHTS: u64 =
  (1 << 0) |
  (1 << 2) |
  (1 << 3) |
  (1 << 4) |
  (1 << 5) |
  (1 << 6) |
  (1 << 8) |
  (1 << 21) |
  (1 << 22) |
  (1 << 23) |
  (1 << 27);

/** Descriptors from here on belong to the shell itself. */
export const SHELL_FD: u32 = 10;

const OUT = memory.data(8, 8);
const STAT = memory.data(STAT_SIZE, 8);
const PATH_BUFFER = memory.data(PATH_MAX);

/** A descriptor, or -errno. `access`: 4 read, 2 write, 6 both. */
export function open(path: string, access: i32, oflags: u32, fdflags: u32): i32 {
  const bytes = toBytes(path);
  const rights = (access & 4 ? READ_RIGHTS : 0) | (access & 2 ? WRITE_RIGHTS : 0);
  while (true) {
    const error = path_open(
      AT_CWD,
      LOOKUP_SYMLINK_FOLLOW,
      changetype<usize>(bytes),
      bytes.length,
      oflags,
      rights,
      rights,
      fdflags,
      OUT,
    );
    if (error == SUCCESS) return load<i32>(OUT);
    if (error != EINTR) return -(<i32>error);
  }
}

export function close(fd: i32): void {
  fd_close(fd);
}

/** A copy at `atLeast` or above, -errno when `fd` is not open. */
export function duplicate(fd: i32, atLeast: u32, closeOnExec: bool): i32 {
  const error = fd_dup(fd, atLeast, closeOnExec ? FD_CLOEXEC : 0, OUT);
  return error == SUCCESS ? load<i32>(OUT) : -(<i32>error);
}

/** Makes `to` a copy of `from`: 0 or errno. */
export function duplicateTo(from: i32, to: i32): i32 {
  return <i32>fd_dup2(from, to, 0);
}

/** Moves a descriptor out of the user's range, close-on-exec. */
export function toShellRange(fd: i32): i32 {
  if (fd < 0) return fd;
  const moved = duplicate(fd, SHELL_FD, true);
  fd_close(fd);
  return moved;
}

export let pipeRead: i32 = -1;
export let pipeWrite: i32 = -1;

/** A pipe in `pipeRead` and `pipeWrite`, both in the shell's range and close-on-exec: 0 or errno. */
export function makePipe(): i32 {
  const error = fd_pipe(OUT, FD_CLOEXEC);
  if (error != SUCCESS) return <i32>error;
  const read = load<i32>(OUT);
  const write = load<i32>(OUT, 4);
  pipeRead = toShellRange(read);
  pipeWrite = toShellRange(write);
  return 0;
}

/** Fills STAT. */
function statPath(path: string, flags: u32): bool {
  const bytes = toBytes(path);
  return path_stat(AT_CWD, flags, changetype<usize>(bytes), bytes.length, STAT) == SUCCESS;
}

export class Stat {
  device: u64 = load<u64>(STAT);
  inode: u64 = load<u64>(STAT, 8);
  type: u32 = load<u32>(STAT, 16);
  mode: u32 = load<u32>(STAT, 20);
  uid: u32 = load<u32>(STAT, 32);
  gid: u32 = load<u32>(STAT, 36);
  size: u64 = load<u64>(STAT, 40);
  mtim: u64 = load<u64>(STAT, 64);
  object: u32 = load<u32>(STAT, 84);
}

/** Null when there is no such file. */
export function stat(path: string, follow: bool): Stat | null {
  return path.length > 0 && statPath(path, follow ? LOOKUP_SYMLINK_FOLLOW : 0) ? new Stat() : null;
}

/** Something is there, be it a dangling link. */
export function exists(path: string): bool {
  return path.length > 0 && statPath(path, 0);
}

export function isDirectory(path: string): bool {
  return statPath(path, LOOKUP_SYMLINK_FOLLOW) && load<u32>(STAT, 16) == FILETYPE_DIRECTORY;
}

/** `mode`: 4 read, 2 write, 1 execute. */
export function accessible(path: string, mode: u32): bool {
  const bytes = toBytes(path);
  return path_access(AT_CWD, changetype<usize>(bytes), bytes.length, mode) == SUCCESS;
}

/** A regular file with an execute bit. */
export function isExecutable(path: string): bool {
  return (
    statPath(path, LOOKUP_SYMLINK_FOLLOW) &&
    load<u32>(STAT, 16) == FILETYPE_REGULAR_FILE &&
    (load<u32>(STAT, 20) & 0o111) != 0
  );
}

/** 0 or errno. */
export function changeDirectory(path: string): i32 {
  const bytes = toBytes(path);
  return <i32>path_chdir(AT_CWD, changetype<usize>(bytes), bytes.length);
}

/** The working directory as the kernel knows it, "" when it has none. */
export function physicalDirectory(): string {
  if (path_getcwd(PATH_BUFFER, PATH_MAX, OUT) != SUCCESS) return "";
  return fromMemory(PATH_BUFFER, load<i32>(OUT));
}

/** Names in a directory without "." and "..", null when it cannot be read. */
export function listDirectory(path: string): string[] | null {
  const fd = open(path, 4, OFLAGS_DIRECTORY, 0);
  if (fd < 0) return null;
  const size: u32 = 16384;
  const buffer = heap.alloc(size);
  const names: string[] = [];
  let cookie: u64 = 0;
  while (true) {
    if (fd_readdir(fd, buffer, size, cookie, OUT) != SUCCESS) break;
    const used = load<u32>(OUT);
    let at: u32 = 0;
    // dirent: next cookie u64, inode u64, name length u32, type u8, 3 bytes of padding, name. The last may be cut.
    while (at + 24 <= used) {
      const length = load<u32>(buffer + at, 16);
      if (at + 24 + length > used) break;
      const name = fromMemory(buffer + at + 24, length);
      if (name != "." && name != "..") names.push(name);
      cookie = load<u64>(buffer + at);
      at += 24 + length;
    }
    if (used < size || at == 0) break;
  }
  heap.free(buffer);
  fd_close(fd);
  return names;
}

/** Everything a descriptor gives until its end. */
export function readToEnd(fd: i32): string {
  const size = 65536;
  const buffer = heap.alloc(size);
  let text = "";
  while (true) {
    const count = readInto(fd, buffer, size);
    if (count == -EINTR) continue;
    if (count <= 0) break;
    text += fromMemory(buffer, count);
  }
  heap.free(buffer);
  return text;
}

export function readWholeFile(path: string): string | null {
  const fd = open(path, 4, 0, 0);
  if (fd < 0) return null;
  const text = readToEnd(fd);
  fd_close(fd);
  return text;
}

/** Why a file that opened for reading is no file to read: EISDIR or 0. */
export function directoryError(fd: i32): i32 {
  return fd_stat(fd, STAT) == SUCCESS && load<u32>(STAT, 16) == FILETYPE_DIRECTORY ? EISDIR : 0;
}
