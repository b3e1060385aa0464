/** System calls on channels. */
import { EBADF, EINVAL, EMSGSIZE, ENOMEM, ENOTSUP } from "../../../abi/src/errno";
import { OBJECT_CHANNEL, OBJECT_REVOKED } from "../../../abi/src/kernel-interface";
import { CHANNEL_HANDLES_MAX } from "../../../abi/src/params";
import { RIGHT_READ, RIGHT_WRITE, RIGHTS_ALL_OBJECT } from "../../../abi/src/rights";
import { capBadge } from "../cap/derivation";
import { trace, TRACE_CALL, TRACE_SEND } from "../cap/trace";
import { core, currentProcess, KCore } from "../core";
import { spinLock, spinUnlock } from "../lock";
import { Handle, handleClose, handleMake, handleReserve, handleUse } from "../obj/handle";
import { sysReturn } from "../proc/deliver";
import { Process } from "../proc/process";
import { wakeOne } from "../sched/wait";
import { checkRange, copyIn, copyOut, store32, userSlice } from "../user";
import { Call, callAnswer, callMake, callOf, callTaken } from "./call";
import {
  channelCreate, Endpoint, endpointDrained, endpointDrop, endpointEnd, endpointFilled, endpointLock, endpointPop, endpointSend, endpointWait, peerOf, readersOf,
} from "./channel";
import { deadlineOf } from "./deadline";
import { Message, messageBytes, messageFree, messageMake, messageOut } from "./message";

const INDEX_MASK: u32 = 4095;

/** Two handle values: to one end and to the other. */
export function c1_channel_create(out: u32): i32 {
  const checked = checkRange(userSlice(out, 8));
  if (checked < 0) return sysReturn(checked);
  const process = currentProcess();
  const first = channelCreate();
  if (first == 0) return ENOMEM;
  const second = changetype<usize>(peerOf(changetype<Endpoint>(first)));
  const one = handleMake(process, OBJECT_CHANNEL, first, RIGHTS_ALL_OBJECT);
  let two: i32 = one;
  if (one >= 0) two = handleMake(process, OBJECT_CHANNEL, second, RIGHTS_ALL_OBJECT);
  if (two < 0) {
    if (one >= 0) {
      handleClose(process, one & INDEX_MASK);
    } else {
      endpointEnd(first);
      endpointDrop(first);
    }
    endpointEnd(second);
    endpointDrop(second);
    return sysReturn(two);
  }
  store32(out, one);
  return sysReturn(store32(out + 4, two));
}

// @ts-ignore: decorator
@inline
function endpointOf(handle: Handle): Endpoint {
  return changetype<Endpoint>(<usize>handle.object);
}

/** Queues `length` bytes and moves `count` handles along. `deadline` in monotonic ns: 0 answers EAGAIN instead of waiting for room. */
export function c1_channel_write(value: u32, at: u32, length: u32, handles: u32, count: u32, deadline: u64): i32 {
  const process = currentProcess();
  const found = handleUse(process, value, OBJECT_CHANNEL, RIGHT_WRITE);
  if (found < 0) return -found;
  const handle = changetype<Handle>(<usize>found);
  const badge = capBadge(handle);
  if (handle.type == OBJECT_REVOKED) return EBADF;
  const made = messageMake(process, at, length, handles, count, handle);
  if (made < 0) return sysReturn(made);
  const message = changetype<Message>(<usize>made);
  message.badge = badge;
  trace(TRACE_SEND, value, length, count);
  const rc = endpointSend(endpointOf(handle), process, message, deadlineOf(deadline));
  if (rc < 0) messageFree(message);
  return sysReturn(rc);
}

// Where the caller's struct (CHANNEL_CALL of the abi) is in the process's record, as u32 words.
/** 0 bytes | 4 length | 8 handles | 12 count | 16 buffer | 20 capacity | 24 handle buffer | 28 its capacity | 32 deadline u64 | 40 length out | 44 count out | 48 badge u64 | 56 ticket */
@unmanaged
class Parameters {
  at: u32;
  length: u32;
  handles: u32;
  count: u32;
  to: u32;
  capacity: u32;
  toHandles: u32;
  handleCapacity: u32;
  deadline: u64;
  lengthOut: u32;
  countOut: u32;
  badge: u64;
  ticket: u32;
  zero: u32;
}

function parametersOf(call: usize): Parameters {
  return changetype<Parameters>(call + offsetof<Call>("parameters0"));
}

/** Is there memory for the answer? 0 or -EFAULT. */
function checkBuffers(p: Parameters): i32 {
  const rc = checkRange(userSlice(p.to, p.capacity));
  return rc < 0 ? rc : checkRange(userSlice(p.toHandles, min<u32>(p.handleCapacity, CHANNEL_HANDLES_MAX) << 2));
}

/** Request and reply in one: the struct's first 48 bytes. */
export function c1_channel_call(value: u32, struct: u32): i32 {
  const process = currentProcess();
  // Agents run no fibers.
  if (core().fiber == 0) return ENOTSUP;
  const found = handleUse(process, value, OBJECT_CHANNEL, RIGHT_READ | RIGHT_WRITE);
  if (found < 0) return -found;
  const handle = changetype<Handle>(<usize>found);
  const record = callOf(process);
  if (record == 0) return ENOMEM;
  const p = parametersOf(record);
  let rc = copyIn(changetype<usize>(p), struct, 48);
  if (rc == 0) rc = checkBuffers(p);
  if (rc < 0) return sysReturn(rc);
  const badge = capBadge(handle);
  if (handle.type == OBJECT_REVOKED) return EBADF;
  trace(TRACE_CALL, value, p.length, p.count);
  rc = callMake(process, handle, p.at, p.length, p.handles, p.count, badge, deadlineOf(p.deadline));
  if (rc < 0) return sysReturn(rc);
  const call = changetype<Call>(record);
  const reply = call.reply != 0 ? changetype<Message>(<usize>call.reply) : call;
  call.reply = 0;
  p.lengthOut = reply.length;
  p.countOut = reply.count;
  if (reply.length > p.capacity || <u32>reply.count > p.handleCapacity) rc = -EMSGSIZE;
  else if (reply.count != 0) rc = handleReserve(process, reply.count);
  if (rc == 0) messageOut(process, reply, p.to, p.toHandles);
  if (reply !== call) messageFree(reply);
  copyOut(struct + 40, changetype<usize>(p) + offsetof<Parameters>("lengthOut"), 8);
  return sysReturn(rc);
}

