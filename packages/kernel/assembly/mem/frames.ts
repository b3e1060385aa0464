/**
 * Frames: 4 KiB of physical memory, zeroed when handed out. Each has a 16-byte record whose meaning belongs to whoever
 * holds the frame (slabs, the page cache); frameAlloc clears it.
 */
import { FRAME_STRIDE, FRAME_TABLE_BASE } from "../layout";
import { globals } from "../globals";
import { PAGE_SHIFT, PAGE_SIZE } from "../../../abi/src/params";
import { frameReclaim } from "../fs/reclaim";
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

/** A zeroed frame, or 0 when memory is out and no clean page can be dropped. May take locks from `frameReclaim` on. */
export function frameAlloc(): usize {
  let address = spanTakeFrame(false);
  while (address == 0) {
    const reclaimed = frameReclaim();
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
