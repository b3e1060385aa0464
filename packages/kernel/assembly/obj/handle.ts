/**
 * Handle tables: WASI file descriptors are indexes into them. A table grows by frames of 128 entries; lookup is two loads.
 */
import { EBADF, EINVAL, EMFILE, ENOMEM, ENOTCAPABLE } from "../../../abi/src/errno";
import { HANDLE_GENERATIONS, HANDLE_INDEX_BITS, OBJECT_CHANNEL, OBJECT_REVOKED } from "../../../abi/src/kernel-interface";
import { MAX_HANDLES } from "../../../abi/src/params";
import { Globals, globals } from "../globals";
import { spinLock, spinUnlock } from "../lock";
import { frameAlloc, frameFree } from "../mem/frames";
import { slabAlloc, slabFree } from "../mem/slab";
import { callFree } from "../ipc/call";
import { endpointLeft } from "../ipc/channel";
import { HANDLE_FRAMES, Process } from "../proc/process";
import { bootstrapFree } from "../cap/bootstrap";
import { Cap, capCommit, capLeave, capMoved, capPrepare, derivationLock, derivationUnlock, HOLDER_MESSAGE } from "../cap/derivation";
import { dispatchDrop, dispatchRelease, dispatchRetain } from "./dispatch";

/**
 *   0 object | 4 type u8 | 5 cloexec u8 | 6 fdflags u16 | 8 rights | 12 inheriting | 16 generation | 20 preopen | 24 cap | 28 spare
 * Written by the owner fiber under handleLock, and by who revokes it (cap/revoke.ts) under the same lock. `object` 0 is a free
 * entry. `preopen` is a slab block: length u32, bytes. A revoked entry has type OBJECT_REVOKED, no rights, its former type in `fdflags`, and keeps
 * the object's memory (not its meaning: a pipe's end counts as closed) until its owner closes it: a call may be using it.
 */
@unmanaged
export class Handle {
  object: u32;
  type: u8;
  cloexec: u8;
  fdflags: u16;
  /** Rights fit 31 bits (packages/abi/src/rights.ts); WASI's u64 is widened at the border. */
  rights: u32;
  inheriting: u32;
  /** Counts how often the entry was reused, 1..HANDLE_GENERATIONS and again, so that a stale handle value can be told. */
  generation: u32;
  preopen: u32;
  /** Atomic: its node in the derivation tree, 0: nothing was derived (cap/derivation.ts). */
  cap: u32;
  spare: u32;
}
if (offsetof<Handle>() != 32) ERROR("Handle is not 32 bytes");
const ENTRY_SHIFT: u32 = 5;
const PER_FRAME_SHIFT: u32 = 7;
const PER_FRAME_MASK: u32 = 127;

function frameWord(process: Process, frame: u32): usize {
  return changetype<usize>(process) + offsetof<Process>("frames0") + (frame << 2);
}

export function handleLockOf(process: Process): usize {
  return changetype<usize>(process) + offsetof<Process>("handleLock");
}

/** The entry of a descriptor that is not free, or null. */
// @ts-ignore: decorator
@inline
function occupied(process: Process, fd: u32): Handle | null {
  if (fd >= <u32>MAX_HANDLES) return null;
  const page = load<u32>(frameWord(process, fd >> PER_FRAME_SHIFT));
  if (page == 0) return null;
  const entry = changetype<Handle>(<usize>page + ((fd & PER_FRAME_MASK) << ENTRY_SHIFT));
  return entry.object == 0 ? null : entry;
}

/** The entry of an open descriptor, or null; a revoked one is not open. */
export function handleAt(process: Process, fd: u32): Handle | null {
  const entry = occupied(process, fd);
  return entry === null || entry.type == OBJECT_REVOKED ? null : entry;
}

/** The handle value of an open descriptor, as calls on kernel objects return it. */
export function handleValue(process: Process, fd: u32): u32 {
  return (handleAt(process, fd) as Handle).generation << HANDLE_INDEX_BITS | fd;
}

