import { CREATE, Stat, WRITE, fstat, open, openRead, openWrite, seek } from "../lib/fs";
import { Options } from "../lib/options";
import { Reader, Writer, stdin, stdout, writeText } from "../lib/io";
import { args } from "../lib/args";
import { digitValue, formatPadded } from "../lib/numbers";
import { errorText } from "../lib/errno-text";
import { finish } from "../lib/exit";
import { fromByte, padEnd } from "../lib/bytes";
import { parseSize, sizeFailed } from "../lib/sizes";
import { proc_exit } from "../lib/wasi";

const USAGE = `Usage: xxd [OPTION]... [INFILE [OUTFILE]]
Make a hex dump or do the reverse.

  -b                         bits instead of hexadecimal
  -c COLS                    octets per line
  -e                         little-endian groups
  -g BYTES                   octets per group
  -i                         C include file
  -l LEN, -s SEEK            stop after LEN octets; start at SEEK
  -o OFF                     add OFF to the displayed position
  -p                         plain hex dump
  -r                         reverse: hex dump to binary
  -u                         upper case
`;

function fail(message: string): void {
  stdout.flush();
  writeText(2, "xxd: " + message + "\n");
  proc_exit(1);
}

function number(text: string): i64 {
  if (text.startsWith("0x")) return i64.parse(text, 16);
  const n = parseSize(text);
  if (sizeFailed) fail("invalid number: " + text);
  return <i64>n;
}

let bits = false;
let columns = 0;
let group = -1;
let littleEndian = false;
let include = false;
let limit: i64 = i64.MAX_VALUE;
let skip: i64 = 0;
let shift: i64 = 0;
let plain = false;
let reverse = false;
let upper = false;

/** xxd's long forms have one dash: `-ps`, `-cols`. */
const SINGLE_DASH: Array<string> = ["-ps", "-p", "-postscript", "-p", "-plain", "-p", "-bits", "-b", "-cols", "-c", "-include", "-i", "-len", "-l", "-seek", "-s", "-revert", "-r"];

function spelled(list: Array<string>): Array<string> {
  const out: Array<string> = [];
  for (let i = 0; i < list.length; i++) {
    const at = SINGLE_DASH.indexOf(list[i]);
    out.push(at >= 0 && at % 2 == 0 ? SINGLE_DASH[at + 1] : list[i]);
  }
  return out;
}

const options = new Options("+bc:eg:il:o:prs:u", "", USAGE, 1, spelled(args));
while (options.next()) {
  const name = options.name;
  const value = options.value;
  if (name == "b") bits = true;
  else if (name == "c") columns = <i32>number(value);
  else if (name == "e") littleEndian = true;
  else if (name == "g") group = <i32>number(value);
  else if (name == "i") include = true;
  else if (name == "l") limit = number(value);
  else if (name == "o") shift = number(value);
  else if (name == "p") plain = true;
  else if (name == "r") reverse = true;
  else if (name == "s") skip = value.startsWith("-") ? -number(value.substring(1)) : number(value.startsWith("+") ? value.substring(1) : value);
  else if (name == "u") upper = true;
}
const operands = options.operands;
if (columns < 0 || columns > 256) fail("invalid number of columns (max. 256).");
if (columns == 0) columns = plain ? 30 : include ? 12 : bits ? 6 : 16;
if (group < 0) group = bits ? 1 : littleEndian ? 4 : 2;
if (group == 0 || group > columns) group = columns;

let reader: Reader = stdin;
if (operands.length > 0 && operands[0] != "-") {
  const fd = openRead(operands[0]);
  if (fd < 0) {
    writeText(2, "xxd: " + operands[0] + ": " + errorText(-fd) + "\n");
    proc_exit(2);
  }
  reader = new Reader(fd);
}
let writer: Writer = stdout;
let outFd = 1;
if (operands.length > 1 && operands[1] != "-") {
  // Reversing patches the file in place; dumping replaces it.
  outFd = reverse ? open(operands[1], WRITE | CREATE) : openWrite(operands[1]);
  if (outFd < 0) {
    writeText(2, "xxd: " + operands[1] + ": " + errorText(-outFd) + "\n");
    proc_exit(3);
  }
  writer = new Writer(outFd);
}

function hex(byte: i32): string {
  const text = bits ? formatPadded(byte, 8, 2) : formatPadded(byte, 2, 16);
  return upper ? text.toUpperCase() : text;
}

function dumpLine(offset: i64, line: Array<i32>): void {
  let text = formatPadded(offset, 8, 16) + ": ";
  const digits = bits ? 8 : 2;
  let body = "";
  for (let start = 0; start < columns; start += group) {
    for (let i = 0; i < group && start + i < columns; i++) {
      const at = littleEndian ? start + group - 1 - i : start + i;
      body += at < line.length ? hex(line[at]) : " ".repeat(digits);
    }
    body += " ";
  }
  const groups = (columns + group - 1) / group;
  text += padEnd(body, columns * digits + groups) + " ";
  for (let i = 0; i < line.length; i++) text += line[i] >= 32 && line[i] < 127 ? fromByte(line[i]) : ".";
  writer.writeLine(text);
}

