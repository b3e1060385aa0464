/**
 * Byte strings. File names, arguments and lines are bytes of any value, so throughout the userland an AssemblyScript
 * `string` holds bytes: each code unit is 0..255 and stands for one byte. Literals in the sources are ASCII.
 */

/** A byte string from `length` bytes at `from`. */
export function fromMemory(from: usize, length: i32): string {
  if (length == 0) return "";
  const out = __new(<usize>length << 1, idof<string>());
  for (let i: usize = 0; i < <usize>length; i++) store<u16>(out + (i << 1), load<u8>(from + i));
  return changetype<string>(out);
}

/** A byte string from the NUL-terminated bytes at `from`. */
export function fromCString(from: usize): string {
  let end = from;
  while (load<u8>(end) != 0) end++;
  return fromMemory(from, <i32>(end - from));
}

/** Writes the bytes of `text` at `to` (text.length of them). */
export function toMemory(text: string, to: usize): void {
  const from = changetype<usize>(text);
  const length = <usize>text.length;
  for (let i: usize = 0; i < length; i++) store<u8>(to + i, load<u8>(from + (i << 1)));
}

/** The bytes of `text` in an array of their own; `changetype<usize>` of it is their address. */
export function toBytes(text: string): StaticArray<u8> {
  const bytes = new StaticArray<u8>(text.length);
  toMemory(text, changetype<usize>(bytes));
  return bytes;
}

/** Address of the bytes of an array made by `toBytes`. */
// @ts-ignore: decorator
@inline
export function addressOf(bytes: StaticArray<u8>): usize {
  return changetype<usize>(bytes);
}

/** Orders as unsigned bytes, the order of the C locale: negative, 0 or positive. */
export function compareBytes(a: string, b: string): i32 {
  const shorter = min(a.length, b.length);
  const pa = changetype<usize>(a);
  const pb = changetype<usize>(b);
  for (let i: usize = 0; i < <usize>shorter; i++) {
    const difference = <i32>load<u16>(pa + (i << 1)) - <i32>load<u16>(pb + (i << 1));
    if (difference != 0) return difference;
  }
  return a.length - b.length;
}

// @ts-ignore: decorator
@inline
export function byteAt(text: string, index: i32): i32 {
  return load<u16>(changetype<usize>(text) + (<usize>index << 1));
}

// @ts-ignore: decorator
@inline
export function isDigit(byte: i32): bool {
  return <u32>(byte - 48) < 10;
}

export function isSpace(byte: i32): bool {
  return byte == 32 || (byte >= 9 && byte <= 13);
}

export function isAlpha(byte: i32): bool {
  return <u32>((byte | 32) - 97) < 26;
}

export function isPrint(byte: i32): bool {
  return byte >= 32 && byte < 127;
}

export function toUpperByte(byte: i32): i32 {
  return <u32>(byte - 97) < 26 ? byte - 32 : byte;
}

export function toLowerByte(byte: i32): i32 {
  return <u32>(byte - 65) < 26 ? byte + 32 : byte;
}

export function fromByte(byte: i32): string {
  return String.fromCharCode(byte & 0xff);
}

export function padStart(text: string, width: i32): string {
  return text.length < width ? " ".repeat(width - text.length) + text : text;
}

export function padEnd(text: string, width: i32): string {
  return text.length < width ? text + " ".repeat(width - text.length) : text;
}

/** Cuts at every `separator`; "" gives one empty part. */
export function splitBytes(text: string, separator: i32): string[] {
  const parts: string[] = [];
  let start = 0;
  for (let i = 0; i < text.length; i++) {
    if (byteAt(text, i) != separator) continue;
    parts.push(text.substring(start, i));
    start = i + 1;
  }
  parts.push(text.substring(start));
  return parts;
}

export function isAllDigits(text: string): bool {
  if (text.length == 0) return false;
  for (let i = 0; i < text.length; i++) if (!isDigit(byteAt(text, i))) return false;
  return true;
}

/** ASCII letters in upper case. */
export function toUpper(text: string): string {
  let out = "";
  for (let i = 0; i < text.length; i++) out += fromByte(toUpperByte(byteAt(text, i)));
  return out;
}

/** ASCII letters in lower case. */
export function toLower(text: string): string {
  let out = "";
  for (let i = 0; i < text.length; i++) out += fromByte(toLowerByte(byteAt(text, i)));
  return out;
}
