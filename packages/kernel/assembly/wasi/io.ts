/**
 * WASI calls on any descriptor: read and write, with a short way for one buffer and a stream. A descriptor without the right
 * is EBADF, as POSIX has it for one not open for reading or writing.
 */
import { EBADF, EFAULT, EINVAL, EISDIR, ESPIPE } from "../../../abi/src/errno";
import {
  OBJECT_DEVICE, OBJECT_DIR, OBJECT_FILE, OBJECT_PIPE_READ, OBJECT_PIPE_WRITE, OBJECT_RING_READ, OBJECT_RING_WRITE, OBJECT_TTY,
} from "../../../abi/src/kernel-interface";
import { PIPE_BUF } from "../../../abi/src/params";
import { RIGHT_FD_READ, RIGHT_FD_SEEK, RIGHT_FD_WRITE } from "../../../abi/src/rights";
import { FDFLAGS_NONBLOCK } from "../../../abi/src/wasi";
import { core, currentProcess, KCore } from "../core";
import { AT_OFFSET, fileRead, fileWrite, vnodeTakeErrno } from "../fs/file";
import { iovTotal } from "../fs/iov";
import { File, vnodeOf } from "../fs/object";
import { deviceRead, deviceWrite } from "../obj/device";
import { Handle, handleAt, handleClose, handleGet } from "../obj/handle";
import { pipeRead, pipeWrite, pipeWriteGather } from "../obj/pipe";
import { ringRead, ringWrite } from "../obj/ring";
import { sysReturn, writeFailed } from "../proc/deliver";
import { ttyRead, ttyWrite } from "../tty/output";
import { load64, store32 } from "../user";

/** Per-core staging for one iovec. Not to be trusted after a call that may park. */
// @ts-ignore: decorator
@inline
function scratch(): usize {
  return changetype<usize>(core()) + offsetof<KCore>("scratch0");
}

function writeStream(handle: Handle, from: u32, length: u32): i32 {
  const nonBlock = (handle.fdflags & FDFLAGS_NONBLOCK) != 0;
  switch (<i32>handle.type) {
    case OBJECT_RING_WRITE:
      return ringWrite(handle.object, from, length, nonBlock);
    case OBJECT_PIPE_WRITE:
      return pipeWrite(handle.object, from, length, nonBlock);
    case OBJECT_TTY:
      return ttyWrite(handle.object, from, length, nonBlock);
    case OBJECT_DEVICE:
      return deviceWrite(handle.object, length);
  }
  return -EBADF;
}

function readStream(handle: Handle, to: u32, length: u32): i32 {
  const nonBlock = (handle.fdflags & FDFLAGS_NONBLOCK) != 0;
  switch (<i32>handle.type) {
    case OBJECT_RING_READ:
      return ringRead(handle.object, to, length, nonBlock);
    case OBJECT_PIPE_READ:
      return pipeRead(handle.object, to, length, nonBlock);
    case OBJECT_TTY:
      return ttyRead(handle.object, to, length, nonBlock);
    case OBJECT_DEVICE:
      return deviceRead(handle.object, to, length);
  }
  return -EBADF;
}

/** Why a descriptor may not be read or written: EISDIR or EBADF. */
function refused(fd: u32): i32 {
  const handle = handleAt(currentProcess(), fd);
  return handle !== null && handle.type == OBJECT_DIR ? EISDIR : EBADF;
}

export function p1_fd_write(fd: u32, iovs: u32, count: u32, written: u32): i32 {
  const found = handleGet(currentProcess(), fd, RIGHT_FD_WRITE);
  if (found < 0) return refused(fd);
  const handle = changetype<Handle>(<usize>found);
  let rc: i32;
  if (handle.type == OBJECT_FILE) {
    rc = fileWrite(handle, iovs, count, AT_OFFSET);
  } else if (count == 1) {
    const iov = scratch();
    if (load64(iovs, iov) < 0) return EFAULT;
    rc = writeStream(handle, load<u32>(iov), load<u32>(iov, 4));
  } else {
    rc = writeVector(handle, iovs, count);
  }
  if (rc < 0) return writeFailed(rc);
  return sysReturn(store32(written, <u32>rc));
}

