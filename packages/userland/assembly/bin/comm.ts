/** comm: lines two sorted files have alone and together. */
import { compareBytes } from "../lib/bytes";
import { dieErrno, dieUsage, finish, warn } from "../lib/exit";
import * as fs from "../lib/fs";
import { Reader, stdout } from "../lib/io";
import { formatUnsigned } from "../lib/numbers";
import { Options } from "../lib/options";
import { quoteIfNeeded, quoteProse } from "../lib/quote";

const USAGE = `Usage: comm [OPTION]... FILE1 FILE2
Compare two sorted files: lines only in FILE1, only in FILE2, and in both, in three columns.

  -1, -2, -3              without that column
      --check-order       the files must be sorted
      --nocheck-order     they need not be
      --output-delimiter=STRING  instead of tabs
      --total             a line with counts
  -z, --zero-terminated   lines end in NUL`;

const options = new Options("123z", "check-order nocheck-order output-delimiter: total zero-terminated=z", USAGE);
const hidden: bool[] = [false, false, false];
let check = 0;
let delimiter = "\t";
let end: u8 = 10;
let total = false;
while (options.next()) {
  switch (options.name) {
    case "1":
    case "2":
    case "3":
      hidden[options.name.charCodeAt(0) - 49] = true;
      break;
    case "check-order":
      check = 1;
      break;
    case "nocheck-order":
      check = -1;
      break;
    case "output-delimiter":
      delimiter = options.value;
      break;
    case "total":
      total = true;
      break;
    case "z":
      end = 0;
      break;
  }
}
const names = options.operands;
if (names.length < 2) dieUsage(names.length == 0 ? "missing operand" : "missing operand after " + quoteProse(names[0]));
if (names.length > 2) dieUsage("extra operand " + quoteProse(names[2]));

function openOrDie(name: string): Reader {
  const fd = name == "-" ? 0 : fs.openRead(name);
  if (fd < 0) dieErrno(quoteIfNeeded(name), -fd);
  return new Reader(fd);
}

const readers: Reader[] = [openOrDie(names[0]), openOrDie(names[1])];
const lines: Array<string | null> = [null, null];
const warned: bool[] = [false, false];
const counts: u64[] = [0, 0, 0];
let disorder = false;
let unpaired = false;

function show(column: i32, line: string): void {
  counts[column]++;
  if (hidden[column]) return;
  for (let i = 0; i < column; i++) if (!hidden[i]) stdout.write(delimiter);
  stdout.write(line);
  stdout.writeByte(end);
}

/** Takes the next line of a file, noticing when it is out of order. */
function advance(file: i32): void {
  const before = lines[file];
  const next = readers[file].readLine(end);
  lines[file] = next;
  if (before === null || next === null || check < 0 || warned[file]) return;
  if ((check == 1 || unpaired) && compareBytes(before, next) > 0) {
    warned[file] = disorder = true;
    stdout.flush();
    warn("file " + formatUnsigned(file + 1) + " is not in sorted order");
    if (check == 1) finish(1);
  }
}

advance(0);
advance(1);
while (true) {
  const a = lines[0];
  const b = lines[1];
  if (a === null && b === null) break;
  const order = a === null ? 1 : b === null ? -1 : compareBytes(a, b);
  if (order == 0) {
    show(2, a!);
    advance(0);
    advance(1);
  } else {
    unpaired = true;
    const file = order < 0 ? 0 : 1;
    show(file, lines[file]!);
    advance(file);
  }
}
if (total) {
  stdout.write(formatUnsigned(counts[0]) + delimiter + formatUnsigned(counts[1]) + delimiter + formatUnsigned(counts[2]) + delimiter + "total");
  stdout.writeByte(end);
}
if (disorder) warn("input is not in sorted order");
finish(disorder ? 1 : 0);
