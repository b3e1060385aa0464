/** WASI calls on an open file: size, position, content at rest. Reading and writing are in io.ts. */
import { EBADF, EFBIG, EINVAL, EISDIR, ENOTCAPABLE, ESPIPE } from "../../../abi/src/errno";
import { OBJECT_DIR, OBJECT_FILE } from "../../../abi/src/kernel-interface";
import {
  RIGHT_FD_ADVISE, RIGHT_FD_ALLOCATE, RIGHT_FD_DATASYNC, RIGHT_FD_FILESTAT_SET_SIZE, RIGHT_FD_READDIR, RIGHT_FD_SEEK, RIGHT_FD_SYNC,
  RIGHT_FD_TELL,
} from "../../../abi/src/rights";
import { SLOT_O_SIZE, VFS_ALLOCATE, VFS_FSYNC, VFS_PAGES_MAX } from "../../../abi/src/vfs-protocol";
import { WHENCE_CUR } from "../../../abi/src/wasi";
import { currentProcess } from "../core";
import { stampNs } from "../fs/clock";
import { dirRead } from "../fs/dir";
import { fileSeek, vnodeSync } from "../fs/file";
import { File, vnodeOf } from "../fs/object";
import { dirHandle, nodeRequest, pathCall } from "../fs/path";
import { Vnode, vnodeLock, vnodeUnlock } from "../fs/vnode";
import { FILE_SIZE_MAX, vmoChanged, vmoResize } from "../fs/vmo";
import { Handle, handleAt } from "../obj/handle";
import { sysReturn } from "../proc/deliver";
import { store32, store64 } from "../user";

const ADVICE_SEQUENTIAL: u32 = 1;
const ADVICE_MAX: u32 = 5;

/** The open file of a descriptor with `rights`: File address, -EBADF, -EISDIR, -ENOTCAPABLE, or `other` for what has no content. */
function fileOf(fd: u32, rights: u32, other: i32): i32 {
  const handle = handleAt(currentProcess(), fd);
  if (handle === null) return -EBADF;
  if (handle.type == OBJECT_DIR) return -EISDIR;
  if (handle.type != OBJECT_FILE) return other;
  return (handle.rights & rights) == rights ? <i32>handle.object : -ENOTCAPABLE;
}

function seek(fd: u32, delta: i64, whence: u32, out: u32): i32 {
  const found = fileOf(fd, delta == 0 && whence == WHENCE_CUR ? RIGHT_FD_TELL : RIGHT_FD_SEEK, -ESPIPE);
  if (found < 0) return -found;
  const file = changetype<File>(found);
  const rc = fileSeek(file, delta, whence);
  return rc < 0 ? -rc : -store64(out, file.offset);
}

export function p1_fd_seek(fd: u32, delta: i64, whence: u32, out: u32): i32 {
  return seek(fd, delta, whence, out);
}

/** wasi_unstable counts CUR, END, SET. */
export function u_fd_seek(fd: u32, delta: i64, whence: u32, out: u32): i32 {
  return whence > 2 ? EINVAL : seek(fd, delta, (whence + 1) % 3, out);
}

export function p1_fd_tell(fd: u32, out: u32): i32 {
  return seek(fd, 0, WHENCE_CUR, out);
}

export function p1_fd_advise(fd: u32, offset: u64, length: u64, advice: u32): i32 {
  const found = fileOf(fd, RIGHT_FD_ADVISE, -ESPIPE);
  if (found < 0) return -found;
  if (advice > ADVICE_MAX || <i64>offset < 0 || <i64>length < 0) return EINVAL;
  // The other hints say what read-ahead finds out by itself.
  if (advice == ADVICE_SEQUENTIAL) changetype<File>(found).window = VFS_PAGES_MAX;
  return 0;
}

function resize(vnode: Vnode, size: u64, growOnly: bool): void {
  vnodeLock(vnode);
  if (!growOnly || size > vnode.size) {
    vmoResize(vnode, size);
    vmoChanged(vnode, stampNs());
  }
  vnodeUnlock(vnode);
}

export function p1_fd_filestat_set_size(fd: u32, size: u64): i32 {
  const found = fileOf(fd, RIGHT_FD_FILESTAT_SET_SIZE, -EINVAL);
  if (found < 0) return -found;
  if (size > FILE_SIZE_MAX) return <i64>size < 0 ? EINVAL : EFBIG;
  resize(vnodeOf(changetype<File>(found)), size, false);
  return 0;
}

export function p1_fd_allocate(fd: u32, offset: u64, length: u64): i32 {
  const found = fileOf(fd, RIGHT_FD_ALLOCATE, -ESPIPE);
  if (found < 0) return -found;
  if (length == 0 || <i64>offset < 0 || <i64>length < 0) return EINVAL;
  const end = offset + length;
  if (end > FILE_SIZE_MAX) return EFBIG;
  const file = changetype<File>(found);
  const slot = nodeRequest(VFS_ALLOCATE, file);
  if (slot >= 0) store<u64>(slot, end, SLOT_O_SIZE);
  const rc = pathCall(slot);
  if (rc < 0) return sysReturn(rc);
  resize(vnodeOf(file), end, true);
  return 0;
}

function sync(fd: u32, right: u32): i32 {
  const handle = handleAt(currentProcess(), fd);
  if (handle === null) return EBADF;
  if (handle.type != OBJECT_FILE && handle.type != OBJECT_DIR) return EINVAL;
  if ((handle.rights & right) == 0) return ENOTCAPABLE;
  const file = changetype<File>(handle.object);
  return sysReturn(handle.type == OBJECT_FILE ? vnodeSync(vnodeOf(file)) : pathCall(nodeRequest(VFS_FSYNC, file)));
}

export function p1_fd_sync(fd: u32): i32 {
  return sync(fd, RIGHT_FD_SYNC);
}

export function p1_fd_datasync(fd: u32): i32 {
  return sync(fd, RIGHT_FD_DATASYNC);
}

export function p1_fd_readdir(fd: u32, buffer: u32, length: u32, cookie: u64, used: u32): i32 {
  const found = dirHandle(fd, RIGHT_FD_READDIR);
  if (found < 0) return -found;
  const rc = dirRead(changetype<File>(changetype<Handle>(found).object), buffer, length, cookie);
  return sysReturn(rc < 0 ? rc : store32(used, rc));
}
