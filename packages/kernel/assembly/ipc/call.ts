/**
 * Synchronous calls. The caller's process has one Call record for its whole life (a fiber makes one call at a time); it is the request's
 * message too, so a small call allocates nothing: bytes are copied into the record, out of it to the server, and the reply the same
 * way back.
 *
 *     caller:  QUEUED in the server's queue --taken--> TAKEN, in Endpoint.calls --answered--> DONE
 *                 '-------------- the server's end is closed -----------------> BROKEN
 *     caller gives up (deadline, signal, revoked): takes it back out of queue or list; a reply then finds nobody (ESRCH).
 */
import { ENOMEM, EPIPE, ESRCH } from "../../../abi/src/errno";
import { CALL_INLINE_MAX } from "../../../abi/src/params";
import { core, currentFiber } from "../core";
import { spinLock, spinUnlock } from "../lock";
import { slabAlloc, slabFree } from "../mem/slab";
import { Handle } from "../obj/handle";
import { Fiber, WAKE_EVENT } from "../proc/fiber";
import { Process } from "../proc/process";
import { bellsHold, bellsRing } from "../sched/run";
import { fiberHandOff, fiberWake, parkUntil, waitArm, waitCancel } from "../sched/wait";
import { copyIn } from "../user";
import { Endpoint, endpointDrained, endpointLock, endpointRemove, endpointSend, peerOf } from "./channel";
import { lend, lendEnd, lendForget } from "./lend";
import { Message, MESSAGE_HEADER, messageBytes, messageCommit, messageFree, messageMake } from "./message";

const CALL_QUEUED: u32 = 1;
const CALL_TAKEN: u32 = 2;
const CALL_DONE: u32 = 3;
const CALL_BROKEN: u32 = 4;

/** 0 Message and its bytes (160) | 160 state | 164 fiber | 168 queued message | 172 reply | 176 next | 180 server | 184 parameters (64) | 248 next lender | 252 lenders */
@unmanaged
export class Call extends Message {
  bytes0: u64; bytes1: u64; bytes2: u64; bytes3: u64; bytes4: u64; bytes5: u64; bytes6: u64; bytes7: u64;
  bytes8: u64; bytes9: u64; bytes10: u64; bytes11: u64; bytes12: u64; bytes13: u64; bytes14: u64; bytes15: u64;
  /** CALL_*. Guarded by the lock of the endpoint that serves it; the caller polls it with atomics. */
  state: u32;
  fiber: u32;
  /** What is in the queue while QUEUED: the record itself, or a message of its own for a large request. */
  queued: u32;
  /** The reply, when it is not in `bytes`. */
  reply: u32;
  /** Link of Endpoint.calls. Guarded by the endpoint's lock. */
  nextCall: u32;
  /** Guarded by lendLock, as are the two below: the fiber that this call lends to, or 0. */
  server: u32;
  parameters0: u64; parameters1: u64; parameters2: u64; parameters3: u64;
  parameters4: u64; parameters5: u64; parameters6: u64; parameters7: u64;
  nextLender: u32;
  /** Of the process as a server: calls that lend to it. */
  lenders: u32;
}
if (offsetof<Call>("state") != MESSAGE_HEADER + CALL_INLINE_MAX) ERROR("Call.bytes is not CALL_INLINE_MAX bytes");
if (offsetof<Call>() > 256) ERROR("Call does not fit 256 bytes");

/** The process's record, made when it is first needed. Address or 0. */
export function callOf(process: Process): usize {
  if (process.ipc == 0) process.ipc = <u32>slabAlloc(256);
  return process.ipc;
}

/** The process ends: it is in no call any more. */
export function callFree(process: Process): void {
  if (process.ipc == 0) return;
  lendForget(changetype<Call>(<usize>process.ipc));
  slabFree(process.ipc);
  process.ipc = 0;
}

function stateWord(call: Call): usize {
  return changetype<usize>(call) + offsetof<Call>("state");
}

/** A request gets into a queue. The endpoint's lock is held. Returns its ticket, never 0. */
export function callQueued(endpoint: Endpoint, message: Message): u32 {
  const call = changetype<Call>(<usize>message.call);
  call.queued = changetype<u32>(message);
  call.state = CALL_QUEUED;
  call.ticket = ++endpoint.ticket != 0 ? endpoint.ticket : ++endpoint.ticket;
  return call.ticket;
}

/** A request was taken from the queue: its caller waits for an answer. The endpoint's lock is held. */
export function callTaken(endpoint: Endpoint, call: Call): void {
  call.state = CALL_TAKEN;
  list(endpoint, call);
  // Agents have no fiber to lend to.
  if (core().fiber == 0) return;
  endpoint.server = core().fiber;
  if (call.server == core().fiber) return;
  lendEnd(call);
  lend(call, currentFiber());
}

function list(endpoint: Endpoint, call: Call): void {
  call.nextCall = endpoint.calls;
  endpoint.calls = changetype<u32>(call);
}

/** Take the call with a ticket off the list, or null. The endpoint's lock is held. */
function unlist(endpoint: Endpoint, ticket: u32): Call | null {
  let before: u32 = 0;
  for (let at = endpoint.calls; at != 0; at = changetype<Call>(<usize>at).nextCall) {
    const call = changetype<Call>(<usize>at);
    if (call.ticket == ticket) {
      if (before == 0) endpoint.calls = call.nextCall;
      else changetype<Call>(<usize>before).nextCall = call.nextCall;
      return call;
    }
    before = at;
  }
  return null;
}

