import { Malformed } from "./malformed.ts";

/**
 * A bounds-checked cursor over untrusted bytes. LEB128 values are read up to the length the core specification allows
 * (5 bytes for 32 bits, 10 for 64); whether the last byte's spare bits are right is left to the engine, which
 * validates what the rewriter produces.
 */
export class Reader {
  readonly bytes: Uint8Array;
  readonly end: number;
  pos: number;

  constructor(bytes: Uint8Array, pos = 0, end = bytes.length) {
    this.bytes = bytes;
    this.pos = pos;
    this.end = end;
  }

  get done(): boolean {
    return this.pos >= this.end;
  }

  byte(): number {
    if (this.pos >= this.end) throw new Malformed(this.pos, "the module is cut short");
    return this.bytes[this.pos++]!;
  }

  peek(): number {
    if (this.pos >= this.end) throw new Malformed(this.pos, "the module is cut short");
    return this.bytes[this.pos]!;
  }

  skip(count: number): void {
    if (count > this.end - this.pos) throw new Malformed(this.pos, "the module is cut short");
    this.pos += count;
  }

  u32(): number {
    let byte = this.byte();
    if (byte < 0x80) return byte;
    let value = byte & 0x7f;
    for (let shift = 7; shift < 35; shift += 7) {
      byte = this.byte();
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value >>> 0;
    }
    throw new Malformed(this.pos, "a 32-bit number takes more than 5 bytes");
  }

  /** A signed 33-bit number: a type index when not negative, else a type code. */
  s33(): number {
    let value = 0;
    let scale = 1;
    for (let count = 0; count < 5; count++) {
      const byte = this.byte();
      value += (byte & 0x7f) * scale;
      scale *= 128;
      if (byte < 0x80) return byte & 0x40 ? value - scale : value;
    }
    throw new Malformed(this.pos, "a 33-bit number takes more than 5 bytes");
  }

  /** Passes over a LEB128 number of any width. */
  skipLeb(): void {
    for (let count = 0; count < 10; count++) if (this.byte() < 0x80) return;
    throw new Malformed(this.pos, "a number takes more than 10 bytes");
  }

  /** The count of a vector whose elements take at least one byte each. */
  count(): number {
    const at = this.pos;
    const value = this.u32();
    if (value > this.end - this.pos) throw new Malformed(at, `a vector of ${value} elements does not fit its section`);
    return value;
  }

  /** A name's bytes; the caller decodes what it needs. */
  name(): Uint8Array {
    const length = this.u32();
    const start = this.pos;
    this.skip(length);
    return this.bytes.subarray(start, start + length);
  }

  index(bound: number, what: string): number {
    const at = this.pos;
    const value = this.u32();
    if (value >= bound) throw new Malformed(at, `${what} ${value} is out of range`);
    return value;
  }
}

const decoder = new TextDecoder();
export function text(name: Uint8Array): string {
  return decoder.decode(name);
}
