/**
 * Pipes: a ring of PIPE_CAPACITY bytes (of PIPE_BUF when memory is short) between writers and readers. One lock per side, so a writer and a reader copy
 * at the same time; head and tail are atomics, each moved by its own side only. Nobody is woken who does not sleep.
 */
import { EAGAIN, EFAULT, EPIPE } from "../../../abi/src/errno";
import { OBJECT_PIPE_READ, OBJECT_PIPE_WRITE } from "../../../abi/src/kernel-interface";
import { PIPE_BUF, PIPE_CAPACITY } from "../../../abi/src/params";
import { spinLock, spinUnlock } from "../lock";
import { frameAlloc, frameFree } from "../mem/frames";
import { slabAlloc, slabFree } from "../mem/slab";
import { spanAlloc, spanFree } from "../mem/spans";
import { park, waitCancel, waitPrepare, WaitQueue, wakeAll } from "../sched/wait";
import { copyIn, copyOut, load64 } from "../user";

/**
 *   0 type | 4 refs | 8 read lock | 12 id | 16 write lock | 20 readers | 24 writers | 28 data
 *   32 head | 36 tail | 40 read queue (16) | 56 write queue (16) | 72 capacity
 */
@unmanaged
export class Pipe {
  type: u32;
  /** Atomic: open ends, reading and writing. */
  refs: u32;
  /** Guards `head`: readers take turns. */
  readLock: u32;
  id: u32;
  /** Guards `tail`: writers take turns. */
  writeLock: u32;
  // Atomic.
  readers: u32;
  writers: u32;
  /** Written once. */
  data: u32;
  // Atomic; bytes ever read and written, modulo 2^32.
  head: u32;
  tail: u32;
  readQueue0: u64;
  readQueue1: u64;
  writeQueue0: u64;
  writeQueue1: u64;
  /** Written once: a power of two, at least PIPE_BUF. */
  capacity: u32;
}

/** Longest copy under a lock, so that the other writers (readers) of a busy pipe wait microseconds. */
const CHUNK: u32 = 65536;

// @ts-ignore: decorator
@inline
function field(pipe: Pipe, offset: usize): usize {
  return changetype<usize>(pipe) + offset;
}

// @ts-ignore: decorator
@inline
export function pipeReadQueue(pipe: Pipe): WaitQueue {
  return changetype<WaitQueue>(field(pipe, offsetof<Pipe>("readQueue0")));
}

// @ts-ignore: decorator
@inline
export function pipeWriteQueue(pipe: Pipe): WaitQueue {
  return changetype<WaitQueue>(field(pipe, offsetof<Pipe>("writeQueue0")));
}

// @ts-ignore: decorator
@inline
function filled(pipe: Pipe): u32 {
  return atomic.load<u32>(field(pipe, offsetof<Pipe>("tail"))) - atomic.load<u32>(field(pipe, offsetof<Pipe>("head")));
}

/** A pipe with one reading and one writing end, or 0. */
export function pipeCreate(): usize {
  const address = slabAlloc(<u32>offsetof<Pipe>());
  if (address == 0) return 0;
  const pipe = changetype<Pipe>(address);
  let data = spanAlloc();
  pipe.capacity = PIPE_CAPACITY;
  if (data == 0) {
    data = frameAlloc();
    pipe.capacity = PIPE_BUF;
  }
  if (data == 0) {
    slabFree(address);
    return 0;
  }
  pipe.type = OBJECT_PIPE_READ;
  pipe.refs = 2;
  pipe.readers = 1;
  pipe.writers = 1;
  pipe.data = <u32>data;
  return address;
}

function endsOf(type: u32, object: usize): usize {
  return object + (type == OBJECT_PIPE_READ ? offsetof<Pipe>("readers") : offsetof<Pipe>("writers"));
}

export function pipeRetain(type: u32, object: usize): void {
  atomic.add<u32>(object + offsetof<Pipe>("refs"), 1);
  atomic.add<u32>(endsOf(type, object), 1);
}

