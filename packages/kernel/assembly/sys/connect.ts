/** host_connect: a stream each way between a process and the page. */
import { FD_CLOEXEC } from "../../../abi/src/cloudos-v1";
import { E2BIG, EFAULT, EINVAL, ENOMEM, ENOTSUP } from "../../../abi/src/errno";
import { EVENT_CONNECT } from "../../../abi/src/kernel-interface";
import { RIGHT_DUPLICATE, RIGHTS_ALL_WASI } from "../../../abi/src/rights";
import { currentProcess } from "../core";
import { eventPost } from "../host/events";
import { spanAlloc, spanFree } from "../mem/spans";
import { handleClose, handleInstall } from "../obj/handle";
import { objectRef } from "../obj/object";
import { ringAt, ringCreate, ringFree } from "../obj/ring";
import { sysReturn } from "../proc/deliver";
import { checkRange, copyIn, store32, userSlice } from "../user";

/** Bytes on the way in one direction; the sender waits beyond that. */
const CAPACITY: u32 = 65536;
const TEXT_MAX: u32 = 65536;

export function c1_host_connect(text: u32, length: u32, flags: u32, out: u32): i32 {
  if (length == 0 || (flags & ~<u32>FD_CLOEXEC) != 0) return EINVAL;
  if (length > TEXT_MAX) return E2BIG;
  const checked = checkRange(userSlice(out, 8));
  if (checked < 0) return sysReturn(checked);
  const span = <u32>spanAlloc();
  if (span == 0) return ENOMEM;
  const rc = copyIn(span, text, length) < 0 ? -EFAULT : connect(span, length, flags != 0, out);
  if (rc < 0) spanFree(span);
  return sysReturn(rc);
}

function connect(span: u32, length: u32, cloexec: bool, out: u32): i32 {
  const reader = end(false, cloexec);
  if (reader < 0) return reader;
  const writer = end(true, cloexec);
  if (writer < 0) {
    drop(reader);
    return writer;
  }
  store32(out, reader >> 8);
  store32(out + 4, writer >> 8);
  // A span's address has its low 18 bits free: they name the rings.
  if (eventPost(EVENT_CONNECT, currentProcess().pid, length, span | (reader & 0xff) | ((writer & 0xff) << 8))) return 0;
  drop(reader);
  drop(writer);
  return -ENOTSUP;
}

/** A ring with a descriptor of the caller's: descriptor << 8 | ring number, or -errno. */
function end(toHost: bool, cloexec: bool): i32 {
  const number = ringCreate(CAPACITY, toHost);
  if (number < 0) return number;
  const ring = ringAt(number);
  const rights = RIGHTS_ALL_WASI | RIGHT_DUPLICATE;
  const fd = handleInstall(currentProcess(), 0, ring.type, changetype<usize>(ring), rights, rights, 0, cloexec);
  if (fd < 0) {
    ringFree(number);
    return fd;
  }
  objectRef(changetype<usize>(ring));
  return (fd << 8) | number;
}

function drop(made: i32): void {
  handleClose(currentProcess(), made >> 8);
  ringFree(made & 0xff);
}
