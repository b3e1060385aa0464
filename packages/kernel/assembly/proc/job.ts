/**
 * Jobs: processes that are limited, accounted, frozen and killed together, and the jobs inside. What the host starts is a job inside
 * the root job, a terminal for example. A process belongs to one job all its life; a job ends when nothing refers to it any more.
 */
import { OBJECT_JOB } from "../../../abi/src/kernel-interface";
import { Globals, globals } from "../globals";
import { slabFree } from "../mem/slab";
import { objectAlloc, objectRef, objectUnref } from "../obj/object";
import { Share, SHARES_DEFAULT } from "../sched/share";
import { treeLock, treeUnlock } from "./tree";

export const JOB_NO_LIMIT: u32 = 0xffffffff;
/** `Job.flags`: frozen by itself and not only by a job it is in. */
export const JOB_FROZEN: u32 = 1;
/** Killed: nothing starts in it any more. */
export const JOB_KILLED: u32 = 2;

/**
 *   0 object header (aux: id) | 16 parent | 20 children | 24 sibling next | 28 sibling prev | 32 processes | 36 process limit
 *   40 shares | 44 cap us | 48 period | 52 period used us | 56 frozen | 60 flags | 64 share list | 68 capped
 *   72 memory u64 | 80 memory limit u64 | 88 user us f64 | 96 system us f64 | 104 wait us f64 | 112 switches f64 | 120 token
 */
@unmanaged
export class Job {
  type: u32;
  /** Processes, handles and jobs inside. Atomic. */
  refs: u32;
  /** Guards the share list. */
  lock: u32;
  id: u32;
  // Guarded by treeLock. A job holds a reference to its parent, so a walk upward needs no lock.
  parent: u32;
  children: u32;
  siblingNext: u32;
  siblingPrev: u32;
  /** With those of jobs inside; zombies count, they hold a pid. Atomic. */
  processes: u32;
  processLimit: u32;
  shares: u32;
  /** Microseconds of a core per JOB_CAP_PERIOD_US; 0 no cap. */
  capUs: u32;
  // Atomic; see sched/share.ts.
  period: u32;
  periodUsedUs: i32;
  /** How many of this job and those it is in are frozen. Atomic, written under treeLock. */
  frozen: u32;
  flags: u32;
  shareList: u32;
  /** Periods in which the cap held it back. */
  capped: u32;
  /** Bytes charged, with jobs inside. Atomic. */
  memory: u64;
  /** 0: no limit. */
  memoryLimit: u64;
  // What jobs inside used that are no more; guarded by treeLock.
  userUs: f64;
  systemUs: f64;
  waitUs: f64;
  switches: f64;
  /** Of the host_spawn that made it. */
  token: u32;
  spare: u32;
}
if (offsetof<Job>() != 128) ERROR("Job is not 128 bytes");

// @ts-ignore: decorator
@inline
export function jobAt(address: usize): Job {
  return changetype<Job>(address);
}

/** A new job inside `parent` (0: the root job itself) with one reference; 0: no memory, or the parent has been killed. */
export function jobCreate(parent: usize): usize {
  const address = objectAlloc(OBJECT_JOB, <u32>offsetof<Job>());
  if (address == 0) return 0;
  const job = jobAt(address);
  job.shares = SHARES_DEFAULT;
  job.processLimit = JOB_NO_LIMIT;
  job.id = atomic.add<u32>(changetype<usize>(globals()) + offsetof<Globals>("jobCursor"), 1) + 1;
  if (parent == 0) return address;
  treeLock();
  const outer = jobAt(parent);
  const killed = (outer.flags & JOB_KILLED) != 0;
  if (!killed) {
    objectRef(parent);
    job.parent = <u32>parent;
    job.frozen = outer.frozen;
    job.siblingNext = outer.children;
    if (outer.children != 0) jobAt(outer.children).siblingPrev = <u32>address;
    outer.children = <u32>address;
  }
  treeUnlock();
  if (!killed) return address;
  slabFree(address);
  return 0;
}

