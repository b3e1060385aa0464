/** System calls on handles of any kind. A value below 4096 is a descriptor and names streams and files. */
import { EBADF, EINVAL } from "../../../abi/src/errno";
import { OBJECT_CHANNEL } from "../../../abi/src/kernel-interface";
import { MAX_HANDLES } from "../../../abi/src/params";
import { RIGHT_DUPLICATE, RIGHT_MANAGE } from "../../../abi/src/rights";
import { core, currentProcess, KCore } from "../core";
import {
  Handle, handleClose, handleDuplicate, handleFindObject, handleRevoked, handleUse, handleValue,
} from "../obj/handle";
import { KObject } from "../obj/object";
import { sysReturn } from "../proc/deliver";
import { checkRange, copyOut, store32, userSlice } from "../user";
import { capBadge } from "./derivation";
import { capRevoke } from "./revoke";
import { trace, TRACE_DUPLICATE, TRACE_REVOKE } from "./trace";

const INDEX_MASK: u32 = MAX_HANDLES - 1;

/** Closes a handle; one that was revoked, too. */
export function c1_handle_close(value: u32): i32 {
  const process = currentProcess();
  const found = handleUse(process, value, 0, 0);
  if (found < 0 && !handleRevoked(process, value)) return EBADF;
  return -handleClose(process, value & INDEX_MASK);
}

function duplicate(value: u32, rights: u32, badge: u64, out: u32): i32 {
  const process = currentProcess();
  if (checkRange(userSlice(out, 4)) < 0) return sysReturn(checkRange(userSlice(out, 4)));
  const free = handleFindObject(process);
  if (free < 0) return sysReturn(free);
  const rc = handleDuplicate(process, value & INDEX_MASK, process, free, rights, true, badge);
  if (rc < 0) return sysReturn(rc);
  const made = handleValue(process, free);
  trace(TRACE_DUPLICATE, value, rights, made);
  return sysReturn(store32(out, made));
}

/** A second handle to the same object with those of `rights` that the first has; revoked with it. */
export function c1_handle_dup(value: u32, rights: u32, out: u32): i32 {
  const found = handleUse(currentProcess(), value, 0, RIGHT_DUPLICATE);
  return found < 0 ? -found : duplicate(value, rights, 0, out);
}

/** A handle to the same end of a channel whose messages carry `badge` (not 0). Only the holder of a handle without one can. */
export function c1_channel_mint(value: u32, badge: u64, rights: u32, out: u32): i32 {
  const found = handleUse(currentProcess(), value, OBJECT_CHANNEL, RIGHT_DUPLICATE | RIGHT_MANAGE);
  if (found < 0) return -found;
  if (badge == 0 || capBadge(changetype<Handle>(<usize>found)) != 0) return EINVAL;
  return duplicate(value, rights & ~<u32>RIGHT_MANAGE, badge, out);
}

/** Ends every handle that was derived from this one, in whatever process, message, port or mapping it is. */
export function c1_handle_revoke(value: u32): i32 {
  const found = handleUse(currentProcess(), value, 0, 0);
  if (found < 0) return -found;
  trace(TRACE_REVOKE, value, capRevoke(changetype<Handle>(<usize>found)), 0);
  return 0;
}

/** HANDLE_INFO, 24 bytes: type, rights, badge u64, references to the object, zero. */
export function c1_handle_info(value: u32, out: u32): i32 {
  const found = handleUse(currentProcess(), value, 0, 0);
  if (found < 0) return -found;
  const handle = changetype<Handle>(<usize>found);
  const to = changetype<usize>(core()) + offsetof<KCore>("scratch0");
  store<u32>(to, handle.type);
  store<u32>(to, handle.rights, 4);
  store<u64>(to, capBadge(handle), 8);
  store<u64>(to, changetype<KObject>(<usize>handle.object).refs, 16);
  return -copyOut(out, to, 24);
}
