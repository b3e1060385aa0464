/** Timers as objects: SIGNALED at a deadline, and again every period. They begin like events. */
import { EINVAL } from "../../../abi/src/errno";
import { OBJECT_TIMER, SIGNAL_SIGNALED } from "../../../abi/src/kernel-interface";
import { RIGHT_SIGNAL } from "../../../abi/src/rights";
import { core, currentProcess } from "../core";
import { PLACE_NONE } from "../core/timer-wheel";
import { spinLock, spinUnlock } from "../lock";
import { slabFree } from "../mem/slab";
import { Handle, handleUse } from "../obj/handle";
import { KObject, objectRef, objectUnref } from "../obj/object";
import { Timer, TIMER_OBJECT, timerArm, timerCancel, timerPeriodNext } from "../sched/timer";
import { Event, eventChange, objectCreate } from "./event";

/** 0 Event (40) | 40 wheel node (32) | 72 period us f64 | 80 armed. An armed timer holds a reference to itself. */
@unmanaged
class TimerObject extends Event {
  node0: u64;
  node1: u64;
  node2: u64;
  node3: u64;
  /** 0: fires once. Guarded by lock, as is `armed`. */
  periodUs: f64;
  armed: u32;
}

function nodeOf(timer: TimerObject): usize {
  return changetype<usize>(timer) + offsetof<TimerObject>("node0");
}

function lockOf(timer: TimerObject): usize {
  return changetype<usize>(timer) + offsetof<KObject>("lock");
}

export function c1_timer_create(out: u32): i32 {
  return objectCreate(OBJECT_TIMER, <u32>offsetof<TimerObject>(), out);
}

/** Unset it. False when it is not armed, or just firing on another core, which then notices. lock is held. */
function disarm(timer: TimerObject): bool {
  const armed = timer.armed != 0 && timerCancel(nodeOf(timer));
  timer.armed = 0;
  return armed;
}

/** Arms the timer for monotonic `deadline` ns, then every `period` ns (0: once), instead of what it was set to. Clears SIGNALED. */
export function c1_timer_set(value: u32, deadline: u64, period: u64): i32 {
  const found = handleUse(currentProcess(), value, OBJECT_TIMER, RIGHT_SIGNAL);
  if (found < 0) return -found;
  // A period shorter than the wheel's step would do nothing but fire.
  if (period != 0 && period < 1000) return EINVAL;
  const timer = changetype<TimerObject>(<usize>changetype<Handle>(<usize>found).object);
  const address = changetype<usize>(timer);
  spinLock(lockOf(timer));
  if (!disarm(timer)) objectRef(address);
  eventChange(address, SIGNAL_SIGNALED, 0);
  timer.periodUs = <f64>period / 1000;
  timer.armed = 1;
  timerArm(nodeOf(timer), <f64>deadline / 1000, TIMER_OBJECT);
  spinUnlock(lockOf(timer));
  return 0;
}

/** It does not fire any more; what it has signalled is cleared. */
export function c1_timer_cancel(value: u32): i32 {
  const found = handleUse(currentProcess(), value, OBJECT_TIMER, RIGHT_SIGNAL);
  if (found < 0) return -found;
  const object = <usize>changetype<Handle>(<usize>found).object;
  spinLock(lockOf(changetype<TimerObject>(object)));
  const disarmed = disarm(changetype<TimerObject>(object));
  eventChange(object, SIGNAL_SIGNALED, 0);
  spinUnlock(lockOf(changetype<TimerObject>(object)));
  if (disarmed) objectUnref(object);
  return 0;
}

/** The wheel has taken the node out. */
export function timerFired(node: usize): void {
  const timer = changetype<TimerObject>(node - offsetof<TimerObject>("node0"));
  const object = changetype<usize>(timer);
  spinLock(lockOf(timer));
  // Cancelled, or set anew, since it was taken out?
  const due = timer.armed != 0 && changetype<Timer>(node).place == PLACE_NONE;
  let again = false;
  if (due) {
    eventChange(object, 0, SIGNAL_SIGNALED);
    // The last reference is its own: nobody can see it any more.
    again = timer.periodUs != 0 && atomic.load<u32>(object + offsetof<KObject>("refs")) > 1;
    timer.armed = again ? 1 : 0;
    if (again) timerArm(node, timerPeriodNext(changetype<Timer>(node).deadlineUs, timer.periodUs, core().nowUs), TIMER_OBJECT);
  }
  const last = !again && objectUnref(object);
  spinUnlock(lockOf(timer));
  if (last) slabFree(object);
}

/** A handle or bind lets go. */
export function timerRelease(object: usize): void {
  const timer = changetype<TimerObject>(object);
  spinLock(lockOf(timer));
  let last = objectUnref(object);
  // Is the wheel the only one left to refer to it? When it cannot be disarmed it is just firing, and then lets go.
  if (!last && timer.refs == 1 && timer.armed != 0 && timerCancel(nodeOf(timer))) {
    timer.armed = 0;
    last = objectUnref(object);
  }
  spinUnlock(lockOf(timer));
  if (last) slabFree(object);
}
