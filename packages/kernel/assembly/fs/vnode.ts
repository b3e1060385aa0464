/**
 * Vnodes: the kernel's view of a regular file that is open or cached. Found by node id; kept on an LRU list
 * while nobody has it open. The pages are in vmo.ts.
 *
 * Lock order: Vnode.lock before tableLock; never two Vnode.locks, except that reclaim *tries* a second one.
 */
import { ENFILE, ENOMEM } from "../../../abi/src/errno";
import { MAX_VNODES } from "../../../abi/src/params";
import { spinLock, spinUnlock } from "../lock";
import { slabAlloc, slabFree } from "../mem/slab";
import { VNODE_HASH, VNODE_HASH_BITS, VNODE_TABLE, fsState, tableLock } from "./state";
import { releaseWanted } from "./requests";
import { vmoDropFrom } from "./vmo";

/** The service must be told when the last user is gone: the last link is, or the content belongs to one open (procfs). */
export const VNODE_RELEASE: u32 = 1;
/** The pages are the only copy (tmpfs). */
export const VNODE_PINNED: u32 = 2;
/** Size or mtime changed since the service last looked. */
export const VNODE_META_DIRTY: u32 = 4;
/** Not in the hash any more; freed when the last user is gone. */
export const VNODE_DROPPED: u32 = 8;
/** Size and mtime are as the service last read them. */
export const VNODE_META_SEEN: u32 = 16;

/** Index 0 means "none". */
const VNODES_MAX: u32 = MAX_VNODES - 1;

/**
 *   0    | 4     | 8    | 12        | 16   | 24   | 32         | 40       | 48    | 56    | 60      | 64
 *   lock | index | refs | hash next | node | size | clean size | cut size | mtime | dirty | writing | lru next
 *   68       | 72     | 74        | 75          | 76    | 80 (16 bytes) | 96 (32 bytes)
 *   lru prev | faults | fault err | write error | flags | wait queue    | page table
 */
@unmanaged
export class Vnode {
  lock: u32;
  /** Written once. */
  index: u32;
  // Guarded by tableLock.
  refs: u32;
  hashNext: u32;
  /** Written once. */
  node: u64;
  // Guarded by lock.
  size: u64;
  /** Bytes at rest are valid below this; pages at or past it are born zero. */
  cleanSize: u64;
  /** Lowest truncation since the service last asked for cleanSize: of what it wrote since, only what is below counts. */
  cutSize: u64;
  mtimeNs: u64;
  /** Pages to be written back. */
  dirtyPages: u32;
  /** Pages the service is writing. */
  writingPages: u32;
  // Guarded by tableLock.
  lruNext: u32;
  lruPrev: u32;
  // Guarded by lock.
  /** Count of failed page-ins, and the last one's errno: a waiting reader compares. */
  faults: u16;
  faultErrno: u8;
  /** Errno of a write-back that failed, until fsync or close reports it. */
  writeErrno: u8;
  /** VNODE_*; changed with atomics. */
  flags: u32;
  /** A WaitQueue (16 bytes): fibers waiting for a page of this vnode. */
  queue: u64;
  queue1: u64;
  // Guarded by lock: a PageTable.
  pages0: u64;
  pages1: u64;
  pages2: u64;
  pages3: u64;
}

if (offsetof<Vnode>() != 128) ERROR("Vnode is not 128 bytes");

// @ts-ignore: decorator
@inline
export function vnodeLock(vnode: Vnode): void {
  spinLock(changetype<usize>(vnode));
}

// @ts-ignore: decorator
@inline
export function vnodeUnlock(vnode: Vnode): void {
  spinUnlock(changetype<usize>(vnode));
}

/** Its page table. */
// @ts-ignore: decorator
@inline
export function pagesOf(vnode: Vnode): usize {
  return changetype<usize>(vnode) + offsetof<Vnode>("pages0");
}

/** False when somebody holds it. */
export function vnodeTryLock(vnode: Vnode): bool {
  // ORDER: acquire, as in spinLock.
  return atomic.cmpxchg<u32>(changetype<usize>(vnode), 0, 1) == 0;
}

