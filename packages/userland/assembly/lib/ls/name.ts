/** Names as listings show them: quoted, coloured, with an indicator. */
import { localeIsUtf8 } from "../args";
import { byteAt } from "../bytes";
import { stdout } from "../io";
import { typeLetter } from "../mode";
import { escapeByte, needsQuotes, quoteIfNeeded, quoteProse, quoteShell, quoteShellRaw } from "../quote";
import { charLength, columnsOf, decodeAt, displayWidth } from "../utf8";
import { colorOf } from "./color";
import { Entry } from "./entry";
import {
  INDICATE_CLASSIFY,
  INDICATE_NONE,
  INDICATE_SLASH,
  QUOTE_C,
  QUOTE_C_MAYBE,
  QUOTE_ESCAPE,
  QUOTE_LITERAL,
  QUOTE_LOCALE,
  QUOTE_SHELL,
  QUOTE_SHELL_ALWAYS,
  QUOTE_SHELL_ESCAPE,
  settings,
} from "./settings";

function escapeC(name: string, quotes: bool): string {
  const utf8 = localeIsUtf8();
  let out = quotes ? '"' : "";
  for (let at = 0; at < name.length; ) {
    const byte = byteAt(name, at);
    const point = decodeAt(name, at);
    const length = byte < 128 ? 1 : utf8 && point >= 0 && columnsOf(point) >= 0 ? charLength : 0;
    if (length == 0 || byte < 32 || byte == 127) {
      out += escapeByte(byte);
      at++;
      continue;
    }
    if (byte == 92 || (quotes && byte == 34) || (!quotes && byte == 32)) out += "\\";
    out += name.substring(at, at + length);
    at += length;
  }
  return quotes ? out + '"' : out;
}

/** ? for what would not print. */
function hideControl(name: string): string {
  const utf8 = localeIsUtf8();
  let out = "";
  for (let at = 0; at < name.length; ) {
    const byte = byteAt(name, at);
    const point = decodeAt(name, at);
    const length = byte < 128 ? 1 : utf8 && point >= 0 && columnsOf(point) >= 0 ? charLength : 0;
    out += length == 0 || byte < 32 || byte == 127 ? "?" : name.substring(at, at + length);
    at += max(length, 1);
  }
  return out;
}

export function quoteName(name: string): string {
  let text: string;
  switch (settings.quoting) {
    case QUOTE_LITERAL:
      text = name;
      break;
    case QUOTE_SHELL:
      text = needsQuotes(name) ? quoteShellRaw(name) : name;
      break;
    case QUOTE_SHELL_ALWAYS:
      text = quoteShellRaw(name);
      break;
    case QUOTE_SHELL_ESCAPE:
      text = quoteIfNeeded(name);
      break;
    case QUOTE_C:
      text = escapeC(name, true);
      break;
    case QUOTE_C_MAYBE:
      text = escapeC(name, true);
      if (text.length == name.length + 2) text = name;
      break;
    case QUOTE_LOCALE:
      text = quoteProse(name);
      break;
    case QUOTE_ESCAPE:
      text = escapeC(name, false);
      break;
    default:
      text = quoteShell(name);
  }
  const literal = settings.quoting == QUOTE_LITERAL || settings.quoting == QUOTE_SHELL || settings.quoting == QUOTE_SHELL_ALWAYS;
  return literal && settings.hideControl ? hideControl(text) : text;
}

/** "/", "*", "@", "|", "=" or nothing. */
export function indicator(type: string, mode: u32): string {
  if (settings.indicate == INDICATE_NONE) return "";
  if (type == "d") return "/";
  if (settings.indicate == INDICATE_SLASH) return "";
  if (type == "l") return "@";
  if (type == "p") return "|";
  if (type == "s") return "=";
  return settings.indicate == INDICATE_CLASSIFY && type == "-" && (mode & 0o111) != 0 ? "*" : "";
}

/** Fills `shown` and `width` of every entry. */
export function prepareNames(entries: Entry[], align: bool): void {
  let anyQuoted = false;
  for (let i = 0; i < entries.length; i++) {
    entries[i].shown = quoteName(entries[i].name);
    if (settings.quoting == QUOTE_SHELL_ESCAPE && entries[i].shown != entries[i].name) anyQuoted = true;
  }
  for (let i = 0; i < entries.length; i++) {
    const entry = entries[i];
    // Quoted names stick out by their quote, so that the letters line up.
    if (anyQuoted && align && entry.shown == entry.name) entry.shown = " " + entry.shown;
    entry.width = (localeIsUtf8() ? displayWidth(entry.shown) : entry.shown.length) + indicator(typeLetter(entry.st), entry.st.mode).length;
  }
}

let colorStarted = false;

export function writeColored(text: string, color: string): void {
  if (color.length == 0) {
    stdout.write(text);
    return;
  }
  const padded = text.startsWith(" ") ? 1 : 0;
  if (padded == 1) stdout.writeByte(32);
  if (!colorStarted) stdout.write("\x1b[0m");
  colorStarted = true;
  stdout.write("\x1b[" + color + "m" + text.substring(padded) + "\x1b[0m");
}

export function writeName(entry: Entry, withIndicator: bool = true): void {
  writeColored(entry.shown, settings.color ? colorOf(entry) : "");
  if (withIndicator) stdout.write(indicator(typeLetter(entry.st), entry.st.mode));
}
