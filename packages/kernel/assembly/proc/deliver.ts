/** The way out of a system call, and what signals do to the process that is current. */
import { EINTR, EPIPE } from "../../../abi/src/errno";
import { SIGPIPE } from "../../../abi/src/signals";
import { currentFiber, currentProcess } from "../core";
import { globals } from "../globals";
import { LEFT_YIELDED, switchOut } from "../sched/run";
import { Job } from "./job";
import { processExit } from "./exit";
import { WAIT_SIGNALED } from "../../../abi/src/cloudos-v1";
import { Process } from "./process";
import { signalSend, signalsFatal } from "./signal";
import { treeLock, treeUnlock } from "./tree";

/** A kernel result (>= 0 or -errno) as a program sees it: 0 or a positive errno. */
export function sysReturn(rc: i32): i32 {
  return rc >= 0 ? 0 : sysFailed(rc);
}

function sysFailed(rc: i32): i32 {
  if (rc == -EINTR) deliver();
  return -rc;
}

/** For results of writes: a broken pipe is also a signal. */
export function writeFailed(rc: i32): i32 {
  if (rc == -EPIPE) {
    treeLock();
    signalSend(currentProcess(), SIGPIPE);
    treeUnlock();
    deliver();
  }
  return sysFailed(rc);
}

/** Die of a fatal signal or halt here, if there is a reason to. No lock is held and nothing is left to undo. */
export function deliver(): void {
  const process = currentProcess();
  for (;;) {
    const fatal = signalsFatal(process);
    if (fatal != 0) processExit(WAIT_SIGNALED, ctz(fatal) + 1);
    if (!isHalted(process)) return;
    switchOut(currentFiber(), LEFT_YIELDED);
  }
}

/** Stopped, in a job that is frozen, or the machine is suspended. */
function isHalted(process: Process): bool {
  if (atomic.load<u32>(changetype<usize>(process) + offsetof<Process>("stopped")) != 0) return true;
  return (atomic.load<u32>(process.job + offsetof<Job>("frozen")) | globals().suspended) != 0;
}
