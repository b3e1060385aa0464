/** path_open. */
import { AT_CWD } from "../../../abi/src/cloudos-v1";
import { EINVAL, EISDIR, ELOOP, ENOMEM, ENOTCAPABLE, ENOTDIR } from "../../../abi/src/errno";
import { OBJECT_DIR, OBJECT_FILE } from "../../../abi/src/kernel-interface";
import {
  RIGHT_DUPLICATE, RIGHT_FD_ALLOCATE, RIGHT_FD_FILESTAT_SET_SIZE, RIGHT_FD_READ, RIGHT_FD_WRITE, RIGHT_PATH_CREATE_FILE,
  RIGHT_PATH_FILESTAT_SET_SIZE, RIGHT_PATH_OPEN, RIGHTS_ALL_DIRECTORY, RIGHTS_ALL_FILE, RIGHTS_ALL_WASI,
} from "../../../abi/src/rights";
import {
  DEVICE_FD_BASE, OPEN_READ, OPEN_WRITE, REPLY_CREATED, SLOT_O_DEVICE, SLOT_O_FDFLAGS, SLOT_O_FLAGS, SLOT_O_MODE, SLOT_O_NODE, SLOT_O_OFLAGS, SLOT_O_TYPE,
  VFS_OPEN,
} from "../../../abi/src/vfs-protocol";
import {
  FILETYPE_CHARACTER_DEVICE, FILETYPE_DIRECTORY, FILETYPE_REGULAR_FILE, OFLAGS_CREAT, OFLAGS_DIRECTORY, OFLAGS_TRUNC,
} from "../../../abi/src/wasi";
import { currentProcess } from "../core";
import { deviceOpen, deviceType } from "../obj/device";
import { dispatchRelease } from "../obj/dispatch";
import { Handle, handleDuplicate, handleFind, handleInstall } from "../obj/handle";
import { checkRange, store32, userSlice } from "../user";
import { stampNs } from "./clock";
import { DIR_CONFINED, dirCreate, File, fileCreate } from "./object";
import { dirHandle, pathAsk, pathRequest, walkFlags } from "./path";
import { slotFree, SLOT_O_VNODE } from "./requests";
import { Vnode, vnodeLock, vnodeUnlock } from "./vnode";
import { vmoChanged, vmoResize } from "./vmo";

const OFLAGS_ALL: u32 = 15;
const FDFLAGS_ALL: u32 = 31;
/** Permission bits of a new file: WASI has no mode, so those of a umask of 022. */
const MODE_FILE: u32 = 0o644;

/** 0 or -errno; the descriptor goes to `out`. */
export function fileOpen(
  dirFd: u32, lookup: u32, path: u32, length: u32, oflags: u32, base: u64, inheriting: u64, fdflags: u32, out: u32,
): i32 {
  if (oflags > OFLAGS_ALL || fdflags > FDFLAGS_ALL) return -EINVAL;
  if (oflags & OFLAGS_CREAT && oflags & OFLAGS_DIRECTORY) return -EINVAL;
  let rc = checkRange(userSlice(out, 4));
  if (rc < 0) return rc;

  let may: u32 = RIGHTS_ALL_WASI | RIGHT_DUPLICATE;
  let confined: u32 = 0;
  if (dirFd != AT_CWD) {
    rc = dirHandle(dirFd, RIGHT_PATH_OPEN);
    if (rc < 0) return rc;
    may = changetype<Handle>(rc).inheriting;
    confined = changetype<File>(changetype<Handle>(rc).object).flags & DIR_CONFINED;
  }
  const asked = <u32>base & RIGHTS_ALL_WASI | RIGHT_DUPLICATE;
  // Other rights are cut down to what may be passed on; a descriptor that cannot do these two would mislead.
  if (asked & (RIGHT_FD_READ | RIGHT_FD_WRITE) & ~may) return -ENOTCAPABLE;
  let rights = asked & may;
  if ((rights & RIGHT_FD_WRITE) == 0) rights &= ~(RIGHT_FD_ALLOCATE | RIGHT_FD_FILESTAT_SET_SIZE);

  let flags = walkFlags(lookup);
  if (flags >= 0) {
    if (rights & RIGHT_FD_READ) flags |= OPEN_READ;
    if (rights & RIGHT_FD_WRITE || oflags & OFLAGS_TRUNC) flags |= OPEN_WRITE;
  }
  const needs = RIGHT_PATH_OPEN | (oflags & OFLAGS_CREAT ? RIGHT_PATH_CREATE_FILE : 0) | (oflags & OFLAGS_TRUNC ? RIGHT_PATH_FILESTAT_SET_SIZE : 0);
  let slot = pathRequest(VFS_OPEN, flags, dirFd, needs, path, length);
  if (slot >= 0) {
    store<u32>(slot, oflags, SLOT_O_OFLAGS);
    store<u32>(slot, fdflags, SLOT_O_FDFLAGS);
    store<u32>(slot, MODE_FILE, SLOT_O_MODE);
  }
  slot = pathAsk(slot);
  if (slot < 0) return slot;
  rc = install(slot, oflags, rights, (<u32>inheriting & RIGHTS_ALL_WASI | RIGHT_DUPLICATE) & may, fdflags, confined);
  slotFree(slot);
  // The range was good a moment ago and memories do not shrink.
  return rc < 0 ? rc : store32(out, rc);
}

