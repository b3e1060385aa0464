import { EINTR } from "../../../../abi/src/errno";
import { isTerminal, readInto } from "../../lib/io";
import { BACKSLASH, isName, NEWLINE } from "../chars";
import { Separators, separatorsOf } from "../expand/split";
import { writeError } from "../output";
import { builtinError } from "../report";
import { interruptingSignal, takeSignals } from "../run/signals";
import { TextBuilder } from "../text";
import { assign, lookup } from "../vars";
import { OptionScanner } from "./options";

const BYTE = memory.data(8);

/** The line's bytes; those that a backslash quoted are marked so that they do not delimit. */
const ESCAPED: i32 = 0x100;

class Line {
  cells: TextBuilder = new TextBuilder();
  /** 0, or 1 when the input ended before the newline. */
  status: i32 = 0;
}

/** One byte at a time: what follows the line belongs to others who read this descriptor. */
function readLine(raw: bool): Line {
  const line = new Line();
  let escaped = false;
  while (true) {
    const count = readInto(0, BYTE, 1);
    if (count == -EINTR) {
      takeSignals();
      if (interruptingSignal() == 0) continue;
      line.status = 128 + interruptingSignal();
      return line;
    }
    if (count <= 0) {
      line.status = 1;
      return line;
    }
    const c = load<u8>(BYTE);
    if (c == 0) continue;
    if (escaped) {
      escaped = false;
      if (c != NEWLINE) line.cells.push(c | ESCAPED);
    } else if (c == BACKSLASH && !raw) escaped = true;
    else if (c == NEWLINE) return line;
    else line.cells.push(c);
  }
}

function textOf(cells: TextBuilder, start: i32, end: i32): string {
  const text = new TextBuilder();
  for (let i = start; i < end; i++) text.push(cells.at(i) & 0xff);
  return text.toString();
}

/** Gives the variables a field each, the last what remains (POSIX read). */
function distribute(cells: TextBuilder, names: string[], first: i32): bool {
  const separators = separatorsOf(lookup("IFS"));
  const size = cells.length;
  let at = 0;
  for (let i = first; i < names.length; i++) {
    while (at < size && blank(cells, at, separators)) at++;
    const start = at;
    let end = at;
    if (i < names.length - 1) {
      while (at < size && !delimits(cells, at, separators)) at++;
      end = at;
      at = pastDelimiter(cells, at, separators);
    } else {
      end = lastEnd(cells, at, separators);
      at = size;
    }
    if (!assign(names[i], textOf(cells, start, end))) return false;
  }
  return true;
}

function delimits(cells: TextBuilder, at: i32, separators: Separators): bool {
  const cell = cells.at(at);
  return cell < ESCAPED && separators.isDelimiter(cell);
}

function blank(cells: TextBuilder, at: i32, separators: Separators): bool {
  const cell = cells.at(at);
  return cell < ESCAPED && separators.isBlank(cell);
}

function pastDelimiter(cells: TextBuilder, from: i32, separators: Separators): i32 {
  let at = from;
  while (at < cells.length && blank(cells, at, separators)) at++;
  if (at < cells.length && delimits(cells, at, separators)) {
    at++;
    while (at < cells.length && blank(cells, at, separators)) at++;
  }
  return at;
}

/** End of the last variable's value: blanks at the end go, and one delimiter when it ends the only field left. */
function lastEnd(cells: TextBuilder, start: i32, separators: Separators): i32 {
  let fieldEnd = start;
  while (fieldEnd < cells.length && !delimits(cells, fieldEnd, separators)) fieldEnd++;
  if (pastDelimiter(cells, fieldEnd, separators) == cells.length) return fieldEnd;
  let end = cells.length;
  while (end > start && blank(cells, end - 1, separators)) end--;
  return end;
}

export function readCommand(argv: string[]): i32 {
  const scanner = new OptionScanner(argv, "p:r");
  let raw = false;
  let prompt = "";
  for (let letter = scanner.next(); letter.length > 0; letter = scanner.next()) {
    if (letter == "r") raw = true;
    else prompt = scanner.argument;
  }
  if (scanner.failed) return 2;
  if (scanner.index >= argv.length) return builtinError("arg count");
  for (let i = scanner.index; i < argv.length; i++) {
    if (!isName(argv[i])) return builtinError(argv[i] + ": bad variable name");
  }
  if (prompt.length > 0 && isTerminal(0)) writeError(prompt);
  const line = readLine(raw);
  if (line.status > 128) return line.status;
  return distribute(line.cells, argv, scanner.index) ? line.status : 2;
}
