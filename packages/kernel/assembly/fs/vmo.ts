/**
 * The pages of a vnode (table: mem/page-table.ts). Everything here wants Vnode.lock held.
 *
 * A page without an entry is at rest with the service when it starts below cleanSize, and a hole (zeros) otherwise.
 * INV-3: bytes of a page past the end of the file are zero.
 */
import { PAGE_SHIFT, PAGE_SIZE } from "../../../abi/src/params";
import { FS_TABLES_BASE } from "../layout";
import { spinLock, spinUnlock } from "../lock";
import { Frame, frameFree, frameOf } from "../mem/frames";
import { cachedPagesAdd, dirtyPagesAdd, fsState, FsState, pinnedPagesAdd, tableLock } from "./state";
import {
  frameOfEntry, PAGE_DIRTY, PAGE_LOADING, pageNext, PAGE_NONE, PAGE_PRESENT, pageSlot, PAGE_USED, PAGE_WRITING, tableTrim,
} from "../mem/page-table";
import { pagesOf, Vnode, VNODE_META_DIRTY, VNODE_META_SEEN, VNODE_PINNED, vnodeFlag, vnodeUnflag } from "./vnode";

export const FILE_SIZE_MAX: u64 = 1 << 32;
/** Whether a page without an entry has to be fetched. */
// @ts-ignore: decorator
@inline
export function pageAtRest(vnode: Vnode, page: u32): bool {
  return <u64>page << PAGE_SHIFT < vnode.cleanSize;
}

/** Put a present page (with `bits`) in the table. */
export function pageEnter(vnode: Vnode, slot: usize, frame: usize, bits: u32): void {
  store<u32>(slot, <u32>frame | PAGE_PRESENT | bits);
  cachedPagesAdd(1);
  if (vnode.flags & VNODE_PINNED) pinnedPagesAdd(1);
}

/** The page's content differs from what is at rest. */
export function pageTouch(vnode: Vnode, slot: usize): void {
  const entry = load<u32>(slot);
  if (entry & PAGE_DIRTY) return;
  if (vnode.flags & VNODE_PINNED) return;
  store<u32>(slot, entry | PAGE_DIRTY | PAGE_USED);
  vnode.dirtyPages++;
  dirtyPagesAdd(1);
}

/** Takes a page out of the table; its frame is freed unless a transfer still uses it. */
export function pageDrop(vnode: Vnode, slot: usize): void {
  const entry = load<u32>(slot);
  store<u32>(slot, 0);
  if (entry & PAGE_PRESENT) {
    cachedPagesAdd(-1);
    if (vnode.flags & VNODE_PINNED) pinnedPagesAdd(-1);
  }
  if (entry & PAGE_DIRTY) {
    vnode.dirtyPages--;
    dirtyPagesAdd(-1);
  }
  if (entry & PAGE_WRITING) {
    vnode.writingPages--;
    frameCut(frameOfEntry(entry));
  } else if ((entry & PAGE_LOADING) == 0) {
    frameGive(frameOfEntry(entry));
  }
}

/** Free a page's frame, or leave that to `frameLoan` while the service looks at it. */
export function frameGive(frame: usize): void {
  const loaned = FS_TABLES_BASE + offsetof<FsState>("loanedFrame");
  if (atomic.cmpxchg<u32>(loaned, <u32>frame, <u32>frame | 1) != <u32>frame) frameFree(frame);
}

/** Keep the frame of a page that is gone until its write ends, or the service does. */
function frameCut(address: usize): void {
  const state = fsState();
  const frame = frameOf(address);
  spinLock(tableLock());
  frame.prev = 0;
  frame.next = state.cutFrames;
  if (frame.next != 0) changetype<Frame>(frame.next).prev = changetype<u32>(frame);
  state.cutFrames = changetype<u32>(frame);
  spinUnlock(tableLock());
}

/** The write of a page that is gone has ended. */
export function frameUncut(address: usize): void {
  const frame = frameOf(address);
  spinLock(tableLock());
  if (frame.next != 0) changetype<Frame>(frame.next).prev = frame.prev;
  if (frame.prev != 0) changetype<Frame>(frame.prev).next = frame.next;
  else fsState().cutFrames = frame.next;
  spinUnlock(tableLock());
  frameGive(address);
}

