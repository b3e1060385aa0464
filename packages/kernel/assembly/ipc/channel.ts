/**
 * Channels: two endpoints, each with a queue of the messages written through the other. A handle is to one endpoint; when its last
 * handle is gone it is closed, and the other side reads what is left and then EPIPE.
 *
 *     handle --> endpoint A ==== one slab of 256 bytes ==== endpoint B <-- handle
 *                  queue of A: what was written to B's handles
 */
import { EAGAIN, ELOOP, EPIPE } from "../../../abi/src/errno";
import { OBJECT_CHANNEL } from "../../../abi/src/kernel-interface";
import { CHANNEL_QUEUE_BYTES_MAX, CHANNEL_QUEUE_MAX } from "../../../abi/src/params";
import { spinLock, spinUnlock } from "../lock";
import { slabAlloc, slabFree } from "../mem/slab";
import { Fiber } from "../proc/fiber";
import { Process } from "../proc/process";
import { handOne, parkUntil, waitCancel, waitPrepare, WaitQueue, wakeAll, wakeOne } from "../sched/wait";
import { Call, callsBreak, callQueued } from "./call";
import { flightLock, flightUnlock, loops } from "./flight";
import { lend } from "./lend";
import { Message, messageBury, messageCommit } from "./message";

/**
 *   0 KObject: type, refs, lock, aux | 16 handles | 20 head | 24 tail | 28 count | 32 bytes | 36 calls
 *   40 readers (queue, 16) | 56 writers (queue, 16) | 72 watchers (queue, 16) | 88 ticket | 92 marked | 96 next marked | 100 open (of the pair) | 104 server
 */
@unmanaged
export class Endpoint {
  type: u32;
  /** Atomic: handles, binds, revoked handles not yet closed. */
  refs: u32;
  /** Guards the queue and `calls`. */
  lock: u32;
  aux: u32;
  /** Atomic: handles that count, in tables and in messages; at 0 it is closed for good. */
  handles: u32;
  // Guarded by lock; `count` is also read with atomics.
  head: u32;
  tail: u32;
  count: u32;
  bytes: u32;
  /** Calls taken from the queue and not answered yet. */
  calls: u32;
  readers0: u64;
  readers1: u64;
  /** Who waits for room in the other endpoint's queue. */
  writers0: u64;
  writers1: u64;
  watchers0: u64;
  watchers1: u64;
  ticket: u32;
  // Guarded by flightLock.
  marked: u32;
  nextMarked: u32;
  /** Of the pair, in the first endpoint; atomic: endpoints that still have references. */
  open: u32;
  /** The fiber that took a call from here last, while its process has a handle; 0. Guarded by lock. */
  server: u32;
}
const PAIR_SIZE: u32 = 256;
const HALF: usize = 128;
if (offsetof<Endpoint>() > HALF) ERROR("Endpoint is larger than half its slab");

// @ts-ignore: decorator
@inline
export function peerOf(endpoint: Endpoint): Endpoint {
  // SAFETY: slabs of 256 bytes start at multiples of 256.
  return changetype<Endpoint>(changetype<usize>(endpoint) ^ HALF);
}

export function endpointLock(endpoint: Endpoint): usize {
  return changetype<usize>(endpoint) + offsetof<Endpoint>("lock");
}

export function readersOf(endpoint: Endpoint): WaitQueue {
  return changetype<WaitQueue>(changetype<usize>(endpoint) + offsetof<Endpoint>("readers0"));
}

function writersOf(endpoint: Endpoint): WaitQueue {
  return changetype<WaitQueue>(changetype<usize>(endpoint) + offsetof<Endpoint>("writers0"));
}

export function watchersOf(endpoint: Endpoint): WaitQueue {
  return changetype<WaitQueue>(changetype<usize>(endpoint) + offsetof<Endpoint>("watchers0"));
}

/** The first of two endpoints, each with one handle's reference; the second is its peer. 0: no memory. */
export function channelCreate(): usize {
  const pair = slabAlloc(PAIR_SIZE);
  if (pair == 0) return 0;
  for (let half: usize = 0; half < PAIR_SIZE; half += HALF) {
    const endpoint = changetype<Endpoint>(pair + half);
    endpoint.type = OBJECT_CHANNEL;
    endpoint.refs = 1;
    endpoint.handles = 1;
  }
  changetype<Endpoint>(pair).open = 2;
  return pair;
}

export function endpointRetain(object: usize): void {
  atomic.add<u32>(object + offsetof<Endpoint>("handles"), 1);
}

/** A handle counts no more. The last one closes the endpoint: unread messages and unanswered calls end with it. */
export function endpointEnd(object: usize): void {
  if (atomic.sub<u32>(object + offsetof<Endpoint>("handles"), 1) != 1) return;
  const endpoint = changetype<Endpoint>(object);
  const peer = peerOf(endpoint);
  spinLock(endpointLock(endpoint));
  let list = endpoint.head;
  endpoint.head = 0;
  endpoint.tail = 0;
  endpoint.count = 0;
  endpoint.bytes = 0;
  list = callsBreak(endpoint, list);
  spinUnlock(endpointLock(endpoint));
  wakeAll(readersOf(peer));
  wakeAll(writersOf(peer));
  wakeAll(watchersOf(peer));
  wakeAll(watchersOf(endpoint));
  messageBury(list);
}

/** A process gives up a handle: its fiber may end. */
export function endpointLeft(object: usize, fiber: u32): void {
  const endpoint = changetype<Endpoint>(object);
  // ORDER: only the fiber itself writes its own address.
  if (endpoint.server != fiber) return;
  spinLock(endpointLock(endpoint));
  if (endpoint.server == fiber) endpoint.server = 0;
  spinUnlock(endpointLock(endpoint));
}

