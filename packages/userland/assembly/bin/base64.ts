/** base64: bytes as letters, and back (RFC 4648). */
import { finish, die, dieErrno, dieUsage } from "../lib/exit";
import * as fs from "../lib/fs";
import { Reader, stdout } from "../lib/io";
import { parseFailed, parseUnsigned } from "../lib/numbers";
import { Options } from "../lib/options";
import { quoteIfNeeded, quoteProse } from "../lib/quote";

const USAGE = `Usage: base64 [OPTION]... [FILE]
Encode FILE (or standard input), or decode it.

  -d, --decode          decode
  -i, --ignore-garbage  when decoding, skip what is not of the alphabet
  -w, --wrap=COLUMNS    lines of COLUMNS (76); 0 for one line`;

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

const options = new Options("diw:", "decode=d ignore-garbage=i wrap:=w", USAGE);
let decode = false;
let ignore = false;
let wrap: u64 = 76;
while (options.next()) {
  switch (options.name) {
    case "d":
      decode = true;
      break;
    case "i":
      ignore = true;
      break;
    case "w":
      wrap = parseUnsigned(options.value);
      if (parseFailed) die("invalid wrap size: " + quoteProse(options.value));
      break;
  }
}
if (options.operands.length > 1) dieUsage("extra operand " + quoteProse(options.operands[1]));
const name = options.operands.length == 1 ? options.operands[0] : "-";
const fd = name == "-" ? 0 : fs.openRead(name);
if (fd < 0) dieErrno(quoteIfNeeded(name), -fd);
const reader = new Reader(fd);

let column: u64 = 0;

function put(letter: i32): void {
  stdout.writeByte(letter);
  if (wrap > 0 && ++column == wrap) {
    stdout.writeByte(10);
    column = 0;
  }
}

function encodeAll(): void {
  while (true) {
    const a = reader.readByte();
    if (a < 0) break;
    const b = reader.readByte();
    const c = b < 0 ? -1 : reader.readByte();
    const group = (a << 16) | (max(b, 0) << 8) | max(c, 0);
    put(ALPHABET.charCodeAt(group >> 18));
    put(ALPHABET.charCodeAt((group >> 12) & 63));
    put(b < 0 ? 61 : ALPHABET.charCodeAt((group >> 6) & 63));
    put(c < 0 ? 61 : ALPHABET.charCodeAt(group & 63));
  }
  if (column > 0) stdout.writeByte(10);
}

/** The value of a letter, -1 for padding, -2 for anything else. */
function valueOf(byte: i32): i32 {
  if (byte >= 65 && byte <= 90) return byte - 65;
  if (byte >= 97 && byte <= 122) return byte - 71;
  if (byte >= 48 && byte <= 57) return byte + 4;
  return byte == 43 ? 62 : byte == 47 ? 63 : byte == 61 ? -1 : -2;
}

/** False when the input is not base64. Everything before the fault is written. */
function decodeAll(): bool {
  let group = 0;
  let count = 0;
  let padding = 0;
  for (let byte = reader.readByte(); byte >= 0; byte = reader.readByte()) {
    if (byte == 10) continue;
    const value = valueOf(byte);
    if (value == -2) {
      if (ignore) continue;
      return false;
    }
    if (value == -1) {
      padding++;
      if (count < 2 || count + padding > 4) return false;
    } else {
      if (padding > 0) return false;
      group = (group << 6) | value;
      count++;
    }
    if (count + padding < 4) continue;
    group <<= 6 * padding;
    stdout.writeByte(group >> 16);
    if (padding < 2) stdout.writeByte(group >> 8);
    if (padding < 1) stdout.writeByte(group);
    group = count = padding = 0;
  }
  // A last group without its padding still gives the bytes it holds.
  if (count == 2) stdout.writeByte(group >> 4);
  if (count == 3) {
    stdout.writeByte(group >> 10);
    stdout.writeByte(group >> 2);
  }
  return count == 0;
}

if (!decode) encodeAll();
else if (!decodeAll()) die("invalid input");
if (reader.error != 0) dieErrno("read error", reader.error);
finish(0);
