/** dd: copies blocks. */
import { EINTR } from "../../../abi/src/errno";
import { WHENCE_CUR, WHENCE_END, WHENCE_SET } from "../../../abi/src/wasi";
import { monotonic } from "../lib/clock";
import { die, dieErrno, dieUsage, warnErrno } from "../lib/exit";
import { formatFixed, Float, formatFloat } from "../lib/float";
import * as fs from "../lib/fs";
import { readInto, writeAll, writeText } from "../lib/io";
import { formatUnsigned } from "../lib/numbers";
import { Options } from "../lib/options";
import { quoteProse, quoteShell } from "../lib/quote";
import { parseSize, sizeFailed } from "../lib/sizes";
import { fd_datasync, fd_sync, proc_exit } from "../lib/wasi";

const USAGE = `Usage: dd [OPERAND]...
Copy standard input to standard output in blocks.

  if=FILE of=FILE     instead of standard input and output
  bs=N ibs=N obs=N    bytes read and written at a time (512)
  count=N             copy only N input blocks
  skip=N seek=N       leave out N blocks at the start of the input, the output
  conv=LIST           notrunc excl nocreat noerror sync fsync fdatasync lcase ucase swab
  iflag=LIST          fullblock count_bytes skip_bytes
  oflag=LIST          append seek_bytes
  status=LEVEL        none, noxfer (no speed), progress

N may have a suffix: c 1, w 2, b 512, kB 1000, K 1024, MB, M and so on; NxM multiplies.`;

let input = "";
let output = "";
let inputBlock: u64 = 512;
let outputBlock: u64 = 512;
let single = false;
let count: u64 = u64.MAX_VALUE;
let skip: u64 = 0;
let seekBlocks: u64 = 0;
let level = "";
const conversions: string[] = [];
const inputFlags: string[] = [];
const outputFlags: string[] = [];
const CONVERSIONS = "notrunc excl nocreat noerror sync fsync fdatasync lcase ucase swab sparse".split(" ");
const INPUT_FLAGS = "fullblock count_bytes skip_bytes direct dsync sync nonblock noatime nocache".split(" ");
const OUTPUT_FLAGS = "append seek_bytes direct dsync sync nonblock nocache".split(" ");

function number(text: string): u64 {
  let value: u64 = 1;
  const factors = text.split("x");
  for (let i = 0; i < factors.length; i++) {
    value *= parseSize(factors[i]);
    if (sizeFailed) die("invalid number: " + quoteProse(text));
  }
  return value;
}

function blockSize(text: string): u64 {
  const value = number(text);
  if (value == 0) die("invalid number: " + quoteProse(text));
  // Two buffers must fit in the process's memory.
  if (value > 1 << 28) die("memory exhausted by input buffer of size " + formatUnsigned(value) + " bytes");
  return value;
}

function words(text: string, into: string[], known: string[], what: string): void {
  const list = text.split(",");
  for (let i = 0; i < list.length; i++) {
    if (!known.includes(list[i])) dieUsage("invalid " + what + ": " + quoteProse(list[i]));
    into.push(list[i]);
  }
}

const options = new Options("+", "", USAGE);
while (options.next()) continue;
for (let i = 0; i < options.operands.length; i++) {
  const operand = options.operands[i];
  const equals = operand.indexOf("=");
  const value = operand.substring(equals + 1);
  switch (equals < 0 ? "" : operand.substring(0, equals)) {
    case "if":
      input = value;
      break;
    case "of":
      output = value;
      break;
    case "bs":
      inputBlock = outputBlock = blockSize(value);
      single = true;
      break;
    case "ibs":
      inputBlock = blockSize(value);
      break;
    case "obs":
      outputBlock = blockSize(value);
      break;
    case "count":
      count = number(value);
      break;
    case "skip":
    case "iseek":
      skip = number(value);
      break;
    case "seek":
    case "oseek":
      seekBlocks = number(value);
      break;
    case "conv":
      words(value, conversions, CONVERSIONS, "conversion");
      break;
    case "iflag":
      words(value, inputFlags, INPUT_FLAGS, "input flag");
      break;
    case "oflag":
      words(value, outputFlags, OUTPUT_FLAGS, "output flag");
      break;
    case "status":
      if (value != "none" && value != "noxfer" && value != "progress") dieUsage("invalid status level: " + quoteProse(value));
      level = value;
      break;
    default:
      dieUsage("unrecognized operand " + quoteProse(operand));
  }
}
const start = monotonic();
const inFd = input.length == 0 ? 0 : fs.openRead(input);
if (inFd < 0) dieErrno("failed to open " + quoteShell(input), -inFd);
const skipBytes = inputFlags.includes("skip_bytes") ? skip : skip * inputBlock;
const seekBytes = outputFlags.includes("seek_bytes") ? seekBlocks : seekBlocks * outputBlock;

function openOutput(): i32 {
  let flags: u32 = fs.WRITE;
  if (!conversions.includes("nocreat")) flags |= fs.CREATE;
  if (conversions.includes("excl")) flags |= fs.EXCLUSIVE;
  if (outputFlags.includes("append")) flags |= fs.APPEND;
  else if (!conversions.includes("notrunc") && seekBytes == 0) flags |= fs.TRUNCATE;
  return fs.open(output, flags);
}

const outFd = output.length == 0 ? 1 : openOutput();
if (outFd < 0) dieErrno("failed to open " + quoteShell(output), -outFd);
const inBuffer = heap.alloc(<usize>inputBlock);
const outBuffer = single ? inBuffer : heap.alloc(<usize>outputBlock);
let outLength: i32 = 0;
let fullIn: u64 = 0;
let partialIn: u64 = 0;
let fullOut: u64 = 0;
let partialOut: u64 = 0;
let total: u64 = 0;
let status = 0;

