/** test and [: the POSIX rules for up to four arguments, and the grammar with -a and -o beyond (coreutils' order). */
import { FILETYPE_BLOCK_DEVICE, FILETYPE_CHARACTER_DEVICE, FILETYPE_SOCKET_STREAM } from "../../../abi/src/wasi";
import { byteAt, compareBytes, isDigit, isSpace } from "./bytes";
import * as fs from "./fs";
import { isTerminal } from "./io";
import { isPipe } from "./mode";
import { quoteProse } from "./quote";
import { scanUnsigned } from "./numbers";

export class TestExpression {
  /** What is wrong with the expression, "" when nothing (exit status 2). */
  error: string = "";
  private at: i32 = 0;
  private end: i32;

  constructor(private words: string[]) {
    this.end = words.length;
  }

  /** The value of the whole expression. */
  evaluate(): bool {
    if (this.end == 0) return false;
    const value = this.posix(this.end);
    if (this.error == "" && this.at < this.end) this.fail("extra argument " + quoteProse(this.words[this.at]));
    return value;
  }

  private fail(message: string): bool {
    if (this.error == "") this.error = message;
    return false;
  }

  private word(ahead: i32 = 0): string {
    return this.words[this.at + ahead];
  }

  /** POSIX rules by the number of arguments. */
  private posix(count: i32): bool {
    switch (count) {
      case 1:
        return this.words[this.at++].length > 0;
      case 2:
        return this.two();
      case 3:
        return this.three();
      case 4:
        if (this.word() == "!") {
          this.at++;
          return !this.three();
        }
        if (this.word() == "(" && this.word(3) == ")") {
          this.at++;
          const value = this.two();
          this.at++;
          return value;
        }
        return this.or();
      default:
        return this.or();
    }
  }

  private two(): bool {
    if (this.word() == "!") {
      this.at++;
      return this.words[this.at++].length == 0;
    }
    if (isUnary(this.word())) return this.unary();
    if (this.word().length == 2 && this.word().startsWith("-")) return this.fail(quoteProse(this.word()) + ": unary operator expected");
    return this.fail("missing argument after " + quoteProse(this.word(1)));
  }

  private three(): bool {
    if (isBinary(this.word(1))) return this.binary();
    if (this.word() == "!") {
      this.at++;
      return !this.two();
    }
    if (this.word() == "(" && this.word(2) == ")") {
      this.at++;
      const value = this.words[this.at++].length > 0;
      this.at++;
      return value;
    }
    if (this.word(1) == "-a" || this.word(1) == "-o") return this.or();
    return this.fail(quoteProse(this.word(1)) + ": binary operator expected");
  }

  private or(): bool {
    let value = this.and();
    while (this.at < this.end && this.word() == "-o") {
      this.at++;
      const right = this.and();
      value = value || right;
    }
    return value;
  }

  private and(): bool {
    let value = this.term();
    while (this.at < this.end && this.word() == "-a") {
      this.at++;
      const right = this.term();
      value = value && right;
    }
    return value;
  }

  private term(): bool {
    let negate = false;
    while (this.at < this.end && this.word() == "!") {
      negate = !negate;
      this.at++;
    }
    if (this.at >= this.end) return this.fail("missing argument after " + quoteProse(this.words[this.end - 1]));
    let value: bool;
    const left = this.end - this.at;
    if (this.word() == "(") {
      this.at++;
      if (this.at >= this.end) return this.fail("missing argument after " + quoteProse("("));
      // The shortest stretch up to ")" that the fixed rules cover, else the grammar.
      let count = 1;
      while (count < 4 && this.at + count < this.end && this.word(count) != ")") count++;
      value = count < 4 && this.at + count < this.end ? this.posix(count) : this.or();
      if (this.at >= this.end) return this.fail("')' expected");
      if (this.word() != ")") return this.fail("')' expected, found " + this.word());
      this.at++;
    } else if (left >= 4 && this.word() == "-l" && isBinary(this.word(2))) {
      value = this.binary();
    } else if (left >= 3 && isBinary(this.word(1))) {
      value = this.binary();
    } else if (this.word().startsWith("-") && this.word().length == 2 && left >= 2) {
      value = isUnary(this.word()) ? this.unary() : this.fail(quoteProse(this.word()) + ": unary operator expected");
    } else value = this.words[this.at++].length > 0;
    return negate ? !value : value;
  }

