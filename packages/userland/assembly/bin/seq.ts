/** seq: numbers in order. */
import { args } from "../lib/args";
import { Big } from "../lib/bignum";
import { byteAt, isAllDigits, isDigit } from "../lib/bytes";
import { floorDiv } from "../lib/calendar";
import { Directive } from "../lib/directive";
import { die, dieUsage, finish } from "../lib/exit";
import { Float, floatEnd, formatFixed, NOT_A_NUMBER, scanFloat } from "../lib/float";
import { stdout } from "../lib/io";
import { formatUnsigned, parseEnd, parseFailed, parseOverflowed, scanUnsigned } from "../lib/numbers";
import { Options } from "../lib/options";
import { quoteProse } from "../lib/quote";

const USAGE = `Usage: seq [OPTION]... LAST
  or:  seq [OPTION]... FIRST LAST
  or:  seq [OPTION]... FIRST INCREMENT LAST
Print the numbers from FIRST (1) to LAST in steps of INCREMENT (1).

  -f, --format=FORMAT    with one of the conversions %f %e %g %a
  -s, --separator=STRING between the numbers (default: newline)
  -w, --equal-width      pad with zeros to the same width`;

/** A decimal operand as digits scaled by a power of ten: exact as long as it fits. */
class Operand {
  value: f64 = 0;
  /** value * 10 ** decimals, when `exact`. */
  scaled: i64 = 0;
  exact: bool = false;
  /** Digits after the point as written; -1 when written in another form. */
  decimals: i32 = 0;
  /** Width as written, a leading "+" and missing zeros counted. */
  width: i32 = 0;

  constructor(text: string) {
    const float: Float = scanFloat(text);
    if (text.length == 0 || floatEnd != text.length) dieUsage("invalid floating point argument: " + quoteProse(text));
    if (float.kind == NOT_A_NUMBER) dieUsage("invalid " + quoteProse("not-a-number") + " argument: " + quoteProse(text));
    this.value = float.toF64();
    this.width = text.length;
    this.scan(text);
  }

  private scan(text: string): void {
    let at = 0;
    while (at < text.length && byteAt(text, at) == 32) at++;
    const negative = at < text.length && byteAt(text, at) == 45;
    if (negative || (at < text.length && byteAt(text, at) == 43)) at++;
    if (!negative && at > 0) this.width -= at;
    const start = at;
    while (at < text.length && isDigit(byteAt(text, at))) at++;
    const whole = text.substring(start, at);
    let fraction = "";
    if (at < text.length && byteAt(text, at) == 46) {
      const point = ++at;
      while (at < text.length && isDigit(byteAt(text, at))) at++;
      fraction = text.substring(point, at);
      if (whole.length == 0) this.width++;
      if (fraction.length == 0) this.width--;
    }
    this.decimals = at < text.length ? -1 : fraction.length;
    if (this.decimals < 0) return;
    const magnitude = scanUnsigned(whole + fraction, 0, 10);
    this.exact = !parseFailed && !parseOverflowed && magnitude < 1 << 60 && parseEnd == whole.length + fraction.length;
    this.scaled = negative ? -(<i64>magnitude) : <i64>magnitude;
  }

  /** Scales to `decimals` digits: false when that does not fit. */
  rescale(decimals: i32): bool {
    for (let i = this.decimals; i < decimals; i++) {
      if (!this.exact || abs(this.scaled) > 1 << 57) return false;
      this.scaled *= 10;
    }
    return this.exact;
  }
}

let separator = "\n";
let equalWidth = false;
let formatText = "";

/** Options end at the first thing that looks like a number: -5 is one. */
function splitOptions(list: string[]): i32 {
  for (let i = 0; i < list.length; i++) {
    const arg = list[i];
    if (arg == "--") return i;
    const second = arg.length > 1 ? byteAt(arg, 1) : 0;
    if (!arg.startsWith("-") || arg.length == 1 || isDigit(second) || second == 46) return i;
    if (arg == "-s" || arg == "-f" || arg == "--separator" || arg == "--format") i++;
  }
  return list.length;
}

const split = splitOptions(args);
const options = new Options("f:s:w", "format:=f separator:=s equal-width=w", USAGE, 1, args.slice(0, split));
while (options.next()) {
  switch (options.name) {
    case "f":
      formatText = options.value;
      break;
    case "s":
      separator = options.value;
      break;
    case "w":
      equalWidth = true;
      break;
  }
}
let numbers = options.operands.concat(args.slice(split));
if (numbers.length > 0 && numbers[0] == "--") numbers = numbers.slice(1);
if (numbers.length == 0) dieUsage("missing operand");
if (numbers.length > 3) dieUsage("extra operand " + quoteProse(numbers[3]));
if (formatText.length > 0 && equalWidth) dieUsage("format string may not be specified when printing equal width strings");

let prefix = "";
let suffix = "";
const directive = parseFormat();