export function vnodeFlag(vnode: Vnode, flag: u32): void {
  atomic.or<u32>(changetype<usize>(vnode) + offsetof<Vnode>("flags"), flag);
}

export function vnodeUnflag(vnode: Vnode, flag: u32): void {
  atomic.and<u32>(changetype<usize>(vnode) + offsetof<Vnode>("flags"), ~flag);
}

function bucketOf(node: u64): usize {
  // Fibonacci hashing: inode numbers are consecutive and mount ids sit in the top bits.
  return VNODE_HASH + (<usize>((node * 0x9e3779b97f4a7c15) >> (64 - VNODE_HASH_BITS)) << 2);
}

/** tableLock is held. Address or 0. */
function lookUp(node: u64): usize {
  let at = <usize>load<u32>(bucketOf(node));
  while (at != 0 && changetype<Vnode>(at).node != node) at = changetype<Vnode>(at).hashNext;
  return at;
}

/** tableLock is held. */
function acquire(vnode: Vnode): void {
  if (vnode.refs++ == 0) lruUnlink(vnode);
}

// Pinned vnodes stay off the list: a search for something to drop would only pass over them.

function lruUnlink(vnode: Vnode): void {
  if (vnode.flags & VNODE_PINNED) return;
  const state = fsState();
  if (vnode.lruPrev != 0) changetype<Vnode>(vnode.lruPrev).lruNext = vnode.lruNext;
  else state.lruHead = vnode.lruNext;
  if (vnode.lruNext != 0) changetype<Vnode>(vnode.lruNext).lruPrev = vnode.lruPrev;
  else state.lruTail = vnode.lruPrev;
}

function lruAppend(vnode: Vnode): void {
  if (vnode.flags & VNODE_PINNED) return;
  const state = fsState();
  vnode.lruNext = 0;
  vnode.lruPrev = state.lruTail;
  if (state.lruTail != 0) changetype<Vnode>(state.lruTail).lruNext = changetype<u32>(vnode);
  else state.lruHead = changetype<u32>(vnode);
  state.lruTail = changetype<u32>(vnode);
}

/** Out of hash and table: nobody new will find it. tableLock is held. */
function unhash(vnode: Vnode): void {
  let link = bucketOf(vnode.node);
  while (load<u32>(link) != changetype<u32>(vnode)) {
    link = <usize>load<u32>(link) + offsetof<Vnode>("hashNext");
  }
  store<u32>(link, vnode.hashNext);
  store<u32>(VNODE_TABLE + (vnode.index << 2), 0);
  fsState().vnodeCount--;
  vnodeFlag(vnode, VNODE_DROPPED);
}

/** The vnode of a node id with a reference for the caller, or 0 when it is not cached. */
export function vnodeFind(node: u64): usize {
  spinLock(tableLock());
  const found = lookUp(node);
  if (found != 0) acquire(changetype<Vnode>(found));
  spinUnlock(tableLock());
  return found;
}

/** The vnode at a table index with a reference for the caller, or 0. */
export function vnodeAt(index: u32): usize {
  if (index >= <u32>MAX_VNODES) return 0;
  spinLock(tableLock());
  const found = <usize>load<u32>(VNODE_TABLE + (index << 2));
  if (found != 0) acquire(changetype<Vnode>(found));
  spinUnlock(tableLock());
  return found;
}

/** Finds or makes the vnode of `node` and takes a reference. Address or -errno. */
export function vnodeGet(node: u64, size: u64, mtimeNs: u64, flags: u32): i32 {
  let found = vnodeFind(node);
  if (found != 0) return <i32>found;
  const fresh = slabAlloc(offsetof<Vnode>());
  if (fresh == 0) return -ENOMEM;
  const vnode = changetype<Vnode>(fresh);
  vnode.node = node;
  vnode.size = size;
  vnode.cleanSize = flags & VNODE_PINNED ? 0 : size;
  vnode.cutSize = u64.MAX_VALUE;
  vnode.mtimeNs = mtimeNs;
  vnode.flags = flags;
  vnode.refs = 1;

  if (fsState().vnodeCount >= VNODES_MAX) vnodeEvict();
  spinLock(tableLock());
  found = lookUp(node);
  const state = fsState();
  if (found != 0) {
    acquire(changetype<Vnode>(found));
  } else if (state.vnodeCount >= VNODES_MAX) {
    found = <usize>-ENFILE;
  } else {
    enter(vnode);
    found = fresh;
  }
  spinUnlock(tableLock());
  if (found != fresh) slabFree(fresh);
  return <i32>found;
}

