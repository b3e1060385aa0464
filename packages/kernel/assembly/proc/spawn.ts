/**
 * Starting programs. One engine serves programs (`proc_spawn`) and the host (`host_spawn`): a Spawn record walks through
 * steps, each answered by the file service or the HAL, on whatever kernel instance the answer arrives:
 *
 *     CWD (host only) -> PREOPEN ... (host only) -> EXEC -> [#! EXEC ...] -> LOAD -> ended
 *
 * The child exists from the start (state CREATED) and is what a step works on, so a failed step has one thing to undo.
 */
import { EINVAL, ELOOP, ENOMEM, ENOEXEC } from "../../../abi/src/errno";
import { EVENT_SPAWNED } from "../../../abi/src/kernel-interface";
import {
  REPLY_SCRIPT, SLOT_BUF_SIZE, SLOT_O_BUF1, SLOT_O_BUF2, SLOT_O_ERRNO, SLOT_O_FLAGS, SLOT_O_LEN1, SLOT_O_LEN2,
  SLOT_O_MODULE, SLOT_O_NODE, SLOT_O_OP, SLOT_O_PID, SLOT_O_ROOT, VFS_CHDIR, VFS_EXEC, WALK_FOLLOW, WALK_SEARCH,
} from "../../../abi/src/vfs-protocol";
import { RIGHT_DUPLICATE, RIGHTS_ALL_DIRECTORY, RIGHTS_ALL_WASI } from "../../../abi/src/rights";
import { OBJECT_DIR } from "../../../abi/src/kernel-interface";
import { PATH_MAX } from "../../../abi/src/params";
import { currentFiber } from "../core";
import { DIR_CONFINED, DIR_CWD, DIR_ROOT, dirCreate } from "../fs/object";
import { slotFree, slotSubmitFor } from "../fs/requests";
import { eventPost } from "../host/events";
import { frameAlloc, frameFree } from "../mem/frames";
import { slabAlloc, slabFree } from "../mem/slab";
import { Handle, handleAt, handleInstall } from "../obj/handle";
import { place } from "../sched/placement";
import { fiberWake, parkKillable, waitArm, waitCancel } from "../sched/wait";
import { Block, blockAppend, blockAppendBlock, blockCreate, blockFind, blockFree, blockRead, blockStringLength } from "./block";
import { Fiber, WAKE_EVENT } from "./fiber";
import { Process } from "./process";
import { fiberAlloc, fiberFree } from "./tables";
import { processDiscard } from "./create";
import { treeLock, treeUnlock } from "./tree";

const STEP_CWD: u32 = 0;
const STEP_PREOPEN: u32 = 1;
const STEP_EXEC: u32 = 2;
const STEP_LOAD: u32 = 3;

/** `#!` interpreters that are scripts themselves. */
const SCRIPT_DEPTH_MAX: u32 = 4;

/**
 *   0 step | 4 slot | 8 child | 12 spawner (fiber or 0) | 16 token | 20 path frame | 24 path length | 28 search
 *   32 depth | 36 preopens (block) | 40 preopen offset | 44 result | 48 owners | 52 cwd frame | 56 cwd length | 60 confined
 * Worked on by one instance at a time: whoever holds the answer to the step. `owners` is atomic.
 */
@unmanaged
export class Spawn {
  step: u32;
  slot: u32;
  child: u32;
  spawner: u32;
  token: u32;
  path: u32;
  pathLength: u32;
  search: u32;
  depth: u32;
  preopens: u32;
  preopenAt: u32;
  /** 1 when it has ended: `result` is the pid or a negative errno. Atomic. */
  done: u32;
  result: i32;
  /** The engine, and a spawner that still waits: the last one frees the record. Atomic. */
  owners: u32;
  cwd: u32;
  cwdLength: u32;
  /** The child keeps its preopens and nothing else: no root, no cwd. */
  confined: u32;
}

