/** What poll_oneoff asks of a descriptor: can it be read (written) without waiting, and what to wait for if not. */
import {
  OBJECT_FILE, OBJECT_PAGER, OBJECT_PIPE_READ, OBJECT_PIPE_WRITE, OBJECT_RING_READ, OBJECT_RING_WRITE, OBJECT_TTY,
  OBJECT_CHANNEL, OBJECT_EVENT, OBJECT_PORT, OBJECT_PROCESS, OBJECT_TIMER, SIGNAL_EXITED, SIGNAL_PEER_CLOSED, SIGNAL_READABLE, SIGNAL_SIGNALED,
  SIGNAL_WRITABLE,
} from "../../../abi/src/kernel-interface";
import { RING_O_CAPACITY } from "../../../abi/src/layout";
import { PIPE_BUF } from "../../../abi/src/params";
import { File, vnodeOf } from "../fs/object";
import { signalQueue, signalsOf } from "../ipc/signals";
import { WaitQueue } from "../sched/wait";
import { ttyReadable, ttyWritable } from "../tty/output";
import { Tty, ttyReadQueue, ttyState, ttyWriteQueue, TTY_HUNG_UP } from "../tty/tty";
import { pagerQueue, pagerReady } from "../vmo/pager";
import { Handle } from "./handle";
import { Pipe, pipeFilled, pipeReadQueue, pipeRoom, pipeWriteQueue } from "./pipe";
import { Ring, ringEnded, ringFilled, ringQueue } from "./ring";

export const POLL_READY: u32 = 1;
/** Ready because the other side is gone. */
export const POLL_HANGUP: u32 = 2;

function ringRoom(header: usize): u32 {
  return load<u32>(header, RING_O_CAPACITY) - ringFilled(header);
}

function flags(ready: bool, hungUp: bool): u32 {
  return (ready || hungUp ? POLL_READY : 0) | (hungUp ? POLL_HANGUP : 0);
}

/** 0, or POLL_*. Files and devices never make anyone wait. */
export function pollState(handle: Handle, writing: bool): u32 {
  const object = <usize>handle.object;
  switch (<i32>handle.type) {
    case OBJECT_PIPE_READ:
      return flags(pipeFilled(object) > 0, atomic.load<u32>(object + offsetof<Pipe>("writers")) == 0);
    case OBJECT_PIPE_WRITE:
      return flags(pipeRoom(object) >= <u32>PIPE_BUF, atomic.load<u32>(object + offsetof<Pipe>("readers")) == 0);
    case OBJECT_RING_READ: {
      const header = <usize>changetype<Ring>(object).header;
      return flags(ringFilled(header) > 0, ringEnded(header));
    }
    case OBJECT_RING_WRITE: {
      const header = <usize>changetype<Ring>(object).header;
      return flags(ringRoom(header) > 0, ringEnded(header));
    }
    case OBJECT_CHANNEL:
    case OBJECT_PORT:
    case OBJECT_EVENT:
    case OBJECT_TIMER:
    case OBJECT_PROCESS: {
      const signals = signalsOf(handle.type, object);
      const wanted: u32 = writing ? SIGNAL_WRITABLE : SIGNAL_READABLE | SIGNAL_SIGNALED | SIGNAL_EXITED;
      return flags((signals & wanted) != 0, (signals & SIGNAL_PEER_CLOSED) != 0);
    }
    case OBJECT_TTY: {
      const tty = changetype<Tty>(object);
      return flags(writing ? ttyWritable(tty) : ttyReadable(tty), (ttyState(tty) & TTY_HUNG_UP) != 0);
    }
    case OBJECT_PAGER:
      return flags(pagerReady(object), false);
  }
  return POLL_READY;
}

/** How many bytes there are to read, or there is room for; at least 1 when it is ready and nobody counts. */
export function pollBytes(handle: Handle, writing: bool): u64 {
  const object = <usize>handle.object;
  switch (<i32>handle.type) {
    case OBJECT_PIPE_READ:
      return pipeFilled(object);
    case OBJECT_PIPE_WRITE:
      return pipeRoom(object);
    case OBJECT_RING_READ:
      return ringFilled(changetype<Ring>(object).header);
    case OBJECT_RING_WRITE:
      return ringRoom(changetype<Ring>(object).header);
    case OBJECT_FILE: {
      const file = changetype<File>(object);
      const size = vnodeOf(file).size;
      return writing ? 1 : size > file.offset ? size - file.offset : 0;
    }
  }
  return 1;
}

/** The queue whose wake-ups can change `pollState`, or null. */
export function pollQueue(handle: Handle, writing: bool): WaitQueue | null {
  const object = <usize>handle.object;
  switch (<i32>handle.type) {
    case OBJECT_PIPE_READ:
      return pipeReadQueue(changetype<Pipe>(object));
    case OBJECT_PIPE_WRITE:
      return pipeWriteQueue(changetype<Pipe>(object));
    case OBJECT_RING_READ:
    case OBJECT_RING_WRITE:
      return ringQueue(changetype<Ring>(object));
    case OBJECT_TTY:
      return writing ? ttyWriteQueue(changetype<Tty>(object)) : ttyReadQueue(changetype<Tty>(object));
    case OBJECT_PAGER:
      return pagerQueue(object);
  }
  return handle.type >= <u8>OBJECT_CHANNEL ? signalQueue(handle.type, object) : null;
}
