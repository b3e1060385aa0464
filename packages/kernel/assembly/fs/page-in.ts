/** Page-in with read-ahead. Several fibers may want one page: the first asks, the others wait at the vnode. */
import { EIO } from "../../../abi/src/errno";
import {
  SLOT_O_COUNT, SLOT_O_ERRNO, SLOT_O_FRAMES, SLOT_O_NODE, SLOT_O_PAGE, VFS_PAGE_IN, VFS_PAGES_MAX,
} from "../../../abi/src/vfs-protocol";
import { frameAlloc } from "../mem/frames";
import { parkKillable, waitCancel, WaitQueue, waitPrepare, wakeAll } from "../sched/wait";
import { PAGE_LOADING, pageEntry, pageSlot, pageSlotMake, PAGE_USED } from "../mem/page-table";
import { File } from "./object";
import { memoryWait } from "./reclaim";
import { slotAlloc, slotFree, SLOT_O_VNODE, slotPost } from "./requests";
import { pagesOf, Vnode, vnodeLock, vnodeRef, vnodeUnlock } from "./vnode";
import { frameGive, pageAtRest, pageEnter, pageTrim } from "./vmo";

/** Read-ahead of a file's first page, and of the first page where sequential reading is seen; it doubles from there. */
const WINDOW_FIRST: u32 = 8;

function queueOf(vnode: Vnode): WaitQueue {
  return changetype<WaitQueue>(changetype<usize>(vnode) + offsetof<Vnode>("queue"));
}

/** How far to read from `page` on when `wanted` pages are asked for. */
function readAhead(file: File, page: u32, wanted: u32): u32 {
  if (page == file.nextPage) file.window = min<u32>(max(file.window << 1, WINDOW_FIRST), VFS_PAGES_MAX);
  else file.window = 1;
  return min<u32>(max(wanted, file.window), VFS_PAGES_MAX);
}

/**
 * Bring in a page that is at rest, of a vnode the open `file` holds, and wait for it. No lock is held. 0 means: look
 * again (the page is there, or the file has changed); else -EINTR, -ENOMEM or what the service says.
 */
export function pageIn(vnode: Vnode, file: File, page: u32, wanted: u32): i32 {
  vnodeLock(vnode);
  const faults = vnode.faults;
  const loading = (pageEntry(pagesOf(vnode), page) & PAGE_LOADING) != 0;
  vnodeUnlock(vnode);
  if (!loading) {
    const rc = request(vnode, file, page, wanted);
    if (rc <= 0) return rc;
  }
  while (true) {
    waitPrepare(queueOf(vnode));
    vnodeLock(vnode);
    const entry = pageEntry(pagesOf(vnode), page);
    const errno = entry == 0 && vnode.faults != faults ? <i32>vnode.faultErrno : 0;
    vnodeUnlock(vnode);
    if ((entry & PAGE_LOADING) == 0) {
      waitCancel();
      return -errno;
    }
    const rc = parkKillable();
    if (rc < 0) return rc;
  }
}

/** Ask for the run of missing pages that starts at `page`. Pages asked for, 0 when there is nothing to ask, or -errno. */
function request(vnode: Vnode, file: File, page: u32, wanted: u32): i32 {
  const slot = slotAlloc(VFS_PAGE_IN);
  if (slot < 0) return slot;
  vnodeLock(vnode);
  const most = readAhead(file, page, wanted);
  let count: u32 = 0;
  let starved = false;
  while (count < most && pageAtRest(vnode, page + count) && pageEntry(pagesOf(vnode), page + count) == 0) {
    const place = pageSlotMake(pagesOf(vnode), page + count);
    const frame: usize = place == 0 ? 0 : frameAlloc();
    if (frame == 0) {
      starved = true;
      break;
    }
    store<u32>(place, <u32>frame | PAGE_LOADING);
    store<u32>(slot + SLOT_O_FRAMES + (count << 2), <u32>frame);
    count++;
  }
  if (count != 0) {
    file.nextPage = page + count;
    store<u64>(slot + SLOT_O_NODE, vnode.node);
    store<u32>(slot + SLOT_O_PAGE, page);
    store<u32>(slot + SLOT_O_COUNT, count);
    store<u32>(slot + SLOT_O_VNODE, changetype<u32>(vnode));
    vnodeRef(vnode);
  }
  vnodeUnlock(vnode);
  if (count != 0) {
    slotPost(slot);
    return <i32>count;
  }
  slotFree(slot);
  return starved ? memoryWait() : 0;
}

/** The service has answered a PAGE_IN: pages become present, or go and leave the error to those who wait. */
export function pageInDone(slot: usize): void {
  const vnode = changetype<Vnode>(load<u32>(slot + SLOT_O_VNODE));
  const errno = load<u32>(slot + SLOT_O_ERRNO);
  const first = load<u32>(slot + SLOT_O_PAGE);
  const count = load<u32>(slot + SLOT_O_COUNT);
  vnodeLock(vnode);
  for (let i: u32 = 0; i < count; i++) {
    const frame = load<u32>(slot + SLOT_O_FRAMES + (i << 2));
    const place = pageSlot(pagesOf(vnode), first + i);
    // Truncation may have taken the page off the table, and a new one may be in its place.
    if (place == 0 || load<u32>(place) != (frame | PAGE_LOADING)) {
      frameGive(frame);
    } else if (errno != 0) {
      store<u32>(place, 0);
      frameGive(frame);
    } else {
      pageTrim(vnode, first + i, frame);
      pageEnter(vnode, place, frame, i == 0 ? PAGE_USED : 0);
    }
  }
  if (errno != 0) {
    vnode.faults++;
    vnode.faultErrno = <u8>(errno < 256 ? errno : EIO);
  }
  vnodeUnlock(vnode);
  wakeAll(queueOf(vnode));
}
