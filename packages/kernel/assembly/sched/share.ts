/**
 * How a core's time is divided among jobs: a tree of shares, one per job and core, as the jobs are nested. Each level is fair by virtual
 * time (start-time fair queueing, Goyal 1996, as Linux's CFS): a share's clock advances by what its fibers used, divided by the job's
 * weight, and who is furthest behind goes first. A job's own fibers are one more competitor beside the jobs inside it; among
 * themselves they are in a multi-level feedback queue. So making more processes or more jobs wins nothing.
 *
 * Everything here is called with the runLock of the share's core held, unless it says otherwise.
 */
import { JOB_CAP_PERIOD_US } from "../../../abi/src/params";
import { KCore } from "../core";
import { heapInsert, heapRemove } from "../core/pairing-heap";
import { levelsPut, levelsRaise, levelsRemove, levelsTake } from "../core/levels";
import { spinLock, spinUnlock } from "../lock";
import { slabAlloc, slabFree } from "../mem/slab";
import { Job } from "../proc/job";

/** Weight of a job's own fibers, and of a job nobody has set shares for. */
export const SHARES_DEFAULT: u32 = 1024;
/** How far behind the others a share that slept may be: what it may run at once when it wakes. */
const CREDIT_US: f64 = 6000;

export const HELD_FROZEN: u32 = 1;
export const HELD_CAPPED: u32 = 2;

/**
 *   0 virtual time f64 | 8 child | 12 next | 16 prev (heap of the parent) | 20 queued u8, held u8 | 24 job | 28 parent | 32 core
 *   36 sibling | 40 heap of children | 44 epoch | 48 own virtual time f64 | 56 floor f64 | 64 levels[36] | 100 switches
 *   104 user us f64 | 112 system us f64 | 120 wait us f64
 */
@unmanaged
export class Share {
  vruntimeUs: f64;
  child: u32;
  /** In the heap, or in the core's list of capped shares. */
  next: u32;
  prev: u32;
  /** 1 while it is in its parent's heap. */
  queued: u8;
  /** HELD_* while it is kept out of it. */
  held: u8;
  spare: u16;
  // Written once.
  job: u32;
  parent: u32;
  core: u32;
  /** The job's next share. Guarded by the job's lock; only grows. */
  sibling: u32;
  heap: u32;
  epoch: u32;
  /** Virtual time of the job's own fibers within the share. */
  ownUs: f64;
  /** Least virtual time within the share: what sleepers are brought up to. */
  floorUs: f64;
  bitmap: u32;
  tail0: u32;
  tail1: u32;
  tail2: u32;
  tail3: u32;
  tail4: u32;
  tail5: u32;
  tail6: u32;
  tail7: u32;
  switches: u32;
  userUs: f64;
  systemUs: f64;
  waitUs: f64;
}
if (offsetof<Share>() != 128) ERROR("Share is not 128 bytes");

// @ts-ignore: decorator
@inline
function levelsOf(share: Share): usize {
  return changetype<usize>(share) + offsetof<Share>("bitmap");
}

// @ts-ignore: decorator
@inline
function shareAt(address: u32): Share {
  return changetype<Share>(<usize>address);
}

// @ts-ignore: decorator
@inline
function jobOf(share: Share): Job {
  return changetype<Job>(<usize>share.job);
}

/** The share of a job (address) on a core, made when there is none; 0: no memory. No lock is held. */
export function shareFor(address: usize, owner: KCore): usize {
  const job = changetype<Job>(address);
  for (let at = atomic.load<u32>(address + offsetof<Job>("shareList")); at != 0; at = shareAt(at).sibling) {
    if (shareAt(at).core == changetype<u32>(owner)) return at;
  }
  const parent = job.parent != 0 ? shareFor(job.parent, owner) : 0;
  if (job.parent != 0 && parent == 0) return 0;
  const fresh = slabAlloc(<u32>offsetof<Share>());
  if (fresh == 0) return 0;
  const share = changetype<Share>(fresh);
  share.job = <u32>address;
  share.parent = <u32>parent;
  share.core = changetype<u32>(owner);
  const lock = address + offsetof<Job>("lock");
  spinLock(lock);
  // Made by another instance meanwhile?
  let known = job.shareList;
  while (known != 0 && shareAt(known).core != changetype<u32>(owner)) known = shareAt(known).sibling;
  if (known == 0) {
    share.sibling = job.shareList;
    // ORDER: the share before the list that shows it.
    atomic.store<u32>(address + offsetof<Job>("shareList"), <u32>fresh);
  }
  spinUnlock(lock);
  if (known == 0) return fresh;
  slabFree(fresh);
  return known;
}

function isEmpty(share: Share): bool {
  return share.bitmap == 0 && share.heap == 0;
}

/** Puts a share that is not empty, and those it is in, where they can be picked. */
function link(share: Share): void {
  while (share.parent != 0 && share.queued == 0 && share.held == 0) {
    const parent = shareAt(share.parent);
    share.vruntimeUs = max(share.vruntimeUs, parent.floorUs - CREDIT_US);
    parent.heap = heapInsert(parent.heap, changetype<u32>(share));
    share.queued = 1;
    share = parent;
  }
}

function unlink(share: Share): void {
  const parent = shareAt(share.parent);
  parent.heap = heapRemove(parent.heap, changetype<u32>(share));
  share.queued = 0;
}

