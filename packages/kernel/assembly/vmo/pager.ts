/**
 * Pagers: who supplies the pages of a VMO, and takes back those that changed. Man-page: docs/kernel/objects/pager.md.
 *
 * A VMO is itself the node of its pager's queue: it carries one run of pages the pager has not been told of, and whether
 * it wants write-back. So a request needs no memory, and goes with its VMO. Pages that are asked for are LOADING in the
 * page table until they are supplied or failed.
 */
import { EINVAL, EIO } from "../../../abi/src/errno";
import { PAGE_SHIFT } from "../../../abi/src/params";
import { Globals, globals } from "../globals";
import { spinLock, spinUnlock } from "../lock";
import { slabFree } from "../mem/slab";
import { objectUnref } from "../obj/object";
import { WaitQueue, wakeAll } from "../sched/wait";
import { queueOf, Vmo } from "./vmo";

/** Vmo.pager of one whose pager is gone. */
export const PAGER_DEAD: u32 = 1;

/** Vmo.wants. */
export const WANT_PAGES: u32 = 1;
export const WANT_WRITE_BACK: u32 = 2;

/** 0..15 KObject | 16 wait queue (16) | 32 queue head | 36 queue tail */
@unmanaged
export class Pager {
  type: u32;
  refs: u32;
  lock: u32;
  aux: u32;
  /** A WaitQueue: pager_wait. */
  queue0: u64;
  queue1: u64;
  // Guarded by pagerLock.
  head: u32;
  tail: u32;
}

export function pagerQueue(pager: usize): WaitQueue {
  return changetype<WaitQueue>(pager + offsetof<Pager>("queue0"));
}

/** Is there a request? */
export function pagerReady(pager: usize): bool {
  return atomic.load<u32>(pager + offsetof<Pager>("head")) != 0;
}

/** Guards all pagers' queues and the list of VMOs that have one. Comes after any VMO's lock. */
export function pagerLock(): usize {
  return changetype<usize>(globals()) + offsetof<Globals>("pagerLock");
}

/** Gives a VMO its pager, and its place in the list. */
export function pagedLink(vmo: Vmo, pager: usize): void {
  const g = globals();
  spinLock(pagerLock());
  vmo.pager = <u32>pager;
  vmo.pagedNext = g.pagedVmos;
  if (g.pagedVmos != 0) changetype<Vmo>(g.pagedVmos).pagedPrev = changetype<u32>(vmo);
  g.pagedVmos = changetype<u32>(vmo);
  spinUnlock(pagerLock());
}

/** The VMO is going. */
export function pagedUnlink(vmo: Vmo): void {
  const g = globals();
  spinLock(pagerLock());
  if (vmo.pagedNext != 0) changetype<Vmo>(vmo.pagedNext).pagedPrev = vmo.pagedPrev;
  if (vmo.pagedPrev != 0) changetype<Vmo>(vmo.pagedPrev).pagedNext = vmo.pagedNext;
  else g.pagedVmos = vmo.pagedNext;
  if (vmo.wants != 0) dequeue(changetype<Pager>(vmo.pager), vmo);
  spinUnlock(pagerLock());
}

/** pagerLock is held. */
function dequeue(pager: Pager, vmo: Vmo): void {
  let before: u32 = 0;
  for (let at = pager.head; at != changetype<u32>(vmo); at = changetype<Vmo>(at).queueNext) before = at;
  if (before != 0) changetype<Vmo>(before).queueNext = vmo.queueNext;
  else pager.head = vmo.queueNext;
  if (pager.tail == changetype<u32>(vmo)) pager.tail = before;
  vmo.wants = 0;
}

/**
 * Tell the pager that something is wanted. 0; > 0: it has not taken an earlier request of the kind yet; -EIO: it is gone.
 */
export function pagerAsk(vmo: Vmo, want: u32, page: u32, count: u32): i32 {
  spinLock(pagerLock());
  const rc = ask(vmo, want, page, count);
  spinUnlock(pagerLock());
  return rc;
}

/** The same, with pagerLock held. */
export function ask(vmo: Vmo, want: u32, page: u32, count: u32): i32 {
  const at = vmo.pager;
  if (at == PAGER_DEAD) return -EIO;
  if (vmo.wants & want) return 1;
  if (want == WANT_PAGES) {
    vmo.wantPage = page;
    vmo.wantCount = <u16>count;
  }
  const pager = changetype<Pager>(at);
  if (vmo.wants == 0) {
    vmo.queueNext = 0;
    if (pager.tail != 0) changetype<Vmo>(pager.tail).queueNext = changetype<u32>(vmo);
    else pager.head = changetype<u32>(vmo);
    pager.tail = changetype<u32>(vmo);
  }
  vmo.wants |= <u8>want;
  // All: a port among those who wait takes no request.
  wakeAll(pagerQueue(at));
  return 0;
}

/**
 * Takes the next request: writes { op u32, zero u32, key u64, offset u64, length u64 } at `out`. False when there is none.
 */
export function pagerTake(pager: Pager, out: usize): bool {
  spinLock(pagerLock());
  const at = pager.head;
  if (at != 0) {
    const vmo = changetype<Vmo>(at);
    const op = vmo.wants & WANT_PAGES ? WANT_PAGES : WANT_WRITE_BACK;
    store<u64>(out, op);
    store<u64>(out, vmo.key, 8);
    store<u64>(out, op == WANT_PAGES ? <u64>vmo.wantPage << PAGE_SHIFT : 0, 16);
    store<u64>(out, op == WANT_PAGES ? <u64>vmo.wantCount << PAGE_SHIFT : vmo.size, 24);
    if (vmo.wants == op) dequeue(pager, vmo);
    else vmo.wants ^= <u8>op;
    // Others may ask for other pages now. Under the lock: the VMO cannot go.
    wakeAll(queueOf(vmo));
  }
  spinUnlock(pagerLock());
  return at != 0;
}

/** The last handle is closed: nobody answers any more. Who waits gets EIO. */
export function pagerRelease(object: usize): void {
  if (!objectUnref(object)) return;
  spinLock(pagerLock());
  for (let at = globals().pagedVmos; at != 0; at = changetype<Vmo>(at).pagedNext) {
    const vmo = changetype<Vmo>(at);
    if (vmo.pager != object) continue;
    vmo.wants = 0;
    // ORDER: before the wake-up; waiters look at it without the lock.
    atomic.store<u32>(at + offsetof<Vmo>("pager"), PAGER_DEAD);
    wakeAll(queueOf(vmo));
  }
  spinUnlock(pagerLock());
  slabFree(object);
}

/** The VMO a pager knows by `key`, with a reference, or -EINVAL. */
export function pagedFind(pager: usize, key: u64): i32 {
  spinLock(pagerLock());
  let at = globals().pagedVmos;
  for (; at != 0; at = changetype<Vmo>(at).pagedNext) {
    const vmo = changetype<Vmo>(at);
    if (vmo.pager != pager || vmo.key != key) continue;
    // One without references is going, and waits for the lock to leave the list.
    if (atomic.add<u32>(at + offsetof<Vmo>("refs"), 1) != 0) break;
    objectUnref(at);
  }
  spinUnlock(pagerLock());
  return at == 0 ? -EINVAL : <i32>at;
}
