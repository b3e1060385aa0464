/** Sort keys: `-k F[.C][OPTS][,F[.C][OPTS]]` and the orderings. */
import { byteAt, isDigit } from "../bytes";
import { digitValue, parseEnd, scanUnsigned } from "../numbers";

export const ORDER_TEXT: i32 = 0;
export const ORDER_NUMERIC: i32 = 1;
export const ORDER_GENERAL: i32 = 2;
export const ORDER_HUMAN: i32 = 3;
export const ORDER_MONTH: i32 = 4;
export const ORDER_VERSION: i32 = 5;
export const ORDER_RANDOM: i32 = 6;

export class Key {
  /** Zero-based start field and character; `endField` -1: to the end of the line. */
  startField: i32 = 0;
  startChar: i32 = 0;
  endField: i32 = -1;
  /** Characters of the end field; 0: all of it. */
  endChar: i32 = 0;
  skipStartBlanks: bool = false;
  skipEndBlanks: bool = false;
  order: i32 = ORDER_TEXT;
  reverse: bool = false;
  fold: bool = false;
  dictionary: bool = false;
  printing: bool = false;
  /** The key has options of its own: the global ones do not apply. */
  own: bool = false;

  /** Takes one ordering letter; false when it is none. `end`: behind the end position. */
  option(letter: i32, end: bool): bool {
    switch (letter) {
      case 98: // b
        if (end) this.skipEndBlanks = true;
        else this.skipStartBlanks = true;
        break;
      case 100: // d
        this.dictionary = true;
        break;
      case 102: // f
        this.fold = true;
        break;
      case 103: // g
        this.order = ORDER_GENERAL;
        break;
      case 104: // h
        this.order = ORDER_HUMAN;
        break;
      case 105: // i
        this.printing = true;
        break;
      case 77: // M
        this.order = ORDER_MONTH;
        break;
      case 110: // n
        this.order = ORDER_NUMERIC;
        break;
      case 82: // R
        this.order = ORDER_RANDOM;
        break;
      case 114: // r
        this.reverse = true;
        break;
      case 86: // V
        this.order = ORDER_VERSION;
        break;
      default:
        return false;
    }
    this.own = true;
    return true;
  }

  inherit(global: Key): void {
    if (this.own) return;
    this.order = global.order;
    this.reverse = global.reverse;
    this.fold = global.fold;
    this.dictionary = global.dictionary;
    this.printing = global.printing;
    this.skipStartBlanks = global.skipStartBlanks;
    this.skipEndBlanks = global.skipStartBlanks;
  }
}

/** Why the last `parseKey` failed. */
export let keyError: string = "";

/** The argument of -k, or null with `keyError` set. */
export function parseKey(text: string): Key | null {
  const key = new Key();
  keyError = "";
  let at = position(text, 0, true);
  if (keyError.length > 0) return null;
  key.startField = field - 1;
  key.startChar = max(char - 1, 0);
  while (at < text.length && key.option(byteAt(text, at), false)) at++;
  if (at < text.length && byteAt(text, at) == 44) {
    at = position(text, at + 1, false);
    if (keyError.length > 0) return null;
    key.endField = field - 1;
    key.endChar = char;
    while (at < text.length && key.option(byteAt(text, at), true)) at++;
  }
  if (at < text.length) {
    keyError = "stray character in field spec";
    return null;
  }
  return key;
}

let field: i32 = 0;
let char: i32 = 0;

/** Reads `F[.C]` into `field` and `char` (0: not given) and returns the index behind it. */
function position(text: string, at: i32, start: bool): i32 {
  if (at >= text.length || !isDigit(byteAt(text, at))) {
    keyError = "invalid number " + (start ? "at field start" : "after ','");
    return at;
  }
  field = <i32>min(scanUnsigned(text, at, 10), <u64>i32.MAX_VALUE);
  at = parseEnd;
  if (field == 0) keyError = "field number is zero";
  char = 0;
  if (at < text.length && byteAt(text, at) == 46) {
    at++;
    if (at >= text.length || digitValue(byteAt(text, at)) > 9) {
      keyError = "invalid number after '.'";
      return at;
    }
    char = <i32>min(scanUnsigned(text, at, 10), <u64>i32.MAX_VALUE);
    at = parseEnd;
    if (char == 0 && start) keyError = "character offset is zero";
  }
  return at;
}
