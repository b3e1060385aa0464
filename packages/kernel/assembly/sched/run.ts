/**
 * The scheduler of a core: who runs next, and for how long. Real-time fibers go first, within a budget; then jobs by their shares
 * (sched/share.ts); within a job a multi-level feedback queue. Whoever wakes a fiber queues it on the fiber's core; the core alone
 * takes from its queues, but for fibers without a stack, which idle cores fetch (sched/placement.ts).
 *
 * A fiber that gives up the core is accounted for when the core's loop comes by (`settle`): so a switch reads the clock once.
 */
import { BOOST_PERIOD_US, MAX_CORES, REALTIME_BUDGET_US, REALTIME_PERIOD_US } from "../../../abi/src/params";
import { CORE_O_BUSY_US, CORE_O_NOW_US, CORE_O_SWITCHES, coreBlock, IRQ_RESCHED } from "../../../abi/src/layout";
import { halNowUs, halSuspend, ringDoorbell } from "../../../hal-wasm/assembly/hal";
import { core, currentFiber, KCore, setCurrent } from "../core";
import { levelBase, levelQuantumUs, LEVELS, levelsPut, levelsRemove, levelsTake } from "../core/levels";
import { WHEEL_SIZE } from "../core/timer-wheel";
import { globals } from "../globals";
import { spinLock, spinUnlock } from "../lock";
import {
  Fiber, FIBER_BOUND, FIBER_DOOMED, FIBER_LOADING, FIBER_NEW, FIBER_READY, FIBER_RUNNING, FIBER_STOPPED, FIBER_WAITING, LENT_REALTIME,
} from "../proc/fiber";
import { memorySized } from "../mem/oom";
import { Process } from "../proc/process";
import { userSize } from "../user";
import { Share, shareCharge, shareHeld, sharePick, sharePut, shareRemove, sharesRelease } from "./share";
import { timerNext } from "./timer";

/** How a fiber gave up its core (`KCore.left`). */
export const LEFT_YIELDED: u32 = 0;
export const LEFT_TAKEN: u32 = 1;
export const LEFT_WAITS: u32 = 2;

/** What a running fiber gets at least before one that was woken takes its place. */
const SLICE_MIN_US: f64 = 1000;
/** Slices are cut to what is left of a budget, but not so short that the core does nothing but switch. */
const SLICE_LEAST_US: f64 = 50;
/** Sleep that makes up for a microsecond of use: who uses a fifth of the core or less stays on the highest level. */
const SLEEP_PER_USE: f64 = 4;

export const RESCHED_SOON: u32 = 1;
const RESCHED_NOW: u32 = 2;

export function runLock(owner: KCore): usize {
  return changetype<usize>(owner) + offsetof<KCore>("runLock");
}

function realtimeQueue(owner: KCore): usize {
  return <usize>owner.wheel + WHEEL_SIZE;
}

/** Queues link fibers through `Fiber.next`. */
function linkOf(fiber: Fiber): u32 {
  return changetype<u32>(fiber) + <u32>offsetof<Fiber>("next");
}

function ofLink(link: u32): Fiber | null {
  return changetype<Fiber | null>(link == 0 ? 0 : <usize>link - offsetof<Fiber>("next"));
}

// @ts-ignore: decorator
@inline
function processOf(fiber: Fiber): Process {
  return changetype<Process>(<usize>fiber.process);
}

// @ts-ignore: decorator
@inline
function shareOf(fiber: Fiber): Share {
  return changetype<Share>(<usize>fiber.share);
}

/** Reads the clock; a clock that goes back stands still until it has caught up. For the core's loop and running programs. */
export function readClock(): f64 {
  const me = core();
  const now = max(me.nowUs, halNowUs());
  me.nowUs = now;
  store<f64>(<usize>coreBlock(me.id), now, CORE_O_NOW_US);
  return now;
}

/** About now, without a call of the clock where there is a core: tens of microseconds old at most. */
function aboutNow(): f64 {
  return core().id < <u32>MAX_CORES ? core().nowUs : halNowUs();
}

// --- queueing ----------------------------------------------------------------------------------------------------

