/**
 * What a process starts with beside descriptors: handles under names, and a mask of the system calls it may make. Its parent puts
 * both together, call by call, and the next proc_spawn (or host_spawn) hands them over. Names are not inherited: a process has
 * what it was handed. Masks are: a child never may what its parent may not.
 */
import { EEXIST, EINVAL, ENFILE, ENOENT, ENOMEM } from "../../../abi/src/errno";
import { MASK_KILL, MASK_REFUSE } from "../../../abi/src/cloudos-v1";
import { MAX_HANDLES, SYSTEM_CALLS_MAX } from "../../../abi/src/params";
import { RIGHT_DUPLICATE } from "../../../abi/src/rights";
import { SIGSYS } from "../../../abi/src/signals";
import { core, currentProcess, KCore } from "../core";
import { slabAlloc, slabFree } from "../mem/slab";
import { handleDuplicate, handleFindObject, handleNamed, handleUse, handleValue } from "../obj/handle";
import { deliver, sysReturn } from "../proc/deliver";
import { Process } from "../proc/process";
import { signalSend } from "../proc/signal";
import { processFind } from "../proc/tables";
import { treeLock, treeUnlock } from "../proc/tree";
import { copyIn, store32 } from "../user";
import { trace, TRACE_VIOLATION } from "./trace";

/** 0 count | 4 MASK_* | 8 mask, one bit a call, 64 bytes | 72 entries: name 16 bytes, handle value, rights */
@unmanaged
class Bootstrap {
  count: u32;
  action: u32;
  mask: u64;
}
const MASK: usize = 8;
const MASK_BYTES: u32 = SYSTEM_CALLS_MAX >> 3;
const ENTRIES: usize = MASK + MASK_BYTES;
const ENTRY: usize = 24;
const ENTRIES_MAX: u32 = 18;
const SIZE: u32 = 512;
if (ENTRIES + ENTRY * ENTRIES_MAX > SIZE) ERROR("Bootstrap is larger than its slab slot");

function entryOf(address: usize, index: u32): usize {
  return address + ENTRIES + index * ENTRY;
}

/** The entry with the name at `name` (16 bytes of the kernel's memory), or 0. */
function find(address: usize, name: usize): usize {
  const count: u32 = address == 0 ? 0 : changetype<Bootstrap>(address).count;
  for (let i: u32 = 0; i < count; i++) {
    const entry = entryOf(address, i);
    if (load<u64>(entry) == load<u64>(name) && load<u64>(entry, 8) == load<u64>(name, 8)) return entry;
  }
  return 0;
}

/** What the process prepares for its next child, or 0: no memory. */
function grantsOf(process: Process): usize {
  if (process.grants == 0) process.grants = <u32>slabAlloc(SIZE);
  return process.grants;
}

/** The next child gets a duplicate of the handle, with those of `rights` that it has, under a name of 16 bytes. */
export function c1_bootstrap_put(name: u32, value: u32, rights: u32): i32 {
  const process = currentProcess();
  const found = handleUse(process, value, 0, RIGHT_DUPLICATE);
  if (found < 0) return -found;
  const grants = grantsOf(process);
  if (grants == 0) return ENOMEM;
  const count = changetype<Bootstrap>(grants).count;
  if (count == ENTRIES_MAX) return ENFILE;
  const entry = entryOf(grants, count);
  const rc = copyIn(entry, name, 16);
  if (rc < 0) return -rc;
  if (find(grants, entry) != 0) return EEXIST;
  store<u32>(entry, value, 16);
  store<u32>(entry, rights, 20);
  changetype<Bootstrap>(grants).count = count + 1;
  return 0;
}

/** The handle this process was given under a name of 16 bytes. */
export function c1_bootstrap_get(name: u32, out: u32): i32 {
  const process = currentProcess();
  const key = changetype<usize>(core()) + offsetof<KCore>("scratch0");
  const rc = copyIn(key, name, 16);
  if (rc < 0) return -rc;
  const entry = find(process.bootstrap, key);
  return entry == 0 ? ENOENT : sysReturn(store32(out, load<u32>(entry, 16)));
}

