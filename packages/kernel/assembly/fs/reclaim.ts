/** Gives memory back when frames run out, and says what to do when there is nothing to give. */
import { ENOMEM } from "../../../abi/src/errno";
import { VFS_SYNC } from "../../../abi/src/vfs-protocol";
import { slotAlloc, slotCall, slotFree } from "./requests";
import { fsState } from "./state";
import { Vnode, vnodeAt, vnodeEvict, vnodePut, vnodeTryLock, vnodeUnlock } from "./vnode";
import { vmoReclaim } from "./vmo";

/** Pages dropped from one open file before the next one's turn. */
const BATCH: u32 = 64;

/**
 * Drops files nobody has open, the one unused longest first, then clean pages of open ones. True when at least one
 * frame was freed. The caller may hold one Vnode.lock: locks are only tried.
 */
export function frameReclaim(): bool {
  if (fsState().cachedPages == 0) return false;
  return vnodeEvict() || reclaimOpen(true) || reclaimOpen(false);
}

function reclaimOpen(sparing: bool): bool {
  const state = fsState();
  for (let left = state.vnodeHigh; left > 0; left--) {
    const index = state.reclaimHand >= state.vnodeHigh ? 0 : state.reclaimHand;
    state.reclaimHand = index + 1;
    const found = vnodeAt(index);
    if (found == 0) continue;
    const vnode = changetype<Vnode>(found);
    let dropped: u32 = 0;
    if (vnodeTryLock(vnode)) {
      dropped = vmoReclaim(vnode, BATCH, sparing);
      vnodeUnlock(vnode);
    }
    vnodePut(vnode);
    if (dropped != 0) return true;
  }
  return false;
}

/**
 * Memory is out, and the caller has let go of its vnode's lock: drop that one's pages too, or have dirty pages written back so
 * that they can be dropped. 0: try again; else -ENOMEM or the service's errno.
 */
export function memoryWait(): i32 {
  if (frameReclaim()) return 0;
  if (fsState().dirtyPages == 0) return -ENOMEM;
  const slot = slotAlloc(VFS_SYNC);
  if (slot < 0) return slot;
  const rc = slotCall(slot);
  slotFree(slot);
  return rc;
}
