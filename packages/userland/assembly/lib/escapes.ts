/** Backslash escapes of echo -e, printf and printf %b. */
import { localeIsUtf8 } from "./args";
import { byteAt, toUpper } from "./bytes";
import { digitValue, formatPadded } from "./numbers";
import { encodePoint } from "./utf8";

/** An escape \c ended all output. */
export let escapeStop: bool = false;
/** Index after the escape read last. */
export let escapeEnd: i32 = 0;
/** What was wrong with the escape, "" when nothing. */
export let escapeError: string = "";

function digits(text: string, at: i32, base: i32, most: i32): u32 {
  let value: u32 = 0;
  let count = 0;
  while (count < most && at < text.length && digitValue(byteAt(text, at)) < base) {
    value = value * base + digitValue(byteAt(text, at++));
    count++;
  }
  escapeEnd = at;
  return value;
}

/** The bytes the escape at `start` (its backslash) stands for. `octalZero`: octal needs a leading 0 (\0NNN), as echo has it;
 *  `formats`: \" and \u as well, as printf's format has them. An unknown escape stays as it is. */
export function readEscape(text: string, start: i32, octalZero: bool, formats: bool): string {
  escapeStop = false;
  escapeError = "";
  const at = start + 1;
  escapeEnd = at;
  if (at >= text.length) return "\\";
  escapeEnd = at + 1;
  const letter = byteAt(text, at);
  switch (letter) {
    case 97: return "\x07";
    case 98: return "\b";
    case 99:
      escapeStop = true;
      return "";
    case 101: return "\x1b";
    case 102: return "\f";
    case 110: return "\n";
    case 114: return "\r";
    case 116: return "\t";
    case 118: return "\v";
    case 92: return "\\";
    case 34: return formats ? '"' : '\\"';
    case 120: {
      const value = digits(text, at + 1, 16, 2);
      if (escapeEnd > at + 1) return String.fromCharCode(value);
      if (formats) {
        escapeError = "missing hexadecimal number in escape";
        return "";
      }
      return "\\x";
    }
    case 117:
    case 85:
      if (formats) {
        const size = letter == 117 ? 4 : 8;
        const value = digits(text, at + 1, 16, size);
        if (escapeEnd != at + 1 + size) escapeError = "missing hexadecimal number in escape";
        if (value < 128 || localeIsUtf8()) return encodePoint(value);
        return (value < 0x10000 ? "\\u" : "\\U") + toUpper(formatPadded(value, value < 0x10000 ? 4 : 8, 16));
      }
      break;
    default:
      if (letter == 48 && octalZero) return String.fromCharCode(digits(text, at + 1, 8, 3) & 255);
      if (<u32>(letter - 48) < 8) {
        return String.fromCharCode(digits(text, at, 8, 3) & 255);
      }
  }
  return "\\" + text.charAt(at);
}

/** All escapes of a text (echo -e; with `formats` printf %b); stops at \c or a malformed one with escapeStop or escapeError set. */
export function expandEscapes(text: string, formats: bool): string {
  escapeStop = false;
  escapeError = "";
  let out = "";
  let start = 0;
  let at = text.indexOf("\\");
  while (at >= 0) {
    out += text.substring(start, at) + readEscape(text, at, true, formats);
    start = escapeEnd;
    if (escapeStop || escapeError.length > 0) return out;
    at = text.indexOf("\\", start);
  }
  return out + text.substring(start);
}
