/** One DEFLATE block: collects literals and matches, then writes them in the cheapest of the three forms. */
import {
  CODE_LENGTH_ORDER, DISTANCE_BASE, DISTANCE_CODES, DISTANCE_EXTRA, END_OF_BLOCK, LENGTH_BASE, LENGTH_EXTRA, fixedLength,
} from "./tables";
import { BitWriter } from "./bit-writer";
import { HuffmanEncoder } from "./encoder";

/** Symbols per block: enough for good statistics, few enough that codes follow the data. */
const CAPACITY: i32 = 16384;

export class Block {
  private count: i32 = 0;
  /** Literal, or match length. */
  private values: StaticArray<u16> = new StaticArray<u16>(CAPACITY);
  /** 0 for a literal. */
  private distances: StaticArray<u16> = new StaticArray<u16>(CAPACITY);
  private literalFrequencies: StaticArray<u32> = new StaticArray<u32>(288);
  private distanceFrequencies: StaticArray<u32> = new StaticArray<u32>(DISTANCE_CODES);
  private literals: HuffmanEncoder = new HuffmanEncoder(288);
  private distanceCodes: HuffmanEncoder = new HuffmanEncoder(DISTANCE_CODES);
  private lengthCodes: HuffmanEncoder = new HuffmanEncoder(19);
  private lengthCodeOf: StaticArray<u8> = new StaticArray<u8>(259);
  /** The code lengths, run-length encoded: symbol | extra << 8. */
  private packed: Array<i32> = [];

  constructor(private out: BitWriter) {
    for (let code = 0; code < 29; code++) {
      const span = code == 28 ? 1 : 1 << LENGTH_EXTRA[code];
      for (let i = 0; i < span; i++) this.lengthCodeOf[LENGTH_BASE[code] + i] = <u8>code;
    }
  }

  get full(): bool {
    return this.count == CAPACITY;
  }

  literal(byte: i32): void {
    const at = this.count++;
    unchecked((this.values[at] = <u16>byte));
    unchecked((this.distances[at] = 0));
    unchecked(this.literalFrequencies[byte]++);
  }

  match(length: i32, distance: i32): void {
    const at = this.count++;
    unchecked((this.values[at] = <u16>length));
    unchecked((this.distances[at] = <u16>distance));
    unchecked(this.literalFrequencies[257 + unchecked(this.lengthCodeOf[length])]++);
    unchecked(this.distanceFrequencies[distanceCode(distance)]++);
  }

  /** Writes the block. `raw` is its text when that is still at hand (else 0), `rawLength` its size. */
  write(last: bool, raw: usize, rawLength: i32): void {
    const out = this.out;
    this.literalFrequencies[END_OF_BLOCK] = 1;
    this.literals.build(this.literalFrequencies, 15);
    this.distanceCodes.build(this.distanceFrequencies, 15);
    const headerBits = this.packLengths();
    const dynamicBits = headerBits + this.bodyBits(this.literals.lengths, this.distanceCodes.lengths);
    const fixedBits = this.fixedBits();
    const storedBits = raw != 0 && rawLength <= 65535 ? 3 + 7 + 32 + rawLength * 8 : i32.MAX_VALUE;
    out.bits(last ? 1 : 0, 1);
    if (storedBits <= dynamicBits && storedBits <= fixedBits) {
      out.bits(0, 2);
      out.align();
      out.bits(rawLength, 16);
      out.bits(rawLength ^ 0xffff, 16);
      out.bytes(raw, rawLength);
    } else if (fixedBits <= dynamicBits) {
      out.bits(1, 2);
      this.useFixed();
      this.body();
    } else {
      out.bits(2, 2);
      this.header();
      this.body();
    }
    this.reset();
  }

  private reset(): void {
    this.count = 0;
    memory.fill(changetype<usize>(this.literalFrequencies), 0, 288 * 4);
    memory.fill(changetype<usize>(this.distanceFrequencies), 0, DISTANCE_CODES * 4);
  }

  private bodyBits(literalLengths: StaticArray<u8>, distanceLengths: StaticArray<u8>): i32 {
    let bits = 0;
    for (let i = 0; i < 286; i++) {
      const extra = i > 256 ? <i32>LENGTH_EXTRA[i - 257] : 0;
      bits += this.literalFrequencies[i] * (literalLengths[i] + extra);
    }
    for (let i = 0; i < DISTANCE_CODES; i++) bits += this.distanceFrequencies[i] * (distanceLengths[i] + DISTANCE_EXTRA[i]);
    return bits;
  }

