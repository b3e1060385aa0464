/**
 * poll_oneoff: look; if nothing has happened join all queues, look again, park until one of them or a clock wakes us; repeat.
 */
import { EBADF, EFAULT, EINVAL, ENOMEM, ENOTCAPABLE, ENOTSUP, ETIMEDOUT } from "../../../abi/src/errno";
import { OBJECT_CHANNEL } from "../../../abi/src/kernel-interface";
import { RIGHT_FD_READ, RIGHT_FD_WRITE, RIGHT_POLL_FD_READWRITE, RIGHT_WAIT } from "../../../abi/src/rights";
import { CLOCK_MONOTONIC, CLOCK_REALTIME } from "../../../abi/src/wasi";
import { halNowUs } from "../../../hal-wasm/assembly/hal";
import { CALL_ANY } from "../cap/call";
import { currentFiber, currentProcess } from "../core";
import { slabAlloc, slabFree } from "../mem/slab";
import { Handle, handleNamed } from "../obj/handle";
import { POLL_HANGUP, pollBytes, pollQueue, pollState } from "../obj/readiness";
import { sysReturn } from "../proc/deliver";
import { parkUntil, waitArm, waitCancel, Waiter, waiterJoin, waiterLeave } from "../sched/wait";
import { copyIn, copyOut, store32 } from "../user";
import { clockNs } from "./clock";

const TAG_CLOCK: u32 = 0;
const TAG_FD_READ: u32 = 1;
const TAG_FD_WRITE: u32 = 2;
const CLOCK_ABSOLUTE: u32 = 1;
/** More than a process can have descriptors for reading and writing, and some clocks. */
const SUBSCRIPTIONS_MAX: u32 = 8448;
const EVENT_SIZE: u32 = 32;
/** preview1: 0 userdata, 8 tag, 16 fd | clock id, 24 timeout, 40 clock flags. unstable's clock has one more u64 at 16. */
const SUBSCRIPTION_SIZE: u32 = 48;
const UNSTABLE_SUBSCRIPTION_SIZE: u32 = 56;

/** One call's state: a slab block, as a fiber that parks must not keep it in its core's scratch. */
@unmanaged
class Poll {
  from: u32;
  to: u32;
  count: u32;
  /** Bytes per subscription. */
  stride: u32;
  startUs: f64;
  deadlineUs: f64;
  events: u32;
  /** Waiters, chained through `key`. */
  waiters: u32;
  // The subscription at hand (56 bytes at most).
  userdata: u64;
  tag: u64;
  body0: u64;
  body1: u64;
  body2: u64;
  body3: u64;
  body4: u64;
  // The event at hand (32 bytes).
  eventUserdata: u64;
  eventKind: u64;
  eventBytes: u64;
  eventFlags: u64;
}

export function p1_poll_oneoff(from: u32, to: u32, count: u32, countOut: u32): i32 {
  return sysReturn(poll(from, to, count, countOut, SUBSCRIPTION_SIZE));
}

export function u_poll_oneoff(from: u32, to: u32, count: u32, countOut: u32): i32 {
  return sysReturn(poll(from, to, count, countOut, UNSTABLE_SUBSCRIPTION_SIZE));
}

function poll(from: u32, to: u32, count: u32, countOut: u32, stride: u32): i32 {
  if (count == 0 || count > SUBSCRIPTIONS_MAX) return -EINVAL;
  const address = slabAlloc(<u32>offsetof<Poll>());
  if (address == 0) return -ENOMEM;
  const state = changetype<Poll>(address);
  state.from = from;
  state.to = to;
  state.count = count;
  state.stride = stride;
  state.startUs = halNowUs();
  const rc = wait(state);
  const events = state.events;
  slabFree(address);
  return rc < 0 ? rc : store32(countOut, events);
}

function wait(state: Poll): i32 {
  currentProcess().call = CALL_ANY;
  while (true) {
    let rc = visit(state, false);
    if (rc < 0 || state.events > 0) return rc;
    waitArm(currentFiber());
    rc = visit(state, true);
    // Events found while joining are already written.
    if (rc < 0 || state.events > 0) {
      leave(state);
      waitCancel();
      return rc;
    }
    rc = parkUntil(state.deadlineUs);
    leave(state);
    if (rc < 0 && rc != -ETIMEDOUT) return rc;
  }
}

