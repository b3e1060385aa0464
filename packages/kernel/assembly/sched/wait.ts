/**
 * Wait queues. A fiber waits like this (no wake-up is lost, whatever the other cores do):
 *
 *     waitPrepare(queue);              // on the queue and ARMED from here on
 *     if (condition) { waitCancel(); ... } else { rc = park(); ... loop }
 *
 * `prepare` and the check may happen under the object's lock, or without it when the condition is read with atomics
 * (the waker writes the condition, then looks at the queue; the waiter joins the queue, then looks at the condition).
 * `park` must be called with no lock held, and may return 0 without a cause: always loop on the condition. All three ends (event, time-out, signal) meet in one word, `Fiber.wake`: who moves it
 * from ARMED or PARKED first has woken the fiber.
 *
 *     NONE --prepare--> ARMED --park--> PARKED --waker--> EVENT | TIMEOUT | SIGNAL --park returns--> NONE
 *                         '----------------waker-----------^
 */
import { ECANCELED, EINTR, ETIMEDOUT } from "../../../abi/src/errno";
import { spinLock, spinUnlock } from "../lock";
import { currentFiber } from "../core";
import {
  Fiber, FIBER_RUNNING, FIBER_WAITING, fiberWaiter, WAKE_ARMED, WAKE_EVENT, WAKE_NONE, WAKE_PARKED, WAKE_SIGNAL, WAKE_TIMEOUT,
} from "../proc/fiber";
import { callRevoked } from "../cap/call";
import { bindKick } from "../ipc/port";
import { Process } from "../proc/process";
import { signalDeliverable, signalFatal } from "../proc/signal";
import { bellsHold, bellsRing, handOver, LEFT_WAITS, makeReady, switchOut } from "./run";
import { TIMER_FIBER, timerArm, timerCancel } from "./timer";

/**
 *   0 lock | 4 head | 8 tail | 12 count
 * `count` is atomic so that a waker can see "nobody" without the lock. Embedded in objects; all zero is an empty queue.
 */
@unmanaged
export class WaitQueue {
  lock: u32;
  head: u32;
  tail: u32;
  count: u32;
}

/**
 *   0 next | 4 prev | 8 queue (0: not on one) | 12 fiber | 16 key
 * One fiber's place in one queue. Guarded by the queue's lock. poll_oneoff uses many, all others the fiber's own.
 */
@unmanaged
export class Waiter {
  next: u32;
  prev: u32;
  /** Atomic. */
  queue: u32;
  fiber: u32;
  /** Whatever the owner of the queue tells its waiters apart by. */
  key: u32;
}

/** In place of a fiber: the waiter is a port's bind (ipc/port.ts), which stays on the queue and is kicked at each wake-up. */
export const WAITER_BIND: u32 = 1;

/** Join a queue with the current fiber's own waiter. */
export function waitPrepare(queue: WaitQueue): void {
  const fiber = currentFiber();
  waitArm(fiber);
  waiterJoin(fiberWaiter(fiber), queue, fiber);
}

/** Arm without a queue: for waits that something else (a timer, vfs_complete) ends through `fiberWake`. */
export function waitArm(fiber: Fiber): void {
  // ORDER: before any queue shows the fiber.
  atomic.store<u32>(changetype<usize>(fiber) + offsetof<Fiber>("wake"), WAKE_ARMED);
}

/** Leave: the condition held after all. */
export function waitCancel(): void {
  const fiber = currentFiber();
  waiterLeave(fiberWaiter(fiber));
  atomic.store<u32>(changetype<usize>(fiber) + offsetof<Fiber>("wake"), WAKE_NONE);
}

export function waiterJoin(waiter: Waiter, queue: WaitQueue, fiber: Fiber): void {
  spinLock(changetype<usize>(queue));
  waiter.fiber = changetype<u32>(fiber);
  waiter.next = 0;
  waiter.prev = queue.tail;
  atomic.store<u32>(changetype<usize>(waiter) + offsetof<Waiter>("queue"), changetype<u32>(queue));
  if (queue.tail != 0) changetype<Waiter>(queue.tail).next = changetype<u32>(waiter);
  else queue.head = changetype<u32>(waiter);
  queue.tail = changetype<u32>(waiter);
  // ORDER: full fence; pairs with the load in wakeOne/wakeAll.
  atomic.add<u32>(changetype<usize>(queue) + offsetof<WaitQueue>("count"), 1);
  spinUnlock(changetype<usize>(queue));
}

