/**
 * The kernel log: lines of UTF-8 in a byte ring the host reads. Text is written as u64 words of 8 ASCII characters
 * (first character lowest; 0 ends early), because a string literal would be a data segment.
 */
import { KLOG_BASE, KLOG_O_DATA, KLOG_O_TOTAL, KLOG_SIZE } from "../../abi/src/layout";
import { halNowUs } from "../../hal-wasm/assembly/hal";
import { Globals, globals } from "./globals";
import { spinLock, spinUnlock } from "./lock";

export const KLOG_WARN: u32 = 2;
export const KLOG_INFO: u32 = 1;
const CAPACITY: u32 = KLOG_SIZE - KLOG_O_DATA;

function byte(value: u32): void {
  const total = load<u32>(KLOG_BASE + KLOG_O_TOTAL);
  store<u8>(KLOG_BASE + KLOG_O_DATA + (total % CAPACITY), value);
  // ORDER: the byte before the count that shows it.
  atomic.store<u32>(KLOG_BASE + KLOG_O_TOTAL, total + 1);
}

function word(text: u64): void {
  for (; text != 0; text >>= 8) byte(<u32>(text & 0xff));
}

function decimal(value: u64): void {
  if (value >= 10) decimal(value / 10);
  byte(48 + <u32>(value % 10));
}

/** One line: `text0 text1 a text2 b`. Empty words are left out, with the number after them when that is NONE. */
export function klog(level: u32, text0: u64, text1: u64, a: u32, text2: u64, b: u32): void {
  const lock = changetype<usize>(globals()) + offsetof<Globals>("klogLock");
  spinLock(lock);
  byte(48 + level);
  decimal(<u64>halNowUs());
  byte(32);
  word(text0);
  word(text1);
  decimal(a);
  word(text2);
  if (text2 != 0) decimal(b);
  byte(10);
  spinUnlock(lock);
}