/** A record for a child that has its arguments. Takes over the child, the slot and nothing else. Null: no memory. */
export function spawnCreate(child: Process, slot: usize): Spawn | null {
  const address = slabAlloc(<u32>offsetof<Spawn>());
  if (address == 0) return null;
  const path = frameAlloc();
  if (path == 0) {
    slabFree(address);
    return null;
  }
  const spawn = changetype<Spawn>(address);
  spawn.slot = <u32>slot;
  spawn.child = changetype<u32>(child);
  spawn.path = <u32>path;
  spawn.owners = 1;
  child.spawn = <u32>address;
  return spawn;
}

/** Begin, with everything in the record and the child filled in. */
export function spawnBegin(spawn: Spawn): void {
  if (spawn.cwd != 0) {
    spawn.step = STEP_CWD;
    askDirectory(spawn, spawn.cwd, spawn.cwdLength);
  } else {
    askProgram(spawn);
  }
}

function askDirectory(spawn: Spawn, path: usize, length: u32): void {
  const slot = <usize>spawn.slot;
  const child = changetype<Process>(<usize>spawn.child);
  memory.copy(slot + SLOT_O_BUF1, path, length);
  store<u32>(slot, length, SLOT_O_LEN1);
  store<u32>(slot, 0, SLOT_O_LEN2);
  store<u64>(slot, child.rootNode, SLOT_O_NODE);
  submit(spawn, VFS_CHDIR, WALK_FOLLOW);
}

function askProgram(spawn: Spawn): void {
  const slot = <usize>spawn.slot;
  const child = changetype<Process>(<usize>spawn.child);
  spawn.step = STEP_EXEC;
  memory.copy(slot + SLOT_O_BUF1, spawn.path, spawn.pathLength);
  store<u32>(slot, spawn.pathLength, SLOT_O_LEN1);
  store<u64>(slot, child.cwdNode, SLOT_O_NODE);
  let pathLength: u32 = 0;
  if (spawn.search != 0) {
    const at = blockFind(child.env, 0x3d48544150, 5); // "PATH="
    if (at >= 0) {
      pathLength = min<u32>(blockStringLength(changetype<Block>(<usize>child.env), at), SLOT_BUF_SIZE);
      blockRead(child.env, at, slot + SLOT_O_BUF2, pathLength);
    }
  }
  store<u32>(slot, pathLength, SLOT_O_LEN2);
  submit(spawn, VFS_EXEC, spawn.search != 0 ? WALK_FOLLOW | WALK_SEARCH : WALK_FOLLOW);
}

function submit(spawn: Spawn, op: u32, flags: u32): void {
  const slot = <usize>spawn.slot;
  const child = changetype<Process>(<usize>spawn.child);
  store<u32>(slot, op, SLOT_O_OP);
  store<u32>(slot, flags, SLOT_O_FLAGS);
  store<u32>(slot, child.pid, SLOT_O_PID);
  store<u64>(slot, child.rootNode, SLOT_O_ROOT);
  slotSubmitFor(slot, changetype<usize>(spawn));
}

/** The file service has answered a step. */
export function spawnAnswered(owner: usize, slot: usize): void {
  const spawn = changetype<Spawn>(owner);
  const errno = load<u32>(slot, SLOT_O_ERRNO);
  const rc = errno != 0 ? -<i32>errno : advance(spawn, slot);
  if (rc < 0) spawnFailed(spawn, rc);
}

function advance(spawn: Spawn, slot: usize): i32 {
  const child = changetype<Process>(<usize>spawn.child);
  if (spawn.step == STEP_CWD) {
    child.cwdNode = load<u64>(slot, SLOT_O_NODE);
    return nextPreopen(spawn);
  }
  if (spawn.step == STEP_PREOPEN) {
    const rc = addPreopen(spawn, load<u64>(slot, SLOT_O_NODE));
    return rc < 0 ? rc : nextPreopen(spawn);
  }
  if ((load<u32>(slot, SLOT_O_FLAGS) & REPLY_SCRIPT) != 0) return interpret(spawn, slot);
  return loadModule(spawn, load<u32>(slot, SLOT_O_MODULE));
}

// Preopens are a block of string pairs: guest path, name.

