/** Script text to commands. Messages and their character counts are GNU sed's. */
import { ADDRESS_LAST, ADDRESS_LINE, ADDRESS_MULTIPLE, ADDRESS_PLUS, ADDRESS_REGEX, ADDRESS_STEP, Address, Command, RANGE_ACTIVE, Script } from "./script";
import { RE_BYTES, RE_EXTENDED, RE_ICASE, RE_NEWLINE } from "../regex/syntax";
import { Regex, compileRegex, regexError } from "../regex/regex";
import { byteAt, fromByte, isDigit } from "../bytes";
import { charLength, decodeAt } from "../utf8";
import { Output, outputError, outputNamed } from "./output";
import { Source } from "./source";
import { decodeEscape, escapeEnd, unescapePattern } from "./escape";
import { errorText } from "../errno-text";
import { parseSubstitution } from "./parse-substitution";
import { proc_exit } from "../wasi";
import { writeText } from "../io";

export class ScriptParser {
  script: Script = new Script();
  private open: Array<i32> = [];

  constructor(
    public source: Source,
    private extended: bool,
    public utf8: bool,
  ) {}

  parse(): Script {
    const source = this.source;
    if (source.text.startsWith("#n") && (source.text.length == 2 || source.text.charAt(2) == "\n")) this.script.quiet = true;
    while (true) {
      let c = source.nextNonBlank(true);
      while (c == 59) c = source.nextNonBlank(true);
      if (c < 0) break;
      source.back();
      this.command();
    }
    if (this.open.length > 0) source.fail("unmatched `{'", 0);
    this.resolveLabels();
    return this.script;
  }

  private command(): void {
    const source = this.source;
    const command = new Command(0);
    this.addresses(command);
    let c = source.nextNonBlank(false);
    while (c == 33) {
      if (command.negate) source.fail("multiple `!'s");
      command.negate = true;
      c = source.nextNonBlank(false);
    }
    if (c < 0 || c == 10) source.fail("missing command");
    command.letter = c;
    if (c == 35) {
      if (command.a1 !== null) source.fail("comments don't accept any addresses");
      source.restOfLine();
      return;
    }
    this.argument(command, c);
  }

  private addresses(command: Command): void {
    const source = this.source;
    command.a1 = this.address(false);
    const a1 = command.a1;
    if (a1 === null) {
      if (source.peek() == 44) {
        source.next();
        source.fail("unexpected `,'");
      }
      return;
    }
    const c = source.nextNonBlank(false);
    if (c != 44) {
      source.back();
      if (a1.kind == ADDRESS_LINE && a1.first == 0) {
        source.at++;
        source.fail("invalid usage of line address 0");
      }
      return;
    }
    source.nextNonBlank(false);
    source.back();
    command.a2 = this.address(true);
    const a2 = command.a2;
    if (a2 === null) {
      if (source.peek() >= 0) source.at++;
      source.fail("unexpected `,'");
      return;
    }
    if (a1.kind == ADDRESS_LINE && a1.first == 0) {
      if (a2.kind != ADDRESS_REGEX) {
        source.at++;
        source.fail("invalid usage of line address 0");
      }
      command.range = RANGE_ACTIVE;
    }
  }

  private address(second: bool): Address | null {
    const source = this.source;
    const c = source.next();
    if (c == 36) return new Address(ADDRESS_LAST);
    if (c == 47 || c == 92) {
      const delimiter = c == 92 ? source.next() : c;
      const text = this.delimited(delimiter, true);
      if (!this.terminated) source.fail("unterminated address regex");
      let flags = 0;
      while (true) {
        const flag = source.next();
        if (flag == 73) flags |= RE_ICASE;
        else if (flag == 77) flags |= RE_NEWLINE;
        else break;
      }
      source.back();
      const address = new Address(ADDRESS_REGEX);
      address.regex = this.regex(text, flags);
      return address;
    }
    if (second && (c == 43 || c == 126)) {
      const address = new Address(c == 43 ? ADDRESS_PLUS : ADDRESS_MULTIPLE);
      if (!isDigit(source.peek())) source.fail("expected number");
      address.first = this.number();
      return address;
    }
    source.back();
    if (!isDigit(c)) return null;
    const address = new Address(ADDRESS_LINE);
    address.first = this.number();
    if (source.nextNonBlank(false) == 126) {
      address.kind = ADDRESS_STEP;
      source.nextNonBlank(false);
      source.back();
      if (isDigit(source.peek())) address.step = this.number();
    } else source.back();
    return address;
  }

  number(): i64 {
    let n: i64 = 0;
    while (isDigit(this.source.peek())) n = min(n * 10 + this.source.next() - 48, 1 << 60);
    return n;
  }

