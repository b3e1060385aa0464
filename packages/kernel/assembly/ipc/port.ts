/**
 * Ports: one place to wait for many objects. A bind is the port's interest in one object: a node in that object's wait queue
 * that, instead of a fiber, has the port. When the queue is woken the bind goes on the port's ready list, once, so signals need
 * no memory and cannot be lost. Level-triggered: port_wait reports a bind as long as its object shows what it wants.
 *
 *     object's WaitQueue --Waiter of the Bind--> Port.ready --port_wait--> packets
 */
import { EAGAIN, EEXIST, EINVAL, ENOENT, ENOMEM } from "../../../abi/src/errno";
import { OBJECT_PORT, SIGNAL_REVOKED } from "../../../abi/src/kernel-interface";
import { IRQ_PORT } from "../../../abi/src/layout";
import { PORT_BINDS_MAX, PORT_PACKETS_MAX } from "../../../abi/src/params";
import { RIGHT_READ, RIGHT_SIGNAL, RIGHT_WRITE } from "../../../abi/src/rights";
import { capCommit, capDrop, capPrepare, HOLDER_BIND } from "../cap/derivation";
import { core, currentProcess, KCore } from "../core";
import { ringDoorbell } from "../../../hal-wasm/assembly/hal";
import { spinLock, spinUnlock } from "../lock";
import { slabAlloc, slabFree } from "../mem/slab";
import { dispatchDrop } from "../obj/dispatch";
import { Handle, handleNamed, handleUse } from "../obj/handle";
import { KObject, objectRef, objectUnref } from "../obj/object";
import { sysReturn } from "../proc/deliver";
import { Fiber } from "../proc/fiber";
import { parkUntil, waitCancel, Waiter, waiterJoin, waiterLeave, waitPrepare, WaitQueue, WAITER_BIND, wakeAll } from "../sched/wait";
import { checkRange, copyOut, store32, userSlice } from "../user";
import { deadlineOf } from "./deadline";
import { objectCreate } from "./event";
import { signalHandle, signalQueue, signalsOf } from "./signals";

/** 0 KObject | 16 ready: first | 20 last | 24 binds | 28 packets | 32 bind count | 36 agent | 40 watchers (queue, 16) */
@unmanaged
class Port extends KObject {
  // Guarded by lock; `ready` is also read with atomics.
  ready: u32;
  readyLast: u32;
  binds: u32;
  /** User packets that wait. */
  packets: u32;
  bindCount: u32;
  /** Whose doorbell rings when something gets ready, 0: fibers wait. Written once. */
  agent: u32;
  watchers0: u64;
  watchers1: u64;
}

/** What the node on a port's ready list stands for. */
const PACKET_SIGNAL: u32 = 1;
const PACKET_USER: u32 = 0;

/**
 *   0 Waiter (20) | 20 port | 24 tag u64 | 32 next ready | 36 queued | 40 kind | 44 object | 48 type | 52 wanted | 56 next bind | 60 cap | 64 data u64
 */
@unmanaged
class Bind extends Waiter {
  port: u32;
  tag: u64;
  // Guarded by the port's lock.
  nextReady: u32;
  queued: u32;
  /** PACKET_* */
  kind: u32;
  object: u32;
  type: u32;
  wanted: u32;
  nextBind: u32;
  /** Guarded by derivationLock: 0 once revoked. */
  cap: u32;
  /** Of a user packet. Of a bind: not 0 once it was revoked (atomic). */
  data: u64;
}

function portLock(port: Port): usize {
  return changetype<usize>(port) + offsetof<KObject>("lock");
}

export function portReady(object: usize): bool {
  return atomic.load<u32>(object + offsetof<Port>("ready")) != 0;
}

export function portWatchers(object: usize): WaitQueue {
  return changetype<WaitQueue>(object + offsetof<Port>("watchers0"));
}

/** On the ready list, unless it is there. lock is held. */
function queue(port: Port, bind: Bind): void {
  if (bind.queued != 0) return;
  bind.queued = 1;
  bind.nextReady = 0;
  if (port.readyLast != 0) changetype<Bind>(<usize>port.readyLast).nextReady = changetype<u32>(bind);
  else atomic.store<u32>(changetype<usize>(port) + offsetof<Port>("ready"), changetype<u32>(bind));
  port.readyLast = changetype<u32>(bind);
}

/** The object's queue is woken (its lock is held, so the bind stays): lock order is queue > port > the port's own queue. */
export function bindKick(waiter: Waiter): void {
  const bind = changetype<Bind>(changetype<usize>(waiter));
  const port = changetype<Port>(<usize>bind.port);
  spinLock(portLock(port));
  queue(port, bind);
  spinUnlock(portLock(port));
  tell(port);
}

function tell(port: Port): void {
  wakeAll(portWatchers(changetype<usize>(port)));
  if (port.agent != 0) ringDoorbell(port.agent, IRQ_PORT);
}

