/** cloudos_v1: vmo_map, vmo_msync, vmo_unmap. */
import { VMO_PROT_READ, VMO_PROT_WRITE } from "../../../abi/src/cloudos-v1";
import { EFAULT, EINVAL } from "../../../abi/src/errno";
import { OBJECT_VMO } from "../../../abi/src/kernel-interface";
import { PAGE_SIZE } from "../../../abi/src/params";
import { RIGHT_MAP, RIGHT_READ, RIGHT_WRITE } from "../../../abi/src/rights";
import { CALL_NONE } from "../cap/call";
import { currentProcess } from "../core";
import { Handle, handleUse } from "../obj/handle";
import { objectRef } from "../obj/object";
import { sysReturn } from "../proc/deliver";
import { checkRange, userSlice } from "../user";
import { Vmo, vmoRelease } from "../vmo/vmo";
import { windowClose, windowOpen, windowsSync } from "./window";

const PAGE_MASK: u32 = PAGE_SIZE - 1;

export function c1_vmo_map(value: u32, offset: u64, start: u32, length: u32, prot: u32): i32 {
  if (length == 0 || (<u32>offset | start) & PAGE_MASK) return EINVAL;
  // There is nothing to execute in a linear memory, and a window that cannot be read would be none.
  if (prot != VMO_PROT_READ && prot != (VMO_PROT_READ | VMO_PROT_WRITE)) return EINVAL;
  if (checkRange(userSlice(start, length)) < 0) return EFAULT;
  const process = currentProcess();
  const entry = handleUse(process, value, OBJECT_VMO, RIGHT_MAP | RIGHT_READ | (prot & VMO_PROT_WRITE ? RIGHT_WRITE : 0));
  if (entry < 0) return sysReturn(entry);
  const handle = changetype<Handle>(entry);
  const vmo = handle.object;
  objectRef(vmo);
  const rc = windowOpen(process, handle, changetype<Vmo>(vmo), offset, start, length, prot);
  if (rc < 0) vmoRelease(vmo);
  return sysReturn(rc);
}

export function c1_vmo_msync(start: u32, length: u32): i32 {
  if (start & PAGE_MASK) return EINVAL;
  currentProcess().call = CALL_NONE;
  return sysReturn(windowsSync(currentProcess(), start, <u64>start + length));
}

export function c1_vmo_unmap(start: u32): i32 {
  currentProcess().call = CALL_NONE;
  return sysReturn(windowClose(currentProcess(), start));
}