  /** `delimited` found its closing delimiter. */
  terminated: bool = false;

  /**
   * Text up to an unescaped `delimiter`. In a pattern `\n` becomes a newline, an escaped delimiter loses its backslash,
   * and bracket expressions may hold the delimiter.
   */
  delimited(delimiter: i32, pattern: bool): string {
    const source = this.source;
    let out = "";
    this.terminated = false;
    while (true) {
      let c = source.next();
      if (c < 0 || (c == 10 && pattern)) {
        source.back();
        return out;
      }
      if (c == delimiter) {
        this.terminated = true;
        return out;
      }
      if (c == 91 && pattern) {
        const end = bracketEnd(source.text, source.at);
        if (end > 0) {
          out += "[" + source.text.substring(source.at, end).split("\\n").join("\n");
          source.at = end;
          continue;
        }
      }
      if (c == 92) {
        c = source.next();
        if (c < 0) {
          source.back();
          return out;
        }
        if (c == delimiter && (pattern || c != 38)) {
          // \n with n as the delimiter stays the letter; a special character as the delimiter stays literal.
          out += pattern && "$*.[]^+?(){}|".includes(fromByte(c)) && !this.special(c) ? fromByte(c) : pattern && this.special(c) ? "\\" + fromByte(c) : fromByte(c);
          continue;
        }
        if (c == 110 && pattern) {
          out += "\n";
          continue;
        }
        out += "\\";
      }
      out += fromByte(c);
    }
  }

  /** Whether `c` is special without a backslash in this dialect. */
  private special(c: i32): bool {
    return "$*.[]^".includes(fromByte(c)) || (this.extended && "+?(){}|".includes(fromByte(c)));
  }

  /** null: the empty pattern, which stands for the one used last. */
  regex(pattern: string, flags: i32): Regex | null {
    if (pattern.length == 0) return null;
    let syntax = flags;
    if (this.extended) syntax |= RE_EXTENDED;
    if (!this.utf8) syntax |= RE_BYTES;
    const regex = compileRegex(unescapePattern(pattern), syntax);
    if (regex === null) this.source.fail(regexError);
    return regex;
  }

  private argument(command: Command, c: i32): void {
    const source = this.source;
    const commands = this.script.commands;
    switch (c) {
      case 123: // {
        this.open.push(commands.length);
        commands.push(command);
        return;
      case 125: // }
        if (this.open.length == 0) source.fail("unexpected `}'");
        if (command.a1 !== null) source.fail("} doesn't want any addresses");
        commands[this.open.pop()].target = commands.length;
        this.endOfCommand();
        return;
      case 61: case 100: case 68: case 70: case 103: case 71: case 104: case 72: // = d D F g G h H
      case 110: case 78: case 112: case 80: case 122: case 120: // n N p P z x
        this.endOfCommand();
        break;
      case 97: case 105: case 99: // a i c
        command.text = this.text();
        break;
      case 58: // :
        if (command.a1 !== null) source.fail(": doesn't want any addresses");
        command.text = this.label(false);
        if (command.text.length == 0) source.fail('":" lacks a label', source.at > source.text.length ? source.text.length : -1);
        break;
      case 98: case 116: case 84: // b t T
        command.text = this.label(true);
        break;
      case 114: case 82: case 119: case 87: // r R w W
        command.text = this.fileName();
        if (c == 119 || c == 87) command.output = this.output(command.text);
        break;
      case 113: case 81: case 108: case 76: { // q Q l L
        source.nextNonBlank(false);
        source.back();
        if (isDigit(source.peek())) command.number = <i32>this.number();
        this.endOfCommand();
        break;
      }
      case 115: // s
        command.substitution = parseSubstitution(this);
        break;
      case 121: // y
        this.transliteration(command);
        break;
      case 118: // v
        this.label(true);
        return;
      case 101: // e
        source.fail("e command not supported");
        return;
      default:
        source.fail("unknown command: `" + fromByte(c) + "'");
    }
    commands.push(command);
  }

  endOfCommand(): void {
    const source = this.source;
    const c = source.nextNonBlank(false);
    if (c == 125 || c == 35) source.back();
    else if (c >= 0 && c != 10 && c != 59) source.fail("extra characters after command");
  }

  private label(semicolonEnds: bool): string {
    const source = this.source;
    source.nextNonBlank(false);
    source.back();
    let out = "";
    while (true) {
      const c = source.next();
      if (c < 0 || c == 10) break;
      if (c == 59 && semicolonEnds) break;
      if (c == 125 && semicolonEnds) {
        source.back();
        break;
      }
      if (c == 32 || c == 9 || (c == 59 && !semicolonEnds)) {
        this.endOfCommandAfterBlank(c);
        break;
      }
      out += fromByte(c);
    }
    return out;
  }