/** Makes the object and descriptor for an OPEN reply. Descriptor or -errno. */
function install(slot: usize, oflags: u32, rights: u32, inheriting: u32, fdflags: u32, confined: u32): i32 {
  const type = load<u32>(slot, SLOT_O_TYPE);
  if (oflags & OFLAGS_DIRECTORY && type != FILETYPE_DIRECTORY) return -ENOTDIR;
  let object: usize = 0;
  let objectType: u32 = OBJECT_FILE;
  if (type == FILETYPE_CHARACTER_DEVICE) {
    const device = load<u32>(slot, SLOT_O_DEVICE);
    if (device >= <u32>DEVICE_FD_BASE) return duplicate(device - DEVICE_FD_BASE, rights);
    const rc = deviceOpen(device);
    if (rc < 0) return rc;
    object = rc;
    objectType = deviceType(device);
    inheriting = 0;
  } else if (type == FILETYPE_DIRECTORY) {
    if (rights & RIGHT_FD_WRITE) return -EISDIR;
    objectType = OBJECT_DIR;
    object = dirCreate(load<u64>(slot, SLOT_O_NODE), confined);
    rights &= RIGHTS_ALL_DIRECTORY;
  } else if (type == FILETYPE_REGULAR_FILE) {
    const vnode = changetype<Vnode>(load<u32>(slot, SLOT_O_VNODE));
    if (oflags & OFLAGS_TRUNC && (load<u32>(slot, SLOT_O_FLAGS) & REPLY_CREATED) == 0) truncate(vnode);
    object = fileCreate(vnode);
    if (object != 0) store<u32>(slot, 0, SLOT_O_VNODE);
    rights &= RIGHTS_ALL_FILE;
    inheriting = 0;
  } else {
    return -ELOOP;
  }
  if (object == 0) return -ENOMEM;
  const fd = handleInstall(currentProcess(), 0, objectType, object, rights, inheriting, fdflags, false);
  if (fd < 0) dispatchRelease(objectType, object);
  return fd;
}

/** /dev/fd/N: descriptor N of the caller once more, with no rights it lacks. */
function duplicate(source: u32, rights: u32): i32 {
  const process = currentProcess();
  const fd = handleFind(process, 0);
  if (fd < 0) return fd;
  const rc = handleDuplicate(process, source, process, fd, rights, false);
  return rc < 0 ? rc : fd;
}

function truncate(vnode: Vnode): void {
  vnodeLock(vnode);
  vmoResize(vnode, 0);
  vmoChanged(vnode, stampNs());
  vnodeUnlock(vnode);
}
