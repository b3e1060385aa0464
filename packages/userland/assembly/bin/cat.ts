/** cat: files to standard output. */
import { EINTR } from "../../../abi/src/errno";
import { FILETYPE_REGULAR_FILE } from "../../../abi/src/wasi";
import { formatUnsigned } from "../lib/numbers";
import { padStart } from "../lib/bytes";
import { dieErrno, finish, warn, warnErrno } from "../lib/exit";
import * as fs from "../lib/fs";
import { BLOCK_SIZE, readInto, Reader, stdout, writeAll } from "../lib/io";
import { Options } from "../lib/options";
import { quoteIfNeeded } from "../lib/quote";

const USAGE = `Usage: cat [OPTION]... [FILE]...
Write the files to standard output one after the other; without FILE or when it is -, standard input.

  -A, --show-all          the same as -vET
  -b, --number-nonblank   number the lines that are not empty
  -e                      the same as -vE
  -E, --show-ends         show $ at the end of each line
  -n, --number            number all lines
  -s, --squeeze-blank     keep one of several empty lines
  -t                      the same as -vT
  -T, --show-tabs         show tabs as ^I
  -u                      (ignored: output is never held back at the end of a file)
  -v, --show-nonprinting  show control bytes as ^X and bytes over 127 as M-X`;

let showEnds = false;
let showTabs = false;
let showControl = false;
let numberAll = false;
let numberFull = false;
let squeeze = false;

let lineNumber: u64 = 0;
let atLineStart = true;
let emptyLines = 0;
let pendingReturn = false;

/** Copies blocks unchanged: 0 or the errno of reading. */
function copyPlain(fd: i32, block: usize): i32 {
  while (true) {
    const count = readInto(fd, block, BLOCK_SIZE);
    if (count == -EINTR) continue;
    if (count <= 0) return -count;
    const error = writeAll(1, block, count);
    if (error != 0) dieErrno("write error", error);
  }
}

function showByte(byte: i32): void {
  if (byte >= 128) {
    stdout.write("M-");
    byte -= 128;
  }
  if (byte < 32) {
    stdout.writeByte(94);
    stdout.writeByte(byte + 64);
  } else if (byte == 127) stdout.write("^?");
  else stdout.writeByte(byte);
}

function startLine(empty: bool): void {
  if (numberAll || (numberFull && !empty)) {
    stdout.write(padStart(formatUnsigned(++lineNumber), 6));
    stdout.writeByte(9);
  }
}

/** -E shows the \\r of a \\r\\n line end as ^M. */
function flushReturn(beforeNewline: bool): void {
  if (!pendingReturn) return;
  pendingReturn = false;
  if (beforeNewline) stdout.write("^M");
  else stdout.writeByte(13);
}

function copyShown(reader: Reader): void {
  for (let byte = reader.readByte(); byte >= 0; byte = reader.readByte()) {
    if (byte == 10) {
      flushReturn(true);
      if (atLineStart) {
        if (++emptyLines > 1 && squeeze) continue;
        startLine(true);
      }
      if (showEnds) stdout.writeByte(36);
      stdout.writeByte(10);
      atLineStart = true;
      continue;
    }
    if (atLineStart) startLine(false);
    atLineStart = false;
    emptyLines = 0;
    flushReturn(false);
    if (byte == 9) {
      if (showTabs) stdout.write("^I");
      else stdout.writeByte(9);
    } else if (showControl) showByte(byte);
    else if (byte == 13 && showEnds) pendingReturn = true;
    else stdout.writeByte(byte);
  }
}

const options = new Options(
  "AbeEnstTuv",
  "number-nonblank=b number=n squeeze-blank=s show-nonprinting=v show-ends=E show-tabs=T show-all=A",
  USAGE,
);
while (options.next()) {
  switch (options.name) {
    case "A":
      showControl = showEnds = showTabs = true;
      break;
    case "b":
      numberFull = true;
      break;
    case "e":
      showControl = showEnds = true;
      break;
    case "E":
      showEnds = true;
      break;
    case "n":
      numberAll = true;
      break;
    case "s":
      squeeze = true;
      break;
    case "t":
      showControl = showTabs = true;
      break;
    case "T":
      showTabs = true;
      break;
    case "v":
      showControl = true;
      break;
  }
}
if (numberFull) numberAll = false;
const plain = !(showEnds || showTabs || showControl || numberAll || numberFull || squeeze);
const files = options.operands.length > 0 ? options.operands : ["-"];
const output = new fs.Stat();
const outputIsFile = fs.fstat(1, output) == 0 && output.type == FILETYPE_REGULAR_FILE;
const block = plain ? heap.alloc(BLOCK_SIZE) : 0;
let status = 0;
for (let i = 0; i < files.length; i++) {
  const name = files[i];
  const fd = name == "-" ? 0 : fs.openRead(name);
  if (fd < 0) {
    stdout.flush();
    warnErrno(quoteIfNeeded(name), -fd);
    status = 1;
    continue;
  }
  const input = new fs.Stat();
  if (outputIsFile && fs.fstat(fd, input) == 0 && input.sameFile(output) && fs.seek(fd, 0, 1) < <i64>input.size) {
    warn(quoteIfNeeded(name) + ": input file is output file");
    status = 1;
    if (fd > 0) fs.close(fd);
    continue;
  }
  let error: i32;
  if (plain) error = copyPlain(fd, block);
  else {
    const reader = new Reader(fd);
    copyShown(reader);
    error = reader.error;
    reader.free();
  }
  if (error != 0) {
    warnErrno(quoteIfNeeded(name), error);
    status = 1;
  }
  if (fd > 0) fs.close(fd);
}
flushReturn(false);
finish(status);
