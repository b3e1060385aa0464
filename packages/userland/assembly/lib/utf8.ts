/** UTF-8 inside byte strings, for the places where characters and not bytes count (RFC 3629). */
import { byteAt } from "./bytes";

/** Bytes of the character `decodeAt` looked at last; 1 for an invalid byte. */
export let charLength: i32 = 1;

/** The code point at `index`, or -1 for a byte that starts no valid character. */
export function decodeAt(text: string, index: i32): i32 {
  const lead = byteAt(text, index);
  charLength = 1;
  if (lead < 0x80) return lead;
  const length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || index + length > text.length) return -1;
  let point = lead & (0xff >> (length + 1));
  for (let i = 1; i < length; i++) {
    const next = byteAt(text, index + i);
    if ((next & 0xc0) != 0x80) return -1;
    point = (point << 6) | (next & 0x3f);
  }
  const least = length == 2 ? 0x80 : length == 3 ? 0x800 : 0x10000;
  if (point < least || point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff)) return -1;
  charLength = length;
  return point;
}

export function encodePoint(point: u32): string {
  if (point < 0x80) return String.fromCharCode(point);
  if (point < 0x800) return String.fromCharCode(0xc0 | (point >> 6)) + tail(point, 0);
  if (point < 0x10000) return String.fromCharCode(0xe0 | (point >> 12)) + tail(point, 6) + tail(point, 0);
  return String.fromCharCode(0xf0 | ((point >> 18) & 7)) + tail(point, 12) + tail(point, 6) + tail(point, 0);
}

function tail(point: u32, shift: u32): string {
  return String.fromCharCode(0x80 | ((point >> shift) & 0x3f));
}

/** Columns a character takes on a terminal: 0, 1 or 2; -1 for control characters (Unicode TR 11, coarse ranges). */
export function columnsOf(point: i32): i32 {
  if (point < 32 || (point >= 0x7f && point < 0xa0)) return -1;
  if (point < 0x300) return 1;
  if (point <= 0x36f || (point >= 0x200b && point <= 0x200f) || (point >= 0xfe00 && point <= 0xfe0f)) return 0;
  if (point >= 0x1100 && isWide(point)) return 2;
  return 1;
}

function isWide(point: i32): bool {
  return (
    point <= 0x115f ||
    (point >= 0x2e80 && point <= 0xa4cf && point != 0x303f) ||
    (point >= 0xac00 && point <= 0xd7a3) ||
    (point >= 0xf900 && point <= 0xfaff) ||
    (point >= 0xfe30 && point <= 0xfe6f) ||
    (point >= 0xff00 && point <= 0xff60) ||
    (point >= 0xffe0 && point <= 0xffe6) ||
    (point >= 0x1f300 && point <= 0x1f64f) ||
    (point >= 0x1f900 && point <= 0x1f9ff) ||
    (point >= 0x20000 && point <= 0x3fffd)
  );
}

/** Columns the whole text takes on a terminal; bytes that are no characters count one each. */
export function displayWidth(text: string): i32 {
  let width = 0;
  let at = 0;
  while (at < text.length) {
    const point = decodeAt(text, at);
    const columns = point < 0 ? 1 : columnsOf(point);
    width += columns < 0 ? 0 : columns;
    at += charLength;
  }
  return width;
}
