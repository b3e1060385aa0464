// Command substitutions that run in this process: it holds both ends of the pipe, so it must read while it writes.
import { EAGAIN, EINTR } from "../../../../abi/src/errno";
import { FDFLAGS_NONBLOCK } from "../../../../abi/src/wasi";
import { fromMemory } from "../../lib/bytes";
import { fd_fdstat_set_flags, fd_read, poll_oneoff } from "../../lib/wasi";
import { TextBuilder } from "../text";
import { close } from "./files";

const CHUNK: i32 = 65536;
let buffer: usize = 0;
const IOV = memory.data(8, 8);
const COUNT = memory.data(8, 8);
const SUBSCRIPTION_SIZE: i32 = 48;
const EVENT_SIZE: i32 = 32;
const POLL_READ: u8 = 1;
const POLL_WRITE: u8 = 2;

export class Capture {
  text: TextBuilder = new TextBuilder();
  private ended: bool = false;

  /** `fd`: the reading end; non-blocking until the writing end is closed in this process. */
  constructor(public fd: i32) {
    fd_fdstat_set_flags(fd, FDFLAGS_NONBLOCK);
  }

  /** Takes what is there. Returns false when a blocking read would wait or nothing more can come. */
  drain(): bool {
    if (this.ended) return false;
    if (buffer == 0) buffer = heap.alloc(CHUNK);
    store<u32>(IOV, <u32>buffer);
    store<u32>(IOV, CHUNK, 4);
    const error = fd_read(this.fd, IOV, 1, COUNT);
    if (error == EINTR) return true;
    if (error == EAGAIN) return false;
    const count = error == 0 ? load<i32>(COUNT) : 0;
    if (count == 0) {
      this.ended = true;
      return false;
    }
    this.text.append(fromMemory(buffer, count));
    return true;
  }

  /** Reads to the end, once no writing end is left in this process. */
  finish(): string {
    fd_fdstat_set_flags(this.fd, 0);
    while (!this.ended) this.drain();
    close(this.fd);
    return this.text.toString();
  }
}

const active: Capture[] = [];

export function captureDepth(): i32 {
  return active.length;
}

export function beginCapture(capture: Capture): void {
  active.push(capture);
}

export function endCapture(): void {
  active.pop();
}

export function drainCaptures(): void {
  for (let i = 0; i < active.length; i++) while (active[i].drain()) {}
}

/** Empties the captures until `fd` takes a write: its reader may itself be waiting to write into one of them. */
export function waitWritable(fd: i32): void {
  const count = active.length + 1;
  const subscriptions = heap.alloc(count * (SUBSCRIPTION_SIZE + EVENT_SIZE));
  const events = subscriptions + count * SUBSCRIPTION_SIZE;
  while (true) {
    memory.fill(subscriptions, 0, count * SUBSCRIPTION_SIZE);
    for (let i = 0; i < count; i++) {
      const at = subscriptions + i * SUBSCRIPTION_SIZE;
      store<u64>(at, i);
      store<u8>(at, i == 0 ? POLL_WRITE : POLL_READ, 8);
      store<u32>(at, i == 0 ? fd : active[i - 1].fd, 16);
    }
    const error = poll_oneoff(subscriptions, events, count, COUNT);
    if (error == EINTR) continue;
    if (error != 0) break;
    let writable = false;
    const ready = load<u32>(COUNT);
    for (let i: u32 = 0; i < ready; i++) {
      const index = load<u64>(events + i * EVENT_SIZE);
      if (index == 0) writable = true;
      else while (active[<i32>index - 1].drain()) {}
    }
    if (writable) break;
  }
  heap.free(subscriptions);
}
