/** What a file is: replies to STAT, with the kernel's truth about cached files, in the three layouts programs know. */
import { PAGE_SIZE } from "../../../abi/src/params";
import { STAT_SIZE } from "../../../abi/src/cloudos-v1";
import { OBJECT_DIR, OBJECT_FILE } from "../../../abi/src/kernel-interface";
import {
  SLOT_O_ATIME, SLOT_O_BLOCKS, SLOT_O_BUF2, SLOT_O_CTIME, SLOT_O_DEV, SLOT_O_DEVICE, SLOT_O_FSTFLAGS, SLOT_O_GID, SLOT_O_MTIME, SLOT_O_NLINK,
  SLOT_O_NODE, SLOT_O_RMODE, SLOT_O_SIZE, SLOT_O_TYPE, SLOT_O_UID,
} from "../../../abi/src/vfs-protocol";
import { FILETYPE_DIRECTORY, FILETYPE_REGULAR_FILE, FSTFLAGS_MTIM } from "../../../abi/src/wasi";
import { copyOut } from "../user";
import { slotFree } from "./requests";
import { Vnode, vnodeFind, vnodeLock, VNODE_META_DIRTY, VNODE_PINNED, vnodePut, vnodeUnlock } from "./vnode";

/** `filestat` of preview 1, `filestat` of wasi_unstable (nlink is a u32), STAT of cloudos_v1. */
export const STAT_PREVIEW1: u32 = 0;
export const STAT_UNSTABLE: u32 = 1;
export const STAT_CLOUDOS: u32 = 2;
const FILESTAT_SIZE: u32 = 64;
const FILESTAT_UNSTABLE_SIZE: u32 = 56;

/** Lower bits of a node id: the inode number, as in directory entries. */
const INODE_MASK: u64 = 0xffffffffffff;

/** While a file is cached, size and mtime in the kernel are the truth. */
function overlay(slot: usize): void {
  if (load<u32>(slot, SLOT_O_TYPE) != FILETYPE_REGULAR_FILE) return;
  const found = vnodeFind(load<u64>(slot, SLOT_O_NODE));
  if (found == 0) return;
  const vnode = changetype<Vnode>(found);
  vnodeLock(vnode);
  store<u64>(slot, vnode.size, SLOT_O_SIZE);
  store<u64>(slot, vnode.mtimeNs, SLOT_O_MTIME);
  if (vnode.flags & (VNODE_META_DIRTY | VNODE_PINNED)) {
    if (vnode.mtimeNs > load<u64>(slot, SLOT_O_CTIME)) store<u64>(slot, vnode.mtimeNs, SLOT_O_CTIME);
    // What it will take when it is written back.
    store<u64>(slot, (vnode.size + PAGE_SIZE - 1) / PAGE_SIZE * (PAGE_SIZE / 512), SLOT_O_BLOCKS);
  }
  vnodeUnlock(vnode);
  vnodePut(vnode);
}

/** SET_TIMES went through: the same for the cached vnode. */
export function statTimesSet(slot: usize): void {
  if ((load<u32>(slot, SLOT_O_FSTFLAGS) & FSTFLAGS_MTIM) == 0) return;
  const found = vnodeFind(load<u64>(slot, SLOT_O_NODE));
  if (found == 0) return;
  const vnode = changetype<Vnode>(found);
  vnodeLock(vnode);
  vnode.mtimeNs = load<u64>(slot, SLOT_O_MTIME);
  vnodeUnlock(vnode);
  vnodePut(vnode);
}

/** Writes a STAT reply to the program and frees the slot; `slot` may be an -errno. 0 or -errno. */
export function statOut(slot: i32, out: u32, layout: u32): i32 {
  if (slot < 0) return slot;
  overlay(slot);
  const type = load<u32>(slot, SLOT_O_TYPE);
  const object: u32 = type == FILETYPE_REGULAR_FILE ? OBJECT_FILE : type == FILETYPE_DIRECTORY ? OBJECT_DIR : 0;
  const rc = statWrite(slot, out, layout, object);
  slotFree(slot);
  return rc;
}

/** Arranges what the slot's stat fields hold, in buffer 2, and copies it out. 0 or -EFAULT. */
function statWrite(slot: usize, out: u32, layout: u32, object: u32): i32 {
  const to = slot + SLOT_O_BUF2;
  const node = load<u64>(slot, SLOT_O_NODE);
  memory.fill(to, 0, STAT_SIZE);
  store<u64>(to, load<u64>(slot, SLOT_O_DEV));
  store<u64>(to, node & INODE_MASK, 8);
  store<u32>(to, load<u32>(slot, SLOT_O_TYPE), 16);
  store<u64>(layout == STAT_UNSTABLE ? to - 4 : to, load<u64>(slot, SLOT_O_NLINK), 24);
  if (layout == STAT_CLOUDOS) {
    store<u32>(to, load<u32>(slot, SLOT_O_RMODE), 20);
    store<u32>(to, load<u32>(slot, SLOT_O_UID), 32);
    store<u32>(to, load<u32>(slot, SLOT_O_GID), 36);
    store<u64>(to, load<u64>(slot, SLOT_O_SIZE), 40);
    store<u64>(to, load<u64>(slot, SLOT_O_BLOCKS), 48);
    times(slot, to + 56);
    store<u32>(to, load<u32>(slot, SLOT_O_DEVICE), 80);
    store<u32>(to, object, 84);
    store<u64>(to, node, 88);
    store<u32>(to, PAGE_SIZE, 96);
    return copyOut(out, to, STAT_SIZE);
  }
  const size: u32 = layout == STAT_UNSTABLE ? FILESTAT_UNSTABLE_SIZE : FILESTAT_SIZE;
  store<u64>(to + size - 32, load<u64>(slot, SLOT_O_SIZE));
  times(slot, to + size - 24);
  return copyOut(out, to, size);
}

function times(slot: usize, to: usize): void {
  store<u64>(to, load<u64>(slot, SLOT_O_ATIME));
  store<u64>(to, load<u64>(slot, SLOT_O_MTIME), 8);
  store<u64>(to, load<u64>(slot, SLOT_O_CTIME), 16);
}

/** An object without an inode (pipe, terminal, device): zeros but for what it is. `slot` is only a place to write. */
export function statObject(slot: usize, out: u32, layout: u32, object: u32, filetype: u32): i32 {
  store<u32>(slot, filetype, SLOT_O_TYPE);
  store<u64>(slot, 1, SLOT_O_NLINK);
  store<u32>(slot, 0o620, SLOT_O_RMODE);
  const rc = statWrite(slot, out, layout, object);
  slotFree(slot);
  return rc;
}
