/**
 * The derivation tree: who got which handle from whom. A handle that was never duplicated nor moved has no node (`cap` 0),
 * so opening and closing costs nothing; the first duplicate makes one for the source and one for itself.
 *
 *     Handle --cap--> Cap --parent--> Cap of the handle it was made from
 *        ^             |
 *        '---holder----'
 *
 * Closing a handle gives its children to its parent, so that who revokes further up still reaches them.
 */
import { OBJECT_REVOKED } from "../../../abi/src/kernel-interface";
import { spinLock, spinUnlock } from "../lock";
import { slabAlloc, slabFree } from "../mem/slab";
import { Handle } from "../obj/handle";
import { Process } from "../proc/process";
import { CapState, capState } from "./state";

// Cap.owner: what `holder` is, when it is not an entry of the handle table of the process at that address.
/** A handle in a message that nobody has read yet. */
export const HOLDER_MESSAGE: u32 = 1;
/** A mapping of a VMO (window/window.ts): its first word is its node. */
export const HOLDER_MAPPING: u32 = 2;
/** A port's interest in an object (ipc/port.ts). */
export const HOLDER_BIND: u32 = 3;

/**
 *   0 parent | 4 first child | 8 next sibling | 12 previous | 16 holder | 20 owner | 24 badge u64
 * Guarded by derivationLock, the badge is written once.
 */
@unmanaged
export class Cap {
  parent: u32;
  child: u32;
  next: u32;
  prev: u32;
  holder: u32;
  owner: u32;
  badge: u64;
}
if (offsetof<Cap>() != 32) ERROR("Cap is not 32 bytes");

export function derivationLock(): void {
  spinLock(changetype<usize>(capState()) + offsetof<CapState>("derivationLock"));
}

export function derivationUnlock(): void {
  spinUnlock(changetype<usize>(capState()) + offsetof<CapState>("derivationLock"));
}

function link(cap: Cap, parent: Cap): void {
  cap.parent = changetype<u32>(parent);
  cap.prev = 0;
  cap.next = parent.child;
  if (parent.child != 0) changetype<Cap>(<usize>parent.child).prev = changetype<u32>(cap);
  parent.child = changetype<u32>(cap);
}

/** Takes a node out of its parent's list. derivationLock is held. */
export function capUnlink(cap: Cap): void {
  if (cap.next != 0) changetype<Cap>(<usize>cap.next).prev = cap.prev;
  if (cap.prev != 0) changetype<Cap>(<usize>cap.prev).next = cap.next;
  else if (cap.parent != 0) changetype<Cap>(<usize>cap.parent).child = cap.next;
}

/**
 * A node for something derived from `source`, an entry of `process`; not yet linked. It makes the source's own node where there
 * is none. Address, or 0: no memory, or the source was revoked.
 */
export function capPrepare(process: Process, source: Handle): usize {
  if (atomic.load<u32>(changetype<usize>(source) + offsetof<Handle>("cap")) == 0) {
    // Without a node it was never derived from, unless it was revoked a moment ago.
    if (source.type == OBJECT_REVOKED) return 0;
    const own = slabAlloc(<u32>offsetof<Cap>());
    if (own == 0) return 0;
    changetype<Cap>(own).holder = changetype<u32>(source);
    changetype<Cap>(own).owner = changetype<u32>(process);
    // A node without parent or child is in nobody's list: only the owner's own calls know it.
    source.cap = <u32>own;
  }
  const cap = slabAlloc(<u32>offsetof<Cap>());
  if (cap != 0) changetype<Cap>(cap).badge = capBadge(source);
  return cap;
}

/** Makes a prepared node the child of `source`, on behalf of `holder`. False when the source has been revoked: the node is freed. */
export function capCommit(address: usize, source: Handle, holder: usize, owner: u32): bool {
  const cap = changetype<Cap>(address);
  cap.holder = <u32>holder;
  cap.owner = owner;
  derivationLock();
  const alive = source.cap != 0;
  if (alive) {
    link(cap, changetype<Cap>(<usize>source.cap));
    if (owner != HOLDER_MAPPING && owner != HOLDER_BIND) changetype<Handle>(holder).cap = <u32>address;
  }
  derivationUnlock();
  if (!alive) slabFree(address);
  return alive;
}

/** A handle is closed: its children go to its parent. */
export function capLeave(handle: Handle): void {
  derivationLock();
  const address = <usize>handle.cap;
  handle.cap = 0;
  if (address != 0) unparent(changetype<Cap>(address));
  derivationUnlock();
  if (address != 0) slabFree(address);
}

/** A mapping or a bind ends; `word` holds its node and is 0 once it was revoked. */
export function capDrop(word: usize): void {
  derivationLock();
  const address = <usize>load<u32>(word);
  store<u32>(word, 0);
  if (address != 0) capUnlink(changetype<Cap>(address));
  derivationUnlock();
  if (address != 0) slabFree(address);
}

/** As many steps as there are children: a fresh parent to each, then one splice. */
function unparent(cap: Cap): void {
  capUnlink(cap);
  let last: usize = 0;
  for (let at = <usize>cap.child; at != 0; at = changetype<Cap>(at).next) {
    changetype<Cap>(at).parent = cap.parent;
    last = at;
  }
  if (last == 0) return;
  if (cap.parent == 0) {
    // Roots are in no list.
    for (let at = <usize>cap.child; at != 0; ) {
      const root = changetype<Cap>(at);
      at = root.next;
      root.next = 0;
      root.prev = 0;
    }
    return;
  }
  const parent = changetype<Cap>(<usize>cap.parent);
  changetype<Cap>(last).next = parent.child;
  if (parent.child != 0) changetype<Cap>(<usize>parent.child).prev = <u32>last;
  parent.child = cap.child;
}

/** A handle moves from one entry to another: its node follows. `owner` as in Cap. derivationLock is held. */
export function capMoved(from: Handle, to: Handle, owner: u32): void {
  to.cap = from.cap;
  from.cap = 0;
  if (to.cap == 0) return;
  const cap = changetype<Cap>(<usize>to.cap);
  cap.holder = changetype<u32>(to);
  cap.owner = owner;
}

/** What messages sent through the handle carry: 0 for one that was not minted. Look afterwards whether the handle was revoked. */
export function capBadge(handle: Handle): u64 {
  const word = changetype<usize>(handle) + offsetof<Handle>("cap");
  const cap = <usize>atomic.load<u32>(word);
  if (cap == 0) return 0;
  const badge = changetype<Cap>(cap).badge;
  // ORDER: a revoke takes the node off the handle before it frees it, so a node that is still there was valid above.
  return atomic.load<u32>(word) == cap ? badge : 0;
}