/** Takes a share that has become empty, and those it was the last of, out of the running. */
function shrink(share: Share): void {
  while (share.queued != 0 && isEmpty(share)) {
    unlink(share);
    share = shareAt(share.parent);
  }
}

/** Queues a fiber (its link) of the share's job. */
export function sharePut(share: Share, node: u32, level: u32, front: bool): void {
  if (share.bitmap == 0) share.ownUs = max(share.ownUs, share.floorUs - CREDIT_US);
  levelsPut(levelsOf(share), level, node, front);
  link(share);
}

/** Takes a fiber out again. False when it is not queued here. */
export function shareRemove(share: Share, node: u32): bool {
  const removed = levelsRemove(levelsOf(share), node);
  shrink(share);
  return removed;
}

/** Is the job, or one it is in, frozen or out of its cap? */
export function shareHeld(share: Share, nowUs: f64): u32 {
  for (; share.parent != 0; share = shareAt(share.parent)) {
    const held = jobHeld(share, nowUs);
    if (held != 0) return held;
  }
  return 0;
}

function jobHeld(share: Share, nowUs: f64): u32 {
  const job = jobOf(share);
  if (atomic.load<u32>(changetype<usize>(job) + offsetof<Job>("frozen")) != 0) return HELD_FROZEN;
  return job.capUs != 0 && capLeftUs(job, nowUs) <= 0 ? HELD_CAPPED : 0;
}

/** Microseconds the job may still run in this period; what it overdrew in the last one counts. Any core. */
function capLeftUs(job: Job, nowUs: f64): i32 {
  const period = <u32>(nowUs / JOB_CAP_PERIOD_US);
  const word = changetype<usize>(job) + offsetof<Job>("period");
  const seen = atomic.load<u32>(word);
  if (seen != period && atomic.cmpxchg<u32>(word, seen, period) == seen) {
    const used = changetype<usize>(job) + offsetof<Job>("periodUsedUs");
    const before = atomic.load<i32>(used);
    if (before >= <i32>job.capUs) job.capped++;
    atomic.sub<i32>(used, <i32>min(<f64>before, <f64>job.capUs * <f64>(period - seen)));
  }
  return <i32>job.capUs - atomic.load<i32>(changetype<usize>(job) + offsetof<Job>("periodUsedUs"));
}

/** The link of the fiber that goes next, or 0. `me.capLeftUs` is what its jobs let it use. */
export function sharePick(me: KCore, nowUs: f64): u32 {
  let share = shareAt(me.root);
  me.capLeftUs = Infinity;
  for (;;) {
    // A boost reaches every queue when it is next looked at.
    if (share.epoch != me.epoch) {
      share.epoch = me.epoch;
      levelsRaise(levelsOf(share));
    }
    const first = share.heap;
    if (first == 0 || (share.bitmap != 0 && share.ownUs <= shareAt(first).vruntimeUs)) break;
    const inner = shareAt(first);
    const held = jobHeld(inner, nowUs);
    if (held == 0) {
      if (jobOf(inner).capUs != 0) me.capLeftUs = min(me.capLeftUs, <f64>capLeftUs(jobOf(inner), nowUs));
      share.floorUs = max(share.floorUs, inner.vruntimeUs);
      share = inner;
      continue;
    }
    hold(me, inner, held, nowUs);
    share = shareAt(me.root);
    me.capLeftUs = Infinity;
  }
  if (share.bitmap == 0) return 0;
  share.floorUs = max(share.floorUs, share.ownUs);
  const node = levelsTake(levelsOf(share));
  shrink(share);
  return node;
}

function hold(me: KCore, share: Share, held: u32, nowUs: f64): void {
  unlink(share);
  share.held = <u8>held;
  shrink(shareAt(share.parent));
  if (held != HELD_CAPPED) return;
  share.next = me.throttled;
  me.throttled = changetype<u32>(share);
  me.throttleEndUs = (floor(nowUs / JOB_CAP_PERIOD_US) + 1) * JOB_CAP_PERIOD_US;
}

/** A cap period is over: those it held back compete again. */
export function sharesRelease(me: KCore): void {
  let address = me.throttled;
  me.throttled = 0;
  me.throttleEndUs = Infinity;
  while (address != 0) {
    const share = shareAt(address);
    address = share.next;
    letGo(share);
  }
}

function letGo(share: Share): void {
  share.held = 0;
  if (!isEmpty(share)) link(share);
}

/** The job is no longer frozen. */
export function shareThawed(share: Share): void {
  if (share.held == HELD_FROZEN) letGo(share);
}

/** The job's fibers have used `spentUs` of the core. */
export function shareCharge(share: Share, spentUs: f64): void {
  share.ownUs += spentUs;
  for (; share.parent != 0; share = shareAt(share.parent)) {
    const job = jobOf(share);
    share.vruntimeUs += (spentUs * <f64>SHARES_DEFAULT) / <f64>job.shares;
    if (share.queued != 0) {
      const parent = shareAt(share.parent);
      parent.heap = heapInsert(heapRemove(parent.heap, changetype<u32>(share)), changetype<u32>(share));
    }
    if (job.capUs != 0) atomic.add<i32>(changetype<usize>(job) + offsetof<Job>("periodUsedUs"), <i32>ceil(spentUs));
  }
}
