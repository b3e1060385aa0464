/** A fiber: one Wasm stack, bound for life to the core it was created on. */
import { Waiter } from "../sched/wait";

/** Where a fiber is. Changed only by its own core, except NEW -> READY. */
export const FIBER_NEW: u32 = 0; // queued; its module is not loaded yet
export const FIBER_LOADING: u32 = 1; // the HAL is loading the module
export const FIBER_READY: u32 = 2; // on its core's run queue
export const FIBER_RUNNING: u32 = 3;
export const FIBER_WAITING: u32 = 4; // suspended in `park`
export const FIBER_STOPPED: u32 = 5; // would be READY, but the process is stopped
export const FIBER_BOUND: u32 = 6; // queued for its first run: loaded, no stack yet
export const FIBER_DOOMED: u32 = 7; // queued to be unwound: killed while LOADING

/** `Fiber.wake`, the hand-shake between a fiber about to park and whoever wakes it; see sched/wait.ts. */
export const WAKE_NONE: u32 = 0;
export const WAKE_ARMED: u32 = 1;
export const WAKE_PARKED: u32 = 2;
export const WAKE_EVENT: u32 = 3;
export const WAKE_TIMEOUT: u32 = 4;
export const WAKE_SIGNAL: u32 = 5;

/** `Fiber.lent` from here on: a real-time queue. */
export const LENT_REALTIME: u32 = 16;

/**
 *   0     | 4       | 8    | 12    | 16   | 20    | 24     | 28         | 32..63     | 64..83      | 84
 *   index | process | core | state | wake | next  | module | interrupt. | timer node | waiter node | started, in system, level, lent
 *   88 used us f64 | 96 user us f64 | 104 system us f64 | 112 stamp us f64 | 120 share | 124 realtime, - , epoch u16
 */
@unmanaged
export class Fiber {
  // Written once.
  index: u32;
  process: u32;
  /** Changes as long as the fiber is NEW, under the runLock of the core it leaves. */
  core: u32;
  /** Atomic. */
  state: u32;
  /** Atomic. */
  wake: u32;
  /** Guarded by the core's runLock. */
  next: u32;
  module: u32;
  /** Atomic. What may end the wait it is parked in, beside its event: 1 signals, 2 fatal signals; 0 when it is not parked. */
  interruptible: u32;
  // Timer node: see sched/timer.ts.
  deadlineUs: f64;
  timerChild: u32;
  timerNext: u32;
  timerPrev: u32;
  timerPlace: u32;
  timerKind: u32;
  timerCore: u32;
  // Waiter node for waits on one queue (guarded by that queue's lock).
  waiterNext: u32;
  waiterPrev: u32;
  waiterQueue: u32;
  waiterFiber: u32;
  waiterKey: u32;
  /** 1 from its first ACTION_RESUME on: there is a stack. */
  started: u8;
  /** 1 while its time is the kernel's: see `systemEnter`. Owner core only. */
  inSystem: u8;
  // Guarded by the core's runLock.
  level: u8;
  /** 0, or 1 + a level somebody who waits for it lends it, or LENT_REALTIME + real-time queue. */
  lent: u8;
  /** Used up of the quantum of its level. */
  usedUs: f64;
  // Owner core only.
  userUs: f64;
  systemUs: f64;
  // Guarded by the core's runLock.
  /** Since when it is ready, or waits; Infinity from its last instruction until its core has accounted for it. */
  stampUs: f64;
  /** Its job's share of the core: see sched/share.ts. */
  share: u32;
  realtime: u8;
  spare: u8;
  epoch: u16;
}

/** The fiber's own waiter node. */
// @ts-ignore: decorator
@inline
export function fiberWaiter(fiber: Fiber): Waiter {
  return changetype<Waiter>(changetype<usize>(fiber) + offsetof<Fiber>("waiterNext"));
}

// Nodes of the timer wheel and of wait queues are overlaid on these; a parked process is small.
if (offsetof<Fiber>() != 128) ERROR("Fiber is not 128 bytes");
if (offsetof<Fiber>("deadlineUs") != 32) ERROR("Fiber.deadlineUs is not at 32");
if (offsetof<Fiber>("waiterNext") != 64) ERROR("Fiber.waiterNext is not at 64");
