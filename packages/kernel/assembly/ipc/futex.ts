/**
 * Futexes: wait until somebody says that a word of a VMO has changed. Waiters sit in one of 64 queues, by VMO and offset, and carry both; so a word needs
 * no memory until somebody waits for it. The order that loses no wake-up: join the queue, look at the word, park; and on the other side
 * write the word (vmo_write), then wake.
 */
import { EAGAIN, EINVAL, ENOTSUP, ERANGE } from "../../../abi/src/errno";
import { PAGE_SHIFT, PAGE_SIZE } from "../../../abi/src/params";
import { RIGHT_READ, RIGHT_WRITE } from "../../../abi/src/rights";
import { core, currentFiber, currentProcess } from "../core";
import { GLOBALS_BASE } from "../layout";
import { frameOfEntry, PAGE_PRESENT } from "../mem/page-table";
import { parkUntil, waitCancel, waitPrepare, WaitQueue, wakeMatching } from "../sched/wait";
import { fiberWaiter } from "../proc/fiber";
import { vmoDone, vmoHold } from "../sys/vmo";
import { store32 } from "../user";
import { pagesIn } from "../vmo/fault";
import { entryAt, Vmo, vmoLock, vmoUnlock } from "../vmo/vmo";
import { deadlineOf } from "./deadline";

/** In the page of the kernel's globals, behind cap/state.ts. */
const QUEUES_BASE: usize = GLOBALS_BASE + 2048;
const QUEUES: u32 = 64;
if (QUEUES * offsetof<WaitQueue>() > 2048) ERROR("Futex queues do not fit the globals' page");

function queueFor(vmo: Vmo, offset: u64): WaitQueue {
  const hash = (changetype<u32>(vmo) >> 6 ^ <u32>(offset >> 2)) * 0x9e3779b1;
  return changetype<WaitQueue>(QUEUES_BASE + (hash >> 26) * offsetof<WaitQueue>());
}

/** Is there such a word? 0, -EINVAL (not aligned), -ERANGE or -ENOTSUP (a file's: it changes without a wake). */
function check(vmo: Vmo, offset: u64): i32 {
  if ((offset & 3) != 0) return -EINVAL;
  if (vmo.file != 0) return -ENOTSUP;
  return offset > vmo.size || vmo.size - offset < 4 ? -ERANGE : 0;
}

/** Whether the word holds `value`: 1 or 0. -errno when a pager fails to bring it. */
function holds(vmo: Vmo, offset: u64, value: u32): i32 {
  const page = <u32>(offset >> PAGE_SHIFT);
  vmoLock(vmo);
  const entry = entryAt(vmo, page);
  const there = (entry & PAGE_PRESENT) != 0;
  const seen = there ? load<u32>(frameOfEntry(entry) + <usize>(offset & (PAGE_SIZE - 1))) : 0;
  vmoUnlock(vmo);
  if (there || vmo.pager == 0) return seen == value ? 1 : 0;
  return -EAGAIN;
}

function wait(vmo: Vmo, offset: u64, expected: u32, deadlineUs: f64): i32 {
  let rc = check(vmo, offset);
  if (rc < 0) return rc;
  const page = <u32>(offset >> PAGE_SHIFT);
  // A pager's page is brought in before anything waits in a queue.
  if (vmo.pager != 0 && core().fiber != 0) rc = pagesIn(vmo, page, page + 1);
  if (rc < 0) return rc;
  if (deadlineUs == 0) return -EAGAIN;
  fiberWaiter(currentFiber()).key = changetype<u32>(vmo);
  currentProcess().futex = <u32>(offset >> 2);
  waitPrepare(queueFor(vmo, offset));
  rc = holds(vmo, offset, expected);
  if (rc != 1) {
    waitCancel();
    return rc < 0 ? rc : -EAGAIN;
  }
  return parkUntil(deadlineUs);
}

/** Sleeps while the word at `offset` holds `expected`. 0: woken, perhaps without a cause. EAGAIN: it holds something else. */
export function c1_futex_wait(handle: u32, offset: u64, expected: u32, deadline: u64): i32 {
  const vmo = vmoHold(handle, RIGHT_READ);
  return vmoDone(vmo, vmo < 0 ? vmo : wait(changetype<Vmo>(<usize>vmo), offset, expected, deadlineOf(deadline)));
}

/** Wakes up to `most` of those who wait for the word, the longest first; their number goes to `out`. */
export function c1_futex_wake(handle: u32, offset: u64, most: u32, out: u32): i32 {
  const vmo = vmoHold(handle, RIGHT_WRITE);
  if (vmo < 0) return vmoDone(vmo, vmo);
  const object = changetype<Vmo>(<usize>vmo);
  let rc = check(object, offset);
  if (rc == 0) {
    const woken = wakeMatching(queueFor(object, offset), most, changetype<u32>(object), <u32>(offset >> 2));
    rc = store32(out, woken);
  }
  return vmoDone(vmo, rc);
}
