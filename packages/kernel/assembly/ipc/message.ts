/**
 * Messages on their way through a channel: bytes in a slab or, above 4 KiB, in frames, and handles in records like those of a
 * handle table. Made and read by the current process; nothing is moved before everything has been checked.
 */
import { EBADF, EINVAL, EMSGSIZE, ENOMEM, ENOTCAPABLE } from "../../../abi/src/errno";
import { OBJECT_CHANNEL, OBJECT_REVOKED } from "../../../abi/src/kernel-interface";
import { CHANNEL_HANDLES_MAX, CHANNEL_MESSAGE_MAX, PAGE_SHIFT, PAGE_SIZE } from "../../../abi/src/params";
import { RIGHT_DUPLICATE, RIGHT_TRANSFER } from "../../../abi/src/rights";
import { capLeave, derivationLock, derivationUnlock } from "../cap/derivation";
import { core } from "../core";
import { frameAlloc, frameFree } from "../mem/frames";
import { slabAlloc, slabFree } from "../mem/slab";
import { dispatchRelease } from "../obj/dispatch";
import { endpointLeft } from "./channel";
import { Handle, handleMoveIn, handleMoveOut, handleNamed } from "../obj/handle";
import { objectRef } from "../obj/object";
import { jobRelease } from "../proc/job";
import { Process } from "../proc/process";
import { checkRange, copyIn, copyOut, store32, userSlice } from "../user";
import { memoryCharge, memoryUncharge } from "../vmo/charge";

/**
 *   0 next | 4 length | 8 handle count u16 | 10 carries channels u16 | 12 ticket | 16 badge u64 | 24 handle records | 28 call | 32 bytes, or frames' addresses and the job that pays for them
 * Owned by whoever holds it; in a queue guarded by the endpoint's lock.
 */
@unmanaged
export class Message {
  next: u32;
  length: u32;
  count: u16;
  /** 1 when a channel's end is among the handles. */
  carries: u16;
  /** What a reply names; 0: a message that asks for none. */
  ticket: u32;
  badge: u64;
  /** Slab of Handle[count], or 0. In a record that is not yet filled `generation` is the handle's value. */
  handles: u32;
  /** The Call that waits for the answer, or 0. */
  call: u32;
}
export const MESSAGE_HEADER: usize = 32;
if (offsetof<Message>() != MESSAGE_HEADER) ERROR("Message is not MESSAGE_HEADER bytes");
const SLAB_BYTES: u32 = PAGE_SIZE - <u32>MESSAGE_HEADER;
const RECORD: u32 = 32;

// @ts-ignore: decorator
@inline
export function messageBytes(message: Message): usize {
  return changetype<usize>(message) + MESSAGE_HEADER;
}

export function messageRecord(message: Message, index: u32): Handle {
  return changetype<Handle>(<usize>message.handles + index * RECORD);
}

/**
 * A message of `length` bytes and `count` handles of the current process, all checked, none moved. `through` is the handle it is
 * sent through, which cannot move itself. Address, -EMSGSIZE, -EFAULT, -ENOMEM, -EBADF, -EINVAL, or -ENOTCAPABLE.
 */
export function messageMake(process: Process, from: u32, length: u32, handles: u32, count: u32, through: Handle): i32 {
  if (length > <u32>CHANNEL_MESSAGE_MAX || count > <u32>CHANNEL_HANDLES_MAX) return -EMSGSIZE;
  const pages = length > SLAB_BYTES ? (length + PAGE_SIZE - 1) >> PAGE_SHIFT : 0;
  const job = <usize>process.job;
  if (pages != 0 && !memoryCharge(job, pages)) return -ENOMEM;
  const address = slabAlloc(<u32>MESSAGE_HEADER + (pages != 0 ? (pages << 2) + 4 : length));
  if (address == 0) {
    if (pages != 0) memoryUncharge(job, pages);
    return -ENOMEM;
  }
  const message = changetype<Message>(address);
  message.length = length;
  if (pages != 0) {
    objectRef(job);
    store<u32>(address + MESSAGE_HEADER + (pages << 2), <u32>job);
  }
  let rc: i32 = 0;
  if (pages == 0) rc = copyIn(address + MESSAGE_HEADER, from, length);
  for (let page: u32 = 0; page < pages && rc == 0; page++) {
    const frame = frameAlloc();
    if (frame == 0) rc = -ENOMEM;
    store<u32>(address + MESSAGE_HEADER + (page << 2), <u32>frame);
    const at = page << PAGE_SHIFT;
    if (rc == 0) rc = copyIn(frame, from + at, min<u32>(length - at, PAGE_SIZE));
  }
  if (rc == 0 && count != 0) rc = checkHandles(process, message, handles, count, through);
  if (rc == 0) return <i32>address;
  messageFree(message);
  return rc;
}

