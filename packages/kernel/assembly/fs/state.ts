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

  // Guarded by requestLock. Slots are linked through SLOT_O_NEXT as index + 1; 0 ends a list.
  freeSlots: u32;
  queueHead: u32;
  queueTail: u32;
  /** Fibers waiting for a free slot. */
  slotWaiters: u32;
  /** 1 once a service has attached. */
  attached: u32;
  /** Vnodes whose node must be released, through Vnode.lruNext. */
  releases: u32;

  // Guarded by tableLock.
  lruHead: u32;
  lruTail: u32;
  vnodeCursor: u32;
  vnodeHigh: u32;
  vnodeCount: u32;
  /** Where the next search for clean pages of open files starts. */
  reclaimHand: u32;

  // Atomic.
  dirtyPages: u32;
  cachedPages: u32;
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

/** Adds to one of the atomic counters. */
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
