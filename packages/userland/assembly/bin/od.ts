/** od: bytes as numbers and letters. */
import { padStart } from "../lib/bytes";
import { die, finish } from "../lib/exit";
import { Float, formatFloat } from "../lib/float";
import { checkInput, closeInput, inputFailed, inputs, openInput } from "../lib/input";
import { Reader, stdout } from "../lib/io";
import { formatPadded, formatSigned, formatUnsigned, parseEnd, scanUnsigned } from "../lib/numbers";
import { Options } from "../lib/options";
import { quoteProse } from "../lib/quote";
import { parseSize, sizeFailed } from "../lib/sizes";

const USAGE = `Usage: od [OPTION]... [FILE]...
Show the bytes of files, as octal numbers of two bytes unless told otherwise.

  -A, --address-radix=R     addresses in d, o, x, or n for none
  -j, --skip-bytes=N        leave out N bytes
  -N, --read-bytes=N        at most N bytes
  -t, --format=TYPE         a (names), c (letters), d o u x with a size 1 2 4 8 (C S I L),
                            f with 4 8 (F D); a z after it adds the text
  -v, --output-duplicates   all lines, not * for those that repeat
  -w, --width[=N]           N bytes on a line (16; 32)

  -a -b -c -d -f -i -l -o -s -x  are -t a, o1, c, u2, fF, dI, dL, o2, d2, x2`;

class Format {
  constructor(
    public letter: string,
    public size: i32,
    public text: bool,
  ) {}

  /** Columns of one item, without the blank before it. */
  get width(): i32 {
    const bits = this.size * 8;
    switch (this.letter) {
      case "a":
      case "c": return 3;
      case "o": return (bits + 2) / 3;
      case "x": return bits / 4;
      case "u": return bits == 8 ? 3 : bits == 16 ? 5 : bits == 32 ? 10 : 20;
      case "d": return bits == 8 ? 4 : bits == 16 ? 6 : bits == 32 ? 11 : 20;
      default: return bits == 32 ? 15 : 24;
    }
  }
}

const NAMES = "nul soh stx etx eot enq ack bel bs ht nl vt ff cr so si dle dc1 dc2 dc3 dc4 nak syn etb can em sub esc fs gs rs us sp".split(" ");
const formats: Format[] = [];
let radix = "o";
let width = 16;
let limit: u64 = u64.MAX_VALUE;
let skip: u64 = 0;
let duplicates = false;

function sizeOf(letter: string): i32 {
  switch (letter) {
    case "C": return 1;
    case "S": return 2;
    case "I":
    case "F": return 4;
    default: return 8;
  }
}

function addFormats(text: string): void {
  for (let at = 0; at < text.length; ) {
    const letter = text.charAt(at++);
    let size = 1;
    if ("doux".includes(letter)) {
      size = 4;
      if (at < text.length && "CSIL".includes(text.charAt(at))) size = sizeOf(text.charAt(at++));
      else {
        const given = <i32>scanUnsigned(text, at, 10);
        if (parseEnd > at) size = given;
        at = parseEnd;
      }
      if (size != 1 && size != 2 && size != 4 && size != 8) die("invalid type string " + quoteProse(text));
    } else if (letter == "f") {
      size = 8;
      if (at < text.length && "FDL".includes(text.charAt(at))) size = sizeOf(text.charAt(at++));
      else {
        const given = <i32>scanUnsigned(text, at, 10);
        if (parseEnd > at) size = given;
        at = parseEnd;
      }
      if (size != 4 && size != 8) die("invalid type string " + quoteProse(text));
    } else if (letter != "a" && letter != "c") {
      die("invalid character '" + letter + "' in type string " + quoteProse(text));
    }
    let shown = false;
    if (at < text.length && text.charAt(at) == "z") {
      shown = true;
      at++;
    }
    formats.push(new Format(letter, size, shown));
  }
}

function letterText(byte: i32): string {
  switch (byte) {
    case 0: return "\\0";
    case 7: return "\\a";
    case 8: return "\\b";
    case 9: return "\\t";
    case 10: return "\\n";
    case 11: return "\\v";
    case 12: return "\\f";
    case 13: return "\\r";
  }
  return byte >= 32 && byte < 127 ? String.fromCharCode(byte) : formatPadded(byte, 3, 8);
}

function nameText(byte: i32): string {
  byte &= 127;
  return byte == 127 ? "del" : byte <= 32 ? NAMES[byte] : String.fromCharCode(byte);
}

function itemText(format: Format, from: usize): string {
  const size = format.size;
  if (format.letter == "c") return letterText(load<u8>(from));
  if (format.letter == "a") return nameText(load<u8>(from));
  if (format.letter == "f") {
    // Digits enough to tell any two values apart (C's FLT_DIG + 3, DBL_DIG + 2) would be long; %g at that precision drops zeros.
    const value = size == 4 ? <f64>load<f32>(from) : load<f64>(from);
    const float = Float.fromF64(value);
    return (float.negative ? "-" : "") + shortest(float, value, size);
  }
  const bits: u64 = size == 1 ? load<u8>(from) : size == 2 ? load<u16>(from) : size == 4 ? load<u32>(from) : load<u64>(from);
  if (format.letter == "u") return formatUnsigned(bits);
  if (format.letter == "d") {
    const shift = <u64>(64 - size * 8);
    return formatSigned(<i64>(bits << shift) >> <i64>shift);
  }
  return formatPadded(bits, format.width, format.letter == "o" ? 8 : 16);
}

