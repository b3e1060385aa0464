/** Assertions at a position, decided from the bytes on its two sides. */
import {
  ASSERT_LINE_END, ASSERT_LINE_START, ASSERT_NOT_WORD_EDGE, ASSERT_NO_WORD_AFTER, ASSERT_NO_WORD_BEFORE,
  ASSERT_TEXT_END, ASSERT_TEXT_START, ASSERT_WORD_EDGE, ASSERT_WORD_END, ASSERT_WORD_START,
} from "./node";

/** What lies on one side of a position. */
export const SIDE_EDGE: i32 = 1;
export const SIDE_NEWLINE: i32 = 2;
export const SIDE_WORD: i32 = 4;
/** The text's edge, but not a line's (REG_NOTBOL). */
export const SIDE_NOT_LINE: i32 = 8;

/**
 * The side that `byte` (-1: the text's edge) makes. Every byte of a multibyte character counts as a word
 * character: letters far outnumber the rest, and the DFA sees one byte at a time.
 */
export function sideOf(byte: i32, utf8: bool): i32 {
  if (byte < 0) return SIDE_EDGE;
  if (byte == 10) return SIDE_NEWLINE;
  const lower = byte | 32;
  if ((lower >= 97 && lower <= 122) || (byte >= 48 && byte <= 57) || byte == 95) return SIDE_WORD;
  return utf8 && byte >= 0x80 ? SIDE_WORD : 0;
}

/** `multiline`: `^` and `$` also hold around newlines. */
export function holds(kind: i32, before: i32, after: i32, multiline: bool): bool {
  const wordBefore = (before & SIDE_WORD) != 0;
  const wordAfter = (after & SIDE_WORD) != 0;
  switch (kind) {
    case ASSERT_LINE_START:
      return ((before & SIDE_EDGE) != 0 && (before & SIDE_NOT_LINE) == 0) || (multiline && (before & SIDE_NEWLINE) != 0);
    case ASSERT_LINE_END:
      return (after & SIDE_EDGE) != 0 || (multiline && (after & SIDE_NEWLINE) != 0);
    case ASSERT_TEXT_START:
      return (before & SIDE_EDGE) != 0;
    case ASSERT_TEXT_END:
      return (after & SIDE_EDGE) != 0;
    case ASSERT_WORD_EDGE:
      return wordBefore != wordAfter;
    case ASSERT_NOT_WORD_EDGE:
      return wordBefore == wordAfter;
    case ASSERT_WORD_START:
      return !wordBefore && wordAfter;
    case ASSERT_WORD_END:
      return wordBefore && !wordAfter;
    case ASSERT_NO_WORD_BEFORE:
      return !wordBefore;
    case ASSERT_NO_WORD_AFTER:
      return !wordAfter;
    default:
      return false;
  }
}
