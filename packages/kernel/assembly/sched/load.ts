/** What the HAL tells about a program it loads. */
import { OBJECT_TTY } from "../../../abi/src/kernel-interface";
import { memorySized } from "../mem/oom";
import { handleAt } from "../obj/handle";
import { printTo } from "../obj/print";
import { fiberGone } from "../proc/exit";
import { FIBER_DOOMED, FIBER_LOADING } from "../proc/fiber";
import { Process, PROCESS_LIVE } from "../proc/process";
import { Spawn, spawnEnded, spawnFailed } from "../proc/spawn";
import { fiberNamed, fiberFree, processFind } from "../proc/tables";
import { treeLock, treeUnlock } from "../proc/tree";
import { sizeThrough } from "../user";
import { bound } from "./run";

export function fiber_bind(index: u32, gateSlot: u32): void {
  const fiber = fiberNamed(index);
  const process = changetype<Process>(<usize>fiber.process);
  process.gate = gateSlot;
  treeLock();
  process.state = PROCESS_LIVE;
  const spawn = <usize>process.spawn;
  process.spawn = 0;
  treeUnlock();
  if (spawn != 0) spawnEnded(spawn, 0);
  // Not before: one that is too large is the one to go.
  memorySized(process, sizeThrough(gateSlot));
  bound(fiber);
}

export function fiber_load_failed(index: u32, errno: u32, address: usize, length: u32): void {
  const fiber = fiberNamed(index);
  // Killed meanwhile: core_next unwinds it, and the kill is what the parent will see.
  if (fiber.state == FIBER_DOOMED) return;
  const process = changetype<Process>(<usize>fiber.process);
  printTo(process, 2, address, length);
  treeLock();
  process.fiber = 0;
  treeUnlock();
  const spawn = <usize>process.spawn;
  fiberGone(fiber);
  fiberFree(fiber);
  spawnFailed(changetype<Spawn>(spawn), -<i32>errno);
}

/** The progress of a download is for people: a terminal gets it. What a program died of is for whoever reads its errors. */
export function fiber_notice(index: u32, address: usize, length: u32): void {
  const fiber = fiberNamed(index);
  const process = changetype<Process>(<usize>fiber.process);
  if (fiber.state == FIBER_LOADING) {
    const handle = handleAt(process, 2);
    if (handle === null || handle.type != OBJECT_TTY) return;
  }
  printTo(process, 2, address, length);
}

/** Where the program's data, stack and heap are, before `fiber_bind`; 0 where it is not known. For /proc/<pid>/maps. */
export function fiber_layout(index: u32, dataStart: u32, dataEnd: u32, stackTop: u32, heapBase: u32): void {
  const process = changetype<Process>(<usize>fiberNamed(index).process);
  process.dataStart = dataStart;
  process.dataEnd = dataEnd;
  process.stackTop = stackTop;
  process.heapBase = heapBase;
}

/** Limit of the process's linear memory in 64 KiB pages. */
export function process_memory_limit(pid: u32): u32 {
  const process = processFind(pid);
  return process === null ? 0 : process.memoryLimit;
}
