/**
 * Request slots: how fibers ask the file service for something. Protocol: packages/abi/src/vfs-protocol.ts.
 *
 *            slotAlloc        slotCall/slotPost      vfs_next           vfs_complete         slotFree
 *     FREE ------------> (being filled) ----> QUEUED ----------> TAKEN ----------> DONE ----------------> FREE
 *
 * A fiber that is killed while it waits lets go of its slot (SLOT_O_FIBER becomes 0); the slot is then freed, and what
 * the reply carries is dropped, when the service completes it. Page-ins have no fiber from the start: they belong
 * to the pages (page-in.ts).
 */
import { EINTR } from "../../../abi/src/errno";
import { EVENT_NEED_VFS } from "../../../abi/src/kernel-interface";
import { IRQ_VFS, VFS_SLOT_COUNT, VFS_SLOT_SIZE, VFS_SLOTS_BASE } from "../../../abi/src/layout";
import { AGENT_VFS } from "../../../abi/src/params";
import {
  SLOT_DONE, SLOT_FREE, SLOT_O_BUF1, SLOT_O_ERRNO, SLOT_O_FIBER, SLOT_O_NEXT, SLOT_O_NODE, SLOT_O_OP, SLOT_O_PID, SLOT_O_STATE, SLOT_QUEUED,
  SLOT_TAKEN, VFS_RELEASE,
} from "../../../abi/src/vfs-protocol";
import { ringDoorbell } from "../../../hal-wasm/assembly/hal";
import { currentFiber, currentProcess } from "../core";
import { eventPost } from "../host/events";
import { FS_TABLES_BASE } from "../layout";
import { spinLock, spinUnlock } from "../lock";
import { slabAlloc, slabFree } from "../mem/slab";
import { Fiber, WAKE_EVENT } from "../proc/fiber";
import { systemEnter, systemLeave } from "../sched/run";
import { spawnAnswered } from "../proc/spawn";
import { fiberWake, parkKillable, waitArm, waitCancel, WaitQueue, waitPrepare, wakeAll } from "../sched/wait";
import { FsState, fsState, requestLock } from "./state";
import { Vnode, vnodePut } from "./vnode";

/** Kernel's own: the vnode a request holds a reference to, 0 for none. An OPEN's belongs to the opener who clears it. */
export const SLOT_O_VNODE: i32 = 172;

/** Kernel's own: a Spawn that is told of the reply on whatever instance it arrives, or 0 (proc/spawn.ts). */
export const SLOT_O_OWNER: i32 = 216;

/** The last slot is kept for RELEASE, so that closing a deleted file needs neither memory nor a wait. */
const RELEASE_SLOT: usize = VFS_SLOTS_BASE + (VFS_SLOT_COUNT - 1) * VFS_SLOT_SIZE;

/** A node the service must be told to free. */
@unmanaged
class Release {
  next: u32;
  pad: u32;
  node: u64;
}

function slotWaiters(): WaitQueue {
  return changetype<WaitQueue>(FS_TABLES_BASE + offsetof<FsState>("slotWaiters"));
}

function stateOf(slot: usize): u32 {
  return atomic.load<u32>(slot + SLOT_O_STATE);
}

function setState(slot: usize, state: u32): void {
  // ORDER: publishes the request's fields to the service, or the reply's to the fiber.
  atomic.store<u32>(slot + SLOT_O_STATE, state);
}

/** A free slot or 0. */
function slotTake(): usize {
  const state = fsState();
  spinLock(requestLock());
  let slot = <usize>state.freeSlots;
  if (slot != 0) {
    state.freeSlots = load<u32>(slot + SLOT_O_NEXT);
  } else if (state.slotsUsed < <u32>(VFS_SLOT_COUNT - 1)) {
    slot = VFS_SLOTS_BASE + state.slotsUsed++ * VFS_SLOT_SIZE;
  }
  spinUnlock(requestLock());
  return slot;
}

/** A slot for `op` by the current process, all other header fields zero; waits while all are busy. Address or -EINTR. */
export function slotAlloc(op: u32): i32 {
  let slot = slotTake();
  while (slot == 0) {
    waitPrepare(slotWaiters());
    slot = slotTake();
    if (slot != 0) waitCancel();
    else if (parkKillable() < 0) return -EINTR;
    else slot = slotTake();
  }
  clear(slot, op);
  store<u32>(slot + SLOT_O_PID, currentProcess().pid);
  return <i32>slot;
}

/** Like slotAlloc for code that cannot wait and speaks for no process. 0 when all are busy. */
export function slotTryAlloc(op: u32): usize {
  const slot = slotTake();
  if (slot != 0) clear(slot, op);
  return slot;
}

function clear(slot: usize, op: u32): void {
  memory.fill(slot, 0, SLOT_O_BUF1);
  store<u32>(slot + SLOT_O_OP, op);
}

/** Done with a slot, whatever its state: one still in flight is let go. */
export function slotFree(slot: usize): void {
  spinLock(requestLock());
  const state = stateOf(slot);
  const inFlight = state == SLOT_QUEUED || state == SLOT_TAKEN;
  if (inFlight) store<u32>(slot + SLOT_O_FIBER, 0);
  spinUnlock(requestLock());
  if (!inFlight) slotRecycle(slot);
}

