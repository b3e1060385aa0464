/** Carries out an `s` command on a buffer. */
import { ByteBuffer } from "../byte-buffer";
import { PART_CASE, PART_TEXT, Substitution } from "./script";
import { Regex } from "../regex/regex";
import { CaseChange } from "./case";

/** Bytes of the character at `at`: 1 outside UTF-8 and for invalid bytes. */
export function charWidth(text: usize, length: i32, at: i32, utf8: bool): i32 {
  const lead = load<u8>(text + at);
  if (!utf8 || lead < 0xc2 || lead > 0xf4) return 1;
  const width = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (at + width > length) return 1;
  for (let i = 1; i < width; i++) if ((load<u8>(text + at + i) & 0xc0) != 0x80) return 1;
  return width;
}

/** Writes the edited text to `out`; false when nothing matched. */
export function substitute(s: Substitution, regex: Regex, space: ByteBuffer, out: ByteBuffer, utf8: bool): bool {
  const text = space.data;
  const length = space.length;
  let at = 0;
  let count = 0;
  let replaced = false;
  let previousEnd = -1;
  out.clear();
  while (at <= length && regex.search(text, length, at, false)) {
    const start = regex.caps[0];
    const end = regex.caps[1];
    out.append(text + at, start - at);
    // An empty match right behind the previous match is none.
    const counts = start != end || start != previousEnd;
    if (counts && ++count >= s.number) {
      replaced = true;
      if (s.highest > 0) regex.capture();
      appendReplacement(s, regex, text, out, utf8);
    } else out.append(text + start, end - start);
    at = end;
    previousEnd = end;
    if (replaced && !s.global) break;
    if (start == end) {
      if (at >= length) break;
      const width = charWidth(text, length, at, utf8);
      out.append(text + at, width);
      at += width;
    }
  }
  if (!replaced) return false;
  if (at < length) out.append(text + at, length - at);
  return true;
}

function appendReplacement(s: Substitution, regex: Regex, text: usize, out: ByteBuffer, utf8: bool): void {
  const change = s.changesCase ? new CaseChange(out, utf8) : null;
  for (let i = 0; i < s.parts.length; i++) {
    const part = s.parts[i];
    if (part.kind == PART_CASE) {
      change!.mode(part.value);
    } else if (part.kind == PART_TEXT) {
      if (change === null) out.appendText(part.text);
      else change.text(part.text);
    } else {
      const from = regex.caps[part.value * 2];
      if (from < 0) continue;
      const length = regex.caps[part.value * 2 + 1] - from;
      if (change === null) out.append(text + from, length);
      else change.bytes(text + from, length);
    }
  }
}