/** A reference is given back. */
export function endpointDrop(object: usize): void {
  if (atomic.sub<u32>(object + offsetof<Endpoint>("refs"), 1) != 1) return;
  const pair = object & ~HALF;
  if (atomic.sub<u32>(pair + offsetof<Endpoint>("open"), 1) != 1) return;
  // A walk for cycles may have come by a moment ago.
  flightLock();
  slabFree(pair);
  flightUnlock();
}

// @ts-ignore: decorator
@inline
export function endpointClosed(endpoint: Endpoint): bool {
  return atomic.load<u32>(changetype<usize>(endpoint) + offsetof<Endpoint>("handles")) == 0;
}

export function endpointFilled(endpoint: Endpoint): u32 {
  return atomic.load<u32>(changetype<usize>(endpoint) + offsetof<Endpoint>("count"));
}

/** May one more message of `length` bytes be queued? */
export function endpointRoom(endpoint: Endpoint, length: u32): bool {
  return endpointFilled(endpoint) < <u32>CHANNEL_QUEUE_MAX && endpoint.bytes + length <= <u32>CHANNEL_QUEUE_BYTES_MAX;
}

/**
 * Queue a message for the peer of `from`, waiting for room until `deadlineUs` (0: not at all). 0 and the message is the queue's,
 * or -errno and it is still the caller's: -EPIPE, -EAGAIN, -ETIMEDOUT, -ELOOP, -EBADF (a handle in it was revoked), -EINTR, -ECANCELED.
 */
export function endpointSend(from: Endpoint, process: Process, message: Message, deadlineUs: f64): i32 {
  const to = peerOf(from);
  while (true) {
    let rc: i32 = 0;
    const carries = message.carries != 0;
    if (carries) {
      flightLock();
      if (loops(process, message, to)) rc = -ELOOP;
    }
    spinLock(endpointLock(to));
    if (endpointClosed(to)) rc = -EPIPE;
    else if (rc == 0 && !endpointRoom(to, message.length)) rc = -EAGAIN;
    const calls = message.call != 0;
    if (rc == 0) rc = messageCommit(process, message);
    if (rc == 0) append(to, message);
    spinUnlock(endpointLock(to));
    if (carries) flightUnlock();
    if (rc == 0) {
      // A caller parks next: the server gets its core.
      if (calls) handOne(readersOf(to));
      else wakeOne(readersOf(to));
      wakeAll(watchersOf(to));
      return 0;
    }
    if (rc != -EAGAIN || deadlineUs == 0) return rc;
    waitPrepare(writersOf(from));
    if (endpointRoom(to, message.length) || endpointClosed(to)) {
      waitCancel();
      continue;
    }
    rc = parkUntil(deadlineUs);
    if (rc < 0) return rc;
  }
}

function append(to: Endpoint, message: Message): void {
  if (message.call != 0) {
    message.ticket = callQueued(to, message);
    // Who is busy with an earlier call hurries for this one, too.
    if (to.server != 0) lend(changetype<Call>(<usize>message.call), changetype<Fiber>(<usize>to.server));
  }
  message.next = 0;
  if (to.tail != 0) changetype<Message>(<usize>to.tail).next = changetype<u32>(message);
  else to.head = changetype<u32>(message);
  to.tail = changetype<u32>(message);
  to.bytes += message.length;
  atomic.store<u32>(changetype<usize>(to) + offsetof<Endpoint>("count"), to.count + 1);
}

/** Takes the first message off the queue. lock is held, and there is one. */
export function endpointPop(endpoint: Endpoint): Message {
  const message = changetype<Message>(<usize>endpoint.head);
  unqueue(endpoint, message, 0);
  return message;
}

/** Takes a message out of the queue, wherever in it. lock is held. */
export function endpointRemove(endpoint: Endpoint, message: Message): void {
  let before: u32 = 0;
  for (let at = endpoint.head; at != changetype<u32>(message); at = changetype<Message>(<usize>at).next) before = at;
  unqueue(endpoint, message, before);
}

function unqueue(endpoint: Endpoint, message: Message, before: u32): void {
  if (before == 0) endpoint.head = message.next;
  else changetype<Message>(<usize>before).next = message.next;
  if (endpoint.tail == changetype<u32>(message)) endpoint.tail = before;
  endpoint.bytes -= message.length;
  atomic.store<u32>(changetype<usize>(endpoint) + offsetof<Endpoint>("count"), endpoint.count - 1);
}

/** There is room in `endpoint`'s queue again: tell who waits for it. lock is not held. */
export function endpointDrained(endpoint: Endpoint): void {
  const peer = peerOf(endpoint);
  wakeAll(writersOf(peer));
  wakeAll(watchersOf(peer));
}

/** Wait until there may be a message. 0, -EAGAIN, -EPIPE (none will ever come), -ETIMEDOUT, -EINTR or -ECANCELED. lock is not held. */
export function endpointWait(endpoint: Endpoint, deadlineUs: f64): i32 {
  const peer = peerOf(endpoint);
  if (endpointClosed(peer)) return endpointFilled(endpoint) != 0 ? 0 : -EPIPE;
  if (deadlineUs == 0) return -EAGAIN;
  waitPrepare(readersOf(endpoint));
  if (endpointFilled(endpoint) != 0 || endpointClosed(peer)) {
    waitCancel();
    return 0;
  }
  return parkUntil(deadlineUs);
}
