/** Numbers for processes and fibers. */
import { MAX_FIBERS, MAX_PROCESSES } from "../../../abi/src/params";
import { Globals, globals } from "../globals";
import { FIBER_TABLE_BASE, PROCESS_TABLE_BASE } from "../layout";
import { PANIC_FIBER, panic } from "../panic";
import { spinLock, spinUnlock } from "../lock";
import { slabAlloc, slabFree } from "../mem/slab";
import { Fiber } from "./fiber";
import { Process } from "./process";

/** Pids wrap here (Linux's 64-bit PID_MAX_LIMIT). A multiple of MAX_PROCESSES, so slots stay evenly used. */
const PID_MAX: u32 = 4194304;

function tableLock(): usize {
  return changetype<usize>(globals()) + offsetof<Globals>("tableLock");
}

function processSlot(pid: u32): usize {
  return PROCESS_TABLE_BASE + ((pid % MAX_PROCESSES) << 2);
}

/** The process of a pid, or null. Stable only under treeLock (or for the current process). */
export function processFind(pid: u32): Process | null {
  const address = atomic.load<u32>(processSlot(pid));
  if (address == 0) return null;
  const process = changetype<Process>(<usize>address);
  return process.pid == pid ? process : null;
}

/** Next process at or after table index `index`, for walks under treeLock: index + 1 of what was found, 0 at the end. */
export function processScan(index: u32): u32 {
  for (; index < <u32>MAX_PROCESSES; index++) {
    if (load<u32>(PROCESS_TABLE_BASE + (index << 2)) != 0) return index + 1;
  }
  return 0;
}

export function processAtIndex(index: u32): Process {
  return changetype<Process>(<usize>load<u32>(PROCESS_TABLE_BASE + (index << 2)));
}

/** A new process with a pid, or null: no memory or no number left. */
export function processAlloc(): Process | null {
  const address = slabAlloc(<u32>offsetof<Process>());
  if (address == 0) return null;
  const g = globals();
  const process = changetype<Process>(address);
  spinLock(tableLock());
  let pid: u32 = 0;
  if (g.processCount < <u32>MAX_PROCESSES - 1) {
    pid = g.pidCursor;
    do pid = pid + 1 >= PID_MAX ? 1 : pid + 1; while (load<u32>(processSlot(pid)) != 0);
    g.pidCursor = pid;
    g.processCount++;
    process.pid = pid;
    // ORDER: the pid before the table shows it.
    atomic.store<u32>(processSlot(pid), <u32>address);
  }
  spinUnlock(tableLock());
  if (pid != 0) return process;
  slabFree(address);
  return null;
}

export function processFree(process: Process): void {
  spinLock(tableLock());
  atomic.store<u32>(processSlot(process.pid), 0);
  globals().processCount--;
  spinUnlock(tableLock());
  slabFree(changetype<usize>(process));
}

// @ts-ignore: decorator
@inline
export function fiberFind(index: u32): Fiber {
  return changetype<Fiber>(<usize>load<u32>(FIBER_TABLE_BASE + (index << 2)));
}

/** The fiber the HAL names. A number that no fiber has means that HAL and kernel disagree about what runs: the end. */
export function fiberNamed(index: u32): Fiber {
  const fiber = index < <u32>MAX_FIBERS ? changetype<usize>(fiberFind(index)) : 0;
  if (fiber == 0) panic(PANIC_FIBER, 0x73656c626174, 0, index, 0); // "tables"
  return changetype<Fiber>(fiber);
}

export function fiberAlloc(): Fiber | null {
  const address = slabAlloc(<u32>offsetof<Fiber>());
  if (address == 0) return null;
  const g = globals();
  spinLock(tableLock());
  let index: u32 = 0;
  if (g.fiberCount < <u32>MAX_FIBERS - 1) {
    index = g.fiberCursor;
    do index = index + 1 >= <u32>MAX_FIBERS ? 1 : index + 1; while (load<u32>(FIBER_TABLE_BASE + (index << 2)) != 0);
    g.fiberCursor = index;
    g.fiberCount++;
    changetype<Fiber>(address).index = index;
    store<u32>(FIBER_TABLE_BASE + (index << 2), <u32>address);
  }
  spinUnlock(tableLock());
  if (index != 0) return changetype<Fiber>(address);
  slabFree(address);
  return null;
}

export function fiberFree(fiber: Fiber): void {
  spinLock(tableLock());
  store<u32>(FIBER_TABLE_BASE + (fiber.index << 2), 0);
  globals().fiberCount--;
  spinUnlock(tableLock());
  slabFree(changetype<usize>(fiber));
}
