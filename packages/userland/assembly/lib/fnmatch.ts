/** File name patterns (POSIX.1-2017 XCU 2.13): `*`, `?`, `[...]`, backslash. Texts hold bytes; characters are UTF-8. */
import { byteAt } from "./bytes";
import { Cursor } from "./regex/cursor";
import { charLength, decodeAt } from "./utf8";
import { otherCase } from "./regex/unicode";
import { parseBracket } from "./regex/bracket";
import { RE_BRACKET_ESCAPE } from "./regex/syntax";

/** `*` and `?` do not match "/". */
export const FNM_PATHNAME: i32 = 1;
/** A leading "." must be matched by a ".". */
export const FNM_PERIOD: i32 = 2;
export const FNM_CASEFOLD: i32 = 4;
/** The pattern may also match a prefix of the text that ends before a "/". */
export const FNM_LEADING_DIR: i32 = 8;

export function fnmatch(pattern: string, text: string, flags: i32): bool {
  let p = 0;
  let t = 0;
  // Where to resume when the text after the last `*` does not match: one more character goes to the star.
  let starPattern = -1;
  let starText = -1;
  while (true) {
    if (p == pattern.length && (t == text.length || ((flags & FNM_LEADING_DIR) != 0 && byteAt(text, t) == 47))) return true;
    if (p < pattern.length && byteAt(pattern, p) == 42 && !hiddenAt(text, t, flags)) {
      starPattern = ++p;
      starText = t;
      continue;
    }
    const next = p < pattern.length && t < text.length ? matchOne(pattern, p, text, t, flags) : -1;
    if (next >= 0) {
      p = next;
      t += consumed;
      continue;
    }
    if (starPattern < 0 || starText >= text.length) return false;
    if ((flags & FNM_PATHNAME) != 0 && byteAt(text, starText) == 47) return false;
    decodeAt(text, starText);
    starText += charLength;
    p = starPattern;
    t = starText;
  }
}

function hiddenAt(text: string, t: i32, flags: i32): bool {
  if ((flags & FNM_PERIOD) == 0 || t >= text.length || byteAt(text, t) != 46) return false;
  return t == 0 || ((flags & FNM_PATHNAME) != 0 && byteAt(text, t - 1) == 47);
}

/** Bytes of the text that `matchOne` took. */
let consumed: i32 = 0;

/** Matches one pattern element that is no star against one character: the pattern index behind it, or -1. */
function matchOne(pattern: string, p: i32, text: string, t: i32, flags: i32): i32 {
  let c = decodeAt(text, t);
  consumed = charLength;
  if (c < 0) c = byteAt(text, t);
  const special = byteAt(pattern, p);
  const slash = c == 47 && (flags & FNM_PATHNAME) != 0;
  if (special == 63) return slash || hiddenAt(text, t, flags) ? -1 : p + 1;
  if (special == 91) {
    const cursor = new Cursor(pattern, false);
    cursor.at = p + 1;
    const negate = cursor.peek() == 33;
    if (negate) cursor.at++;
    const set = parseBracket(cursor, RE_BRACKET_ESCAPE);
    if (cursor.error.length == 0) {
      if (slash || hiddenAt(text, t, flags)) return -1;
      let found = set.has(c);
      if (!found && (flags & FNM_CASEFOLD) != 0) found = set.has(otherCase(c));
      return found != negate ? cursor.at : -1;
    }
  }
  if (special == 92 && p + 1 < pattern.length) p++;
  let want = decodeAt(pattern, p);
  const width = charLength;
  if (want < 0) want = byteAt(pattern, p);
  if (want == c || ((flags & FNM_CASEFOLD) != 0 && otherCase(want) == c)) return p + width;
  return -1;
}
