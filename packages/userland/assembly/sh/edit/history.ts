// Lines typed before, in memory and in ~/.sh_history.
import { FDFLAGS_APPEND, OFLAGS_CREAT, OFLAGS_TRUNC } from "../../../../abi/src/wasi";
import { toMemory } from "../../lib/bytes";
import { writeAll } from "../../lib/io";
import { close, open, readWholeFile } from "../run/files";
import { lookup } from "../vars";

/** Lines kept; the file is cut back to as many when the shell starts. */
const LIMIT: i32 = 1000;

let entries: string[] = [];

export function historyEntries(): string[] {
  return entries;
}

function historyPath(): string {
  const named = lookup("HISTFILE");
  if (named !== null) return named;
  const home = lookup("HOME");
  return home === null ? "" : home + "/.sh_history";
}

function write(path: string, text: string, append: bool): void {
  const fd = open(path, 2, append ? OFLAGS_CREAT : OFLAGS_CREAT | OFLAGS_TRUNC, append ? FDFLAGS_APPEND : 0);
  if (fd < 0) return;
  const bytes = heap.alloc(text.length);
  toMemory(text, bytes);
  writeAll(fd, bytes, text.length);
  heap.free(bytes);
  close(fd);
}

export function loadHistory(): void {
  const path = historyPath();
  const text = path.length > 0 ? readWholeFile(path) : null;
  if (text === null) return;
  const lines = text.split("\n");
  entries = [];
  for (let i = 0; i < lines.length; i++) if (lines[i].length > 0) entries.push(lines[i]);
  if (entries.length <= LIMIT) return;
  entries = entries.slice(entries.length - LIMIT);
  write(path, entries.join("\n") + "\n", false);
}

/** Remembers a line, unless it is blank, begins with a space or repeats the one before. */
export function remember(line: string): void {
  if (line.trim().length == 0 || line.charCodeAt(0) == 0x20) return;
  if (entries.length > 0 && entries[entries.length - 1] == line) return;
  entries.push(line);
  if (entries.length > LIMIT) entries.shift();
  const path = historyPath();
  if (path.length > 0) write(path, line + "\n", true);
}
