/**
 * Revocation: every handle, message, mapping and bind derived from a handle ends at once, wherever it is.
 *
 * Entries of other processes' tables are changed here, so "only its process closes a handle" reads: only its process frees the
 * entry and the object's memory. The order that makes it safe against a call on another core that uses the entry:
 *
 *     revoke:  entry.type = REVOKED; look at Fiber.interruptible; wake
 *     park:    Fiber.interruptible = ...; look at entry.type; sleep       (sched/wait.ts)
 *
 * so that a call that waits ends with ECANCELED, and one that does not wait finishes on memory that its process still holds.
 */
import { OBJECT_REVOKED } from "../../../abi/src/kernel-interface";
import { spinLock, spinUnlock } from "../lock";
import { slabFree } from "../mem/slab";
import { dispatchDrop, dispatchEnd, dispatchHasEnds, dispatchRelease } from "../obj/dispatch";
import { Handle, handleLockOf } from "../obj/handle";
import { objectRef } from "../obj/object";
import { Fiber, WAKE_EVENT } from "../proc/fiber";
import { Process } from "../proc/process";
import { bindRevoked } from "../ipc/port";
import { fiberWake } from "../sched/wait";
import { CALL_ANY } from "./call";
import { Cap, capUnlink, derivationLock, derivationUnlock, HOLDER_BIND, HOLDER_MAPPING, HOLDER_MESSAGE } from "./derivation";

/** Ends all that was derived from `source`; the handle itself stays. Returns how many there were. */
export function capRevoke(source: Handle): u32 {
  let victims: usize = 0;
  let count: u32 = 0;
  derivationLock();
  const root = <usize>source.cap;
  while (root != 0 && changetype<Cap>(root).child != 0) {
    // A leaf, so that no node ever hangs from one that is gone.
    let at = <usize>changetype<Cap>(root).child;
    while (changetype<Cap>(at).child != 0) at = <usize>changetype<Cap>(at).child;
    const cap = changetype<Cap>(at);
    capUnlink(cap);
    count++;
    cap.next = <u32>victims;
    end(cap);
    victims = at;
  }
  derivationUnlock();
  // What may wake others or free memory happens without the lock: closing an end may close the handles in its queue.
  while (victims != 0) {
    const cap = changetype<Cap>(victims);
    victims = cap.next;
    const type = cap.parent;
    if (type != 0) {
      if (cap.owner == HOLDER_MESSAGE) {
        dispatchRelease(type, cap.holder);
      } else {
        dispatchEnd(type, cap.holder);
        dispatchDrop(type, cap.holder);
      }
    }
    slabFree(changetype<usize>(cap));
  }
  return count;
}

/** One node's holder. `parent` becomes the type of the object in `holder` that is still to be released, or 0. */
function end(cap: Cap): void {
  const holder = <usize>cap.holder;
  cap.parent = 0;
  if (cap.owner == HOLDER_BIND) {
    bindRevoked(holder);
    return;
  }
  if (cap.owner == HOLDER_MAPPING) {
    // Its first word is this node (window/window.ts).
    store<u32>(holder, 0);
    return;
  }
  const handle = changetype<Handle>(holder);
  const type = <u32>handle.type;
  if (cap.owner == HOLDER_MESSAGE) {
    handle.type = <u8>OBJECT_REVOKED;
    handle.cap = 0;
    cap.parent = type;
    cap.holder = handle.object;
    return;
  }
  const process = changetype<Process>(<usize>cap.owner);
  spinLock(handleLockOf(process));
  handle.rights = 0;
  handle.inheriting = 0;
  handle.fdflags = <u16>type;
  // ORDER: the type before the node goes, and before the look at the fiber.
  atomic.store<u8>(holder + offsetof<Handle>("type"), <u8>OBJECT_REVOKED);
  atomic.store<u32>(holder + offsetof<Handle>("cap"), 0);
  spinUnlock(handleLockOf(process));
  if (dispatchHasEnds(type)) {
    // The owner may close the entry as soon as the derivation lock is free, and needs its own reference for that.
    objectRef(handle.object);
    cap.parent = type;
    cap.holder = handle.object;
  }
  // The node was in the tree, so the process has not closed its handles yet: its fiber exists.
  const fiber = changetype<Fiber>(<usize>process.fiber);
  if (changetype<usize>(fiber) == 0) return;
  if (process.call != changetype<u32>(handle) && process.call != CALL_ANY) return;
  if (atomic.load<u32>(changetype<usize>(fiber) + offsetof<Fiber>("interruptible")) != 0) fiberWake(fiber, WAKE_EVENT);
}