/**
 * The entry a handle value names. A plain descriptor number (no generation) names streams and files only.
 * Address of the Handle, or null: stale, closed, revoked, never was.
 */
export function handleNamed(process: Process, value: u32): Handle | null {
  const entry = handleAt(process, value & (<u32>MAX_HANDLES - 1));
  if (entry === null) return null;
  const generation = value >> HANDLE_INDEX_BITS;
  const named = generation == 0 ? entry.type < <u8>OBJECT_CHANNEL : generation == entry.generation;
  return named ? entry : null;
}

/** Address of the Handle, -EBADF, -EINVAL when it is not of `type` (0: any), or -ENOTCAPABLE when it lacks one of `rights`. */
export function handleUse(process: Process, value: u32, type: u32, rights: u32): i32 {
  const entry = handleNamed(process, value);
  if (entry === null) return -EBADF;
  if (type != 0 && entry.type != type) return -EINVAL;
  if ((entry.rights & rights) != rights) return -ENOTCAPABLE;
  process.call = changetype<u32>(entry);
  return <i32>changetype<usize>(entry);
}

/** Address of the Handle, -EBADF, or -ENOTCAPABLE when it lacks one of `rights`. */
export function handleGet(process: Process, fd: u32, rights: u32): i32 {
  const entry = handleAt(process, fd);
  if (entry === null) return -EBADF;
  if ((entry.rights & rights) != rights) return -ENOTCAPABLE;
  process.call = changetype<u32>(entry);
  return <i32>changetype<usize>(entry);
}

/** Make the frame of `fd` exist. 0, -EBADF (out of range) or -ENOMEM. handleLock is not held. */
function ensure(process: Process, fd: u32): i32 {
  if (fd >= <u32>MAX_HANDLES) return -EBADF;
  const word = frameWord(process, fd >> PER_FRAME_SHIFT);
  if (load<u32>(word) != 0) return 0;
  const page = frameAlloc();
  if (page == 0) return -ENOMEM;
  store<u32>(word, <u32>page);
  return 0;
}

/**
 * Lowest free descriptor >= `least`, reserved by nothing: the caller fills it in the same turn with `handlePut`.
 * Descriptor, -EMFILE or -ENOMEM.
 */
export function handleFind(process: Process, least: u32): i32 {
  for (let fd = least; fd < <u32>MAX_HANDLES; fd++) {
    if (occupied(process, fd) !== null) continue;
    const rc = ensure(process, fd);
    return rc < 0 ? rc : <i32>fd;
  }
  return -EMFILE;
}

/**
 * Put an object at a free descriptor found by `handleFind` (or made free and ensured). Takes over the caller's reference.
 */
export function handlePut(
  process: Process, fd: u32, type: u32, object: usize, rights: u32, inheriting: u32, fdflags: u32, cloexec: bool,
): Handle {
  const page = load<u32>(frameWord(process, fd >> PER_FRAME_SHIFT));
  const entry = changetype<Handle>(<usize>page + ((fd & PER_FRAME_MASK) << ENTRY_SHIFT));
  spinLock(handleLockOf(process));
  entry.type = <u8>type;
  entry.cloexec = cloexec ? 1 : 0;
  entry.fdflags = <u16>fdflags;
  entry.rights = rights;
  entry.inheriting = inheriting;
  entry.preopen = 0;
  entry.cap = 0;
  entry.generation = entry.generation >= <u32>HANDLE_GENERATIONS ? 1 : entry.generation + 1;
  entry.object = <u32>object;
  spinUnlock(handleLockOf(process));
  atomic.add<u32>(changetype<usize>(globals()) + offsetof<Globals>("handles"), 1);
  return entry;
}

/** Kernel objects take descriptors from here on, so that those of streams and files stay small and without gaps. */
const FIRST_OBJECT: u32 = 32;

