/** vmo_op: what can be done to a range of a VMO's pages. */
import { EBUSY, EINVAL, ENOTSUP, ERANGE } from "../../../abi/src/errno";
import {
  VMO_OP_COMMIT, VMO_OP_DECOMMIT, VMO_OP_PIN, VMO_OP_SYNC, VMO_OP_ZERO, VMO_RESIZABLE,
} from "../../../abi/src/cloudos-v1";
import { PAGE_SHIFT, PAGE_SIZE } from "../../../abi/src/params";
import { vnodeSync } from "../fs/file";
import { File, vnodeOf } from "../fs/object";
import { frameOf } from "../mem/frames";
import { frameOfEntry, PAGE_NONE, PAGE_PRESENT } from "../mem/page-table";
import { pagesIn } from "./fault";
import { pagesLoose, pagesOwn } from "./pages";
import { into, ZEROS } from "./transfer";
import { entryAt, pagesRemove, Vmo, VMO_SIZE_MAX, vmoLock, vmoUnlock } from "./vmo";
import { vmoDrain } from "./write-back";

const PAGE_MASK: u64 = PAGE_SIZE - 1;

/** 0 or -errno. */
export function vmoOp(vmo: Vmo, op: u32, offset: u64, length: u64): i32 {
  if (op > <u32>VMO_OP_SYNC) return -EINVAL;
  if (op == VMO_OP_SYNC) {
    if (vmo.file != 0) return vnodeSync(vnodeOf(changetype<File>(vmo.file)));
    return vmo.pager == 0 ? 0 : vmoDrain(vmo, 0);
  }
  // The page cache's pages come and go by its own rules.
  if (vmo.file != 0) return -ENOTSUP;
  if (op != VMO_OP_ZERO && ((offset | length) & PAGE_MASK) != 0) return -EINVAL;
  if (offset > VMO_SIZE_MAX || length > VMO_SIZE_MAX - offset) return -ERANGE;
  const first = <u32>(offset >> PAGE_SHIFT);
  const end = <u32>((offset + length + PAGE_MASK) >> PAGE_SHIFT);
  switch (<i32>op) {
    case VMO_OP_COMMIT:
    case VMO_OP_PIN:
      return commit(vmo, first, end, <u32>(op == VMO_OP_PIN));
    case VMO_OP_DECOMMIT:
      return drop(vmo, first, end);
    case VMO_OP_ZERO:
      return zero(vmo, offset, offset + length);
  }
  return unpin(vmo, first, end);
}

function commit(vmo: Vmo, first: u32, end: u32, pins: u32): i32 {
  const rc = pagesOwn(vmo, first, end);
  if (rc < 0) return rc;
  for (let page = first; page < end; page++) frameOf(frameOfEntry(entryAt(vmo, page))).owner += pins;
  vmoUnlock(vmo);
  return 0;
}

/** -EINVAL, and nothing is changed, when not all of them are pinned. */
function unpin(vmo: Vmo, first: u32, end: u32): i32 {
  let rc: i32 = 0;
  vmoLock(vmo);
  for (let pass: u32 = 0; pass < 2 && rc == 0; pass++) {
    for (let page = first; page < end && rc == 0; page++) {
      const entry = entryAt(vmo, page);
      if ((entry & PAGE_PRESENT) == 0 || frameOf(frameOfEntry(entry)).owner == 0) rc = -EINVAL;
      else frameOf(frameOfEntry(entry)).owner -= pass;
    }
  }
  vmoUnlock(vmo);
  return rc;
}

/** Give pages back; they read as zeros. Those of a pager may be its only new copy. */
function drop(vmo: Vmo, first: u32, end: u32): i32 {
  if (vmo.pager != 0) return -ENOTSUP;
  vmoLock(vmo);
  const rc = <u64>end << PAGE_SHIFT > vmo.size ? -ERANGE : pagesLoose(vmo, first, end);
  if (rc == 0) pagesRemove(vmo, first, end);
  vmoUnlock(vmo);
  return rc;
}

/** Whole pages are given back where that is the same; others are written. */
function zero(vmo: Vmo, from: u64, to: u64): i32 {
  const inner = (from + PAGE_MASK) & ~PAGE_MASK;
  const outer = to & ~PAGE_MASK;
  if (inner >= outer || vmo.pager != 0) return clear(vmo, from, to);
  // What is left of the pages at both ends, before anything changes.
  let rc = own(vmo, from, inner);
  if (rc == 0) rc = own(vmo, outer, to);
  if (rc < 0) return rc;
  rc = drop(vmo, <u32>(inner >> PAGE_SHIFT), <u32>(outer >> PAGE_SHIFT));
  if (rc < 0) return rc == -EBUSY ? clear(vmo, from, to) : rc;
  rc = clear(vmo, from, inner);
  return rc < 0 ? rc : clear(vmo, outer, to);
}

function own(vmo: Vmo, from: u64, to: u64): i32 {
  if (from == to) return 0;
  const rc = pagesOwn(vmo, <u32>(from >> PAGE_SHIFT), <u32>((to + PAGE_MASK) >> PAGE_SHIFT));
  if (rc == 0) vmoUnlock(vmo);
  return rc;
}

function clear(vmo: Vmo, from: u64, to: u64): i32 {
  if (from == to) return 0;
  const rc = pagesOwn(vmo, <u32>(from >> PAGE_SHIFT), <u32>((to + PAGE_MASK) >> PAGE_SHIFT));
  if (rc < 0) return rc;
  into(vmo, from, ZEROS, <u32>(to - from));
  vmoUnlock(vmo);
  return 0;
}

/** 0, or -errno and nothing has changed. */
export function vmoResize(vmo: Vmo, size: u64): i32 {
  if ((vmo.flags & VMO_RESIZABLE) == 0) return -EINVAL;
  if (size > VMO_SIZE_MAX) return -ERANGE;
  const end = <u32>((size + PAGE_MASK) >> PAGE_SHIFT);
  vmoLock(vmo);
  const rc = pagesLoose(vmo, end, PAGE_NONE);
  if (rc == 0) {
    pagesRemove(vmo, end, PAGE_NONE);
    vmo.size = <u64>end << PAGE_SHIFT;
  }
  vmoUnlock(vmo);
  return rc;
}
