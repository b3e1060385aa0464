/** Integers in and out of byte strings. Parsers say whether the whole text was a number and whether it fitted. */
import { byteAt } from "./bytes";

/** The text was not a number (empty, or something other than digits). */
export let parseFailed: bool = false;
/** The number did not fit in 64 bits; the result is the nearest that does. */
export let parseOverflowed: bool = false;
/** Index of the first byte not taken. */
export let parseEnd: i32 = 0;

export function digitValue(byte: i32): i32 {
  if (<u32>(byte - 48) < 10) return byte - 48;
  const lower = byte | 32;
  return <u32>(lower - 97) < 26 ? lower - 87 : 99;
}

/** Digits of `base` from `start`; sets parseEnd, parseFailed (no digit at all), parseOverflowed. */
export function scanUnsigned(text: string, start: i32, base: i32): u64 {
  let value: u64 = 0;
  let at = start;
  parseOverflowed = false;
  while (at < text.length) {
    const digit = digitValue(byteAt(text, at));
    if (digit >= base) break;
    if (value > (u64.MAX_VALUE - <u64>digit) / <u64>base) parseOverflowed = true;
    value = value * <u64>base + <u64>digit;
    at++;
  }
  if (parseOverflowed) value = u64.MAX_VALUE;
  parseEnd = at;
  parseFailed = at == start;
  return value;
}

/** The whole text as an unsigned decimal number. */
export function parseUnsigned(text: string): u64 {
  const value = scanUnsigned(text, 0, 10);
  if (parseEnd != text.length) parseFailed = true;
  return value;
}

/** The whole text as a decimal number with an optional sign. */
export function parseSigned(text: string): i64 {
  const first = text.length > 0 ? byteAt(text, 0) : 0;
  const negative = first == 45;
  const value = scanUnsigned(text, negative || first == 43 ? 1 : 0, 10);
  if (parseEnd != text.length) parseFailed = true;
  const limit = <u64>i64.MAX_VALUE + (negative ? 1 : 0);
  if (value > limit) parseOverflowed = true;
  if (parseOverflowed) return negative ? i64.MIN_VALUE : i64.MAX_VALUE;
  return negative ? -(<i64>value) : <i64>value;
}

/** Digits of `value` in `base` (2 to 16), lower case. */
export function formatUnsigned(value: u64, base: u32 = 10): string {
  const out = memory.data(64);
  let at = out + 64;
  do {
    const digit = <u32>(value % base);
    store<u8>(--at, digit < 10 ? digit + 48 : digit + 87);
    value /= base;
  } while (value != 0);
  const length = <i32>(out + 64 - at);
  const result = __new(<usize>length << 1, idof<string>());
  for (let i: usize = 0; i < <usize>length; i++) store<u16>(result + (i << 1), load<u8>(at + i));
  return changetype<string>(result);
}

export function formatSigned(value: i64): string {
  return value < 0 ? "-" + formatUnsigned(0 - <u64>value) : formatUnsigned(<u64>value);
}

/** Zero-padded to `width` digits. */
export function formatPadded(value: u64, width: i32, base: u32 = 10): string {
  const digits = formatUnsigned(value, base);
  return digits.length < width ? "0".repeat(width - digits.length) + digits : digits;
}
