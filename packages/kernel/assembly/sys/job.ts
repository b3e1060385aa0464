/** Jobs as objects: docs/kernel/objects/job.md. */
import { ECANCELED, EINVAL, ENOMEM, ENOTCAPABLE, ESRCH } from "../../../abi/src/errno";
import { JOB_CAP, JOB_MEMORY, JOB_PROCESSES, JOB_SELF, JOB_SHARES, JOB_SIZE } from "../../../abi/src/cloudos-v1";
import { OBJECT_JOB } from "../../../abi/src/kernel-interface";
import { JOB_CAP_PERIOD_US } from "../../../abi/src/params";
import { RIGHT_MANAGE, RIGHT_READ, RIGHTS_ALL_OBJECT } from "../../../abi/src/rights";
import { currentProcess } from "../core";
import { globals } from "../globals";
import { slabAlloc, slabFree } from "../mem/slab";
import { Handle, handleMake, handleUse } from "../obj/handle";
import { deliver, sysReturn } from "../proc/deliver";
import { Job, JOB_FROZEN, JOB_KILLED, jobAfter, jobAt, jobCreate, jobRelease } from "../proc/job";
import { jobKill, jobSetFrozen } from "../proc/job-control";
import { Process } from "../proc/process";
import { treeLock, treeUnlock } from "../proc/tree";
import { Share } from "../sched/share";
import { checkRange, copyOut, store32, userSlice } from "../user";

const SHARES_MAX: u32 = 10000;
/** 256 cores' worth. */
const CAP_MAX: u32 = 25600;
const MEMORY_PAGE_SHIFT: u64 = 16;

/** Address of the Job a handle value names, for changing it; or -errno. */
export function jobUse(process: Process, value: u32): i32 {
  return named(process, value, RIGHT_MANAGE);
}

function named(process: Process, value: u32, rights: u32): i32 {
  const handle = handleUse(process, value, OBJECT_JOB, rights);
  return handle < 0 ? handle : <i32>changetype<Handle>(<usize>handle).object;
}

export function c1_job_create(parent: u32, out: u32): i32 {
  const checked = checkRange(userSlice(out, 4));
  if (checked < 0) return sysReturn(checked);
  const process = currentProcess();
  const outer = parent == JOB_SELF ? <i32>process.job : jobUse(process, parent);
  if (outer < 0) return sysReturn(outer);
  const job = jobCreate(outer);
  if (job == 0) return (jobAt(outer).flags & JOB_KILLED) != 0 ? ECANCELED : ENOMEM;
  const value = handleMake(process, OBJECT_JOB, job, RIGHTS_ALL_OBJECT);
  if (value >= 0) return sysReturn(store32(out, value));
  jobRelease(job);
  return sysReturn(value);
}

export function c1_job_set(value: u32, which: u32, setting: u32): i32 {
  const address = jobUse(currentProcess(), value);
  if (address < 0) return sysReturn(address);
  const job = jobAt(address);
  switch (<i32>which) {
    case JOB_SHARES:
      if (setting == 0 || setting > SHARES_MAX) return EINVAL;
      job.shares = setting;
      return 0;
    case JOB_CAP:
      if (setting > CAP_MAX) return EINVAL;
      job.capUs = setting * (JOB_CAP_PERIOD_US / 100);
      return 0;
    case JOB_PROCESSES:
      job.processLimit = setting;
      return 0;
    case JOB_MEMORY:
      if (setting > 65536) return EINVAL;
      job.memoryLimit = <u64>setting << MEMORY_PAGE_SHIFT;
      return 0;
  }
  return EINVAL;
}

export function c1_job_info(value: u32, out: u32): i32 {
  const process = currentProcess();
  const address = value == JOB_SELF ? <i32>process.job : named(process, value, RIGHT_READ);
  if (address < 0) return sysReturn(address);
  const record = slabAlloc(JOB_SIZE);
  if (record == 0) return ENOMEM;
  treeLock();
  describe(address, record);
  treeUnlock();
  const rc = copyOut(out, record, JOB_SIZE);
  slabFree(record);
  return sysReturn(rc);
}

/** JOB_SIZE zeroed bytes at `out`. treeLock is held. */
function describe(address: usize, out: usize): void {
  const job = jobAt(address);
  store<u32>(out, job.id);
  if (job.parent != 0) store<u32>(out, jobAt(job.parent).id, 4);
  store<u32>(out, job.processes, 8);
  store<u32>(out, job.processLimit, 12);
  store<u32>(out, job.shares, 16);
  store<u32>(out, job.capUs / (JOB_CAP_PERIOD_US / 100), 20);
  store<u32>(out, job.frozen, 24);
  store<u32>(out, <u32>((job.flags & JOB_KILLED) != 0), 28);
  store<u64>(out, job.memory, 32);
  store<u64>(out, job.memoryLimit, 40);
  store<u32>(out, job.capped, 80);
  let inside: u32 = 0;
  for (let at = address; at != 0; at = jobAfter(at, address)) {
    inside += <u32>(at != address);
    const one = jobAt(at);
    add(out, one.userUs, one.systemUs, one.waitUs, one.switches);
    for (let next = one.shareList; next != 0; ) {
      const share = changetype<Share>(<usize>next);
      add(out, share.userUs, share.systemUs, share.waitUs, <f64>share.switches);
      next = share.sibling;
    }
  }
  store<u32>(out, inside, 84);
}

function add(out: usize, userUs: f64, systemUs: f64, waitUs: f64, switches: f64): void {
  store<f64>(out, load<f64>(out, 48) + userUs, 48);
  store<f64>(out, load<f64>(out, 56) + systemUs, 56);
  store<f64>(out, load<f64>(out, 64) + waitUs, 64);
  store<f64>(out, load<f64>(out, 72) + switches, 72);
}

export function c1_job_freeze(value: u32): i32 {
  return control(value, JOB_FROZEN);
}

export function c1_job_thaw(value: u32): i32 {
  return control(value, 0);
}

export function c1_job_kill(value: u32): i32 {
  return control(value, JOB_KILLED);
}

function control(value: u32, what: u32): i32 {
  const address = jobUse(currentProcess(), value);
  if (address < 0) return sysReturn(address);
  treeLock();
  if (what == JOB_KILLED) jobKill(address);
  else jobSetFrozen(address, what == JOB_FROZEN);
  treeUnlock();
  // The caller may be in the job itself.
  deliver();
  return 0;
}

// --- /proc -------------------------------------------------------------------------------------------------------

export function job_next(id: u32): u32 {
  let next: u32 = u32.MAX_VALUE;
  treeLock();
  const root = <usize>globals().rootJob;
  for (let at = root; at != 0; at = jobAfter(at, root)) {
    const candidate = jobAt(at).id;
    if (candidate > id && candidate < next) next = candidate;
  }
  treeUnlock();
  return next == u32.MAX_VALUE ? 0 : next;
}

export function job_read(id: u32, out: usize): i32 {
  memory.fill(out, 0, JOB_SIZE);
  treeLock();
  const root = <usize>globals().rootJob;
  let at = root;
  while (at != 0 && jobAt(at).id != id) at = jobAfter(at, root);
  if (at != 0) describe(at, out);
  treeUnlock();
  return at == 0 ? -ESRCH : 0;
}