/** The next message: bytes to `to`, handles to `toHandles`; sizes, badge and ticket in the parameters. 0 or -errno. */
function take(process: Process, endpoint: Endpoint, p: Parameters, deadlineUs: f64): i32 {
  let reserved: u32 = 0;
  for (;;) {
    spinLock(endpointLock(endpoint));
    if (endpoint.head == 0) {
      spinUnlock(endpointLock(endpoint));
      const rc = endpointWait(endpoint, deadlineUs);
      if (rc < 0) return rc;
      continue;
    }
    const message = changetype<Message>(<usize>endpoint.head);
    const count = <u32>message.count;
    p.lengthOut = message.length;
    p.countOut = count;
    p.badge = message.badge;
    p.ticket = message.ticket;
    const fits = message.length <= p.capacity && count <= p.handleCapacity;
    if (!fits || count > reserved) {
      spinUnlock(endpointLock(endpoint));
      if (!fits) return -EMSGSIZE;
      const rc = handleReserve(process, count);
      if (rc < 0) return rc;
      reserved = count;
      continue;
    }
    endpointPop(endpoint);
    const call = <usize>message.call;
    if (call != 0) callTaken(endpoint, changetype<Call>(call));
    // A small request lives in its caller's record, which is the caller's again as soon as the lock is free.
    const inline = call == changetype<usize>(message);
    if (inline) copyOut(p.to, messageBytes(message), p.lengthOut);
    spinUnlock(endpointLock(endpoint));
    endpointDrained(endpoint);
    if (inline) return 0;
    messageOut(process, message, p.to, p.toHandles);
    messageFree(message);
    return 0;
  }
}

/** As `take`. One who was woken for a message and leaves without it, because it is too long or its own end has come, wakes the next. */
function receive(process: Process, endpoint: Endpoint, p: Parameters, deadlineUs: f64): i32 {
  const rc = take(process, endpoint, p, deadlineUs);
  if (rc < 0 && endpointFilled(endpoint) != 0) wakeOne(readersOf(endpoint));
  return rc;
}

/** The oldest message. INFO, 24 bytes: length, handle count, badge u64, ticket, zero. EMSGSIZE leaves it and says its sizes. */
export function c1_channel_read(
  value: u32, to: u32, capacity: u32, handles: u32, handleCapacity: u32, infoOut: u32, deadline: u64,
): i32 {
  const process = currentProcess();
  const found = handleUse(process, value, OBJECT_CHANNEL, RIGHT_READ);
  if (found < 0) return -found;
  const record = callOf(process);
  if (record == 0) return ENOMEM;
  const p = parametersOf(record);
  p.to = to;
  p.capacity = capacity;
  p.toHandles = handles;
  p.handleCapacity = handleCapacity;
  let rc = checkBuffers(p);
  if (rc == 0) rc = checkRange(userSlice(infoOut, 24));
  if (rc < 0) return sysReturn(rc);
  rc = receive(process, endpointOf(changetype<Handle>(<usize>found)), p, deadlineOf(deadline));
  if (rc == 0 || rc == -EMSGSIZE) copyOut(infoOut, changetype<usize>(p) + offsetof<Parameters>("lengthOut"), 24);
  return sysReturn(rc);
}

/** Answer the call `ticket`. */
export function c1_channel_reply(value: u32, ticket: u32, at: u32, length: u32, handles: u32, count: u32): i32 {
  const process = currentProcess();
  const found = handleUse(process, value, OBJECT_CHANNEL, RIGHT_WRITE);
  if (found < 0) return -found;
  if (ticket == 0) return EINVAL;
  return sysReturn(callAnswer(process, changetype<Handle>(<usize>found), ticket, at, length, handles, count, false));
}

/** What a server's loop does: answer the call in the struct's `ticket` (0: none) and wait for the next message; the whole struct. */
export function c1_channel_reply_wait(value: u32, struct: u32): i32 {
  const process = currentProcess();
  const found = handleUse(process, value, OBJECT_CHANNEL, RIGHT_READ | RIGHT_WRITE);
  if (found < 0) return -found;
  const handle = changetype<Handle>(<usize>found);
  const record = callOf(process);
  if (record == 0) return ENOMEM;
  const p = parametersOf(record);
  let rc = copyIn(changetype<usize>(p), struct, 64);
  if (rc == 0) rc = checkBuffers(p);
  if (rc == 0 && p.ticket != 0) {
    rc = callAnswer(process, handle, p.ticket, p.at, p.length, p.handles, p.count, true);
    // Answered: a wait that is repeated must not answer again.
    if (rc == 0) store32(struct + 56, 0);
  }
  if (rc == 0) {
    rc = receive(process, endpointOf(handle), p, deadlineOf(p.deadline));
    if (rc == 0 || rc == -EMSGSIZE) copyOut(struct + 40, changetype<usize>(p) + offsetof<Parameters>("lengthOut"), 24);
  }
  return sysReturn(rc);
}
