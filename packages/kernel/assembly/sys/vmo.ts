/** cloudos_v1 calls on VMOs. Contracts: packages/abi/src/cloudos-v1.ts, docs/kernel/objects/vmo.md. */
import { VMO_FILE, VMO_INFO_SIZE, VMO_PAGED, VMO_RESIZABLE } from "../../../abi/src/cloudos-v1";
import { EINVAL, ENOMEM, ENOTSUP, ERANGE } from "../../../abi/src/errno";
import { OBJECT_FILE, OBJECT_VMO } from "../../../abi/src/kernel-interface";
import { PAGE_SHIFT, PAGE_SIZE } from "../../../abi/src/params";
import { RIGHT_FD_READ, RIGHT_MANAGE, RIGHT_READ, RIGHT_WRITE, RIGHTS_ALL_OBJECT } from "../../../abi/src/rights";
import { core, currentProcess, KCore } from "../core";
import { dispatchRelease } from "../obj/dispatch";
import { Handle, handleMake, handleUse } from "../obj/handle";
import { objectRef } from "../obj/object";
import { sysReturn } from "../proc/deliver";
import { checkRange, copyOut, store32, store64, userSlice } from "../user";
import { vmoClone } from "../vmo/pages";
import { vmoOp, vmoResize } from "../vmo/op";
import { vmoRead, vmoWrite } from "../vmo/transfer";
import { Vmo, vmoMake, vmoRelease, vmoSize, VMO_SIZE_MAX } from "../vmo/vmo";

/** The VMO of a handle, with a reference for the call: another process may revoke the handle meanwhile. Address or -errno. */
export function vmoHold(handle: u32, rights: u32): i32 {
  const entry = handleUse(currentProcess(), handle, OBJECT_VMO, rights);
  if (entry < 0) return entry;
  const object = changetype<Handle>(entry).object;
  // Files make their readers wait, and agents cannot.
  if (core().fiber == 0 && changetype<Vmo>(object).file != 0) return -ENOTSUP;
  objectRef(object);
  return <i32>object;
}

/** Ends the call. */
export function vmoDone(vmo: i32, rc: i32): i32 {
  if (vmo > 0) vmoRelease(vmo);
  return sysReturn(rc);
}

/** A handle to a new object, its value to `out`; the object's reference goes with it, whatever happens. Errno. */
export function handleOut(type: u32, object: i32, rights: u32, out: u32): i32 {
  if (object < 0) return sysReturn(object);
  let rc = checkRange(userSlice(out, 4));
  if (rc == 0) rc = handleMake(currentProcess(), type, object, rights);
  if (rc < 0) {
    dispatchRelease(type, object);
    return sysReturn(rc);
  }
  return sysReturn(store32(out, rc));
}

export function c1_vmo_create(size: u64, flags: u32, out: u32): i32 {
  if (flags & ~VMO_RESIZABLE) return EINVAL;
  if (size > VMO_SIZE_MAX) return ERANGE;
  const vmo = vmoMake(size, flags);
  return handleOut(OBJECT_VMO, vmo == 0 ? -ENOMEM : <i32>vmo, RIGHTS_ALL_OBJECT, out);
}

export function c1_vmo_read(handle: u32, offset: u64, user: u32, length: u32): i32 {
  const vmo = vmoHold(handle, RIGHT_READ);
  return vmoDone(vmo, vmo < 0 ? vmo : vmoRead(changetype<Vmo>(vmo), offset, user, length));
}

export function c1_vmo_write(handle: u32, offset: u64, user: u32, length: u32): i32 {
  const vmo = vmoHold(handle, RIGHT_WRITE);
  return vmoDone(vmo, vmo < 0 ? vmo : vmoWrite(changetype<Vmo>(vmo), offset, user, length));
}

export function c1_vmo_size(handle: u32, out: u32): i32 {
  const vmo = vmoHold(handle, 0);
  return vmoDone(vmo, vmo < 0 ? vmo : store64(out, vmoSize(changetype<Vmo>(vmo))));
}

export function c1_vmo_resize(handle: u32, size: u64): i32 {
  const vmo = vmoHold(handle, RIGHT_WRITE | RIGHT_MANAGE);
  return vmoDone(vmo, vmo < 0 ? vmo : vmoResize(changetype<Vmo>(vmo), size));
}

export function c1_vmo_op(handle: u32, op: u32, offset: u64, length: u64): i32 {
  const vmo = vmoHold(handle, RIGHT_WRITE);
  return vmoDone(vmo, vmo < 0 ? vmo : vmoOp(changetype<Vmo>(vmo), op, offset, length));
}

/** All of the range must be inside; the clone may be longer: what is past the end of the parent is zeros. */
export function c1_vmo_clone(handle: u32, offset: u64, size: u64, flags: u32, out: u32): i32 {
  if (offset & (PAGE_SIZE - 1) || flags & ~VMO_RESIZABLE) return EINVAL;
  const held = vmoHold(handle, RIGHT_READ);
  if (held < 0) return sysReturn(held);
  const vmo = changetype<Vmo>(held);
  const end = (vmoSize(vmo) + PAGE_SIZE - 1) & ~(<u64>PAGE_SIZE - 1);
  let rc = -ERANGE;
  if (size <= VMO_SIZE_MAX && offset <= end && size <= end - offset) {
    const first = <u32>(offset >> PAGE_SHIFT);
    const count = <u32>((size + PAGE_SIZE - 1) >> PAGE_SHIFT);
    rc = vmoClone(vmo, first, count, flags);
  }
  vmoRelease(held);
  return handleOut(OBJECT_VMO, rc, RIGHTS_ALL_OBJECT, out);
}

/** INFO struct (cloudos-v1.ts). */
export function c1_vmo_info(handle: u32, out: u32): i32 {
  const held = vmoHold(handle, 0);
  if (held < 0) return sysReturn(held);
  const vmo = changetype<Vmo>(held);
  const info = changetype<usize>(core()) + offsetof<KCore>("scratch0");
  store<u64>(info, vmoSize(vmo));
  store<u64>(info, <u64>vmo.pages << PAGE_SHIFT, 8);
  store<u64>(info, <u64>vmo.dirty << PAGE_SHIFT, 16);
  store<u64>(info, vmo.key, 24);
  store<u32>(info, vmo.flags | (vmo.file != 0 ? VMO_FILE : 0) | (vmo.pager != 0 ? VMO_PAGED : 0), 32);
  // Without this call's own.
  store<u32>(info, atomic.load<u32>(held + offsetof<Vmo>("refs")) - 1, 36);
  return vmoDone(held, copyOut(out, info, VMO_INFO_SIZE));
}

/** The VMO of an open file. What the descriptor may do, the handle may. */
export function c1_fd_vmo(fd: u32, out: u32): i32 {
  const entry = handleUse(currentProcess(), fd, OBJECT_FILE, RIGHT_FD_READ);
  if (entry < 0) return sysReturn(entry);
  const handle = changetype<Handle>(entry);
  const made = vmoMake(0, 0);
  if (made == 0) return ENOMEM;
  objectRef(handle.object);
  changetype<Vmo>(made).file = handle.object;
  return handleOut(OBJECT_VMO, <i32>made, RIGHTS_ALL_OBJECT & ~RIGHT_WRITE | (handle.rights & RIGHT_WRITE), out);
}
