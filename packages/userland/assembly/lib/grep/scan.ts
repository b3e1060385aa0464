/** Runs one open file through the matcher. Lines are looked at in place, a buffer at a time. */
import { BINARY_NOTICE, BINARY_SKIP, BINARY_TEXT, Settings } from "./settings";
import { EINTR } from "../../../../abi/src/errno";
import { Printer } from "./printer";
import { Regex } from "../regex/regex";
import { indexOfByte, readInto, stdout, writeText } from "../io";
import { isValidUtf8 } from "../utf8-valid";

const INITIAL_BUFFER: i32 = 262144;

export class Scan {
  /** Lines selected in the last file. */
  selected: i64 = 0;
  /** The errno that ended the last file early. */
  error: i32 = 0;
  private buffer: usize = heap.alloc(INITIAL_BUFFER);
  private capacity: i32 = INITIAL_BUFFER;
  private used: i32 = 0;
  /** File offset of the buffer's first byte, and number of the line that starts at `counted`. */
  private base: i64 = 0;
  private counted: i32 = 0;
  private lineNumber: i64 = 1;
  /** File offset up to which lines were shown, -1 before the first; and whether any file's were. */
  private shown: i64 = -1;
  private shownAny: bool = false;
  private trailing: i32 = 0;
  private binary: bool = false;
  private done: bool = false;
  private lineStart: i32 = 0;
  private lineEnd: i32 = 0;

  constructor(
    private settings: Settings,
    private regex: Regex,
    private printer: Printer,
    private utf8: bool,
  ) {}

  /** Reads `fd` to its end, or until the outcome is settled. */
  run(fd: i32, name: string): void {
    this.printer.name = name;
    this.selected = 0;
    this.error = 0;
    this.used = 0;
    this.base = 0;
    this.counted = 0;
    this.lineNumber = 1;
    this.shown = -1;
    this.trailing = 0;
    this.binary = false;
    this.done = this.settings.limit == 0;
    let from = 0;
    let first = true;
    while (!this.done) {
      const count = this.fill(fd);
      if (first && count > 0) this.binary = this.looksBinary(0, this.used);
      first = false;
      if (this.binary && this.settings.binary == BINARY_SKIP) return;
      let limit = this.used;
      if (count > 0) {
        while (limit > from && load<u8>(this.buffer + limit - 1) != <u8>this.settings.separator) limit--;
        if (limit == from) {
          if (this.used == this.capacity) this.makeRoom(from);
          from = this.kept;
          continue;
        }
      }
      if (limit > from) this.lines(from, limit);
      if (count <= 0 || this.done) break;
      this.makeRoom(limit);
      from = this.kept;
    }
    if (this.binary && this.selected > 0 && this.settings.showsLines && this.settings.binary == BINARY_NOTICE) {
      stdout.flush();
      writeText(2, "grep: " + name + ": binary file matches\n");
    }
  }

  /** Where the unprocessed rest begins after `makeRoom`. */
  private kept: i32 = 0;

  private fill(fd: i32): i32 {
    let count = readInto(fd, this.buffer + this.used, this.capacity - this.used);
    while (count == -EINTR) count = readInto(fd, this.buffer + this.used, this.capacity - this.used);
    if (count < 0) this.error = -count;
    else this.used += count;
    return count;
  }

  /** Moves what is still needed (the rest from `from`, and lines that may become context) to the front. */
  private makeRoom(from: i32): void {
    let keep = from;
    for (let i = 0; i < this.settings.before && keep > this.floor; i++) keep = this.startOfLine(keep - 1, this.floor);
    this.countTo(keep);
    memory.copy(this.buffer, this.buffer + keep, this.used - keep);
    this.used -= keep;
    this.base += keep;
    this.counted = 0;
    this.kept = from - keep;
    if (this.used * 2 > this.capacity) {
      this.capacity *= 2;
      this.buffer = heap.realloc(this.buffer, this.capacity);
    }
  }

  private looksBinary(from: i32, to: i32): bool {
    if (this.settings.binary == BINARY_TEXT) return false;
    const length = to - from;
    return this.settings.separator == 10 && indexOfByte(this.buffer + from, length, 0) >= 0;
  }

  /** A line about to be shown makes its file binary when it is not text. */
  private checkLine(): bool {
    if (this.binary || this.settings.binary == BINARY_TEXT) return this.binary;
    const start = this.buffer + this.lineStart;
    const length = this.lineEnd - this.lineStart;
    this.binary = this.looksBinary(this.lineStart, this.lineEnd) || (this.utf8 && !isValidUtf8(start, length));
    return this.binary;
  }

  /** Start of the line that holds index `at`, not before `low`. */
  private startOfLine(at: i32, low: i32): i32 {
    while (at > low && load<u8>(this.buffer + at - 1) != <u8>this.settings.separator) at--;
    return at;
  }

