// Pattern matching notation (POSIX 2.13): * ? [...] with ranges and classes; a backslash quotes.
import { BACKSLASH, BANG, COLON, DASH, LBRACKET, QUESTION, RBRACKET, STAR } from "../chars";
import { charBytes } from "./locale";

/** True when the whole of `text` matches. */
export function matches(pattern: string, text: string): bool {
  return matchFrom(pattern, 0, text, 0);
}

function matchFrom(pattern: string, start: i32, text: string, from: i32): bool {
  let p = start;
  let t = from;
  // Where to go on when the text after a `*` did not fit: one byte later.
  let retryPattern = -1;
  let retryText = 0;
  const end = pattern.length;
  while (true) {
    if (p < end) {
      const c = pattern.charCodeAt(p);
      if (c == STAR) {
        while (p < end && pattern.charCodeAt(p) == STAR) p++;
        if (p == end) return true;
        retryPattern = p;
        retryText = t;
        continue;
      }
      if (t < text.length) {
        if (c == QUESTION) {
          p++;
          t += charBytes(text, t);
          continue;
        }
        if (c == LBRACKET) {
          const close = bracketEnd(pattern, p);
          if (close > 0) {
            const size = charBytes(text, t);
            if (matchBracket(pattern, p + 1, close, text, t, size)) {
              p = close + 1;
              t += size;
              continue;
            }
          } else if (text.charCodeAt(t) == LBRACKET) {
            p++;
            t++;
            continue;
          }
        } else {
          const escaped = c == BACKSLASH && p + 1 < end;
          if ((escaped ? pattern.charCodeAt(p + 1) : c) == text.charCodeAt(t)) {
            p += escaped ? 2 : 1;
            t++;
            continue;
          }
        }
      }
    } else if (t == text.length) {
      return true;
    }
    if (retryPattern < 0 || retryText >= text.length) return false;
    retryText += charBytes(text, retryText);
    p = retryPattern;
    t = retryText;
  }
}

/** Index of the `]` that closes the bracket at `open`, -1 when it is an ordinary character. */
export function bracketEnd(pattern: string, open: i32): i32 {
  let i = open + 1;
  if (i < pattern.length && pattern.charCodeAt(i) == BANG) i++;
  let first = true;
  while (i < pattern.length) {
    const c = pattern.charCodeAt(i);
    if (c == RBRACKET && !first) return i;
    first = false;
    if (c == BACKSLASH) i++;
    else if (c == LBRACKET && i + 1 < pattern.length && pattern.charCodeAt(i + 1) == COLON) {
      const close = pattern.indexOf(":]", i + 2);
      if (close >= 0) i = close + 1;
    }
    i++;
  }
  return -1;
}

/** The character at `at` as a number: its code point in a multi-byte locale. */
function codeAt(text: string, at: i32, size: i32): i32 {
  const lead = text.charCodeAt(at);
  if (size == 1) return lead;
  let code = lead & (0xff >> (size + 1));
  for (let i = 1; i < size; i++) code = (code << 6) | (text.charCodeAt(at + i) & 0x3f);
  return code;
}

function matchBracket(pattern: string, start: i32, close: i32, text: string, at: i32, size: i32): bool {
  const c = codeAt(text, at, size);
  let i = start;
  const negated = pattern.charCodeAt(i) == BANG;
  if (negated) i++;
  let found = false;
  while (i < close) {
    if (pattern.charCodeAt(i) == LBRACKET && pattern.charCodeAt(i + 1) == COLON) {
      const end = pattern.indexOf(":]", i + 2);
      if (end >= 0 && end < close) {
        if (inClass(pattern.substring(i + 2, end), c)) found = true;
        i = end + 2;
        continue;
      }
    }
    if (pattern.charCodeAt(i) == BACKSLASH && i + 1 < close) i++;
    let width = charBytes(pattern, i);
    const low = codeAt(pattern, i, width);
    i += width;
    let high = low;
    if (i + 1 < close && pattern.charCodeAt(i) == DASH) {
      i++;
      if (pattern.charCodeAt(i) == BACKSLASH && i + 1 < close) i++;
      width = charBytes(pattern, i);
      high = codeAt(pattern, i, width);
      i += width;
    }
    if (c >= low && c <= high) found = true;
  }
  return found != negated;
}

function inClass(name: string, c: i32): bool {
  const upper = c >= 0x41 && c <= 0x5a;
  const lower = c >= 0x61 && c <= 0x7a;
  const digit = c >= 0x30 && c <= 0x39;
  const graph = c > 0x20 && c < 0x7f;
  if (name == "alpha") return upper || lower;
  if (name == "digit") return digit;
  if (name == "alnum") return upper || lower || digit;
  if (name == "upper") return upper;
  if (name == "lower") return lower;
  if (name == "space") return c == 0x20 || (c >= 0x09 && c <= 0x0d);
  if (name == "blank") return c == 0x20 || c == 0x09;
  if (name == "punct") return graph && !upper && !lower && !digit;
  if (name == "print") return graph || c == 0x20;
  if (name == "graph") return graph;
  if (name == "cntrl") return c < 0x20 || c == 0x7f;
  if (name == "xdigit") return digit || ((c | 0x20) >= 0x61 && (c | 0x20) <= 0x66);
  return false;
}

/** Removes the escapes of a pattern. */
export function unescape(pattern: string): string {
  if (pattern.indexOf("\\") < 0) return pattern;
  let text = "";
  for (let i = 0; i < pattern.length; i++) {
    if (pattern.charCodeAt(i) == BACKSLASH && i + 1 < pattern.length) i++;
    text += pattern.charAt(i);
  }
  return text;
}
