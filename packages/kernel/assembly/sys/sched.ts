/** Scheduling of a process: class, nice, affinity, and what the scheduler knows about it. */
import { EACCES, EINVAL, ENOMEM, ENOTSUP, EPERM, ESRCH } from "../../../abi/src/errno";
import {
  AFFINITY_CHILDREN, AFFINITY_GET, AFFINITY_SIZE, SCHED_NORMAL, SCHED_REALTIME, SCHED_SIZE, WCHAN_CHILD, WCHAN_NONE, WCHAN_QUEUE,
  WCHAN_SERVICE, WCHAN_TIMER,
} from "../../../abi/src/cloudos-v1";
import { core, currentProcess, KCore } from "../core";
import { LEVELS } from "../core/levels";
import { slabAlloc, slabFree } from "../mem/slab";
import { sysReturn } from "../proc/deliver";
import { Fiber, FIBER_NEW, FIBER_WAITING } from "../proc/fiber";
import { Job } from "../proc/job";
import { Process } from "../proc/process";
import { childWait } from "../proc/signal";
import { processFind } from "../proc/tables";
import { treeLock, treeUnlock } from "../proc/tree";
import { coreIn } from "../sched/placement";
import { schedChanged } from "../sched/run";
import { copyIn, copyOut } from "../user";
import { permitted } from "./kill";

const NICE_MAX: i32 = 19;

/** The process of a pid, the caller for 0. treeLock is held. */
function named(pid: u32): Process | null {
  return pid == 0 ? currentProcess() : processFind(pid);
}

export function c1_sched_set(pid: u32, schedulingClass: u32, value: i32): i32 {
  if (schedulingClass == SCHED_NORMAL) {
    if (value > NICE_MAX) return EINVAL;
  } else if (schedulingClass != SCHED_REALTIME || value < 1 || <u32>value > LEVELS) {
    return EINVAL;
  }
  // What is confined to its own files must not take the core from others either.
  if (schedulingClass == SCHED_REALTIME && currentProcess().rootNode == 0) return EPERM;
  treeLock();
  const process = named(pid);
  let errno = 0;
  if (process === null) errno = ESRCH;
  else if (!permitted(currentProcess(), process)) errno = EPERM;
  else if (schedulingClass == SCHED_REALTIME) {
    process.realtime = LEVELS - value + 1;
  } else if (value < process.nice) {
    errno = EACCES;
  } else {
    process.realtime = 0;
    process.nice = value;
  }
  if (errno == 0) reschedule(process as Process);
  treeUnlock();
  return errno;
}

/** The fiber's place follows the process's class and nice. treeLock is held. */
export function reschedule(process: Process): void {
  const fiber = changetype<Fiber>(<usize>process.fiber);
  if (changetype<usize>(fiber) != 0 && fiber.share != 0) schedChanged(fiber);
}

export function c1_sched_affinity(pid: u32, mode: u32, mask: u32): i32 {
  if (mode > <u32>AFFINITY_CHILDREN) return EINVAL;
  const staging = slabAlloc(AFFINITY_SIZE);
  if (staging == 0) return ENOMEM;
  let rc = mode == AFFINITY_GET ? 0 : copyIn(staging, mask, AFFINITY_SIZE);
  if (rc == 0) {
    treeLock();
    rc = affinity(pid, mode, staging);
    treeUnlock();
  }
  if (rc == 0 && mode == AFFINITY_GET) rc = copyOut(mask, staging, AFFINITY_SIZE);
  slabFree(staging);
  return sysReturn(rc);
}

function affinity(pid: u32, mode: u32, staging: usize): i32 {
  const process = named(pid);
  if (process === null) return -ESRCH;
  const mask = changetype<usize>(process) + offsetof<Process>("affinity0");
  if (mode == AFFINITY_GET) {
    memory.copy(staging, mask, AFFINITY_SIZE);
    return 0;
  }
  if (!permitted(currentProcess(), process)) return -EPERM;
  const fiber = changetype<Fiber>(<usize>process.fiber);
  const settled = mode != AFFINITY_CHILDREN && changetype<usize>(fiber) != 0 && fiber.state != FIBER_NEW;
  if (settled && !coreIn(staging, changetype<KCore>(<usize>fiber.core).id)) return -ENOTSUP;
  memory.copy(mask, staging, AFFINITY_SIZE);
  return 0;
}

export function c1_sched_info(pid: u32, out: u32): i32 {
  const record = slabAlloc(SCHED_SIZE);
  if (record == 0) return ENOMEM;
  let rc = proc_sched(pid == 0 ? currentProcess().pid : pid, record);
  if (rc == 0) rc = copyOut(out, record, SCHED_SIZE);
  slabFree(record);
  return sysReturn(rc);
}

export function proc_sched(pid: u32, out: usize): i32 {
  memory.fill(out, 0, SCHED_SIZE);
  treeLock();
  const process = processFind(pid);
  if (process !== null) describe(process, out);
  treeUnlock();
  return process === null ? -ESRCH : 0;
}

function describe(process: Process, out: usize): void {
  const realtime = process.realtime;
  store<u32>(out, realtime != 0 ? SCHED_REALTIME : SCHED_NORMAL);
  store<u32>(out, realtime != 0 ? LEVELS - realtime + 1 : 0, 4);
  store<i32>(out, process.nice, 8);
  store<u32>(out, changetype<Job>(<usize>process.job).id, 20);
  let userUs = process.userUs;
  let systemUs = process.systemUs;
  const fiber = changetype<Fiber>(<usize>process.fiber);
  if (changetype<usize>(fiber) != 0) {
    store<u32>(out, fiber.level, 12);
    if (fiber.core != 0) store<u32>(out, changetype<KCore>(<usize>fiber.core).id, 16);
    userUs += fiber.userUs;
    systemUs += fiber.systemUs;
    store<u32>(out, waitsFor(process, fiber), 56);
  }
  store<f64>(out, userUs, 24);
  store<f64>(out, systemUs, 32);
  store<f64>(out, process.waitUs, 40);
  store<u32>(out, <u32>process.switches - process.taken, 48);
  store<u32>(out, process.taken, 52);
  store<u32>(out, <u32>((process.childUs - process.childSystemUs) / 1000), 60);
  store<u32>(out, <u32>(process.childSystemUs / 1000), 96);
  memory.copy(out + 64, changetype<usize>(process) + offsetof<Process>("affinity0"), AFFINITY_SIZE);
}

/** WCHAN_*: a look at another core's fiber, so a guess when it changes just now. */
function waitsFor(process: Process, fiber: Fiber): u32 {
  if (fiber.state != FIBER_WAITING) return WCHAN_NONE;
  const queue = atomic.load<u32>(changetype<usize>(fiber) + offsetof<Fiber>("waiterQueue"));
  if (queue == changetype<u32>(childWait(process))) return WCHAN_CHILD;
  if (queue != 0) return WCHAN_QUEUE;
  return fiber.timerPlace != 0 ? WCHAN_TIMER : WCHAN_SERVICE;
}
