import { EINTR } from "../../../abi/src/errno";
import { Options } from "../lib/options";
import { Stat, close, fstat, openRead, seek } from "../lib/fs";
import { die, finish, warnErrno } from "../lib/exit";
import { formatPadded } from "../lib/numbers";
import { fromByte, padStart } from "../lib/bytes";
import { baseName } from "../lib/path";
import { parseSize, sizeFailed } from "../lib/sizes";
import { programName } from "../lib/args";
import { readInto, stdout } from "../lib/io";

const USAGE = `Usage: hexdump [OPTION]... [FILE]...
Display file contents in hexadecimal, decimal, octal or ASCII.

  -b, -c, -C                 one-byte octal; characters; canonical hex and ASCII
  -d, -o, -x                 two-byte decimal, octal, hexadecimal
  -n LENGTH                  only LENGTH bytes
  -s OFFSET                  skip OFFSET bytes
  -v                         do not squeeze equal lines
`;

const ROW: i32 = 16;
const LINE: usize = memory.data(16, 8);
const PREVIOUS: usize = memory.data(16, 8);
const BUFFER: usize = memory.data(65536);

/** Canonical C, byte octal b, characters c, words x d o; X, the default, has its words closer together than x. */
const styles: Array<string> = [];
let limit: i64 = i64.MAX_VALUE;
let skip: i64 = 0;
let squeeze = true;

function size(text: string): i64 {
  // A leading 0x is hexadecimal, a leading 0 octal, as strtol has it.
  if (text.startsWith("0x") || text.startsWith("0X")) return i64.parse(text, 16);
  if (text.length > 1 && text.startsWith("0")) return i64.parse(text, 8);
  const n = parseSize(text);
  if (sizeFailed) die("invalid number: " + text);
  return <i64>n;
}

const options = new Options("bcCdon:s:vx", "one-byte-octal=b one-byte-char=c canonical=C two-bytes-decimal=d two-bytes-octal=o two-bytes-hex=x length:=n skip:=s no-squeezing=v", USAGE);
while (options.next()) {
  const name = options.name;
  if (name == "n") limit = size(options.value);
  else if (name == "s") skip = size(options.value);
  else if (name == "v") squeeze = false;
  else styles.push(name);
}
if (baseName(programName) == "hd") styles.push("C");
if (styles.length == 0) styles.push("X");

/** The files one after the other, as one stream. */
class Input {
  private fd: i32 = -1;
  private index: i32 = 0;
  private position: i32 = 0;
  private end: i32 = 0;
  failed: bool = false;
  private opened: bool = false;

  constructor(private files: Array<string>) {}

  private open(): bool {
    while (this.fd < 0) {
      if (this.index >= this.files.length) return false;
      const name = this.files[this.index++];
      this.fd = name == "-" ? 0 : openRead(name);
      if (this.fd >= 0) {
        this.opened = true;
        return true;
      }
      warnErrno(name, -this.fd);
      this.failed = true;
      this.fd = -1;
    }
    return true;
  }

  next(): i32 {
    while (this.position == this.end) {
      if (!this.open()) return -1;
      const count = readInto(this.fd, BUFFER, 65536);
      if (count == -EINTR) continue;
      if (count < 0) {
        warnErrno(this.files[this.index - 1], -count);
        this.failed = true;
      }
      if (count <= 0) {
        if (this.fd > 0) close(this.fd);
        this.fd = -1;
        continue;
      }
      this.position = 0;
      this.end = count;
    }
    return load<u8>(BUFFER + this.position++);
  }

  /** Passes over `count` bytes, by seeking where that works: how many there were. */
  skip(count: i64): i64 {
    const st = new Stat();
    if (!this.open()) return 0;
    if (count > 0 && this.index == this.files.length && fstat(this.fd, st) == 0 && st.isRegular) {
      seek(this.fd, count, 0);
      return min(count, <i64>st.size);
    }
    let done: i64 = 0;
    while (done < count && this.next() >= 0) done++;
    return done;
  }

  get usable(): bool {
    return this.opened;
  }
}

function canonical(length: i32): string {
  let out = "  ";
  let text = "";
  for (let i = 0; i < ROW; i++) {
    if (i == 8) out += " ";
    if (i < length) {
      const byte = load<u8>(LINE + i);
      out += formatPadded(byte, 2, 16) + " ";
      text += byte >= 32 && byte < 127 ? fromByte(byte) : ".";
    } else out += "   ";
  }
  return out + " |" + text + "|";
}

function words(length: i32, kind: string): string {
  let out = "";
  for (let i = 0; i < ROW; i += 2) {
    if (i >= length) {
      out += kind == "X" ? "     " : "        ";
      continue;
    }
    // An odd last byte counts as a word with a zero behind it.
    const word = load<u8>(LINE + i) | (i + 1 < length ? <u32>load<u8>(LINE + i + 1) << 8 : 0);
    if (kind == "X") out += " " + formatPadded(word, 4, 16);
    else if (kind == "x") out += "    " + formatPadded(word, 4, 16);
    else if (kind == "d") out += "   " + formatPadded(word, 5);
    else out += "  " + formatPadded(word, 6, 8);
  }
  return out;
}

const ESCAPES: Array<i32> = [0, 7, 8, 12, 10, 13, 9, 11];
const ESCAPE_LETTERS: string = "0abfnrtv";

function character(byte: i32): string {
  const at = ESCAPES.indexOf(byte);
  if (at >= 0) return padStart("\\" + ESCAPE_LETTERS.charAt(at), 4);
  return byte >= 32 && byte < 127 ? padStart(fromByte(byte), 4) : " " + formatPadded(byte, 3, 8);
}

function bytes(length: i32, octal: bool): string {
  let out = "";
  for (let i = 0; i < ROW; i++) {
    if (i >= length) out += "    ";
    else out += octal ? " " + formatPadded(load<u8>(LINE + i), 3, 8) : character(load<u8>(LINE + i));
  }
  return out;
}

function row(kind: string, length: i32): string {
  if (kind == "C") return canonical(length);
  if (kind == "b" || kind == "c") return bytes(length, kind == "b");
  return words(length, kind);
}

const files = options.operands;
if (files.length == 0) files.push("-");
const input = new Input(files);
const skipped = input.skip(skip);

/** Reads the next row into LINE: its length. */
function readRow(): i32 {
  let length = 0;
  while (length < ROW && limit > 0) {
    const byte = input.next();
    if (byte < 0) break;
    store<u8>(LINE + length++, byte);
    limit--;
  }
  return length;
}

function offsetText(offset: i64, style: string): string {
  return formatPadded(offset, style == "C" ? 8 : 7, 16);
}

let offset = skip;
let repeated = false;
let first = true;
while (true) {
  const length = readRow();
  if (length == 0) break;
  if (squeeze && !first && length == ROW && memory.compare(LINE, PREVIOUS, ROW) == 0) {
    if (!repeated) stdout.write("*\n");
    repeated = true;
  } else {
    repeated = false;
    for (let i = 0; i < styles.length; i++) stdout.writeLine(offsetText(offset, styles[i]) + row(styles[i], length));
  }
  first = false;
  offset += length;
  memory.copy(PREVIOUS, LINE, ROW);
  if (length < ROW) break;
}
if (!first || skipped > 0) stdout.writeLine(offsetText(first ? skipped : offset, styles[styles.length - 1]));
if (!input.usable) die("all input file arguments failed");
finish(input.failed ? 1 : 0);
