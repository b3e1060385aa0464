/** Events: a word of signals that programs set, clear and wait for. */
import { EINVAL, ENOMEM } from "../../../abi/src/errno";
import { OBJECT_EVENT, OBJECT_TIMER, SIGNAL_SIGNALED, SIGNAL_USER } from "../../../abi/src/kernel-interface";
import { RIGHT_SIGNAL, RIGHTS_ALL_OBJECT } from "../../../abi/src/rights";
import { currentProcess } from "../core";
import { slabFree } from "../mem/slab";
import { Handle, handleMake, handleUse } from "../obj/handle";
import { KObject, objectAlloc, objectUnref } from "../obj/object";
import { sysReturn } from "../proc/deliver";
import { WaitQueue, wakeAll } from "../sched/wait";
import { checkRange, store32, userSlice } from "../user";

/** 0 KObject | 16 signals | 20 spare | 24 watchers (queue, 16). Timers begin the same way. */
@unmanaged
export class Event extends KObject {
  /** Atomic. */
  signals: u32;
  spare: u32;
  watchers0: u64;
  watchers1: u64;
}

export function eventRelease(object: usize): void {
  if (objectUnref(object)) slabFree(object);
}

/** Changes the signals of an event or timer and wakes who waits. */
export function eventChange(object: usize, clear: u32, set: u32): void {
  const word = object + offsetof<Event>("signals");
  for (;;) {
    const old = atomic.load<u32>(word);
    // ORDER: the signals before the look at the queue (sched/wait.ts).
    if (atomic.cmpxchg<u32>(word, old, (old & ~clear) | set) == old) break;
  }
  if (set != 0) wakeAll(changetype<WaitQueue>(object + offsetof<Event>("watchers0")));
}

/** A new object behind a new handle, whose value goes to `out`. `size` is its own. An errno. */
export function objectCreate(type: u32, size: u32, out: u32): i32 {
  const checked = checkRange(userSlice(out, 4));
  if (checked < 0) return sysReturn(checked);
  const object = objectAlloc(type, size);
  if (object == 0) return ENOMEM;
  const value = handleMake(currentProcess(), type, object, RIGHTS_ALL_OBJECT);
  if (value < 0) slabFree(object);
  return sysReturn(value < 0 ? value : store32(out, value));
}

export function c1_event_create(out: u32): i32 {
  return objectCreate(OBJECT_EVENT, <u32>offsetof<Event>(), out);
}

/** Clears, then sets, SIGNALED and the user's bits of an event; clears those of a timer. */
export function c1_object_signal(value: u32, clear: u32, set: u32): i32 {
  const found = handleUse(currentProcess(), value, 0, RIGHT_SIGNAL);
  if (found < 0) return -found;
  const type = changetype<Handle>(<usize>found).type;
  // A timer's signal may be taken, not given.
  if (type != OBJECT_EVENT && (type != OBJECT_TIMER || set != 0)) return EINVAL;
  if (((clear | set) & ~<u32>(SIGNAL_SIGNALED | SIGNAL_USER)) != 0) return EINVAL;
  eventChange(changetype<Handle>(<usize>found).object, clear, set);
  return 0;
}
