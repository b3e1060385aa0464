/** WASI calls on the process itself: arguments, exit, scheduling, randomness. */
import { EINVAL } from "../../../abi/src/errno";
import { WAIT_EXITED } from "../../../abi/src/cloudos-v1";
import { NSIG, SIGTERM } from "../../../abi/src/signals";
import { currentFiber, currentProcess } from "../core";
import { randomOut } from "../obj/device";
import { Block, blockCopyOut, blockStringLength } from "../proc/block";
import { deliver, sysReturn } from "../proc/deliver";
import { processExit } from "../proc/exit";
import { signalSend } from "../proc/signal";
import { treeLock, treeUnlock } from "../proc/tree";
import { LEFT_YIELDED, switchOut } from "../sched/run";
import { store32 } from "../user";

function sizesGet(block: usize, count: u32, bytes: u32): i32 {
  const rc = store32(count, changetype<Block>(block).count);
  return sysReturn(rc < 0 ? rc : store32(bytes, changetype<Block>(block).length));
}

function stringsGet(block: usize, pointers: u32, buffer: u32): i32 {
  let rc = blockCopyOut(block, buffer);
  const strings = changetype<Block>(block);
  for (let offset: u32 = 0; rc == 0 && offset < strings.length; offset += blockStringLength(strings, offset) + 1) {
    rc = store32(pointers, buffer + offset);
    pointers += 4;
  }
  return sysReturn(rc);
}

export function p1_args_sizes_get(count: u32, bytes: u32): i32 {
  return sizesGet(currentProcess().args, count, bytes);
}

export function p1_args_get(pointers: u32, buffer: u32): i32 {
  return stringsGet(currentProcess().args, pointers, buffer);
}

export function p1_environ_sizes_get(count: u32, bytes: u32): i32 {
  return sizesGet(currentProcess().env, count, bytes);
}

export function p1_environ_get(pointers: u32, buffer: u32): i32 {
  return stringsGet(currentProcess().env, pointers, buffer);
}

export function p1_proc_exit(code: u32): void {
  // Like wait(2), parents see eight bits: exit(-1) is 255.
  processExit(WAIT_EXITED, code & 0xff);
}

/** WASI numbers signals like Linux up to 15 (SIGTERM); it has no 16 (SIGSTKFLT), so the rest is one lower. */
export function p1_proc_raise(wasiSignal: u32): i32 {
  const signal = wasiSignal > <u32>SIGTERM ? wasiSignal + 1 : wasiSignal;
  if (signal >= <u32>NSIG) return EINVAL;
  if (signal != 0) {
    treeLock();
    signalSend(currentProcess(), signal);
    treeUnlock();
    deliver();
  }
  return 0;
}

export function p1_sched_yield(): i32 {
  switchOut(currentFiber(), LEFT_YIELDED);
  deliver();
  return 0;
}

export function p1_random_get(buffer: u32, length: u32): i32 {
  return sysReturn(randomOut(buffer, length));
}
