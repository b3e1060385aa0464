/**
 * The trace: what capabilities, IPC and processes do, for whoever audits. A ring of 32-byte records that all cores write without a lock:
 * a record's place is taken by one atomic add, its number is stored last and cleared first, so a reader can tell a whole record
 * from one being written. Old records are overwritten; a reader that fell behind is told how many it missed.
 */
import { ENOMEM, EINVAL } from "../../../abi/src/errno";
import { OBJECT_TRACE } from "../../../abi/src/kernel-interface";
import { RIGHT_READ, RIGHTS_ALL_OBJECT } from "../../../abi/src/rights";
import { SPAN_SIZE } from "../layout";
import { Globals, globals } from "../globals";
import { spinLock, spinUnlock } from "../lock";
import { core, currentProcess } from "../core";
import { slabFree } from "../mem/slab";
import { spanAlloc } from "../mem/spans";
import { Handle, handleMake, handleUse } from "../obj/handle";
import { KObject, objectAlloc, objectUnref } from "../obj/object";
import { sysReturn } from "../proc/deliver";
import { checkRange, copyOut, store32, userSlice } from "../user";
import { CapState, capState } from "./state";

// Event numbers; TRACE_* of the abi are 1 << number.
export const TRACE_SPAWN: u32 = 0;
export const TRACE_EXIT: u32 = 1;
export const TRACE_DUPLICATE: u32 = 2;
export const TRACE_REVOKE: u32 = 3;
export const TRACE_SEND: u32 = 4;
export const TRACE_CALL: u32 = 5;
export const TRACE_VIOLATION: u32 = 6;

const RECORD: u32 = 32;
const RECORDS: u32 = <u32>SPAN_SIZE / RECORD;

/** 0 number + 1 u32 (0: being written) | 4 event u16 | 6 core u16 | 8 time us f64 | 16 pid | 20 a | 24 b | 28 c */
@unmanaged
class Record {
  number: u32;
  event: u16;
  core: u16;
  timeUs: f64;
  pid: u32;
  a: u32;
  b: u32;
  c: u32;
}

/** 0 KObject (aux: number of the next record to read) | 16 events it asked for */
@unmanaged
class Reader extends KObject {
  events: u32;
}

/** Costs a load when nobody listens. */
// @ts-ignore: decorator
@inline
export function trace(event: u32, a: u32, b: u32, c: u32): void {
  if ((capState().traceEvents & (1 << event)) != 0) write(event, a, b, c);
}

function write(event: u32, a: u32, b: u32, c: u32): void {
  const state = capState();
  const number = atomic.add<u32>(changetype<usize>(state) + offsetof<CapState>("traceHead"), 1);
  const address = <usize>state.traceRing + (number & (RECORDS - 1)) * RECORD;
  // ORDER: 0 first, the number last: what is between is not read.
  atomic.store<u32>(address, 0);
  const record = changetype<Record>(address);
  record.event = <u16>event;
  record.core = <u16>core().id;
  record.timeUs = core().nowUs;
  const process = currentProcess();
  record.pid = changetype<usize>(process) == 0 ? 0 : process.pid;
  record.a = a;
  record.b = b;
  record.c = c;
  atomic.store<u32>(address, number + 1);
}

/** A reader of the events in a bit set, from now on. Made by agents only: who else may is decided by who is handed one. */
export function trace_open(events: u32, out: u32): i32 {
  const state = capState();
  const lock = changetype<usize>(globals()) + offsetof<Globals>("tableLock");
  if (state.traceRing == 0) {
    const ring = spanAlloc();
    if (ring == 0) return ENOMEM;
    state.traceRing = <u32>ring;
  }
  const object = objectAlloc(OBJECT_TRACE, <u32>offsetof<Reader>());
  if (object == 0) return ENOMEM;
  changetype<Reader>(object).aux = state.traceHead;
  changetype<Reader>(object).events = events;
  const value = handleMake(currentProcess(), OBJECT_TRACE, object, RIGHTS_ALL_OBJECT);
  if (value < 0) {
    slabFree(object);
    return sysReturn(value);
  }
  spinLock(lock);
  state.traceUsers++;
  state.traceEvents |= events;
  spinUnlock(lock);
  return sysReturn(store32(out, value));
}

/** The last reader closes: nothing is recorded any more. The ring stays. */
export function traceRelease(object: usize): void {
  if (!objectUnref(object)) return;
  const state = capState();
  const lock = changetype<usize>(globals()) + offsetof<Globals>("tableLock");
  spinLock(lock);
  if (--state.traceUsers == 0) state.traceEvents = 0;
  spinUnlock(lock);
  slabFree(object);
}

/** Records in their order, as far as they are new: `out` two u32, how many were read and how many are lost for good. Never waits. */
export function c1_trace_read(value: u32, to: u32, most: u32, out: u32): i32 {
  const found = handleUse(currentProcess(), value, OBJECT_TRACE, RIGHT_READ);
  if (found < 0) return -found;
  if (most > RECORDS) return EINVAL;
  let rc = checkRange(userSlice(to, most * RECORD));
  if (rc == 0) rc = checkRange(userSlice(out, 8));
  if (rc < 0) return sysReturn(rc);
  const reader = changetype<Reader>(<usize>changetype<Handle>(<usize>found).object);
  let next = reader.aux;
  let lost: u32 = 0;
  let count: u32 = 0;
  while (count < most) {
    const behind = atomic.load<u32>(changetype<usize>(capState()) + offsetof<CapState>("traceHead")) - next;
    if (behind == 0) break;
    if (behind > RECORDS) {
      lost += behind - RECORDS;
      next += behind - RECORDS;
    }
    const address = <usize>capState().traceRing + (next & (RECORDS - 1)) * RECORD;
    const number = atomic.load<u32>(address);
    // Still being written: what is whole comes first, the rest next time.
    if (number == 0 || <i32>(number - next - 1) < 0) break;
    const wanted = (reader.events & (1 << <u32>changetype<Record>(address).event)) != 0;
    if (wanted) copyOut(to + count * RECORD, address, RECORD);
    next++;
    // Overwritten while it was copied?
    if (atomic.load<u32>(address) != next) lost++;
    else if (wanted) count++;
  }
  reader.aux = next;
  store32(out, count);
  return sysReturn(store32(out + 4, lost));
}
