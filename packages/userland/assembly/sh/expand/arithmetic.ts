// $(( )): signed 64-bit integers with C's operators (POSIX 2.6.4). Recursive descent by binding strength.
import { EQUALS, isDigit, isNameChar, isNameStart, LPAREN, QUESTION, RPAREN } from "../chars";
import { parseInteger } from "../number";
import { fatal } from "../report";
import { Skip, shell } from "../state";
import { assign, lookup } from "../vars";

/** Binary operators, longest first, and how strongly they bind. */
const OPERATORS: StaticArray<string> = [
  "||",
  "&&",
  "==",
  "!=",
  "<=",
  ">=",
  "<<",
  ">>",
  "|",
  "^",
  "&",
  "<",
  ">",
  "+",
  "-",
  "*",
  "/",
  "%",
];
const STRENGTHS: StaticArray<i32> = [1, 2, 6, 6, 7, 7, 8, 8, 3, 4, 5, 7, 7, 9, 9, 10, 10, 10];
const ASSIGNMENTS: StaticArray<string> = ["<<=", ">>=", "*=", "/=", "%=", "+=", "-=", "&=", "^=", "|="];

/** Nested parentheses and unary operators; deeper input is refused before it exhausts the stack. */
const MAX_DEPTH: i32 = 500;

class Evaluator {
  private at: i32 = 0;
  private failed: bool = false;
  private depth: i32 = 0;

  constructor(private text: string) {}

  run(): i64 {
    const value = this.assignment(true);
    this.skipBlank();
    if (!this.failed && this.at < this.text.length) this.fail("expecting EOF");
    return value;
  }

  private fail(message: string): i64 {
    if (!this.failed) {
      this.failed = true;
      fatal("arithmetic expression: " + message + ': "' + this.text + '"');
    }
    return 0;
  }

  private skipBlank(): void {
    while (this.at < this.text.length) {
      const c = this.text.charCodeAt(this.at);
      if (c != 0x20 && (c < 0x09 || c > 0x0d)) break;
      this.at++;
    }
  }

  private peek(): i32 {
    return this.at < this.text.length ? this.text.charCodeAt(this.at) : -1;
  }

  private takes(c: i32): bool {
    this.skipBlank();
    if (this.peek() != c) return false;
    this.at++;
    return true;
  }

  /** `live`: the operand counts; else it is only skipped over. */
  private assignment(live: bool): i64 {
    this.skipBlank();
    const start = this.at;
    const name = this.name();
    if (name.length > 0) {
      this.skipBlank();
      const rest = this.at;
      if (this.peek() == EQUALS && !this.text.startsWith("==", rest)) {
        this.at++;
        return this.store(name, this.assignment(live), live);
      }
      for (let i = 0; i < ASSIGNMENTS.length; i++) {
        if (!this.text.startsWith(ASSIGNMENTS[i], rest)) continue;
        this.at += ASSIGNMENTS[i].length;
        const operator = ASSIGNMENTS[i].substring(0, ASSIGNMENTS[i].length - 1);
        const left = live ? this.variable(name) : 0;
        return this.store(name, this.apply(operator, left, this.assignment(live), live), live);
      }
      this.at = start;
    }
    return this.conditional(live);
  }

  private store(name: string, value: i64, live: bool): i64 {
    if (live && !this.failed && !assign(name, value.toString())) this.failed = true;
    return value;
  }

  private conditional(live: bool): i64 {
    const condition = this.binary(1, live);
    if (!this.takes(QUESTION)) return condition;
    const then = this.assignment(live && condition != 0);
    if (!this.takes(0x3a)) return this.fail("expecting ':'");
    const otherwise = this.conditional(live && condition == 0);
    return condition != 0 ? then : otherwise;
  }

  /** Index of the operator that comes next and binds at least this strongly, -1 when there is none. */
  private operator(strength: i32): i32 {
    this.skipBlank();
    const next = this.peek();
    if (next < 0 || next == RPAREN || isNameChar(next)) return -1;
    for (let i = 0; i < OPERATORS.length; i++) {
      if (!this.text.startsWith(OPERATORS[i], this.at)) continue;
      if (STRENGTHS[i] < strength) return -1;
      return i;
    }
    return -1;
  }

