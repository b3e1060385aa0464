/** expr: evaluates an expression of arguments. */
import { args, localeIsUtf8 } from "../lib/args";
import { byteAt, compareBytes, isDigit, toBytes } from "../lib/bytes";
import { die, dieUsage, finish } from "../lib/exit";
import { stdout } from "../lib/io";
import { formatSigned, formatUnsigned, parseFailed, parseOverflowed, parseSigned } from "../lib/numbers";
import { Options } from "../lib/options";
import { quoteProse } from "../lib/quote";
import { compileRegex, regexError } from "../lib/regex/regex";
import { RE_BYTES } from "../lib/regex/syntax";
import { charLength, decodeAt } from "../lib/utf8";

const USAGE = `Usage: expr EXPRESSION
Print the value of EXPRESSION; its words are separate arguments. From loosest to tightest:

  A | B    A if it is neither empty nor 0, else B
  A & B    A if neither is empty or 0, else 0
  A < B, <= = == != >= >    as integers if both are, else as text: 1 or 0
  A + B, A - B
  A * B, A / B, A % B
  STRING : REGEX    match at the start: \\(...\\) or the number of characters
  match STRING REGEX, substr STRING POS LENGTH, index STRING CHARS, length STRING, + TOKEN, ( EXPRESSION )

Status: 0, 1 when the value is empty or 0, 2 for a syntax error, 3 for another.`;

const utf8 = localeIsUtf8();
let words = args;
let at = 0;

function syntaxError(message: string): void {
  die("syntax error: " + message, 2);
}

function more(): bool {
  return at < words.length;
}

function peek(word: string): bool {
  return at < words.length && words[at] == word;
}

function isInteger(text: string): bool {
  let i = text.startsWith("-") ? 1 : 0;
  if (i == text.length) return false;
  for (; i < text.length; i++) if (!isDigit(byteAt(text, i))) return false;
  return true;
}

function isNull(text: string): bool {
  if (text.length == 0) return true;
  let i = text.startsWith("-") && text.length > 1 ? 1 : 0;
  for (; i < text.length; i++) if (byteAt(text, i) != 48) return false;
  return true;
}

function integer(text: string): i64 {
  const value = parseSigned(text);
  if (!isInteger(text) || parseFailed) die("non-integer argument", 2);
  if (parseOverflowed) die(quoteProse(text) + ": Numerical result out of range", 3);
  return value;
}

/** Byte offsets of the characters, and the length at the end. */
function offsets(text: string): i32[] {
  const list: i32[] = [];
  for (let i = 0; i < text.length; ) {
    list.push(i);
    if (utf8) decodeAt(text, i);
    i += utf8 ? charLength : 1;
  }
  list.push(text.length);
  return list;
}

function countChars(text: string): i32 {
  return offsets(text).length - 1;
}

function match(text: string, pattern: string): string {
  const regex = compileRegex(pattern, utf8 ? 0 : RE_BYTES);
  if (regex === null) {
    die(regexError, 2);
    return "";
  }
  const bytes = toBytes(text);
  // The leftmost match starts at 0 if any does.
  const found = regex.search(changetype<usize>(bytes), text.length, 0, false) && regex.caps[0] == 0;
  if (found) regex.capture();
  if (regex.groups > 0) return found && regex.caps[2] >= 0 ? text.substring(regex.caps[2], regex.caps[3]) : "";
  return found ? formatUnsigned(countChars(text.substring(0, regex.caps[1]))) : "0";
}

function substring(text: string, positionText: string, lengthText: string): string {
  if (!isInteger(positionText) || !isInteger(lengthText)) return "";
  const position = integer(positionText);
  const length = integer(lengthText);
  const list = offsets(text);
  const count = <i64>list.length - 1;
  if (position < 1 || length < 1 || position > count) return "";
  return text.substring(list[<i32>position - 1], list[<i32>(position - 1 + min(length, count - position + 1))]);
}

/** Position of the first character of `text` that is one of `set`. */
function indexOfAny(text: string, set: string): i32 {
  const list = offsets(text);
  for (let i = 0; i + 1 < list.length; i++) if (set.includes(text.substring(list[i], list[i + 1]))) return i + 1;
  return 0;
}

function next(): string {
  if (!more()) syntaxError("missing argument after " + quoteProse(words[at - 1]));
  return words[at++];
}

