/** Runs a script over the input. */
import {
  ADDRESS_LAST, ADDRESS_LINE, ADDRESS_MULTIPLE, ADDRESS_PLUS, ADDRESS_REGEX, Address, Command, RANGE_ACTIVE,
  RANGE_CLOSED, RANGE_INACTIVE, Script,
} from "./script";
import { ByteBuffer } from "../byte-buffer";
import { Appends } from "./appends";
import { Input } from "./input";
import { Output, standardOutput } from "./output";
import { Regex } from "../regex/regex";
import { charWidth, substitute } from "./substitute";
import { proc_exit } from "../wasi";
import { unambiguous } from "./unambiguous";
import { writeText } from "../io";

/** What the end of a command means for the cycle. */
const GO_ON: i32 = 0;
const END_CYCLE: i32 = 1;
const DELETE: i32 = 2;
const RESTART: i32 = 3;
const QUIT: i32 = 4;
const QUIT_SILENTLY: i32 = 5;

export class Executor {
  status: i32 = 0;
  private space: ByteBuffer = new ByteBuffer();
  private hold: ByteBuffer = new ByteBuffer();
  private scratch: ByteBuffer = new ByteBuffer();
  private appends: Appends;
  private last: Regex | null = null;
  private replaced: bool = false;
  private terminated: bool = true;
  /** What `terminated` was when the hold space was filled; it travels with the text. */
  private holdTerminated: bool = true;
  private next: i32 = 0;

  constructor(
    private script: Script,
    private input: Input,
    private quiet: bool,
    private separator: i32,
    private lineLength: i32,
    private utf8: bool,
  ) {
    this.appends = new Appends(separator);
  }

  private get output(): Output {
    const edited = this.input.edited;
    return edited === null ? standardOutput : edited;
  }

  run(): void {
    let outcome = GO_ON;
    while (outcome != QUIT && outcome != QUIT_SILENTLY) {
      if (outcome != RESTART) {
        this.space.clear();
        if (!this.read()) break;
      }
      outcome = this.cycle();
      if (outcome != DELETE && outcome != RESTART && outcome != QUIT_SILENTLY && !this.quiet) this.print(this.space.length);
      if (outcome != QUIT_SILENTLY) this.appends.flush(this.output);
    }
    this.input.finishFile();
  }

  private read(): bool {
    if (!this.input.next(this.space)) return false;
    this.terminated = this.input.terminated;
    this.replaced = false;
    return true;
  }

  private print(length: i32): void {
    this.output.line(this.space.data, length, this.terminated, this.separator);
  }

  private cycle(): i32 {
    const commands = this.script.commands;
    this.next = 0;
    while (this.next < commands.length) {
      const command = commands[this.next++];
      if (this.selects(command) == command.negate) {
        if (command.letter == 123) this.next = command.target;
        continue;
      }
      const outcome = this.perform(command);
      if (outcome != GO_ON) return outcome;
    }
    return END_CYCLE;
  }

  private regexOf(regex: Regex | null): Regex {
    if (regex === null) regex = this.last;
    if (regex === null) {
      writeText(2, "sed: -e expression #1, char 0: no previous regular expression\n");
      proc_exit(1);
    }
    this.last = regex;
    return regex!;
  }

  private matches(regex: Regex | null): bool {
    const found = this.regexOf(regex);
    const result = found.search(this.space.data, this.space.length, 0, false);
    this.check(found);
    return result;
  }

  private check(regex: Regex): void {
    if (!regex.exhausted) return;
    writeText(2, "sed: too many ways to match a pattern with back-references\n");
    proc_exit(4);
  }

  private hits(address: Address): bool {
    const line = this.input.lineNumber;
    if (address.kind == ADDRESS_LINE) return line == address.first;
    if (address.kind == ADDRESS_LAST) return this.input.isLast();
    if (address.kind == ADDRESS_REGEX) return this.matches(address.regex);
    if (address.step <= 0) return line == address.first;
    return line >= address.first && (line - address.first) % address.step == 0;
  }

  private selects(command: Command): bool {
    const a1 = command.a1;
    if (a1 === null) return true;
    const a2 = command.a2;
    if (a2 === null) return this.hits(a1);
    const line = this.input.lineNumber;
    if (command.range == RANGE_ACTIVE) return this.continues(command, a2, line);
    // A closed range whose start is a line number cannot begin again.
    if (command.range == RANGE_CLOSED && a1.kind == ADDRESS_LINE && line != a1.first) return false;
    if (!this.hits(a1)) return false;
    if (a2.kind == ADDRESS_LINE) command.rangeEnd = a2.first;
    else if (a2.kind == ADDRESS_PLUS) command.rangeEnd = line + a2.first;
    else if (a2.kind == ADDRESS_MULTIPLE) {
      command.rangeEnd = a2.first <= 0 ? line : ((line + a2.first - 1) / a2.first) * a2.first;
    } else {
      command.range = RANGE_ACTIVE;
      return true;
    }
    command.range = command.rangeEnd > line ? RANGE_ACTIVE : RANGE_CLOSED;
    return true;
  }

