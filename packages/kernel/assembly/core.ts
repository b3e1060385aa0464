/** Per-instance state: which core this kernel instance speaks for. */
import { CORE_O_FIBER, CORE_O_PROCESS, coreBlock } from "../../abi/src/layout";
import { KCORES_BASE, KCORE_STRIDE } from "./layout";
import { Fiber } from "./proc/fiber";
import { Process } from "./proc/process";

/**
 *   0   | 4         | 8           | 12       | 16        | 20        | 24       | 28         | 32
 *   id  | cur fiber | cur process | cur gate | run lock  | ready     | new tail | resched    | slice end f64
 *   40               | 48            | 56       | 60   | 64             | 72     | 80           | 88..135
 *   switched in f64  | next look f64 | hand-off | load | idle since f64 | wheel  | switches u64 | scratch
 *   136     | 144      | 148      | 152          | 160       | 168         | 176        | 184        | 192       | 196
 *   now f64 | previous | how left | boost due f64| rt used f64| rt end f64 | throttled  | timer f64  | timer lock| epoch
 *   200 root share | 204 interrupts held | 208 cap left f64 | 216 throttled list | 220 interrupt mask | 224 graves | 228 burying | 232 bells held | 236 bell due
 */
@unmanaged
export class KCore {
  /** Written once by core_init. */
  id: u32;
  // Owner only.
  fiber: u32;
  process: u32;
  gate: u32;
  // Guarded by runLock.
  runLock: u32;
  /** Fibers that are queued here. Atomic; written under runLock. */
  ready: u32;
  /** Fibers whose program is not loaded yet: last of a ring through Fiber.next. Other cores that idle may take from it. */
  newTail: u32;
  /** Someone was woken: the running fiber has its least and no more (RESCHED_*). */
  resched: u32;
  // Owner only.
  sliceEndUs: f64;
  switchedInUs: f64;
  /** When the next timer or slice end makes `preempt` do more than look. */
  nextLookUs: f64;
  /** The fiber that gets the core next, whatever waits: see `fiberHandOff`. */
  handOff: u32;
  /** Atomic: fibers that live on this core, whatever their state. */
  load: u32;
  idleSinceUs: f64;
  /** Written once at boot: a frame with the timer wheel (guarded by timerLock) and the real-time queue (guarded by runLock). */
  wheel: u32;
  spare0: u32;
  switches: u64;
  /** Staging words for small copies from the current process (iovecs, events). */
  scratch0: u64;
  scratch1: u64;
  scratch2: u64;
  scratch3: u64;
  scratch4: u64;
  scratch5: u64;
  // Owner only.
  /** The clock as last read here; never goes back. */
  nowUs: f64;
  /** The fiber that gave up the core last and is not accounted for yet, and how (LEFT_*). */
  previous: u32;
  left: u32;
  // Guarded by runLock.
  boostDueUs: f64;
  realtimeUsedUs: f64;
  realtimeEndUs: f64;
  /** When a job that used up its cap may go on; Infinity: none waits. */
  throttleEndUs: f64;
  // Guarded by timerLock.
  timerUs: f64;
  timerLock: u32;
  // Guarded by runLock.
  /** Counts boosts: what was queued before the last one is on the highest level. */
  epoch: u32;
  /** Written once at boot: the share of the root job, the top of this core's tree. */
  root: u32;
  /** Interrupts that came while they were masked. Owner only. */
  irqHeld: u32;
  /** What the jobs above the fiber that was picked may still use before their caps. */
  capLeftUs: f64;
  /** Shares that wait for the end of a cap period, linked through `parked`. */
  throttled: u32;
  /** Bits that are held back. Atomic. */
  irqMask: u32;
  // Owner only: messages to free, see messageBury.
  graves: u32;
  burying: u32;
  /** Depth of `bellsHold`, and 1 + the core whose doorbell is to be rung at its end; 0 none. */
  bellsHeld: u32;
  bellDue: u32;
}

/** The only mutable global of the module: the address of this instance's KCore. */
let self: usize = 0;

// @ts-ignore: decorator
@inline
export function core(): KCore {
  return changetype<KCore>(self);
}

export function coreAt(id: u32): KCore {
  return changetype<KCore>(KCORES_BASE + id * KCORE_STRIDE);
}

// @ts-ignore: decorator
@inline
export function coreId(): i32 {
  return <i32>core().id;
}

export function coreSelect(id: u32): void {
  self = KCORES_BASE + id * KCORE_STRIDE;
  core().id = id;
}

// @ts-ignore: decorator
@inline
export function currentFiber(): Fiber {
  return changetype<Fiber>(core().fiber);
}

// @ts-ignore: decorator
@inline
export function currentProcess(): Process {
  return changetype<Process>(core().process);
}

/** Make a fiber (0: none) current; the public core block shows it to the host. */
export function setCurrent(fiber: Fiber | null): void {
  const me = core();
  const block = <usize>coreBlock(me.id);
  if (fiber === null) {
    me.fiber = 0;
    me.process = 0;
    store<u32>(block + CORE_O_FIBER, 0);
    store<u32>(block + CORE_O_PROCESS, 0);
    return;
  }
  const process = changetype<Process>(fiber.process);
  me.fiber = changetype<u32>(fiber);
  me.process = fiber.process;
  me.gate = process.gate;
  store<u32>(block + CORE_O_FIBER, fiber.index);
  store<u32>(block + CORE_O_PROCESS, process.pid);
}

if (offsetof<KCore>("scratch0") != 88) ERROR("KCore.scratch0 is not at 88");
if (offsetof<KCore>() > KCORE_STRIDE) ERROR("KCore does not fit its stride");