export function pipeRelease(type: u32, object: usize): void {
  pipeEnd(type, object);
  pipeDrop(object);
}

/** An end is gone for good, its memory not yet: `pipeDrop` follows. */
export function pipeEnd(type: u32, object: usize): void {
  const pipe = changetype<Pipe>(object);
  if (atomic.sub<u32>(endsOf(type, object), 1) == 1) {
    // The last of one side: the other side sees end of file, or a broken pipe.
    wakeAll(type == OBJECT_PIPE_READ ? pipeWriteQueue(pipe) : pipeReadQueue(pipe));
  }
}

export function pipeDrop(object: usize): void {
  const pipe = changetype<Pipe>(object);
  if (atomic.sub<u32>(object + offsetof<Pipe>("refs"), 1) != 1) return;
  if (pipe.capacity == PIPE_CAPACITY) spanFree(pipe.data);
  else frameFree(pipe.data);
  slabFree(object);
}

/** Copies to the buffer from position `at`; the tail is not moved. 0 or -EFAULT. */
// @ts-ignore: decorator
@inline
function fillBuffer(pipe: Pipe, at: u32, from: u32, length: u32): i32 {
  const offset = at & (pipe.capacity - 1);
  const first = min<u32>(length, pipe.capacity - offset);
  if (copyIn(<usize>pipe.data + offset, from, first) < 0) return -EFAULT;
  if (length > first && copyIn(pipe.data, from + first, length - first) < 0) return -EFAULT;
  return 0;
}

/** Publish what was put up to `tail` and wake a reader that sleeps. */
// @ts-ignore: decorator
@inline
function publish(pipe: Pipe, tail: u32): void {
  // ORDER: the bytes before the tail; the tail before the look at the queue (sched/wait.ts).
  atomic.store<u32>(field(pipe, offsetof<Pipe>("tail")), tail);
  // All: one who only polls, or dies on its way, would keep the wake-up from the readers.
  wakeAll(pipeReadQueue(pipe));
}

/** Room for `need` bytes. 0 when there is now, or -errno. writeLock is not held. */
function waitForRoom(pipe: Pipe, need: u32): i32 {
  while (true) {
    waitPrepare(pipeWriteQueue(pipe));
    if (pipe.capacity - filled(pipe) >= need || pipe.readers == 0) {
      waitCancel();
      return 0;
    }
    const rc = park();
    if (rc < 0) return rc;
  }
}

/** All bytes, unless it is interrupted or the pipe breaks. Writes up to PIPE_BUF are never mixed with others. */
export function pipeWrite(object: usize, from: u32, length: u32, nonBlock: bool): i32 {
  const pipe = changetype<Pipe>(object);
  let done: u32 = 0;
  while (true) {
    if (atomic.load<u32>(field(pipe, offsetof<Pipe>("readers"))) == 0) return done > 0 ? <i32>done : -EPIPE;
    spinLock(field(pipe, offsetof<Pipe>("writeLock")));
    const tail = pipe.tail;
    const room = pipe.capacity - (tail - atomic.load<u32>(field(pipe, offsetof<Pipe>("head"))));
    const left = length - done;
    const need: u32 = length <= <u32>PIPE_BUF ? length : 1;
    if (room >= need) {
      const part = min(min(left, room), CHUNK);
      const rc = fillBuffer(pipe, tail, from + done, part);
      if (rc == 0) publish(pipe, tail + part);
      spinUnlock(field(pipe, offsetof<Pipe>("writeLock")));
      if (rc < 0) return done > 0 ? <i32>done : rc;
      done += part;
      if (done == length) return <i32>done;
      continue;
    }
    spinUnlock(field(pipe, offsetof<Pipe>("writeLock")));
    if (nonBlock) return done > 0 ? <i32>done : -EAGAIN;
    const rc = waitForRoom(pipe, need);
    if (rc < 0) return done > 0 ? <i32>done : rc;
  }
}

