/** Order of names with numbers in them: "file9" before "file10" (ls -v, sort -V). */
import { byteAt, compareBytes, isAlpha, isDigit } from "./bytes";

/** Weight of a byte outside numbers: "~" first, then the end, letters, and the rest. */
function weight(text: string, at: i32, end: i32): i32 {
  if (at >= end) return 0;
  const byte = byteAt(text, at);
  if (byte == 126) return -1;
  if (isDigit(byte)) return 0;
  return isAlpha(byte) ? byte : byte + 256;
}

function comparePart(a: string, aEnd: i32, b: string, bEnd: i32): i32 {
  let i = 0;
  let j = 0;
  while (i < aEnd || j < bEnd) {
    while ((i < aEnd && !isDigit(byteAt(a, i))) || (j < bEnd && !isDigit(byteAt(b, j)))) {
      const difference = weight(a, i, aEnd) - weight(b, j, bEnd);
      if (difference != 0) return difference;
      i++;
      j++;
    }
    while (i < aEnd && byteAt(a, i) == 48) i++;
    while (j < bEnd && byteAt(b, j) == 48) j++;
    let first = 0;
    while (i < aEnd && j < bEnd && isDigit(byteAt(a, i)) && isDigit(byteAt(b, j))) {
      if (first == 0) first = byteAt(a, i) - byteAt(b, j);
      i++;
      j++;
    }
    if (i < aEnd && isDigit(byteAt(a, i))) return 1;
    if (j < bEnd && isDigit(byteAt(b, j))) return -1;
    if (first != 0) return first;
  }
  return 0;
}

/** Start of the suffix: extensions of letters first (".tar.gz"), compared only among equals. */
function suffixStart(text: string): i32 {
  let start = text.length;
  let at = text.length;
  while (at > 0) {
    let from = at - 1;
    while (from >= 0 && (isAlpha(byteAt(text, from)) || isDigit(byteAt(text, from)) || byteAt(text, from) == 126)) from--;
    if (from <= 0 || byteAt(text, from) != 46 || from + 1 >= at) break;
    const first = byteAt(text, from + 1);
    if (!isAlpha(first) && first != 126) break;
    start = from;
    at = from;
  }
  return start;
}

export function compareVersions(a: string, b: string): i32 {
  if (a == b) return 0;
  if (a.length == 0 || b.length == 0) return a.length - b.length;
  const aHidden = byteAt(a, 0) == 46;
  if (aHidden != (byteAt(b, 0) == 46)) return aHidden ? -1 : 1;
  const result = comparePart(a, suffixStart(a), b, suffixStart(b));
  if (result != 0) return result;
  const whole = comparePart(a, a.length, b, b.length);
  return whole != 0 ? whole : compareBytes(a, b);
}