function nextPreopen(spawn: Spawn): i32 {
  if (spawn.preopens == 0) {
    const rc = defaultPreopens(changetype<Process>(<usize>spawn.child));
    if (rc >= 0) askProgram(spawn);
    return rc;
  }
  const block = changetype<Block>(<usize>spawn.preopens);
  if (spawn.preopenAt >= block.length) {
    askProgram(spawn);
    return 0;
  }
  const length = blockStringLength(block, spawn.preopenAt);
  if (length > <u32>PATH_MAX) return -EINVAL;
  const slot = <usize>spawn.slot;
  blockRead(spawn.preopens, spawn.preopenAt, slot + SLOT_O_BUF2, length);
  spawn.step = STEP_PREOPEN;
  askDirectory(spawn, slot + SLOT_O_BUF2, length);
  return 0;
}

function addPreopen(spawn: Spawn, node: u64): i32 {
  const block = changetype<Block>(<usize>spawn.preopens);
  const nameAt = spawn.preopenAt + blockStringLength(block, spawn.preopenAt) + 1;
  const length = blockStringLength(block, nameAt);
  spawn.preopenAt = nameAt + length + 1;
  const name = slabAlloc(4 + length);
  if (name == 0) return -ENOMEM;
  store<u32>(name, length);
  blockRead(spawn.preopens, nameAt, name + 4, length);
  return installPreopen(changetype<Process>(<usize>spawn.child), node, DIR_CONFINED, name);
}

/** "/" and ".": what a command finds when nobody says otherwise. They follow the process: root and cwd are its own. */
function defaultPreopens(child: Process): i32 {
  const rc = namedPreopen(child, DIR_ROOT, 0x2f); // "/"
  return rc < 0 ? rc : namedPreopen(child, DIR_CWD, 0x2e); // "."
}

function namedPreopen(child: Process, flags: u32, letter: u32): i32 {
  const name = slabAlloc(5);
  if (name == 0) return -ENOMEM;
  store<u32>(name, 1);
  store<u8>(name, letter, 4);
  return installPreopen(child, 0, flags, name);
}

/** Takes over `name`. Descriptors from 3 on, in the order given (wasi-libc stops at the first gap). */
function installPreopen(child: Process, node: u64, flags: u32, name: usize): i32 {
  const object = dirCreate(node, flags);
  let fd = -ENOMEM;
  if (object != 0) fd = handleInstall(child, 3, OBJECT_DIR, object, RIGHTS_ALL_DIRECTORY, RIGHTS_ALL_WASI | RIGHT_DUPLICATE, 0, false);
  if (fd < 0) {
    slabFree(name);
    return fd;
  }
  (handleAt(child, fd) as Handle).preopen = <u32>name;
  return 0;
}

/** A script: run its interpreter with [interpreter, argument, script, the script's own arguments from the second on]. */
function interpret(spawn: Spawn, slot: usize): i32 {
  if (++spawn.depth > SCRIPT_DEPTH_MAX) return -ELOOP;
  const child = changetype<Process>(<usize>spawn.child);
  const interpreter = load<u32>(slot, SLOT_O_LEN1);
  const both = load<u32>(slot, SLOT_O_LEN2);
  if (interpreter == 0 || interpreter >= <u32>PATH_MAX || both > <u32>SLOT_BUF_SIZE) return -ENOEXEC;
  let argument: u32 = 0;
  while (argument < both && load<u8>(slot + argument, SLOT_O_BUF2) != 0) argument++;
  // Found by search: the path comes after the argument; else the script is known by the path it was called by.
  let script = <usize>spawn.path;
  let scriptLength = spawn.pathLength;
  if (argument + 1 < both) {
    script = slot + SLOT_O_BUF2 + argument + 1;
    scriptLength = both - argument - 1;
  }

  const args = blockCreate();
  if (args == 0) return -ENOMEM;
  let rc = appendString(args, slot + SLOT_O_BUF1, interpreter);
  if (rc >= 0 && argument > 0) rc = appendString(args, slot + SLOT_O_BUF2, argument);
  if (rc >= 0) rc = appendString(args, script, scriptLength);
  const old = changetype<Block>(<usize>child.args);
  if (rc >= 0) rc = blockAppendBlock(args, child.args, blockStringLength(old, 0) + 1);
  if (rc < 0) {
    blockFree(args);
    return rc;
  }
  blockFree(child.args);
  child.args = <u32>args;
  memory.copy(spawn.path, slot + SLOT_O_BUF1, interpreter);
  spawn.pathLength = interpreter;
  spawn.search = 0;
  askProgram(spawn);
  return 0;
}

