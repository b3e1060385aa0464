/** Pages of a pager's VMO that are not there: ask, with read-ahead, and wait. */
import { EAGAIN, EIO, ENOMEM, ERANGE } from "../../../abi/src/errno";
import { PAGE_SHIFT } from "../../../abi/src/params";
import { core } from "../core";
import { PAGE_LOADING, PAGE_PRESENT, PAGE_USED } from "../mem/page-table";
import { park, waitCancel, waitPrepare } from "../sched/wait";
import { pagerAsk, PAGER_DEAD, WANT_PAGES } from "./pager";
import { entryAt, queueOf, slotAt, slotMake, Vmo, vmoLock, vmoUnlock } from "./vmo";

/** Entry: the pager could not supply the page; the errno is in the bits from 12 on. Who waits takes it, who comes later asks anew. */
export const PAGE_FAILED: u32 = 32;

/** Pages a request asks for at first, where reading is sequential; it doubles from there. */
const WINDOW_FIRST: u32 = 8;
const WINDOW_MAX: u32 = 64;

/** Brings in [first, end). They may be dropped again before the caller has the lock. 0 or -errno. No lock is held. */
export function pagesIn(vmo: Vmo, first: u32, end: u32): i32 {
  for (let page = first; page < end; page++) {
    // A look without the lock: who needs it to be true looks again.
    if (entryAt(vmo, page) & PAGE_PRESENT) continue;
    // An agent has no stack to wait on.
    if (core().fiber == 0) return -EAGAIN;
    const rc = pageIn(vmo, page, end - page);
    if (rc < 0) return rc;
  }
  return 0;
}

function pageIn(vmo: Vmo, page: u32, wanted: u32): i32 {
  let rc: i32 = 0;
  for (let asked = false; rc == 0; asked = true) {
    waitPrepare(queueOf(vmo));
    vmoLock(vmo);
    const slot = slotMake(vmo, page);
    const entry = slot == 0 ? 0 : load<u32>(slot);
    const there = (entry & PAGE_PRESENT) != 0;
    if (slot == 0) rc = -ENOMEM;
    else if (there) store<u32>(slot, entry | PAGE_USED);
    else if (<u64>page << PAGE_SHIFT >= vmo.size) rc = -ERANGE;
    else if (atomic.load<u32>(changetype<usize>(vmo) + offsetof<Vmo>("pager")) == PAGER_DEAD) rc = -EIO;
    else if (entry & PAGE_FAILED && asked) rc = -<i32>(entry >> PAGE_SHIFT);
    else if ((entry & PAGE_LOADING) == 0) rc = request(vmo, page, wanted);
    vmoUnlock(vmo);
    if (rc < 0 || there) {
      waitCancel();
      return rc;
    }
    rc = park();
  }
  return rc;
}

/** Asks for the run of absent pages that starts at `page`. 0, or -EIO. vmo.lock is held and the page's slot exists. */
function request(vmo: Vmo, page: u32, wanted: u32): i32 {
  const last = vmo.ahead & 0xff;
  const ahead = page == vmo.ahead >> 8 ? max(last << 1, WINDOW_FIRST) : 1;
  const most = min<u32>(min(max(wanted, ahead), WINDOW_MAX), <u32>(vmo.size >> PAGE_SHIFT) - page);
  let count: u32 = 1;
  while (count < most && entryAt(vmo, page + count) == 0 && slotMake(vmo, page + count) != 0) count++;
  const rc = pagerAsk(vmo, WANT_PAGES, page, count);
  // Not taken yet what was asked before: the pager wakes us when it does.
  if (rc != 0) return min(rc, 0);
  vmo.ahead = page + count << 8 | min(count, 0xff);
  for (let i: u32 = 0; i < count; i++) store<u32>(slotAt(vmo, page + i), PAGE_LOADING);
  return 0;
}