  private binary(strength: i32, live: bool): i64 {
    let left = this.unary(live);
    while (!this.failed) {
      const index = this.operator(strength);
      if (index < 0) return left;
      const operator = OPERATORS[index];
      this.at += operator.length;
      let counts = live;
      if (operator == "||") counts = live && left == 0;
      else if (operator == "&&") counts = live && left != 0;
      const right = this.binary(STRENGTHS[index] + 1, counts);
      left = this.apply(operator, left, right, counts);
    }
    return left;
  }

  private apply(operator: string, left: i64, right: i64, live: bool): i64 {
    if (this.failed) return 0;
    const c = operator.charCodeAt(0);
    if (operator.length == 2) {
      if (operator == "||") return left != 0 || right != 0 ? 1 : 0;
      if (operator == "&&") return left != 0 && right != 0 ? 1 : 0;
      if (operator == "==") return left == right ? 1 : 0;
      if (operator == "!=") return left != right ? 1 : 0;
      if (operator == "<=") return left <= right ? 1 : 0;
      if (operator == ">=") return left >= right ? 1 : 0;
      return operator == "<<" ? left << right : left >> right;
    }
    if (c == 0x7c) return left | right;
    if (c == 0x5e) return left ^ right;
    if (c == 0x26) return left & right;
    if (c == 0x3c) return left < right ? 1 : 0;
    if (c == 0x3e) return left > right ? 1 : 0;
    if (c == 0x2b) return left + right;
    if (c == 0x2d) return left - right;
    if (c == 0x2a) return left * right;
    if (!live) return 0;
    if (right == 0) return this.fail("division by zero");
    // The one quotient that does not fit wraps around instead of trapping.
    if (right == -1) return c == 0x2f ? -left : 0;
    return c == 0x2f ? left / right : left % right;
  }

  private unary(live: bool): i64 {
    if (++this.depth > MAX_DEPTH) return this.fail("nesting too deep");
    const value = this.prefixed(live);
    this.depth--;
    return value;
  }

  private prefixed(live: bool): i64 {
    if (this.takes(0x2d)) return -this.unary(live);
    if (this.takes(0x2b)) return this.unary(live);
    if (this.takes(0x7e)) return ~this.unary(live);
    if (this.peek() == 0x21 && !this.text.startsWith("!=", this.at)) {
      this.at++;
      return this.unary(live) == 0 ? 1 : 0;
    }
    if (this.takes(LPAREN)) {
      const value = this.assignment(live);
      if (!this.takes(RPAREN)) return this.fail("expecting ')'");
      return value;
    }
    if (isDigit(this.peek())) return this.number();
    const name = this.name();
    if (name.length == 0) return this.fail("expecting primary");
    return live ? this.variable(name) : 0;
  }

  private name(): string {
    const start = this.at;
    if (!isNameStart(this.peek())) return "";
    while (isNameChar(this.peek())) this.at++;
    return this.text.substring(start, this.at);
  }

  private number(): i64 {
    const start = this.at;
    while (isNameChar(this.peek())) this.at++;
    const digits = this.text.substring(start, this.at);
    const parsed = parseInteger(digits, 0);
    if (parsed.valid) return parsed.value;
    // As far as the digits go it is a number; what is left over cannot follow one.
    this.at = start + parsed.length;
    return parsed.length > 0 ? this.fail("expecting EOF") : this.fail("expecting primary");
  }

  private variable(name: string): i64 {
    if (this.failed) return 0;
    const text = lookup(name);
    if (text === null) return 0;
    const parsed = parseInteger(text, 0);
    if (parsed.valid || text.length == 0 || parsed.blank) return parsed.value;
    this.failed = true;
    fatal("Illegal number: " + text);
    return 0;
  }
}

/** The value; on an error 0, with a message and `skip` set. */
export function evaluate(text: string): i64 {
  if (shell.skip == Skip.Error) return 0;
  return new Evaluator(text).run();
}