/** 0 or -errno. The records hold values only. */
function checkHandles(process: Process, message: Message, handles: u32, count: u32, through: Handle): i32 {
  const rc = checkRange(userSlice(handles, count << 2));
  if (rc < 0) return rc;
  message.handles = <u32>slabAlloc(count * RECORD);
  if (message.handles == 0) return -ENOMEM;
  message.count = <u16>count;
  for (let i: u32 = 0; i < count; i++) {
    const record = messageRecord(message, i);
    // INV-4: REVOKED is a record without a handle in it.
    record.type = <u8>OBJECT_REVOKED;
    copyIn(changetype<usize>(record) + offsetof<Handle>("generation"), handles + (i << 2), 4);
  }
  for (let i: u32 = 0; i < count; i++) {
    const entry = handleNamed(process, messageRecord(message, i).generation);
    if (entry === null) return -EBADF;
    if (entry === through) return -EINVAL;
    const right: u32 = entry.type < <u8>OBJECT_CHANNEL ? RIGHT_DUPLICATE : RIGHT_TRANSFER;
    if ((entry.rights & right) == 0) return -ENOTCAPABLE;
    if (entry.type == OBJECT_CHANNEL) {
      message.carries = 1;
      endpointLeft(entry.object, process.fiber);
    }
    // The same handle twice?
    for (let j: u32 = 0; j < i; j++) if (handleNamed(process, messageRecord(message, j).generation) === entry) return -EINVAL;
  }
  return 0;
}

/** Moves the handles from the table into the message. 0, or -EBADF: one was revoked since, and none has moved. */
export function messageCommit(process: Process, message: Message): i32 {
  const count = <u32>message.count;
  if (count == 0) return 0;
  let rc: i32 = 0;
  derivationLock();
  for (let i: u32 = 0; i < count; i++) {
    if (handleNamed(process, messageRecord(message, i).generation) === null) rc = -EBADF;
  }
  for (let i: u32 = 0; i < count && rc == 0; i++) {
    const record = messageRecord(message, i);
    handleMoveOut(process, handleNamed(process, record.generation) as Handle, record);
  }
  derivationUnlock();
  return rc;
}

/**
 * Bytes and handles to the current process, which has room for both (checkRange, handleReserve): nothing can fail. What was
 * revoked on the way arrives as handle 0.
 */
export function messageOut(process: Process, message: Message, to: u32, handles: u32): void {
  const length = message.length;
  if (length <= SLAB_BYTES) copyOut(to, messageBytes(message), length);
  else {
    for (let at: u32 = 0; at < length; at += PAGE_SIZE) {
      copyOut(to + at, <usize>load<u32>(messageBytes(message) + (at >> PAGE_SHIFT << 2)), min<u32>(length - at, PAGE_SIZE));
    }
  }
  const count = <u32>message.count;
  for (let i: u32 = 0; i < count; i++) store32(handles + (i << 2), handleMoveIn(process, messageRecord(message, i)));
}

/** Frees a message and closes the handles that are still in it. No lock is held. */
export function messageFree(message: Message): void {
  const count = <u32>message.count;
  for (let i: u32 = 0; i < count; i++) {
    const record = messageRecord(message, i);
    capLeave(record);
    if (record.type != OBJECT_REVOKED) dispatchRelease(record.type, record.object);
  }
  if (message.handles != 0) slabFree(message.handles);
  if (message.length > SLAB_BYTES) {
    for (let at: u32 = 0; at < message.length; at += PAGE_SIZE) {
      const frame = <usize>load<u32>(messageBytes(message) + (at >> PAGE_SHIFT << 2));
      if (frame != 0) frameFree(frame);
    }
    const pages = (message.length + PAGE_SIZE - 1) >> PAGE_SHIFT;
    const job = <usize>load<u32>(messageBytes(message) + (pages << 2));
    memoryUncharge(job, pages);
    jobRelease(job);
  }
  slabFree(changetype<usize>(message));
}

/**
 * Frees a list of messages. Handles in them may be the last of channels with messages of their own, and so on without
 * bound: such lists are added to the one being worked on instead of growing the stack.
 */
export function messageBury(list: u32): void {
  const me = core();
  while (list != 0) {
    const message = changetype<Message>(<usize>list);
    list = message.next;
    message.next = me.graves;
    me.graves = changetype<u32>(message);
  }
  if (me.burying != 0) return;
  me.burying = 1;
  while (me.graves != 0) {
    const message = changetype<Message>(<usize>me.graves);
    me.graves = message.next;
    messageFree(message);
  }
  me.burying = 0;
}