function isStopped(fiber: Fiber): bool {
  return atomic.load<u32>(changetype<usize>(processOf(fiber)) + offsetof<Process>("stopped")) != 0;
}

/** 0, or 1 + queue of the real-time class: its own, or what it was lent. */
function realtimeOf(fiber: Fiber): u32 {
  const lent = <u32>fiber.lent;
  return lent >= LENT_REALTIME ? lent - LENT_REALTIME + 1 : <u32>fiber.realtime;
}

/** Queues a ready fiber by its class and level. runLock is held. */
function put(owner: KCore, fiber: Fiber, nowUs: f64, front: bool): void {
  fiber.stampUs = nowUs;
  owner.ready++;
  const lent = <u32>fiber.lent;
  const realtime = realtimeOf(fiber);
  if (realtime != 0) {
    levelsPut(realtimeQueue(owner), realtime - 1, linkOf(fiber), front);
    return;
  }
  refresh(owner, fiber);
  const level = lent != 0 ? min(lent - 1, <u32>fiber.level) : <u32>fiber.level;
  sharePut(shareOf(fiber), linkOf(fiber), level, front);
}

/** The boost: who has not been queued since the last one starts again from the top. */
function refresh(owner: KCore, fiber: Fiber): void {
  if (fiber.epoch == <u16>owner.epoch) return;
  fiber.epoch = <u16>owner.epoch;
  fiber.level = <u8>levelBase(processOf(fiber).nice);
  fiber.usedUs = 0;
}

/** A fiber that slept rises: sleep pays back use, level by level. A nap just before the quantum ends wins a nap's worth. */
function rise(fiber: Fiber, nowUs: f64): void {
  let back = max(0.0, nowUs - fiber.stampUs) / SLEEP_PER_USE;
  const nice = processOf(fiber).nice;
  const base = levelBase(nice);
  while (<u32>fiber.level > base) {
    const quantum = levelQuantumUs(fiber.level - 1, nice);
    if (back < quantum) break;
    back -= quantum;
    fiber.level--;
    fiber.usedUs = 0;
  }
  fiber.usedUs = max(0.0, fiber.usedUs - back);
}

/** Queue a fiber that nothing keeps from running, unless its process is stopped. From any core. */
export function makeReady(fiber: Fiber): void {
  const owner = changetype<KCore>(<usize>fiber.core);
  const now = aboutNow();
  spinLock(runLock(owner));
  // INV-1: a stopped process's fiber is put aside, not run; `resumeStopped` looks at the state under the same lock.
  const stopped = isStopped(fiber);
  rise(fiber, now);
  if (stopped) {
    fiber.stampUs = now;
    fiber.state = FIBER_STOPPED;
  } else {
    fiber.state = FIBER_READY;
    put(owner, fiber, now, <u32>fiber.level < LEVELS - 1);
    owner.resched = max(owner.resched, realtimeOf(fiber) != 0 ? RESCHED_NOW : RESCHED_SOON);
  }
  spinUnlock(runLock(owner));
  if (!stopped) tell(owner);
}

function tell(owner: KCore): void {
  const me = core();
  if (owner == me) {
    setNextLook();
    return;
  }
  const due = owner.id + 1;
  if (me.bellsHeld != 0 && (me.bellDue == 0 || me.bellDue == due)) me.bellDue = due;
  else ringDoorbell(owner.id, IRQ_RESCHED);
}

/**
 * From here to `bellsRing` another core is told of what was queued for it at the end: around wake-ups under a lock. The host may
 * run the woken core in place of this one, and it would find the lock taken and sleep on it.
 */
export function bellsHold(): void {
  core().bellsHeld++;
}

/** No lock is held. */
export function bellsRing(): void {
  const me = core();
  if (--me.bellsHeld != 0 || me.bellDue == 0) return;
  const due = me.bellDue;
  me.bellDue = 0;
  ringDoorbell(due - 1, IRQ_RESCHED);
}

