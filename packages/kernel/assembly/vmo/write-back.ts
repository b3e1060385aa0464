/** What a pager does to its VMOs: supplies pages or fails to, and takes changed ones back. Pages are given as [first, end). */
import { EAGAIN, EINVAL, EIO, ENOMEM, ERANGE } from "../../../abi/src/errno";
import { PAGE_SHIFT } from "../../../abi/src/params";
import { core } from "../core";
import { frameOf, framePut } from "../mem/frames";
import {
  frameOfEntry, PAGE_DIRTY, PAGE_LOADING, PAGE_NONE, PAGE_PRESENT, PAGE_WRITING,
} from "../mem/page-table";
import { park, waitCancel, waitPrepare, wakeAll } from "../sched/wait";
import { memoryCharge, memoryUncharge } from "./charge";
import { PAGE_FAILED } from "./fault";
import { pagerAsk, PAGER_DEAD, WANT_WRITE_BACK } from "./pager";
import { pagesLoose, pagesOwn } from "./pages";
import { nextPage, queueOf, slotAt, slotMake, Vmo, vmoLock, vmoUnlock } from "./vmo";

/** Pages written back at once. */
const RUN_MAX: u32 = 256;

/** Moves the pages of `source` from `from` on to [first, end): frames, not bytes. All or, with -errno, none. */
export function pagesSupply(target: Vmo, first: u32, end: u32, source: Vmo, from: u32): i32 {
  const count = end - first;
  if (source.pager != 0 || source.file != 0) return -EINVAL;
  vmoLock(target);
  let rc: i32 = <u64>end << PAGE_SHIFT > target.size ? -ERANGE : 0;
  for (let page = first; rc == 0 && page < end; page++) if (slotMake(target, page) == 0) rc = -ENOMEM;
  vmoUnlock(target);
  if (rc == 0 && !memoryCharge(target.job, count)) rc = -ENOMEM;
  if (rc < 0) return rc;
  rc = pagesOwn(source, from, from + count);
  if (rc == 0) {
    rc = pagesLoose(source, from, from + count);
    if (rc < 0) vmoUnlock(source);
  }
  if (rc < 0) {
    memoryUncharge(target.job, count);
    return rc;
  }
  // Two VMOs' locks are never held together: the frames go by way of a chain.
  let chain: u32 = 0;
  for (let page = from + count; page-- != from; ) {
    const slot = slotAt(source, page);
    const frame = <u32>frameOfEntry(load<u32>(slot));
    store<u32>(slot, 0);
    frameOf(frame).next = chain;
    chain = frame;
  }
  source.pages -= count;
  memoryUncharge(source.job, count);
  vmoUnlock(source);

  vmoLock(target);
  let surplus: u32 = 0;
  for (let page = first; page < end; page++) {
    const frame = chain;
    chain = frameOf(frame).next;
    frameOf(frame).next = 0;
    const slot = slotAt(target, page);
    // A page that is there already may have been changed since; one past the end is nobody's.
    if (load<u32>(slot) & PAGE_PRESENT || <u64>page << PAGE_SHIFT >= target.size) {
      framePut(frame);
      surplus++;
    } else {
      store<u32>(slot, frame | PAGE_PRESENT);
      target.pages++;
    }
  }
  memoryUncharge(target.job, surplus);
  vmoUnlock(target);
  wakeAll(queueOf(target));
  return 0;
}

/** The pager cannot supply them: who waits gets the errno. */
export function pagesFail(vmo: Vmo, first: u32, end: u32, errno: u32): void {
  vmoLock(vmo);
  for (let page = nextPage(vmo, first); page < end; page = nextPage(vmo, page + 1)) {
    const slot = slotAt(vmo, page);
    if (load<u32>(slot) & PAGE_LOADING) store<u32>(slot, errno << PAGE_SHIFT | PAGE_FAILED);
  }
  vmoUnlock(vmo);
  wakeAll(queueOf(vmo));
}

/** The next run of changed pages at or after `first`, now being written: count << 32 | page; count 0 when there is none. */
export function writeBackBegin(vmo: Vmo, first: u32): u64 {
  let count: u32 = 0;
  let start = first;
  vmoLock(vmo);
  for (let page = nextPage(vmo, first); page != PAGE_NONE && count < RUN_MAX; page = nextPage(vmo, page + 1)) {
    const slot = slotAt(vmo, page);
    const entry = load<u32>(slot);
    if (count != 0 && page != start + count) break;
    if ((entry & (PAGE_DIRTY | PAGE_WRITING)) != PAGE_DIRTY) {
      if (count != 0) break;
      continue;
    }
    if (count == 0) start = page;
    store<u32>(slot, entry ^ (PAGE_DIRTY | PAGE_WRITING));
    count++;
  }
  vmo.dirty -= count;
  vmo.writing += count;
  vmoUnlock(vmo);
  return <u64>count << 32 | start;
}

/** They are at rest, or with an errno changed still. */
export function writeBackEnd(vmo: Vmo, first: u32, end: u32, errno: u32): void {
  vmoLock(vmo);
  for (let page = nextPage(vmo, first); page < end; page = nextPage(vmo, page + 1)) {
    const slot = slotAt(vmo, page);
    let entry = load<u32>(slot);
    if ((entry & PAGE_WRITING) == 0) continue;
    vmo.writing--;
    entry ^= PAGE_WRITING;
    if (errno != 0 && (entry & PAGE_DIRTY) == 0) {
      entry |= PAGE_DIRTY;
      vmo.dirty++;
    }
    store<u32>(slot, entry);
  }
  if (errno != 0) vmo.writeErrno = <u8>errno;
  vmoUnlock(vmo);
  wakeAll(queueOf(vmo));
}

/** Has the pager write back until at most `most` pages are not at rest. 0 or -errno. */
export function vmoDrain(vmo: Vmo, most: u32): i32 {
  let rc: i32 = core().fiber == 0 ? -EAGAIN : 0;
  while (rc == 0) {
    waitPrepare(queueOf(vmo));
    vmoLock(vmo);
    const busy = vmo.dirty + vmo.writing > most;
    rc = -<i32>vmo.writeErrno;
    vmo.writeErrno = 0;
    if (rc == 0 && busy) {
      if (vmo.dirty != 0) rc = min(pagerAsk(vmo, WANT_WRITE_BACK, 0, 0), 0);
      else if (vmo.pager == PAGER_DEAD) rc = -EIO;
    }
    vmoUnlock(vmo);
    if (rc < 0 || !busy) {
      waitCancel();
      return rc;
    }
    rc = park();
  }
  return rc;
}
