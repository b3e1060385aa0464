/**
 * When the emulated processor runs. The emulator works in slices of about a millisecond and asks to be called again after a
 * delay (0: at once; otherwise the guest sleeps until its next timer). This decides when that happens:
 * it counts busy time, keeps the machine to its share of a core, and turns an exception in a slice into the end of the machine.
 */
import type { V86Main } from "./v86-internals.ts";

/** Debt below this is carried on, so that a share does not cost a timer per slice. */
const DEBT_MS = 8;
const LOAD_WINDOW_MS = 1000;
const IDLE_LOAD = 0.1;

export interface Pacer {
  /** Part of a core, above 0 to 1. */
  share: number;
  /** Time spent in slices. */
  readonly busyMs: number;
  /** busyMs over wall time in the last window, 0 to 1. */
  load(): number;
  /** Since the load was last above a tenth, or `touch`. */
  idleMs(): number;
  touch(): void;
}

export function pace(main: V86Main, share: number, onCrash: (error: unknown) => void): Pacer {
  const later = scheduler();
  let debtMs = 0;
  let windowStart = performance.now();
  let windowBusyMs = 0;
  let lastLoad = 0;
  let lastBusyAt = windowStart;
  let busyMs = 0;
  let crashed = false;

  const turn = (now: number) => {
    const elapsed = now - windowStart;
    if (elapsed < LOAD_WINDOW_MS) return;
    lastLoad = Math.min(1, windowBusyMs / elapsed);
    if (lastLoad > IDLE_LOAD) lastBusyAt = now;
    windowStart = now;
    windowBusyMs = 0;
  };
  const slice = (tick: number) => {
    if (crashed) return;
    const begin = performance.now();
    try {
      main.yield_callback(tick);
    } catch (error) {
      crashed = true;
      onCrash(error);
      return;
    }
    const end = performance.now();
    const spent = end - begin;
    busyMs += spent;
    windowBusyMs += spent;
    if (pacer.share < 1) debtMs += spent * (1 / pacer.share - 1);
    turn(end);
  };
  main.yield = (delayMs, tick) => {
    let wait = Math.max(0, delayMs);
    // A sleeping guest pays its debt while it sleeps.
    if (debtMs > 0 && wait > 0) debtMs = Math.max(0, debtMs - wait);
    if (debtMs > DEBT_MS) {
      wait += debtMs;
      debtMs = 0;
    }
    later(() => slice(tick), wait);
  };
  const pacer: Pacer = {
    share,
    get busyMs() {
      return busyMs;
    },
    load() {
      turn(performance.now());
      return lastLoad;
    },
    idleMs() {
      turn(performance.now());
      return performance.now() - lastBusyAt;
    },
    touch() {
      lastBusyAt = performance.now();
    },
  };
  return pacer;
}

/** Timers without the 4 ms that browsers add to nested ones. */
function scheduler(): (run: () => void, delayMs: number) => void {
  const scope = globalThis as {
    setImmediate?: (run: () => void) => unknown;
    scheduler?: { postTask(run: () => void, options: { delay: number }): Promise<unknown> };
  };
  const { setImmediate } = scope;
  if (setImmediate !== undefined)
    return (run, delayMs) => (delayMs < 1 ? setImmediate(run) : setTimeout(run, delayMs)) as unknown as undefined;
  const tasks = scope.scheduler;
  if (tasks !== undefined && typeof tasks.postTask === "function")
    return (run, delayMs) => void tasks.postTask(run, { delay: delayMs });
  // No postTask (Safari): a message for "at once", plain timers otherwise.
  const { port1, port2 } = new MessageChannel();
  const ready: (() => void)[] = [];
  port1.onmessage = () => ready.shift()?.();
  return (run, delayMs) => {
    if (delayMs >= 1) return void setTimeout(run, delayMs);
    ready.push(run);
    port2.postMessage(0);
  };
}