/** Queue a fiber whose program is to be loaded. */
export function enqueueNew(fiber: Fiber): void {
  const owner = changetype<KCore>(<usize>fiber.core);
  spinLock(runLock(owner));
  fiber.state = FIBER_NEW;
  const link = linkOf(fiber);
  const tail = owner.newTail;
  fiber.next = tail == 0 ? link : load<u32>(tail);
  if (tail != 0) store<u32>(tail, link);
  // ORDER: idle cores look at the word before they take the lock.
  atomic.store<u32>(changetype<usize>(owner) + offsetof<KCore>("newTail"), link);
  owner.ready++;
  owner.resched = max(owner.resched, RESCHED_SOON);
  spinUnlock(runLock(owner));
  tell(owner);
}

/** Takes the first fiber without a program; the caller counts `ready`. runLock is held. */
export function takeNew(owner: KCore): Fiber | null {
  const tail = owner.newTail;
  if (tail == 0) return null;
  const head = load<u32>(tail);
  if (head == tail) owner.newTail = 0;
  else store<u32>(tail, load<u32>(head));
  return ofLink(head);
}

/** The HAL is done loading: queue the first run, unless the process was doomed meanwhile. False then. */
export function bound(fiber: Fiber): bool {
  return leaveLoading(fiber, FIBER_BOUND);
}

/** A fatal signal is pending: a fiber that is LOADING has nobody else to wake it up. */
export function doom(fiber: Fiber): void {
  leaveLoading(fiber, FIBER_DOOMED);
}

function leaveLoading(fiber: Fiber, state: u32): bool {
  const owner = changetype<KCore>(<usize>fiber.core);
  spinLock(runLock(owner));
  // Only NEW fibers move, so who is LOADING on this core stays.
  const loading = fiber.state == FIBER_LOADING && fiber.core == changetype<u32>(owner);
  if (loading) {
    fiber.state = state;
    put(owner, fiber, aboutNow(), true);
    owner.resched = max(owner.resched, RESCHED_SOON);
  }
  spinUnlock(runLock(owner));
  if (loading) tell(owner);
  // It was NEW and moved while we looked.
  if (!loading && fiber.core != changetype<u32>(owner)) return leaveLoading(fiber, state);
  return loading;
}

/** After `stopped` was cleared: queue the fiber if the stop is all that kept it. */
export function resumeStopped(fiber: Fiber): void {
  const owner = changetype<KCore>(<usize>fiber.core);
  spinLock(runLock(owner));
  const held = fiber.state == FIBER_STOPPED;
  if (held) {
    fiber.state = FIBER_READY;
    put(owner, fiber, aboutNow(), false);
  }
  spinUnlock(runLock(owner));
  if (held && owner != core()) ringDoorbell(owner.id, IRQ_RESCHED);
}

/** Give this core's next turn to a fiber that was just woken from `park` on it, ahead of all others: a call's direct switch. */
export function handOver(fiber: Fiber): bool {
  const me = core();
  if (fiber.core != changetype<u32>(me) || me.handOff != 0 || isStopped(fiber)) return false;
  spinLock(runLock(me));
  rise(fiber, me.nowUs);
  fiber.state = FIBER_READY;
  fiber.stampUs = me.nowUs;
  me.ready++;
  me.handOff = changetype<u32>(fiber);
  spinUnlock(runLock(me));
  return true;
}

// --- priority inheritance ----------------------------------------------------------------------------------------

/** `to` runs as soon as `from` would, until `schedUnlend`. A chain of calls lends on: what was lent to `from` counts. */
export function schedLend(to: Fiber, from: Fiber): void {
  const own = from.realtime != 0 ? LENT_REALTIME + from.realtime - 1 : 1 + <u32>from.level;
  let level = own;
  const lent = <u32>from.lent;
  // On each of the two scales less is more urgent, and any of the real-time class is more urgent than all others.
  if (lent != 0 && (own >= LENT_REALTIME) == (lent >= LENT_REALTIME)) level = min(own, lent);
  else if (lent >= LENT_REALTIME) level = lent;
  relevel(to, level);
}

export function schedUnlend(fiber: Fiber): void {
  if (fiber.lent != 0) relevel(fiber, 0);
}

function relevel(fiber: Fiber, lent: u32): void {
  const owner = changetype<KCore>(<usize>fiber.core);
  spinLock(runLock(owner));
  const queued = dequeue(owner, fiber);
  fiber.lent = <u8>lent;
  if (queued) put(owner, fiber, fiber.stampUs, true);
  spinUnlock(runLock(owner));
}

