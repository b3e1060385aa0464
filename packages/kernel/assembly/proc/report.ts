/** What /proc shows, for any agent. Record layouts: KernelExports in packages/abi. */
import { EBADF, ESRCH } from "../../../abi/src/errno";
import { HANDLE_INDEX_BITS, OBJECT_CHANNEL, OBJECT_DIR, OBJECT_FILE } from "../../../abi/src/kernel-interface";
import { PAGE_SHIFT } from "../../../abi/src/params";
import { capBadge } from "../cap/derivation";
import { KCore } from "../core";
import { File } from "../fs/object";
import { dirNode } from "../fs/path";
import { fsState } from "../fs/state";
import { globals } from "../globals";
import { framesTotal } from "../mem/spans";
import { spinLock, spinUnlock } from "../lock";
import { Handle, handleAt, handleCount, handleLockOf } from "../obj/handle";
import { KObject } from "../obj/object";
import { Tty } from "../tty/tty";
import { blockRead } from "./block";
import { Fiber, FIBER_READY, FIBER_RUNNING } from "./fiber";
import { Process, PROCESS_CREATED, PROCESS_ZOMBIE } from "./process";
import { processAtIndex, processFind, processScan } from "./tables";
import { treeLock, treeUnlock } from "./tree";

/** Pids are not in table order, so this looks for the least pid above `pid`: 16,384 words, a few microseconds. */
export function proc_next(pid: u32): u32 {
  let next: u32 = u32.MAX_VALUE;
  treeLock();
  for (let at = processScan(0); at != 0; at = processScan(at)) {
    const candidate = processAtIndex(at - 1).pid;
    if (candidate > pid && candidate < next) next = candidate;
  }
  treeUnlock();
  return next == u32.MAX_VALUE ? 0 : next;
}

function stateLetter(process: Process): u32 {
  if (process.state == PROCESS_ZOMBIE) return 0x5a; // Z
  if (process.state == PROCESS_CREATED) return 0x43; // C
  if (process.stopped != 0) return 0x54; // T
  const state = process.fiber == 0 ? 0 : changetype<Fiber>(<usize>process.fiber).state;
  return state == FIBER_READY || state == FIBER_RUNNING ? 0x52 : 0x53; // R, S
}

export function proc_info(pid: u32, out: usize): i32 {
  treeLock();
  const process = processFind(pid);
  if (process !== null) describe(process, out);
  treeUnlock();
  return process === null ? -ESRCH : 0;
}

function describe(process: Process, out: usize): void {
  memory.fill(out, 0, 128);
  let userUs = process.userUs;
  let systemUs = process.systemUs;
  if (process.fiber != 0) {
    const fiber = changetype<Fiber>(<usize>process.fiber);
    userUs += fiber.userUs;
    systemUs += fiber.systemUs;
    store<u32>(out, changetype<KCore>(<usize>fiber.core).id, 20);
    store<u32>(out, process.memoryBytes, 24);
    store<u32>(out, 1, 76);
  }
  store<u32>(out, process.pid);
  store<u32>(out, process.parent == 0 ? 0 : changetype<Process>(<usize>process.parent).pid, 4);
  store<u32>(out, process.pgid, 8);
  store<u32>(out, process.sid, 12);
  store<u32>(out, stateLetter(process), 16);
  store<u32>(out, process.exitCode, 28);
  store<f64>(out, userUs, 32);
  store<f64>(out, systemUs, 40);
  store<f64>(out, process.startUs, 48);
  store<u64>(out, process.switches, 56);
  store<u32>(out, handleCount(process), 64);
  store<i32>(out, process.nice, 72);
  memory.copy(out + 80, changetype<usize>(process) + offsetof<Process>("name0"), 31);
  store<u32>(out, process.pending, 112);
  store<u32>(out, process.ignored, 116);
  store<u32>(out, process.queued, 120);
  if (process.tty == 0) return;
  const tty = changetype<Tty>(<usize>process.tty);
  store<u32>(out, tty.aux + 1, 68);
  store<u32>(out, tty.foreground, 124);
}

export function proc_args(pid: u32, which: u32, out: usize, capacity: u32): i32 {
  treeLock();
  const process = processFind(pid);
  let rc = -ESRCH;
  if (process !== null) {
    const block = which == 0 ? process.args : process.env;
    // Under treeLock so that an exit cannot free the block meanwhile (processFinish takes them out first).
    rc = block == 0 ? 0 : <i32>blockRead(block, 0, out, capacity);
  }
  treeUnlock();
  return rc;
}

export function proc_cwd(pid: u32): u64 {
  treeLock();
  const process = processFind(pid);
  const node = process === null ? 0 : process.cwdNode;
  treeUnlock();
  return node;
}

export function proc_root(pid: u32): u64 {
  treeLock();
  const process = processFind(pid);
  const node = process === null ? 0 : process.rootNode;
  treeUnlock();
  return node;
}

export function proc_fd(pid: u32, fd: u32, out: usize): i32 {
  treeLock();
  const process = processFind(pid);
  const rc = process === null ? -EBADF : describeHandle(process, fd, out);
  treeUnlock();
  return rc;
}

function describeHandle(process: Process, fd: u32, out: usize): i32 {
  // An exit empties and frees the table under this lock, one entry at a time.
  spinLock(handleLockOf(process));
  const handle = handleAt(process, fd);
  if (handle !== null) fill(process, fd, handle, out);
  spinUnlock(handleLockOf(process));
  return handle === null ? -EBADF : 0;
}

function fill(process: Process, fd: u32, handle: Handle, out: usize): void {
  memory.fill(out, 0, 32);
  const type = <u32>handle.type;
  const object = <usize>handle.object;
  store<u32>(out, type);
  store<u32>(out, handle.rights, 4);
  store<u32>(out, handle.fdflags, 24);
  if (type == OBJECT_FILE || type == OBJECT_DIR) {
    const file = changetype<File>(object);
    store<u64>(out, dirNode(process, file), 8);
    store<f64>(out, <f64>file.offset, 16);
    return;
  }
  if (type < <u32>OBJECT_CHANNEL) {
    store<u32>(out, changetype<KObject>(object).aux, 28);
    return;
  }
  store<u64>(out, capBadge(handle), 8);
  store<f64>(out, <f64>(handle.generation << HANDLE_INDEX_BITS | fd), 16);
  store<u32>(out, changetype<KObject>(object).refs, 28);
}

export function mem_info(out: usize): void {
  const g = globals();
  const state = fsState();
  const frame = <f64>(1 << PAGE_SHIFT);
  const total = <f64>framesTotal() * frame;
  store<f64>(out, total);
  store<f64>(out, total - <f64>g.framesUsed * frame, 8);
  store<f64>(out, <f64>state.cachedPages * frame, 16);
  store<f64>(out, <f64>g.spansBase, 24);
  store<f64>(out, <f64>state.dirtyPages * frame, 32);
  store<f64>(out, <f64>g.processCount, 40);
  store<f64>(out, <f64>state.vnodeCount, 48);
  store<f64>(out, <f64>g.handles, 56);
  store<f64>(out, <f64>state.pinnedPages * frame, 64);
  store<f64>(out, <f64>g.vmoPages * frame, 72);
}
