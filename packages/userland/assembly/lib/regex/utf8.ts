/** Code-point ranges as byte sequences of UTF-8 (RFC 3629): a range splits where the length or a shared prefix changes. */
import { CharSet } from "./charset";
import { OP_RANGE, OP_SPLIT, Program } from "./program";
import { STRAY_BYTE } from "./cursor";

/** Emits everything of `set` from 0x80 up; returns the entry or -1 when there is nothing. */
export function emitCodePoints(program: Program, set: CharSet, next: i32, reversed: bool): i32 {
  const out = new Sequences(program, next, reversed);
  for (let i = 0; i < set.count; i++) {
    const lo = set.lo[i];
    const hi = set.hi[i];
    if (lo == hi && lo >= STRAY_BYTE + 0x80 && lo <= STRAY_BYTE + 0xff) {
      out.single(lo - STRAY_BYTE);
      continue;
    }
    out.range(max(lo, 0x80), min(hi, 0x7ff), 2);
    out.range(max(lo, 0x800), min(hi, 0xd7ff), 3);
    out.range(max(lo, 0xe000), min(hi, 0xffff), 3);
    out.range(max(lo, 0x10000), min(hi, 0x10ffff), 4);
  }
  return out.entry;
}

class Sequences {
  entry: i32 = -1;

  constructor(
    private program: Program,
    private next: i32,
    private reversed: bool,
  ) {}

  single(byte: i32): void {
    this.join(this.program.emit(OP_RANGE, byte | (byte << 8), this.next));
  }

  /** Splits lo..hi, whose members all take `length` bytes, until each trailing byte varies freely or not at all. */
  range(lo: i32, hi: i32, length: i32): void {
    if (lo > hi) return;
    for (let i = 1; i < length; i++) {
      const mask = (1 << (6 * i)) - 1;
      if ((lo & ~mask) != (hi & ~mask)) {
        if ((lo & mask) != 0) {
          this.range(lo, lo | mask, length);
          this.range((lo | mask) + 1, hi, length);
          return;
        }
        if ((hi & mask) != mask) {
          this.range(lo, (hi & ~mask) - 1, length);
          this.range(hi & ~mask, hi, length);
          return;
        }
      }
    }
    let at = this.next;
    for (let i = 0; i < length; i++) {
      const k = this.reversed ? length - 1 - i : i;
      const from = byteAt(lo, k, length);
      const to = byteAt(hi, k, length);
      at = this.program.emit(OP_RANGE, from | (to << 8), at);
    }
    this.join(at);
  }

  private join(at: i32): void {
    if (this.entry < 0) {
      this.entry = at;
      return;
    }
    const split = this.program.emit(OP_SPLIT, 0, at);
    this.program.alt[split] = this.entry;
    this.entry = split;
  }
}

/** Byte `fromEnd` (0 = last) of the encoding of `c` in `length` bytes. */
function byteAt(c: i32, fromEnd: i32, length: i32): i32 {
  if (fromEnd < length - 1) return 0x80 | ((c >> (6 * fromEnd)) & 0x3f);
  const marker = length == 2 ? 0xc0 : length == 3 ? 0xe0 : 0xf0;
  return marker | (c >> (6 * fromEnd));
}
