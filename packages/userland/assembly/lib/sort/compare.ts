/** The orderings of sort(1), on raw bytes. */
import { isSpace } from "../bytes";

// @ts-ignore: decorator
@inline
function digit(p: usize, end: usize): bool {
  return p < end && <u32>(load<u8>(p) - 48) < 10;
}

/** Bytes as unsigned numbers, a prefix first. */
export function compareText(a: usize, aEnd: usize, b: usize, bEnd: usize): i32 {
  const shorter = min(aEnd - a, bEnd - b);
  const order = memory.compare(a, b, shorter);
  if (order != 0) return order;
  return aEnd - a == bEnd - b ? 0 : aEnd - a < bEnd - b ? -1 : 1;
}

/** As text, but some bytes count as others or not at all. */
export function compareFiltered(a: usize, aEnd: usize, b: usize, bEnd: usize, fold: bool, dictionary: bool, printing: bool): i32 {
  while (true) {
    while (a < aEnd && skipped(load<u8>(a), dictionary, printing)) a++;
    while (b < bEnd && skipped(load<u8>(b), dictionary, printing)) b++;
    if (a >= aEnd || b >= bEnd) return (a < aEnd ? 1 : 0) - (b < bEnd ? 1 : 0);
    let x = <i32>load<u8>(a++);
    let y = <i32>load<u8>(b++);
    if (fold) {
      if (<u32>(x - 97) < 26) x -= 32;
      if (<u32>(y - 97) < 26) y -= 32;
    }
    if (x != y) return x - y;
  }
}

function skipped(byte: i32, dictionary: bool, printing: bool): bool {
  if (dictionary) {
    const lower = byte | 32;
    return !(<u32>(lower - 97) < 26 || <u32>(byte - 48) < 10 || byte == 32 || byte == 9);
  }
  return printing && (byte < 32 || byte > 126);
}

function skipBlanks(p: usize, end: usize): usize {
  while (p < end && (load<u8>(p) == 32 || load<u8>(p) == 9 || load<u8>(p) == 10)) p++;
  return p;
}

/** Decimal numbers of any length, compared digit by digit: no rounding. */
export function compareNumbers(a: usize, aEnd: usize, b: usize, bEnd: usize): i32 {
  a = skipBlanks(a, aEnd);
  b = skipBlanks(b, bEnd);
  const aNegative = a < aEnd && load<u8>(a) == 45;
  const bNegative = b < bEnd && load<u8>(b) == 45;
  if (aNegative) a++;
  if (bNegative) b++;
  const magnitude = compareMagnitudes(a, aEnd, b, bEnd);
  if (aNegative == bNegative) return aNegative ? -magnitude : magnitude;
  // -0 and 0 are the same number.
  const aZero = isZero(a, aEnd);
  const bZero = isZero(b, bEnd);
  if (aZero && bZero) return 0;
  return aNegative ? -1 : 1;
}

function isZero(p: usize, end: usize): bool {
  while (p < end && load<u8>(p) == 48) p++;
  if (digit(p, end)) return false;
  if (p < end && load<u8>(p) == 46) {
    p++;
    while (p < end && load<u8>(p) == 48) p++;
    return !digit(p, end);
  }
  return true;
}

function compareMagnitudes(a: usize, aEnd: usize, b: usize, bEnd: usize): i32 {
  while (a < aEnd && load<u8>(a) == 48) a++;
  while (b < bEnd && load<u8>(b) == 48) b++;
  let order = 0;
  while (digit(a, aEnd) && digit(b, bEnd)) {
    if (order == 0) order = <i32>load<u8>(a) - <i32>load<u8>(b);
    a++;
    b++;
  }
  if (digit(a, aEnd)) return 1;
  if (digit(b, bEnd)) return -1;
  if (order != 0) return order;
  const aPoint = a < aEnd && load<u8>(a) == 46;
  const bPoint = b < bEnd && load<u8>(b) == 46;
  if (aPoint) a++;
  if (bPoint) b++;
  while (true) {
    const x = aPoint && digit(a, aEnd) ? <i32>load<u8>(a++) : -1;
    const y = bPoint && digit(b, bEnd) ? <i32>load<u8>(b++) : -1;
    if (x < 0 && y < 0) return 0;
    const order = (x < 0 ? 48 : x) - (y < 0 ? 48 : y);
    if (order != 0) return order;
  }
}

