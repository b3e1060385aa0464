/**
 * Run queues: one per core, round robin. Whoever wakes a fiber appends it to its core's queue; the core alone takes from it.
 */
import { IRQ_RESCHED } from "../../../abi/src/layout";
import { halNowUs, halSuspend, ringDoorbell } from "../../../hal-wasm/assembly/hal";
import { core, coreAt, KCore, setCurrent } from "../core";
import { globals } from "../globals";
import { spinLock, spinUnlock } from "../lock";
import { Fiber, FIBER_READY, FIBER_RUNNING, FIBER_STOPPED } from "../proc/fiber";
import { Process } from "../proc/process";
import { timerNext } from "./timer";

function runLock(owner: KCore): usize {
  return changetype<usize>(owner) + offsetof<KCore>("runLock");
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
  const process = changetype<Process>(fiber.process);
  spinLock(runLock(owner));
  // INV-1: a stopped process has no fiber on a run queue; `resumeStopped` looks at the state under the same lock.
  const stopped = state == FIBER_READY && atomic.load<u32>(changetype<usize>(process) + offsetof<Process>("stopped")) != 0;
  fiber.state = stopped ? FIBER_STOPPED : state;
  if (!stopped) append(owner, fiber);
  spinUnlock(runLock(owner));
  if (!stopped && owner != core()) ringDoorbell(owner.id, IRQ_RESCHED);
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

/** The next fiber of this core, or null. */
export function takeNext(): Fiber | null {
  const me = core();
  if (atomic.load<u32>(changetype<usize>(me) + offsetof<KCore>("runLength")) == 0) return null;
  spinLock(runLock(me));
  const head = me.runHead;
  if (head != 0) {
    me.runHead = changetype<Fiber>(head).next;
    if (me.runHead == 0) me.runTail = 0;
    me.runLength--;
  }
  spinUnlock(runLock(me));
  return changetype<Fiber | null>(<usize>head);
}

/** Charge the current fiber for the time since it was switched in. */
export function chargeCurrent(nowUs: f64): void {
  const me = core();
  const fiber = changetype<Fiber>(me.fiber);
  fiber.userUs += nowUs - me.switchedInUs;
  me.switchedInUs = nowUs;
}

/** This core now runs `fiber`: start its slice. */
export function switchedIn(fiber: Fiber): void {
  const me = core();
  const now = halNowUs();
  setCurrent(fiber);
  fiber.state = FIBER_RUNNING;
  changetype<Process>(fiber.process).switches++;
  me.switches++;
  me.switchedInUs = now;
  me.sliceEndUs = now + <f64>globals().quantumUs;
  setNextLook();
}

/** When `preempt` has something to do: the slice ends, or a time-out is due. */
export function setNextLook(): void {
  core().nextLookUs = min(core().sliceEndUs, timerNext());
}

/** Give up the core. The fiber is on a queue, or someone holds a reference that will put it there. */
export function switchOut(fiber: Fiber): void {
  chargeCurrent(halNowUs());
  setCurrent(null);
  halSuspend(fiber.index);
  switchedIn(fiber);
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