function parseFormat(): Directive {
  if (formatText.length == 0) return new Directive("%f", 0);
  let at = 0;
  while (at < formatText.length && (byteAt(formatText, at) != 37 || formatText.charAt(at + 1) == "%")) {
    at += byteAt(formatText, at) == 37 ? 2 : 1;
  }
  if (at >= formatText.length) die("format " + quoteProse(formatText) + " has no % directive");
  const found = new Directive(formatText, at);
  if (found.conversion == 0) die("format " + quoteProse(formatText) + " ends in %");
  const letter = String.fromCharCode(found.conversion);
  if (!"aAeEfFgG".includes(letter)) die("format " + quoteProse(formatText) + " has unknown %" + letter + " directive");
  for (let i = found.end; i < formatText.length; i++) {
    if (byteAt(formatText, i) != 37) continue;
    if (formatText.charAt(i + 1) != "%") die("format " + quoteProse(formatText) + " has too many % directives");
    i++;
  }
  prefix = formatText.substring(0, at).replaceAll("%%", "%");
  suffix = formatText.substring(found.end).replaceAll("%%", "%");
  return found;
}

const first = new Operand(numbers.length > 1 ? numbers[0] : "1");
const step = new Operand(numbers.length > 2 ? numbers[1] : "1");
const last = new Operand(numbers[numbers.length - 1]);
if (step.value == 0) dieUsage("invalid Zero increment value: " + quoteProse(numbers[1]));

const decimals = max(first.decimals, step.decimals);
const anyForm = first.decimals < 0 || step.decimals < 0;

/** Width for -w: that of the widest of first and last, at the precision that is printed. */
function commonWidth(): i32 {
  if (!equalWidth) return 0;
  const tail = decimals > 0 ? decimals + 1 : 0;
  const wide = first.width - (first.decimals > 0 ? first.decimals + 1 : 0) + tail;
  const lastTail = last.decimals > 0 ? last.decimals + 1 : 0;
  return max(wide, last.width - lastTail + tail);
}

const width = anyForm ? 0 : commonWidth();

function pad(text: string): string {
  if (text.length >= width) return text;
  const negative = text.startsWith("-");
  const digits = negative ? text.substring(1) : text;
  return (negative ? "-" : "") + "0".repeat(width - text.length) + digits;
}

function showScaled(value: i64): string {
  const digits = formatUnsigned(value < 0 ? 0 - <u64>value : <u64>value);
  const sign = value < 0 ? "-" : "";
  if (decimals == 0) return pad(sign + digits);
  const padded = digits.length <= decimals ? "0".repeat(decimals + 1 - digits.length) + digits : digits;
  return pad(sign + padded.substring(0, padded.length - decimals) + "." + padded.substring(padded.length - decimals));
}

function show(value: f64): string {
  if (formatText.length > 0) return prefix + directive.float(Float.fromF64(value)) + suffix;
  if (anyForm) {
    const general = new Directive("%g", 0);
    return general.float(Float.fromF64(value));
  }
  return pad(formatFixed(value, decimals));
}

/** Sums of whole multiples of 10 ** -decimals. */
function runExact(limit: i64): void {
  let value = first.scaled;
  const by = step.scaled;
  let any = false;
  while (by > 0 ? value <= limit : value >= limit) {
    if (any) stdout.write(separator);
    any = true;
    if (formatText.length > 0) {
      // The written digits, read again: what the same text would print.
      stdout.write(prefix + directive.float(scanFloat(showScaled(value))) + suffix);
    } else stdout.write(showScaled(value));
    if (stdout.error != 0) return;
    value += by;
  }
  if (any) stdout.writeByte(10);
}

/** Natural numbers of any length. */
function runBig(): void {
  const value = Big.parse(firstText);
  const limit = Big.parse(lastText);
  let any = false;
  for (; value.compare(limit) <= 0; value.multiplyAdd(1, <u32>step.scaled)) {
    if (any) stdout.write(separator);
    any = true;
    stdout.write(pad(value.toDecimal()));
    if (stdout.error != 0) return;
  }
  if (any) stdout.writeByte(10);
}

function runFloat(): void {
  let any = false;
  for (let i: f64 = 0; ; i++) {
    const value = first.value + i * step.value;
    const text = show(value);
    const beyond = step.value > 0 ? value > last.value : value < last.value;
    // A value past the end by rounding alone, that reads as the end itself, counts.
    if (beyond && (!any || scanFloat(text, prefix.length).toF64() != last.value)) break;
    if (any) stdout.write(separator);
    any = true;
    stdout.write(text);
    if (beyond || stdout.error != 0) break;
  }
  if (any) stdout.writeByte(10);
}

const firstText = numbers.length > 1 ? numbers[0] : "1";
const lastText = numbers[numbers.length - 1];
const most = max(decimals, last.decimals);
const plain = formatText.length == 0;
if (!anyForm && last.decimals >= 0 && first.rescale(decimals) && step.rescale(decimals) && last.rescale(most)) {
  let limit = last.scaled;
  for (let i = decimals; i < most; i++) limit = step.value > 0 ? floorDiv(limit, 10) : -floorDiv(-limit, 10);
  runExact(limit);
} else if (plain && isAllDigits(firstText) && isAllDigits(lastText) && step.exact && step.decimals == 0 && step.scaled > 0 && step.scaled < 1 << 31) {
  runBig();
} else runFloat();
finish(0);
