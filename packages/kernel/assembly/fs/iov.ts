/**
 * Vectors of buffers in a program's memory: arrays of { u32 pointer, u32 length }.
 *
 * A transfer walks them with a *cursor* (u64): index of the vector in the high half, the offset within the whole transfer
 * at which that vector starts in the low half. It is a value, so it survives a suspended call without storage.
 */
import { EINVAL } from "../../../abi/src/errno";
import { IOV_MAX } from "../../../abi/src/params";
import { core, KCore } from "../core";
import { copyIn, copyOut, fillUser, load64 } from "../user";

export const IOV_FROM_USER: u32 = 0;
export const IOV_TO_USER: u32 = 1;
/** Zeros to the program; there is no kernel address. */
export const IOV_ZEROS: u32 = 2;
/** No valid cursor: an address is bad. */
export const IOV_FAULT: u64 = 0xffffffffffffffff;

/** Results are i32; Linux caps a transfer here too (MAX_RW_COUNT). */
const TRANSFER_MAX: u64 = 0x7ffff000;

function scratch(): usize {
  return changetype<usize>(core()) + offsetof<KCore>("scratch0");
}

/** Bytes the vectors hold in all, -EINVAL or -EFAULT. Afterwards `iovFirst` is the first of them, until the fiber parks. */
export function iovTotal(iovs: u32, count: u32): i32 {
  if (count > <u32>IOV_MAX) return -EINVAL;
  let total: u64 = 0;
  for (let i = count; i-- != 0; ) {
    const rc = load64(iovs + (i << 3), scratch());
    if (rc < 0) return rc;
    total += load<u32>(scratch(), 4);
  }
  return total > TRANSFER_MAX ? <i32>TRANSFER_MAX : <i32>total;
}

/** Pointer and length of the first vector, so that the usual transfer with one vector loads it once. */
// @ts-ignore: decorator
@inline
export function iovFirst(): u64 {
  return load<u64>(scratch());
}

/**
 * Copies `length` bytes between kernel memory and the vectors, `done` bytes into the transfer. The new cursor or IOV_FAULT.
 * The vectors hold at least done + length bytes; `first` is the first of them.
 */
export function iovCopy(iovs: u32, first: u64, cursor: u64, done: u32, kernel: usize, length: u32, way: u32): u64 {
  let index = <u32>(cursor >> 32);
  let base = <u32>cursor;
  while (length != 0) {
    let vector = first;
    if (index != 0) {
      if (load64(iovs + (index << 3), scratch()) < 0) return IOV_FAULT;
      vector = load<u64>(scratch());
    }
    const size = <u32>(vector >> 32);
    const skip = done - base;
    if (skip >= size) {
      base += size;
      index++;
      continue;
    }
    const part = min(size - skip, length);
    const user = <u32>vector + skip;
    // The sum may have wrapped: then the buffer ends past 4 GiB.
    if (user < skip) return IOV_FAULT;
    const rc = way == IOV_TO_USER ? copyOut(user, kernel, part) : way == IOV_FROM_USER ? copyIn(kernel, user, part) : fillUser(user, 0, part);
    if (rc < 0) return IOV_FAULT;
    done += part;
    kernel += part;
    length -= part;
  }
  return <u64>index << 32 | base;
}
