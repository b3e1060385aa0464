/** What the file service calls about vnodes: `vnode_*` of KernelExports. A vnode is named by its index in the table. */
import { EIO } from "../../../abi/src/errno";
import { PAGE_SIZE } from "../../../abi/src/params";
import { spinLock, spinUnlock } from "../lock";
import { Frame, frameAddress } from "../mem/frames";
import { frameOfEntry, PAGE_DIRTY, PAGE_LOADING, PAGE_NONE, PAGE_PRESENT, PAGE_WRITING, pageEntry, pageNext, pageSlot } from "../mem/page-table";
import { dirtyPagesAdd, fsState, tableLock, VNODE_TABLE } from "./state";
import {
  pagesOf, Vnode, VNODE_META_DIRTY, VNODE_META_SEEN, VNODE_PINNED, vnodeAt, vnodeFind, vnodeFlag, vnodeForget, vnodeLock, vnodePut, vnodeUnflag, vnodeUnlock,
} from "./vnode";
import { frameLoan, frameUncut, pageDrop, pageTouch, vmoResize } from "./vmo";

/** A vnode with a reference, locked; null when the index means nothing any more. */
function open(index: u32): Vnode | null {
  const found = vnodeAt(index);
  if (found == 0) return null;
  vnodeLock(changetype<Vnode>(found));
  return changetype<Vnode>(found);
}

function close(vnode: Vnode): void {
  vnodeUnlock(vnode);
  vnodePut(vnode);
}

export function vnode_dirty_next(cursor: u32): u32 {
  const state = fsState();
  spinLock(tableLock());
  let found: u32 = 0;
  for (let index = cursor + 1; index < state.vnodeHigh; index++) {
    const address = <usize>load<u32>(VNODE_TABLE + (index << 2));
    if (address == 0) continue;
    const vnode = changetype<Vnode>(address);
    if (vnode.dirtyPages == 0 && (vnode.flags & VNODE_META_DIRTY) == 0) continue;
    found = index;
    break;
  }
  spinUnlock(tableLock());
  return found;
}

export function vnode_find(node: u64): u32 {
  const found = vnodeFind(node);
  if (found == 0) return 0;
  const index = changetype<Vnode>(found).index;
  vnodePut(changetype<Vnode>(found));
  return index;
}

export function vnode_node(index: u32): u64 {
  const vnode = open(index);
  if (vnode === null) return 0;
  const node = vnode.node;
  close(vnode);
  return node;
}

/** Reading the size begins a write-back: what changes from here on keeps the vnode dirty. */
export function vnode_size(index: u32): f64 {
  const vnode = open(index);
  if (vnode === null) return 0;
  const size = <f64>vnode.size;
  vnodeFlag(vnode, VNODE_META_SEEN);
  close(vnode);
  return size;
}

export function vnode_mtime_ns(index: u32): u64 {
  const vnode = open(index);
  if (vnode === null) return 0;
  const mtime = vnode.mtimeNs;
  close(vnode);
  return mtime;
}

export function vnode_clean_size(index: u32): f64 {
  const vnode = open(index);
  if (vnode === null) return 0;
  const size = <f64>vnode.cleanSize;
  vnode.cutSize = u64.MAX_VALUE;
  close(vnode);
  return size;
}

/** Ends a write-back that succeeded. */
export function vnode_set_clean_size(index: u32, size: f64): void {
  const vnode = open(index);
  if (vnode === null) return;
  // What was cut off since the service looked is not valid, whatever it wrote.
  if ((vnode.flags & VNODE_PINNED) == 0) vnode.cleanSize = min(<u64>size, vnode.cutSize);
  if (vnode.flags & VNODE_META_SEEN) vnodeUnflag(vnode, VNODE_META_SEEN | VNODE_META_DIRTY);
  close(vnode);
}

export function vnode_take_dirty(index: u32, after: i32, out: usize, most: u32): u32 {
  const vnode = open(index);
  if (vnode === null) return 0;
  let count: u32 = 0;
  for (let page = pageNext(pagesOf(vnode), after + 1); page != PAGE_NONE && count < most; page = pageNext(pagesOf(vnode), page + 1)) {
    const slot = pageSlot(pagesOf(vnode), page);
    const entry = load<u32>(slot);
    // One that is still being written from an earlier call goes with the next pass.
    if ((entry & (PAGE_DIRTY | PAGE_WRITING)) != PAGE_DIRTY) continue;
    store<u32>(slot, (entry & ~PAGE_DIRTY) | PAGE_WRITING);
    store<u32>(out + (count << 3), page);
    store<u32>(out + (count << 3), <u32>frameOfEntry(entry), 4);
    count++;
  }
  vnode.dirtyPages -= count;
  vnode.writingPages += count;
  dirtyPagesAdd(-<i32>count);
  close(vnode);
  return count;
}

