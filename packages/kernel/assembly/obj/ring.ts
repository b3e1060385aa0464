/**
 * Host rings as objects: byte streams to and from the host. The kernel is one side of a single-producer,
 * single-consumer ring; `lock` makes the processes that share that side take turns.
 */
import { EAGAIN, EFAULT, EINVAL, ENFILE, ENODEV, ENOMEM, EPIPE } from "../../../abi/src/errno";
import { OBJECT_RING_READ, OBJECT_RING_WRITE } from "../../../abi/src/kernel-interface";
import {
  RING_EOF, RING_GONE, RING_HANGUP, RING_KICK, RING_O_BELL, RING_O_CAPACITY, RING_O_DATA, RING_O_FLAGS, RING_O_HEAD, RING_O_TAIL,
  RING_STRIDE, RING_TO_HOST, RING_USED, ringHeader,
} from "../../../abi/src/layout";
import { MAX_RINGS, PAGE_SIZE } from "../../../abi/src/params";
import { Globals, globals } from "../globals";
import { KRING_STRIDE, KRINGS_BASE, SPAN_SIZE } from "../layout";
import { spinLock, spinUnlock } from "../lock";
import { frameAlloc, frameFree } from "../mem/frames";
import { spanAlloc, spanFree } from "../mem/spans";
import { park, waitCancel, waitPrepare, WaitQueue, wakeAll } from "../sched/wait";
import { copyIn, copyOut } from "../user";
import { KObject, objectUnref } from "./object";

/**
 *   0 KObject: type, refs, lock, aux (ring number) | 16 queue: fibers that wait for the host | 32 header address
 * The host holds one reference until ring_free; each handle one more.
 */
@unmanaged
export class Ring extends KObject {
  queue0: u64;
  queue1: u64;
  header: u32;
}

export function ringAt(number: u32): Ring {
  return changetype<Ring>(KRINGS_BASE + number * KRING_STRIDE);
}

// @ts-ignore: decorator
@inline
export function ringQueue(ring: Ring): WaitQueue {
  return changetype<WaitQueue>(changetype<usize>(ring) + offsetof<Ring>("queue0"));
}

// @ts-ignore: decorator
@inline
function lockOf(ring: Ring): usize {
  return changetype<usize>(ring) + offsetof<KObject>("lock");
}

/** Capacities are powers of two; up to a frame they take a frame, above it a span (a frame when memory is short). */
export function ringCreate(capacity: u32, toHost: bool): i32 {
  return ringCreateWithin(MAX_RINGS, capacity, toHost);
}

/** As `ringCreate`, but only where fewer than `limit` rings are in use. */
export function ringCreateWithin(limit: u32, capacity: u32, toHost: bool): i32 {
  if (capacity < 64 || capacity > <u32>SPAN_SIZE || (capacity & (capacity - 1)) != 0) return -EINVAL;
  const tableLock = changetype<usize>(globals()) + offsetof<Globals>("tableLock");
  spinLock(tableLock);
  let number: u32 = 0;
  while (number < limit && ringAt(number).refs != 0) number++;
  if (number < limit) ringAt(number).refs = 1;
  if (number >= globals().ringsHigh) globals().ringsHigh = min<u32>(number + 1, limit);
  spinUnlock(tableLock);
  if (number == limit) return -ENFILE;

  const ring = ringAt(number);
  let data = capacity <= <u32>PAGE_SIZE ? 0 : spanAlloc();
  if (data == 0) {
    data = frameAlloc();
    capacity = min<u32>(capacity, PAGE_SIZE);
  }
  if (data == 0) {
    ring.refs = 0;
    return -ENOMEM;
  }
  const header = <usize>ringHeader(number);
  memory.fill(header, 0, RING_STRIDE);
  store<u32>(header, capacity, RING_O_CAPACITY);
  store<u32>(header, <u32>data, RING_O_DATA);
  ring.type = toHost ? OBJECT_RING_WRITE : OBJECT_RING_READ;
  ring.aux = number;
  ring.header = <u32>header;
  // ORDER: the flags last; kicks look at them first.
  atomic.store<u32>(header + RING_O_FLAGS, toHost ? RING_USED | RING_TO_HOST : RING_USED);
  return <i32>number;
}

/** A handle, the host, or a terminal lets go. */
export function ringRelease(ring: Ring): void {
  const header = <usize>ring.header;
  if (!objectUnref(changetype<usize>(ring))) {
    // INV-3: one reference left is the host's own: nobody in the machine will produce (consume) any more.
    if (atomic.load<u32>(changetype<usize>(ring) + offsetof<KObject>("refs")) == 1) {
      atomic.or<u32>(header + RING_O_FLAGS, RING_HANGUP);
      bell(header);
    }
    return;
  }
  const data = <usize>load<u32>(header, RING_O_DATA);
  if (load<u32>(header, RING_O_CAPACITY) <= <u32>PAGE_SIZE) frameFree(data);
  else spanFree(data);
  atomic.store<u32>(header + RING_O_FLAGS, 0);
}

/** The host frees a ring: whoever waits for it sees the end. */
export function ringFree(number: u32): void {
  if (number >= <u32>MAX_RINGS || ringAt(number).refs == 0) return;
  const ring = ringAt(number);
  atomic.or<u32>(<usize>ring.header + RING_O_FLAGS, RING_EOF);
  wakeAll(ringQueue(ring));
  ringRelease(ring);
}

/** Wake the host's side. Costs an engine call, so callers ring only when the host may be asleep. */
function bell(header: usize): void {
  atomic.add<i32>(header + RING_O_BELL, 1);
  atomic.notify(header + RING_O_BELL, 1);
}

