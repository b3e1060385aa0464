/**
 * Floating numbers the way coreutils computes them: x86 long double, 64 bits of mantissa. Reading and printing are exact
 * (correctly rounded, ties to even).
 */
import { Big } from "./bignum";
import { byteAt, isDigit, isSpace, toLower, toUpper } from "./bytes";
import { digitValue, formatSigned, formatUnsigned } from "./numbers";

export const FINITE = 0;
export const INFINITE = 1;
export const NOT_A_NUMBER = 2;

export class Float {
  kind: i32 = FINITE;
  negative: bool = false;
  /** value = mantissa * 2 ** exponent; the mantissa's top bit is set unless the value is zero. */
  mantissa: u64 = 0;
  exponent: i32 = 0;

  static fromF64(value: f64): Float {
    const out = new Float();
    const bits = reinterpret<u64>(value);
    out.negative = bits >> 63 != 0;
    const biased = <i32>((bits >> 52) & 0x7ff);
    const fraction = bits & 0xfffffffffffff;
    if (biased == 0x7ff) {
      out.kind = fraction == 0 ? INFINITE : NOT_A_NUMBER;
      return out;
    }
    out.mantissa = biased == 0 ? fraction : fraction | (1 << 52);
    out.exponent = (biased == 0 ? 1 : biased) - 1075;
    out.normalize();
    return out;
  }

  get isZero(): bool {
    return this.kind == FINITE && this.mantissa == 0;
  }

  normalize(): void {
    if (this.mantissa == 0) return;
    const shift = <i32>clz<u64>(this.mantissa);
    this.mantissa <<= shift;
    this.exponent -= shift;
  }

  /** Nearest double (truncating bits below it; good to half a unit in the 64th bit). */
  toF64(): f64 {
    if (this.kind == NOT_A_NUMBER) return NaN;
    let value = this.kind == INFINITE ? Infinity : <f64>this.mantissa;
    let exponent = this.exponent;
    for (; exponent > 0 && value < Infinity; exponent -= min(exponent, 1000)) value *= power2(min(exponent, 1000));
    for (; exponent < 0 && value > 0; exponent += min(-exponent, 1000)) value /= power2(min(-exponent, 1000));
    return this.negative ? -value : value;
  }

  /** Sets mantissa and exponent to numerator / denominator * 2 ** scale, rounded to 64 bits. */
  private setQuotient(numerator: Big, denominator: Big, scale: i32): void {
    if (numerator.isZero) return;
    const shift = numerator.bitLength - denominator.bitLength;
    if (shift > 0) denominator.shiftLeft(shift);
    else numerator.shiftLeft(-shift);
    let exponent = shift;
    if (numerator.compare(denominator) < 0) {
      numerator.shiftLeft(1);
      exponent--;
    }
    let quotient: u64 = 0;
    for (let i = 0; i < 64; i++) {
      quotient <<= 1;
      if (numerator.compare(denominator) >= 0) {
        numerator.subtract(denominator);
        quotient |= 1;
      }
      numerator.shiftLeft(1);
    }
    const rest = numerator.compare(denominator);
    exponent += scale - 63;
    if (rest > 0 || (rest == 0 && (quotient & 1) != 0)) {
      quotient++;
      if (quotient == 0) {
        quotient = 0x8000000000000000;
        exponent++;
      }
    }
    this.mantissa = quotient;
    this.exponent = exponent;
    if (exponent + 63 > 16383) this.kind = INFINITE;
    if (exponent + 63 < -16445) this.mantissa = 0;
  }

  setDecimal(digits: Big, power10: i32): void {
    const denominator = Big.of(1);
    if (power10 >= 0) digits.multiplyPower(10, power10);
    else denominator.multiplyPower(10, -power10);
    this.setQuotient(digits, denominator, 0);
  }

  setBinary(digits: Big, power2: i32): void {
    this.setQuotient(digits, Big.of(1), power2);
  }
}

function power2(exponent: i32): f64 {
  return reinterpret<f64>(<u64>(exponent + 1023) << 52);
}

/** Where `scanFloat` stopped; equal to its start when there was no number. */
export let floatEnd: i32 = 0;

/** Largest power of ten read as it is: past it everything is infinite or zero. */
const EXPONENT_LIMIT = 5200;