/** Drop a reference; the last one ends the job. treeLock is held. */
function unrefLocked(address: usize): void {
  while (objectUnref(address)) {
    const job = jobAt(address);
    const parent = <usize>job.parent;
    const outer = jobAt(parent);
    if (job.siblingNext != 0) jobAt(job.siblingNext).siblingPrev = job.siblingPrev;
    if (job.siblingPrev != 0) jobAt(job.siblingPrev).siblingNext = job.siblingNext;
    else outer.children = job.siblingNext;
    outer.userUs += job.userUs;
    outer.systemUs += job.systemUs;
    outer.waitUs += job.waitUs;
    outer.switches += job.switches;
    for (let at = <usize>job.shareList; at != 0; ) {
      const share = changetype<Share>(at);
      outer.userUs += share.userUs;
      outer.systemUs += share.systemUs;
      outer.waitUs += share.waitUs;
      outer.switches += <f64>share.switches;
      at = share.sibling;
      slabFree(changetype<usize>(share));
    }
    slabFree(address);
    address = parent;
  }
}

/** A handle to a job was closed. */
export function jobRelease(address: usize): void {
  treeLock();
  unrefLocked(address);
  treeUnlock();
}

/** Join, unless the job has `limit` members already or it, or one it is in, as many as it may. */
export function jobJoin(address: usize, limit: u32): bool {
  for (let at = address; at != 0; at = jobAt(at).parent) {
    const word = at + offsetof<Job>("processes");
    const most = at == address ? min(limit, jobAt(at).processLimit) : jobAt(at).processLimit;
    if (atomic.add<u32>(word, 1) < most) continue;
    atomic.sub<u32>(word, 1);
    uncount(address, at);
    return false;
  }
  objectRef(address);
  return true;
}

/** One process less in the job and those it is in, up to but not `end`. */
function uncount(address: usize, end: usize): void {
  for (; address != end; address = jobAt(address).parent) atomic.sub<u32>(address + offsetof<Job>("processes"), 1);
}

/** A process of the job is no more. treeLock is held. */
export function jobLeave(address: usize): void {
  uncount(address, 0);
  unrefLocked(address);
}

/** Is `address` the job `outer`, or inside it? */
export function jobWithin(address: usize, outer: usize): bool {
  while (address != 0 && address != outer) address = jobAt(address).parent;
  return address != 0;
}

/** Count `bytes` of memory against the job and those it is in. False, and nothing counted, when one would be over its limit. */
export function jobCharge(address: usize, bytes: u32): bool {
  for (let at = address; at != 0; at = jobAt(at).parent) {
    const word = at + offsetof<Job>("memory");
    const limit = jobAt(at).memoryLimit;
    if (atomic.add<u64>(word, bytes) + bytes <= limit || limit == 0) continue;
    atomic.sub<u64>(word, bytes);
    uncharge(address, at, bytes);
    return false;
  }
  return true;
}

/** Count what has been taken without asking. The innermost job that is over its limit now, or 0. */
export function jobChargeGrown(address: usize, bytes: u32): usize {
  let over: usize = 0;
  for (let at = address; at != 0; at = jobAt(at).parent) {
    const limit = jobAt(at).memoryLimit;
    if (atomic.add<u64>(at + offsetof<Job>("memory"), bytes) + bytes > limit && limit != 0 && over == 0) over = at;
  }
  return over;
}

export function jobUncharge(address: usize, bytes: u32): void {
  uncharge(address, 0, bytes);
}

function uncharge(address: usize, end: usize, bytes: u32): void {
  for (; address != end; address = jobAt(address).parent) atomic.sub<u64>(address + offsetof<Job>("memory"), bytes);
}

/** Walks a job and all inside it, outermost first: the one after `at`, or 0. treeLock is held. */
export function jobAfter(at: usize, outer: usize): usize {
  if (jobAt(at).children != 0) return jobAt(at).children;
  while (at != outer) {
    if (jobAt(at).siblingNext != 0) return jobAt(at).siblingNext;
    at = jobAt(at).parent;
  }
  return 0;
}
