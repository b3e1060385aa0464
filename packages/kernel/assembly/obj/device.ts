/** Character devices without a driver: null, zero, full, random, urandom. The file service names them; they work here. */
import { EFAULT, ENOMEM, ENOSPC, ENXIO } from "../../../abi/src/errno";
import { OBJECT_DEVICE, OBJECT_TTY } from "../../../abi/src/kernel-interface";
import { PAGE_SIZE } from "../../../abi/src/params";
import { DEVICE_FULL, DEVICE_NULL, DEVICE_TTY, DEVICE_URANDOM } from "../../../abi/src/vfs-protocol";
import { halEntropy } from "../../../hal-wasm/assembly/hal";
import { currentProcess } from "../core";
import { frameAlloc, frameFree } from "../mem/frames";
import { slabFree } from "../mem/slab";
import { copyOut, fillUser } from "../user";
import { KObject, objectAlloc, objectRef, objectUnref } from "./object";

/** OBJECT_* of what `deviceOpen` returns. */
export function deviceType(device: u32): u32 {
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
  if (device < <u32>DEVICE_NULL || device > <u32>DEVICE_URANDOM) return -ENXIO;
  const object = objectAlloc(OBJECT_DEVICE, 16);
  if (object == 0) return -ENOMEM;
  changetype<KObject>(object).aux = device;
  return <i32>object;
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