/** The fewest digits that read back as the same value. */
function shortest(float: Float, value: f64, size: i32): string {
  const most = size == 4 ? 9 : 17;
  for (let digits = size == 4 ? 6 : 15; digits < most; digits++) {
    const text = formatFloat(float, 103, digits);
    const back = parseFloat(text) * (float.negative ? -1 : 1);
    if (size == 4 ? <f32>back == <f32>value : back == value) return text;
  }
  return formatFloat(float, 103, most);
}

function address(offset: u64): string {
  if (radix == "n") return "";
  return radix == "d" ? formatPadded(offset, 7) : formatPadded(offset, radix == "o" ? 7 : 6, radix == "o" ? 8 : 16);
}

function textOf(from: usize, length: i32): string {
  let out = "";
  for (let i = 0; i < length; i++) {
    const byte = load<u8>(from + i);
    out += byte >= 32 && byte < 127 ? String.fromCharCode(byte) : ".";
  }
  return "  >" + out + "<";
}

function showLine(block: usize, length: i32, offset: u64): void {
  // Items of all formats line up: each byte gets as many columns as the widest format needs for it.
  let perByte: f64 = 0;
  for (let i = 0; i < formats.length; i++) perByte = max(perByte, <f64>(formats[i].width + 1) / <f64>formats[i].size);
  for (let i = 0; i < formats.length; i++) {
    const format = formats[i];
    let line = i == 0 ? address(offset) : " ".repeat(address(offset).length);
    const cell = <i32>Math.ceil(perByte * <f64>format.size);
    const items = (length + format.size - 1) / format.size;
    for (let j = 0; j < items; j++) line += padStart(itemText(format, block + j * format.size), cell);
    if (format.text) {
      const missing = width / format.size - items;
      line += " ".repeat(missing * cell) + textOf(block, length);
    }
    stdout.writeLine(line);
  }
}

const options = new Options(
  "A:abcdfij:lN:ost:vw::x",
  "address-radix:=A skip-bytes:=j read-bytes:=N format:=t output-duplicates=v width?=w",
  USAGE,
);
while (options.next()) {
  switch (options.name) {
    case "A":
      radix = options.value;
      if (radix != "d" && radix != "o" && radix != "x" && radix != "n") die("invalid output address radix " + quoteProse(radix) + "; it must be one character from [doxn]");
      break;
    case "j":
      skip = parseSize(options.value);
      if (sizeFailed) die("invalid -j argument '" + options.value + "'");
      break;
    case "N":
      limit = parseSize(options.value);
      if (sizeFailed) die("invalid -N argument '" + options.value + "'");
      break;
    case "t":
      addFormats(options.value);
      break;
    case "v":
      duplicates = true;
      break;
    case "w":
      width = options.hasValue ? <i32>parseSize(options.value) : 32;
      if (width < 1 || width > 65536) die("invalid -w argument '" + options.value + "'");
      break;
    case "a":
    case "c":
      addFormats(options.name);
      break;
    case "b":
      addFormats("o1");
      break;
    case "d":
      addFormats("u2");
      break;
    case "f":
      addFormats("fF");
      break;
    case "i":
      addFormats("dI");
      break;
    case "l":
      addFormats("dL");
      break;
    case "o":
      addFormats("o2");
      break;
    case "s":
      addFormats("d2");
      break;
    case "x":
      addFormats("x2");
      break;
  }
}
if (formats.length == 0) addFormats("o2");
let largest = 1;
for (let i = 0; i < formats.length; i++) largest = max(largest, formats[i].size);
if (width % largest != 0) width = largest;

/** All files one after the other. */
const files = inputs(options.operands);
let fileIndex = 0;
let opened = 0;
let reader: Reader | null = null;

function nextReader(): Reader | null {
  const done = reader;
  if (done !== null) {
    checkInput(files[fileIndex - 1], done.error);
    closeInput(done.fd);
    reader = null;
  }
  while (fileIndex < files.length) {
    const fd = openInput(files[fileIndex++]);
    if (fd >= 0) {
      opened++;
      reader = new Reader(fd);
      return reader;
    }
  }
  return null;
}

/** Up to `length` bytes from whichever file they are in. */
function readAcross(to: usize, length: i32): i32 {
  let done = 0;
  let current = reader;
  while (done < length) {
    if (current === null) {
      current = nextReader();
      if (current === null) break;
    }
    const got = current!.readExact(to + done, length - done);
    done += got;
    if (done < length) {
      current = nextReader();
      if (current === null) break;
    }
  }
  return done;
}

const block = heap.alloc(width + 8);
const previous = heap.alloc(width);
let offset: u64 = 0;
while (offset < skip) {
  const got = readAcross(block, <i32>min<u64>(skip - offset, width));
  if (got == 0) die("cannot skip past end of combined input");
  offset += got;
}
let starred = false;
let first = true;
while (limit > 0) {
  memory.fill(block, 0, width + 8);
  const got = readAcross(block, <i32>min<u64>(limit, width));
  if (got == 0) break;
  limit -= got;
  const same = !first && !duplicates && got == width && memory.compare(block, previous, width) == 0;
  if (!same) showLine(block, got, offset);
  else if (!starred) stdout.writeLine("*");
  starred = same;
  first = false;
  memory.copy(previous, block, width);
  offset += got;
  if (got < width) break;
}
// Nothing could be opened at all: there is no end to show.
if (radix != "n" && (opened > 0 || !inputFailed)) stdout.writeLine(address(offset));
finish(inputFailed ? 1 : 0);
