/** What the host asks for: rings, first processes, signals. */
import { E2BIG, EAGAIN, EINVAL, ENAMETOOLONG, ENOMEM, ESRCH } from "../../../abi/src/errno";
import {
  HOST_SPAWN_CONFINED, HOST_SPAWN_SEARCH, OBJECT_RING_READ, OBJECT_RING_WRITE, OBJECT_TTY,
} from "../../../abi/src/kernel-interface";
import { HOST_STAGE_BASE, HOST_STAGE_SIZE } from "../../../abi/src/layout";
import { ARG_MAX, DEFAULT_MEMORY_PAGES, MAX_RINGS, PATH_MAX } from "../../../abi/src/params";
import { RIGHT_DUPLICATE, RIGHTS_ALL_WASI } from "../../../abi/src/rights";
import { NSIG } from "../../../abi/src/signals";
import { VFS_EXEC } from "../../../abi/src/vfs-protocol";
import { bootstrapApply } from "../cap/bootstrap";
import { core, currentProcess } from "../core";
import { slotFree, slotTryAlloc } from "../fs/requests";
import { Globals, globals } from "../globals";
import { frameAlloc } from "../mem/frames";
import { handleFind, handlePut } from "../obj/handle";
import { objectRef } from "../obj/object";
import { ringAt, ringCreate, ringFree } from "../obj/ring";
import { blockAppend, blockCheck, blockCreate } from "../proc/block";
import { processCreate, processDiscard, processEnter } from "../proc/create";
import { Job, jobAt } from "../proc/job";
import { jobKill } from "../proc/job-control";
import { Process } from "../proc/process";
import { signalSend } from "../proc/signal";
import { Spawn, spawnBegin, spawnCreate, spawnDrop } from "../proc/spawn";
import { processFind } from "../proc/tables";
import { treeLock, treeUnlock } from "../proc/tree";
import { ttyAttach } from "../tty/foreground";
import { ttyAt, ttyCreate, ttyHangup } from "../tty/tty";

export function ring_create(capacity: u32, toHost: u32): i32 {
  return ringCreate(capacity, toHost != 0);
}

export function ring_free(ring: u32): void {
  ringFree(ring);
}

export function tty_create(inRing: u32, outRing: u32, cols: u32, rows: u32): i32 {
  return ttyCreate(inRing, outRing, cols, rows);
}

export function tty_hangup(tty: u32): void {
  ttyHangup(tty);
}

// The request at HOST_STAGE_BASE, see host_spawn in packages/abi/src/kernel-interface.ts.
const STAGE_STRINGS: u32 = 48;
const NONE: u32 = 0xffffffff;

function field(offset: usize): u32 {
  return load<u32>(HOST_STAGE_BASE + offset);
}

export function host_spawn(): i32 {
  const pathLength = field(0);
  const argvLength = field(4);
  const envLength = field(8);
  const cwdLength = field(12);
  const preopensLength = field(40);
  // Do the parts lie in the stage?
  const total = <u64>pathLength + argvLength + envLength + cwdLength + preopensLength + STAGE_STRINGS;
  if (total > <u64>HOST_STAGE_SIZE) return -E2BIG;
  if (<u64>argvLength + envLength > <u64>ARG_MAX) return -E2BIG;
  if (pathLength == 0) return -EINVAL;
  if (pathLength > <u32>PATH_MAX || cwdLength > <u32>PATH_MAX) return -ENAMETOOLONG;

  const slot = slotTryAlloc(VFS_EXEC);
  if (slot == 0) return -EAGAIN;
  const memoryLimit = field(36) != 0 ? field(36) : <u32>DEFAULT_MEMORY_PAGES;
  const created = processCreate(0, 0, field(44), memoryLimit);
  if (created < 0) {
    slotFree(slot);
    return created;
  }
  const child = changetype<Process>(<usize>created);
  const spawn = spawnCreate(child, slot);
  let rc = spawn === null ? -ENOMEM : 0;
  if (rc == 0) rc = stageStrings(child, spawn as Spawn, pathLength, argvLength, envLength, cwdLength, preopensLength);
  if (rc == 0) rc = stageDescriptors(child);
  if (rc == 0 && core().process != 0) rc = bootstrapApply(currentProcess(), child);
  if (rc < 0) {
    // The record, if there is one, reports to nobody: undo everything it holds with the child.
    if (spawn !== null) undo(spawn as Spawn, child);
    else {
      slotFree(slot);
      processDiscard(child);
    }
    return rc;
  }
  const token = nextToken();
  const record = spawn as Spawn;
  record.token = token;
  record.result = child.pid;
  record.search = field(16) & HOST_SPAWN_SEARCH;
  record.confined = field(16) & HOST_SPAWN_CONFINED;
  child.hostToken = token;
  changetype<Job>(<usize>child.job).token = token;
  processEnter(0, child);
  spawnBegin(record);
  return <i32>token;
}

