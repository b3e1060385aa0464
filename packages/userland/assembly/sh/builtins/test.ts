// test and [

import { OBJECT_PIPE_READ, OBJECT_PIPE_WRITE } from "../../../../abi/src/kernel-interface";
import {
  FILETYPE_BLOCK_DEVICE,
  FILETYPE_CHARACTER_DEVICE,
  FILETYPE_DIRECTORY,
  FILETYPE_REGULAR_FILE,
  FILETYPE_SYMBOLIC_LINK,
} from "../../../../abi/src/wasi";
import { isTerminal } from "../../lib/io";
import { parseInteger } from "../number";
import { builtinError } from "../report";
import { accessible, stat } from "../run/files";
import { Skip, shell } from "../state";

const UNARY = "bcdefghkLnOprsStuwxzG";
const BINARY: StaticArray<string> = [
  "=",
  "!=",
  "==",
  "<",
  ">",
  "-eq",
  "-ne",
  "-gt",
  "-ge",
  "-lt",
  "-le",
  "-nt",
  "-ot",
  "-ef",
];

function isUnary(word: string): bool {
  return word.length == 2 && word.charAt(0) == "-" && UNARY.includes(word.charAt(1));
}

function isBinary(word: string): bool {
  return BINARY.includes(word);
}

class Test {
  private at: i32 = 0;
  constructor(private words: string[]) {}

  private get left(): i32 {
    return this.words.length - this.at;
  }

  /** 0 true, 1 false, 2 error. */
  run(): i32 {
    const count = this.words.length;
    if (count == 0) return 1;
    // The forms with up to four operands that POSIX defines by their number.
    if (count == 3 && isBinary(this.words[1])) return this.status(this.binary());
    if (count == 4 && this.words[0] == "!" && isBinary(this.words[2])) {
      this.at = 1;
      return this.status(!this.binary());
    }
    const value = this.or();
    if (this.failed) return 2;
    if (this.left > 0) return this.unexpected(this.words[max(this.at - 1, 0)]);
    return value ? 0 : 1;
  }

  private get failed(): bool {
    return shell.skip == Skip.Error;
  }

  private status(value: bool): i32 {
    return this.failed ? 2 : value ? 0 : 1;
  }

  private unexpected(word: string): i32 {
    return builtinError(word + ": unexpected operator");
  }

  private or(): bool {
    let value = this.and();
    while (!this.failed && this.left > 0 && this.words[this.at] == "-o") {
      this.at++;
      const right = this.and();
      value = value || right;
    }
    return value;
  }

  private and(): bool {
    let value = this.not();
    while (!this.failed && this.left > 0 && this.words[this.at] == "-a") {
      this.at++;
      const right = this.not();
      value = value && right;
    }
    return value;
  }

  private not(): bool {
    if (this.left > 1 && this.words[this.at] == "!" && !(this.left >= 3 && isBinary(this.words[this.at + 1]))) {
      this.at++;
      return !this.not();
    }
    return this.primary();
  }

  private primary(): bool {
    if (this.left == 0) return false;
    const word = this.words[this.at];
    if (this.left >= 3 && isBinary(this.words[this.at + 1])) return this.binary();
    if (word == "(" && this.left > 1) {
      this.at++;
      const value = this.or();
      if (this.failed) return false;
      if (this.left == 0 || this.words[this.at] != ")") {
        builtinError("closing paren expected");
        return false;
      }
      this.at++;
      return value;
    }
    if (isUnary(word) && this.left > 1) {
      this.at += 2;
      return unary(word.charAt(1), this.words[this.at - 1]);
    }
    if (this.left == 2 && isBinary(this.words[this.at + 1])) {
      builtinError(this.words[this.at + 1] + ": argument expected");
      return false;
    }
    if (isUnary(word) && this.left == 1 && this.at > 0) {
      builtinError(word + ": argument expected");
      return false;
    }
    this.at++;
    return word.length > 0;
  }

  private binary(): bool {
    const a = this.words[this.at];
    const operator = this.words[this.at + 1];
    const b = this.words[this.at + 2];
    this.at += 3;
    if (operator == "=" || operator == "==") return a == b;
    if (operator == "!=") return a != b;
    if (operator == "<") return a < b;
    if (operator == ">") return a > b;
    if (operator == "-nt" || operator == "-ot" || operator == "-ef") return compareFiles(a, operator, b);
    const x = number(a);
    const y = number(b);
    if (operator == "-eq") return x == y;
    if (operator == "-ne") return x != y;
    if (operator == "-gt") return x > y;
    if (operator == "-ge") return x >= y;
    if (operator == "-lt") return x < y;
    return x <= y;
  }
}

function number(text: string): i64 {
  const parsed = parseInteger(text, 10);
  if (!parsed.valid && shell.skip == Skip.None) builtinError("Illegal number: " + text);
  return parsed.value;
}

function compareFiles(a: string, operator: string, b: string): bool {
  const first = stat(a, true);
  const second = stat(b, true);
  if (operator == "-ef") {
    return first !== null && second !== null && first.device == second.device && first.inode == second.inode;
  }
  if (operator == "-nt") return first !== null && (second === null || first.mtim > second.mtim);
  return second !== null && (first === null || first.mtim < second.mtim);
}

function unary(letter: string, operand: string): bool {
  if (letter == "n") return operand.length > 0;
  if (letter == "z") return operand.length == 0;
  if (letter == "t") return isTerminal(<i32>number(operand));
  if (letter == "r") return accessible(operand, 4);
  if (letter == "w") return accessible(operand, 2);
  if (letter == "x") return accessible(operand, 1);
  const link = letter == "h" || letter == "L";
  const found = stat(operand, !link);
  if (found === null) return false;
  if (link) return found.type == FILETYPE_SYMBOLIC_LINK;
  if (letter == "e") return true;
  if (letter == "f") return found.type == FILETYPE_REGULAR_FILE;
  if (letter == "d") return found.type == FILETYPE_DIRECTORY;
  if (letter == "b") return found.type == FILETYPE_BLOCK_DEVICE;
  if (letter == "p") return found.object == OBJECT_PIPE_READ || found.object == OBJECT_PIPE_WRITE;
  if (letter == "c") return found.type == FILETYPE_CHARACTER_DEVICE;
  if (letter == "s") return found.size > 0;
  if (letter == "u") return (found.mode & 0o4000) != 0;
  if (letter == "g") return (found.mode & 0o2000) != 0;
  if (letter == "k") return (found.mode & 0o1000) != 0;
  // One user owns everything.
  return letter == "O" || letter == "G";
}

export function testCommand(argv: string[]): i32 {
  return new Test(argv.slice(1)).run();
}

export function bracket(argv: string[]): i32 {
  if (argv[argv.length - 1] != "]") return builtinError("missing ]");
  return new Test(argv.slice(1, argv.length - 1)).run();
}
