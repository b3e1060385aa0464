/** cloudos_v1 calls on pagers. Contracts: packages/abi/src/cloudos-v1.ts, docs/kernel/objects/pager.md. */
import { VMO_RESIZABLE } from "../../../abi/src/cloudos-v1";
import { EAGAIN, EINVAL, ENOMEM, ERANGE } from "../../../abi/src/errno";
import { OBJECT_PAGER, OBJECT_VMO } from "../../../abi/src/kernel-interface";
import { PAGE_SHIFT, PAGE_SIZE } from "../../../abi/src/params";
import { RIGHT_MANAGE, RIGHT_READ, RIGHT_WRITE, RIGHTS_ALL_OBJECT } from "../../../abi/src/rights";
import { core, currentProcess, KCore } from "../core";
import { deadlineOf } from "../ipc/deadline";
import { Handle, handleUse } from "../obj/handle";
import { objectAlloc, objectRef } from "../obj/object";
import { sysReturn } from "../proc/deliver";
import { parkUntil, waitCancel, waitPrepare } from "../sched/wait";
import { checkRange, copyOut, userSlice } from "../user";
import { pagedFind, pagedLink, Pager, pagerQueue, pagerReady, pagerRelease, pagerTake } from "../vmo/pager";
import { Vmo, vmoMake, vmoRelease, VMO_SIZE_MAX } from "../vmo/vmo";
import { pagesFail, pagesSupply, writeBackBegin, writeBackEnd } from "../vmo/write-back";
import { handleOut, vmoDone, vmoHold } from "./vmo";

const REQUEST_SIZE: u32 = 32;

/** Address, with a reference for the call, or -errno. */
function pagerHold(handle: u32, rights: u32): i32 {
  const entry = handleUse(currentProcess(), handle, OBJECT_PAGER, rights);
  if (entry < 0) return entry;
  const object = changetype<Handle>(entry).object;
  objectRef(object);
  return <i32>object;
}

/** The VMO with `key` of the pager behind `handle`, with a reference, if [offset, offset + length) are pages of it. Or -errno. */
function pagedHold(handle: u32, key: u64, offset: u64, length: u64): i32 {
  if ((offset | length) & (PAGE_SIZE - 1)) return -EINVAL;
  if (offset > VMO_SIZE_MAX || length > VMO_SIZE_MAX - offset) return -ERANGE;
  const entry = handleUse(currentProcess(), handle, OBJECT_PAGER, RIGHT_WRITE);
  return entry < 0 ? entry : pagedFind(changetype<Handle>(entry).object, key);
}

export function c1_pager_create(out: u32): i32 {
  const pager = objectAlloc(OBJECT_PAGER, offsetof<Pager>());
  return handleOut(OBJECT_PAGER, pager == 0 ? -ENOMEM : <i32>pager, RIGHTS_ALL_OBJECT, out);
}

export function c1_vmo_create_paged(handle: u32, size: u64, key: u64, flags: u32, out: u32): i32 {
  if (flags & ~VMO_RESIZABLE) return EINVAL;
  if (size > VMO_SIZE_MAX) return ERANGE;
  const pager = pagerHold(handle, RIGHT_MANAGE);
  if (pager < 0) return sysReturn(pager);
  let rc = pagedFind(pager, key);
  if (rc >= 0) {
    // Two of one name could not be told apart.
    vmoRelease(rc);
    rc = -EINVAL;
  } else {
    rc = <i32>vmoMake(size, flags);
    if (rc == 0) rc = -ENOMEM;
    else {
      changetype<Vmo>(rc).key = key;
      pagedLink(changetype<Vmo>(rc), pager);
    }
  }
  pagerRelease(pager);
  return handleOut(OBJECT_VMO, rc, RIGHTS_ALL_OBJECT, out);
}

/** REQUEST struct to `out`. EAGAIN without one when `deadline` is 0; ETIMEDOUT. */
export function c1_pager_wait(handle: u32, deadline: u64, out: u32): i32 {
  const held = pagerHold(handle, RIGHT_READ);
  if (held < 0) return sysReturn(held);
  const pager = changetype<Pager>(held);
  const until = deadlineOf(deadline);
  // Before a request is taken: it would be lost with a bad address.
  let rc = checkRange(userSlice(out, REQUEST_SIZE));
  while (rc == 0) {
    const request = changetype<usize>(core()) + offsetof<KCore>("scratch0");
    if (pagerTake(pager, request)) {
      rc = copyOut(out, request, REQUEST_SIZE);
      break;
    }
    if (until == 0) rc = -EAGAIN;
    else {
      waitPrepare(pagerQueue(held));
      if (pagerReady(held)) waitCancel();
      else rc = parkUntil(until);
    }
  }
  pagerRelease(held);
  return sysReturn(rc);
}

export function c1_pager_supply(handle: u32, key: u64, offset: u64, length: u64, source: u32, from: u64): i32 {
  if (from & (PAGE_SIZE - 1)) return EINVAL;
  if (from > VMO_SIZE_MAX - length) return ERANGE;
  const target = pagedHold(handle, key, offset, length);
  if (target < 0) return sysReturn(target);
  const held = vmoHold(source, RIGHT_READ | RIGHT_WRITE);
  let rc = held;
  if (held > 0) {
    rc = pagesSupply(changetype<Vmo>(target), <u32>(offset >> PAGE_SHIFT), <u32>((offset + length) >> PAGE_SHIFT), changetype<Vmo>(held), <u32>(from >> PAGE_SHIFT));
    vmoRelease(held);
  }
  return vmoDone(target, rc);
}

export function c1_pager_fail(handle: u32, key: u64, offset: u64, length: u64, errno: u32): i32 {
  if (errno - 1 > 254) return EINVAL;
  const vmo = pagedHold(handle, key, offset, length);
  if (vmo > 0) pagesFail(changetype<Vmo>(vmo), <u32>(offset >> PAGE_SHIFT), <u32>((offset + length) >> PAGE_SHIFT), errno);
  return vmoDone(vmo, vmo);
}

/** { offset u64, length u64 } to `out`; length 0 when nothing at or after `offset` has changed. */
export function c1_pager_writeback_begin(handle: u32, key: u64, offset: u64, out: u32): i32 {
  let rc = checkRange(userSlice(out, 16));
  const vmo = rc < 0 ? rc : pagedHold(handle, key, offset, 0);
  if (vmo < 0) return sysReturn(vmo);
  const run = writeBackBegin(changetype<Vmo>(vmo), <u32>(offset >> PAGE_SHIFT));
  const at = changetype<usize>(core()) + offsetof<KCore>("scratch0");
  store<u64>(at, <u64><u32>run << PAGE_SHIFT);
  store<u64>(at, (run >> 32) << PAGE_SHIFT, 8);
  rc = copyOut(out, at, 16);
  return vmoDone(vmo, rc);
}

/** `errno` 0: they are at rest; else changed still, and a sync or a write reports it. */
export function c1_pager_writeback_end(handle: u32, key: u64, offset: u64, length: u64, errno: u32): i32 {
  if (errno > 255) return EINVAL;
  const vmo = pagedHold(handle, key, offset, length);
  if (vmo > 0) writeBackEnd(changetype<Vmo>(vmo), <u32>(offset >> PAGE_SHIFT), <u32>((offset + length) >> PAGE_SHIFT), errno);
  return vmoDone(vmo, vmo);
}