/** Take the host's kick if there is one. */
export function ringTakeKick(number: u32): bool {
  const flags = <usize>ringHeader(number) + RING_O_FLAGS;
  if ((atomic.load<u32>(flags) & RING_KICK) == 0) return false;
  atomic.and<u32>(flags, ~RING_KICK);
  return true;
}

// @ts-ignore: decorator
@inline
export function ringFilled(header: usize): u32 {
  return atomic.load<u32>(header + RING_O_TAIL) - atomic.load<u32>(header + RING_O_HEAD);
}

/** Has the producer said that no more bytes will come (or the host gone away)? */
export function ringEnded(header: usize): bool {
  return (atomic.load<u32>(header + RING_O_FLAGS) & RING_EOF) != 0;
}

/** What a stream that has ended answers: `otherwise`, or -ENODEV when its device was removed. */
function endOf(header: usize, otherwise: i32): i32 {
  return (atomic.load<u32>(header + RING_O_FLAGS) & RING_GONE) != 0 ? -ENODEV : otherwise;
}

/** Copies up to `length` bytes in at the tail and shows them to the host. `user`: from the current process. */
export function ringProduce(header: usize, from: usize, length: u32, user: bool): i32 {
  const capacity = load<u32>(header, RING_O_CAPACITY);
  const tail = load<u32>(header, RING_O_TAIL);
  const room = capacity - (tail - atomic.load<u32>(header + RING_O_HEAD));
  if (length > room) length = room;
  if (length == 0) return 0;
  const data = <usize>load<u32>(header, RING_O_DATA);
  const at = tail & (capacity - 1);
  const first = min<u32>(length, capacity - at);
  if (user) {
    if (copyIn(data + at, <u32>from, first) < 0) return -EFAULT;
    if (length > first && copyIn(data, <u32>from + first, length - first) < 0) return -EFAULT;
  } else {
    memory.copy(data + at, from, first);
    memory.copy(data, from + first, length - first);
  }
  // ORDER: publish, then look: a host that had drained everything before this store may be asleep on the bell; one that
  // had not will see the new tail when it looks again after storing its head.
  atomic.store<u32>(header + RING_O_TAIL, tail + length);
  if (atomic.load<u32>(header + RING_O_HEAD) == tail) bell(header);
  return <i32>length;
}

/** Takes up to `length` bytes for the current process. */
export function ringConsume(header: usize, to: u32, length: u32): i32 {
  const capacity = load<u32>(header, RING_O_CAPACITY);
  const head = load<u32>(header, RING_O_HEAD);
  length = min(length, atomic.load<u32>(header + RING_O_TAIL) - head);
  if (length == 0) return 0;
  const data = <usize>load<u32>(header, RING_O_DATA);
  const at = head & (capacity - 1);
  const first = min<u32>(length, capacity - at);
  if (copyOut(to, data + at, first) < 0) return -EFAULT;
  if (length > first && copyOut(to + first, data, length - first) < 0) return -EFAULT;
  ringConsumed(header, length);
  return <i32>length;
}

/** The kernel has used `length` bytes at the head; a host that waits for room may go on. */
export function ringConsumed(header: usize, length: u32): void {
  atomic.add<u32>(header + RING_O_HEAD, length);
  bell(header);
}

/** All bytes, unless a signal, NONBLOCK or the reader's end cuts it short. Bytes or -errno. */
export function ringWrite(object: usize, from: u32, length: u32, nonBlock: bool): i32 {
  const ring = changetype<Ring>(object);
  const header = <usize>ring.header;
  let done: u32 = 0;
  while (true) {
    spinLock(lockOf(ring));
    const rc = ringProduce(header, from + done, length - done, true);
    spinUnlock(lockOf(ring));
    if (rc < 0) return done > 0 ? <i32>done : rc;
    done += <u32>rc;
    if (done == length) return <i32>done;
    if (ringEnded(header)) return done > 0 ? <i32>done : endOf(header, -EPIPE);
    if (nonBlock) return done > 0 ? <i32>done : -EAGAIN;
    waitPrepare(ringQueue(ring));
    if (ringFilled(header) < load<u32>(header, RING_O_CAPACITY) || ringEnded(header)) {
      waitCancel();
      continue;
    }
    const woken = park();
    if (woken < 0) return done > 0 ? <i32>done : woken;
  }
}

/** At least one byte, or 0 at the end of the stream. Bytes or -errno. */
export function ringRead(object: usize, to: u32, length: u32, nonBlock: bool): i32 {
  const ring = changetype<Ring>(object);
  const header = <usize>ring.header;
  if (length == 0) return 0;
  while (true) {
    // The end is read first: bytes produced before it are still taken.
    const ended = ringEnded(header);
    spinLock(lockOf(ring));
    const rc = ringConsume(header, to, length);
    spinUnlock(lockOf(ring));
    if (rc != 0) return rc;
    if (ended) return endOf(header, 0);
    if (nonBlock) return -EAGAIN;
    waitPrepare(ringQueue(ring));
    if (ringFilled(header) != 0 || ringEnded(header)) {
      waitCancel();
      continue;
    }
    const woken = park();
    if (woken < 0) return woken;
  }
}

/** Kernel text to the host; what does not fit is dropped. */
export function ringPrint(object: usize, from: usize, length: u32): void {
  const ring = changetype<Ring>(object);
  spinLock(lockOf(ring));
  ringProduce(ring.header, from, length, false);
  spinUnlock(lockOf(ring));
}
