/** WASI calls on names. Each is a request to the file service; see fs/path.ts. */
import {
  RIGHT_PATH_CREATE_DIRECTORY, RIGHT_PATH_FILESTAT_GET, RIGHT_PATH_FILESTAT_SET_TIMES, RIGHT_PATH_LINK_SOURCE, RIGHT_PATH_LINK_TARGET,
  RIGHT_PATH_READLINK, RIGHT_PATH_REMOVE_DIRECTORY, RIGHT_PATH_RENAME_SOURCE, RIGHT_PATH_RENAME_TARGET, RIGHT_PATH_SYMLINK,
  RIGHT_PATH_UNLINK_FILE,
} from "../../../abi/src/rights";
import {
  SLOT_O_BUF1, SLOT_O_LEN1, SLOT_O_MODE, VFS_LINK, VFS_MKDIR, VFS_READLINK, VFS_RENAME, VFS_RMDIR, VFS_SET_TIMES, VFS_STAT, VFS_SYMLINK,
  VFS_UNLINK,
} from "../../../abi/src/vfs-protocol";
import { fileOpen } from "../fs/open";
import { pathAsk, pathCall, pathRequest, pathSecond, pathText, walkFlags } from "../fs/path";
import { slotFree } from "../fs/requests";
import { STAT_PREVIEW1, STAT_UNSTABLE, statOut } from "../fs/stat";
import { timesSet } from "../fs/times";
import { sysReturn } from "../proc/deliver";
import { copyOut, store32 } from "../user";

/** Permission bits of a new directory: WASI has no mode, so those of a umask of 022. */
const MODE_DIRECTORY: u32 = 0o755;

export function p1_path_open(
  fd: u32, lookup: u32, path: u32, length: u32, oflags: u32, base: u64, inheriting: u64, fdflags: u32, out: u32,
): i32 {
  return sysReturn(fileOpen(fd, lookup, path, length, oflags, base, inheriting, fdflags, out));
}

export function p1_path_create_directory(fd: u32, path: u32, length: u32): i32 {
  const slot = pathRequest(VFS_MKDIR, 0, fd, RIGHT_PATH_CREATE_DIRECTORY, path, length);
  if (slot >= 0) store<u32>(slot, MODE_DIRECTORY, SLOT_O_MODE);
  return sysReturn(pathCall(slot));
}

export function p1_path_remove_directory(fd: u32, path: u32, length: u32): i32 {
  return sysReturn(pathCall(pathRequest(VFS_RMDIR, 0, fd, RIGHT_PATH_REMOVE_DIRECTORY, path, length)));
}

export function p1_path_unlink_file(fd: u32, path: u32, length: u32): i32 {
  return sysReturn(pathCall(pathRequest(VFS_UNLINK, 0, fd, RIGHT_PATH_UNLINK_FILE, path, length)));
}

export function p1_path_rename(fd: u32, path: u32, length: u32, fd2: u32, path2: u32, length2: u32): i32 {
  const slot = pathRequest(VFS_RENAME, 0, fd, RIGHT_PATH_RENAME_SOURCE, path, length);
  return sysReturn(pathCall(pathSecond(slot, fd2, RIGHT_PATH_RENAME_TARGET, path2, length2)));
}

export function p1_path_link(fd: u32, lookup: u32, path: u32, length: u32, fd2: u32, path2: u32, length2: u32): i32 {
  const slot = pathRequest(VFS_LINK, walkFlags(lookup), fd, RIGHT_PATH_LINK_SOURCE, path, length);
  return sysReturn(pathCall(pathSecond(slot, fd2, RIGHT_PATH_LINK_TARGET, path2, length2)));
}

export function p1_path_symlink(text: u32, textLength: u32, fd: u32, path: u32, length: u32): i32 {
  return sysReturn(pathCall(pathText(pathRequest(VFS_SYMLINK, 0, fd, RIGHT_PATH_SYMLINK, path, length), text, textLength)));
}

/** Cut off at the buffer's end, as readlink(2) does. */
export function p1_path_readlink(fd: u32, path: u32, length: u32, to: u32, capacity: u32, used: u32): i32 {
  const slot = pathAsk(pathRequest(VFS_READLINK, 0, fd, RIGHT_PATH_READLINK, path, length));
  if (slot < 0) return sysReturn(slot);
  const part = min(load<u32>(slot, SLOT_O_LEN1), capacity);
  let rc = copyOut(to, slot + SLOT_O_BUF1, part);
  slotFree(slot);
  if (rc >= 0) rc = store32(used, part);
  return -rc;
}

function filestat(fd: u32, lookup: u32, path: u32, length: u32, out: u32, layout: u32): i32 {
  const slot = pathRequest(VFS_STAT, walkFlags(lookup), fd, RIGHT_PATH_FILESTAT_GET, path, length);
  return sysReturn(statOut(pathAsk(slot), out, layout));
}

export function p1_path_filestat_get(fd: u32, lookup: u32, path: u32, length: u32, out: u32): i32 {
  return filestat(fd, lookup, path, length, out, STAT_PREVIEW1);
}

export function u_path_filestat_get(fd: u32, lookup: u32, path: u32, length: u32, out: u32): i32 {
  return filestat(fd, lookup, path, length, out, STAT_UNSTABLE);
}

export function p1_path_filestat_set_times(fd: u32, lookup: u32, path: u32, length: u32, atime: u64, mtime: u64, flags: u32): i32 {
  const slot = pathRequest(VFS_SET_TIMES, walkFlags(lookup), fd, RIGHT_PATH_FILESTAT_SET_TIMES, path, length);
  return sysReturn(timesSet(slot, atime, mtime, flags));
}
