/**
 * Frames: 4 KiB of physical memory, zeroed when handed out. Each has a 16-byte record whose meaning belongs to whoever
 * holds the frame (slabs, the page cache); frameAlloc clears it.
 */
import { FRAME_STRIDE, FRAME_TABLE_BASE } from "../layout";
import { globals } from "../globals";
import { PAGE_SHIFT, PAGE_SIZE } from "../../../abi/src/params";
import { memoryReclaim } from "../vmo/reclaim";
import { spanGiveFrame, spanTakeFrame } from "./spans";

/**
 *   0 next u32 | 4 prev u32 | 8 owner u32 | 12 info u32
 * Guarded by the lock of whatever holds the frame.
 */
@unmanaged
export class Frame {
  next: u32;
  prev: u32;
  owner: u32;
  info: u32;
}

/** A zeroed frame, or 0 when memory is out and no clean page can be dropped. May take locks from `memoryReclaim` on. */
export function frameAlloc(): usize {
  let address = spanTakeFrame(false);
  while (address == 0) {
    const reclaimed = memoryReclaim();
    address = spanTakeFrame(!reclaimed);
    if (address == 0 && !reclaimed) return 0;
  }
  memory.fill(address, 0, PAGE_SIZE);
  memory.fill(changetype<usize>(frameOf(address)), 0, FRAME_STRIDE);
  return address;
}

export function frameFree(address: usize): void {
  spanGiveFrame(address);
}

// Frames of VMO pages may be shared by clones: `info` counts the references beyond the first. A frame somebody else also
// refers to is not written; a new reference is only made by who holds one under the lock of the object it belongs to.

/** One more reference. */
export function frameShare(address: usize): void {
  atomic.add<u32>(changetype<usize>(frameOf(address)) + offsetof<Frame>("info"), 1);
}

export function frameShared(address: usize): bool {
  return atomic.load<u32>(changetype<usize>(frameOf(address)) + offsetof<Frame>("info")) != 0;
}

/** Drop a reference; the last one frees the frame. */
export function framePut(address: usize): void {
  if (atomic.sub<u32>(changetype<usize>(frameOf(address)) + offsetof<Frame>("info"), 1) == 0) frameFree(address);
}

/** The record of the frame that contains an address. */
export function frameOf(address: usize): Frame {
  const number = (address - globals().spansBase) >> PAGE_SHIFT;
  return changetype<Frame>(FRAME_TABLE_BASE + number * FRAME_STRIDE);
}

/** The address of the frame a record describes. */
export function frameAddress(frame: Frame): usize {
  const number = (changetype<usize>(frame) - FRAME_TABLE_BASE) / FRAME_STRIDE;
  return globals().spansBase + (number << PAGE_SHIFT);
}
