/** Per-instance state: which core this kernel instance speaks for. */
import { CORE_O_FIBER, CORE_O_PROCESS, coreBlock } from "../../abi/src/layout";
import { KCORES_BASE, KCORE_STRIDE } from "./layout";
import { Fiber } from "./proc/fiber";
import { Process } from "./proc/process";

/**
 *   0   | 4         | 8           | 12       | 16        | 20        | 24        | 28          | 32
 *   id  | cur fiber | cur process | cur gate | rq lock   | rq head   | rq tail   | rq length   | slice end f64
 *   40               | 48            | 56         | 60   | 64             | 72     | 80           | 88..135
 *   switched in f64  | next look f64 | timer heap | load | idle since f64 | boosts | switches u64 | scratch
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
  runHead: u32;
  runTail: u32;
  /** Atomic; written under runLock. */
  runLength: u32;
  // Owner only.
  sliceEndUs: f64;
  switchedInUs: f64;
  /** When the next timer or slice end makes `preempt` do more than look. */
  nextLookUs: f64;
  timers: u32;
  /** Atomic: fibers that live on this core, whatever their state. */
  load: u32;
  idleSinceUs: f64;
  /** Guarded by runLock: fibers queued ahead of their turn since one in turn last ran. */
  boosts: u32;
  spare: u32;
  switches: u64;
  /** Staging words for small copies from the current process (iovecs, events). */
  scratch0: u64;
  scratch1: u64;
  scratch2: u64;
  scratch3: u64;
  scratch4: u64;
  scratch5: u64;
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
