/** proc_spawn: a new process from a program. */
import { E2BIG, ENAMETOOLONG, ENOENT, ENOMEM, ENOTCAPABLE } from "../../../abi/src/errno";
import { ARG_MAX, PATH_MAX } from "../../../abi/src/params";
import { SPAWN_JOB, SPAWN_SEARCH } from "../../../abi/src/cloudos-v1";
import { VFS_EXEC } from "../../../abi/src/vfs-protocol";
import { bootstrapApply } from "../cap/bootstrap";
import { trace, TRACE_SPAWN } from "../cap/trace";
import { currentFiber, currentProcess } from "../core";
import { slotAlloc, slotFree } from "../fs/requests";
import { slabAlloc, slabFree } from "../mem/slab";
import { blockAppend, blockCheck } from "../proc/block";
import { processCreate, processDiscard, processEnter } from "../proc/create";
import { sysReturn } from "../proc/deliver";
import { Process } from "../proc/process";
import { spawnBegin, spawnCreate, spawnDrop, spawnWait } from "../proc/spawn";
import { systemEnter, systemLeave } from "../sched/run";
import { copyIn, store32 } from "../user";
import { jobUse } from "./job";
import { Attributes, attributesApply, attributesCommit, attributesRead } from "./spawn-attributes";

export function c1_proc_spawn(
  path: u32, pathLength: u32, argv: u32, argvLength: u32, env: u32, envLength: u32, attr: u32, pidOut: u32,
): i32 {
  const parent = currentProcess();
  // Can it name programs at all?
  if (parent.rootNode == 0) return sysReturn(-ENOTCAPABLE);
  if (pathLength == 0) return sysReturn(-ENOENT);
  if (pathLength > <u32>PATH_MAX) return sysReturn(-ENAMETOOLONG);
  if (<u64>argvLength + envLength > <u64>ARG_MAX) return sysReturn(-E2BIG);

  const attributes = slabAlloc(<u32>offsetof<Attributes>());
  if (attributes == 0) return sysReturn(-ENOMEM);
  systemEnter();
  let rc = attributesRead(changetype<Attributes>(attributes), attr);
  if (rc == 0) rc = spawnWith(changetype<Attributes>(attributes), path, pathLength, argv, argvLength, env, envLength);
  slabFree(attributes);
  systemLeave();
  if (rc < 0) return sysReturn(rc);
  return sysReturn(store32(pidOut, <u32>rc));
}

/** Pid or -errno. */
function spawnWith(
  attributes: Attributes, path: u32, pathLength: u32, argv: u32, argvLength: u32, env: u32, envLength: u32,
): i32 {
  const parent = currentProcess();
  let job = 0;
  if ((attributes.flags & SPAWN_JOB) != 0) {
    job = jobUse(parent, attributes.job);
    if (job < 0) return job;
  }
  const created = processCreate(changetype<usize>(parent), job, attributes.processLimit, memoryLimit(parent, attributes));
  if (created < 0) return created;
  const child = changetype<Process>(<usize>created);
  let rc = blockAppend(child.args, argv, argvLength, true);
  if (rc == 0) rc = blockCheck(child.args);
  if (rc == 0) rc = blockAppend(child.env, env, envLength, true);
  if (rc == 0) rc = blockCheck(child.env);
  if (rc == 0) rc = attributesApply(attributes, parent, child);
  if (rc == 0) rc = bootstrapApply(parent, child);
  let slot = 0;
  if (rc == 0) {
    slot = slotAlloc(VFS_EXEC);
    if (slot < 0) rc = slot;
  }
  if (rc < 0) {
    processDiscard(child);
    return rc;
  }

  const spawn = spawnCreate(child, slot);
  if (spawn === null) {
    slotFree(slot);
    processDiscard(child);
    return -ENOMEM;
  }
  rc = copyIn(spawn.path, path, pathLength);
  if (rc < 0) {
    child.spawn = 0;
    spawnDrop(spawn);
    processDiscard(child);
    return rc;
  }
  spawn.pathLength = pathLength;
  spawn.search = attributes.flags & SPAWN_SEARCH;
  spawn.result = child.pid;
  spawn.confined = attributes.confined;
  spawn.owners = 2;
  spawn.spawner = changetype<u32>(currentFiber());
  processEnter(changetype<usize>(parent), child);
  attributesCommit(attributes, child);
  trace(TRACE_SPAWN, child.pid, 0, 0);
  spawnBegin(spawn);
  return spawnWait(spawn);
}

function memoryLimit(parent: Process, attributes: Attributes): u32 {
  return attributes.memoryLimit == 0 ? parent.memoryLimit : min(parent.memoryLimit, attributes.memoryLimit);
}