/** A process's class has changed: it goes by that from the next time it is queued. treeLock is held. */
export function schedChanged(fiber: Fiber): void {
  fiber.realtime = <u8>processOf(fiber).realtime;
}

/** Out of the queue it is in. False when it is in none (running, waiting, not loaded, handed the core). runLock is held. */
function dequeue(owner: KCore, fiber: Fiber): bool {
  if (fiber.state != FIBER_READY && fiber.state != FIBER_BOUND && fiber.state != FIBER_DOOMED) return false;
  const link = linkOf(fiber);
  const found = levelsRemove(realtimeQueue(owner), link) || shareRemove(shareOf(fiber), link);
  if (found) owner.ready--;
  return found;
}

// --- accounting --------------------------------------------------------------------------------------------------

/** Charge a fiber of this core for the time since the last charge. runLock is held. */
function charge(fiber: Fiber, nowUs: f64): void {
  const me = core();
  const block = <usize>coreBlock(me.id);
  const spent = nowUs - me.switchedInUs;
  me.switchedInUs = nowUs;
  store<f64>(block, load<f64>(block, CORE_O_BUSY_US) + spent, CORE_O_BUSY_US);
  const share = shareOf(fiber);
  if (fiber.inSystem != 0) {
    fiber.systemUs += spent;
    share.systemUs += spent;
  } else {
    fiber.userUs += spent;
    share.userUs += spent;
  }
  if (realtimeOf(fiber) != 0) me.realtimeUsedUs += spent;
  shareCharge(share, spent);
  // Use is counted over any number of turns: giving way just before the end wins nothing.
  fiber.usedUs += spent;
  if (fiber.usedUs < levelQuantumUs(fiber.level, processOf(fiber).nice)) return;
  fiber.usedUs = 0;
  fiber.level = <u8>min(<u32>fiber.level + 1, LEVELS - 1);
}

/** Charge the current fiber up to now. */
export function chargeCurrent(): void {
  const me = core();
  const now = readClock();
  spinLock(runLock(me));
  charge(changetype<Fiber>(<usize>me.fiber), now);
  spinUnlock(runLock(me));
}

/** Account for the fiber that gave up the core last and queue it if it is ready. runLock is held. */
function settle(me: KCore, nowUs: f64): void {
  const fiber = changetype<Fiber>(<usize>me.previous);
  me.previous = 0;
  charge(fiber, nowUs);
  if (me.left == LEFT_WAITS) {
    // Unless another core has woken it since.
    if (fiber.state == FIBER_WAITING) fiber.stampUs = nowUs;
    return;
  }
  if (me.left == LEFT_TAKEN) processOf(fiber).taken++;
  if (isStopped(fiber)) {
    fiber.state = FIBER_STOPPED;
    return;
  }
  fiber.state = FIBER_READY;
  // A fiber that lost the core before its quantum was used up keeps its place.
  put(me, fiber, nowUs, me.left == LEFT_TAKEN && fiber.usedUs > 0);
}

/** From here to `systemLeave` the current fiber's time is the kernel's work for it. For calls that take microseconds. */
export function systemEnter(): void {
  chargeCurrent();
  currentFiber().inSystem = 1;
}

export function systemLeave(): void {
  chargeCurrent();
  currentFiber().inSystem = 0;
}

// --- the next one ------------------------------------------------------------------------------------------------

/** The next fiber of this core that may run, or null. */
export function takeNext(nowUs: f64): Fiber | null {
  const me = core();
  if (me.previous == 0 && atomic.load<u32>(changetype<usize>(me) + offsetof<KCore>("ready")) == 0) return null;
  spinLock(runLock(me));
  if (me.previous != 0) settle(me, nowUs);
  let fiber: Fiber | null = null;
  if (globals().suspended == 0) {
    if (nowUs >= me.throttleEndUs) sharesRelease(me);
    if (nowUs >= me.boostDueUs) {
      me.boostDueUs = nowUs + BOOST_PERIOD_US;
      me.epoch++;
    }
    fiber = pick(me, nowUs);
  }
  spinUnlock(runLock(me));
  return fiber;
}

