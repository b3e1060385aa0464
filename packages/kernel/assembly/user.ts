/**
 * Memory of the current process. A `UserSlice` is a claim, not access: nothing is known to be there until a copy
 * through the process's gate succeeds. Every pointer a program passes comes through here and there is one way to
 * fail: EFAULT. Copies may be partial when they fail.
 *
 * Only the process that is current on this core can be reached: gates sit in the core's own table.
 */
import { EFAULT } from "../../abi/src/errno";
import {
  GATE_COPY_IN, GATE_COPY_OUT, GATE_FILL, GATE_LOAD64, GATE_SIZE, GATE_STORE32, GATE_STORE64,
} from "../../abi/src/kernel-interface";
import { core } from "./core";

/** An unchecked (pointer, length) pair of the current process; packed in a u64 so that it needs no memory. */
export type UserSlice = u64;

// @ts-ignore: decorator
@inline
export function userSlice(pointer: u32, length: u32): UserSlice {
  return <u64>length << 32 | pointer;
}

// @ts-ignore: decorator
@inline
export function slicePointer(slice: UserSlice): u32 {
  return <u32>slice;
}

// @ts-ignore: decorator
@inline
export function sliceLength(slice: UserSlice): u32 {
  return <u32>(slice >> 32);
}

// An agent (ipc/agent.ts) has no gate: what it passes are the kernel's own addresses, and it is trusted with them.

function copyWithin(to: usize, from: usize, length: u32): i32 {
  memory.copy(to, from, length);
  return 0;
}

/** Kernel <- program. 0 or -EFAULT. */
export function copyIn(to: usize, from: u32, length: u32): i32 {
  if (core().gate == 0) return copyWithin(to, from, length);
  return -call_indirect<i32>(core().gate + GATE_COPY_IN, to, from, length);
}

/** Program <- kernel. 0 or -EFAULT. */
export function copyOut(to: u32, from: usize, length: u32): i32 {
  if (core().gate == 0) return copyWithin(to, from, length);
  return -call_indirect<i32>(core().gate + GATE_COPY_OUT, to, from, length);
}

/** 0 or -EFAULT. */
export function fillUser(to: u32, byte: u32, length: u32): i32 {
  return -call_indirect<i32>(core().gate + GATE_FILL, to, byte, length);
}

/** Copies 8 bytes to kernel address `to`. 0 or -EFAULT. */
export function load64(from: u32, to: usize): i32 {
  return -call_indirect<i32>(core().gate + GATE_LOAD64, from, to);
}

/** 0 or -EFAULT. */
export function store32(to: u32, value: u32): i32 {
  if (core().gate == 0) {
    store<u32>(to, value);
    return 0;
  }
  return -call_indirect<i32>(core().gate + GATE_STORE32, to, value);
}

/** 0 or -EFAULT. */
export function store64(to: u32, value: u64): i32 {
  return -call_indirect<i32>(core().gate + GATE_STORE64, to, value);
}

/** Bytes of the process's linear memory. */
export function userSize(): u32 {
  if (core().gate == 0) return u32.MAX_VALUE;
  return sizeThrough(core().gate);
}

/** Bytes of the linear memory behind a gate of this core's. */
export function sizeThrough(gate: u32): u32 {
  return call_indirect<u32>(gate + GATE_SIZE);
}

/** Check a destination before work that cannot be undone is done for it. 0 or -EFAULT. */
export function checkRange(slice: UserSlice): i32 {
  return <u64>slicePointer(slice) + sliceLength(slice) <= userSize() ? 0 : -EFAULT;
}
