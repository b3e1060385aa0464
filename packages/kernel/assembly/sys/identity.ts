/** Numbers a process goes by: pid, group, session; and its limits. */
import { EACCES, EINVAL, EPERM, ESRCH } from "../../../abi/src/errno";
import { LIMIT_MEMORY, LIMIT_PROCESSES } from "../../../abi/src/cloudos-v1";
import { currentProcess } from "../core";
import { sysReturn } from "../proc/deliver";
import { Process, PROCESS_ZOMBIE } from "../proc/process";
import { processFind } from "../proc/tables";
import { groupExists, treeLock, treeUnlock } from "../proc/tree";
import { ttyDetach } from "../tty/foreground";
import { store32 } from "../user";
import { permitted } from "./kill";
import { reschedule } from "./sched";

const NICE_MIN: i32 = -20;
const NICE_MAX: i32 = 19;

export function c1_proc_getpid(): u32 {
  return currentProcess().pid;
}

/** 0 for orphans and for what the host started: the system itself looks after them. */
export function c1_proc_getppid(): u32 {
  const process = currentProcess();
  treeLock();
  const parent = process.parent != 0 ? changetype<Process>(<usize>process.parent).pid : 0;
  treeUnlock();
  return parent;
}

/** The process of a pid, the caller for 0. treeLock is held. */
function named(pid: u32): Process | null {
  return pid == 0 ? currentProcess() : processFind(pid);
}

export function c1_proc_getpgid(pid: u32, out: u32): i32 {
  treeLock();
  const process = named(pid);
  const pgid = process === null ? 0 : process.pgid;
  treeUnlock();
  return pgid == 0 ? ESRCH : sysReturn(store32(out, pgid));
}

export function c1_proc_getsid(pid: u32, out: u32): i32 {
  treeLock();
  const process = named(pid);
  const sid = process === null ? 0 : process.sid;
  treeUnlock();
  return sid == 0 ? ESRCH : sysReturn(store32(out, sid));
}

export function c1_proc_setpgid(pid: u32, pgid: i32): i32 {
  if (pgid < 0) return EINVAL;
  treeLock();
  const rc = setGroup(pid, <u32>pgid);
  treeUnlock();
  return sysReturn(rc);
}

function setGroup(pid: u32, pgid: u32): i32 {
  const self = currentProcess();
  const process = named(pid);
  // Is it the caller or a child of its?
  if (process === null) return -ESRCH;
  if (process !== self && process.parent != changetype<u32>(self)) return -ESRCH;
  if (process.state == PROCESS_ZOMBIE) return -ESRCH;
  // Is it in the caller's session, and not its leader?
  if (process.sid != self.sid || process.sid == process.pid) return -EPERM;
  const group = pgid == 0 ? process.pid : pgid;
  // Is the group new, or one of the session?
  if (group != process.pid && !groupExists(group, self.sid)) return -EPERM;
  process.pgid = group;
  return 0;
}

export function c1_proc_setsid(out: u32): i32 {
  const process = currentProcess();
  treeLock();
  // A group leader's number is in use as a group.
  const leads = process.pgid == process.pid;
  if (!leads) {
    process.sid = process.pid;
    process.pgid = process.pid;
  }
  treeUnlock();
  if (leads) return EPERM;
  ttyDetach(process);
  return sysReturn(store32(out, process.pid));
}

export function c1_proc_limit(which: u32, value: i32, oldOut: u32): i32 {
  if (which > <u32>LIMIT_MEMORY) return EINVAL;
  const process = currentProcess();
  const old = which == LIMIT_PROCESSES ? process.processLimit : process.memoryLimit;
  // Limits only shrink.
  if (value != -1 && <u32>value > old) return EPERM;
  if (oldOut != 0) {
    const rc = store32(oldOut, old);
    if (rc < 0) return sysReturn(rc);
  }
  if (value == -1) return 0;
  if (which == LIMIT_PROCESSES) process.processLimit = value;
  else process.memoryLimit = value;
  return 0;
}

export function c1_proc_nice(pid: u32, delta: i32, out: u32): i32 {
  treeLock();
  const process = named(pid);
  let rc: i32 = 0;
  let nice: i32 = 0;
  if (process === null) rc = -ESRCH;
  else if (!permitted(currentProcess(), process)) rc = -EPERM;
  // One user, no privilege: like an ordinary Unix user one may only be nicer.
  else if (delta < 0) rc = -EACCES;
  else {
    nice = max(NICE_MIN, min(NICE_MAX, process.nice + min(delta, NICE_MAX - NICE_MIN)));
    process.nice = nice;
    reschedule(process);
  }
  treeUnlock();
  return sysReturn(rc < 0 ? rc : store32(out, nice));
}
