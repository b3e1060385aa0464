/** -printf: directives and escapes. */
import { Entry } from "./expression";
import { byteAt, fromByte, isDigit, padEnd, padStart } from "../bytes";
import { dirName } from "../path";
import { format } from "../strftime";
import { formatPadded, formatUnsigned } from "../numbers";
import { groupName, userName } from "../accounts";
import { localCalendar, localZone } from "../timezone";
import { modeText, typeLetter } from "../mode";
import { readlink, text as linkText, stat, Stat } from "../fs";
import { timeOf } from "./tests";

/** Index behind what was read last. */
let next: i32 = 0;

export function formatEntry(pattern: string, entry: Entry): string {
  let out = "";
  let at = 0;
  while (at < pattern.length) {
    const c = byteAt(pattern, at);
    if (c == 92 && at + 1 < pattern.length) {
      if (pattern.charAt(at + 1) == "c") return out;
      out += escape(pattern, at + 1);
      at = next;
    } else if (c == 37 && at + 1 < pattern.length) {
      out += directive(pattern, at + 1, entry);
      at = next;
    } else {
      out += fromByte(c);
      at++;
    }
  }
  return out;
}

function escape(pattern: string, at: i32): string {
  next = at + 1;
  const c = byteAt(pattern, at);
  switch (c) {
    case 97: return "\x07";
    case 98: return "\b";
    case 102: return "\f";
    case 110: return "\n";
    case 114: return "\r";
    case 116: return "\t";
    case 118: return "\v";
    case 92: return "\\";
  }
  if (<u32>(c - 48) >= 8) return "\\" + fromByte(c);
  let value = 0;
  next = at;
  while (next < pattern.length && next < at + 3 && <u32>(byteAt(pattern, next) - 48) < 8) {
    value = value * 8 + byteAt(pattern, next++) - 48;
  }
  return fromByte(value);
}

/** `%[flags][width][.precision]letter`. */
function directive(pattern: string, at: i32, entry: Entry): string {
  const start = at;
  let left = false;
  let zero = false;
  while (at < pattern.length && "-0 +#".includes(pattern.charAt(at))) {
    if (pattern.charAt(at) == "-") left = true;
    if (pattern.charAt(at) == "0") zero = true;
    at++;
  }
  let width = 0;
  while (at < pattern.length && isDigit(byteAt(pattern, at))) width = min(width * 10 + byteAt(pattern, at++) - 48, 65536);
  let precision = -1;
  if (at < pattern.length && byteAt(pattern, at) == 46) {
    precision = 0;
    at++;
    while (at < pattern.length && isDigit(byteAt(pattern, at))) precision = min(precision * 10 + byteAt(pattern, at++) - 48, 65536);
  }
  if (at >= pattern.length) {
    next = at;
    return "%" + pattern.substring(start);
  }
  const letter = pattern.charAt(at);
  next = at + 1;
  if (letter == "%") return "%";
  let text: string;
  if ("ACT".includes(letter) && next < pattern.length) {
    text = moment(timeOf(entry.st, letter == "A" ? "a" : letter == "C" ? "c" : "m"), pattern.charAt(next));
    next++;
  } else if ("abcdfFgGhHiklmMnpPsStuUyYD".includes(letter)) {
    text = field(entry, letter);
    if (letter == "m" && pattern.substring(start, at).includes("#")) text = "0" + text;
  } else return "%" + pattern.substring(start, next);
  if (precision >= 0 && precision < text.length) text = text.substring(0, precision);
  if (left) return padEnd(text, width);
  return zero && "dimnsGUkb".includes(letter) && text.length < width ? "0".repeat(width - text.length) + text : padStart(text, width);
}

function field(entry: Entry, letter: string): string {
  const st = entry.st;
  switch (byteAt(letter, 0)) {
    case 97: return moment(st.atim, "c"); // a
    case 99: return moment(st.ctim, "c"); // c
    case 116: return moment(st.mtim, "c"); // t
    case 98: return formatUnsigned(st.blocks); // b
    case 107: return formatUnsigned((st.blocks + 1) / 2); // k
    case 100: return entry.depth.toString(); // d
    case 68: return formatUnsigned(st.dev); // D
    case 102: return entry.name; // f
    case 70: return "cloudos"; // F
    case 103: return groupName(st.gid).length > 0 ? groupName(st.gid) : st.gid.toString(); // g
    case 71: return st.gid.toString(); // G
    case 117: return userName(st.uid).length > 0 ? userName(st.uid) : st.uid.toString(); // u
    case 85: return st.uid.toString(); // U
    case 104: return entry.path.includes("/") ? dirName(entry.path) : "."; // h
    case 72: return entry.root; // H
    case 105: return formatUnsigned(st.ino); // i
    case 108: return st.isSymlink && readlink(entry.path) == 0 ? linkText : ""; // l
    case 109: return formatUnsigned(st.mode & 0o7777, 8); // m
    case 77: return modeText(st); // M
    case 110: return formatUnsigned(st.nlink); // n
    case 112: return entry.path; // p
    case 80: return entry.below; // P
    case 115: return formatUnsigned(st.size); // s
    case 83: return st.size == 0 ? "1" : (<f64>st.blocks * 512 / <f64>st.size).toString(); // S
    case 89: { // Y
      const target = new Stat();
      if (!st.isSymlink) return plainType(st);
      return stat(entry.path, target) == 0 ? plainType(target) : "N";
    }
    default: return plainType(st); // y
  }
}

function plainType(st: Stat): string {
  const letter = typeLetter(st);
  return letter == "-" ? "f" : letter;
}

/** A time in the format letter `letter` of strftime, or "@" or "+". Seconds carry ten decimals, as in GNU find. */
function moment(time: u64, letter: string): string {
  const fraction = "." + formatPadded(time % 1000000000, 9) + "0";
  if (letter == "@") return formatUnsigned(time / 1000000000) + fraction;
  const calendar = localCalendar(localZone(), time);
  if (letter == "c") return format("%a %b %e %H:%M:%S", calendar) + fraction + format(" %Y", calendar);
  if (letter == "+") return format("%Y-%m-%d+%H:%M:%S", calendar) + fraction;
  if (letter == "S" || letter == "T" || letter == "X") return format("%" + letter, calendar) + fraction;
  return format("%" + letter, calendar);
}
