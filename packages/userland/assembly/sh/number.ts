// Integers as strtoimax reads them.

class Integer {
  value: i64 = 0;
  /** The whole text, blanks around it aside, is a number that fits. */
  valid: bool = false;
  /** There is nothing but blanks. */
  blank: bool = false;
  /** Bytes up to where the number ends. */
  length: i32 = 0;
}

function isBlank(c: i32): bool {
  return c == 0x20 || (c >= 0x09 && c <= 0x0d);
}

function digitOf(c: i32): i32 {
  if (c >= 0x30 && c <= 0x39) return c - 0x30;
  const lower = c | 0x20;
  return lower >= 0x61 && lower <= 0x7a ? lower - 0x61 + 10 : 99;
}

/** `base` 0: decimal, 0octal or 0xhexadecimal. */
export function parseInteger(text: string, base: i32): Integer {
  const result = new Integer();
  let i = 0;
  while (i < text.length && isBlank(text.charCodeAt(i))) i++;
  result.blank = i == text.length;
  let negative = false;
  if (i < text.length && (text.charCodeAt(i) == 0x2d || text.charCodeAt(i) == 0x2b)) {
    negative = text.charCodeAt(i++) == 0x2d;
  }
  let radix: u64 = base == 0 ? 10 : base;
  if (base == 0 && i < text.length && text.charCodeAt(i) == 0x30) {
    radix = 8;
    if (i + 2 < text.length && (text.charCodeAt(i + 1) | 0x20) == 0x78 && digitOf(text.charCodeAt(i + 2)) < 16) {
      radix = 16;
      i += 2;
    }
  }
  const start = i;
  let magnitude: u64 = 0;
  let fits = true;
  const limit: u64 = negative ? (<u64>1) << 63 : ((<u64>1) << 63) - 1;
  for (; i < text.length; i++) {
    const digit = <u64>digitOf(text.charCodeAt(i));
    if (digit >= radix) break;
    if (magnitude > (limit - digit) / radix) fits = false;
    else magnitude = magnitude * radix + digit;
  }
  if (!fits) magnitude = limit;
  result.value = negative ? -(<i64>magnitude) : <i64>magnitude;
  result.length = i > start ? i : 0;
  const digits = i > start;
  while (i < text.length && isBlank(text.charCodeAt(i))) i++;
  result.valid = digits && fits && i == text.length;
  return result;
}

/** A non-negative decimal count, -1 for anything else. */
export function parseCount(text: string): i32 {
  const parsed = parseInteger(text, 10);
  return parsed.valid && parsed.value >= 0 && parsed.value <= <i64>i32.MAX_VALUE ? <i32>parsed.value : -1;
}
