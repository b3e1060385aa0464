/** A core's loop: what it does between two fibers, and the check that running programs make. */
import { ACTION_IDLE, ACTION_RESUME, ACTION_START, ACTION_UNWIND, EXIT_RETURN, EXIT_TRAP, EXIT_UNWOUND } from "../../../abi/src/kernel-interface";
import {
  CORE_IDLE, CORE_O_IDLE_US, CORE_O_STATE, CORE_RUNNING, coreBlock, IRQ_HOST, IRQ_KILL, IRQ_RESCHED, IRQ_TIMER,
} from "../../../abi/src/layout";
import { WAIT_EXITED, WAIT_SIGNALED } from "../../../abi/src/cloudos-v1";
import { ringDoorbell, takeDoorbell } from "../../../hal-wasm/assembly/hal";
import { core, coreAt, coreId, currentFiber, KCore } from "../core";
import { Globals, globals } from "../globals";
import { hostKicked } from "../host/kicks";
import { klog, KLOG_WARN } from "../klog";
import { deliver } from "../proc/deliver";
import { fiberGone, processFinish, processKilled } from "../proc/exit";
import { Fiber, FIBER_DOOMED, FIBER_LOADING, FIBER_NEW } from "../proc/fiber";
import { Process } from "../proc/process";
import { signalsFatal } from "../proc/signal";
import { fiberNamed, fiberFree } from "../proc/tables";
import { fetchNew } from "./placement";
import { chargeCurrent, doom, LEFT_TAKEN, readClock, setNextLook, switchedIn, switchOut, takeNext, turnEndUs } from "./run";
import { timerNext, timersFire } from "./timer";

function block(): usize {
  return <usize>coreBlock(coreId());
}

/**
 * Takes the bits of the doorbell and carries them out, but for the masked ones, which wait in `irqHeld` (the word itself must be 0 for
 * the core to sleep). In order of priority: that a look at signals, timers and queues is due needs no handler, as it comes
 * anyway; the host comes last, its handler walks all rings.
 */
function interrupts(me: KCore): void {
  const mask = atomic.load<u32>(changetype<usize>(me) + offsetof<KCore>("irqMask"));
  const bits = me.irqHeld | takeDoorbell(me.id);
  me.irqHeld = bits & mask;
  if ((bits & ~mask & IRQ_HOST) != 0) hostKicked();
}

export function core_next(): u32 {
  const me = core();
  const at = block();
  const now = readClock();
  if (load<u32>(at, CORE_O_STATE) == CORE_IDLE) {
    store<f64>(at, load<f64>(at, CORE_O_IDLE_US) + now - me.idleSinceUs, CORE_O_IDLE_US);
    atomic.store<u32>(at + CORE_O_STATE, CORE_RUNNING);
  }
  if (globals().suspended == 0) timersFire(now);
  interrupts(me);
  let fiber = takeNext(now);
  if (fiber === null && globals().suspended == 0) fiber = fetchNew();
  if (fiber === null) {
    me.idleSinceUs = now;
    atomic.store<u32>(at + CORE_O_STATE, CORE_IDLE);
    return ACTION_IDLE;
  }
  const action = dispatch(fiber);
  if (action == ACTION_RESUME) switchedIn(fiber, now);
  return fiber.index << 2 | action;
}

/** What a fiber taken from the queue needs. */
function dispatch(fiber: Fiber): u32 {
  if (fiber.started == 0) {
    const process = changetype<Process>(<usize>fiber.process);
    const fatal = signalsFatal(process);
    if (fatal != 0 || fiber.state == FIBER_DOOMED) {
      processKilled(process, fatal);
      return ACTION_UNWIND;
    }
    if (fiber.state == FIBER_NEW) {
      fiber.state = FIBER_LOADING;
      // A kill that came before this line saw NEW and left the fiber alone.
      if (signalsFatal(process) != 0) doom(fiber);
      return ACTION_START;
    }
    fiber.started = 1;
  }
  return ACTION_RESUME;
}

/** The check that rewritten programs make every so often: mostly two loads and a clock. */
export function preempt(): void {
  const me = core();
  if (load<i32>(block()) != 0) {
    interrupts(me);
    me.nextLookUs = 0;
  }
  const now = readClock();
  if (now >= me.nextLookUs) preemptSlow(now);
}

function preemptSlow(now: f64): void {
  timersFire(now);
  deliver();
  // The HAL gets the core back at the end of every slice, even when nobody else is ready: messages to its worker wait.
  if (now < turnEndUs()) {
    setNextLook();
    return;
  }
  switchOut(currentFiber(), LEFT_TAKEN);
  // Killed or stopped while it waited for its turn.
  deliver();
}

/** Monotonic microseconds at which the core has something to do though nobody rings; Infinity: it may sleep until somebody does. */
export function core_deadline_us(): f64 {
  return globals().suspended != 0 ? Infinity : min(timerNext(), core().throttleEndUs);
}

/** Stops or starts the whole machine. Time goes on meanwhile: what fell due fires once it starts. */
export function os_suspend(): void {
  setSuspended(1, IRQ_HOST, IRQ_KILL);
}

export function os_resume(): void {
  setSuspended(0, 0, IRQ_RESCHED | IRQ_TIMER);
}

function setSuspended(suspended: u32, mask: u32, irq: u32): void {
  const g = globals();
  atomic.store<u32>(changetype<usize>(g) + offsetof<Globals>("suspended"), suspended);
  for (let id: u32 = 0; id < g.cores; id++) {
    atomic.store<u32>(changetype<usize>(coreAt(id)) + offsetof<KCore>("irqMask"), mask);
    ringDoorbell(id, irq);
  }
}

export function fiber_module(index: u32): u32 {
  return fiberNamed(index).module;
}

export function fiber_process(index: u32): u32 {
  return changetype<Process>(<usize>fiberNamed(index).process).pid;
}

export function fiber_exited(index: u32, how: u32, detail: u32): void {
  const fiber = fiberNamed(index);
  if (how == EXIT_TRAP) {
    const pid = changetype<Process>(<usize>fiber.process).pid;
    klog(KLOG_WARN, 0x206e692070617274, 0x20737365636f7270, pid, 0x206c616e67697320, detail); // "trap in process ", " signal "
  }
  if (how != EXIT_UNWOUND) {
    // The fiber is still the current one of this core: it ended by itself.
    const process = changetype<Process>(<usize>fiber.process);
    chargeCurrent();
    processFinish(process, how == EXIT_RETURN ? WAIT_EXITED : WAIT_SIGNALED, how == EXIT_RETURN ? 0 : detail);
  }
  fiberGone(fiber);
  fiberFree(fiber);
}