/** The slot is in no list and nobody waits for it. */
function slotRecycle(slot: usize): void {
  const vnode = load<u32>(slot + SLOT_O_VNODE);
  if (vnode != 0) vnodePut(changetype<Vnode>(vnode));
  const state = fsState();
  spinLock(requestLock());
  setState(slot, SLOT_FREE);
  const more = slot == RELEASE_SLOT && state.releases != 0;
  if (slot != RELEASE_SLOT) {
    store<u32>(slot + SLOT_O_NEXT, state.freeSlots);
    state.freeSlots = <u32>slot;
  }
  spinUnlock(requestLock());
  // All: one that is killed on its way would keep the wake-up from the others.
  if (slot != RELEASE_SLOT) wakeAll(slotWaiters());
  if (more) ringDoorbell(AGENT_VFS, IRQ_VFS);
}

/** requestLock is held. */
function enqueue(slot: usize): void {
  const state = fsState();
  store<u32>(slot + SLOT_O_NEXT, 0);
  setState(slot, SLOT_QUEUED);
  if (state.queueTail != 0) store<u32>(<usize>state.queueTail + SLOT_O_NEXT, <u32>slot);
  else state.queueHead = <u32>slot;
  state.queueTail = <u32>slot;
}

/** Queue a request whose SLOT_O_FIBER (0: nobody waits) is set. */
export function slotPost(slot: usize): void {
  spinLock(requestLock());
  enqueue(slot);
  const attached = fsState().attached;
  spinUnlock(requestLock());
  ringDoorbell(AGENT_VFS, IRQ_VFS);
  if (attached == 0) eventPost(EVENT_NEED_VFS, 0, 0, 0);
}

/** Queue a request and wait for its reply. 0 or -errno; the slot stays the caller's to read and to free. */
export function slotCall(slot: usize): i32 {
  const fiber = currentFiber();
  store<u32>(slot + SLOT_O_FIBER, changetype<u32>(fiber));
  systemEnter();
  slotPost(slot);
  let rc: i32 = 0;
  while (rc == 0 && stateOf(slot) != SLOT_DONE) {
    waitArm(fiber);
    if (stateOf(slot) == SLOT_DONE) waitCancel();
    else rc = parkKillable();
  }
  systemLeave();
  return rc < 0 ? rc : -load<i32>(slot + SLOT_O_ERRNO);
}

/** Queue a request whose reply goes to a Spawn; the slot then is the Spawn's again, to send once more or to free. */
export function slotSubmitFor(slot: usize, owner: usize): void {
  store<u32>(slot + SLOT_O_OWNER, <u32>owner);
  slotPost(slot);
}

/** Tell the service, when it next looks, that nobody uses a deleted node any more. From any agent. */
export function releaseWanted(node: u64): void {
  const record = slabAlloc(offsetof<Release>());
  // Without 32 bytes of memory the node stays allocated until the file system is mounted anew, which collects orphans.
  if (record == 0) return;
  const state = fsState();
  changetype<Release>(record).node = node;
  spinLock(requestLock());
  changetype<Release>(record).next = state.releases;
  state.releases = <u32>record;
  spinUnlock(requestLock());
  ringDoorbell(AGENT_VFS, IRQ_VFS);
}

/** The next request for the service, or 0. */
export function requestTake(): usize {
  const state = fsState();
  let done: usize = 0;
  spinLock(requestLock());
  let slot = <usize>state.queueHead;
  if (slot != 0) {
    state.queueHead = load<u32>(slot + SLOT_O_NEXT);
    if (state.queueHead == 0) state.queueTail = 0;
  } else if (state.releases != 0 && stateOf(RELEASE_SLOT) == SLOT_FREE) {
    done = state.releases;
    state.releases = changetype<Release>(done).next;
    slot = RELEASE_SLOT;
    clear(slot, VFS_RELEASE);
    store<u64>(slot + SLOT_O_NODE, changetype<Release>(done).node);
  }
  if (slot != 0) setState(slot, SLOT_TAKEN);
  spinUnlock(requestLock());
  if (done != 0) slabFree(done);
  return slot;
}

/** The reply is in place and its effects on vnodes are made: hand it to whoever waits, or free the slot. */
export function requestDone(slot: usize): void {
  const owner = load<u32>(slot + SLOT_O_OWNER);
  spinLock(requestLock());
  const fiber = load<u32>(slot + SLOT_O_FIBER);
  if ((fiber | owner) != 0) setState(slot, SLOT_DONE);
  // The fiber cannot free the slot, or itself, while the lock is held.
  if (fiber != 0) fiberWake(changetype<Fiber>(fiber), WAKE_EVENT);
  spinUnlock(requestLock());
  if (owner != 0) spawnAnswered(owner, slot);
  else if (fiber == 0) slotRecycle(slot);
}

/** After a restart of the service: queue a slot it had taken again. False when it had not taken it. */
export function requestRequeue(slot: usize): bool {
  spinLock(requestLock());
  const taken = stateOf(slot) == SLOT_TAKEN;
  if (taken) enqueue(slot);
  spinUnlock(requestLock());
  return taken;
}

/** The service has it and has not answered. */
export function requestTaken(slot: usize): bool {
  return stateOf(slot) == SLOT_TAKEN;
}
