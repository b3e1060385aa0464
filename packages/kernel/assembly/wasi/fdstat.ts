/** WASI calls about descriptors: what they are, what they may do, and preopens. */
import { EBADF, EINVAL, ENAMETOOLONG, ENOTCAPABLE } from "../../../abi/src/errno";
import { OBJECT_DIR, OBJECT_FILE, OBJECT_TTY } from "../../../abi/src/kernel-interface";
import {
  RIGHT_DUPLICATE, RIGHT_FD_FDSTAT_SET_FLAGS, RIGHT_FD_FILESTAT_GET, RIGHT_FD_FILESTAT_SET_TIMES, RIGHT_FD_SEEK, RIGHT_FD_TELL, RIGHTS_ALL_WASI,
} from "../../../abi/src/rights";
import { VFS_SET_TIMES, VFS_STAT } from "../../../abi/src/vfs-protocol";
import { core, currentProcess, KCore } from "../core";
import { filetypeOf } from "../fs/kinds";
import { File } from "../fs/object";
import { nodeRequest, pathAsk } from "../fs/path";
import { slotAlloc } from "../fs/requests";
import { STAT_CLOUDOS, STAT_PREVIEW1, STAT_UNSTABLE, statObject, statOut } from "../fs/stat";
import { timesSet } from "../fs/times";
import { Handle, handleAt, handleGet } from "../obj/handle";
import { sysReturn } from "../proc/deliver";
import { copyOut } from "../user";

const FDSTAT_SIZE: u32 = 24;
const FDFLAGS_ALL: u32 = 31;

function scratch(): usize {
  return changetype<usize>(core()) + offsetof<KCore>("scratch0");
}

export function p1_fd_fdstat_get(fd: u32, out: u32): i32 {
  const handle = handleAt(currentProcess(), fd);
  if (handle === null) return EBADF;
  const to = scratch();
  // isatty of wasi-libc: a character device one cannot seek in.
  const hidden: u32 = handle.type == OBJECT_TTY ? RIGHT_FD_SEEK | RIGHT_FD_TELL : 0;
  store<u64>(to, filetypeOf(handle.type) | <u32>handle.fdflags << 16);
  store<u64>(to, handle.rights & RIGHTS_ALL_WASI & ~hidden, 8);
  store<u64>(to, handle.inheriting & RIGHTS_ALL_WASI, 16);
  return -copyOut(out, to, FDSTAT_SIZE);
}

export function p1_fd_fdstat_set_flags(fd: u32, flags: u32): i32 {
  const found = handleGet(currentProcess(), fd, RIGHT_FD_FDSTAT_SET_FLAGS);
  if (found < 0) return -found;
  if (flags > FDFLAGS_ALL) return EINVAL;
  changetype<Handle>(found).fdflags = <u16>flags;
  return 0;
}

export function p1_fd_fdstat_set_rights(fd: u32, base: u64, inheriting: u64): i32 {
  const handle = handleAt(currentProcess(), fd);
  if (handle === null) return EBADF;
  if (base & ~<u64>handle.rights || inheriting & ~<u64>handle.inheriting) return ENOTCAPABLE;
  handle.rights = <u32>base | (handle.rights & RIGHT_DUPLICATE);
  handle.inheriting = <u32>inheriting | (handle.inheriting & RIGHT_DUPLICATE);
  return 0;
}

function filestat(fd: u32, out: u32, layout: u32, right: u32): i32 {
  const found = handleGet(currentProcess(), fd, 0);
  if (found < 0) return -found;
  const handle = changetype<Handle>(found);
  if (handle.type != OBJECT_FILE && handle.type != OBJECT_DIR) {
    const slot = slotAlloc(VFS_STAT);
    return sysReturn(slot < 0 ? slot : statObject(slot, out, layout, handle.type, filetypeOf(handle.type)));
  }
  if ((handle.rights & right) != right) return ENOTCAPABLE;
  return sysReturn(statOut(pathAsk(nodeRequest(VFS_STAT, changetype<File>(handle.object))), out, layout));
}

export function p1_fd_filestat_get(fd: u32, out: u32): i32 {
  return filestat(fd, out, STAT_PREVIEW1, RIGHT_FD_FILESTAT_GET);
}

export function u_fd_filestat_get(fd: u32, out: u32): i32 {
  return filestat(fd, out, STAT_UNSTABLE, RIGHT_FD_FILESTAT_GET);
}

export function c1_fd_stat(fd: u32, out: u32): i32 {
  return filestat(fd, out, STAT_CLOUDOS, 0);
}

export function p1_fd_filestat_set_times(fd: u32, atime: u64, mtime: u64, flags: u32): i32 {
  const found = handleGet(currentProcess(), fd, RIGHT_FD_FILESTAT_SET_TIMES);
  if (found < 0) return -found;
  const handle = changetype<Handle>(found);
  if (handle.type != OBJECT_FILE && handle.type != OBJECT_DIR) return EINVAL;
  return sysReturn(timesSet(nodeRequest(VFS_SET_TIMES, changetype<File>(handle.object)), atime, mtime, flags));
}

/** The preopen's name block, or 0. */
function preopenOf(fd: u32): usize {
  const handle = handleAt(currentProcess(), fd);
  return handle === null ? 0 : <usize>handle.preopen;
}

export function p1_fd_prestat_get(fd: u32, out: u32): i32 {
  const name = preopenOf(fd);
  if (name == 0) return EBADF;
  const to = scratch();
  // Tag 0: a directory; then the length of its name.
  store<u64>(to, <u64>load<u32>(name) << 32);
  return -copyOut(out, to, 8);
}

export function p1_fd_prestat_dir_name(fd: u32, to: u32, capacity: u32): i32 {
  const name = preopenOf(fd);
  if (name == 0) return EBADF;
  const length = load<u32>(name);
  return capacity < length ? ENAMETOOLONG : -copyOut(to, name + 4, length);
}
