/**
 * Timers: one wheel per core. A node is armed on the core that arms it (core 0 for agents, which have no loop) and fires there; any
 * instance may cancel it. Deadlines are monotonic microseconds. A periodic timer arms itself again at its last deadline plus its
 * period (`timerPeriodNext`), so it does not drift, however late it fires.
 */
import { IRQ_TIMER } from "../../../abi/src/layout";
import { MAX_CORES } from "../../../abi/src/params";
import { ringDoorbell } from "../../../hal-wasm/assembly/hal";
import { PLACE_NONE, TimerNode, wheelInsert, wheelNext, wheelRemove, wheelTake } from "../core/timer-wheel";
import { core, coreAt, coreId, KCore } from "../core";
import { spinLock, spinUnlock } from "../lock";
import { Fiber, WAKE_TIMEOUT } from "../proc/fiber";
import { timerFired } from "../ipc/timer";
import { setNextLook } from "./run";
import { fiberWake } from "./wait";

/** What a node is part of, and so what firing it does. */
export const TIMER_FIBER: u32 = 0;
/** A timer object (ipc/timer.ts). */
export const TIMER_OBJECT: u32 = 1;

/** Timers fired in a row before fibers run again: 10,000 at one instant starve nobody. */
const FIRE_MOST: u32 = 256;
/** Further away than any machine lives (30 years); the wheel wants finite numbers. */
const FOREVER_US: f64 = 1e15;

/** A node of the wheel (core/timer-wheel.ts), and what the kernel knows about it. All zero is one that is not armed. */
@unmanaged
export class Timer extends TimerNode {
  /** TIMER_* */
  kind: u32;
  /** KCore whose wheel it is in. */
  core: u32;
}
if (offsetof<Timer>() != 32) ERROR("Timer is not 32 bytes");

function timerLock(owner: KCore): usize {
  return changetype<usize>(owner) + offsetof<KCore>("timerLock");
}

/** Arms a node that is not armed. */
export function timerArm(node: usize, deadlineUs: f64, kind: u32): void {
  const timer = changetype<Timer>(node);
  const owner = coreId() < MAX_CORES ? core() : coreAt(0);
  const deadline = max(0.0, min(deadlineUs, FOREVER_US));
  spinLock(timerLock(owner));
  timer.kind = kind;
  timer.core = changetype<u32>(owner);
  wheelInsert(owner.wheel, <u32>node, deadline);
  const sooner = deadline < owner.timerUs;
  if (sooner) owner.timerUs = deadline;
  spinUnlock(timerLock(owner));
  if (!sooner) return;
  if (owner != core()) ringDoorbell(owner.id, IRQ_TIMER);
  else setNextLook();
}

/** True if the node was armed; it will not fire then. False: it has fired, is just firing on another core, or never was armed. */
export function timerCancel(node: usize): bool {
  const timer = changetype<Timer>(node);
  if (timer.place == PLACE_NONE) return false;
  const owner = changetype<KCore>(<usize>timer.core);
  spinLock(timerLock(owner));
  const armed = wheelRemove(owner.wheel, <u32>node);
  spinUnlock(timerLock(owner));
  return armed;
}

/** Monotonic microseconds of this core's next time-out, Infinity when none. After a cancel it may be early, once. */
export function timerNext(): f64 {
  return core().timerUs;
}

/** When a timer of a period that was due at `deadlineUs` is due next; periods that have passed altogether are left out. */
export function timerPeriodNext(deadlineUs: f64, periodUs: f64, nowUs: f64): f64 {
  const next = deadlineUs + periodUs;
  return next > nowUs ? next : deadlineUs + (floor((nowUs - deadlineUs) / periodUs) + 1) * periodUs;
}

export function timersFire(nowUs: f64): void {
  const me = core();
  if (nowUs < me.timerUs) return;
  const wheel = <usize>me.wheel;
  for (let fired: u32 = 0; ; fired++) {
    spinLock(timerLock(me));
    const node = fired < FIRE_MOST ? <usize>wheelTake(wheel, nowUs) : 0;
    if (node == 0) me.timerUs = wheelNext(wheel);
    spinUnlock(timerLock(me));
    if (node == 0) return;
    fire(node);
  }
}

function fire(node: usize): void {
  switch (<i32>changetype<Timer>(node).kind) {
    case TIMER_FIBER:
      fiberWake(changetype<Fiber>(node - offsetof<Fiber>("deadlineUs")), WAKE_TIMEOUT);
      break;
    case TIMER_OBJECT:
      timerFired(node);
      break;
  }
}
