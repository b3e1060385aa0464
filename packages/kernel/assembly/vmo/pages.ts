/** Making pages of a VMO one's own: all of a range or none. Check, then commit: what can fail is done before anything changes. */
import { EBUSY, ENOMEM, ERANGE } from "../../../abi/src/errno";
import { PAGE_SHIFT, PAGE_SIZE } from "../../../abi/src/params";
import { frameAlloc, frameFree, frameOf, framePut, frameShare, frameShared } from "../mem/frames";
import { frameOfEntry, PAGE_BITS, PAGE_PRESENT } from "../mem/page-table";
import { fileCopyPage } from "../fs/file";
import { File } from "../fs/object";
import { fsState } from "../fs/state";
import { globals } from "../globals";
import { framesTotal } from "../mem/spans";
import { memoryCharge, memoryUncharge } from "./charge";
import { pagesIn } from "./fault";
import { entryAt, nextPage, pagesRemove, slotAt, slotMake, Vmo, vmoLock, vmoMake, vmoRelease, vmoUnlock } from "./vmo";

/** Not an errno: a page of a pager's was dropped meanwhile. */
const AGAIN: i32 = 1;

function chainFree(chain: usize): void {
  while (chain != 0) {
    const next = frameOf(chain).next;
    frameFree(chain);
    chain = next;
  }
}

/** `count` more frames in front of a chain linked through their records; 0, and all are freed, when memory is out. */
function chainGrow(chain: usize, count: u32): usize {
  for (; count != 0; count--) {
    const frame = frameAlloc();
    if (frame == 0) {
      chainFree(chain);
      return 0;
    }
    frameOf(frame).next = <u32>chain;
    chain = frame;
  }
  return chain;
}

/** No more frames than this can be had, whatever is dropped. */
function framesAtMost(): u32 {
  const g = globals();
  return framesTotal() - g.framesUsed + fsState().cachedPages + g.vmoPages;
}

/** How many pages of [first, end) have no frame, and in the high half how many share theirs; -ENOMEM. vmo.lock is held. */
function wanting(vmo: Vmo, first: u32, end: u32): i64 {
  let counts: i64 = 0;
  for (let page = first; page < end; page++) {
    const slot = slotMake(vmo, page);
    if (slot == 0) return -ENOMEM;
    const entry = load<u32>(slot);
    if ((entry & PAGE_PRESENT) == 0) counts++;
    else if (frameShared(frameOfEntry(entry))) counts += <i64>1 << 32;
  }
  return counts;
}

/**
 * Every page of [first, end) present and in a frame of its own, so that it can be written: 0, and vmo.lock is held. Else it is
 * not and nothing has changed: -ENOMEM, -ERANGE (past the end), or what the pager says.
 */
export function pagesOwn(vmo: Vmo, first: u32, end: u32): i32 {
  let chain: usize = 0;
  let have: u32 = 0;
  let rc: i32;
  for (;;) {
    rc = vmo.pager == 0 ? 0 : pagesIn(vmo, first, end);
    if (rc < 0) break;
    vmoLock(vmo);
    const counts = <u64>end << PAGE_SHIFT > vmo.size ? -ERANGE : wanting(vmo, first, end);
    const absent = <u32>counts;
    const need = absent + <u32>(counts >> 32);
    if (counts < 0) rc = <i32>counts;
    else if (vmo.pager != 0 && absent != 0) rc = AGAIN;
    else if (need <= have) rc = memoryCharge(vmo.job, absent) ? 0 : -ENOMEM;
    else rc = AGAIN;
    if (rc == 0) {
      vmo.pages += absent;
      chainFree(commit(vmo, first, end, chain));
      return 0;
    }
    vmoUnlock(vmo);
    // More than there can be is refused before it drives the page cache out.
    if (rc == AGAIN && need > have && need - have > framesAtMost()) rc = -ENOMEM;
    if (rc < 0) break;
    if (need > have) {
      chain = chainGrow(chain, need - have);
      if (chain == 0) return -ENOMEM;
      have = need;
    }
  }
  chainFree(chain);
  return rc;
}

/** Puts frames of the chain where `wanting` found them missing. What is left of the chain. */
function commit(vmo: Vmo, first: u32, end: u32, chain: usize): usize {
  for (let page = first; page < end; page++) {
    const slot = slotAt(vmo, page);
    const entry = load<u32>(slot);
    const old = frameOfEntry(entry);
    if (entry & PAGE_PRESENT && !frameShared(old)) continue;
    const frame = chain;
    chain = frameOf(frame).next;
    frameOf(frame).next = 0;
    if (entry & PAGE_PRESENT) {
      memory.copy(frame, old, PAGE_SIZE);
      framePut(old);
      store<u32>(slot, <u32>frame | (entry & PAGE_BITS));
    } else {
      store<u32>(slot, <u32>frame | PAGE_PRESENT);
    }
  }
  return chain;
}