function pick(me: KCore, nowUs: f64): Fiber | null {
  for (;;) {
    let fiber = changetype<Fiber | null>(<usize>me.handOff);
    const direct = fiber !== null;
    me.handOff = 0;
    me.capLeftUs = Infinity;
    if (!direct) fiber = first(me, nowUs);
    if (fiber === null) return null;
    me.ready--;
    const state = fiber.state;
    if (state == FIBER_NEW || state == FIBER_DOOMED) return fiber;
    // INV-1 again: stopped after it was queued.
    if (isStopped(fiber)) {
      fiber.state = FIBER_STOPPED;
      continue;
    }
    // A share is only picked when nothing holds it; the other ways in have to ask.
    if ((direct || realtimeOf(fiber) != 0) && shareHeld(shareOf(fiber), nowUs) != 0) {
      me.ready++;
      sharePut(shareOf(fiber), linkOf(fiber), 0, false);
      continue;
    }
    slice(me, fiber, nowUs, direct);
    return fiber;
  }
}

function first(me: KCore, nowUs: f64): Fiber | null {
  const realtime = realtimeQueue(me);
  const wanted = load<u32>(realtime) != 0;
  if (wanted) {
    if (nowUs >= me.realtimeEndUs) {
      me.realtimeEndUs = nowUs + REALTIME_PERIOD_US;
      me.realtimeUsedUs = 0;
    }
    if (me.realtimeUsedUs < REALTIME_BUDGET_US) return ofLink(levelsTake(realtime));
  }
  const fresh = takeNew(me);
  if (fresh !== null) return fresh;
  const normal = sharePick(me, nowUs);
  // The budget is what the others are promised; a core that nobody else wants is not left idle for it.
  return ofLink(normal != 0 || !wanted ? normal : levelsTake(realtime));
}

/** How long the fiber may run. */
function slice(me: KCore, fiber: Fiber, nowUs: f64, direct: bool): void {
  const waited = max(0.0, nowUs - fiber.stampUs);
  processOf(fiber).waitUs += waited;
  const share = shareOf(fiber);
  share.waitUs += waited;
  share.switches++;
  refresh(me, fiber);
  me.resched = 0;
  // Who was handed the core has the rest of the slice.
  if (direct && me.sliceEndUs > nowUs) return;
  let end = min(levelQuantumUs(fiber.level, processOf(fiber).nice) - fiber.usedUs, <f64>globals().quantumUs);
  end = nowUs + min(end, me.capLeftUs);
  if (realtimeOf(fiber) != 0) end = min(end, nowUs + max(0.0, REALTIME_BUDGET_US - me.realtimeUsedUs));
  else if (load<u32>(realtimeQueue(me)) != 0) end = min(end, me.realtimeEndUs);
  me.sliceEndUs = max(end, nowUs + SLICE_LEAST_US);
}

/** This core now runs `fiber`. */
export function switchedIn(fiber: Fiber, nowUs: f64): void {
  const me = core();
  setCurrent(fiber);
  fiber.state = FIBER_RUNNING;
  processOf(fiber).switches++;
  me.switches++;
  store<u64>(<usize>coreBlock(me.id), me.switches, CORE_O_SWITCHES);
  me.switchedInUs = nowUs;
  setNextLook();
}

/** When the running fiber's turn is over. */
export function turnEndUs(): f64 {
  const me = core();
  if (me.resched == 0) return me.sliceEndUs;
  return min(me.sliceEndUs, me.resched == RESCHED_SOON ? me.switchedInUs + SLICE_MIN_US : 0);
}

/** When `preempt` has something to do: the turn ends, or a time-out is due. */
export function setNextLook(): void {
  core().nextLookUs = min(turnEndUs(), timerNext());
}

/** Give up the core; `core_next` makes the fiber current again before it goes on. One that waits is woken through `fiberWake`; the others are queued once they have left. */
export function switchOut(fiber: Fiber, left: u32): void {
  const me = core();
  me.previous = changetype<u32>(fiber);
  me.left = left;
  memorySized(processOf(fiber), userSize());
  setCurrent(null);
  halSuspend(fiber.index);
}
