/** The operands of tr(1): characters, escapes, ranges, classes and repeats, as lists of bytes. */
import { byteAt, fromByte, isAlpha, isDigit, isSpace } from "../bytes";
import { parseEnd, parseFailed, scanUnsigned } from "../numbers";
import { quoteProse } from "../quote";

export const CLASS_NONE: i32 = 0;
export const CLASS_UPPER: i32 = 1;
export const CLASS_LOWER: i32 = 2;
export const CLASS_OTHER: i32 = 3;

/** Why the last `parseSet` failed. */
export let setError: string = "";

export class CharList {
  bytes: Array<i32> = [];
  /** For every byte the kind of class it came from, CLASS_*. */
  classes: Array<i32> = [];
  /** Where `[x*]` stands, to be filled up to the other set's length; -1 none. */
  fillAt: i32 = -1;
  fillByte: i32 = 0;

  add(byte: i32, kind: i32): void {
    this.bytes.push(byte);
    this.classes.push(kind);
  }

  /** Grows the `[x*]` until there are `length` bytes. */
  fill(length: i32): void {
    if (this.fillAt < 0 || this.bytes.length >= length) return;
    const extra = length - this.bytes.length;
    const tail = this.bytes.splice(this.fillAt);
    const tailClasses = this.classes.splice(this.fillAt);
    for (let i = 0; i < extra; i++) this.add(this.fillByte, CLASS_NONE);
    for (let i = 0; i < tail.length; i++) this.add(tail[i], tailClasses[i]);
  }
}

/** Index behind the character `character` read. */
let next: i32 = 0;

/** One byte, escapes resolved. */
function character(text: string, at: i32): i32 {
  const c = byteAt(text, at);
  next = at + 1;
  if (c != 92 || at + 1 >= text.length) return c;
  const escape = byteAt(text, at + 1);
  next = at + 2;
  switch (escape) {
    case 97: return 7;
    case 98: return 8;
    case 102: return 12;
    case 110: return 10;
    case 114: return 13;
    case 116: return 9;
    case 118: return 11;
  }
  if (<u32>(escape - 48) >= 8) return escape;
  let value = 0;
  next = at + 1;
  while (next < text.length && next < at + 4 && <u32>(byteAt(text, next) - 48) < 8) {
    const more = value * 8 + byteAt(text, next) - 48;
    if (more > 255) break;
    value = more;
    next++;
  }
  return value;
}

export function inClass(name: string, c: i32): bool {
  if (name == "alpha") return isAlpha(c);
  if (name == "digit") return isDigit(c);
  if (name == "alnum") return isAlpha(c) || isDigit(c);
  if (name == "upper") return c >= 65 && c <= 90;
  if (name == "lower") return c >= 97 && c <= 122;
  if (name == "space") return isSpace(c);
  if (name == "blank") return c == 32 || c == 9;
  if (name == "punct") return c > 32 && c < 127 && !isAlpha(c) && !isDigit(c);
  if (name == "print") return c >= 32 && c < 127;
  if (name == "graph") return c > 32 && c < 127;
  if (name == "cntrl") return c < 32 || c == 127;
  return isDigit(c) || (c >= 65 && c <= 70) || (c >= 97 && c <= 102);
}

const CLASS_NAMES: Array<string> = [
  "alpha", "digit", "alnum", "upper", "lower", "space", "blank", "punct", "print", "graph", "cntrl", "xdigit",
];

/** Parses an operand; `second`: `[c*]` may fill it up. Null with `setError` set on failure. */
export function parseSet(text: string, second: bool): CharList | null {
  const out = new CharList();
  setError = "";
  let at = 0;
  while (at < text.length) {
    if (byteAt(text, at) == 91 && at + 1 < text.length) {
      const end = bracketed(text, at, out, second);
      if (setError.length > 0) return null;
      if (end > 0) {
        at = end;
        continue;
      }
    }
    const low = character(text, at);
    const lowText = text.substring(at, next);
    at = next;
    if (at + 1 >= text.length || byteAt(text, at) != 45) {
      out.add(low, CLASS_NONE);
      continue;
    }
    const high = character(text, at + 1);
    if (high < low) {
      setError = "range-endpoints of '" + lowText + "-" + text.substring(at + 1, next) + "' are in reverse collating sequence order";
      return null;
    }
    at = next;
    for (let c = low; c <= high; c++) out.add(c, CLASS_NONE);
  }
  return out;
}

/** `[:class:]`, `[=c=]` or `[c*n]` at `at`: the index behind it, or -1 when it is none of them. */
function bracketed(text: string, at: i32, out: CharList, second: bool): i32 {
  const kind = byteAt(text, at + 1);
  if (kind == 58 || kind == 61) {
    const end = text.indexOf(fromByte(kind) + "]", at + 2);
    if (end < 0 || end == at + 2) return -1;
    const name = text.substring(at + 2, end);
    if (kind == 61) {
      const c = character(name, 0);
      if (next != name.length) setError = name + ": equivalence class operand must be a single character";
      out.add(c, CLASS_OTHER);
      return end + 2;
    }
    if (!CLASS_NAMES.includes(name)) {
      setError = "invalid character class " + quoteProse(name);
      return -1;
    }
    const mark = name == "upper" ? CLASS_UPPER : name == "lower" ? CLASS_LOWER : CLASS_OTHER;
    for (let c = 0; c < 256; c++) if (inClass(name, c)) out.add(c, mark);
    return end + 2;
  }
  const c = character(text, at + 1);
  const star = next;
  if (star >= text.length || byteAt(text, star) != 42) return -1;
  const close = text.indexOf("]", star);
  if (close < 0) return -1;
  const digits = text.substring(star + 1, close);
  const count = scanUnsigned(digits, 0, digits.startsWith("0") ? 8 : 10);
  if (digits.length > 0 && (parseFailed || parseEnd != digits.length)) {
    setError = "invalid repeat count " + quoteProse(digits) + " in [c*n] construct";
    return -1;
  }
  if (!second && count == 0) {
    setError = "the [c*] repeat construct may not appear in string1";
    return -1;
  }
  if (count == 0) {
    if (out.fillAt >= 0) setError = "only one [c*] repeat construct may appear in string2";
    out.fillAt = out.bytes.length;
    out.fillByte = c;
  } else for (let i: u64 = 0; i < min(count, <u64>65536); i++) out.add(c, CLASS_NONE);
  return close + 1;
}