/** Gives a new vnode an index and a place in the hash. tableLock is held and an index is free; index 0 means "none". */
function enter(vnode: Vnode): void {
  const state = fsState();
  // Indexes come round as late as possible: the file service may still hold an old one.
  let index = state.vnodeCursor;
  do {
    if (++index > VNODES_MAX) index = 1;
  } while (load<u32>(VNODE_TABLE + (index << 2)) != 0);
  state.vnodeCursor = index;
  if (index >= state.vnodeHigh) state.vnodeHigh = index + 1;
  state.vnodeCount++;
  vnode.index = index;
  store<u32>(VNODE_TABLE + (index << 2), changetype<u32>(vnode));
  const bucket = bucketOf(vnode.node);
  vnode.hashNext = load<u32>(bucket);
  store<u32>(bucket, changetype<u32>(vnode));
}

/** One more user of a vnode the caller already holds. */
export function vnodeRef(vnode: Vnode): void {
  spinLock(tableLock());
  vnode.refs++;
  spinUnlock(tableLock());
}

/** Drops a reference. The last user of an orphan frees it; other vnodes stay cached. No Vnode.lock is held. */
export function vnodePut(vnode: Vnode): void {
  spinLock(tableLock());
  if (--vnode.refs > 0) {
    spinUnlock(tableLock());
    return;
  }
  const flags = vnode.flags;
  const gone = (flags & (VNODE_RELEASE | VNODE_DROPPED)) != 0;
  if (gone) {
    if ((flags & VNODE_DROPPED) == 0) unhash(vnode);
  } else {
    lruAppend(vnode);
  }
  spinUnlock(tableLock());
  if (gone) destroy(vnode);
}

/** Nobody can find the vnode any more. */
function destroy(vnode: Vnode): void {
  vmoDropFrom(vnode, 0);
  if (vnode.flags & VNODE_RELEASE) releaseWanted(vnode.node);
  slabFree(changetype<usize>(vnode));
}

/** Drops the cached vnode that was unused longest and has nothing to write back. False when there is none. */
export function vnodeEvict(): bool {
  spinLock(tableLock());
  let at = <usize>fsState().lruHead;
  while (at != 0) {
    const vnode = changetype<Vnode>(at);
    // Nobody refers to it, so nobody dirties it.
    if ((vnode.flags & VNODE_META_DIRTY) == 0 && (vnode.dirtyPages | vnode.writingPages) == 0) break;
    at = vnode.lruNext;
  }
  if (at != 0) {
    lruUnlink(changetype<Vnode>(at));
    unhash(changetype<Vnode>(at));
  }
  spinUnlock(tableLock());
  if (at == 0) return false;
  destroy(changetype<Vnode>(at));
  return true;
}

/**
 * The last link of a node is gone (unlink, rename over it). Its pages live on while somebody has it open; then, or at
 * once, the service is told to free it.
 */
export function vnodeOrphan(node: u64): void {
  const found = vnodeFind(node);
  if (found == 0) {
    releaseWanted(node);
    return;
  }
  vnodeFlag(changetype<Vnode>(found), VNODE_RELEASE);
  vnodePut(changetype<Vnode>(found));
}

/** Out of the hash, so that the node id can be used anew; the service has freed the node itself. */
export function vnodeForget(vnode: Vnode): void {
  spinLock(tableLock());
  if ((vnode.flags & VNODE_DROPPED) == 0) unhash(vnode);
  spinUnlock(tableLock());
  vnodeUnflag(vnode, VNODE_RELEASE);
}
