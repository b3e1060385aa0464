/**
 * Character devices. null, zero, full, random and urandom have no driver and work here; those with a driver of the host's are host
 * rings, one for each open. The file service names them all.
 */
import { EAGAIN, EFAULT, ENOMEM, ENOSPC, ENXIO } from "../../../abi/src/errno";
import { EVENT_DEVICE, OBJECT_DEVICE, OBJECT_RING_READ, OBJECT_RING_WRITE, OBJECT_TTY } from "../../../abi/src/kernel-interface";
import { MAX_DEVICE_RINGS, PAGE_SIZE } from "../../../abi/src/params";
import { DEVICE_FULL, DEVICE_NULL, DEVICE_SINK_BASE, DEVICE_SOURCE_BASE, DEVICE_TTY, DEVICE_URANDOM } from "../../../abi/src/vfs-protocol";
import { halEntropy } from "../../../hal-wasm/assembly/hal";
import { currentProcess } from "../core";
import { eventPost } from "../host/events";
import { frameAlloc, frameFree } from "../mem/frames";
import { slabFree } from "../mem/slab";
import { copyOut, fillUser } from "../user";
import { KObject, objectAlloc, objectRef, objectUnref } from "./object";
import { Ring, ringAt, ringCreateWithin, ringFree, ringRelease } from "./ring";

/** OBJECT_* of what `deviceOpen` returns. */
export function deviceType(device: u32): u32 {
  if (device >= <u32>DEVICE_SINK_BASE) return OBJECT_RING_WRITE;
  if (device >= <u32>DEVICE_SOURCE_BASE) return OBJECT_RING_READ;
  return device == DEVICE_TTY ? OBJECT_TTY : OBJECT_DEVICE;
}

/** An object with a reference for the caller's handle; -ENXIO: no such device, or no controlling terminal. */
export function deviceOpen(device: u32): i32 {
  if (device == DEVICE_TTY) {
    const tty = <usize>currentProcess().tty;
    if (tty == 0) return -ENXIO;
    objectRef(tty);
    return <i32>tty;
  }
  if (device >= <u32>DEVICE_SOURCE_BASE) return hostDeviceOpen(device);
  if (device < <u32>DEVICE_NULL || device > <u32>DEVICE_URANDOM) return -ENXIO;
  const object = objectAlloc(OBJECT_DEVICE, 16);
  if (object == 0) return -ENOMEM;
  changetype<KObject>(object).aux = device;
  return <i32>object;
}

/** What a program reads comes in small records; what it writes may come in bulk (sound, pictures). */
const SOURCE_CAPACITY: u32 = 4096;
const SINK_CAPACITY: u32 = 65536;

/** A ring between the caller and the device's driver, which hears of it by an event. */
function hostDeviceOpen(device: u32): i32 {
  const sink = device >= <u32>DEVICE_SINK_BASE;
  const number = ringCreateWithin(MAX_DEVICE_RINGS, sink ? SINK_CAPACITY : SOURCE_CAPACITY, sink);
  if (number < 0) return number;
  const ring = changetype<usize>(ringAt(number));
  // The handle's reference first: a ring of which the host has the only one counts as hung up.
  objectRef(ring);
  if (eventPost(EVENT_DEVICE, device, number, currentProcess().pid)) return <i32>ring;
  ringRelease(changetype<Ring>(ring));
  ringFree(number);
  return -EAGAIN;
}

export function deviceRelease(object: usize): void {
  if (objectUnref(object)) slabFree(object);
}

export function deviceRead(object: usize, to: u32, length: u32): i32 {
  const device = changetype<KObject>(object).aux;
  if (device == DEVICE_NULL) return 0;
  if (device <= <u32>DEVICE_FULL) return fillUser(to, 0, length) < 0 ? -EFAULT : <i32>length;
  return randomOut(to, length);
}

export function deviceWrite(object: usize, length: u32): i32 {
  return changetype<KObject>(object).aux == DEVICE_FULL && length > 0 ? -ENOSPC : <i32>length;
}

/** Random bytes to the current process. Bytes or -errno. */
export function randomOut(to: u32, length: u32): i32 {
  const frame = frameAlloc();
  if (frame == 0) return -ENOMEM;
  let rc: i32 = 0;
  for (let done: u32 = 0; done < length && rc == 0; done += PAGE_SIZE) {
    const part = min<u32>(length - done, PAGE_SIZE);
    halEntropy(frame, part);
    rc = copyOut(to + done, frame, part);
  }
  frameFree(frame);
  return rc < 0 ? rc : <i32>length;
}
