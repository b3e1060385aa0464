// Character codes and classes of the shell grammar.
export const EOF: i32 = -1;
export const TAB: i32 = 0x09;
export const NEWLINE: i32 = 0x0a;
export const SPACE: i32 = 0x20;
export const BANG: i32 = 0x21;
export const DQUOTE: i32 = 0x22;
export const HASH: i32 = 0x23;
export const DOLLAR: i32 = 0x24;
export const PERCENT: i32 = 0x25;
export const AMPERSAND: i32 = 0x26;
export const SQUOTE: i32 = 0x27;
export const LPAREN: i32 = 0x28;
export const RPAREN: i32 = 0x29;
export const STAR: i32 = 0x2a;
export const PLUS: i32 = 0x2b;
export const DASH: i32 = 0x2d;
export const SLASH: i32 = 0x2f;
export const ZERO: i32 = 0x30;
export const NINE: i32 = 0x39;
export const COLON: i32 = 0x3a;
export const SEMICOLON: i32 = 0x3b;
export const LESS: i32 = 0x3c;
export const EQUALS: i32 = 0x3d;
export const GREATER: i32 = 0x3e;
export const QUESTION: i32 = 0x3f;
export const AT: i32 = 0x40;
export const LBRACKET: i32 = 0x5b;
export const BACKSLASH: i32 = 0x5c;
export const RBRACKET: i32 = 0x5d;
export const UNDERSCORE: i32 = 0x5f;
export const BACKQUOTE: i32 = 0x60;
export const LBRACE: i32 = 0x7b;
export const PIPE: i32 = 0x7c;
export const RBRACE: i32 = 0x7d;
export const TILDE: i32 = 0x7e;

export function isDigit(c: i32): bool {
  return c >= ZERO && c <= NINE;
}

export function isNameStart(c: i32): bool {
  const lower = c | 0x20;
  return (lower >= 0x61 && lower <= 0x7a) || c == UNDERSCORE;
}

export function isNameChar(c: i32): bool {
  return isNameStart(c) || isDigit(c);
}

/** Parameters whose name is one punctuation character. */
export function isSpecialParameter(c: i32): bool {
  return c == AT || c == STAR || c == HASH || c == QUESTION || c == DASH || c == DOLLAR || c == BANG;
}

/** Ends an unquoted word. */
export function isMeta(c: i32): bool {
  return (
    c == SPACE ||
    c == TAB ||
    c == NEWLINE ||
    c == SEMICOLON ||
    c == AMPERSAND ||
    c == PIPE ||
    c == LESS ||
    c == GREATER ||
    c == LPAREN ||
    c == RPAREN ||
    c == EOF
  );
}

/** Length of the name at the start of `text`, 0 when there is none. */
export function nameLength(text: string): i32 {
  const count = text.length;
  if (count == 0 || !isNameStart(text.charCodeAt(0))) return 0;
  let end = 1;
  while (end < count && isNameChar(text.charCodeAt(end))) end++;
  return end;
}

export function isName(text: string): bool {
  return text.length > 0 && nameLength(text) == text.length;
}

export function isNumber(text: string): bool {
  for (let i = 0; i < text.length; i++) if (!isDigit(text.charCodeAt(i))) return false;
  return text.length > 0;
}