/**
 * A handle to a kernel object, not inherited by children unless handed over. Takes over the caller's reference.
 * Handle value (> 0), -EMFILE or -ENOMEM; on failure the caller keeps its reference.
 */
export function handleMake(process: Process, type: u32, object: usize, rights: u32): i32 {
  const fd = handleInstall(process, FIRST_OBJECT, type, object, rights, rights, 0, true);
  return fd < 0 ? fd : <i32>handleValue(process, fd);
}

/** Where the next handle to a kernel object goes. Descriptor, -EMFILE or -ENOMEM. */
export function handleFindObject(process: Process): i32 {
  return handleFind(process, FIRST_OBJECT);
}

/** Does the value name a handle that was revoked? Its owner may still close it. */
export function handleRevoked(process: Process, value: u32): bool {
  const entry = occupied(process, value & (<u32>MAX_HANDLES - 1));
  if (entry === null || entry.type != OBJECT_REVOKED) return false;
  const generation = value >> HANDLE_INDEX_BITS;
  return generation == entry.generation || (generation == 0 && entry.fdflags < <u16>OBJECT_CHANNEL);
}

/** Make sure that `count` handles can be made with `handleMake` or `handleMoveIn`. 0, -EMFILE or -ENOMEM. */
export function handleReserve(process: Process, count: u32): i32 {
  let fd: i32 = FIRST_OBJECT - 1;
  for (; count > 0; count--) {
    fd = handleFind(process, fd + 1);
    if (fd < 0) return fd;
  }
  return 0;
}

/**
 * Move a handle out of the table into `record`, which belongs to a message. The caller holds derivationLock and has seen that
 * the entry is not revoked.
 */
export function handleMoveOut(process: Process, entry: Handle, record: Handle): void {
  record.type = entry.type;
  record.object = entry.object;
  record.fdflags = entry.fdflags;
  record.rights = entry.rights;
  record.inheriting = entry.inheriting;
  capMoved(entry, record, HOLDER_MESSAGE);
  if (entry.preopen != 0) slabFree(entry.preopen);
  spinLock(handleLockOf(process));
  entry.object = 0;
  entry.preopen = 0;
  entry.type = 0;
  spinUnlock(handleLockOf(process));
  atomic.sub<u32>(changetype<usize>(globals()) + offsetof<Globals>("handles"), 1);
}

/** Move a handle from a message into the table, where `handleReserve` found room. Handle value, or 0: it was revoked on the way. */
export function handleMoveIn(process: Process, record: Handle): u32 {
  const fd = <u32>handleFind(process, FIRST_OBJECT);
  derivationLock();
  const alive = record.type != OBJECT_REVOKED;
  if (alive) {
    const entry = handlePut(
      process, fd, record.type, record.object, record.rights, record.inheriting, record.fdflags, true,
    );
    capMoved(record, entry, changetype<u32>(process));
    record.type = <u8>OBJECT_REVOKED;
  }
  derivationUnlock();
  return alive ? handleValue(process, fd) : 0;
}

/** handleFind + handlePut. Descriptor, -EMFILE or -ENOMEM; on failure the caller keeps its reference. */
export function handleInstall(
  process: Process, least: u32, type: u32, object: usize, rights: u32, inheriting: u32, fdflags: u32, cloexec: bool,
): i32 {
  const fd = handleFind(process, least);
  if (fd >= 0) handlePut(process, fd, type, object, rights, inheriting, fdflags, cloexec);
  return fd;
}