/** `total` <= PIPE_BUF bytes from several iovecs, in one piece. Bytes or -errno. */
export function pipeWriteGather(object: usize, iovs: u32, count: u32, total: u32, nonBlock: bool, scratch: usize): i32 {
  const pipe = changetype<Pipe>(object);
  while (true) {
    if (atomic.load<u32>(field(pipe, offsetof<Pipe>("readers"))) == 0) return -EPIPE;
    spinLock(field(pipe, offsetof<Pipe>("writeLock")));
    let at = pipe.tail;
    if (pipe.capacity - (at - atomic.load<u32>(field(pipe, offsetof<Pipe>("head")))) >= total) {
      const end = at + total;
      let rc: i32 = 0;
      for (let i: u32 = 0; i < count && rc == 0; i++) {
        rc = load64(iovs + (i << 3), scratch);
        // Another thread cannot have changed the lengths (there is one), but the bytes before may be the iovecs.
        const part = min<u32>(load<u32>(scratch, 4), end - at);
        if (rc == 0) rc = fillBuffer(pipe, at, load<u32>(scratch), part);
        at += part;
      }
      if (rc == 0) publish(pipe, end);
      spinUnlock(field(pipe, offsetof<Pipe>("writeLock")));
      return rc < 0 ? rc : <i32>total;
    }
    spinUnlock(field(pipe, offsetof<Pipe>("writeLock")));
    if (nonBlock) return -EAGAIN;
    const rc = waitForRoom(pipe, total);
    if (rc < 0) return rc;
  }
}

/** At least one byte, or 0 when the last writer is gone. Bytes or -errno. */
export function pipeRead(object: usize, to: u32, length: u32, nonBlock: bool): i32 {
  const pipe = changetype<Pipe>(object);
  if (length == 0) return 0;
  while (true) {
    // Writers first: bytes written before the last one left are still taken.
    const writers = atomic.load<u32>(field(pipe, offsetof<Pipe>("writers")));
    spinLock(field(pipe, offsetof<Pipe>("readLock")));
    const head = pipe.head;
    const part = min(min(length, atomic.load<u32>(field(pipe, offsetof<Pipe>("tail"))) - head), CHUNK);
    if (part > 0) {
      const offset = head & (pipe.capacity - 1);
      const first = min<u32>(part, pipe.capacity - offset);
      let rc = copyOut(to, <usize>pipe.data + offset, first);
      if (rc == 0 && part > first) rc = copyOut(to + first, pipe.data, part - first);
      if (rc == 0) atomic.store<u32>(field(pipe, offsetof<Pipe>("head")), head + part);
      spinUnlock(field(pipe, offsetof<Pipe>("readLock")));
      if (rc < 0) return rc;
      wakeAll(pipeWriteQueue(pipe));
      return <i32>part;
    }
    spinUnlock(field(pipe, offsetof<Pipe>("readLock")));
    if (writers == 0) return 0;
    if (nonBlock) return -EAGAIN;
    waitPrepare(pipeReadQueue(pipe));
    if (filled(pipe) != 0 || atomic.load<u32>(field(pipe, offsetof<Pipe>("writers"))) == 0) {
      waitCancel();
      continue;
    }
    const rc = park();
    if (rc < 0) return rc;
  }
}

/** Kernel text; what does not fit is dropped. */
export function pipePrint(object: usize, from: usize, length: u32): void {
  const pipe = changetype<Pipe>(object);
  spinLock(field(pipe, offsetof<Pipe>("writeLock")));
  const tail = pipe.tail;
  if (pipe.capacity - filled(pipe) >= length) {
    const offset = tail & (pipe.capacity - 1);
    const first = min<u32>(length, pipe.capacity - offset);
    memory.copy(<usize>pipe.data + offset, from, first);
    memory.copy(pipe.data, from + first, length - first);
    publish(pipe, tail + length);
  }
  spinUnlock(field(pipe, offsetof<Pipe>("writeLock")));
}

// For poll_oneoff.

export function pipeFilled(object: usize): u32 {
  return filled(changetype<Pipe>(object));
}

export function pipeRoom(object: usize): u32 {
  return changetype<Pipe>(object).capacity - filled(changetype<Pipe>(object));
}