/** The handle a bind was made with is revoked. derivationLock is held. */
export function bindRevoked(address: usize): void {
  const bind = changetype<Bind>(address);
  bind.cap = 0;
  atomic.store<u64>(address + offsetof<Bind>("data"), 1);
  bindKick(bind);
}

export function c1_port_create(out: u32): i32 {
  const errno = objectCreate(OBJECT_PORT, <u32>offsetof<Port>(), out);
  if (errno != 0 || core().fiber != 0) return errno;
  // An agent's pointers are the kernel's.
  const handle = handleNamed(currentProcess(), load<u32>(out)) as Handle;
  changetype<Port>(<usize>handle.object).agent = core().id;
  return 0;
}

/** The last handle closes it: its binds and packets go. */
export function portRelease(object: usize): void {
  if (!objectUnref(object)) return;
  const port = changetype<Port>(object);
  while (port.binds != 0) {
    const bind = changetype<Bind>(<usize>port.binds);
    port.binds = bind.nextBind;
    detach(bind);
    // The others go with the ready list.
    if (bind.queued == 0) slabFree(changetype<usize>(bind));
  }
  while (port.ready != 0) {
    const bind = changetype<Bind>(<usize>port.ready);
    port.ready = bind.nextReady;
    slabFree(changetype<usize>(bind));
  }
  slabFree(object);
}

/** Takes a bind away from its object: nothing kicks or revokes it after. No lock is held. */
function detach(bind: Bind): void {
  waiterLeave(bind);
  capDrop(changetype<usize>(bind) + offsetof<Bind>("cap"));
  dispatchDrop(bind.type, bind.object);
}

/** From now on the port tells when the object shows one of `signals`, under `key` (unique in the port). */
export function c1_port_bind(value: u32, target: u32, signals: u32, key: u64): i32 {
  const process = currentProcess();
  const found = handleUse(process, value, OBJECT_PORT, RIGHT_WRITE);
  if (found < 0) return -found;
  const port = changetype<Port>(<usize>changetype<Handle>(<usize>found).object);
  const aimed = signalHandle(target);
  if (aimed < 0) return -aimed;
  const handle = changetype<Handle>(<usize>aimed);
  // Ports in ports could form rings.
  if (handle.type == OBJECT_PORT || signals == 0) return EINVAL;
  const address = slabAlloc(<u32>offsetof<Bind>());
  if (address == 0) return ENOMEM;
  const cap = capPrepare(process, handle);
  if (cap == 0) {
    slabFree(address);
    return ENOMEM;
  }
  const bind = changetype<Bind>(address);
  bind.port = changetype<u32>(port);
  bind.tag = key;
  bind.kind = PACKET_SIGNAL;
  bind.object = handle.object;
  bind.type = handle.type;
  bind.wanted = signals;
  bind.cap = <u32>cap;

  spinLock(portLock(port));
  let rc: i32 = 0;
  if (port.bindCount >= <u32>PORT_BINDS_MAX) rc = EAGAIN;
  if (lookup(port, key) != 0) rc = EEXIST;
  if (rc == 0) {
    port.bindCount++;
    bind.nextBind = port.binds;
    port.binds = <u32>address;
  }
  spinUnlock(portLock(port));
  if (rc != 0) {
    slabFree(cap);
    slabFree(address);
    return rc;
  }
  objectRef(bind.object);
  // Revoked just now: an unbind would find it, and so does the kick below.
  if (!capCommit(cap, handle, address, HOLDER_BIND)) {
    bind.cap = 0;
    atomic.store<u64>(address + offsetof<Bind>("data"), 1);
  }
  waiterJoin(bind, signalQueue(bind.type, bind.object) as WaitQueue, changetype<Fiber>(<usize>WAITER_BIND));
  // What the object shows already counts.
  bindKick(bind);
  return 0;
}

/** The bind before that with `key` in the list of binds, as the address of the link to it; 0: none. lock is held. */
function lookup(port: Port, key: u64): usize {
  let link = changetype<usize>(port) + offsetof<Port>("binds");
  while (load<u32>(link) != 0) {
    const bind = <usize>load<u32>(link);
    if (changetype<Bind>(bind).tag == key) return link;
    link = bind + offsetof<Bind>("nextBind");
  }
  return 0;
}

/** The port forgets what was bound under `key`: no packet of it comes after. */
export function c1_port_unbind(value: u32, key: u64): i32 {
  const found = handleUse(currentProcess(), value, OBJECT_PORT, RIGHT_WRITE);
  if (found < 0) return -found;
  const port = changetype<Port>(<usize>changetype<Handle>(<usize>found).object);
  spinLock(portLock(port));
  const link = lookup(port, key);
  const bind = changetype<Bind>(link == 0 ? 0 : <usize>load<u32>(link));
  if (link != 0) {
    store<u32>(link, bind.nextBind);
    port.bindCount--;
  }
  spinUnlock(portLock(port));
  if (link == 0) return ENOENT;
  detach(bind);
  spinLock(portLock(port));
  unready(port, bind);
  spinUnlock(portLock(port));
  slabFree(changetype<usize>(bind));
  return 0;
}

