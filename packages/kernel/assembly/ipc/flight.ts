/**
 * Channels inside channels. An endpoint in a message is kept open by the queue it waits in; if that queue were (by any
 * number of steps) its own, nobody could ever read or close it. So a message that would close such a ring is refused: the rings cannot arise, and nothing needs to be collected.
 */
import { OBJECT_CHANNEL } from "../../../abi/src/kernel-interface";
import { CapState, capState } from "../cap/state";
import { spinLock, spinUnlock } from "../lock";
import { Handle, handleNamed } from "../obj/handle";
import { Process } from "../proc/process";
import { Endpoint, endpointLock } from "./channel";
import { Message, messageRecord } from "./message";

/** Endpoints looked at before a message is refused anyway. */
const WALK_MAX: u32 = 1024;

export function flightLock(): void {
  spinLock(changetype<usize>(capState()) + offsetof<CapState>("flightLock"));
}

export function flightUnlock(): void {
  spinUnlock(changetype<usize>(capState()) + offsetof<CapState>("flightLock"));
}

/**
 * Would the queue of `target`, with the message in it, reach itself? flightLock is held: no other end gets into a queue meanwhile,
 * and none that the walk has seen is freed.
 */
export function loops(process: Process, message: Message, target: Endpoint): bool {
  let first: u32 = 0;
  let last: u32 = 0;
  for (let i: u32 = 0; i < <u32>message.count; i++) {
    const entry = handleNamed(process, messageRecord(message, i).generation);
    if (entry !== null) last = mark(entry, last);
    if (first == 0) first = last;
  }
  let found = false;
  let seen: u32 = 0;
  for (let at = first; at != 0 && !found; ) {
    const endpoint = changetype<Endpoint>(<usize>at);
    found = endpoint === target || ++seen > WALK_MAX;
    spinLock(endpointLock(endpoint));
    for (let next = endpoint.head; next != 0; ) {
      const queued = changetype<Message>(<usize>next);
      next = queued.next;
      for (let i: u32 = 0; queued.carries != 0 && i < <u32>queued.count; i++) last = mark(messageRecord(queued, i), last);
    }
    spinUnlock(endpointLock(endpoint));
    at = endpoint.nextMarked;
  }
  while (first != 0) {
    const endpoint = changetype<Endpoint>(<usize>first);
    first = endpoint.nextMarked;
    endpoint.marked = 0;
    endpoint.nextMarked = 0;
  }
  return found;
}

/** Puts the endpoint a handle is to behind `last`, once. Returns the new last. */
function mark(handle: Handle, last: u32): u32 {
  // SAFETY: a revoke may release the endpoint right after this look, but its memory is freed under flightLock.
  const endpoint = changetype<Endpoint>(<usize>handle.object);
  if (handle.type != OBJECT_CHANNEL || endpoint.marked != 0) return last;
  endpoint.marked = 1;
  if (last != 0) changetype<Endpoint>(<usize>last).nextMarked = changetype<u32>(endpoint);
  return changetype<u32>(endpoint);
}