/** Close a descriptor, revoked or not. 0 or -EBADF. */
export function handleClose(process: Process, fd: u32): i32 {
  const entry = occupied(process, fd);
  if (entry === null) return -EBADF;
  // From here on nobody else writes it: a revoke either came before, or does not find it any more.
  if (atomic.load<u32>(changetype<usize>(entry) + offsetof<Handle>("cap")) != 0) capLeave(entry);
  const preopen = <usize>entry.preopen;
  const type = <u32>entry.type;
  const former = <u32>entry.fdflags;
  const object = <usize>entry.object;
  spinLock(handleLockOf(process));
  entry.object = 0;
  entry.preopen = 0;
  entry.type = 0;
  spinUnlock(handleLockOf(process));
  if (preopen != 0) slabFree(preopen);
  atomic.sub<u32>(changetype<usize>(globals()) + offsetof<Globals>("handles"), 1);
  if ((type == OBJECT_REVOKED ? former : type) == OBJECT_CHANNEL) endpointLeft(object, process.fiber);
  if (type == OBJECT_REVOKED) dispatchDrop(former, object);
  else dispatchRelease(type, object);
  return 0;
}

/**
 * Copy an entry of `from` to exactly `fd` of `to` (which must be free or is closed first), with `rights` of the
 * original at most, as its child in the derivation tree. `badge` 0 keeps the original's. 0, -EBADF or -ENOMEM.
 */
export function handleDuplicate(
  from: Process, source: u32, to: Process, fd: u32, rights: u32, cloexec: bool, badge: u64 = 0,
): i32 {
  const entry = handleAt(from, source);
  if (entry === null) return -EBADF;
  const rc = ensure(to, fd);
  if (rc < 0) return rc;
  const cap = capPrepare(from, entry);
  if (cap == 0) return entry.type == OBJECT_REVOKED ? -EBADF : -ENOMEM;
  if (badge != 0) changetype<Cap>(cap).badge = badge;
  const type = <u32>entry.type;
  // Revoked by another core since it was looked up: `dispatchRetain` must not count an end that is gone.
  derivationLock();
  const alive = entry.cap != 0;
  if (alive) dispatchRetain(type, entry.object);
  derivationUnlock();
  if (!alive) {
    slabFree(cap);
    return -EBADF;
  }
  handleClose(to, fd);
  const copy = handlePut(to, fd, type, entry.object, entry.rights & rights, entry.inheriting & rights, entry.fdflags, cloexec);
  if (capCommit(cap, entry, changetype<usize>(copy), changetype<u32>(to))) return 0;
  handleClose(to, fd);
  return -EBADF;
}

/** No descriptor at or above this is open. */
export function handleLimit(process: Process): u32 {
  let frames = HANDLE_FRAMES;
  while (frames > 0 && load<u32>(frameWord(process, frames - 1)) == 0) frames--;
  return frames << PER_FRAME_SHIFT;
}

/** Open descriptors. handleLock is not held. */
export function handleCount(process: Process): u32 {
  let count: u32 = 0;
  spinLock(handleLockOf(process));
  const end = handleLimit(process);
  for (let fd: u32 = 0; fd < end; fd++) count += <u32>(handleAt(process, fd) !== null);
  spinUnlock(handleLockOf(process));
  return count;
}

/** Give a duplicate the original's preopen name. 0 or -ENOMEM. */
export function preopenCopy(from: Handle, to: Handle): i32 {
  const size = 4 + load<u32>(from.preopen);
  const name = slabAlloc(size);
  if (name == 0) return -ENOMEM;
  memory.copy(name, from.preopen, size);
  to.preopen = <u32>name;
  return 0;
}

/** Close everything and free the table (exit). */
export function handleCloseAll(process: Process): void {
  bootstrapFree(process);
  for (let frame: u32 = 0; frame < HANDLE_FRAMES; frame++) {
    const word = frameWord(process, frame);
    const page = load<u32>(word);
    if (page == 0) continue;
    for (let i: u32 = 0; i <= PER_FRAME_MASK; i++) handleClose(process, (frame << PER_FRAME_SHIFT) + i);
    spinLock(handleLockOf(process));
    store<u32>(word, 0);
    spinUnlock(handleLockOf(process));
    frameFree(page);
  }
  // Last: as long as it has a channel's handle, others lend to its record.
  callFree(process);
}
