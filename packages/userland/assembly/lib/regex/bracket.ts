/** Bracket expressions: `[abc]`, `[^a-z]`, `[[:alpha:][.-.][=e=]]` (POSIX.1-2017, 9.3.5). */
import { addClass, foldCase } from "./unicode";
import { CharSet, MAX_BYTE, MAX_CODE_POINT } from "./charset";
import { Cursor } from "./cursor";
import { RE_BRACKET_ESCAPE, RE_BYTES, RE_ICASE, RE_NEWLINE } from "./syntax";

const UNMATCHED: string = "Unmatched [, [^, [:, [., or [=";

/** Parses from behind the `[`; leaves the cursor behind the `]`. On failure sets `cursor.error`. */
export function parseBracket(cursor: Cursor, syntax: i32): CharSet {
  const set = new CharSet();
  const utf8 = (syntax & RE_BYTES) == 0;
  const open = cursor.at;
  const negate = cursor.accept(94);
  let first = true;
  while (true) {
    if (cursor.done) return fail(cursor, set, first ? "Invalid regular expression" : UNMATCHED);
    if (cursor.peek() == 93 && !first) break;
    first = false;
    if (cursor.peek() == 91 && cursor.peekAt(1) == 58) {
      const name = delimited(cursor, 58);
      if (cursor.error.length > 0) return set;
      if (!addNamedClass(set, name, syntax)) return fail(cursor, set, "Invalid character class name");
      continue;
    }
    const lo = element(cursor, syntax);
    if (cursor.error.length > 0) return set;
    let hi = lo;
    if (cursor.peek() == 45 && cursor.peekAt(1) != 93 && cursor.peekAt(1) >= 0) {
      cursor.at++;
      if (cursor.peek() == 91 && cursor.peekAt(1) == 58) return fail(cursor, set, "Invalid range end");
      hi = element(cursor, syntax);
      if (cursor.error.length > 0) return set;
    }
    if (hi < lo) return fail(cursor, set, "Invalid range end");
    set.add(lo, hi);
  }
  cursor.at++;
  if (looksLikeBareClass(cursor, open)) {
    return fail(cursor, set, "character class syntax is [[:space:]], not [:space:]");
  }
  if ((syntax & RE_ICASE) != 0) foldCase(set, utf8);
  if (!negate) {
    set.normalize();
    return set;
  }
  if ((syntax & RE_NEWLINE) != 0) set.add(10, 10);
  set.normalize();
  return set.negated(utf8 ? MAX_CODE_POINT : MAX_BYTE);
}

function fail(cursor: Cursor, set: CharSet, message: string): CharSet {
  cursor.error = message;
  return set;
}

/** `[:space:]` outside brackets is nearly always a mistake; grep says so. */
function looksLikeBareClass(cursor: Cursor, open: i32): bool {
  if (!cursor.strict) return false;
  const text = cursor.text;
  return (
    cursor.at - open > 3 && text.charCodeAt(open) == 58 && text.charCodeAt(cursor.at - 2) == 58 && !cursor.hasBetween(91, open)
  );
}

function addNamedClass(set: CharSet, name: string, syntax: i32): bool {
  const utf8 = (syntax & RE_BYTES) == 0;
  const caseless = (syntax & RE_ICASE) != 0 && (name == "upper" || name == "lower");
  return addClass(set, caseless ? "alpha" : name, utf8);
}

/** The text of `[:name:]` and its kin; the cursor stands on the inner `[`. */
function delimited(cursor: Cursor, mark: i32): string {
  cursor.at += 2;
  const start = cursor.at;
  while (!cursor.done) {
    if (cursor.peek() == mark && cursor.peekAt(1) == 93) {
      const name = cursor.text.substring(start, cursor.at);
      cursor.at += 2;
      return name;
    }
    cursor.at++;
  }
  cursor.error = UNMATCHED;
  return "";
}

/** One end of a range: a character, `[.x.]` or `[=x=]` (in C.UTF-8 every character is its own class). */
function element(cursor: Cursor, syntax: i32): i32 {
  const utf8 = (syntax & RE_BYTES) == 0;
  const next = cursor.peekAt(1);
  if (cursor.peek() == 91 && (next == 46 || next == 61)) {
    const name = delimited(cursor, next);
    if (cursor.error.length > 0) return 0;
    const inner = new Cursor(name, false);
    const c = inner.take(utf8);
    if (c < 0 || !inner.done) cursor.error = "Invalid collation character";
    return c;
  }
  if (cursor.peek() == 92 && (syntax & RE_BRACKET_ESCAPE) != 0 && next >= 0) cursor.at++;
  const c = cursor.take(utf8);
  if (c < 0) cursor.error = UNMATCHED;
  return c;
}
