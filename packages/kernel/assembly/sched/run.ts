/**
 * Run queues: one per core, round robin. Whoever wakes a fiber appends it to its core's queue; the core alone takes from it.
 */
import { CORE_O_BUSY_US, CORE_O_SWITCHES, coreBlock, IRQ_RESCHED } from "../../../abi/src/layout";
import { halNowUs, halSuspend, ringDoorbell } from "../../../hal-wasm/assembly/hal";
import { core, coreAt, currentFiber, KCore, setCurrent } from "../core";
import { globals } from "../globals";
import { spinLock, spinUnlock } from "../lock";
import { Fiber, FIBER_BOUND, FIBER_DOOMED, FIBER_LOADING, FIBER_NEW, FIBER_READY, FIBER_RUNNING, FIBER_STOPPED, FIBER_WAITING } from "../proc/fiber";
import { Process } from "../proc/process";
import { userSize } from "../user";
import { timerNext } from "./timer";

function runLock(owner: KCore): usize {
  return changetype<usize>(owner) + offsetof<KCore>("runLock");
}

/** Fibers in a row that may run ahead of those whose turn it is: two that wake each other must not starve the rest. */
const BOOSTS_MAX: u32 = 8;
/** What a running fiber gets before one that was woken takes its place. */
const SLICE_MIN_US: f64 = 1000;

/**
 * A fiber that waited, or is new, goes first: it has used little, and a person may wait for it (a shell behind ten busy
 * loops). False when that has happened too often in a row.
 */
function boost(owner: KCore, fiber: Fiber): bool {
  if (owner.boosts >= BOOSTS_MAX) return false;
  owner.boosts++;
  fiber.boosted = 1;
  fiber.next = owner.runHead;
  if (owner.runHead == 0) owner.runTail = changetype<u32>(fiber);
  owner.runHead = changetype<u32>(fiber);
  owner.runLength++;
  return true;
}

/** Is a fiber waiting that was woken, and has the current one had its least? */
export function shouldGiveWay(nowUs: f64): bool {
  const me = core();
  const head = atomic.load<u32>(changetype<usize>(me) + offsetof<KCore>("runHead"));
  if (head == 0 || changetype<Fiber>(<usize>head).boosted == 0) return false;
  return nowUs >= me.sliceEndUs - <f64>globals().quantumUs + SLICE_MIN_US;
}

function append(owner: KCore, fiber: Fiber): void {
  fiber.next = 0;
  if (owner.runTail != 0) changetype<Fiber>(owner.runTail).next = changetype<u32>(fiber);
  else owner.runHead = changetype<u32>(fiber);
  owner.runTail = changetype<u32>(fiber);
  owner.runLength++;
}

/** Queue a fiber that nothing keeps from running, unless its process is stopped. From any core. */
export function makeReady(fiber: Fiber): void {
  enqueue(fiber, FIBER_READY);
}

/** `state` is what the fiber is while it is queued: READY, or NEW before its program is loaded. */
export function enqueue(fiber: Fiber, state: u32): void {
  const owner = changetype<KCore>(fiber.core);
  spinLock(runLock(owner));
  // INV-1: a stopped process's fiber is put aside, not run; `resumeStopped` looks at the state under the same lock.
  const stopped = state == FIBER_READY && isStopped(fiber);
  const fresh = fiber.state == FIBER_WAITING || state == FIBER_NEW;
  fiber.state = stopped ? FIBER_STOPPED : state;
  if (!stopped && !(fresh && boost(owner, fiber))) append(owner, fiber);
  spinUnlock(runLock(owner));
  if (stopped) return;
  if (owner != core()) ringDoorbell(owner.id, IRQ_RESCHED);
  else if (fresh) setNextLook();
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
  const owner = changetype<KCore>(fiber.core);
  spinLock(runLock(owner));
  const loading = fiber.state == FIBER_LOADING;
  if (loading) {
    fiber.state = state;
    if (!boost(owner, fiber)) append(owner, fiber);
  }
  spinUnlock(runLock(owner));
  if (loading && owner != core()) ringDoorbell(owner.id, IRQ_RESCHED);
  return loading;
}

