// Pathname expansion (POSIX 2.13.3).
import { compareBytes } from "../../lib/bytes";
import { SLASH } from "../chars";
import { exists, isDirectory, listDirectory } from "../run/files";
import { Cells } from "./cells";
import { bracketEnd, matches, unescape } from "./pattern";

/** Appends the names a field matches, sorted; the field itself when there are none. */
export function globField(field: Cells, out: string[]): void {
  const found: string[] = [];
  walk("", components(field.pattern()), 0, found);
  if (found.length == 0) {
    out.push(field.text());
    return;
  }
  found.sort(compareBytes);
  for (let i = 0; i < found.length; i++) out.push(found[i]);
}

/** The pattern cut after every run of slashes: "/usr//li*" gives "/", "usr//", "li*". */
function components(pattern: string): string[] {
  const parts: string[] = [];
  let start = 0;
  for (let i = 0; i < pattern.length; i++) {
    if (pattern.charCodeAt(i) != SLASH) continue;
    while (i + 1 < pattern.length && pattern.charCodeAt(i + 1) == SLASH) i++;
    parts.push(pattern.substring(start, i + 1));
    start = i + 1;
  }
  if (start < pattern.length) parts.push(pattern.substring(start));
  return parts;
}

function isWild(pattern: string): bool {
  for (let i = 0; i < pattern.length; i++) {
    const c = pattern.charCodeAt(i);
    if (c == 0x5c) i++;
    else if (c == 0x2a || c == 0x3f) return true;
    else if (c == 0x5b && bracketEnd(pattern, i) > 0) return true;
  }
  return false;
}

function walk(prefix: string, parts: string[], index: i32, found: string[]): void {
  if (index == parts.length) {
    if (exists(prefix)) found.push(prefix);
    return;
  }
  const part = parts[index];
  const last = index == parts.length - 1;
  if (!isWild(part)) {
    walk(prefix + unescape(part), parts, index + 1, found);
    return;
  }
  let size = part.length;
  while (size > 0 && part.charCodeAt(size - 1) == SLASH) size--;
  const pattern = part.substring(0, size);
  const slashes = part.substring(size);
  const names = listDirectory(prefix.length == 0 ? "." : prefix);
  if (names === null) return;
  // A leading period must be matched by a period (2.13.3 rule 3).
  const hidden = pattern.charCodeAt(0) == 0x2e || pattern.startsWith("\\.");
  if (hidden) {
    names.push(".");
    names.push("..");
  }
  for (let i = 0; i < names.length; i++) {
    const name = names[i];
    if (name.charCodeAt(0) == 0x2e && !hidden) continue;
    if (!matches(pattern, name)) continue;
    const path = prefix + name;
    if (slashes.length == 0 && last) found.push(path);
    else if (isDirectory(path)) walk(path + slashes, parts, index + 1, found);
  }
}
