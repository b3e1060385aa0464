/** wc: counts lines, words, characters and bytes. */
import { localeIsUtf8 } from "../lib/args";
import { padStart } from "../lib/bytes";
import { dieErrno, finish } from "../lib/exit";
import * as fs from "../lib/fs";
import { checkInput, closeInput, inputFailed, inputs, openInput } from "../lib/input";
import { Reader, stdout } from "../lib/io";
import { formatUnsigned } from "../lib/numbers";
import { Options } from "../lib/options";
import { quoteIfNeeded } from "../lib/quote";
import { columnsOf } from "../lib/utf8";

const USAGE = `Usage: wc [OPTION]... [FILE]...
Count the lines, words and bytes of each file, and of all when there are several.

  -c, --bytes            bytes
  -m, --chars            characters
  -l, --lines            line ends
  -L, --max-line-length  width of the widest line
  -w, --words            words
      --files0-from=F    names from F, each ended by NUL`;

let wantLines = false;
let wantWords = false;
let wantChars = false;
let wantBytes = false;
let wantWidth = false;
const utf8 = localeIsUtf8();

class Counts {
  lines: u64 = 0;
  words: u64 = 0;
  chars: u64 = 0;
  bytes: u64 = 0;
  width: u64 = 0;

  add(other: Counts): void {
    this.lines += other.lines;
    this.words += other.words;
    this.chars += other.chars;
    this.bytes += other.bytes;
    this.width = max(this.width, other.width);
  }
}

/** Lines and bytes only: eight bytes at a time (population count of the "equals newline" mask). */
function countFast(reader: Reader, counts: Counts): void {
  while (reader.available > 0 || reader.fill()) {
    const length = reader.available;
    const data = reader.data;
    counts.bytes += length;
    if (wantLines) {
      let i = 0;
      let lines: u64 = 0;
      for (; i + 8 <= length; i += 8) {
        const x = load<u64>(data + i) ^ 0x0a0a0a0a0a0a0a0a;
        // Exact zero-byte mask (Hacker's Delight 6-1): high bit set where the byte was a newline.
        lines += popcnt<u64>(~(((x & 0x7f7f7f7f7f7f7f7f) + 0x7f7f7f7f7f7f7f7f) | x | 0x7f7f7f7f7f7f7f7f));
      }
      for (; i < length; i++) if (load<u8>(data + i) == 10) lines++;
      counts.lines += lines;
    }
    reader.skip(length);
  }
}

function countAll(reader: Reader, counts: Counts): void {
  let inWord = false;
  let width: u64 = 0;
  let point: i32 = 0;
  let pending = 0;
  for (let byte = reader.readByte(); byte >= 0; byte = reader.readByte()) {
    counts.bytes++;
    if (utf8 && byte >= 0x80) {
      // Counted when its last byte is in; lone bytes are no characters.
      if ((byte & 0xc0) == 0x80 && pending > 0) {
        point = (point << 6) | (byte & 0x3f);
        if (--pending > 0) continue;
      } else {
        pending = byte >= 0xf0 ? 3 : byte >= 0xe0 ? 2 : byte >= 0xc2 ? 1 : 0;
        point = byte & (0x3f >> pending);
        inWord = countWord(inWord, counts);
        continue;
      }
      counts.chars++;
      width += max(columnsOf(point), 0);
      inWord = countWord(inWord, counts);
      continue;
    }
    pending = 0;
    counts.chars++;
    switch (byte) {
      case 10:
        counts.lines++;
      case 13:
      case 12:
        if (width > counts.width) counts.width = width;
        width = 0;
        inWord = false;
        break;
      case 9:
        width += 8 - (width & 7);
        inWord = false;
        break;
      case 32:
        width++;
      case 11:
        inWord = false;
        break;
      default:
        if (byte > 32 && byte < 127) {
          width++;
          inWord = countWord(inWord, counts);
        }
    }
  }
  if (width > counts.width) counts.width = width;
}

function countWord(inWord: bool, counts: Counts): bool {
  if (!inWord) counts.words++;
  return true;
}

let width = 1;

function show(counts: Counts, name: string): void {
  let line = "";
  if (wantLines) line += " " + padStart(formatUnsigned(counts.lines), width);
  if (wantWords) line += " " + padStart(formatUnsigned(counts.words), width);
  if (wantChars) line += " " + padStart(formatUnsigned(counts.chars), width);
  if (wantBytes) line += " " + padStart(formatUnsigned(counts.bytes), width);
  if (wantWidth) line += " " + padStart(formatUnsigned(counts.width), width);
  stdout.writeLine(line.substring(1) + (name.length > 0 ? " " + name : ""));
}

const options = new Options(
  "cmlLw",
  "bytes=c chars=m lines=l max-line-length=L words=w files0-from:",
  USAGE,
);
let namesFrom = "";
while (options.next()) {
  switch (options.name) {
    case "c":
      wantBytes = true;
      break;
    case "m":
      wantChars = true;
      break;
    case "l":
      wantLines = true;
      break;
    case "L":
      wantWidth = true;
      break;
    case "w":
      wantWords = true;
      break;
    case "files0-from":
      namesFrom = options.value;
      break;
  }
}
if (!wantLines && !wantWords && !wantChars && !wantBytes && !wantWidth) wantLines = wantWords = wantBytes = true;
let files = options.operands;
if (namesFrom.length > 0) {
  const fd = namesFrom == "-" ? 0 : fs.openRead(namesFrom);
  if (fd < 0) dieErrno("cannot open " + quoteIfNeeded(namesFrom) + " for reading", -fd);
  const reader = new Reader(fd);
  files = [];
  for (let name = reader.readLine(0); name !== null; name = reader.readLine(0)) files.push(name);
}
const unnamed = files.length == 0;
files = inputs(files);

/** Columns: as wide as the sizes of all files need; 7 when one of them has no size (GNU wc). */
function columnWidth(): i32 {
  const single = <i32>wantLines + <i32>wantWords + <i32>wantChars + <i32>wantBytes + <i32>wantWidth == 1;
  if ((files.length == 1 && single) || namesFrom.length > 0) return 1;
  let total: u64 = 0;
  let least = 1;
  for (let i = 0; i < files.length; i++) {
    const st = new fs.Stat();
    const error = files[i] == "-" ? fs.fstat(0, st) : fs.stat(files[i], st);
    if (error != 0) continue;
    if (st.isRegular) total += st.size;
    else least = 7;
  }
  return max(least, formatUnsigned(total).length);
}

width = columnWidth();
const total = new Counts();
const simple = !wantWords && !wantWidth && (!wantChars || !utf8);
for (let i = 0; i < files.length; i++) {
  const name = files[i];
  const fd = openInput(name);
  if (fd < 0) continue;
  const counts = new Counts();
  const reader = new Reader(fd);
  if (simple) {
    countFast(reader, counts);
    counts.chars = counts.bytes;
  } else countAll(reader, counts);
  checkInput(name, reader.error);
  reader.free();
  closeInput(fd);
  show(counts, unnamed ? "" : quoteName(name));
  total.add(counts);
}
if (files.length > 1) show(total, "total");
finish(inputFailed ? 1 : 0);

/** A name with a newline would break the list. */
function quoteName(name: string): string {
  return name.includes("\n") ? quoteIfNeeded(name) : name;
}