/** `ok` 1; else the pages are dirty again and an fsync or close reports it: -errno, or 0 for EIO. */
export function vnode_written(index: u32, pairs: usize, count: u32, ok: i32): void {
  const vnode = open(index);
  for (let i: u32 = 0; i < count; i++) {
    const page = load<u32>(pairs + (i << 3));
    const frame = load<u32>(pairs + (i << 3), 4);
    const slot: usize = vnode === null ? 0 : pageSlot(pagesOf(vnode), page);
    const entry = slot == 0 ? 0 : load<u32>(slot);
    if (frameOfEntry(entry) != frame || (entry & PAGE_WRITING) == 0) {
      frameUncut(frame);
      continue;
    }
    store<u32>(slot, entry & ~PAGE_WRITING);
    (vnode as Vnode).writingPages--;
    if (ok <= 0) pageTouch(vnode as Vnode, slot);
  }
  if (vnode === null) return;
  if (ok <= 0) {
    vnode.writeErrno = <u8>(ok < 0 ? -ok : EIO);
    vnodeFlag(vnode, VNODE_META_DIRTY);
  }
  close(vnode);
}

export function vnode_page(index: u32, page: u32): u32 {
  const vnode = open(index);
  let frame: u32 = 0;
  if (vnode !== null) {
    const entry = pageEntry(pagesOf(vnode), page);
    if (entry & PAGE_PRESENT) frame = <u32>frameOfEntry(entry);
    // Under the lock: until the service's next call the frame is not given to anybody else.
    frameLoan(frame);
    close(vnode);
  }
  return frame;
}

/** Pages of a region are pinned: nothing but the file's own truncation takes them away, so there is no loan. */
export function region_page(index: u32, page: u32): u32 {
  const vnode = open(index);
  if (vnode === null) return 0;
  const entry = vnode.flags & VNODE_PINNED ? pageEntry(pagesOf(vnode), page) : 0;
  close(vnode);
  return entry & PAGE_PRESENT ? <u32>frameOfEntry(entry) : 0;
}

export function vnode_invalidate(node: u64, size: f64): void {
  const found = vnodeFind(node);
  if (found == 0) return;
  const vnode = changetype<Vnode>(found);
  vnodeLock(vnode);
  for (let page = pageNext(pagesOf(vnode), 0); page != PAGE_NONE; page = pageNext(pagesOf(vnode), page + 1)) {
    const slot = pageSlot(pagesOf(vnode), page);
    if ((load<u32>(slot) & (PAGE_DIRTY | PAGE_LOADING | PAGE_WRITING)) == 0) pageDrop(vnode, slot);
  }
  vmoResize(vnode, <u64>size);
  vnode.cleanSize = <u64>size;
  close(vnode);
}

export function vnode_drop(node: u64): void {
  const found = vnodeFind(node);
  if (found == 0) return;
  const vnode = changetype<Vnode>(found);
  vnodeForget(vnode);
  vnodeLock(vnode);
  vmoResize(vnode, 0);
  close(vnode);
}

/** The service died with pages in hand: they are dirty still, or nobody's. */
export function vnodesWritesLost(): void {
  for (let cut = fsState().cutFrames; cut != 0; cut = fsState().cutFrames) frameUncut(frameAddress(changetype<Frame>(cut)));
  for (let index: u32 = 0; index < fsState().vnodeHigh; index++) {
    const vnode = open(index);
    if (vnode === null) continue;
    for (let page = pageNext(pagesOf(vnode), 0); page != PAGE_NONE && vnode.writingPages != 0; page = pageNext(pagesOf(vnode), page + 1)) {
      const slot = pageSlot(pagesOf(vnode), page);
      const entry = load<u32>(slot);
      if ((entry & PAGE_WRITING) == 0) continue;
      store<u32>(slot, entry & ~PAGE_WRITING);
      vnode.writingPages--;
      pageTouch(vnode, slot);
    }
    close(vnode);
  }
}