  private endOfLine(at: i32, limit: i32): i32 {
    const index = indexOfByte(this.buffer + at, limit - at, <u8>this.settings.separator);
    return index < 0 ? limit : at + index;
  }

  /** Finds the next line with a match in from..limit (both at line bounds). */
  private nextMatch(from: i32, limit: i32): bool {
    const last = load<u8>(this.buffer + limit - 1) == <u8>this.settings.separator ? limit - 1 : limit;
    while (from <= last) {
      const at = this.regex.findLine(this.buffer, from, last);
      if (at < 0) return false;
      this.lineStart = this.startOfLine(at, from);
      this.lineEnd = this.endOfLine(at, last);
      if (!this.regex.usesBackrefs) return true;
      if (this.regex.search(this.buffer + this.lineStart, this.lineEnd - this.lineStart, 0, false)) return true;
      from = this.lineEnd + 1;
    }
    return false;
  }

  /** All complete lines of from..limit. */
  private lines(from: i32, limit: i32): void {
    while (from < limit && !this.done) {
      const found = this.nextMatch(from, limit);
      if (!this.settings.invert) {
        if (!found) break;
        from = this.lineEnd + 1;
        this.select();
        continue;
      }
      const stop = found ? this.lineStart : limit;
      const next = found ? this.lineEnd + 1 : limit;
      while (from < stop && !this.done) {
        this.lineStart = from;
        this.lineEnd = this.endOfLine(from, limit);
        from = this.lineEnd + 1;
        this.select();
      }
      from = next;
    }
    if (this.settings.context) this.after(limit);
  }

  private select(): void {
    const s = this.settings;
    this.selected++;
    if (s.firstMatchDecides) {
      this.done = true;
      return;
    }
    if (s.showsLines) {
      if (this.checkLine()) this.done = s.binary == BINARY_NOTICE;
      else this.show();
    }
    if (s.limit >= 0 && this.selected >= s.limit) {
      if (s.context && s.showsLines) this.afterLast();
      this.done = true;
    }
  }

  private show(): void {
    const s = this.settings;
    const start = this.lineStart;
    const end = this.lineEnd;
    if (s.context) this.before(start);
    this.countTo(start);
    const at = this.buffer + start;
    if (s.onlyMatching) {
      if (!s.invert) this.printer.matches(at, end - start, this.lineNumber, this.base + start);
    } else this.printer.line(at, end - start, this.lineNumber, this.base + start, true);
    this.shown = this.base + end + 1;
    this.shownAny = true;
    this.trailing = s.after;
  }

  /** First buffer index not shown yet. */
  private get floor(): i32 {
    return <i32>max(this.shown - this.base, 0);
  }

  /** Trailing context of the previous match, a separator, leading context of the line at `start`. */
  private before(start: i32): void {
    this.after(start);
    let from = start;
    for (let i = 0; i < this.settings.before && from > this.floor; i++) from = this.startOfLine(from - 1, this.floor);
    if (this.shownAny && this.base + from != this.shown) this.printer.groupSeparator();
    while (from < start) {
      this.contextLine(from, start);
      from = this.floor;
    }
  }

  /** Shows the context due after the last match, up to `limit`. */
  private after(limit: i32): void {
    while (this.trailing > 0 && this.floor < limit) {
      this.trailing--;
      this.contextLine(this.floor, limit);
    }
  }

  /** After the last line -m allows: the rest of its context that is at hand. */
  private afterLast(): void {
    while (this.trailing > 0 && this.floor < this.used) {
      this.lineStart = this.floor;
      this.lineEnd = this.endOfLine(this.lineStart, this.used);
      if (this.regexMatchesHere() != this.settings.invert) return;
      this.trailing--;
      this.contextLine(this.lineStart, this.used);
    }
  }

  private regexMatchesHere(): bool {
    return this.regex.search(this.buffer + this.lineStart, this.lineEnd - this.lineStart, 0, false);
  }

  private contextLine(start: i32, limit: i32): void {
    const end = this.endOfLine(start, limit);
    this.countTo(start);
    if (!this.settings.onlyMatching) {
      this.printer.line(this.buffer + start, end - start, this.lineNumber, this.base + start, false);
    }
    this.shown = this.base + end + 1;
  }

  /** Brings the line number up to the line that starts at `to`. */
  private countTo(to: i32): void {
    if (!this.settings.lineNumbers) return;
    let at = this.counted;
    while (at < to) {
      const index = indexOfByte(this.buffer + at, to - at, <u8>this.settings.separator);
      if (index < 0) break;
      at += index + 1;
      this.lineNumber++;
    }
    this.counted = to;
  }
}