  private continues(command: Command, a2: Address, line: i64): bool {
    if (a2.kind == ADDRESS_LAST || a2.kind == ADDRESS_REGEX) {
      if (this.hits(a2)) command.range = RANGE_CLOSED;
      return true;
    }
    if (line >= command.rangeEnd) command.range = RANGE_CLOSED;
    if (line <= command.rangeEnd) return true;
    return this.hits(command.a1!);
  }

  private perform(command: Command): i32 {
    const space = this.space;
    switch (command.letter) {
      case 61: // =
        this.output.text(this.input.lineNumber.toString() + "\n", this.separator);
        break;
      case 97: // a
        this.appends.addText(command.text);
        break;
      case 105: // i
        this.output.text(command.text, this.separator);
        break;
      case 99: // c
        if (command.range != RANGE_ACTIVE || command.a2 === null) this.output.text(command.text, this.separator);
        return DELETE;
      case 98: // b
        this.next = command.target;
        break;
      case 100: // d
        return DELETE;
      case 68: { // D
        const end = space.indexOf(<u8>this.separator, 0);
        if (end < 0) return DELETE;
        space.dropFront(end + 1);
        return RESTART;
      }
      case 70: // F
        this.output.text(this.input.name + "\n", this.separator);
        break;
      case 103: // g
        space.clear();
        space.appendBuffer(this.hold);
        this.terminated = this.holdTerminated;
        break;
      case 71: // G
        space.appendByte(this.separator);
        space.appendBuffer(this.hold);
        this.terminated = this.holdTerminated;
        break;
      case 104: // h
        this.hold.clear();
        this.hold.appendBuffer(space);
        this.holdTerminated = this.terminated;
        break;
      case 72: // H
        this.hold.appendByte(this.separator);
        this.hold.appendBuffer(space);
        break;
      case 120: { // x
        this.space = this.hold;
        this.hold = space;
        const terminated = this.terminated;
        this.terminated = this.holdTerminated;
        this.holdTerminated = terminated;
        break;
      }
      case 108: // l
        this.output.text(unambiguous(space, command.number >= 0 ? command.number : this.lineLength), this.separator);
        break;
      case 110: // n
        if (this.input.isEnd()) return QUIT;
        if (!this.quiet) this.print(space.length);
        this.appends.flush(this.output);
        space.clear();
        if (!this.readMore()) return QUIT_SILENTLY;
        break;
      case 78: // N
        if (this.input.isEnd()) return QUIT;
        this.appends.flush(this.output);
        space.appendByte(this.separator);
        if (!this.readMore()) return QUIT;
        break;
      case 112: // p
        this.print(space.length);
        break;
      case 80: { // P
        const end = space.indexOf(<u8>this.separator, 0);
        this.output.line(space.data, end < 0 ? space.length : end, end >= 0 || this.terminated, this.separator);
        break;
      }
      case 113: // q
        this.status = max(command.number, 0);
        return QUIT;
      case 81: // Q
        this.status = max(command.number, 0);
        return QUIT_SILENTLY;
      case 114: // r
        this.appends.addFile(command.text);
        break;
      case 82: // R
        this.appends.addLine(command.text);
        break;
      case 115: // s
        this.substitute(command);
        break;
      case 116: // t
        if (this.replaced) this.next = command.target;
        this.replaced = false;
        break;
      case 84: // T
        if (!this.replaced) this.next = command.target;
        this.replaced = false;
        break;
      case 119: // w
        command.output!.line(space.data, space.length, this.terminated, this.separator);
        break;
      case 87: { // W
        const end = space.indexOf(<u8>this.separator, 0);
        command.output!.line(space.data, end < 0 ? space.length : end, end >= 0 || this.terminated, this.separator);
        break;
      }
      case 121: // y
        this.transliterate(command);
        break;
      case 122: // z
        space.clear();
        break;
    }
    return GO_ON;
  }

  private readMore(): bool {
    const replaced = this.replaced;
    const more = this.read();
    this.replaced = replaced;
    return more;
  }

  private substitute(command: Command): void {
    const s = command.substitution!;
    const regex = this.regexOf(s.regex);
    const found = substitute(s, regex, this.space, this.scratch, this.utf8);
    this.check(regex);
    if (!found) return;
    const old = this.space;
    this.space = this.scratch;
    this.scratch = old;
    this.replaced = true;
    if (s.print > 0) this.print(this.space.length);
    const output = s.output;
    if (output !== null) output.line(this.space.data, this.space.length, this.terminated, this.separator);
  }

  private transliterate(command: Command): void {
    const space = this.space;
    const out = this.scratch;
    out.clear();
    let at = 0;
    while (at < space.length) {
      const width = charWidth(space.data, space.length, at, this.utf8);
      const to = mapped(command.map, space.data + at, width);
      if (to === null) out.append(space.data + at, width);
      else out.appendText(to);
      at += width;
    }
    this.scratch = space;
    this.space = out;
  }
}

/** What the character of `width` bytes at `from` becomes, or null. */
function mapped(map: Array<string>, from: usize, width: i32): string | null {
  for (let i = 0; i < map.length; i += 2) {
    const key = map[i];
    if (key.length != width) continue;
    let same = true;
    for (let k = 0; k < width; k++) if (key.charCodeAt(k) != <i32>load<u8>(from + k)) same = false;
    if (same) return map[i + 1];
  }
  return null;
}