function dump(): void {
  let offset = skip + shift;
  while (limit > 0) {
    const line: Array<i32> = [];
    while (line.length < columns && limit > 0) {
      const byte = reader.readByte();
      if (byte < 0) break;
      line.push(byte);
      limit--;
    }
    if (line.length == 0) break;
    if (plain) {
      let text = "";
      for (let i = 0; i < line.length; i++) text += hex(line[i]);
      writer.writeLine(text);
    } else dumpLine(offset, line);
    offset += line.length;
    if (line.length < columns) break;
  }
}

/** -i: an array and its length, named after the file. */
function dumpInclude(): void {
  let variable = "";
  const name = operands.length > 0 && operands[0] != "-" ? operands[0] : "";
  for (let i = 0; i < name.length; i++) {
    const c = name.charCodeAt(i);
    const ok = (c >= 48 && c <= 57) || (c >= 65 && c <= 90) || (c >= 97 && c <= 122);
    variable += ok ? name.charAt(i) : "_";
  }
  if (variable.length > 0 && variable.charCodeAt(0) >= 48 && variable.charCodeAt(0) <= 57) variable = "__" + variable;
  if (variable.length > 0) writer.write("unsigned char " + variable + "[] = {\n");
  let count = 0;
  while (limit-- > 0) {
    const byte = reader.readByte();
    if (byte < 0) break;
    writer.write(count == 0 ? "  " : count % columns == 0 ? ",\n  " : ", ");
    writer.write((upper ? "0X" : "0x") + hex(byte));
    count++;
  }
  if (count > 0) writer.write("\n");
  if (variable.length > 0) writer.write("};\nunsigned int " + variable + "_len = " + count.toString() + ";\n");
}

function undumpPlain(): void {
  let high = -1;
  for (let c = reader.readByte(); c >= 0; c = reader.readByte()) {
    const digit = digitValue(c);
    if (digit > 15) {
      // A line break inside a pair drops its first half; anything but blanks spoils the rest of its line.
      if (c == 10) high = -1;
      else if (c != 32 && c != 9 && c != 13) while (reader.peekByte() >= 0 && reader.peekByte() != 10) reader.readByte();
      continue;
    }
    if (high < 0) high = digit;
    else {
      writer.writeByte((high << 4) | digit);
      high = -1;
    }
  }
}

/** Lines `OFFSET: HEX...`; two blanks end the hex part. Gaps are seeked over, or filled with zeros. */
function undump(): void {
  let written: i64 = 0;
  for (let line = reader.readLine(); line !== null; line = reader.readLine()) {
    const colon = line.indexOf(":");
    if (colon <= 0) continue;
    let offset: i64 = skip;
    for (let i = 0; i < colon; i++) if (digitValue(line.charCodeAt(i)) < 16) offset = offset * 16 + digitValue(line.charCodeAt(i));
    if (offset != written) {
      writer.flush();
      if (outFd == 1 || seek(outFd, offset, 0) < 0) {
        if (offset < written) fail("sorry, cannot seek backwards.");
        for (; written < offset; written++) writer.writeByte(0);
      }
      written = offset;
    }
    let high = -1;
    let count = 0;
    for (let i = colon + 1; i < line.length && count < columns; i++) {
      const digit = digitValue(line.charCodeAt(i));
      if (digit > 15) {
        if (high >= 0 || (i > colon + 1 && line.charAt(i) == " " && i + 1 < line.length && line.charAt(i + 1) == " ")) break;
        if (line.charAt(i) != " ") break;
        continue;
      }
      if (high < 0) high = digit;
      else {
        writer.writeByte((high << 4) | digit);
        written++;
        count++;
        high = -1;
      }
    }
  }
}

if (reverse) {
  if (plain) undumpPlain();
  else undump();
} else {
  if (skip < 0) {
    const st = new Stat();
    const known = fstat(reader.fd, st) == 0 && st.isRegular;
    if (!known || <i64>st.size + skip < 0) {
      writeText(2, "xxd: Sorry, cannot seek.\n");
      proc_exit(4);
    }
    skip += <i64>st.size;
  }
  if (skip > 0 && seek(reader.fd, skip, 0) < 0) {
    for (let i: i64 = 0; i < skip; i++) if (reader.readByte() < 0) break;
  }
  if (include) dumpInclude();
  else dump();
}
const failed = writer.flush();
if (failed != 0) fail("write error: " + errorText(failed));
finish(0);
