/**
 * The pages of a vnode: a two-level table of 4 KiB frames, so that a file of up to 4 GiB costs what it has in memory.
 * Everything here wants Vnode.lock held.
 *
 *     page 0..6 -> Vnode.direct                               entry: frame address | PAGE_* bits, 0 = no page
 *     others    -> root[page >> 10] -> leaf[page & 1023]
 *
 * A page without an entry is at rest with the service when it starts below cleanSize, and a hole (zeros) otherwise.
 * INV-3: bytes of a page past the end of the file are zero.
 */
import { PAGE_SHIFT, PAGE_SIZE } from "../../../abi/src/params";
import { FS_TABLES_BASE } from "../layout";
import { spinLock, spinUnlock } from "../lock";
import { Frame, frameAlloc, frameFree, frameOf } from "../mem/frames";
import { cachedPagesAdd, dirtyPagesAdd, fsState, FsState, pinnedPagesAdd, tableLock } from "./state";
import { DIRECT_PAGES, Vnode, VNODE_META_DIRTY, VNODE_META_SEEN, VNODE_PINNED, vnodeFlag, vnodeUnflag } from "./vnode";

export const PAGE_PRESENT: u32 = 1;
/** To be written back. */
export const PAGE_DIRTY: u32 = 2;
/** The service fills the frame; it is freed by the page-in's end, whatever became of the entry. */
export const PAGE_LOADING: u32 = 4;
/** The service reads the frame; it is freed by the write's end, whatever became of the entry. */
export const PAGE_WRITING: u32 = 8;
/** Touched since reclaim last came by. */
export const PAGE_USED: u32 = 16;
const PAGE_BITS: u32 = 0xfff;

export const FILE_SIZE_MAX: u64 = 1 << 32;
const PAGES_MAX: u32 = 1 << 20;
const LEAF_SHIFT: u32 = 10;
const LEAF_MASK: u32 = 1023;
export const PAGE_NONE: u32 = 0xffffffff;

// @ts-ignore: decorator
@inline
export function frameOfEntry(entry: u32): usize {
  return <usize>(entry & ~PAGE_BITS);
}

/** Where the entry of a page is, or 0 when its leaf does not exist. */
// @ts-ignore: decorator
@inline
export function pageSlot(vnode: Vnode, page: u32): usize {
  if (page < DIRECT_PAGES) return changetype<usize>(vnode) + offsetof<Vnode>("direct") + (page << 2);
  if (vnode.root == 0) return 0;
  const leaf = <usize>load<u32>(<usize>vnode.root + ((page >> LEAF_SHIFT) << 2));
  return leaf == 0 ? 0 : leaf + ((page & LEAF_MASK) << 2);
}

/** The entry of a page, 0 for none. */
// @ts-ignore: decorator
@inline
export function pageEntry(vnode: Vnode, page: u32): u32 {
  const slot = pageSlot(vnode, page);
  return slot == 0 ? 0 : load<u32>(slot);
}

/** Like pageSlot, but makes the leaf. 0 when memory is out. */
export function pageSlotMake(vnode: Vnode, page: u32): usize {
  const slot = pageSlot(vnode, page);
  if (slot != 0) return slot;
  if (vnode.root == 0) {
    const root = frameAlloc();
    if (root == 0) return 0;
    vnode.root = <u32>root;
  }
  const leaf = frameAlloc();
  if (leaf == 0) return 0;
  store<u32>(<usize>vnode.root + ((page >> LEAF_SHIFT) << 2), <u32>leaf);
  return leaf + ((page & LEAF_MASK) << 2);
}

/** The first page at or after `from` that has an entry, or PAGE_NONE. */
export function pageNext(vnode: Vnode, from: u32): u32 {
  let page = from;
  while (page < PAGES_MAX) {
    const slot = pageSlot(vnode, page);
    if (slot == 0) {
      if (vnode.root == 0) break;
      page = (page | LEAF_MASK) + 1;
      continue;
    }
    if (load<u32>(slot) != 0) return page;
    page++;
  }
  return PAGE_NONE;
}

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
  for (let page = pageNext(vnode, first); page != PAGE_NONE; page = pageNext(vnode, page + 1)) {
    pageDrop(vnode, pageSlot(vnode, page));
  }
  const root = <usize>vnode.root;
  if (root == 0) return;
  for (let leaf = (first + LEAF_MASK) >> LEAF_SHIFT; leaf <= LEAF_MASK; leaf++) {
    const address = load<u32>(root + (leaf << 2));
    if (address == 0) continue;
    store<u32>(root + (leaf << 2), 0);
    frameFree(address);
  }
  if (first == 0) {
    vnode.root = 0;
    frameFree(root);
  }
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
    const slot = size & (PAGE_SIZE - 1) ? pageSlot(vnode, last) : 0;
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
  for (let page = pageNext(vnode, 0); page != PAGE_NONE && dropped < most; page = pageNext(vnode, page + 1)) {
    const slot = pageSlot(vnode, page);
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
