/** Which dialect a pattern is written in, and how its characters are read. */
/** Extended (`( ) | + ? { }` are operators) instead of basic. */
export const RE_EXTENDED: i32 = 1;
export const RE_ICASE: i32 = 2;
/** Characters are single bytes (LC_ALL=C) instead of UTF-8. */
export const RE_BYTES: i32 = 4;
/** `^` and `$` also match around newlines; `.` and `[^...]` do not match one. */
export const RE_NEWLINE: i32 = 8;
/** grep's reading of doubtful patterns: `a{x` and a leading `*` are taken literally, a lone `)` is an error. */
export const RE_GREP: i32 = 16;
/** The pattern is a plain string. */
export const RE_FIXED: i32 = 32;
/** Backslash escapes a character inside a bracket expression (awk). */
export const RE_BRACKET_ESCAPE: i32 = 64;
/** find's default dialect is close to basic, but `+` and `?` are operators without a backslash. */
export const RE_EMACS: i32 = 128;
