/** Setting time stamps. */
import { EINVAL } from "../../../abi/src/errno";
import { SLOT_O_ATIME, SLOT_O_FSTFLAGS, SLOT_O_MTIME } from "../../../abi/src/vfs-protocol";
import { FSTFLAGS_ATIM, FSTFLAGS_ATIM_NOW, FSTFLAGS_MTIM, FSTFLAGS_MTIM_NOW } from "../../../abi/src/wasi";
import { halWallMs } from "../../../hal-wasm/assembly/hal";
import { pathAsk } from "./path";
import { slotFree } from "./requests";
import { statTimesSet } from "./stat";

const FSTFLAGS_ALL: u32 = 15;

/** Fills in and sends a SET_TIMES request (or passes on its -errno) and frees it. 0 or -errno. */
export function timesSet(slot: i32, atime: u64, mtime: u64, flags: u32): i32 {
  if (slot < 0) return slot;
  const both = (flags & FSTFLAGS_ATIM && flags & FSTFLAGS_ATIM_NOW) || (flags & FSTFLAGS_MTIM && flags & FSTFLAGS_MTIM_NOW);
  if (flags > FSTFLAGS_ALL || both) {
    slotFree(slot);
    return -EINVAL;
  }
  // One reading of the clock, so that kernel and service agree; an f64 holds whole microseconds exactly.
  const now = <u64>(halWallMs() * 1000.0) * 1000;
  store<u64>(slot, flags & FSTFLAGS_ATIM_NOW ? now : atime, SLOT_O_ATIME);
  store<u64>(slot, flags & FSTFLAGS_MTIM_NOW ? now : mtime, SLOT_O_MTIME);
  let given = flags & (FSTFLAGS_ATIM | FSTFLAGS_MTIM);
  if (flags & FSTFLAGS_ATIM_NOW) given |= FSTFLAGS_ATIM;
  if (flags & FSTFLAGS_MTIM_NOW) given |= FSTFLAGS_MTIM;
  store<u32>(slot, given, SLOT_O_FSTFLAGS);
  slot = pathAsk(slot);
  if (slot < 0) return slot;
  statTimesSet(slot);
  slotFree(slot);
  return 0;
}
