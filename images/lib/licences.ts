import { existsSync, readFileSync, realpathSync } from "node:fs";
import { join } from "node:path";

/** Short names ("GPL-2+") of the licences in a package's copyright file; none when the file is prose. */
export function licences(root: string, name: string): readonly string[] {
  const path = join(root, "usr/share/doc", name, "copyright");
  // Some packages share the file of another by a link, which leads nowhere in the one package unpacked here.
  if (!existsSync(path) || !realpathSync(path).startsWith(realpathSync(root))) return [];
  const text = readFileSync(path, "utf8");
  const found = [...text.matchAll(/^License: *(\S[^\n]*)$/gm)].map((match) => (match[1] as string).trim());
  return [...new Set(found)].sort();
}
