/** What the file half of the kernel keeps outside of objects. */
import { MAX_VNODES } from "../../../abi/src/params";
import { FS_TABLES_BASE, FS_TABLES_SIZE } from "../layout";

/**
 *   FS_TABLES_BASE
 *   | FsState | vnode table: 4 B address by index | hash: 4 B address, chained through Vnode.hashNext |
 */
@unmanaged
export class FsState {
  /** Guards slot states, the slot lists and the release list. */
  requestLock: u32;
  /** Guards the vnode table, hash and LRU list, and every vnode's `refs`, `flags` and links. */
  tableLock: u32;

  // Guarded by requestLock. Slots are linked through SLOT_O_NEXT by address; 0 ends a list.
  freeSlots: u32;
  queueHead: u32;
  queueTail: u32;
  /** Slots handed out so far: those from here on were never used. */
  slotsUsed: u32;
  /** 1 once a service has attached. */
  attached: u32;
  /** Nodes the service must be told to free: list of Release records. */
  releases: u32;
  /** A WaitQueue (16 bytes): fibers waiting for a free slot. */
  slotWaiters: u64;
  slotWaiters1: u64;

  // Guarded by tableLock.
  lruHead: u32;
  lruTail: u32;
  vnodeCursor: u32;
  vnodeHigh: u32;
  vnodeCount: u32;
  /** Frames cut off from their files while the service writes them: list of Frame records. */
  cutFrames: u32;
  /** Where the next search for clean pages of open files starts. */
  reclaimHand: u32;

  // Atomic.
  dirtyPages: u32;
  cachedPages: u32;
  /** Those of cachedPages that cannot be dropped: content of tmpfs. */
  pinnedPages: u32;
  /** Frame the file service looks at (vnode_page); bit 0: freed meanwhile. */
  loanedFrame: u32;
}

export const STATE_SIZE: usize = 4096;
export const VNODE_TABLE: usize = FS_TABLES_BASE + STATE_SIZE;
export const VNODE_HASH: usize = VNODE_TABLE + MAX_VNODES * 4;
export const VNODE_HASH_BITS: i32 = 16;

if (VNODE_HASH + (4 << VNODE_HASH_BITS) > FS_TABLES_BASE + FS_TABLES_SIZE) ERROR("the vnode tables do not fit");

// @ts-ignore: decorator
@inline
export function fsState(): FsState {
  return changetype<FsState>(FS_TABLES_BASE);
}

// @ts-ignore: decorator
@inline
export function requestLock(): usize {
  return FS_TABLES_BASE + offsetof<FsState>("requestLock");
}

// @ts-ignore: decorator
@inline
export function tableLock(): usize {
  return FS_TABLES_BASE + offsetof<FsState>("tableLock");
}

/** Pages that wait for write-back, in all vnodes. */
// @ts-ignore: decorator
@inline
export function dirtyPagesAdd(count: i32): void {
  atomic.add<i32>(FS_TABLES_BASE + offsetof<FsState>("dirtyPages"), count);
}

// @ts-ignore: decorator
@inline
export function cachedPagesAdd(count: i32): void {
  atomic.add<i32>(FS_TABLES_BASE + offsetof<FsState>("cachedPages"), count);
}

// @ts-ignore: decorator
@inline
export function pinnedPagesAdd(count: i32): void {
  atomic.add<i32>(FS_TABLES_BASE + offsetof<FsState>("pinnedPages"), count);
}