/** One pass over the subscriptions: writes events, computes the deadline and, if asked, joins the queues. 0 or -errno. */
function visit(state: Poll, join: bool): i32 {
  state.deadlineUs = Infinity;
  const subscription = changetype<usize>(state) + offsetof<Poll>("userdata");
  for (let i: u32 = 0; i < state.count; i++) {
    if (copyIn(subscription, state.from + i * state.stride, state.stride) < 0) return -EFAULT;
    const tag = <u32>state.tag & 0xff;
    let rc: i32 = -EINVAL;
    if (tag == TAG_CLOCK) rc = visitClock(state);
    else if (tag == TAG_FD_READ || tag == TAG_FD_WRITE) rc = visitDescriptor(state, tag, join);
    if (rc < 0) return rc;
  }
  return 0;
}

function visitClock(state: Poll): i32 {
  const body = changetype<usize>(state) + offsetof<Poll>("body0") + (state.stride - SUBSCRIPTION_SIZE);
  const id = load<u32>(body);
  if (id != CLOCK_REALTIME && id != CLOCK_MONOTONIC) return report(state, ENOTSUP, 0, 0);
  const timeoutUs = <f64>load<u64>(body, 8) / 1000;
  let deadline = state.startUs + timeoutUs;
  if ((load<u16>(body, 24) & CLOCK_ABSOLUTE) != 0) {
    deadline = id == CLOCK_MONOTONIC ? timeoutUs : halNowUs() + timeoutUs - <f64>clockNs(CLOCK_REALTIME) / 1000;
  }
  if (halNowUs() >= deadline) return report(state, 0, 0, 0);
  state.deadlineUs = min(state.deadlineUs, deadline);
  return 0;
}

function visitDescriptor(state: Poll, tag: u32, join: bool): i32 {
  const handle = handleNamed(currentProcess(), <u32>state.body0);
  if (handle === null) return report(state, EBADF, 0, 0);
  const writing = tag == TAG_FD_WRITE;
  let rights = writing ? RIGHT_FD_WRITE : RIGHT_FD_READ;
  rights = handle.type < <u8>OBJECT_CHANNEL ? rights | RIGHT_POLL_FD_READWRITE : RIGHT_WAIT;
  if ((handle.rights & rights) == 0) return report(state, ENOTCAPABLE, 0, 0);
  if (join && !joinQueue(state, handle, writing)) return -ENOMEM;
  const ready = pollState(handle, writing);
  if (ready == 0) return 0;
  return report(state, 0, pollBytes(handle, writing), (ready & POLL_HANGUP) != 0 ? 1 : 0);
}

/** False when memory is out. */
function joinQueue(state: Poll, handle: Handle, writing: bool): bool {
  const queue = pollQueue(handle, writing);
  if (queue === null) return true;
  const address = slabAlloc(<u32>offsetof<Waiter>());
  if (address == 0) return false;
  const waiter = changetype<Waiter>(address);
  waiterJoin(waiter, queue, currentFiber());
  waiter.key = state.waiters;
  state.waiters = <u32>address;
  return true;
}

function leave(state: Poll): void {
  while (state.waiters != 0) {
    const waiter = changetype<Waiter>(<usize>state.waiters);
    state.waiters = waiter.key;
    waiterLeave(waiter);
    slabFree(changetype<usize>(waiter));
  }
}

/** Writes one event. 0 or -EFAULT. */
function report(state: Poll, errno: u32, bytes: u64, flags: u64): i32 {
  state.eventUserdata = state.userdata;
  state.eventKind = (state.tag & 0xff) << 16 | errno;
  state.eventBytes = bytes;
  state.eventFlags = flags;
  const event = changetype<usize>(state) + offsetof<Poll>("eventUserdata");
  return copyOut(state.to + state.events++ * EVENT_SIZE, event, EVENT_SIZE);
}
