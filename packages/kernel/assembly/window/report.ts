/** /proc/<pid>/maps for any agent: what the kernel knows of a process's linear memory. */
import { ESRCH } from "../../../abi/src/errno";
import { REGION_DATA, REGION_HEAP, REGION_MEMORY, REGION_SIZE, REGION_STACK, REGION_WINDOW } from "../../../abi/src/kernel-interface";
import { VMO_PROT_READ, VMO_PROT_WRITE } from "../../../abi/src/cloudos-v1";
import { PAGE_SHIFT } from "../../../abi/src/params";
import { File, vnodeOf } from "../fs/object";
import { spinLock, spinUnlock } from "../lock";
import { handleLockOf } from "../obj/handle";
import { Process } from "../proc/process";
import { processFind } from "../proc/tables";
import { treeLock, treeUnlock } from "../proc/tree";
import { Vmo } from "../vmo/vmo";
import { Window } from "./window";

/** Regions, in no order. Bytes written, or -ESRCH. */
export function proc_regions(pid: u32, out: usize, capacity: u32): i32 {
  treeLock();
  const process = processFind(pid);
  const rc = process === null ? -ESRCH : <i32>(describe(process, out, out + capacity) - out);
  treeUnlock();
  return rc;
}

function describe(process: Process, out: usize, limit: usize): usize {
  const size = process.memoryBytes;
  out = put(out, limit, 0, size, REGION_MEMORY);
  out = put(out, limit, process.dataStart, process.dataEnd, REGION_DATA);
  // Below the data where the stack comes first, else above it.
  const stackTop = process.stackTop;
  out = put(out, limit, stackTop > process.dataStart ? process.dataEnd : 0, stackTop, REGION_STACK);
  if (process.heapBase != 0) out = put(out, limit, process.heapBase, size, REGION_HEAP);
  spinLock(handleLockOf(process));
  for (let at = process.windows; at != 0; at = changetype<Window>(at).next) {
    const window = changetype<Window>(at);
    const vmo = changetype<Vmo>(window.vmo);
    const next = put(out, limit, window.start, window.start + window.length, REGION_WINDOW);
    if (next == out) break;
    store<u32>(out, window.prot & (VMO_PROT_READ | VMO_PROT_WRITE), 8);
    store<u64>(out, window.offset, 16);
    store<u64>(out, vmo.file != 0 ? vnodeOf(changetype<File>(vmo.file)).node : 0, 24);
    store<u64>(out, <u64>vmo.pages << PAGE_SHIFT, 32);
    out = next;
  }
  spinUnlock(handleLockOf(process));
  return out;
}

/** The end of the record, or `out` when there is no room, or nothing to say. */
function put(out: usize, limit: usize, start: u32, end: u32, kind: u32): usize {
  if (out + REGION_SIZE > limit || start >= end) return out;
  memory.fill(out, 0, REGION_SIZE);
  store<u32>(out, start);
  store<u32>(out, end, 4);
  store<u32>(out, VMO_PROT_READ | VMO_PROT_WRITE, 8);
  store<u32>(out, kind, 12);
  return out + REGION_SIZE;
}