  private fixedBits(): i32 {
    let bits = 0;
    for (let i = 0; i < 286; i++) {
      const extra = i > 256 ? <i32>LENGTH_EXTRA[i - 257] : 0;
      bits += this.literalFrequencies[i] * (<i32>fixedLength(i) + extra);
    }
    for (let i = 0; i < DISTANCE_CODES; i++) bits += this.distanceFrequencies[i] * (5 + DISTANCE_EXTRA[i]);
    return bits;
  }

  private useFixed(): void {
    for (let i = 0; i < 288; i++) this.literals.lengths[i] = fixedLength(i);
    this.literals.assign();
    for (let i = 0; i < DISTANCE_CODES; i++) this.distanceCodes.lengths[i] = 5;
    this.distanceCodes.assign();
  }

  private get literalCount(): i32 {
    let n = 286;
    while (n > 257 && this.literals.lengths[n - 1] == 0) n--;
    return n;
  }

  private get distanceCount(): i32 {
    let n = DISTANCE_CODES;
    while (n > 1 && this.distanceCodes.lengths[n - 1] == 0) n--;
    return n;
  }

  /** Run-length encodes the code lengths (3.2.7) and builds their code: bits of the whole header. */
  private packLengths(): i32 {
    const all: Array<u8> = [];
    const literalCount = this.literalCount;
    const distanceCount = this.distanceCount;
    for (let i = 0; i < literalCount; i++) all.push(this.literals.lengths[i]);
    for (let i = 0; i < distanceCount; i++) all.push(this.distanceCodes.lengths[i]);
    const packed = this.packed;
    packed.length = 0;
    const frequencies = new StaticArray<u32>(19);
    let i = 0;
    while (i < all.length) {
      const value = <i32>all[i];
      let run = 1;
      while (i + run < all.length && all[i + run] == value) run++;
      i += run;
      if (value != 0) {
        packed.push(value);
        run--;
      }
      while (run >= 3) {
        const most = value != 0 ? 6 : run > 10 ? 138 : 10;
        const take = min(run, most);
        packed.push(value != 0 ? 16 | ((take - 3) << 8) : run > 10 ? 18 | ((take - 11) << 8) : 17 | ((take - 3) << 8));
        run -= take;
      }
      while (run-- > 0) packed.push(value);
    }
    for (let k = 0; k < packed.length; k++) frequencies[packed[k] & 0xff]++;
    this.lengthCodes.build(frequencies, 7);
    let bits = 14 + this.lengthCodeCount * 3;
    for (let k = 0; k < packed.length; k++) bits += this.lengthCodes.lengths[packed[k] & 0xff] + extraBits(packed[k] & 0xff);
    return bits;
  }

  private get lengthCodeCount(): i32 {
    let n = 19;
    while (n > 4 && this.lengthCodes.lengths[CODE_LENGTH_ORDER[n - 1]] == 0) n--;
    return n;
  }

  private header(): void {
    const out = this.out;
    const codes = this.lengthCodeCount;
    out.bits(this.literalCount - 257, 5);
    out.bits(this.distanceCount - 1, 5);
    out.bits(codes - 4, 4);
    for (let i = 0; i < codes; i++) out.bits(this.lengthCodes.lengths[CODE_LENGTH_ORDER[i]], 3);
    for (let k = 0; k < this.packed.length; k++) {
      const symbol = this.packed[k] & 0xff;
      out.bits(this.lengthCodes.codes[symbol], this.lengthCodes.lengths[symbol]);
      out.bits(this.packed[k] >> 8, extraBits(symbol));
    }
  }

  private body(): void {
    const out = this.out;
    const literals = this.literals;
    const distances = this.distanceCodes;
    for (let i = 0; i < this.count; i++) {
      const value = <i32>unchecked(this.values[i]);
      const distance = <i32>unchecked(this.distances[i]);
      if (distance == 0) {
        out.bits(unchecked(literals.codes[value]), unchecked(literals.lengths[value]));
        continue;
      }
      const lengthCode = <i32>unchecked(this.lengthCodeOf[value]);
      out.bits(literals.codes[257 + lengthCode], literals.lengths[257 + lengthCode]);
      out.bits(value - LENGTH_BASE[lengthCode], LENGTH_EXTRA[lengthCode]);
      const code = distanceCode(distance);
      out.bits(distances.codes[code], distances.lengths[code]);
      out.bits(distance - DISTANCE_BASE[code], DISTANCE_EXTRA[code]);
    }
    out.bits(literals.codes[END_OF_BLOCK], literals.lengths[END_OF_BLOCK]);
  }
}

function extraBits(symbol: i32): i32 {
  return symbol == 16 ? 2 : symbol == 17 ? 3 : symbol == 18 ? 7 : 0;
}

/** Two codes per power of two. */
function distanceCode(distance: i32): i32 {
  const d = distance - 1;
  if (d < 4) return d;
  const top = 31 - clz(d);
  return 2 * top + ((d >> (top - 1)) & 1);
}
