/**
 * Out of memory. Frames are never promised before they are there, so who asks for one too many is told ENOMEM and nobody dies of
 * it. Linear memories grow without asking: a job that has outgrown its limit that way loses its largest process. Services are not processes here,
 * so they are never chosen.
 */
import { OBJECT_VMO } from "../../../abi/src/kernel-interface";
import { PAGE_SHIFT } from "../../../abi/src/params";
import { SIGKILL } from "../../../abi/src/signals";
import { core, KCore } from "../core";
import { klog, KLOG_WARN } from "../klog";
import { spinLock, spinUnlock } from "../lock";
import { handleAt, handleLimit, handleLockOf } from "../obj/handle";
import { printTo } from "../obj/print";
import { jobChargeGrown, jobWithin } from "../proc/job";
import { Process, PROCESS_LIVE } from "../proc/process";
import { bitOf, signalSend } from "../proc/signal";
import { processAtIndex, processScan } from "../proc/tables";
import { treeLock, treeUnlock } from "../proc/tree";
import { Vmo } from "../vmo/vmo";

/** A process's linear memory has `bytes` now. It never shrinks. No lock is held. */
export function memorySized(process: Process, bytes: u32): void {
  const more = bytes - process.memoryBytes;
  if (more == 0) return;
  process.memoryBytes = bytes;
  const over = jobChargeGrown(process.job, more);
  if (over != 0) oomKill(over);
}

/** What a process would give back: its linear memory and the VMOs it has handles to. treeLock is held. */
function sizeOf(process: Process): u64 {
  let bytes = <u64>process.memoryBytes;
  spinLock(handleLockOf(process));
  const end = handleLimit(process);
  for (let fd: u32 = 0; fd < end; fd++) {
    const handle = handleAt(process, fd);
    if (handle !== null && handle.type == OBJECT_VMO) bytes += <u64>changetype<Vmo>(handle.object).pages << PAGE_SHIFT;
  }
  spinUnlock(handleLockOf(process));
  return bytes;
}

/** Ends the largest process of a job and those inside it, unless one is ending already. */
function oomKill(job: usize): void {
  let victim = changetype<Process>(0);
  let most: u64 = 0;
  treeLock();
  for (let at = processScan(0); at != 0; at = processScan(at)) {
    const process = processAtIndex(at - 1);
    if (process.state != PROCESS_LIVE || !jobWithin(process.job, job)) continue;
    const bytes = (process.pending & bitOf(SIGKILL)) != 0 ? u64.MAX_VALUE : sizeOf(process);
    if (bytes <= most) continue;
    most = bytes;
    victim = process;
  }
  if (most != 0 && most != u64.MAX_VALUE) {
    tell(victim);
    // "out of memory: ", " killed, KiB "
    klog(KLOG_WARN, 0x6d20666f2074756f, 0x203a79726f6d65, victim.pid, 0x20, <u32>(most >> 10));
    signalSend(victim, SIGKILL);
  }
  treeUnlock();
}

/** "Killed: its job is out of memory" on its descriptor 2. */
function tell(process: Process): void {
  const text = changetype<usize>(core()) + offsetof<KCore>("scratch0");
  store<u64>(text, 0x203a64656c6c694b);
  store<u64>(text, 0x20626f6a20737469, 8);
  store<u64>(text, 0x6f2074756f207369, 16);
  store<u64>(text, 0x79726f6d656d2066, 24);
  store<u64>(text, 0x000000000000000a, 32);
  printTo(process, 2, text, 33);
}
