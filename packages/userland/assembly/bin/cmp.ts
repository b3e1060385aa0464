import { EINTR, EISDIR } from "../../../abi/src/errno";
import { Options } from "../lib/options";
import { Stat, fstat, openRead, seek } from "../lib/fs";
import { die, dieErrno, dieUsage, finish } from "../lib/exit";
import { fromByte, padStart } from "../lib/bytes";
import { localeIsUtf8 } from "../lib/args";
import { formatUnsigned } from "../lib/numbers";
import { parseSize, sizeFailed } from "../lib/sizes";
import { readInto, stdout, writeText } from "../lib/io";

const USAGE = `Usage: cmp [OPTION]... FILE1 [FILE2 [SKIP1 [SKIP2]]]
Compare two files byte by byte.

  -b                         show the bytes that differ
  -i SKIP[:SKIP2]            skip so many bytes of both inputs
  -l                         all differences: byte numbers and values
  -n LIMIT                   compare at most LIMIT bytes
  -s                         no output, only the exit status
`;

const CHUNK: i32 = 65536;
const BUFFER_A: usize = memory.data(65536);
const BUFFER_B: usize = memory.data(65536);

function size(text: string): i64 {
  const n = parseSize(text);
  if (sizeFailed) dieUsage("invalid --bytes value '" + text + "'", 2);
  return <i64>n;
}

/** Visible form of a byte: ^X for control characters, M- for the upper half (cat -v). */
function visible(byte: i32): string {
  if (byte >= 128) return "M-" + visible(byte - 128);
  return byte < 32 ? "^" + fromByte(byte + 64) : byte == 127 ? "^?" : fromByte(byte);
}

/** Fills the buffer as far as the file goes. */
function fill(fd: i32, to: usize, name: string): i32 {
  let done = 0;
  while (done < CHUNK) {
    const count = readInto(fd, to + done, CHUNK - done);
    if (count == -EINTR) continue;
    if (count < 0) dieErrno(name, -count, 2);
    if (count == 0) break;
    done += count;
  }
  return done;
}

let all = false;
let silent = false;
let bytes = false;
let limit: i64 = i64.MAX_VALUE;
let skipA: i64 = 0;
let skipB: i64 = 0;
const options = new Options("bi:ln:s", "print-bytes=b ignore-initial:=i verbose=l bytes:=n quiet=s silent=s", USAGE, 2);
while (options.next()) {
  const name = options.name;
  if (name == "l") all = true;
  else if (name == "s") silent = true;
  else if (name == "b") bytes = true;
  else if (name == "n") limit = size(options.value);
  else if (name == "i") {
    const parts = options.value.split(":");
    skipA = size(parts[0]);
    skipB = parts.length > 1 ? size(parts[1]) : skipA;
  }
}
const operands = options.operands;
if (operands.length == 0) dieUsage("missing operand after '" + "cmp" + "'", 2);
if (operands.length > 4) dieUsage("extra operand '" + operands[4] + "'", 2);
if (operands.length == 1) operands.push("-");
if (operands.length > 2) skipA = size(operands[2]);
if (operands.length > 3) skipB = size(operands[3]);

function openOperand(name: string): i32 {
  if (name == "-") return 0;
  const fd = openRead(name);
  const st = new Stat();
  if (fd < 0) {
    if (silent) finish(2);
    dieErrno(name, -fd, 2);
  }
  if (fstat(fd, st) == 0 && st.isDirectory) dieErrno(name, EISDIR, 2);
  return fd;
}

function skip(fd: i32, count: i64, name: string): void {
  if (count <= 0 || seek(fd, count, 0) >= 0) return;
  while (count > 0) {
    const got = readInto(fd, BUFFER_A, <i32>min<i64>(count, CHUNK));
    if (got <= 0) return;
    count -= got;
  }
}

const nameA = operands[0];
const nameB = operands[1];
if (nameA == nameB && skipA == skipB) finish(0);
const a = openOperand(nameA);
const b = openOperand(nameB);
skip(a, skipA, nameA);
skip(b, skipB, nameB);

let offset: i64 = 0;
let line: i64 = 1;
let differs = false;
let lastA = 10;
/** Columns of the byte number with -l: those of the larger file's size. */
let width = 1;
if (all) {
  const stA = new Stat();
  const stB = new Stat();
  let largest: u64 = 0;
  if (fstat(a, stA) == 0 && stA.isRegular && fstat(b, stB) == 0 && stB.isRegular) largest = min(stA.size, stB.size);
  width = min<u64>(largest, <u64>limit).toString().length;
}

function endOfFile(name: string): void {
  if (!silent) {
    stdout.flush();
    let where = " after byte " + offset.toString();
    if (offset == 0) where = " which is empty";
    else if (!all) where += (lastA == 10 ? ", line " + (line - 1).toString() : ", in line " + line.toString());
    writeText(2, "cmp: EOF on " + name + where + "\n");
  }
  finish(1, 2);
}

while (offset < limit) {
  const countA = fill(a, BUFFER_A, nameA);
  const countB = fill(b, BUFFER_B, nameB);
  const common = <i32>min<i64>(min(countA, countB), limit - offset);
  let from = 0;
  while (from < common) {
    if (!all && memory.compare(BUFFER_A + from, BUFFER_B + from, common - from) == 0) {
      for (let i = from; i < common; i++) if (load<u8>(BUFFER_A + i) == 10) line++;
      lastA = load<u8>(BUFFER_A + common - 1);
      offset += common - from;
      break;
    }
    const x = <i32>load<u8>(BUFFER_A + from);
    const y = <i32>load<u8>(BUFFER_B + from);
    from++;
    offset++;
    if (x != y) {
      differs = true;
      if (silent) finish(1);
      if (!all) {
        let text = nameA + " " + nameB + " differ: " + (bytes || localeIsUtf8() ? "byte " : "char ") + offset.toString() + ", line " + line.toString();
        if (bytes) {
          text += " is " + padStart(formatUnsigned(x, 8), 3) + " " + visible(x) + " " + padStart(formatUnsigned(y, 8), 3) + " " + visible(y);
        }
        stdout.writeLine(text);
        finish(1, 2);
      }
      let text = padStart(offset.toString(), width) + " " + padStart(formatUnsigned(x, 8), 3);
      if (bytes) text += " " + visible(x) + " ".repeat(max(5 - visible(x).length - 1, 0));
      text += " " + padStart(formatUnsigned(y, 8), 3);
      stdout.writeLine(bytes ? text + " " + visible(y) : text);
    }
    lastA = x;
    if (x == 10) line++;
  }
  if (offset >= limit) break;
  if (countA != countB) {
    if (countA < countB) endOfFile(nameA);
    endOfFile(nameB);
  }
  if (countA < CHUNK) break;
}
finish(differs ? 1 : 0, 2);