/** The service looks at this frame (0: none) until its next call, without a lock. */
export function frameLoan(frame: usize): void {
  const before = atomic.xchg<u32>(FS_TABLES_BASE + offsetof<FsState>("loanedFrame"), <u32>frame);
  if (before & 1) frameFree(<usize>before - 1);
}

/** Drops pages from `first` on, and the leaves that held only such. */
export function vmoDropFrom(vnode: Vnode, first: u32): void {
  const table = pagesOf(vnode);
  for (let page = pageNext(table, first); page != PAGE_NONE; page = pageNext(table, page + 1)) {
    pageDrop(vnode, pageSlot(table, page));
  }
  tableTrim(table, first);
}

/** Zeroes what a page holds past `size`. */
function zeroTail(frame: usize, page: u32, size: u64): void {
  const start = <u64>page << PAGE_SHIFT;
  if (size >= start + PAGE_SIZE) return;
  const keep = size > start ? <usize>(size - start) : 0;
  memory.fill(frame + keep, 0, <usize>PAGE_SIZE - keep);
}

/** A page has been read in: what lies past the clean size is not the file's. */
export function pageTrim(vnode: Vnode, page: u32, frame: usize): void {
  zeroTail(frame, page, vnode.cleanSize);
}

/** Sets the size. Growing leaves a hole; shrinking drops pages and what is at rest past the new end. */
export function vmoResize(vnode: Vnode, size: u64): void {
  if (size < vnode.size) {
    vmoDropFrom(vnode, <u32>((size + PAGE_SIZE - 1) >> PAGE_SHIFT));
    const last = <u32>(size >> PAGE_SHIFT);
    const slot = size & (PAGE_SIZE - 1) ? pageSlot(pagesOf(vnode), last) : 0;
    // A page that is being read in is trimmed when it arrives.
    if (slot != 0 && load<u32>(slot) & PAGE_PRESENT) {
      zeroTail(frameOfEntry(load<u32>(slot)), last, size);
      pageTouch(vnode, slot);
    }
    if (size < vnode.cleanSize) vnode.cleanSize = size;
    if (size < vnode.cutSize) vnode.cutSize = size;
  }
  vnode.size = size;
}

/** Two time slices: how far `stampNs` may be behind. */
const STAMP_GRAIN_NS: u64 = 20_000_000;

/** Records a change of content or size at `nowNs`. */
export function vmoChanged(vnode: Vnode, nowNs: u64): void {
  // The stamp may lie a little before the file's creation by the service, which reads a finer clock: time does not run back.
  if (vnode.mtimeNs - nowNs > STAMP_GRAIN_NS) vnode.mtimeNs = nowNs;
  const flags = vnode.flags;
  if (flags & VNODE_PINNED) return;
  if (flags & VNODE_META_SEEN) vnodeUnflag(vnode, VNODE_META_SEEN);
  if ((flags & VNODE_META_DIRTY) == 0) vnodeFlag(vnode, VNODE_META_DIRTY);
}

/**
 * Drops up to `most` pages whose content is at rest; returns how many. `sparing` passes over pages used since the last
 * time, once.
 */
export function vmoReclaim(vnode: Vnode, most: u32, sparing: bool): u32 {
  if (vnode.flags & VNODE_PINNED) return 0;
  let dropped: u32 = 0;
  for (let page = pageNext(pagesOf(vnode), 0); page != PAGE_NONE && dropped < most; page = pageNext(pagesOf(vnode), page + 1)) {
    const slot = pageSlot(pagesOf(vnode), page);
    const entry = load<u32>(slot);
    // The service may have written the page but not yet declared the bytes valid.
    const end = min<u64>((<u64>page + 1) << PAGE_SHIFT, vnode.size);
    if (entry & (PAGE_DIRTY | PAGE_LOADING | PAGE_WRITING) || end > vnode.cleanSize) continue;
    if (sparing && entry & PAGE_USED) {
      store<u32>(slot, entry & ~PAGE_USED);
      continue;
    }
    pageDrop(vnode, slot);
    dropped++;
  }
  return dropped;
}