/** Off the ready list, if it is on it. lock is held. */
function unready(port: Port, bind: Bind): void {
  if (bind.queued == 0) return;
  let before: u32 = 0;
  for (let at = port.ready; at != changetype<u32>(bind); at = changetype<Bind>(<usize>at).nextReady) before = at;
  if (before == 0) atomic.store<u32>(changetype<usize>(port) + offsetof<Port>("ready"), bind.nextReady);
  else changetype<Bind>(<usize>before).nextReady = bind.nextReady;
  if (port.readyLast == changetype<u32>(bind)) port.readyLast = before;
  bind.queued = 0;
}

/** A packet of the program's own. EAGAIN when PORT_PACKETS_MAX wait already. */
export function c1_port_queue(value: u32, key: u64, data: u64): i32 {
  const found = handleUse(currentProcess(), value, OBJECT_PORT, RIGHT_SIGNAL);
  if (found < 0) return -found;
  const port = changetype<Port>(<usize>changetype<Handle>(<usize>found).object);
  const address = slabAlloc(<u32>offsetof<Bind>());
  if (address == 0) return ENOMEM;
  const packet = changetype<Bind>(address);
  packet.tag = key;
  packet.data = data;
  spinLock(portLock(port));
  const full = port.packets >= <u32>PORT_PACKETS_MAX;
  if (!full) {
    port.packets++;
    queue(port, packet);
  }
  spinUnlock(portLock(port));
  if (full) {
    slabFree(address);
    return EAGAIN;
  }
  tell(port);
  return 0;
}

const PACKET_SIZE: u32 = 24;
const MOST: u32 = 1024;

/** Up to `most` packets, at least one. Packet, 24 bytes: key u64, signals u32, kind u32 (0 the program's, 1 signals), data u64. */
export function c1_port_wait(value: u32, deadline: u64, to: u32, most: u32, countOut: u32): i32 {
  const found = handleUse(currentProcess(), value, OBJECT_PORT, RIGHT_READ);
  if (found < 0) return -found;
  if (most == 0 || most > MOST) return EINVAL;
  let rc = checkRange(userSlice(to, most * PACKET_SIZE));
  if (rc == 0) rc = checkRange(userSlice(countOut, 4));
  if (rc < 0) return sysReturn(rc);
  const port = changetype<Port>(<usize>changetype<Handle>(<usize>found).object);
  const deadlineUs = deadlineOf(deadline);
  let count = take(port, to, most);
  while (count == 0 && rc == 0) {
    if (deadlineUs == 0) return EAGAIN;
    waitPrepare(portWatchers(changetype<usize>(port)));
    if (portReady(changetype<usize>(port))) waitCancel();
    else rc = parkUntil(deadlineUs);
    if (rc == 0) count = take(port, to, most);
  }
  return sysReturn(count == 0 ? rc : store32(countOut, count));
}

/** One turn of the ready list: reports what is still true, drops the rest. The number of packets. */
function take(port: Port, to: u32, most: u32): u32 {
  if (!portReady(changetype<usize>(port))) return 0;
  const packet = changetype<usize>(core()) + offsetof<KCore>("scratch0");
  let count: u32 = 0;
  let freed: u32 = 0;
  spinLock(portLock(port));
  const end = port.readyLast;
  for (let last = false; !last && count < most && port.ready != 0; ) {
    const bind = changetype<Bind>(<usize>port.ready);
    last = changetype<u32>(bind) == end;
    unready(port, bind);
    let signals: u32 = 0;
    if (bind.kind == PACKET_SIGNAL) {
      // ORDER: off the list before the look: a change after the look puts it on again.
      const revoked = atomic.load<u64>(changetype<usize>(bind) + offsetof<Bind>("data")) != 0;
      signals = revoked ? SIGNAL_REVOKED : signalsOf(bind.type, bind.object) & bind.wanted;
      if (signals == 0) continue;
      if (!revoked) queue(port, bind);
    } else {
      port.packets--;
      bind.nextReady = freed;
      freed = changetype<u32>(bind);
    }
    store<u64>(packet, bind.tag);
    store<u32>(packet, signals, 8);
    store<u32>(packet, bind.kind, 12);
    store<u64>(packet, bind.kind == PACKET_USER ? bind.data : 0, 16);
    copyOut(to + count++ * PACKET_SIZE, packet, PACKET_SIZE);
  }
  spinUnlock(portLock(port));
  while (freed != 0) {
    const bind = changetype<Bind>(<usize>freed);
    freed = bind.nextReady;
    slabFree(changetype<usize>(bind));
  }
  return count;
}