/** Is no page of [first, end) pinned? 0 or -EBUSY. vmo.lock is held. */
export function pagesLoose(vmo: Vmo, first: u32, end: u32): i32 {
  for (let page = nextPage(vmo, first); page < end; page = nextPage(vmo, page + 1)) {
    const entry = load<u32>(slotAt(vmo, page));
    if (entry & PAGE_PRESENT && frameOf(frameOfEntry(entry)).owner != 0) return -EBUSY;
  }
  return 0;
}

/**
 * A VMO with the `count` pages from `first` on as they are now. Address or -errno. Of a file it is a copy, page by page: the
 * page cache's frames belong to the file service's protocol.
 */
export function vmoClone(parent: Vmo, first: u32, count: u32, flags: u32): i32 {
  const made = vmoMake(<u64>count << PAGE_SHIFT, flags);
  if (made == 0) return -ENOMEM;
  const clone = changetype<Vmo>(made);
  const end = first + count;
  let rc: i32 = 0;
  if (parent.file != 0) {
    rc = pagesOwn(clone, 0, count);
    if (rc == 0) vmoUnlock(clone);
    for (let page: u32 = 0; page < count && rc == 0; page++) {
      rc = fileCopyPage(changetype<File>(parent.file), first + page, frameOfEntry(entryAt(clone, page)));
    }
  } else do {
    pagesRemove(clone, 0, count);
    // A pager's pages must be there: what the clone does not have by now could change under it.
    if (parent.pager != 0) rc = pagesIn(parent, first, end);
    if (rc < 0) break;
    vmoLock(parent);
    rc = <u64>end << PAGE_SHIFT > parent.size ? -ERANGE : share(parent, first, end, clone);
    vmoUnlock(parent);
  } while (rc == AGAIN);
  if (rc == 0) return <i32>made;
  vmoRelease(made);
  return rc;
}

/**
 * A reference to a frame for another table: to the frame itself, or to a copy when it is pinned, since of two who share the one who writes
 * first moves on to another frame. 0: memory is out. The lock of the frame's VMO is held.
 */
function lend(frame: usize): usize {
  if (frameOf(frame).owner == 0) {
    frameShare(frame);
    return frame;
  }
  const copy = frameAlloc();
  if (copy != 0) memory.copy(copy, frame, PAGE_SIZE);
  return copy;
}

/**
 * Brings the entry at `slot`, of a table that shares pages of the VMO, up to date. 1: it was another page, 0: it was not, or -errno.
 * Not for files. No lock is held.
 */
export function pageShare(vmo: Vmo, page: u32, slot: usize): i32 {
  for (;;) {
    vmoLock(vmo);
    const found = entryAt(vmo, page);
    const absent = (found & PAGE_PRESENT) == 0;
    const entry = absent ? 0 : <u32>frameOfEntry(found) | PAGE_PRESENT;
    const old = load<u32>(slot);
    if (absent && vmo.pager != 0) {
      vmoUnlock(vmo);
      const rc = pagesIn(vmo, page, page + 1);
      if (rc < 0) return rc;
      continue;
    }
    const fresh = absent || entry == old ? entry : <u32>lend(frameOfEntry(entry)) | PAGE_PRESENT;
    vmoUnlock(vmo);
    if (fresh == PAGE_PRESENT) return -ENOMEM;
    store<u32>(slot, fresh);
    if (old == fresh) return 0;
    if (old != 0) framePut(frameOfEntry(old));
    return 1;
  }
  return 0;
}

/** Gives the clone a reference to every page of [first, end). 0, -ENOMEM or AGAIN. The parent's lock is held. */
function share(parent: Vmo, first: u32, end: u32, clone: Vmo): i32 {
  const charge = min(end - first, parent.pages);
  if (!memoryCharge(clone.job, charge)) return -ENOMEM;
  let rc: i32 = 0;
  for (let page = first; rc == 0; page++) {
    if (parent.pager == 0) page = nextPage(parent, page);
    if (page >= end) break;
    const entry = entryAt(parent, page);
    const slot = slotMake(clone, page - first);
    if ((entry & PAGE_PRESENT) == 0) rc = AGAIN;
    else if (slot == 0) rc = -ENOMEM;
    else {
      const frame = lend(frameOfEntry(entry));
      if (frame == 0) rc = -ENOMEM;
      else {
        store<u32>(slot, <u32>frame | PAGE_PRESENT);
        clone.pages++;
      }
    }
  }
  memoryUncharge(clone.job, charge - clone.pages);
  return rc;
}