function readBlock(length: i32): i32 {
  let done = 0;
  do {
    const got = readInto(inFd, inBuffer + done, length - done);
    if (got == -EINTR) continue;
    if (got < 0) return got;
    if (got == 0) break;
    done += got;
  } while (done < length && inputFlags.includes("fullblock"));
  return done;
}

/** Leaves out the first bytes: by seeking, or by reading where that does not work. */
function skipInput(bytes: u64): void {
  if (bytes == 0) return;
  const size = fs.seek(inFd, 0, WHENCE_END);
  if (size >= 0 && fs.seek(inFd, <i64>min<u64>(bytes, <u64>size), WHENCE_SET) >= 0) return;
  while (bytes > 0) {
    const got = readInto(inFd, inBuffer, <i32>min<u64>(bytes, inputBlock));
    if (got <= 0) return;
    bytes -= got;
  }
}

function seekOutput(bytes: u64): void {
  if (bytes == 0) return;
  if (output.length > 0 && !conversions.includes("notrunc") && !outputFlags.includes("append")) fs.setSize(outFd, bytes);
  const moved = fs.seek(outFd, <i64>bytes, output.length > 0 ? WHENCE_SET : WHENCE_CUR);
  if (moved < 0) dieErrno("cannot seek: " + quoteShell(output.length > 0 ? output : "standard output"), <i32>-moved);
}

function emit(from: usize, length: i32): void {
  const error = writeAll(outFd, from, length);
  if (error != 0) {
    warnErrno("error writing " + quoteShell(output.length > 0 ? output : "standard output"), error);
    report();
    proc_exit(1);
  }
  total += length;
  if (<u64>length == outputBlock) fullOut++;
  else partialOut++;
}

function convert(from: usize, length: i32): void {
  const upper = conversions.includes("ucase");
  const lower = conversions.includes("lcase");
  if (conversions.includes("swab")) {
    for (let i = 0; i + 1 < length; i += 2) store<u16>(from + i, bswap<u16>(load<u16>(from + i)));
  }
  for (let i = 0; (upper || lower) && i < length; i++) {
    const byte = load<u8>(from + i);
    if (upper && <u32>(byte - 97) < 26) store<u8>(from + i, byte - 32);
    if (lower && <u32>(byte - 65) < 26) store<u8>(from + i, byte + 32);
  }
}

/** Gathers output into blocks of their own size. */
function collect(from: usize, length: i32): void {
  while (length > 0) {
    const take = min(length, <i32>outputBlock - outLength);
    memory.copy(outBuffer + outLength, from, take);
    outLength += take;
    from += take;
    length -= take;
    if (<u64>outLength < outputBlock) return;
    emit(outBuffer, outLength);
    outLength = 0;
  }
}

function records(full: u64, partial: u64): string {
  return formatUnsigned(full) + "+" + formatUnsigned(partial) + " records ";
}

function report(): void {
  if (level == "none") return;
  let text = records(fullIn, partialIn) + "in\n" + records(fullOut, partialOut) + "out\n";
  if (level != "noxfer") {
    const seconds = <f64>(monotonic() - start) / 1e9;
    text += formatUnsigned(total) + (total == 1 ? " byte" : " bytes");
    if (total >= 1000) {
      text += " (" + decimal(total, 1000);
      if (total >= 1024) text += ", " + decimal(total, 1024);
      text += ")";
    }
    text += " copied, " + formatFloat(Float.fromF64(seconds), 103, 6) + " s, ";
    text += seconds > 0 ? decimal(<u64>(<f64>total / seconds), 1000) + "/s\n" : "Infinity B/s\n";
  }
  writeText(2, text);
}

/** "1.0 kB", "12 MiB" */
function decimal(bytes: u64, unit: u64): string {
  let value = <f64>bytes;
  let power = 0;
  while (value >= <f64>unit && power < 6) {
    value /= <f64>unit;
    power++;
  }
  const letter = power == 0 ? "" : unit == 1000 && power == 1 ? "k" : "KMGTPE".charAt(power - 1);
  const digits = power == 0 ? formatUnsigned(bytes) : value < 9.95 ? formatFixed(value, 1) : formatFixed(value, 0);
  return digits + " " + letter + (unit == 1024 ? "iB" : "B");
}

skipInput(skipBytes);
seekOutput(seekBytes);
const countBytes = inputFlags.includes("count_bytes");
let left = countBytes ? count : u64.MAX_VALUE;
while ((countBytes || fullIn + partialIn < count) && left > 0) {
  let got = readBlock(<i32>min(inputBlock, left));
  if (got < 0) {
    warnErrno("error reading " + quoteShell(input.length > 0 ? input : "standard input"), -got);
    status = 1;
    if (!conversions.includes("noerror")) break;
    got = 0;
  } else if (got == 0) break;
  left -= got;
  if (<u64>got == inputBlock) fullIn++;
  else partialIn++;
  if (conversions.includes("sync") && <u64>got < inputBlock) {
    memory.fill(inBuffer + got, 0, <usize>inputBlock - got);
    got = <i32>inputBlock;
  }
  convert(inBuffer, got);
  if (single) emit(inBuffer, got);
  else collect(inBuffer, got);
}
if (outLength > 0) emit(outBuffer, outLength);
const synced = conversions.includes("fsync") ? fd_sync(outFd) : conversions.includes("fdatasync") ? fd_datasync(outFd) : 0;
if (synced != 0) {
  warnErrno("fsync failed for " + quoteShell(output), synced);
  status = 1;
}
report();
proc_exit(status);