/** Appends bytes and a NUL. */
function appendString(block: usize, from: usize, length: u32): i32 {
  const rc = blockAppend(block, from, length, false);
  // The NUL comes from the null guard at address 0, which is always zero.
  return rc < 0 ? rc : blockAppend(block, 0, 1, false);
}

function loadModule(spawn: Spawn, module: u32): i32 {
  const child = changetype<Process>(<usize>spawn.child);
  const fiber = fiberAlloc();
  if (fiber === null) return -ENOMEM;
  fiber.process = changetype<u32>(child);
  fiber.module = module;
  spawn.step = STEP_LOAD;
  slotFree(spawn.slot);
  spawn.slot = 0;
  nameFromPath(child, spawn);
  if (spawn.confined != 0) {
    child.rootNode = 0;
    child.cwdNode = 0;
  }
  if (place(fiber)) return 0;
  fiberFree(fiber);
  return -ENOMEM;
}

/** The process's short name: the last component of the program's path, as ps shows it. */
function nameFromPath(child: Process, spawn: Spawn): void {
  let start = spawn.pathLength;
  while (start > 0 && load<u8>(spawn.path + start - 1) != 0x2f) start--;
  const length = min<u32>(spawn.pathLength - start, 31);
  memory.copy(changetype<usize>(child) + offsetof<Process>("name0"), spawn.path + start, length);
}

/** A step failed: the child never was. */
export function spawnFailed(spawn: Spawn, errno: i32): void {
  const child = changetype<Process>(<usize>spawn.child);
  child.spawn = 0;
  processDiscard(child);
  spawnEnded(changetype<usize>(spawn), errno);
}

/** Report to whoever asked: `errno` 0 is success. The child is bound, dead or undone. */
export function spawnEnded(address: usize, errno: i32): void {
  const spawn = changetype<Spawn>(address);
  if (spawn.slot != 0) slotFree(spawn.slot);
  spawn.slot = 0;
  if (spawn.token != 0) eventPost(EVENT_SPAWNED, spawn.token, errno < 0 ? errno : spawn.result, 0);
  if (errno < 0) spawn.result = errno;
  // ORDER: the result before `done`.
  atomic.store<u32>(address + offsetof<Spawn>("done"), 1);
  // The lock keeps a spawner that gives up (spawnAbandon) alive until it has been woken or forgotten.
  treeLock();
  if (spawn.spawner != 0) fiberWake(changetype<Fiber>(<usize>spawn.spawner), WAKE_EVENT);
  treeUnlock();
  spawnRelease(spawn);
}

/** The spawner waits: the new pid, or a negative errno. -EINTR: it is being killed, and the child goes on without it. */
export function spawnWait(spawn: Spawn): i32 {
  const fiber = currentFiber();
  const done = changetype<usize>(spawn) + offsetof<Spawn>("done");
  let rc = 0;
  for (;;) {
    waitArm(fiber);
    if (atomic.load<u32>(done) != 0) break;
    rc = parkKillable();
    if (rc < 0) break;
  }
  waitCancel();
  treeLock();
  spawn.spawner = 0;
  treeUnlock();
  if (rc == 0) rc = spawn.result;
  spawnRelease(spawn);
  return rc;
}

/** A record whose `spawnBegin` was never called. */
export function spawnDrop(spawn: Spawn): void {
  slotFree(spawn.slot);
  spawnRelease(spawn);
}

/** The engine or the spawner lets go of the record. */
export function spawnRelease(spawn: Spawn): void {
  if (atomic.sub<u32>(changetype<usize>(spawn) + offsetof<Spawn>("owners"), 1) != 1) return;
  frameFree(spawn.path);
  if (spawn.cwd != 0) frameFree(spawn.cwd);
  blockFree(spawn.preopens);
  slabFree(changetype<usize>(spawn));
}
