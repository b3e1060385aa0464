/** The system itself: its name, and words to the page it lives in. */
import { E2BIG, EFAULT, EINVAL, ENOMEM, ENOTSUP, ERANGE } from "../../../abi/src/errno";
import { EVENT_POST } from "../../../abi/src/kernel-interface";
import { SPAN_SIZE } from "../layout";
import { core, currentProcess, KCore } from "../core";
import { eventPost } from "../host/events";
import { spanAlloc, spanFree } from "../mem/spans";
import { sysReturn } from "../proc/deliver";
import { copyIn, copyOut, store32 } from "../user";

/** host_post texts are at most this long. */
const POST_MAX: u32 = 65536;

export function c1_host_post(from: u32, length: u32): i32 {
  if (length == 0) return EINVAL;
  if (length > POST_MAX) return E2BIG;
  const text = spanAlloc();
  if (text == 0) return ENOMEM;
  if (copyIn(text, from, length) < 0) {
    spanFree(text);
    return EFAULT;
  }
  // A host that is so far behind as to have no room for the event is no host.
  if (eventPost(EVENT_POST, currentProcess().pid, length, <u32>text)) return 0;
  spanFree(text);
  return ENOTSUP;
}

/** The host has read the text of an EVENT_POST. */
export function event_done(text: usize): void {
  if ((text & (SPAN_SIZE - 1)) == 0 && text != 0) spanFree(text);
}

// "CloudOS", "cloudos", "0.1.0", "#1" and "wasm32", each with its NUL, as little-endian words.
const UNAME0: u64 = 0x534f64756f6c43;
const UNAME1: u64 = 0x736f64756f6c63;
const UNAME2: u64 = 0x312300302e312e30;
const UNAME3: u64 = 0x32336d73617700;
const UNAME_LENGTH: u32 = 32;

export function c1_sys_uname(out: u32, capacity: u32, lengthOut: u32): i32 {
  const staging = changetype<usize>(core()) + offsetof<KCore>("scratch0");
  store<u64>(staging, UNAME0);
  store<u64>(staging, UNAME1, 8);
  store<u64>(staging, UNAME2, 16);
  store<u64>(staging, UNAME3, 24);
  let rc = store32(lengthOut, UNAME_LENGTH);
  if (rc == 0) rc = capacity < UNAME_LENGTH ? -ERANGE : copyOut(out, staging, UNAME_LENGTH);
  return sysReturn(rc);
}
