/** printf(1): a format reused until the arguments are used up. Shared by the utility and the shell's built-in. */
import { byteAt, isSpace } from "./bytes";
import { Directive } from "./directive";
import { errorText } from "./errno-text";
import { ERANGE } from "../../../abi/src/errno";
import { escapeEnd, escapeError, escapeStop, expandEscapes, readEscape } from "./escapes";
import { Float, floatEnd, scanFloat } from "./float";
import { Writer } from "./io";
import { parseEnd, parseFailed, parseOverflowed, scanUnsigned } from "./numbers";
import { quoteIfNeeded, quoteProse } from "./quote";
import { decodeAt } from "./utf8";

export class Printf {
  /** 1 once an argument was not the number it should be. */
  status: i32 = 0;
  /** The format itself is wrong: the text to report; printing has stopped. */
  fatal: string = "";
  /** Complaints about arguments, in order. */
  warnings: string[] = [];
  private next: i32 = 0;
  private stopped: bool = false;

  constructor(
    private format: string,
    private operands: string[],
    private out: Writer,
  ) {}

  run(): void {
    do {
      const before = this.next;
      this.pass();
      if (this.stopped || this.fatal.length > 0) return;
      if (this.next == before) break;
    } while (this.next < this.operands.length);
    if (this.next < this.operands.length) {
      this.warnings.push("warning: ignoring excess arguments, starting with " + quoteProse(this.operands[this.next]));
    }
  }

  private pass(): void {
    const format = this.format;
    let at = 0;
    while (at < format.length && !this.stopped && this.fatal.length == 0) {
      const byte = byteAt(format, at);
      if (byte == 92) {
        this.out.write(readEscape(format, at, false, true));
        this.afterEscapes();
        at = escapeEnd;
      } else if (byte != 37) {
        this.out.writeByte(byte);
        at++;
      } else if (at + 1 < format.length && byteAt(format, at + 1) == 37) {
        this.out.writeByte(37);
        at += 2;
      } else {
        at = this.directive(at);
      }
    }
  }

  private afterEscapes(): void {
    if (escapeStop) this.stopped = true;
    if (escapeError.length > 0) this.fatal = escapeError;
  }

  private hasArgument(): bool {
    return this.next < this.operands.length;
  }

  private argument(): string {
    return this.hasArgument() ? this.operands[this.next++] : "";
  }

  private directive(start: i32): i32 {
    const directive = new Directive(this.format, start);
    const letter = directive.conversion;
    if (directive.widthFromArgument) directive.setWidth(<i32>this.integerArgument());
    if (directive.precisionFromArgument) directive.precision = max(<i32>this.integerArgument(), -1);
    switch (letter) {
      case 98: {
        const text = expandEscapes(this.argument(), true);
        this.out.write(directive.string(text));
        this.afterEscapes();
        break;
      }
      case 113:
        this.out.write(this.hasArgument() ? quoteIfNeeded(this.argument()) : "''");
        break;
      case 115:
        this.out.write(directive.string(this.argument()));
        break;
      case 99:
        directive.precision = -1;
        this.out.write(directive.string(this.hasArgument() ? cByte(this.argument()) : ""));
        break;
      case 100:
      case 105: {
        const value = this.integerArgument();
        this.out.write(directive.integer(value < 0 ? 0 - <u64>value : <u64>value, value < 0));
        break;
      }
      case 111:
      case 117:
      case 120:
      case 88:
        this.out.write(directive.integer(this.unsignedArgument(), false));
        break;
      case 97:
      case 65:
      case 101:
      case 69:
      case 102:
      case 70:
      case 103:
      case 71:
        this.out.write(directive.float(this.floatArgument()));
        break;
      default:
        this.fatal = this.format.substring(start, directive.end) + ": invalid conversion specification";
    }
    return directive.end;
  }

  /** A leading quote makes the value that of the next character (POSIX). -1: no such form. */
  private characterValue(text: string): i64 {
    const first = text.length > 0 ? byteAt(text, 0) : 0;
    if (first != 34 && first != 39) return -1;
    if (text.length == 1) {
      this.complain(text, "expected a numeric value");
      return 0;
    }
    const point = decodeAt(text, 1);
    return point < 0 ? byteAt(text, 1) : point;
  }

  private complain(text: string, message: string): void {
    this.warnings.push(quoteProse(text) + ": " + message);
    this.status = 1;
  }

  private checkNumber(text: string, started: bool, end: i32): void {
    if (!started && text.length > 0) this.complain(text, "expected a numeric value");
    else if (end < text.length) this.complain(text, "value not completely converted");
  }

  /** strtoumax with base 0: the magnitude; `negative` is left in `minus`. */
  private minus: bool = false;
  private magnitude(text: string): u64 {
    let at = 0;
    while (at < text.length && isSpace(byteAt(text, at))) at++;
    this.minus = at < text.length && byteAt(text, at) == 45;
    if (this.minus || (at < text.length && byteAt(text, at) == 43)) at++;
    let base = 10;
    if (at < text.length && byteAt(text, at) == 48) {
      base = 8;
      if (at + 2 < text.length && (byteAt(text, at + 1) | 32) == 120) {
        base = 16;
        at += 2;
      }
    }
    const value = scanUnsigned(text, at, base);
    this.checkNumber(text, !parseFailed, parseEnd);
    return value;
  }

  private rangeError(text: string): void {
    this.complain(text, errorText(ERANGE));
  }

  private integerArgument(): i64 {
    if (!this.hasArgument()) return 0;
    const text = this.argument();
    const character = this.characterValue(text);
    if (character >= 0) return character;
    const value = this.magnitude(text);
    const limit = <u64>i64.MAX_VALUE + (this.minus ? 1 : 0);
    if (parseOverflowed || value > limit) {
      this.rangeError(text);
      return this.minus ? i64.MIN_VALUE : i64.MAX_VALUE;
    }
    return this.minus ? 0 - <i64>value : <i64>value;
  }

  private unsignedArgument(): u64 {
    if (!this.hasArgument()) return 0;
    const text = this.argument();
    const character = this.characterValue(text);
    if (character >= 0) return <u64>character;
    const value = this.magnitude(text);
    if (parseOverflowed) {
      this.rangeError(text);
      return u64.MAX_VALUE;
    }
    return this.minus ? 0 - value : value;
  }

  private floatArgument(): Float {
    if (!this.hasArgument()) return new Float();
    const text = this.argument();
    const character = this.characterValue(text);
    if (character >= 0) return Float.fromF64(<f64>character);
    const value = scanFloat(text);
    this.checkNumber(text, floatEnd > 0, floatEnd);
    return value;
  }
}

/** %c prints the first byte. */
function cByte(text: string): string {
  return text.length > 0 ? text.charAt(0) : "\0";
}
