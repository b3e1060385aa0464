import { BACKSLASH } from "../chars";
import { emit } from "../output";
import { TextBuilder } from "../text";

/** Set by `unescape`: the text contained \c, nothing more is to be written. */
export let cut: bool = false;

function octal(text: string, at: i32): bool {
  return at < text.length && text.charCodeAt(at) >= 0x30 && text.charCodeAt(at) <= 0x37;
}

/** Escapes as echo and printf's %b read them: octal numbers begin with \0. */
export function unescape(text: string): string {
  cut = false;
  if (text.indexOf("\\") < 0) return text;
  const out = new TextBuilder();
  for (let i = 0; i < text.length; i++) {
    let c = text.charCodeAt(i);
    if (c != BACKSLASH || i + 1 == text.length) {
      out.push(c);
      continue;
    }
    c = text.charCodeAt(++i);
    if (c == 0x63) {
      cut = true;
      break;
    }
    if (c == 0x30) {
      let value = 0;
      for (let digits = 0; digits < 3 && octal(text, i + 1); digits++) value = value * 8 + text.charCodeAt(++i) - 0x30;
      out.push(value & 0xff);
      continue;
    }
    const plain = controlOf(c);
    if (plain < 0) {
      out.push(BACKSLASH);
      out.push(c);
    } else out.push(plain);
  }
  return out.toString();
}

/** The character a one-letter escape stands for, -1 for none. */
export function controlOf(c: i32): i32 {
  switch (c) {
    case 0x61:
      return 7;
    case 0x62:
      return 8;
    case 0x65:
      return 27;
    case 0x66:
      return 12;
    case 0x6e:
      return 10;
    case 0x72:
      return 13;
    case 0x74:
      return 9;
    case 0x76:
      return 11;
    case BACKSLASH:
      return BACKSLASH;
    default:
      return -1;
  }
}

export function echoCommand(argv: string[]): i32 {
  let first = 1;
  const newline = !(argv.length > 1 && argv[1] == "-n");
  if (!newline) first++;
  for (let i = first; i < argv.length; i++) {
    if (i > first) emit(" ");
    emit(unescape(argv[i]));
    if (cut) return 0;
  }
  if (newline) emit("\n");
  return 0;
}
