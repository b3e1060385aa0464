/** One printf conversion: flags, width and precision, and how they shape integers, floats and strings (C11 7.21.6.1). */
import { byteAt, isDigit, toUpper } from "./bytes";
import { Float, formatFloat } from "./float";
import { formatUnsigned } from "./numbers";

export class Directive {
  left: bool = false;
  plus: bool = false;
  space: bool = false;
  alternate: bool = false;
  zero: bool = false;
  width: i32 = 0;
  /** -1: not given. */
  precision: i32 = -1;
  widthFromArgument: bool = false;
  precisionFromArgument: bool = false;
  /** The conversion letter, 0 when the format ended too early. */
  conversion: i32 = 0;
  /** First index after the directive. */
  end: i32 = 0;

  /** Reads the directive whose "%" is at `start`; C's length modifiers (h, l, L, j, z, t) are skipped if there are any. */
  constructor(format: string, start: i32, lengthModifiers: bool = true) {
    let at = start + 1;
    for (; at < format.length; at++) {
      const flag = byteAt(format, at);
      if (flag == 45) this.left = true;
      else if (flag == 43) this.plus = true;
      else if (flag == 32) this.space = true;
      else if (flag == 35) this.alternate = true;
      else if (flag == 48) this.zero = true;
      else if (flag != 39) break;
    }
    if (at < format.length && byteAt(format, at) == 42) {
      this.widthFromArgument = true;
      at++;
    } else {
      for (; at < format.length && isDigit(byteAt(format, at)); at++) {
        this.width = min(this.width * 10 + byteAt(format, at) - 48, 1 << 24);
      }
    }
    if (at < format.length && byteAt(format, at) == 46) {
      this.precision = 0;
      at++;
      if (at < format.length && byteAt(format, at) == 42) {
        this.precisionFromArgument = true;
        at++;
      } else {
        for (; at < format.length && isDigit(byteAt(format, at)); at++) {
          this.precision = min(this.precision * 10 + byteAt(format, at) - 48, 1 << 24);
        }
      }
    }
    while (lengthModifiers && at < format.length && "hlLjzt".includes(format.charAt(at))) at++;
    if (at < format.length) this.conversion = byteAt(format, at++);
    this.end = at;
  }

  setWidth(width: i32): void {
    this.width = abs(width);
    if (width < 0) this.left = true;
  }

  private pad(sign: string, body: string, zeros: bool): string {
    const missing = this.width - sign.length - body.length;
    if (missing <= 0) return sign + body;
    if (this.left) return sign + body + " ".repeat(missing);
    return zeros ? sign + "0".repeat(missing) + body : " ".repeat(missing) + sign + body;
  }

  private sign(negative: bool): string {
    return negative ? "-" : this.plus ? "+" : this.space ? " " : "";
  }

  string(text: string): string {
    if (this.precision >= 0) text = text.substring(0, this.precision);
    return this.pad("", text, false);
  }

  integer(magnitude: u64, negative: bool): string {
    const letter = this.conversion;
    const base = letter == 111 ? 8 : (letter | 32) == 120 ? 16 : 10;
    let digits = this.precision == 0 && magnitude == 0 ? "" : formatUnsigned(magnitude, base);
    if (letter == 88) digits = toUpper(digits);
    if (digits.length < this.precision) digits = "0".repeat(this.precision - digits.length) + digits;
    let prefix = letter == 100 || letter == 105 ? this.sign(negative) : "";
    if (this.alternate && base == 8 && !digits.startsWith("0")) digits = "0" + digits;
    if (this.alternate && base == 16 && magnitude != 0) prefix = letter == 88 ? "0X" : "0x";
    return this.pad(prefix, digits, this.zero && this.precision < 0);
  }

  float(value: Float): string {
    let body = formatFloat(value, this.conversion, this.precision, this.alternate);
    let sign = this.sign(value.negative);
    if (value.kind == 0 && (this.conversion | 32) == 97) {
      sign += body.substring(0, 2);
      body = body.substring(2);
    }
    return this.pad(sign, body, this.zero && value.kind == 0);
  }
}
