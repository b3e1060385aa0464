/** How messages and listings show names: the quoting of the shell, and that of prose. */
import { localeIsUtf8 } from "./args";
import { byteAt, fromByte } from "./bytes";
import { formatPadded } from "./numbers";
import { charLength, columnsOf, decodeAt } from "./utf8";

/** Bytes that make the shell see something else than a plain word. */
const SHELL_SPECIAL = " !\"$&'()*;<=>?[\\^`|";

/** The name as is when the shell would take it as one plain word, else quoted. */
export function quoteIfNeeded(name: string): string {
  return needsQuotes(name) ? quoteShell(name) : name;
}

export function needsQuotes(name: string): bool {
  if (name.length == 0) return true;
  const first = byteAt(name, 0);
  if (first == 35 /* # */ || first == 126 /* ~ */) return true;
  if (name == "{" || name == "}") return true;
  const utf8 = localeIsUtf8();
  let at = 0;
  while (at < name.length) {
    const length = printableLength(name, at, utf8);
    if (length == 0 || SHELL_SPECIAL.includes(fromByte(byteAt(name, at)))) return true;
    at += length;
  }
  return false;
}

/** Always quoted, bytes that do not print as they are. */
export function quoteShellRaw(name: string): string {
  if (name.includes("'") && !name.includes('"') && !name.includes("$") && !name.includes("`") && !name.includes("\\")) return '"' + name + '"';
  return "'" + name.replaceAll("'", "'\\''") + "'";
}

/** Always quoted: 'name', "it's", and 'a'$'\n''b' for bytes that do not print. */
export function quoteShell(name: string): string {
  if (name.includes("'") && onlyDoubleQuotable(name)) return '"' + name + '"';
  const utf8 = localeIsUtf8();
  let out = "'";
  let escaping = false;
  let at = 0;
  while (at < name.length) {
    const byte = byteAt(name, at);
    const length = printableLength(name, at, utf8);
    if (length == 0) {
      if (!escaping) out += "'$'";
      escaping = true;
      out += escapeByte(byte);
      at++;
      continue;
    }
    if (escaping) out += "''";
    escaping = false;
    out += byte == 39 ? "'\\''" : name.substring(at, at + length);
    at += length;
  }
  return out + "'";
}

/** Bytes of the printable character at `at`, 0 when it does not print. */
function printableLength(text: string, at: i32, utf8: bool): i32 {
  const byte = byteAt(text, at);
  if (byte < 128) return byte >= 32 && byte != 127 ? 1 : 0;
  if (!utf8) return 0;
  const point = decodeAt(text, at);
  return point >= 0 && columnsOf(point) >= 0 ? charLength : 0;
}

/** Inside double quotes these stay themselves, and everything prints. */
function onlyDoubleQuotable(name: string): bool {
  const utf8 = localeIsUtf8();
  let at = 0;
  while (at < name.length) {
    if ('"$`\\!'.includes(fromByte(byteAt(name, at)))) return false;
    const length = printableLength(name, at, utf8);
    if (length == 0) return false;
    at += length;
  }
  return true;
}

/** C escapes as `$'...'` and `ls -b` take them. */
export function escapeByte(byte: i32): string {
  switch (byte) {
    case 7: return "\\a";
    case 8: return "\\b";
    case 9: return "\\t";
    case 10: return "\\n";
    case 11: return "\\v";
    case 12: return "\\f";
    case 13: return "\\r";
    default: return "\\" + formatPadded(byte, 3, 8);
  }
}

/** As prose quotes: 'name' in the C locale, with curly quotes (UTF-8) elsewhere. */
export function quoteProse(name: string): string {
  const utf8 = localeIsUtf8();
  let out = utf8 ? "\xe2\x80\x98" : "'";
  let at = 0;
  while (at < name.length) {
    const byte = byteAt(name, at);
    const length = printableLength(name, at, utf8);
    if (length == 0) {
      out += escapeByte(byte);
      at++;
      continue;
    }
    if (byte == 92 || (byte == 39 && !utf8)) out += "\\";
    out += name.substring(at, at + length);
    at += length;
  }
  return out + (utf8 ? "\xe2\x80\x99" : "'");
}