function primary(): string {
  const word = next();
  if (word == "(") {
    const value = or();
    if (!more()) syntaxError("expecting ')' after " + quoteProse(words[at - 1]));
    if (!peek(")")) syntaxError("expecting ')' instead of " + quoteProse(words[at]));
    at++;
    return value;
  }
  if (word == ")") syntaxError("unexpected ')'");
  switch (word) {
    case "+":
      return next();
    case "length":
      return formatUnsigned(countChars(primaryOperand()));
    case "match": {
      const text = primaryOperand();
      return match(text, primaryOperand());
    }
    case "index": {
      const text = primaryOperand();
      return formatUnsigned(indexOfAny(text, primaryOperand()));
    }
    case "substr": {
      const text = primaryOperand();
      const position = primaryOperand();
      return substring(text, position, primaryOperand());
    }
    default:
      return word;
  }
}

function primaryOperand(): string {
  if (!more()) syntaxError("missing argument after " + quoteProse(words[at - 1]));
  return primary();
}

function matching(): string {
  let value = primary();
  while (peek(":")) {
    at++;
    value = match(value, primaryOperand());
  }
  return value;
}

function outOfRange(left: string): string {
  die(left + ": Numerical result out of range", 3);
  return "";
}

function product(): string {
  let value = matching();
  while (peek("*") || peek("/") || peek("%")) {
    const operator = words[at++];
    const right = matching();
    const a = integer(value);
    const b = integer(right);
    if (operator == "*") {
      const result = a * b;
      if ((a != 0 && (result / a != b)) || (a == -1 && b == i64.MIN_VALUE)) return outOfRange(value);
      value = formatSigned(result);
    } else {
      if (b == 0) die("division by zero", 2);
      if (a == i64.MIN_VALUE && b == -1) return operator == "/" ? outOfRange(value) : "0";
      value = formatSigned(operator == "/" ? a / b : a % b);
    }
  }
  return value;
}

function sum(): string {
  let value = product();
  while (peek("+") || peek("-")) {
    const operator = words[at++];
    const right = product();
    const a = integer(value);
    const b = integer(right);
    const result = operator == "+" ? a + b : a - b;
    // Overflow: both operands differ in sign from the result (for a sum).
    const overflow = operator == "+" ? ((a ^ result) & (b ^ result)) < 0 : ((a ^ b) & (a ^ result)) < 0;
    if (overflow) return outOfRange(value);
    value = formatSigned(result);
  }
  return value;
}

function isComparison(word: string): bool {
  return word == "<" || word == "<=" || word == "=" || word == "==" || word == "!=" || word == ">=" || word == ">";
}

function comparison(): string {
  let value = sum();
  while (more() && isComparison(words[at])) {
    const operator = words[at++];
    const right = sum();
    let order: i64;
    if (isInteger(value) && isInteger(right)) {
      const a = integer(value);
      const b = integer(right);
      order = a < b ? -1 : a > b ? 1 : 0;
    } else order = compareBytes(value, right);
    let holds: bool;
    switch (operator) {
      case "<":
        holds = order < 0;
        break;
      case "<=":
        holds = order <= 0;
        break;
      case "!=":
        holds = order != 0;
        break;
      case ">=":
        holds = order >= 0;
        break;
      case ">":
        holds = order > 0;
        break;
      default:
        holds = order == 0;
    }
    value = holds ? "1" : "0";
  }
  return value;
}

function and(): string {
  let value = comparison();
  while (peek("&")) {
    at++;
    const right = comparison();
    if (isNull(value) || isNull(right)) value = "0";
  }
  return value;
}

function or(): string {
  let value = and();
  while (peek("|")) {
    at++;
    const right = and();
    if (isNull(value)) value = isNull(right) ? "0" : right;
  }
  return value;
}

if (words.length == 1 && words[0].startsWith("--") && words[0].length > 2) {
  if (words[0] == "--help" || words[0] == "--version") new Options("+", "", USAGE, 2).next();
}
if (words.length > 0 && words[0] == "--") words = words.slice(1);
if (words.length == 0) dieUsage("missing operand", 2);
const value = or();
if (more()) syntaxError("unexpected argument " + quoteProse(words[at]));
stdout.writeLine(value);
finish(isNull(value) ? 1 : 0, 3);
