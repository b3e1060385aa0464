/** Signals: sending them, what they do, what is pending. */
import { IRQ_KILL } from "../../../abi/src/layout";
import {
  SIGCHLD, SIGCONT, SIGKILL, SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU, SIGWINCH,
} from "../../../abi/src/signals";
import { WAIT_RESUMED, WAIT_STOPPED } from "../../../abi/src/cloudos-v1";
import { ringDoorbell } from "../../../hal-wasm/assembly/hal";
import { KCore, core } from "../core";
import { doom, resumeStopped } from "../sched/run";
import { fiberWake, WaitQueue, wakeAll } from "../sched/wait";
import { Fiber, WAKE_SIGNAL } from "./fiber";
import { Process, PROCESS_ZOMBIE } from "./process";
import { groupOrphaned } from "./tree";

// @ts-ignore: decorator
@inline
export function bitOf(signal: u32): u32 {
  return <u32>1 << (signal - 1);
}

const STOPS: u32 = 1 << (SIGSTOP - 1) | 1 << (SIGTSTP - 1) | 1 << (SIGTTIN - 1) | 1 << (SIGTTOU - 1);
/** Signals whose default is to do nothing (SIGCONT has done its work when it is sent). */
const HARMLESS: u32 = 1 << (SIGCHLD - 1) | 1 << (SIGCONT - 1) | 1 << (SIGWINCH - 1) | 1 << 22; // 23 is SIGURG
const UNBLOCKABLE: u32 = 1 << (SIGKILL - 1) | 1 << (SIGSTOP - 1);

function pendingWord(process: Process): usize {
  return changetype<usize>(process) + offsetof<Process>("pending");
}

function stoppedWord(process: Process): usize {
  return changetype<usize>(process) + offsetof<Process>("stopped");
}

/**
 * INV-2: `pending` holds only signals that must do something once they are not masked: end the process, stop it, or be
 * fetched by `sig_take`. Ignored ones are dropped and unmasked stops carried out when they are sent.
 */
export function signalDeliverable(fiber: Fiber): bool {
  const process = changetype<Process>(<usize>fiber.process);
  return (atomic.load<u32>(pendingWord(process)) & ~process.masked) != 0;
}

/** Is one of them fatal? */
export function signalFatal(fiber: Fiber): bool {
  return signalsFatal(changetype<Process>(<usize>fiber.process)) != 0;
}

/** Signals that end the process as soon as it may be ended. */
export function signalsFatal(process: Process): u32 {
  return atomic.load<u32>(pendingWord(process)) & ~process.masked & ~process.queued & ~STOPS;
}

/** Send to one process. treeLock is held; `signal` is 1..31. */
export function signalSend(process: Process, signal: u32): void {
  if (process.state == PROCESS_ZOMBIE) return;
  const bit = bitOf(signal);
  if (signal == SIGCONT || signal == SIGKILL) {
    atomic.and<u32>(pendingWord(process), ~STOPS);
    continueStopped(process, signal == SIGCONT);
  }
  if ((bit & STOPS) != 0) atomic.and<u32>(pendingWord(process), ~bitOf(SIGCONT));
  if (signal != SIGKILL && signal != SIGSTOP) {
    if ((process.ignored & bit) != 0) return;
    if ((HARMLESS & bit) != 0 && (process.queued & bit) == 0) return;
  }
  if ((bit & STOPS) != 0 && (process.queued & bit) == 0 && (process.masked & bit) == 0) {
    stop(process, signal);
    return;
  }
  atomic.or<u32>(pendingWord(process), bit);
  if ((process.masked & bit) == 0) poke(process, (process.queued & bit) == 0);
}

/** Make the process's fiber notice, wherever it is. */
function poke(process: Process, fatal: bool): void {
  const fiber = changetype<Fiber>(<usize>process.fiber);
  if (changetype<usize>(fiber) == 0) return;
  const mode = atomic.load<u32>(changetype<usize>(fiber) + offsetof<Fiber>("interruptible"));
  if (mode == 1 || (mode == 2 && fatal)) fiberWake(fiber, WAKE_SIGNAL);
  if (fatal) {
    doom(fiber);
    const owner = changetype<KCore>(<usize>fiber.core);
    if (owner != core()) ringDoorbell(owner.id, IRQ_KILL);
    else ringSelf();
  }
}

/** A fiber of this very core: its next `preempt` must look. */
function ringSelf(): void {
  core().nextLookUs = 0;
}

function stop(process: Process, signal: u32): void {
  // POSIX: members of an orphaned group are not stopped from the terminal; nobody could continue them.
  if (signal != SIGSTOP && groupOrphaned(process.pgid, 0)) return;
  if (atomic.cmpxchg<u32>(stoppedWord(process), 0, signal) != 0) return;
  const fiber = changetype<Fiber>(<usize>process.fiber);
  if (changetype<usize>(fiber) != 0) {
    const owner = changetype<KCore>(<usize>fiber.core);
    if (owner != core()) ringDoorbell(owner.id, IRQ_KILL);
    else ringSelf();
  }
  tellParent(process, WAIT_STOPPED);
}

function continueStopped(process: Process, report: bool): void {
  if (atomic.xchg<u32>(stoppedWord(process), 0) == 0) return;
  if (process.fiber != 0) resumeStopped(changetype<Fiber>(<usize>process.fiber));
  if (report) tellParent(process, WAIT_RESUMED);
}

function tellParent(process: Process, event: u32): void {
  process.waitEvent = event + 1;
  if (process.parent == 0) return;
  const parent = changetype<Process>(<usize>process.parent);
  signalSend(parent, SIGCHLD);
  wakeAll(childWait(parent));
}

// @ts-ignore: decorator
@inline
export function childWait(process: Process): WaitQueue {
  return changetype<WaitQueue>(changetype<usize>(process) + offsetof<Process>("childWait0"));
}

/** After a change of disposition or mask: carry out or drop what that set free. treeLock is held. */
export function signalsReview(process: Process): void {
  atomic.and<u32>(pendingWord(process), ~(process.ignored & ~UNBLOCKABLE));
  atomic.and<u32>(pendingWord(process), ~(HARMLESS & ~process.queued));
  const stops = atomic.load<u32>(pendingWord(process)) & STOPS & ~process.masked & ~process.queued;
  if (stops != 0) {
    atomic.and<u32>(pendingWord(process), ~stops);
    stop(process, ctz(stops) + 1);
  }
}

/** Default actions of a child: queued ones become default, ignored ones stay ignored. */
export function signalsInherit(parent: Process, child: Process): void {
  child.ignored = parent.ignored;
  child.masked = parent.masked;
}

/** Take the lowest queued signal that is pending and not masked, or 0. */
export function signalTake(process: Process): u32 {
  while (true) {
    const ready = atomic.load<u32>(pendingWord(process)) & process.queued & ~process.masked;
    if (ready == 0) return 0;
    const signal = ctz(ready) + 1;
    if ((atomic.and<u32>(pendingWord(process), ~bitOf(signal)) & bitOf(signal)) != 0) return signal;
  }
}

