/** Requests about paths: every path call is `pathRequest`, a few fields, `pathCall`. */
import { AT_CWD } from "../../../abi/src/cloudos-v1";
import { EBADF, EINVAL, ENOENT, ENOTCAPABLE, ENOTDIR } from "../../../abi/src/errno";
import { OBJECT_DIR } from "../../../abi/src/kernel-interface";
import {
  SLOT_O_BUF1, SLOT_O_BUF2, SLOT_O_FLAGS, SLOT_O_LEN1, SLOT_O_LEN2, SLOT_O_NODE, SLOT_O_ROOT, WALK_CONFINED, WALK_CWD_THEN_ROOT, WALK_FOLLOW,
} from "../../../abi/src/vfs-protocol";
import { LOOKUP_SYMLINK_FOLLOW } from "../../../abi/src/wasi";
import { currentProcess } from "../core";
import { Handle, handleAt } from "../obj/handle";
import { Process } from "../proc/process";
import { pathIn } from "./names";
import { DIR_CONFINED, DIR_CWD, DIR_ROOT, File } from "./object";
import { slotAlloc, slotCall, slotFree } from "./requests";

/** The second path's WALK_CONFINED and WALK_CWD_THEN_ROOT are this far up. */
const SECOND_SHIFT: u32 = 3;

/** The directory a descriptor means to this process, 0 when it means none. */
export function dirNode(process: Process, dir: File): u64 {
  return dir.flags & DIR_ROOT ? process.rootNode : dir.flags & DIR_CWD ? process.cwdNode : dir.node;
}

/** The handle of a directory descriptor with `rights`: address, -EBADF, -ENOTDIR or -ENOTCAPABLE. */
export function dirHandle(fd: u32, rights: u32): i32 {
  const handle = handleAt(currentProcess(), fd);
  if (handle === null) return -EBADF;
  if (handle.type != OBJECT_DIR) return -ENOTDIR;
  return (handle.rights & rights) == rights ? <i32>changetype<usize>(handle) : -ENOTCAPABLE;
}

/**
 * Where a walk starts and what it may not leave; written to the slot, for path 1 or 2. WALK_* or -errno.
 */
function walkBase(slot: usize, second: u32, fd: u32, rights: u32): i32 {
  const process = currentProcess();
  let root = process.rootNode;
  let node = process.cwdNode;
  let flags: u32 = 0;
  if (fd == AT_CWD) {
    if (root == 0) return -ENOTCAPABLE;
  } else {
    const rc = dirHandle(fd, rights);
    if (rc < 0) return rc;
    const dir = changetype<File>(changetype<Handle>(rc).object);
    node = dirNode(process, dir);
    if (node == 0) return -ENOTCAPABLE;
    if (dir.flags & DIR_CWD) flags = WALK_CWD_THEN_ROOT;
    if (dir.flags & DIR_CONFINED || root == 0) {
      root = node;
      flags |= WALK_CONFINED;
    }
  }
  store<u64>(slot + (second << 3), node, SLOT_O_NODE);
  store<u64>(slot + (second << 3), root, SLOT_O_ROOT);
  return flags << (second * SECOND_SHIFT);
}

/** `lookup` of WASI as WALK_*, or -EINVAL. */
export function walkFlags(lookup: u32): i32 {
  return lookup > <u32>LOOKUP_SYMLINK_FOLLOW ? -EINVAL : lookup & LOOKUP_SYMLINK_FOLLOW ? WALK_FOLLOW : 0;
}

/** A slot for `op` on a path. `flags` is WALK_* and others, or -errno to pass on. Address or -errno. */
export function pathRequest(op: u32, flags: i32, fd: u32, rights: u32, path: u32, length: u32): i32 {
  if (flags < 0) return flags;
  const slot = slotAlloc(op);
  if (slot < 0) return slot;
  store<u32>(slot, flags, SLOT_O_FLAGS);
  return pathAdd(slot, 0, fd, rights, path, length);
}

/** The second path of a request; `slot` may be the -errno of the first. The slot or -errno, and then the slot is free. */
export function pathSecond(slot: i32, fd: u32, rights: u32, path: u32, length: u32): i32 {
  return slot < 0 ? slot : pathAdd(slot, 1, fd, rights, path, length);
}

function pathAdd(slot: usize, second: u32, fd: u32, rights: u32, path: u32, length: u32): i32 {
  let rc = walkBase(slot, second, fd, rights);
  if (rc >= 0) {
    store<u32>(slot, load<u32>(slot, SLOT_O_FLAGS) | rc, SLOT_O_FLAGS);
    store<u32>(slot + (second << 2), length, SLOT_O_LEN1);
    rc = length == 0 ? -ENOENT : pathIn(slot + (second != 0 ? SLOT_O_BUF2 : SLOT_O_BUF1), path, length);
  }
  if (rc >= 0) return <i32>slot;
  slotFree(slot);
  return rc;
}

/** A text in buffer 2 (symlink target). The slot or -errno, and then the slot is free. */
export function pathText(slot: i32, text: u32, length: u32): i32 {
  if (slot < 0) return slot;
  store<u32>(slot, length, SLOT_O_LEN2);
  const rc = length == 0 ? -ENOENT : pathIn(slot + SLOT_O_BUF2, text, length);
  if (rc >= 0) return slot;
  slotFree(slot);
  return rc;
}

/** Sends the request and frees the slot: for calls that answer with an errno only. `slot` may be an -errno. */
export function pathCall(slot: i32): i32 {
  if (slot < 0) return slot;
  const rc = slotCall(slot);
  slotFree(slot);
  return rc;
}

/** Sends the request. The slot, to be read and freed, or -errno, and then it is free. */
export function pathAsk(slot: i32): i32 {
  if (slot < 0) return slot;
  const rc = slotCall(slot);
  if (rc >= 0) return slot;
  slotFree(slot);
  return rc;
}

/** A slot for `op` on an open file or directory: address or -errno. */
export function nodeRequest(op: u32, object: File): i32 {
  const slot = slotAlloc(op);
  if (slot >= 0) store<u64>(slot, dirNode(currentProcess(), object), SLOT_O_NODE);
  return slot;
}
