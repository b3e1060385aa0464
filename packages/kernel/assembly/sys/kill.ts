/** Signals between processes, and what a process does with its own. */
import { EINVAL, EPERM, ESRCH } from "../../../abi/src/errno";
import { NSIG, SIG_DFL, SIG_IGN, SIG_QUEUE, SIGKILL, SIGSTOP } from "../../../abi/src/signals";
import { currentProcess } from "../core";
import { deliver, sysReturn } from "../proc/deliver";
import { jobWithin } from "../proc/job";
import { Process, PROCESS_ZOMBIE } from "../proc/process";
import { bitOf, signalSend, signalsReview, signalTake } from "../proc/signal";
import { processAtIndex, processScan } from "../proc/tables";
import { treeLock, treeUnlock } from "../proc/tree";
import { store32 } from "../user";

/** There is one user, who may signal everything from a shell; what is confined reaches its own job only. */
export function permitted(from: Process, to: Process): bool {
  return from.rootNode != 0 || jobWithin(to.job, from.job);
}

export function c1_proc_kill(pid: i32, signal: u32): i32 {
  if (signal >= <u32>NSIG) return EINVAL;
  const self = currentProcess();
  let found = false;
  let sent = false;
  treeLock();
  for (let at = processScan(0); at != 0; at = processScan(at)) {
    const process = processAtIndex(at - 1);
    if (!addressed(self, process, pid)) continue;
    found = true;
    if (!permitted(self, process)) continue;
    sent = true;
    if (signal != 0) signalSend(process, signal);
  }
  treeUnlock();
  deliver();
  return sent ? 0 : found && pid != -1 ? EPERM : ESRCH;
}

function addressed(self: Process, process: Process, pid: i32): bool {
  if (pid > 0) return process.pid == <u32>pid;
  // A broadcast stays in the job, or one terminal's `kill -9 -1` would end the others. Like Linux, it spares the sender.
  if (pid == -1) return process !== self && jobWithin(process.job, self.job) && process.state != PROCESS_ZOMBIE;
  return process.pgid == (pid == 0 ? self.pgid : <u32>-pid);
}

export function c1_sig_action(signal: u32, disposition: u32, oldOut: u32): i32 {
  if (signal == 0 || signal >= <u32>NSIG || disposition > <u32>SIG_QUEUE) return EINVAL;
  if (signal == SIGKILL || signal == SIGSTOP) return EINVAL;
  const process = currentProcess();
  const bit = bitOf(signal);
  const old = (process.ignored & bit) != 0 ? SIG_IGN : (process.queued & bit) != 0 ? SIG_QUEUE : SIG_DFL;
  if (oldOut != 0) {
    const rc = store32(oldOut, old);
    if (rc < 0) return sysReturn(rc);
  }
  treeLock();
  process.ignored = disposition == SIG_IGN ? process.ignored | bit : process.ignored & ~bit;
  process.queued = disposition == SIG_QUEUE ? process.queued | bit : process.queued & ~bit;
  signalsReview(process);
  treeUnlock();
  deliver();
  return 0;
}

export function c1_sig_take(): i32 {
  return signalTake(currentProcess());
}

export function c1_sig_mask(set: u32, oldOut: u32): i32 {
  const process = currentProcess();
  if (oldOut != 0) {
    const rc = store32(oldOut, process.masked);
    if (rc < 0) return sysReturn(rc);
  }
  treeLock();
  process.masked = set & ~(bitOf(SIGKILL) | bitOf(SIGSTOP));
  signalsReview(process);
  treeUnlock();
  deliver();
  return 0;
}
