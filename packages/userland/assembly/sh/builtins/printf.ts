// printf, with dash's messages.
import { Directive } from "../../lib/directive";
import { Float, floatEnd, scanFloat } from "../../lib/float";
import { BACKSLASH, DQUOTE, PERCENT, SQUOTE } from "../chars";
import { charBytes } from "../expand/locale";
import { parseInteger } from "../number";
import { emit } from "../output";
import { builtinError, complain } from "../report";
import { TextBuilder } from "../text";
import { controlOf, cut, unescape } from "./echo";

class Formatter {
  status: i32 = 0;
  private next: i32 = 2;
  private stopped: bool = false;
  private out: TextBuilder = new TextBuilder();

  constructor(
    private format: string,
    private argv: string[],
  ) {}

  run(first: i32): void {
    this.next = first;
    do {
      const before = this.next;
      this.pass();
      if (this.next == before) break;
    } while (!this.stopped && this.next < this.argv.length);
    emit(this.out.toString());
  }

  private pass(): void {
    const format = this.format;
    for (let at = 0; at < format.length && !this.stopped; ) {
      const c = format.charCodeAt(at);
      if (c == BACKSLASH) at = this.escape(at);
      else if (c == PERCENT && at + 1 < format.length && format.charCodeAt(at + 1) == PERCENT) {
        this.out.push(PERCENT);
        at += 2;
      } else if (c == PERCENT) at = this.directive(at);
      else {
        this.out.push(c);
        at++;
      }
    }
  }

  /** Escapes of the format: octal numbers need no leading zero here. */
  private escape(at: i32): i32 {
    const format = this.format;
    if (at + 1 == format.length) {
      this.out.push(BACKSLASH);
      return at + 1;
    }
    const c = format.charCodeAt(at + 1);
    if (c >= 0x30 && c <= 0x37) {
      let value = 0;
      let end = at + 1;
      while (end < format.length && end < at + 4 && (format.charCodeAt(end) & 0xf8) == 0x30) {
        value = value * 8 + format.charCodeAt(end++) - 0x30;
      }
      this.out.push(value & 0xff);
      return end;
    }
    const plain = controlOf(c);
    if (plain >= 0) this.out.push(plain);
    else {
      this.out.push(BACKSLASH);
      this.out.push(c);
    }
    return at + 2;
  }

  private argument(): string | null {
    return this.next < this.argv.length ? this.argv[this.next++] : null;
  }

  private text(): string {
    const argument = this.argument();
    return argument === null ? "" : argument;
  }

  private directive(start: i32): i32 {
    const directive = new Directive(this.format, start);
    if (directive.widthFromArgument) directive.setWidth(<i32>this.integer());
    if (directive.precisionFromArgument) directive.precision = max(<i32>this.integer(), -1);
    switch (directive.conversion) {
      case 0x62: {
        const text = unescape(this.text());
        const over = cut;
        this.out.append(directive.string(text));
        this.stopped = over;
        break;
      }
      case 0x63: {
        directive.precision = -1;
        const text = this.text();
        this.out.append(directive.string(text.substring(0, 1)));
        break;
      }
      case 0x73:
        this.out.append(directive.string(this.text()));
        break;
      case 0x64:
      case 0x69: {
        const value = this.integer();
        this.out.append(directive.integer(value < 0 ? 0 - <u64>value : <u64>value, value < 0));
        break;
      }
      case 0x6f:
      case 0x75:
      case 0x78:
      case 0x58:
        this.out.append(directive.integer(<u64>this.integer(), false));
        break;
      case 0x61:
      case 0x41:
      case 0x65:
      case 0x45:
      case 0x66:
      case 0x46:
      case 0x67:
      case 0x47:
        this.out.append(directive.float(this.float()));
        break;
      default:
        emit(this.out.toString());
        this.out.truncate(0);
        this.status = builtinError(this.upToLetter(start) + ": invalid directive");
        this.stopped = true;
    }
    return directive.end;
  }

  /** The directive as far as it can be understood. */
  private upToLetter(start: i32): string {
    let end = start + 1;
    while (end < this.format.length && (this.format.charCodeAt(end) | 0x20) < 0x61) end++;
    return this.format.substring(start, end + 1);
  }

  private complain(message: string): void {
    emit(this.out.toString());
    this.out.truncate(0);
    complain(message);
    this.status = 1;
  }

  /** 'c or "c: the character's number; -1 for other arguments. */
  private character(text: string): i64 {
    const first = text.length > 0 ? text.charCodeAt(0) : 0;
    if (first != SQUOTE && first != DQUOTE) return -1;
    if (text.length == 1) return 0;
    const size = charBytes(text, 1);
    const lead = text.charCodeAt(1);
    if (size == 1) return lead;
    let code = lead & (0xff >> (size + 1));
    for (let i = 1; i < size; i++) code = (code << 6) | (text.charCodeAt(1 + i) & 0x3f);
    return code;
  }

  private integer(): i64 {
    const text = this.argument();
    if (text === null) return 0;
    const character = this.character(text);
    if (character >= 0) return character;
    const parsed = parseInteger(text, 0);
    if (parsed.valid) return parsed.value;
    if (parsed.length == 0) this.complain(text + ": expected numeric value");
    else if (parsed.length < text.length) this.complain(text + ": not completely converted");
    else this.complain(text + ": Numerical result out of range");
    return parsed.value;
  }

  private float(): Float {
    const text = this.argument();
    if (text === null) return new Float();
    const character = this.character(text);
    if (character >= 0) return Float.fromF64(<f64>character);
    const value = scanFloat(text);
    if (floatEnd == 0) this.complain(text + ": expected numeric value");
    else if (floatEnd < text.length) this.complain(text + ": not completely converted");
    return value;
  }
}

export function printfCommand(argv: string[]): i32 {
  const first = argv.length > 1 && argv[1] == "--" ? 2 : 1;
  if (first >= argv.length) return builtinError("usage: printf format [arg ...]");
  const formatter = new Formatter(argv[first], argv);
  formatter.run(first + 1);
  return formatter.status;
}