  private endOfCommandAfterBlank(c: i32): void {
    if (c != 59) this.endOfCommand();
  }

  fileName(): string {
    const source = this.source;
    const c = source.nextNonBlank(false);
    if (c >= 0) source.back();
    else source.at = source.text.length;
    const name = source.restOfLine();
    if (name.length == 0) source.fail("missing filename in r/R/w/W commands", -1);
    return name;
  }

  output(name: string): Output | null {
    const output = outputNamed(name);
    if (output === null) {
      writeText(2, "sed: couldn't open file " + name + ": " + errorText(outputError) + "\n");
      proc_exit(4);
    }
    return output;
  }

  /** The text of a, i and c: after a backslash and a newline, or on the same line. */
  private text(): string {
    const source = this.source;
    let c = source.nextNonBlank(false);
    if (c < 0) {
      source.back();
      source.fail("expected \\ after `a', `c' or `i'");
    }
    if (c == 92) {
      const mark = source.at;
      c = source.nextNonBlank(false);
      if (c < 0) return "";
      if (c != 10) source.at = mark;
    } else source.back();
    let out = "";
    while (true) {
      c = source.next();
      if (c < 0 || c == 10) break;
      if (c == 92) {
        const byte = decodeEscape(source.text, source.at);
        if (byte >= 0) {
          source.at = escapeEnd;
          out += fromByte(byte);
          continue;
        }
        c = source.next();
        if (c < 0) break;
        if (c == 110) c = 10;
      }
      out += fromByte(c);
    }
    return out + "\n";
  }

  private transliteration(command: Command): void {
    const source = this.source;
    const delimiter = source.next();
    const from = this.delimited(delimiter, false);
    if (!this.terminated) source.fail("unterminated `y' command");
    const to = this.delimited(delimiter, false);
    if (!this.terminated) source.fail("unterminated `y' command");
    const a = this.characters(from);
    const b = this.characters(to);
    if (a.length != b.length) source.fail("strings for `y' command are different lengths");
    for (let i = 0; i < a.length; i++) {
      command.map.push(a[i]);
      command.map.push(b[i]);
    }
    this.endOfCommand();
  }

  private characters(text: string): Array<string> {
    const out: Array<string> = [];
    let i = 0;
    while (i < text.length) {
      if (text.charAt(i) == "\\" && i + 1 < text.length) {
        const byte = decodeEscape(text, i + 1);
        if (byte >= 0) {
          out.push(fromByte(byte));
          i = escapeEnd;
          continue;
        }
        const next = text.charAt(i + 1);
        if (next == "n") out.push("\n");
        else if (next == "\\" || next == "\n") out.push(next);
        else this.source.fail("`y' command strings have unknown escapes");
        i += 2;
        continue;
      }
      charAt(text, i, this.utf8);
      out.push(text.substring(i, i + width));
      i += width;
    }
    return out;
  }

  private resolveLabels(): void {
    const commands = this.script.commands;
    for (let i = 0; i < commands.length; i++) {
      const command = commands[i];
      const c = command.letter;
      if (c != 98 && c != 116 && c != 84) continue;
      command.target = command.text.length == 0 ? commands.length : -1;
      for (let k = 0; k < commands.length && command.target < 0; k++) {
        if (commands[k].letter == 58 && commands[k].text == command.text) command.target = k;
      }
      if (command.target < 0) {
        writeText(2, "sed: can't find label for jump to `" + command.text + "'\n");
        proc_exit(4);
      }
    }
  }
}

/** Index behind the bracket expression whose "[" is before `at`, or -1 when it does not end on this line. */
function bracketEnd(text: string, at: i32): i32 {
  if (at < text.length && byteAt(text, at) == 94) at++;
  if (at < text.length && byteAt(text, at) == 93) at++;
  while (at < text.length && byteAt(text, at) != 10) {
    const c = byteAt(text, at);
    if (c == 93) return at + 1;
    if (c == 91 && at + 1 < text.length && ".:=".includes(text.charAt(at + 1))) {
      const close = text.indexOf(text.charAt(at + 1) + "]", at + 2);
      if (close < 0) return -1;
      at = close + 1;
    }
    at++;
  }
  return -1;
}

let width: i32 = 1;

/** Sets `width` to the bytes of the character at `at`. */
function charAt(text: string, at: i32, utf8: bool): void {
  width = 1;
  if (!utf8) return;
  decodeAt(text, at);
  width = charLength;
}