/**
 * The next child may make the calls whose bits are set in `length` bytes (the numbers are those of SYSTEM_CALLS), as far as this process
 * may; others end in EPERM, or kill it with SIGSYS. proc_exit cannot be masked.
 */
export function c1_call_mask(bits: u32, length: u32, action: u32): i32 {
  const process = currentProcess();
  if (length > MASK_BYTES || (action != MASK_REFUSE && action != MASK_KILL)) return EINVAL;
  const grants = grantsOf(process);
  if (grants == 0) return ENOMEM;
  memory.fill(grants + MASK, 0, MASK_BYTES);
  const rc = copyIn(grants + MASK, bits, length);
  if (rc < 0) return -rc;
  changetype<Bootstrap>(grants).action = action;
  return 0;
}

/** Hands over what `parent` prepared, before the child can run, and empties it. 0 or -errno; the child is discarded then. */
export function bootstrapApply(parent: Process, child: Process): i32 {
  const grants = <usize>parent.grants;
  parent.grants = 0;
  child.bootstrap = <u32>grants;
  const own = <usize>parent.bootstrap;
  if (own != 0 && changetype<Bootstrap>(own).action != 0) {
    if (grants == 0) child.bootstrap = <u32>slabAlloc(SIZE);
    const block = <usize>child.bootstrap;
    if (block == 0) return -ENOMEM;
    const mask = changetype<Bootstrap>(block);
    // A child's mask is at most its parent's, and so is what a violation does.
    const fresh = mask.action == 0;
    for (let at: usize = MASK; at < ENTRIES; at += 8) {
      store<u64>(block + at, load<u64>(own + at) & (fresh ? u64.MAX_VALUE : load<u64>(block + at)));
    }
    mask.action = max(mask.action, changetype<Bootstrap>(own).action);
  }
  if (grants == 0) return 0;
  const count = changetype<Bootstrap>(grants).count;
  for (let i: u32 = 0; i < count; i++) {
    const entry = entryOf(grants, i);
    const value = load<u32>(entry, 16);
    const fd = handleFindObject(child);
    if (fd < 0) return fd;
    // Closed since it was put there?
    const handle = handleNamed(parent, value);
    const rc = handle === null ? -ENOENT : handleDuplicate(parent, value & (MAX_HANDLES - 1), child, fd, load<u32>(entry, 20), true);
    if (rc < 0) return rc;
    store<u32>(entry, handleValue(child, fd), 16);
  }
  return 0;
}

/** The process ends, or never was. */
export function bootstrapFree(process: Process): void {
  if (process.bootstrap != 0) slabFree(process.bootstrap);
  if (process.grants != 0) slabFree(process.grants);
  process.bootstrap = 0;
  process.grants = 0;
}

/** Must the loader link it to stubs that ask `call_allowed` first? */
export function process_masked(pid: u32): u32 {
  treeLock();
  const process = processFind(pid);
  const masked = process !== null && process.bootstrap != 0 && changetype<Bootstrap>(<usize>process.bootstrap).action != 0;
  treeUnlock();
  return masked ? 1 : 0;
}

/** May the current process make the call with this number? 1; 0: the stub answers EPERM. A process that is to be killed does not return. */
export function call_allowed(number: u32): u32 {
  const process = currentProcess();
  const block = <usize>process.bootstrap;
  if (number < <u32>SYSTEM_CALLS_MAX && (load<u8>(block + MASK + (number >> 3)) >> <u8>(number & 7) & 1) != 0) return 1;
  trace(TRACE_VIOLATION, number, changetype<Bootstrap>(block).action, 0);
  if (changetype<Bootstrap>(block).action == MASK_KILL) {
    treeLock();
    signalSend(process, SIGSYS);
    treeUnlock();
    deliver();
  }
  return 0;
}