/** Take a waiter off its queue if it still is on one. The queue itself must still exist. */
export function waiterLeave(waiter: Waiter): void {
  const address = atomic.load<u32>(changetype<usize>(waiter) + offsetof<Waiter>("queue"));
  if (address == 0) return;
  const queue = changetype<WaitQueue>(address);
  spinLock(address);
  if (waiter.queue != 0) unlink(queue, waiter);
  spinUnlock(address);
}

function unlink(queue: WaitQueue, waiter: Waiter): void {
  if (waiter.next != 0) changetype<Waiter>(waiter.next).prev = waiter.prev;
  else queue.tail = waiter.prev;
  if (waiter.prev != 0) changetype<Waiter>(waiter.prev).next = waiter.next;
  else queue.head = waiter.next;
  atomic.store<u32>(changetype<usize>(waiter) + offsetof<Waiter>("queue"), 0);
  atomic.sub<u32>(changetype<usize>(queue) + offsetof<WaitQueue>("count"), 1);
}

/**
 * Wait for an event or a signal. 0, -EINTR (a fatal signal, or one the program queues, is pending), or -ECANCELED: the handle
 * the call uses (Process.call) was revoked.
 */
export function park(): i32 {
  return parkWith(UNTIL_SIGNAL, Infinity);
}

/** Wait for an event or the end of the process (-EINTR); signals that the program fetches itself do not end it. */
export function parkKillable(): i32 {
  return parkWith(UNTIL_KILLED, Infinity);
}

/** Like `park`, or -ETIMEDOUT at `deadlineUs` (monotonic; Infinity: none). */
export function parkUntil(deadlineUs: f64): i32 {
  return parkWith(UNTIL_SIGNAL, deadlineUs);
}

// Values of Fiber.interruptible; 0 while it is not parked.
const UNTIL_SIGNAL: u32 = 1;
const UNTIL_KILLED: u32 = 2;

/** Whether a pending signal ends a wait of this kind. */
function signalEnds(fiber: Fiber, until: u32): bool {
  return until == UNTIL_SIGNAL ? signalDeliverable(fiber) || callRevoked(fiber) : signalFatal(fiber);
}

function parkWith(until: u32, deadlineUs: f64): i32 {
  const fiber = currentFiber();
  const word = changetype<usize>(fiber) + offsetof<Fiber>("wake");
  atomic.store<u32>(changetype<usize>(fiber) + offsetof<Fiber>("interruptible"), until);
  // ORDER: a signal sent before the store above is seen here; one sent later sees the flag and wakes us.
  if (signalEnds(fiber, until)) fiberWake(fiber, WAKE_SIGNAL);
  const timer = changetype<usize>(fiber) + offsetof<Fiber>("deadlineUs");
  if (deadlineUs != Infinity) timerArm(timer, deadlineUs, TIMER_FIBER);
  // Since when it waits is known once its core has accounted for it.
  fiber.stampUs = Infinity;
  // The state goes first: after the exchange another core may make the fiber ready.
  atomic.store<u32>(changetype<usize>(fiber) + offsetof<Fiber>("state"), FIBER_WAITING);
  if (atomic.cmpxchg<u32>(word, WAKE_ARMED, WAKE_PARKED) == WAKE_ARMED) switchOut(fiber, LEFT_WAITS);
  else atomic.store<u32>(changetype<usize>(fiber) + offsetof<Fiber>("state"), FIBER_RUNNING);
  if (deadlineUs != Infinity) timerCancel(timer);
  const reason = atomic.load<u32>(word);
  waiterLeave(fiberWaiter(fiber));
  atomic.store<u32>(word, WAKE_NONE);
  atomic.store<u32>(changetype<usize>(fiber) + offsetof<Fiber>("interruptible"), 0);
  // Death comes before whatever else ended the wait: a hang-up wakes readers and kills them.
  if (signalFatal(fiber)) return -EINTR;
  // ORDER: pairs with cap/revoke.ts, as signals do.
  if (until == UNTIL_SIGNAL && callRevoked(fiber)) return -ECANCELED;
  if (reason == WAKE_TIMEOUT) return -ETIMEDOUT;
  // A late waker may still hit us with the signal of an earlier wait: that is a wake-up without a cause.
  return reason == WAKE_SIGNAL && signalEnds(fiber, until) ? -EINTR : 0;
}

