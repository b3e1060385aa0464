/** GNU's character escapes: \a \f \n \r \t \v \cX \dNNN \oNNN \xHH. */
import { byteAt, fromByte, toUpperByte } from "../bytes";
import { digitValue } from "../numbers";

/** Index behind the escape `decodeEscape` read. */
export let escapeEnd: i32 = 0;

/** The byte that the escape whose letter is at `at` stands for, or -1 when it is none. */
export function decodeEscape(text: string, at: i32): i32 {
  const letter = at < text.length ? byteAt(text, at) : -1;
  escapeEnd = at + 1;
  switch (letter) {
    case 97: return 7;
    case 102: return 12;
    case 114: return 13;
    case 116: return 9;
    case 118: return 11;
    case 99: {
      if (at + 1 >= text.length) return -1;
      escapeEnd = at + 2;
      return toUpperByte(byteAt(text, at + 1)) ^ 0x40;
    }
    case 100: return number(text, at + 1, 10, 3);
    case 111: return number(text, at + 1, 8, 3);
    case 120: return number(text, at + 1, 16, 2);
    default: return -1;
  }
}

function number(text: string, at: i32, base: i32, digits: i32): i32 {
  let value = 0;
  const start = at;
  while (at < text.length && at < start + digits && digitValue(byteAt(text, at)) < base) {
    value = value * base + digitValue(byteAt(text, at++));
  }
  if (at == start) return -1;
  escapeEnd = at;
  return value & 0xff;
}

/** Replaces the escapes in a pattern; a byte they produce means what it would mean if written plainly. */
export function unescapePattern(text: string): string {
  if (!text.includes("\\")) return text;
  let out = "";
  let inBracket = false;
  for (let i = 0; i < text.length; i++) {
    const c = byteAt(text, i);
    if (c == 92 && i + 1 < text.length) {
      const byte = decodeEscape(text, i + 1);
      if (byte >= 0) {
        out += fromByte(byte);
        i = escapeEnd - 1;
      } else if (inBracket) out += "\\";
      else {
        out += text.substring(i, i + 2);
        i++;
      }
      continue;
    }
    if (c == 91 && !inBracket) {
      inBracket = true;
      // A "]" right behind "[" or "[^" is a member.
      let next = i + 1;
      if (next < text.length && byteAt(text, next) == 94) next++;
      if (next < text.length && byteAt(text, next) == 93) next++;
      out += text.substring(i, next);
      i = next - 1;
      continue;
    }
    if (c == 91 && i + 1 < text.length && ".:=".includes(text.charAt(i + 1))) {
      const end = text.indexOf(text.charAt(i + 1) + "]", i + 2);
      if (end > 0) {
        out += text.substring(i, end + 2);
        i = end + 1;
        continue;
      }
    }
    if (c == 93) inBracket = false;
    out += fromByte(c);
  }
  return out;
}