/** After `stopped` was cleared: queue the fiber if the stop is all that kept it. */
export function resumeStopped(fiber: Fiber): void {
  const owner = changetype<KCore>(fiber.core);
  spinLock(runLock(owner));
  const held = fiber.state == FIBER_STOPPED;
  if (held) {
    fiber.state = FIBER_READY;
    append(owner, fiber);
  }
  spinUnlock(runLock(owner));
  if (held && owner != core()) ringDoorbell(owner.id, IRQ_RESCHED);
}

/** The next fiber of this core that may run, or null. */
export function takeNext(): Fiber | null {
  const me = core();
  if (atomic.load<u32>(changetype<usize>(me) + offsetof<KCore>("runLength")) == 0) return null;
  spinLock(runLock(me));
  let head: u32;
  for (;;) {
    head = me.runHead;
    if (head == 0) break;
    const fiber = changetype<Fiber>(<usize>head);
    me.runHead = fiber.next;
    if (me.runHead == 0) me.runTail = 0;
    me.runLength--;
    if (fiber.boosted != 0) fiber.boosted = 0;
    else me.boosts = 0;
    if (fiber.state != FIBER_READY && fiber.state != FIBER_BOUND) break;
    // INV-1 again: stopped after it was queued.
    if (!isStopped(fiber)) break;
    fiber.state = FIBER_STOPPED;
  }
  spinUnlock(runLock(me));
  return changetype<Fiber | null>(<usize>head);
}

function isStopped(fiber: Fiber): bool {
  const process = changetype<Process>(<usize>fiber.process);
  return atomic.load<u32>(changetype<usize>(process) + offsetof<Process>("stopped")) != 0;
}

/** The current fiber gives way: to the end of the queue, or aside while its process is stopped. */
export function yieldCore(fiber: Fiber): void {
  enqueue(fiber, FIBER_READY);
  switchOut(fiber);
}

/** Charge the current fiber for the time since it was switched in. */
export function chargeCurrent(nowUs: f64): void {
  const me = core();
  const block = <usize>coreBlock(me.id);
  const spent = nowUs - me.switchedInUs;
  const fiber = changetype<Fiber>(<usize>me.fiber);
  if (fiber.inSystem != 0) fiber.systemUs += spent;
  else fiber.userUs += spent;
  store<f64>(block, load<f64>(block, CORE_O_BUSY_US) + spent, CORE_O_BUSY_US);
  me.switchedInUs = nowUs;
}

/** This core now runs `fiber`: start its slice. */
export function switchedIn(fiber: Fiber, nowUs: f64): void {
  const me = core();
  setCurrent(fiber);
  fiber.state = FIBER_RUNNING;
  changetype<Process>(<usize>fiber.process).switches++;
  me.switches++;
  store<u64>(<usize>coreBlock(me.id), me.switches, CORE_O_SWITCHES);
  me.switchedInUs = nowUs;
  me.sliceEndUs = nowUs + <f64>globals().quantumUs;
  setNextLook();
}

/** When `preempt` has something to do: the slice ends, or a time-out is due. */
export function setNextLook(): void {
  const me = core();
  let sliceEnd = me.sliceEndUs;
  if (me.boosts != 0) sliceEnd += SLICE_MIN_US - <f64>globals().quantumUs;
  me.nextLookUs = min(sliceEnd, timerNext());
}

/** From here to `systemLeave` the current fiber's time is the kernel's work for it. For calls that take microseconds. */
export function systemEnter(): void {
  chargeCurrent(halNowUs());
  currentFiber().inSystem = 1;
}

export function systemLeave(): void {
  chargeCurrent(halNowUs());
  currentFiber().inSystem = 0;
}

/** Give up the core; `core_next` makes the fiber current again before it goes on. The fiber is on a queue, or someone holds a reference that will put it there. */
export function switchOut(fiber: Fiber): void {
  chargeCurrent(halNowUs());
  changetype<Process>(<usize>fiber.process).memoryBytes = userSize();
  setCurrent(null);
  halSuspend(fiber.index);
}

/** The least loaded core, counting all fibers that live there. */
export function pickCore(): KCore {
  let best = changetype<KCore>(0);
  let bestLoad: u32 = u32.MAX_VALUE;
  const cores = globals().cores;
  for (let id: u32 = 0; id < cores; id++) {
    const candidate = coreAt(id);
    const busy = candidate.runLength + (candidate.fiber != 0 ? 1 : 0);
    const weight = busy * 0x10000 + candidate.load;
    if (weight < bestLoad) {
      best = candidate;
      bestLoad = weight;
    }
  }
  return best;
}
