/** What an object shows to those who wait for it, whatever its type: a set of SIGNAL_* and a queue that is woken when the set changes. */
import { EAGAIN, EINVAL, ENOTCAPABLE } from "../../../abi/src/errno";
import {
  OBJECT_CHANNEL, OBJECT_EVENT, OBJECT_PAGER, OBJECT_PIPE_READ, OBJECT_PIPE_WRITE, OBJECT_PORT, OBJECT_PROCESS, OBJECT_TIMER, SIGNAL_PEER_CLOSED, SIGNAL_READABLE,
  SIGNAL_WRITABLE,
} from "../../../abi/src/kernel-interface";
import { PIPE_BUF } from "../../../abi/src/params";
import { RIGHT_POLL_FD_READWRITE, RIGHT_WAIT } from "../../../abi/src/rights";
import { currentProcess } from "../core";
import { Handle, handleUse } from "../obj/handle";
import { Pipe, pipeFilled, pipeReadQueue, pipeRoom, pipeWriteQueue } from "../obj/pipe";
import { sysReturn } from "../proc/deliver";
import { parkUntil, waitCancel, waitPrepare, WaitQueue } from "../sched/wait";
import { checkRange, store32, userSlice } from "../user";
import { pagerQueue, pagerReady } from "../vmo/pager";
import { Endpoint, endpointClosed, endpointFilled, endpointRoom, peerOf, watchersOf } from "./channel";
import { deadlineOf } from "./deadline";
import { Event } from "./event";
import { portReady, portWatchers } from "./port";

function bits(readable: bool, writable: bool, closed: bool): u32 {
  return (readable ? SIGNAL_READABLE : 0) | (writable ? SIGNAL_WRITABLE : 0) | (closed ? SIGNAL_PEER_CLOSED : 0);
}

/** SIGNAL_* of an object, read with atomics and no lock. */
export function signalsOf(type: u32, object: usize): u32 {
  switch (<i32>type) {
    case OBJECT_CHANNEL: {
      const endpoint = changetype<Endpoint>(object);
      const peer = peerOf(endpoint);
      const closed = endpointClosed(peer);
      return bits(endpointFilled(endpoint) != 0, !closed && endpointRoom(peer, 0), closed);
    }
    case OBJECT_EVENT:
    case OBJECT_TIMER:
    case OBJECT_PROCESS:
      return atomic.load<u32>(object + offsetof<Event>("signals"));
    case OBJECT_PORT:
      return bits(portReady(object), false, false);
    case OBJECT_PAGER:
      return bits(pagerReady(object), false, false);
    case OBJECT_PIPE_READ:
      return bits(pipeFilled(object) != 0, false, atomic.load<u32>(object + offsetof<Pipe>("writers")) == 0);
    case OBJECT_PIPE_WRITE:
      return bits(false, pipeRoom(object) >= <u32>PIPE_BUF, atomic.load<u32>(object + offsetof<Pipe>("readers")) == 0);
  }
  return 0;
}

/** The queue that is woken when the signals may have changed; null: this type cannot be waited for. */
export function signalQueue(type: u32, object: usize): WaitQueue | null {
  switch (<i32>type) {
    case OBJECT_CHANNEL:
      return watchersOf(changetype<Endpoint>(object));
    case OBJECT_EVENT:
    case OBJECT_TIMER:
    case OBJECT_PROCESS:
      return changetype<WaitQueue>(object + offsetof<Event>("watchers0"));
    case OBJECT_PORT:
      return portWatchers(object);
    case OBJECT_PAGER:
      return pagerQueue(object);
    case OBJECT_PIPE_READ:
      return pipeReadQueue(changetype<Pipe>(object));
    case OBJECT_PIPE_WRITE:
      return pipeWriteQueue(changetype<Pipe>(object));
  }
  return null;
}

/** The handle of something that may be waited for. Address, -EBADF, -ENOTCAPABLE, or -EINVAL: nothing to wait for. */
export function signalHandle(value: u32): i32 {
  const found = handleUse(currentProcess(), value, 0, 0);
  if (found < 0) return found;
  const handle = changetype<Handle>(<usize>found);
  const right: u32 = handle.type < <u8>OBJECT_CHANNEL ? RIGHT_POLL_FD_READWRITE : RIGHT_WAIT;
  if ((handle.rights & right) == 0) return -ENOTCAPABLE;
  return signalQueue(handle.type, handle.object) === null ? -EINVAL : found;
}

/** Waits until the object shows one of `wanted` (0: just look); what it shows goes to `out`, also with EAGAIN. */
export function c1_object_wait(value: u32, wanted: u32, deadline: u64, out: u32): i32 {
  let rc = signalHandle(value);
  if (rc < 0) return -rc;
  const handle = changetype<Handle>(<usize>rc);
  const type = <u32>handle.type;
  const object = <usize>handle.object;
  const queue = signalQueue(type, object) as WaitQueue;
  const deadlineUs = deadlineOf(deadline);
  if (checkRange(userSlice(out, 4)) < 0) return -checkRange(userSlice(out, 4));
  rc = 0;
  let seen = signalsOf(type, object);
  while (wanted != 0 && (seen & wanted) == 0 && rc == 0) {
    if (deadlineUs == 0) {
      rc = -EAGAIN;
      break;
    }
    waitPrepare(queue);
    seen = signalsOf(type, object);
    if ((seen & wanted) != 0) waitCancel();
    else rc = parkUntil(deadlineUs);
    seen = signalsOf(type, object);
  }
  store32(out, seen);
  return sysReturn(rc);
}