/** From here on the record is its owner's again. The endpoint's lock is held. */
function finish(call: Call, state: u32, direct: bool): void {
  const fiber = changetype<Fiber>(<usize>call.fiber);
  lendEnd(call);
  atomic.store<u32>(stateWord(call), state);
  if (direct) fiberHandOff(fiber, WAKE_EVENT);
  else fiberWake(fiber, WAKE_EVENT);
}

/**
 * The endpoint closes: nobody will answer. Takes the detached queue and returns the messages of it that are left to be freed.
 * The endpoint's lock is held.
 */
export function callsBreak(endpoint: Endpoint, queue: u32): u32 {
  let rest: u32 = 0;
  while (queue != 0) {
    const message = changetype<Message>(<usize>queue);
    queue = message.next;
    const call = <usize>message.call;
    if (call == 0 || call != changetype<usize>(message)) {
      message.next = rest;
      rest = changetype<u32>(message);
    }
    if (call != 0) finish(changetype<Call>(call), CALL_BROKEN, false);
  }
  while (endpoint.calls != 0) {
    const call = changetype<Call>(<usize>endpoint.calls);
    endpoint.calls = call.nextCall;
    finish(call, CALL_BROKEN, false);
  }
  return rest;
}

/**
 * Ask through `handle` (to `from`) and wait for the answer. The answer is in the process's record: in `bytes`, or in `reply`, which the
 * caller frees. 0, -EPIPE, -ETIMEDOUT, -EINTR, -ECANCELED or what the message is refused for.
 */
export function callMake(
  process: Process, handle: Handle, at: u32, length: u32, handles: u32, count: u32, badge: u64, deadlineUs: f64,
): i32 {
  const call = changetype<Call>(callOf(process));
  if (changetype<usize>(call) == 0) return -ENOMEM;
  const from = changetype<Endpoint>(<usize>handle.object);
  let message: Message = call;
  if (length <= <u32>CALL_INLINE_MAX && count == 0) {
    const rc = copyIn(messageBytes(call), at, length);
    if (rc < 0) return rc;
    call.length = length;
    call.count = 0;
    call.carries = 0;
    call.handles = 0;
  } else {
    const made = messageMake(process, at, length, handles, count, handle);
    if (made < 0) return made;
    message = changetype<Message>(<usize>made);
  }
  message.badge = badge;
  message.call = changetype<u32>(call);
  const fiber = currentFiber();
  call.fiber = changetype<u32>(fiber);
  call.reply = 0;
  call.state = 0;
  let rc = endpointSend(from, process, message, deadlineUs);
  if (rc < 0) {
    if (message !== call) messageFree(message);
    return rc;
  }
  for (;;) {
    waitArm(fiber);
    if (atomic.load<u32>(stateWord(call)) >= CALL_DONE) break;
    rc = parkUntil(deadlineUs);
    if (rc < 0) break;
  }
  waitCancel();
  return settle(peerOf(from), call, rc);
}

/** The wait is over: by an answer, or with `rc` < 0 the call is taken back. 0 or -errno. */
function settle(to: Endpoint, call: Call, rc: i32): i32 {
  let orphan: usize = 0;
  // ORDER: with the lock, so that who answers is done with the record.
  spinLock(endpointLock(to));
  const state = call.state;
  if (state == CALL_QUEUED) {
    orphan = call.queued;
    endpointRemove(to, changetype<Message>(orphan));
    if (orphan == changetype<usize>(call)) orphan = 0;
  }
  if (state == CALL_TAKEN) unlist(to, call.ticket);
  if (state == CALL_TAKEN || state == CALL_QUEUED) lendEnd(call);
  spinUnlock(endpointLock(to));
  if (state == CALL_QUEUED) endpointDrained(to);
  if (orphan != 0) messageFree(changetype<Message>(orphan));
  if (state == CALL_BROKEN) return -EPIPE;
  // An answer that came together with the deadline or a signal counts: the server believes that it arrived.
  return state == CALL_DONE ? 0 : rc;
}

/**
 * Answer the call with a ticket. 0; -ESRCH: its caller has given up; or what the reply is refused for, and the call
 * goes on waiting. `waits`: the server waits for the next message right after, so its core may go to the caller.
 */
export function callAnswer(
  process: Process, handle: Handle, ticket: u32, at: u32, length: u32, handles: u32, count: u32, waits: bool,
): i32 {
  const endpoint = changetype<Endpoint>(<usize>handle.object);
  let message: usize = 0;
  if (length > <u32>CALL_INLINE_MAX || count != 0) {
    const made = messageMake(process, at, length, handles, count, handle);
    if (made < 0) return made;
    message = made;
  }
  let rc: i32 = -ESRCH;
  bellsHold();
  spinLock(endpointLock(endpoint));
  const call = unlist(endpoint, ticket);
  if (call !== null) {
    rc = message != 0 ? messageCommit(process, changetype<Message>(message)) : copyIn(messageBytes(call), at, length);
    if (rc < 0) {
      list(endpoint, call);
    } else {
      call.length = length;
      call.reply = <u32>message;
      finish(call, CALL_DONE, waits && endpoint.head == 0);
    }
  }
  spinUnlock(endpointLock(endpoint));
  bellsRing();
  if (rc < 0 && message != 0) messageFree(changetype<Message>(message));
  return rc;
}