function nextToken(): u32 {
  return atomic.add<u32>(changetype<usize>(globals()) + offsetof<Globals>("hostToken"), 1) + 1;
}

function undo(spawn: Spawn, child: Process): void {
  child.spawn = 0;
  processDiscard(child);
  spawnDrop(spawn);
}

function stageStrings(
  child: Process, spawn: Spawn, path: u32, argv: u32, env: u32, cwd: u32, preopens: u32,
): i32 {
  let at = <usize>HOST_STAGE_BASE + STAGE_STRINGS;
  memory.copy(spawn.path, at, path);
  spawn.pathLength = path;
  at += path;
  let rc = blockAppend(child.args, at, argv, false);
  if (rc == 0) rc = blockCheck(child.args);
  at += argv;
  if (rc == 0) rc = blockAppend(child.env, at, env, false);
  if (rc == 0) rc = blockCheck(child.env);
  at += env;
  if (rc < 0) return rc;
  spawn.cwd = <u32>frameAlloc();
  if (spawn.cwd == 0) return -ENOMEM;
  memory.copy(spawn.cwd, at, cwd);
  spawn.cwdLength = cwd;
  if (cwd == 0) {
    store<u8>(spawn.cwd, 0x2f);
    spawn.cwdLength = 1;
  }
  at += cwd;
  if (preopens == 0) return 0;
  spawn.preopens = <u32>blockCreate();
  if (spawn.preopens == 0) return -ENOMEM;
  rc = blockAppend(spawn.preopens, at, preopens, false);
  return rc < 0 ? rc : blockCheck(spawn.preopens);
}

function stageDescriptors(child: Process): i32 {
  const rights = RIGHTS_ALL_WASI | RIGHT_DUPLICATE;
  const ttyIndex = field(20);
  if (ttyIndex != NONE) {
    const tty = ttyAt(ttyIndex);
    if (tty === null) return -EINVAL;
    for (let fd: u32 = 0; fd < 3; fd++) {
      const rc = handleFind(child, fd);
      if (rc < 0) return rc;
      objectRef(changetype<usize>(tty));
      handlePut(child, fd, OBJECT_TTY, changetype<usize>(tty), rights, rights, 0, false);
    }
    treeLock();
    ttyAttach(child, tty);
    tty.session = child.sid;
    tty.foreground = child.pgid;
    treeUnlock();
    return 0;
  }
  for (let fd: u32 = 0; fd < 3; fd++) {
    const number = field(24 + (fd << 2));
    if (number == NONE) continue;
    if (number >= <u32>MAX_RINGS || ringAt(number).refs == 0) return -EINVAL;
    const ring = ringAt(number);
    if (ring.type != <u32>(fd == 0 ? OBJECT_RING_READ : OBJECT_RING_WRITE)) return -EINVAL;
    const rc = handleFind(child, fd);
    if (rc < 0) return rc;
    objectRef(changetype<usize>(ring));
    handlePut(child, fd, ring.type, changetype<usize>(ring), rights, rights, 0, false);
  }
  return 0;
}

export function host_kill(pid: u32, signal: u32): i32 {
  if (signal >= <u32>NSIG) return -EINVAL;
  treeLock();
  const process = processFind(pid);
  if (process !== null && signal != 0) signalSend(process, signal);
  treeUnlock();
  return process === null ? -ESRCH : 0;
}

export function host_job_kill(token: u32): i32 {
  treeLock();
  let job = <usize>jobAt(globals().rootJob).children;
  while (job != 0 && jobAt(job).token != token) job = jobAt(job).siblingNext;
  if (job != 0) jobKill(job);
  treeUnlock();
  return job == 0 ? -ESRCH : 0;
}