function scanExponent(text: string, at: i32, marker: i32): i32 {
  if (at >= text.length || (byteAt(text, at) | 32) != marker) return 0;
  let next = at + 1;
  const sign = next < text.length ? byteAt(text, next) : 0;
  if (sign == 43 || sign == 45) next++;
  if (next >= text.length || !isDigit(byteAt(text, next))) return 0;
  let value = 0;
  for (; next < text.length && isDigit(byteAt(text, next)); next++) value = min(value * 10 + byteAt(text, next) - 48, 99999);
  floatEnd = next;
  return sign == 45 ? -value : value;
}

/** Reads a number as strtold does (decimal, hexadecimal, inf, nan) from `start`; sets floatEnd. */
export function scanFloat(text: string, start: i32 = 0): Float {
  const out = new Float();
  let at = start;
  while (at < text.length && isSpace(byteAt(text, at))) at++;
  if (at < text.length && (byteAt(text, at) == 45 || byteAt(text, at) == 43)) out.negative = byteAt(text, at++) == 45;
  const rest = toLower(text.substr(at, 8));
  floatEnd = start;
  if (rest.startsWith("inf")) {
    out.kind = INFINITE;
    floatEnd = at + (rest == "infinity" ? 8 : 3);
    return out;
  }
  if (rest.startsWith("nan")) {
    out.kind = NOT_A_NUMBER;
    floatEnd = at + 3;
    return out;
  }
  const hex = rest.startsWith("0x") && rest.length > 2 && (digitValue(byteAt(rest, 2)) < 16 || byteAt(rest, 2) == 46);
  if (hex) at += 2;
  const base = hex ? 16 : 10;
  const digits = new Big();
  let any = false;
  let scale = 0;
  let pointSeen = false;
  for (; at < text.length; at++) {
    const byte = byteAt(text, at);
    if (byte == 46 && !pointSeen) {
      pointSeen = true;
      continue;
    }
    const digit = digitValue(byte);
    if (digit >= base) break;
    if (digits.isZero) digits.limbs = digit == 0 ? [] : [digit];
    else digits.multiplyAdd(base, digit);
    if (pointSeen) scale--;
    any = true;
  }
  if (!any) return out;
  floatEnd = at;
  if (hex) {
    out.setBinary(digits, scale * 4 + scanExponent(text, at, 112));
  } else {
    const power = scale + scanExponent(text, at, 101);
    if (digits.isZero || power < -EXPONENT_LIMIT - text.length) return out;
    if (power > EXPONENT_LIMIT) out.kind = INFINITE;
    else out.setDecimal(digits, power);
  }
  return out;
}

/** Exact decimal digits of a finite value, and how many of them stand before the point (may be negative). */
class Decimal {
  digits: string = "0";
  point: i32 = 1;
  constructor(value: Float) {
    if (value.mantissa != 0) this.expand(value);
  }

  private expand(value: Float): void {
    const trailing = <i32>ctz<u64>(value.mantissa);
    const big = Big.of(value.mantissa >> trailing);
    const exponent = value.exponent + trailing;
    if (exponent >= 0) big.shiftLeft(exponent);
    else big.multiplyPower(5, -exponent);
    this.digits = big.toDecimal();
    this.point = this.digits.length + min(exponent, 0);
  }

  /** Keeps `count` digits, rounding half to even. */
  round(count: i32): void {
    if (count >= this.digits.length) return;
    const up = count >= 0 && this.roundsUp(count);
    let kept = count > 0 ? this.digits.substring(0, count) : "";
    if (up) {
      let at = kept.length - 1;
      while (at >= 0 && byteAt(kept, at) == 57) at--;
      if (at < 0) {
        kept = "1" + "0".repeat(kept.length);
        this.point++;
      } else {
        kept = kept.substring(0, at) + String.fromCharCode(byteAt(kept, at) + 1) + "0".repeat(kept.length - at - 1);
      }
    }
    this.digits = kept;
  }

  private roundsUp(count: i32): bool {
    const next = byteAt(this.digits, count);
    if (next != 53) return next > 53;
    for (let i = count + 1; i < this.digits.length; i++) if (byteAt(this.digits, i) != 48) return true;
    return count > 0 && (byteAt(this.digits, count - 1) & 1) == 1;
  }

  digitsFrom(start: i32, count: i32): string {
    if (count <= 0) return "";
    let out = "";
    if (start < 0) {
      const zeros = min(-start, count);
      out = "0".repeat(zeros);
      count -= zeros;
      start = 0;
    }
    const real = start < this.digits.length ? this.digits.substr(start, count) : "";
    return out + real + "0".repeat(count - real.length);
  }
}