  /** A decimal integer with blanks and a sign, as canonical text; numbers of any length compare. */
  private integer(text: string): string {
    let at = 0;
    let end = text.length;
    while (at < end && isSpace(byteAt(text, at))) at++;
    while (end > at && isSpace(byteAt(text, end - 1))) end--;
    const negative = at < end && byteAt(text, at) == 45;
    if (negative || (at < end && byteAt(text, at) == 43)) at++;
    if (at == end) this.fail("invalid integer " + quoteProse(text));
    for (let i = at; i < end; i++) if (!isDigit(byteAt(text, i))) this.fail("invalid integer " + quoteProse(text));
    while (at < end - 1 && byteAt(text, at) == 48) at++;
    const digits = text.substring(at, end);
    return negative && digits != "0" ? "-" + digits : digits;
  }

  private binary(): bool {
    const operator = this.word(1);
    const left = this.word();
    const right = this.word(2);
    this.at += 3;
    switch (operator) {
      case "=":
      case "==":
        return left == right;
      case "!=":
        return left != right;
      case "-nt":
        return isNewer(left, right);
      case "-ot":
        return isNewer(right, left);
      case "-ef": {
        const a = new fs.Stat();
        const b = new fs.Stat();
        return fs.stat(left, a) == 0 && fs.stat(right, b) == 0 && a.sameFile(b);
      }
    }
    const order = compareIntegers(this.integer(left), this.integer(right));
    switch (operator) {
      case "-eq":
        return order == 0;
      case "-ne":
        return order != 0;
      case "-lt":
        return order < 0;
      case "-le":
        return order <= 0;
      case "-gt":
        return order > 0;
      default:
        return order >= 0;
    }
  }

  private unary(): bool {
    const operator = byteAt(this.word(), 1);
    const operand = this.word(1);
    this.at += 2;
    const st = new fs.Stat();
    switch (operator) {
      case 110: // n
        return operand.length > 0;
      case 122: // z
        return operand.length == 0;
      case 116: { // t
        const fd = this.integer(operand);
        return this.error == "" && fd.length < 9 && !fd.startsWith("-") && isTerminal(<i32>scanUnsigned(fd, 0, 10));
      }
      case 114: // r
        return fs.access(operand, 4) == 0;
      case 119: // w
        return fs.access(operand, 2) == 0;
      case 120: // x
        return fs.access(operand, 1) == 0;
      case 104: // h
      case 76: // L
        return fs.lstat(operand, st) == 0 && st.isSymlink;
    }
    if (fs.stat(operand, st) != 0) return false;
    switch (operator) {
      case 101: // e
        return true;
      case 98: // b
        return st.type == FILETYPE_BLOCK_DEVICE;
      case 99: // c
        return st.type == FILETYPE_CHARACTER_DEVICE;
      case 100: // d
        return st.isDirectory;
      case 102: // f
        return st.isRegular;
      case 103: // g
        return (st.mode & 0o2000) != 0;
      case 107: // k
        return (st.mode & 0o1000) != 0;
      case 117: // u
        return (st.mode & 0o4000) != 0;
      case 112: // p
        return isPipe(st);
      case 115: // s
        return st.size > 0 || st.isDirectory; // disks give every directory a size; here some have none
      case 83: // S
        return st.type == FILETYPE_SOCKET_STREAM;
      case 78: // N
        return st.mtim > st.atim;
      default: // O, G: everything belongs to the one user
        return true;
    }
  }
}

function isUnary(word: string): bool {
  return word.length == 2 && byteAt(word, 0) == 45 && "bcdefgGhkLnNOprsStuwxz".includes(word.charAt(1));
}

function isBinary(word: string): bool {
  switch (word) {
    case "=":
    case "==":
    case "!=":
    case "-eq":
    case "-ne":
    case "-lt":
    case "-le":
    case "-gt":
    case "-ge":
    case "-nt":
    case "-ot":
    case "-ef":
      return true;
    default:
      return false;
  }
}

/** Both exist and the first is newer, or only the first exists. */
function isNewer(a: string, b: string): bool {
  const left = new fs.Stat();
  const right = new fs.Stat();
  if (fs.stat(a, left) != 0) return false;
  return fs.stat(b, right) != 0 || left.mtim > right.mtim;
}

function compareIntegers(a: string, b: string): i32 {
  const negative = a.startsWith("-");
  if (negative != b.startsWith("-")) return negative ? -1 : 1;
  const order = a.length != b.length ? a.length - b.length : compareBytes(a, b);
  return negative ? -order : order;
}
