/**
 * Time-outs. Each core keeps those of its own fibers, in a heap that only it touches: arming, firing and cancelling
 * need no lock, and a fiber that another core woke takes its timer back itself when it runs again.
 */
import { heapInsert, heapRemove } from "../core/pairing-heap";
import { core } from "../core";
import { Fiber, WAKE_TIMEOUT } from "../proc/fiber";
import { fiberWake } from "./wait";

function nodeOf(fiber: Fiber): u32 {
  return changetype<u32>(fiber) + <u32>offsetof<Fiber>("deadlineUs");
}

export function timerArm(fiber: Fiber, deadlineUs: f64): void {
  fiber.deadlineUs = deadlineUs;
  fiber.timerArmed = 1;
  core().timers = heapInsert(core().timers, nodeOf(fiber));
}

export function timerCancel(fiber: Fiber): void {
  if (fiber.timerArmed == 0) return;
  fiber.timerArmed = 0;
  core().timers = heapRemove(core().timers, nodeOf(fiber));
}

/** Monotonic microseconds of this core's next time-out, Infinity when none. */
export function timerNext(): f64 {
  const root = core().timers;
  return root == 0 ? Infinity : load<f64>(root);
}

export function timersFire(nowUs: f64): void {
  while (timerNext() <= nowUs) {
    const fiber = changetype<Fiber>(core().timers - <u32>offsetof<Fiber>("deadlineUs"));
    timerCancel(fiber);
    fiberWake(fiber, WAKE_TIMEOUT);
  }
}
