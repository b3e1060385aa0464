/**
 * The header block of a tar archive (POSIX.1-2017 ustar; GNU's long names and base-256 numbers; pax records).
 *
 *      0 name 100 | 100 mode 8 | 108 uid 8 | 116 gid 8 | 124 size 12 | 136 mtime 12 | 148 checksum 8 | 156 type 1
 *    157 link name 100 | 257 magic 6 | 263 version 2 | 265 user 32 | 297 group 32 | 329 device 16 | 345 prefix 155
 */
import { fromMemory, toMemory } from "../bytes";

export const BLOCK: i32 = 512;
export const TYPE_FILE: i32 = 48; // '0'
export const TYPE_LINK: i32 = 49;
export const TYPE_SYMLINK: i32 = 50;
export const TYPE_CHARACTER: i32 = 51;
export const TYPE_BLOCK: i32 = 52;
export const TYPE_DIRECTORY: i32 = 53;
export const TYPE_FIFO: i32 = 54;
export const TYPE_CONTIGUOUS: i32 = 55;
export const TYPE_LONG_NAME: i32 = 76; // 'L', GNU
export const TYPE_LONG_LINK: i32 = 75; // 'K', GNU
export const TYPE_PAX: i32 = 120; // 'x'
export const TYPE_PAX_GLOBAL: i32 = 103; // 'g'

export class Header {
  name: string = "";
  linkName: string = "";
  mode: u32 = 0o644;
  uid: u32 = 0;
  gid: u32 = 0;
  size: u64 = 0;
  /** Seconds since the epoch. */
  mtime: i64 = 0;
  type: i32 = TYPE_FILE;
  user: string = "";
  group: string = "";
}

function text(from: usize, length: i32): string {
  let n = 0;
  while (n < length && load<u8>(from + n) != 0) n++;
  return fromMemory(from, n);
}

/** Octal digits, or base-256 when the first bit is set. */
function number(from: usize, length: i32): u64 {
  let value: u64 = 0;
  if ((load<u8>(from) & 0x80) != 0) {
    value = load<u8>(from) & 0x7f;
    for (let i = 1; i < length; i++) value = (value << 8) | load<u8>(from + i);
    return value;
  }
  for (let i = 0; i < length; i++) {
    const c = <i32>load<u8>(from + i);
    if (c >= 48 && c <= 55) value = value * 8 + (c - 48);
    else if (c != 32 || value != 0) break;
  }
  return value;
}

/** Sum of all bytes, with the checksum itself taken as spaces. */
function checksum(block: usize): u32 {
  let sum: u32 = 256;
  for (let i = 0; i < BLOCK; i++) if (i < 148 || i >= 156) sum += load<u8>(block + i);
  return sum;
}

export function isZeroBlock(block: usize): bool {
  for (let i = 0; i < BLOCK; i += 8) if (load<u64>(block + i) != 0) return false;
  return true;
}

/** Null when the checksum is wrong. */
export function parseHeader(block: usize): Header | null {
  if (number(block + 148, 8) != checksum(block)) return null;
  const h = new Header();
  h.name = text(block, 100);
  h.mode = <u32>number(block + 100, 8) & 0o7777;
  h.uid = <u32>number(block + 108, 8);
  h.gid = <u32>number(block + 116, 8);
  h.size = number(block + 124, 12);
  h.mtime = <i64>number(block + 136, 12);
  h.type = load<u8>(block, 156);
  if (h.type == 0) h.type = TYPE_FILE;
  h.linkName = text(block + 157, 100);
  const magic = text(block + 257, 6);
  if (magic.startsWith("ustar")) {
    h.user = text(block + 265, 32);
    h.group = text(block + 297, 32);
    // GNU archives ("ustar  ") use the prefix field for other things.
    if (magic == "ustar") {
      const prefix = text(block + 345, 155);
      if (prefix.length > 0) h.name = prefix + "/" + h.name;
    }
  }
  // Old archives mark directories by a trailing slash only.
  if (h.type == TYPE_FILE && h.name.endsWith("/")) h.type = TYPE_DIRECTORY;
  return h;
}

function putText(to: usize, value: string, length: i32): void {
  toMemory(value.length > length ? value.substring(0, length) : value, to);
}

/** `length - 1` octal digits and a NUL, or base-256 when they do not suffice. */
function putNumber(to: usize, value: u64, length: i32): void {
  if (value >> (<u64>(length - 1) * 3) != 0) {
    for (let i = length - 1; i > 0; i--) {
      store<u8>(to + i, value & 0xff);
      value >>= 8;
    }
    store<u8>(to, 0x80);
    return;
  }
  for (let i = length - 2; i >= 0; i--) {
    store<u8>(to + i, 48 + (value & 7));
    value >>= 3;
  }
}

/** Fills a block in GNU's format; names longer than the fields are cut, their full text goes before it. */
export function formatHeader(h: Header, block: usize): void {
  memory.fill(block, 0, BLOCK);
  putText(block, h.name, 100);
  putNumber(block + 100, h.mode, 8);
  putNumber(block + 108, h.uid, 8);
  putNumber(block + 116, h.gid, 8);
  putNumber(block + 124, h.size, 12);
  putNumber(block + 136, <u64>max<i64>(h.mtime, 0), 12);
  store<u8>(block, h.type, 156);
  putText(block + 157, h.linkName, 100);
  putText(block + 257, "ustar  ", 8);
  putText(block + 265, h.user, 31);
  putText(block + 297, h.group, 31);
  putNumber(block + 148, checksum(block), 7);
  store<u8>(block, 32, 155);
}
