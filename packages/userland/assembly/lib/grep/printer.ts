/** Writes selected lines and their context, with the prefixes and colours asked for. */
import { Regex } from "../regex/regex";
import { Settings } from "./settings";
import { stdout } from "../io";

const MATCH = "01;31";
const NAME = "35";
const NUMBER = "32";
const SEPARATOR = "36";

export class Printer {
  name: string = "";

  constructor(
    private settings: Settings,
    private regex: Regex,
  ) {}

  /** `mark`: ":" for a selected line, "-" for context. */
  private prefix(number: i64, offset: i64, mark: string): void {
    const s = this.settings;
    if (s.withNames == 1) {
      this.colored(NAME, this.name);
      if (s.zeroAfterName) stdout.writeByte(0);
      else this.colored(SEPARATOR, mark);
    }
    if (s.lineNumbers) {
      this.colored(NUMBER, number.toString().padStart(s.initialTab ? 3 : 0));
      this.colored(SEPARATOR, mark);
    }
    if (s.byteOffsets) {
      this.colored(NUMBER, offset.toString().padStart(s.initialTab ? 6 : 0));
      this.colored(SEPARATOR, mark);
    }
    if (s.initialTab && (s.withNames == 1 || s.lineNumbers || s.byteOffsets)) stdout.writeByte(9);
  }

  private colored(color: string, text: string): void {
    if (!this.settings.color) stdout.write(text);
    else stdout.write("\x1b[" + color + "m\x1b[K" + text + "\x1b[m\x1b[K");
  }

  groupSeparator(): void {
    const text = this.settings.groupSeparator;
    if (text === null) return;
    this.colored(SEPARATOR, text);
    stdout.writeByte(10);
  }

  /** A whole line of `length` bytes at `line`. */
  line(line: usize, length: i32, number: i64, offset: i64, selected: bool): void {
    const s = this.settings;
    this.prefix(number, offset, selected ? ":" : "-");
    if (s.color && selected != s.invert) this.highlight(line, length);
    else stdout.writeMemory(line, length);
    stdout.writeByte(s.separator);
    if (s.lineBuffered) stdout.flush();
  }

  private highlight(line: usize, length: i32): void {
    const regex = this.regex;
    let shown = 0;
    let at = 0;
    while (at <= length && regex.search(line, length, at, false)) {
      const start = regex.caps[0];
      const end = regex.caps[1];
      if (end > start) {
        stdout.writeMemory(line + shown, start - shown);
        stdout.write("\x1b[" + MATCH + "m\x1b[K");
        stdout.writeMemory(line + start, end - start);
        stdout.write("\x1b[m\x1b[K");
        shown = end;
      }
      at = max(end, start + 1);
    }
    stdout.writeMemory(line + shown, length - shown);
  }

  /** Every non-empty match of a line by itself (-o). */
  matches(line: usize, length: i32, number: i64, offset: i64): void {
    const s = this.settings;
    const regex = this.regex;
    let at = 0;
    while (at <= length && regex.search(line, length, at, false)) {
      const start = regex.caps[0];
      const end = regex.caps[1];
      if (end > start) {
        this.prefix(number, offset + start, ":");
        if (s.color) stdout.write("\x1b[" + MATCH + "m\x1b[K");
        stdout.writeMemory(line + start, end - start);
        if (s.color) stdout.write("\x1b[m\x1b[K");
        stdout.writeByte(s.separator);
      }
      at = end > start ? end : start + 1;
    }
    if (s.lineBuffered) stdout.flush();
  }
}
