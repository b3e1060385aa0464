/** proc_wait: children that ended, stopped or went on. */
import { ECHILD, EFAULT, EINVAL } from "../../../abi/src/errno";
import {
  WAIT_CONTINUED, WAIT_NOHANG, WAIT_RESUMED, WAIT_STOPPED, WAIT_UNTRACED,
} from "../../../abi/src/cloudos-v1";
import { SIGCONT } from "../../../abi/src/signals";
import { CALL_NONE } from "../cap/call";
import { core, currentProcess, KCore } from "../core";
import { deliver, sysReturn } from "../proc/deliver";
import { reap } from "../proc/exit";
import { Process, PROCESS_ZOMBIE } from "../proc/process";
import { childWait } from "../proc/signal";
import { treeLock, treeUnlock } from "../proc/tree";
import { park, waitCancel, waitPrepare } from "../sched/wait";
import { checkRange, copyOut, userSlice } from "../user";

const WAIT_SIZE: u32 = 16;

export function c1_proc_wait(pid: i32, options: u32, statusOut: u32): i32 {
  if ((options & ~<u32>(WAIT_NOHANG | WAIT_UNTRACED | WAIT_CONTINUED)) != 0) return EINVAL;
  // A status that cannot be delivered must not be taken from the child.
  if (checkRange(userSlice(statusOut, WAIT_SIZE)) < 0) return EFAULT;
  const rc = waitFor(pid, options, statusOut);
  // The signal that ended the child may be meant for this process too: it goes no further than here then.
  if (rc >= 0) deliver();
  return sysReturn(rc);
}

function waitFor(pid: i32, options: u32, statusOut: u32): i32 {
  const parent = currentProcess();
  parent.call = CALL_NONE;
  const status = changetype<usize>(core()) + offsetof<KCore>("scratch0");
  while (true) {
    waitPrepare(childWait(parent));
    treeLock();
    const rc = take(parent, pid, options, status);
    treeUnlock();
    if (rc != 0) {
      waitCancel();
      return rc < 0 ? rc : copyOut(statusOut, status, WAIT_SIZE);
    }
    if ((options & WAIT_NOHANG) != 0) {
      waitCancel();
      store<u64>(status, 0);
      store<u64>(status, 0, 8);
      return copyOut(statusOut, status, WAIT_SIZE);
    }
    const woken = park();
    if (woken < 0) return woken;
  }
}

/** 1: `status` is filled in from a child; 0: there are such children, none has news; -ECHILD. treeLock is held. */
function take(parent: Process, pid: i32, options: u32, status: usize): i32 {
  let any = false;
  for (let at = parent.children; at != 0; at = changetype<Process>(<usize>at).siblingNext) {
    const child = changetype<Process>(<usize>at);
    // A process whose program is not there yet may never have been.
    if (!matches(parent, child, pid)) continue;
    any = true;
    if (child.state == PROCESS_ZOMBIE) {
      report(status, child, child.exitKind, child.exitCode);
      parent.childUs += child.userUs + child.systemUs + child.childUs;
      parent.childSystemUs += child.systemUs + child.childSystemUs;
      reap(child);
      return 1;
    }
    const event = child.waitEvent;
    if (event == WAIT_STOPPED + 1 && (options & WAIT_UNTRACED) != 0) {
      child.waitEvent = 0;
      report(status, child, WAIT_STOPPED, child.stopped);
      return 1;
    }
    if (event == WAIT_RESUMED + 1 && (options & WAIT_CONTINUED) != 0) {
      child.waitEvent = 0;
      report(status, child, WAIT_RESUMED, SIGCONT);
      return 1;
    }
  }
  return any ? 0 : -ECHILD;
}

function matches(parent: Process, child: Process, pid: i32): bool {
  if (pid > 0) return child.pid == <u32>pid;
  if (pid == -1) return true;
  return child.pgid == (pid == 0 ? parent.pgid : <u32>-pid);
}

function report(status: usize, child: Process, kind: u32, code: u32): void {
  store<u32>(status, child.pid);
  store<u32>(status, kind, 4);
  store<u32>(status, code, 8);
  store<u32>(status, <u32>((child.userUs + child.systemUs + child.childUs) / 1000), 12);
}
