/** The arguments of `s`: pattern, replacement, flags. */
import { PART_CASE, PART_GROUP, PART_TEXT, ReplacementPart, Substitution } from "./script";
import { byteAt, fromByte, isDigit } from "../bytes";
import { decodeEscape, escapeEnd } from "./escape";
import { RE_ICASE, RE_NEWLINE } from "../regex/syntax";
import { ScriptParser } from "./parse";

export function parseSubstitution(parser: ScriptParser): Substitution {
  const source = parser.source;
  const out = new Substitution();
  const delimiter = source.next();
  const pattern = parser.delimited(delimiter, true);
  if (!parser.terminated) source.fail("unterminated `s' command");
  const replacement = parser.delimited(delimiter, false);
  if (!parser.terminated) source.fail("unterminated `s' command");
  parseReplacement(out, replacement);
  const syntax = parseFlags(parser, out);
  const regex = parser.regex(pattern, syntax);
  out.regex = regex;
  if (regex !== null && out.highest > regex.groups) {
    source.fail("invalid reference \\" + out.highest.toString() + " on `s' command's RHS");
  }
  return out;
}

function addText(out: Substitution, text: string): void {
  const n = out.parts.length;
  if (n == 0 || out.parts[n - 1].kind != PART_TEXT) out.parts.push(new ReplacementPart(PART_TEXT, 0));
  out.parts[out.parts.length - 1].text += text;
}

function addGroup(out: Substitution, group: i32): void {
  out.parts.push(new ReplacementPart(PART_GROUP, group));
  if (group > out.highest) out.highest = group;
}

function parseReplacement(out: Substitution, text: string): void {
  for (let i = 0; i < text.length; i++) {
    const c = byteAt(text, i);
    if (c == 38) addGroup(out, 0);
    else if (c != 92 || i + 1 == text.length) addText(out, fromByte(c));
    else {
      const byte = decodeEscape(text, i + 1);
      if (byte >= 0) {
        addText(out, fromByte(byte));
        i = escapeEnd - 1;
        continue;
      }
      const next = byteAt(text, ++i);
      if (isDigit(next)) addGroup(out, next - 48);
      else if ("LUElu".includes(fromByte(next))) {
        out.parts.push(new ReplacementPart(PART_CASE, next));
        out.changesCase = true;
      } else addText(out, next == 110 ? "\n" : fromByte(next));
    }
  }
}

/** Reads the flags up to the command's end and returns those the pattern needs. */
function parseFlags(parser: ScriptParser, out: Substitution): i32 {
  const source = parser.source;
  let syntax = 0;
  let numbered = false;
  while (true) {
    const c = source.next();
    if (c == 105 || c == 73) syntax |= RE_ICASE;
    else if (c == 109 || c == 77) syntax |= RE_NEWLINE;
    else if (c == 112) {
      if (out.print > 0) source.fail("multiple `p' options to `s' command");
      out.print = 1;
    } else if (c == 103) {
      if (out.global) source.fail("multiple `g' options to `s' command");
      out.global = true;
    } else if (c == 119) {
      out.output = parser.output(parser.fileName());
      return syntax;
    } else if (isDigit(c)) {
      if (numbered) source.fail("multiple number options to `s' command");
      source.back();
      out.number = <i32>min(parser.number(), <i64>i32.MAX_VALUE);
      if (out.number == 0) source.fail("number option to `s' command may not be zero");
      numbered = true;
    } else if (c == 125 || c == 35) {
      source.back();
      return syntax;
    } else if (c < 0 || c == 10 || c == 59) return syntax;
    else if (c != 32 && c != 9 && c != 13) source.fail("unknown option to `s'");
  }
}
