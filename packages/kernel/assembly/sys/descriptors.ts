/** Descriptors: pipes and duplicates. */
import { EBADF, EINVAL, ENOMEM } from "../../../abi/src/errno";
import { FD_CLOEXEC } from "../../../abi/src/cloudos-v1";
import { OBJECT_PIPE_READ, OBJECT_PIPE_WRITE } from "../../../abi/src/kernel-interface";
import { MAX_HANDLES } from "../../../abi/src/params";
import {
  RIGHT_DUPLICATE, RIGHT_FD_FDSTAT_SET_FLAGS, RIGHT_FD_FILESTAT_GET, RIGHT_FD_READ, RIGHT_FD_WRITE, RIGHT_POLL_FD_READWRITE,
} from "../../../abi/src/rights";
import { currentProcess } from "../core";
import { Handle, handleAt, handleClose, handleDuplicate, handleFind, handleGet, handleInstall, preopenCopy } from "../obj/handle";
import { pipeCreate, pipeRelease } from "../obj/pipe";
import { sysReturn } from "../proc/deliver";
import { Process } from "../proc/process";
import { checkRange, store32, userSlice } from "../user";

const PIPE_RIGHTS: u32 = RIGHT_DUPLICATE | RIGHT_FD_FDSTAT_SET_FLAGS | RIGHT_FD_FILESTAT_GET | RIGHT_POLL_FD_READWRITE;
const ALL_RIGHTS: u32 = 0xffffffff;

export function c1_fd_pipe(out: u32, flags: u32): i32 {
  if ((flags & ~<u32>FD_CLOEXEC) != 0) return EINVAL;
  const checked = checkRange(userSlice(out, 8));
  if (checked < 0) return sysReturn(checked);
  const process = currentProcess();
  const pipe = pipeCreate();
  if (pipe == 0) return ENOMEM;
  const cloexec = flags != 0;
  const reader = handleInstall(process, 0, OBJECT_PIPE_READ, pipe, PIPE_RIGHTS | RIGHT_FD_READ, 0, 0, cloexec);
  if (reader < 0) {
    pipeRelease(OBJECT_PIPE_WRITE, pipe);
    pipeRelease(OBJECT_PIPE_READ, pipe);
    return sysReturn(reader);
  }
  const writer = handleInstall(process, 0, OBJECT_PIPE_WRITE, pipe, PIPE_RIGHTS | RIGHT_FD_WRITE, 0, 0, cloexec);
  if (writer < 0) {
    pipeRelease(OBJECT_PIPE_WRITE, pipe);
    handleClose(process, reader);
    return sysReturn(writer);
  }
  store32(out, reader);
  return sysReturn(store32(out + 4, writer));
}

export function c1_fd_dup(fd: u32, least: u32, flags: u32, out: u32): i32 {
  if ((flags & ~<u32>FD_CLOEXEC) != 0 || least >= <u32>MAX_HANDLES) return EINVAL;
  const checked = checkRange(userSlice(out, 4));
  if (checked < 0) return sysReturn(checked);
  const process = currentProcess();
  const found = handleGet(process, fd, RIGHT_DUPLICATE);
  if (found < 0) return sysReturn(found);
  const free = handleFind(process, least);
  if (free < 0) return sysReturn(free);
  const rc = duplicateNamed(process, fd, free, flags != 0);
  return sysReturn(rc < 0 ? rc : store32(out, free));
}

export function c1_fd_dup2(from: u32, to: u32, flags: u32): i32 {
  if ((flags & ~<u32>FD_CLOEXEC) != 0) return EINVAL;
  const process = currentProcess();
  const found = handleGet(process, from, RIGHT_DUPLICATE);
  if (found < 0) return sysReturn(found);
  if (from == to) return 0;
  return sysReturn(duplicateNamed(process, from, to, flags != 0));
}

/** A duplicate of a preopen is one too, so a shell can put its descriptors aside and back. */
function duplicateNamed(process: Process, from: u32, to: u32, cloexec: bool): i32 {
  const rc = handleDuplicate(process, from, process, to, ALL_RIGHTS, cloexec);
  if (rc < 0) return rc;
  const source = handleAt(process, from) as Handle;
  return source.preopen == 0 ? 0 : preopenCopy(source, handleAt(process, to) as Handle);
}

/** Moves `from` to `to`, which must be open (WASI: both are). */
export function p1_fd_renumber(from: u32, to: u32): i32 {
  const process = currentProcess();
  const entry = handleAt(process, from);
  if (entry === null || handleAt(process, to) === null) return EBADF;
  if (from == to) return 0;
  const rc = handleDuplicate(process, from, process, to, ALL_RIGHTS, entry.cloexec != 0);
  if (rc < 0) return sysReturn(rc);
  return sysReturn(handleClose(process, from));
}

export function c1_fd_cloexec(fd: u32, set: u32): i32 {
  const handle = handleAt(currentProcess(), fd);
  if (handle === null) return EBADF;
  if (set > 2) return EINVAL;
  if (set != 2) handle.cloexec = <u8>set;
  return 0;
}

export function c1_fd_getfd(fd: u32, out: u32): i32 {
  const handle = handleAt(currentProcess(), fd);
  if (handle === null) return EBADF;
  return sysReturn(store32(out, handle.cloexec != 0 ? FD_CLOEXEC : 0));
}