/** Powers of 1000 or 1024 behind a number: K 1, M 2 ... */
function unit(p: usize, end: usize): i32 {
  p = skipBlanks(p, end);
  let negative = false;
  if (p < end && load<u8>(p) == 45) {
    negative = true;
    p++;
  }
  const zero = isZero(p, end);
  while (digit(p, end)) p++;
  if (p < end && load<u8>(p) == 46) {
    p++;
    while (digit(p, end)) p++;
  }
  if (p >= end || zero) return 0;
  const letter = load<u8>(p);
  const rank = letter == 107 ? 1 : "KMGTPEZYRQ".indexOf(String.fromCharCode(letter)) + 1;
  return negative ? -rank : rank;
}

/** `2K 1G`: by the unit first. */
export function compareHuman(a: usize, aEnd: usize, b: usize, bEnd: usize): i32 {
  const order = unit(a, aEnd) - unit(b, bEnd);
  return order != 0 ? order : compareNumbers(a, aEnd, b, bEnd);
}

/** Floating point as strtod reads it; what is no number comes first, then NaN. */
export function compareGeneral(a: usize, aEnd: usize, b: usize, bEnd: usize): i32 {
  const x = parseDouble(a, aEnd);
  const xValid = doubleValid;
  const y = parseDouble(b, bEnd);
  if (!xValid || !doubleValid) return (xValid ? 1 : 0) - (doubleValid ? 1 : 0);
  if (x < y) return -1;
  if (x > y) return 1;
  if (x == y) return 0;
  return (isNaN(x) ? 0 : 1) - (isNaN(y) ? 0 : 1);
}

let doubleValid: bool = false;

function parseDouble(p: usize, end: usize): f64 {
  while (p < end && isSpace(load<u8>(p))) p++;
  const start = p;
  doubleValid = true;
  if (p < end && (load<u8>(p) == 45 || load<u8>(p) == 43)) p++;
  const sign = start < end && load<u8>(start) == 45 ? -1.0 : 1.0;
  if (word(p, end, "inf")) return sign * Infinity;
  if (word(p, end, "nan")) return NaN;
  const digits = p;
  while (digit(p, end)) p++;
  if (p < end && load<u8>(p) == 46) {
    p++;
    while (digit(p, end)) p++;
  }
  if (p == digits || (p == digits + 1 && load<u8>(digits) == 46)) {
    doubleValid = false;
    return 0;
  }
  if (p < end && (load<u8>(p) | 32) == 101) {
    let q = p + 1;
    if (q < end && (load<u8>(q) == 45 || load<u8>(q) == 43)) q++;
    if (digit(q, end)) {
      while (digit(q, end)) q++;
      p = q;
    }
  }
  return parseFloat(String.UTF8.decodeUnsafe(start, p - start));
}

function word(p: usize, end: usize, text: string): bool {
  for (let i = 0; i < text.length; i++) if (p + i >= end || (load<u8>(p + i) | 32) != <u8>text.charCodeAt(i)) return false;
  return true;
}

const MONTHS: string = "janfebmaraprmayjunjulaugsepoctnovdec";

/** Month names by their first three letters; anything else comes first. */
export function compareMonths(a: usize, aEnd: usize, b: usize, bEnd: usize): i32 {
  return month(a, aEnd) - month(b, bEnd);
}

function month(p: usize, end: usize): i32 {
  p = skipBlanks(p, end);
  for (let m = 0; m < 12; m++) if (word(p, end, MONTHS.substring(m * 3, m * 3 + 3))) return m + 1;
  return 0;
}
