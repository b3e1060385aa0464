/** The changes as runs, and the three ways of printing them. */
import { Lines } from "./lines";
import { Script } from "./myers";
import { stdout } from "../io";

export class Change {
  constructor(
    public line0: i32,
    public line1: i32,
    public deleted: i32,
    public inserted: i32,
  ) {}
}

export function changesOf(a: Lines, b: Lines): Array<Change> {
  const script = new Script(a.classes, b.classes);
  const changes: Array<Change> = [];
  let x = 0;
  let y = 0;
  while (x < a.count || y < b.count) {
    if (!(x < a.count && script.deleted[x]) && !(y < b.count && script.inserted[y])) {
      x++;
      y++;
      continue;
    }
    const change = new Change(x, y, 0, 0);
    while (x < a.count && script.deleted[x]) x++;
    while (y < b.count && script.inserted[y]) y++;
    change.deleted = x - change.line0;
    change.inserted = y - change.line1;
    changes.push(change);
  }
  return changes;
}

function put(prefix: string, file: Lines, line: i32): void {
  stdout.write(prefix);
  stdout.writeLine(file.lines[line]);
  if (file.unterminated && line == file.count - 1) stdout.writeLine("\\ No newline at end of file");
}

/** "3", "3,5", or the line before an empty range. */
function range(start: i32, count: i32, separator: string): string {
  if (count == 0) return start.toString();
  return count == 1 ? (start + 1).toString() : (start + 1).toString() + separator + (start + count).toString();
}

export function printNormal(a: Lines, b: Lines, changes: Array<Change>): void {
  for (let i = 0; i < changes.length; i++) {
    const c = changes[i];
    const letter = c.deleted == 0 ? "a" : c.inserted == 0 ? "d" : "c";
    stdout.writeLine(range(c.line0, c.deleted, ",") + letter + range(c.line1, c.inserted, ","));
    for (let k = 0; k < c.deleted; k++) put("< ", a, c.line0 + k);
    if (c.deleted > 0 && c.inserted > 0) stdout.writeLine("---");
    for (let k = 0; k < c.inserted; k++) put("> ", b, c.line1 + k);
  }
}

/** Index behind the changes that share a hunk with change `first`. */
function hunkEnd(changes: Array<Change>, first: i32, context: i32): i32 {
  let last = first + 1;
  while (last < changes.length) {
    const previous = changes[last - 1];
    if (changes[last].line0 - (previous.line0 + previous.deleted) > 2 * context) break;
    last++;
  }
  return last;
}

function unifiedRange(start: i32, count: i32): string {
  if (count == 0) return start.toString() + ",0";
  return count == 1 ? (start + 1).toString() : (start + 1).toString() + "," + count.toString();
}

export function printUnified(a: Lines, b: Lines, changes: Array<Change>, context: i32): void {
  for (let i = 0; i < changes.length; ) {
    const end = hunkEnd(changes, i, context);
    const first = changes[i];
    const last = changes[end - 1];
    const before = min(context, min(first.line0, first.line1));
    const after = min(context, min(a.count - last.line0 - last.deleted, b.count - last.line1 - last.inserted));
    const start0 = first.line0 - before;
    const start1 = first.line1 - before;
    const count0 = last.line0 + last.deleted + after - start0;
    const count1 = last.line1 + last.inserted + after - start1;
    stdout.writeLine("@@ -" + unifiedRange(start0, count0) + " +" + unifiedRange(start1, count1) + " @@");
    let at = start0;
    for (; i < end; i++) {
      const c = changes[i];
      while (at < c.line0) put(" ", a, at++);
      for (let k = 0; k < c.deleted; k++) put("-", a, at++);
      for (let k = 0; k < c.inserted; k++) put("+", b, c.line1 + k);
    }
    for (let k = 0; k < after; k++) put(" ", a, at++);
  }
}

function contextRange(start: i32, count: i32): string {
  if (count == 0) return start.toString();
  return count == 1 ? (start + 1).toString() : (start + 1).toString() + "," + (start + count).toString();
}

export function printContext(a: Lines, b: Lines, changes: Array<Change>, context: i32): void {
  for (let i = 0; i < changes.length; ) {
    const end = hunkEnd(changes, i, context);
    const first = changes[i];
    const last = changes[end - 1];
    const before = min(context, min(first.line0, first.line1));
    const after = min(context, min(a.count - last.line0 - last.deleted, b.count - last.line1 - last.inserted));
    let deletions = 0;
    let insertions = 0;
    for (let k = i; k < end; k++) {
      deletions += changes[k].deleted;
      insertions += changes[k].inserted;
    }
    const start0 = first.line0 - before;
    const start1 = first.line1 - before;
    const end0 = last.line0 + last.deleted + after;
    const end1 = last.line1 + last.inserted + after;
    stdout.writeLine("***************");
    stdout.writeLine("*** " + contextRange(start0, end0 - start0) + " ****");
    if (deletions > 0) contextSide(a, changes, i, end, start0, end0, true);
    stdout.writeLine("--- " + contextRange(start1, end1 - start1) + " ----");
    if (insertions > 0) contextSide(b, changes, i, end, start1, end1, false);
    i = end;
  }
}

function contextSide(file: Lines, changes: Array<Change>, from: i32, to: i32, start: i32, end: i32, old: bool): void {
  let at = start;
  for (let i = from; i < to; i++) {
    const c = changes[i];
    const line = old ? c.line0 : c.line1;
    const count = old ? c.deleted : c.inserted;
    while (at < line) put("  ", file, at++);
    const mark = c.deleted > 0 && c.inserted > 0 ? "! " : old ? "- " : "+ ";
    for (let k = 0; k < count; k++) put(mark, file, at++);
  }
  while (at < end) put("  ", file, at++);
}