function fixed(value: Float, precision: i32, alternate: bool): string {
  const decimal = new Decimal(value);
  decimal.round(decimal.point + precision);
  const whole = decimal.point > 0 ? decimal.digitsFrom(0, decimal.point) : "0";
  const fraction = decimal.digitsFrom(decimal.point, precision);
  return whole + (precision > 0 || alternate ? "." : "") + fraction;
}

function exponentText(exponent: i32): string {
  const digits = formatUnsigned(abs(exponent));
  return (exponent < 0 ? "e-" : "e+") + (digits.length < 2 ? "0" : "") + digits;
}

function scientific(value: Float, precision: i32, alternate: bool): string {
  const decimal = new Decimal(value);
  decimal.round(precision + 1);
  const exponent = value.isZero ? 0 : decimal.point - 1;
  return (
    decimal.digitsFrom(0, 1) +
    (precision > 0 || alternate ? "." : "") +
    decimal.digitsFrom(1, precision) +
    exponentText(exponent)
  );
}

function general(value: Float, precision: i32, alternate: bool): string {
  if (precision == 0) precision = 1;
  const decimal = new Decimal(value);
  decimal.round(precision);
  const exponent = value.isZero ? 0 : decimal.point - 1;
  const fixedForm = exponent >= -4 && exponent < precision;
  let text = fixedForm
    ? fixed(value, precision - 1 - exponent, alternate)
    : scientific(value, precision - 1, alternate);
  if (alternate) return text;
  let tail = "";
  const mark = text.indexOf("e");
  if (mark >= 0) {
    tail = text.substring(mark);
    text = text.substring(0, mark);
  }
  if (text.includes(".")) {
    let end = text.length;
    while (byteAt(text, end - 1) == 48) end--;
    if (byteAt(text, end - 1) == 46) end--;
    text = text.substring(0, end);
  }
  return text + tail;
}

function hexadecimal(value: Float, precision: i32, alternate: bool): string {
  if (value.isZero) return "0x0" + (precision > 0 ? "." + "0".repeat(precision) : alternate ? "." : "") + "p+0";
  let mantissa = value.mantissa;
  let exponent = value.exponent + 60;
  if (precision >= 0 && precision < 15) {
    const dropped = <u64>(60 - precision * 4);
    const half: u64 = <u64>1 << (dropped - 1);
    const rest = mantissa & ((half << 1) - 1);
    mantissa = mantissa >> dropped;
    if (rest > half || (rest == half && (mantissa & 1) != 0)) mantissa++;
    if (mantissa >> (64 - dropped) != 0) {
      mantissa >>= 4;
      exponent += 4;
      mantissa |= <u64>1 << (60 - dropped);
      mantissa &= (<u64>1 << (64 - dropped)) - 1;
    }
    mantissa <<= dropped;
  }
  let digits = "";
  for (let rest = mantissa << 4; rest != 0; rest <<= 4) digits += formatUnsigned(rest >> 60, 16);
  if (digits.length < precision) digits += "0".repeat(precision - digits.length);
  const point = digits.length > 0 || alternate ? "." : "";
  return "0x" + formatUnsigned(mantissa >> 60, 16) + point + digits + (exponent < 0 ? "p" : "p+") + formatSigned(exponent);
}

/** |value| as C's printf would with this conversion (one of fFeEgGaA); precision -1 is the default. No sign, no padding. */
export function formatFloat(value: Float, conversion: i32, precision: i32 = -1, alternate: bool = false): string {
  const lower = conversion | 32;
  let text: string;
  if (value.kind == INFINITE) text = "inf";
  else if (value.kind == NOT_A_NUMBER) text = "nan";
  else if (lower == 97) text = hexadecimal(value, precision, alternate);
  else {
    if (precision < 0) precision = 6;
    text =
      lower == 102
        ? fixed(value, precision, alternate)
        : lower == 101
          ? scientific(value, precision, alternate)
          : general(value, precision, alternate);
  }
  return conversion < 97 ? toUpper(text) : text;
}

/** A double in %.<precision>f form, with its sign. */
export function formatFixed(value: f64, precision: i32): string {
  const float = Float.fromF64(value);
  return (float.negative ? "-" : "") + formatFloat(float, 102, precision);
}