function writeVector(handle: Handle, iovs: u32, count: u32): i32 {
  const total = iovTotal(iovs, count);
  if (total < 0) return total;
  if (handle.type == OBJECT_PIPE_WRITE && total > 0 && total <= PIPE_BUF) {
    return pipeWriteGather(handle.object, iovs, count, total, (handle.fdflags & FDFLAGS_NONBLOCK) != 0, scratch());
  }
  let done: i32 = 0;
  for (let i: u32 = 0; i < count; i++) {
    const iov = scratch();
    if (load64(iovs + (i << 3), iov) < 0) return done > 0 ? done : -EFAULT;
    const length = load<u32>(iov, 4);
    if (length == 0) continue;
    const rc = writeStream(handle, load<u32>(iov), length);
    if (rc < 0) return done > 0 ? done : rc;
    done += rc;
    if (<u32>rc < length) break;
  }
  return done;
}

export function p1_fd_read(fd: u32, iovs: u32, count: u32, taken: u32): i32 {
  const found = handleGet(currentProcess(), fd, RIGHT_FD_READ);
  if (found < 0) return refused(fd);
  const handle = changetype<Handle>(<usize>found);
  let rc: i32;
  if (handle.type == OBJECT_FILE) {
    rc = fileRead(handle, iovs, count, AT_OFFSET);
  } else if (count == 1) {
    const iov = scratch();
    if (load64(iovs, iov) < 0) return EFAULT;
    rc = readStream(handle, load<u32>(iov), load<u32>(iov, 4));
  } else {
    rc = readVector(handle, iovs, count);
  }
  if (rc < 0) return sysReturn(rc);
  return sysReturn(store32(taken, <u32>rc));
}

/** Into the buffers in turn, but never waiting for more once there is something. */
function readVector(handle: Handle, iovs: u32, count: u32): i32 {
  const total = iovTotal(iovs, count);
  if (total <= 0) return total;
  for (let i: u32 = 0; i < count; i++) {
    const iov = scratch();
    if (load64(iovs + (i << 3), iov) < 0) return -EFAULT;
    const length = load<u32>(iov, 4);
    if (length != 0) return readStream(handle, load<u32>(iov), length);
  }
  return 0;
}

export function p1_fd_pread(fd: u32, iovs: u32, count: u32, offset: u64, taken: u32): i32 {
  const found = handleGet(currentProcess(), fd, RIGHT_FD_READ | RIGHT_FD_SEEK);
  if (found < 0) return refused(fd);
  const handle = changetype<Handle>(<usize>found);
  if (handle.type != OBJECT_FILE) return ESPIPE;
  if (<i64>offset < 0) return EINVAL;
  const rc = fileRead(handle, iovs, count, offset);
  return rc < 0 ? sysReturn(rc) : sysReturn(store32(taken, <u32>rc));
}

export function p1_fd_pwrite(fd: u32, iovs: u32, count: u32, offset: u64, written: u32): i32 {
  const found = handleGet(currentProcess(), fd, RIGHT_FD_WRITE | RIGHT_FD_SEEK);
  if (found < 0) return refused(fd);
  const handle = changetype<Handle>(<usize>found);
  if (handle.type != OBJECT_FILE) return ESPIPE;
  if (<i64>offset < 0) return EINVAL;
  const rc = fileWrite(handle, iovs, count, offset);
  return rc < 0 ? sysReturn(rc) : sysReturn(store32(written, <u32>rc));
}

export function p1_fd_close(fd: u32): i32 {
  const handle = handleAt(currentProcess(), fd);
  // A revoked one may still be closed.
  if (handle === null) return -handleClose(currentProcess(), fd);
  // The last chance to tell of a write-back that failed.
  const lost = handle.type == OBJECT_FILE ? vnodeTakeErrno(vnodeOf(changetype<File>(handle.object))) : 0;
  handleClose(currentProcess(), fd);
  return -lost;
}
