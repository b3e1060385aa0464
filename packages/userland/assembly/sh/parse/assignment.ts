import { EQUALS, nameLength } from "../chars";
import { PartKind, Word } from "./ast";

/** True for `name=...` where the name and the sign are unquoted. */
export function isAssignment(word: Word): bool {
  return assignmentName(word).length > 0;
}

/** The name an assignment word sets, "" when the word is not one. */
export function assignmentName(word: Word): string {
  if (word.parts.length == 0) return "";
  const first = word.parts[0];
  if (first.kind != PartKind.Literal || first.quoted) return "";
  const end = nameLength(first.text);
  if (end == 0 || end >= first.text.length || first.text.charCodeAt(end) != EQUALS) return "";
  return first.text.substring(0, end);
}