/** End a fiber's wait, from any core. True if this call is the one that did. */
export function fiberWake(fiber: Fiber, reason: u32): bool {
  return wake(fiber, reason, false);
}

/**
 * The same, and if the fiber is parked on this core it gets the core next, with the rest of the slice: for a caller that is about to
 * park until it answers. Elsewhere it is queued as usual.
 */
export function fiberHandOff(fiber: Fiber, reason: u32): bool {
  return wake(fiber, reason, true);
}

function wake(fiber: Fiber, reason: u32, direct: bool): bool {
  const word = changetype<usize>(fiber) + offsetof<Fiber>("wake");
  for (;;) {
    const seen = atomic.load<u32>(word);
    if (seen != WAKE_ARMED && seen != WAKE_PARKED) return false;
    if (atomic.cmpxchg<u32>(word, seen, reason) != seen) continue;
    if (seen == WAKE_PARKED && !(direct && handOver(fiber))) makeReady(fiber);
    return true;
  }
}

/** Wakes up to `most` fibers, the longest first, whose waiter is marked `key` and whose process waits for `word` of it. How many. */
export function wakeMatching(queue: WaitQueue, most: u32, key: u32, word: u32): u32 {
  let woken: u32 = 0;
  spinLock(changetype<usize>(queue));
  for (let at = queue.head; at != 0 && woken < most; ) {
    const waiter = changetype<Waiter>(at);
    at = waiter.next;
    const fiber = changetype<Fiber>(waiter.fiber);
    if (waiter.key != key || changetype<Process>(<usize>fiber.process).futex != word) continue;
    if (fiberWake(fiber, WAKE_EVENT)) woken++;
    unlink(queue, waiter);
  }
  spinUnlock(changetype<usize>(queue));
  return woken;
}

/** Wake the fiber that has waited longest. Free when nobody waits. */
export function wakeOne(queue: WaitQueue): void {
  if (atomic.load<u32>(changetype<usize>(queue) + offsetof<WaitQueue>("count")) != 0) wakeSome(queue, 1, false);
}

/** The same for a caller that parks next: the fiber gets the core from it (`fiberHandOff`). */
export function handOne(queue: WaitQueue): void {
  if (atomic.load<u32>(changetype<usize>(queue) + offsetof<WaitQueue>("count")) != 0) wakeSome(queue, 1, true);
}

export function wakeAll(queue: WaitQueue): void {
  if (atomic.load<u32>(changetype<usize>(queue) + offsetof<WaitQueue>("count")) != 0) wakeSome(queue, i32.MAX_VALUE, false);
}

function wakeSome(queue: WaitQueue, most: i32, direct: bool): void {
  bellsHold();
  spinLock(changetype<usize>(queue));
  // A waiter that something else woke first does not use up the wake-up.
  for (let at = queue.head; at != 0 && most > 0; ) {
    const waiter = changetype<Waiter>(at);
    at = waiter.next;
    if (waiter.fiber == WAITER_BIND) {
      bindKick(waiter);
      continue;
    }
    const fiber = changetype<Fiber>(waiter.fiber);
    // Wake first: until `unlink` clears waiter.queue, the fiber cannot get past waiterLeave and reuse its node.
    if (wake(fiber, WAKE_EVENT, direct)) most--;
    unlink(queue, waiter);
  }
  spinUnlock(changetype<usize>(queue));
  bellsRing();
}
