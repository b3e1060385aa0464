/** split: a file in pieces. */
import { ERANGE } from "../../../abi/src/errno";
import { die, dieErrno, dieUsage, finish } from "../lib/exit";
import * as fs from "../lib/fs";
import { Reader, stdout, Writer } from "../lib/io";
import { parseFailed, parseUnsigned } from "../lib/numbers";
import { Options } from "../lib/options";
import { quoteIfNeeded, quoteProse, quoteShell } from "../lib/quote";
import { parseSize, sizeFailed } from "../lib/sizes";

const USAGE = `Usage: split [OPTION]... [FILE [PREFIX]]
Write pieces of FILE to PREFIXaa, PREFIXab, ... (PREFIX is x), 1000 lines each.

  -a, --suffix-length=N    letters of the suffix (2)
      --additional-suffix=SUFFIX  after it
  -b, --bytes=SIZE         SIZE bytes each
  -C, --line-bytes=SIZE    at most SIZE bytes of whole lines each
  -d, --numeric-suffixes   digits instead of letters
  -x, --hex-suffixes       hexadecimal digits
  -l, --lines=N            N lines each
  -n, --number=N           N pieces of the same size
  -e, --elide-empty-files  no empty pieces with -n
      --verbose            name each piece`;

const BY_LINES = 0;
const BY_BYTES = 1;
const BY_LINE_BYTES = 2;

let mode = BY_LINES;
let size: u64 = 1000;
let pieces: u64 = 0;
let suffixLength = 2;
let suffixGiven = false;
let digits = "abcdefghijklmnopqrstuvwxyz";
let extra = "";
let elide = false;
let verbose = false;
let index: u64 = 0;
let prefix = "x";

function pieceName(): string {
  const base = <u64>digits.length;
  // Suffixes grow by two letters when those of one length are used up, the new ones starting with the last letter.
  let rest = index;
  let name = "";
  let length = suffixLength;
  let lead = "";
  while (!suffixGiven) {
    const first = power(base, length - 1) * (base - 1);
    if (rest < first) break;
    rest -= first;
    length += 1;
    lead += digits.charAt(digits.length - 1);
    if (length > 40) break;
  }
  if (suffixGiven && rest >= power(base, length)) die("output file suffixes exhausted");
  for (let i = 0; i < length; i++) {
    name = digits.charAt(<i32>(rest % base)) + name;
    rest /= base;
  }
  index++;
  return prefix + lead + name + extra;
}

function power(base: u64, exponent: i32): u64 {
  let result: u64 = 1;
  for (let i = 0; i < exponent; i++) result *= base;
  return result;
}

function openPiece(): Writer {
  const name = pieceName();
  if (verbose) stdout.writeLine("creating file " + quoteShell(name));
  const fd = fs.openWrite(name);
  if (fd < 0) dieErrno(quoteIfNeeded(name), -fd);
  return new Writer(fd);
}

function closePiece(writer: Writer): void {
  const error = writer.flush();
  if (error != 0) dieErrno("write error", error);
  fs.close(writer.fd);
}

function splitBytes(reader: Reader, each: u64): void {
  while (reader.available > 0 || reader.fill()) {
    const piece = openPiece();
    let left = each;
    while (left > 0 && (reader.available > 0 || reader.fill())) {
      const take = <i32>min<u64>(left, reader.available);
      piece.writeMemory(reader.data, take);
      reader.skip(take);
      left -= take;
    }
    closePiece(piece);
  }
}

/** Lines as long as a count or a number of bytes allows. */
function splitLines(reader: Reader): void {
  let piece: Writer | null = null;
  let used: u64 = 0;
  for (let line = reader.readLine(); line !== null; line = reader.readLine()) {
    const text: string = reader.terminated ? line + "\n" : line;
    const cost: u64 = mode == BY_LINES ? 1 : text.length;
    if (piece !== null && used + cost > size) {
      closePiece(piece);
      piece = null;
    }
    if (piece === null) {
      piece = openPiece();
      used = 0;
    }
    piece.write(text);
    used += cost;
  }
  if (piece !== null) closePiece(piece);
}

/** N pieces; the last takes the remainder's bytes one each from the front, as coreutils has it. */
function splitPieces(reader: Reader, total: u64): void {
  const each = total / pieces;
  const larger = total % pieces;
  for (let i: u64 = 0; i < pieces; i++) {
    let left = each + (i < larger ? 1 : 0);
    if (left == 0 && elide) continue;
    const piece = openPiece();
    while (left > 0 && (reader.available > 0 || reader.fill())) {
      const take = <i32>min<u64>(left, reader.available);
      piece.writeMemory(reader.data, take);
      reader.skip(take);
      left -= take;
    }
    closePiece(piece);
  }
}

function sizeOption(text: string, what: string): u64 {
  const value = parseSize(text);
  const message = "invalid number of " + what + ": " + quoteProse(text);
  if (sizeFailed) die(message);
  if (value == 0) dieErrno(message, ERANGE);
  return value;
}

const options = new Options(
  "a:b:C:del:n:x0::1::2::3::4::5::6::7::8::9::",
  "suffix-length:=a additional-suffix: bytes:=b line-bytes:=C numeric-suffixes?=d hex-suffixes?=x lines:=l number:=n elide-empty-files=e verbose",
  USAGE,
);
while (options.next()) {
  const value = options.value;
  switch (options.name) {
    case "a":
      suffixLength = <i32>parseUnsigned(value);
      if (parseFailed || suffixLength < 1) die("invalid suffix length: " + quoteProse(value));
      suffixGiven = true;
      break;
    case "additional-suffix":
      if (value.includes("/")) die("invalid suffix " + quoteProse(value) + ", contains directory separator");
      extra = value;
      break;
    case "b":
      mode = BY_BYTES;
      size = sizeOption(value, "bytes");
      break;
    case "C":
      mode = BY_LINE_BYTES;
      size = sizeOption(value, "bytes");
      break;
    case "d":
      digits = "0123456789";
      if (options.hasValue) index = parseUnsigned(value);
      break;
    case "x":
      digits = "0123456789abcdef";
      if (options.hasValue) index = parseUnsigned(value);
      break;
    case "e":
      elide = true;
      break;
    case "l":
      mode = BY_LINES;
      size = sizeOption(value, "lines");
      break;
    case "n":
      pieces = parseUnsigned(value);
      if (parseFailed || pieces == 0) die("invalid number of chunks: " + quoteProse(value));
      break;
    case "verbose":
      verbose = true;
      break;
    default:
      // split -500
      mode = BY_LINES;
      size = sizeOption(options.name + value, "lines");
  }
}
const operands = options.operands;
if (operands.length > 2) dieUsage("extra operand " + quoteProse(operands[2]));
const name = operands.length > 0 ? operands[0] : "-";
if (operands.length > 1) prefix = operands[1];
const fd = name == "-" ? 0 : fs.openRead(name);
if (fd < 0) dieErrno("cannot open " + quoteShell(name) + " for reading", -fd);
const reader = new Reader(fd);
if (pieces > 0) {
  const st = new fs.Stat();
  if (fs.fstat(fd, st) != 0 || !st.isRegular) die(quoteIfNeeded(name) + ": cannot determine file size");
  splitPieces(reader, st.size);
} else if (mode == BY_BYTES) splitBytes(reader, size);
else splitLines(reader);
if (reader.error != 0) dieErrno(quoteIfNeeded(name), reader.error);
finish(0);
