/** Decompresses one DEFLATE stream (RFC 1951). */
import {
  CODE_LENGTH_ORDER, DISTANCE_BASE, DISTANCE_CODES, DISTANCE_EXTRA, END_OF_BLOCK, LENGTH_BASE, LENGTH_CODES,
  LENGTH_EXTRA, MAX_MATCH, WINDOW_SIZE, fixedLength,
} from "./tables";
import { HuffmanDecoder } from "./decoder";
import { Reader } from "../io";
import { Sink } from "./sink";

export const INFLATE_OK: i32 = 0;
/** The data is not DEFLATE. */
export const INFLATE_INVALID: i32 = 1;
/** The input ended inside the stream. */
export const INFLATE_TRUNCATED: i32 = 2;

const BUFFER_SIZE: i32 = 2 * WINDOW_SIZE;

export class Inflater {
  private bits: u64 = 0;
  private bitCount: i32 = 0;
  /** Zero bits supplied past the end of the input. */
  private padding: i32 = 0;
  private window: usize = heap.alloc(BUFFER_SIZE + MAX_MATCH);
  private position: i32 = 0;
  private flushed: i32 = 0;
  private produced: u64 = 0;
  private literals: HuffmanDecoder = new HuffmanDecoder();
  private distances: HuffmanDecoder = new HuffmanDecoder();
  private lengths: StaticArray<u8> = new StaticArray<u8>(320);

  constructor(
    private reader: Reader,
    private sink: Sink,
  ) {}

  /** Makes sure 48 bits are at hand; past the end they are zeros. */
  private refill(): void {
    while (this.bitCount <= 48) {
      const byte = this.reader.readByte();
      if (byte < 0) this.padding += 8;
      else this.bits |= (<u64>byte) << this.bitCount;
      this.bitCount += 8;
    }
  }

  /** Bits past the end were used. */
  private get overrun(): bool {
    return this.padding > this.bitCount;
  }

  @inline
  private take(count: i32): i32 {
    const value = <i32>(this.bits & ((1 << (<u64>count)) - 1));
    this.bits >>= count;
    this.bitCount -= count;
    return value;
  }

  /** Decompresses up to the stream's end; `alignedByte` then goes on with what follows it. */
  run(): i32 {
    this.bits = 0;
    this.bitCount = 0;
    this.padding = 0;
    this.position = 0;
    this.flushed = 0;
    this.produced = 0;
    let last = false;
    while (!last) {
      this.refill();
      last = this.take(1) != 0;
      const type = this.take(2);
      if (this.overrun) return INFLATE_TRUNCATED;
      let result = INFLATE_INVALID;
      if (type == 0) result = this.stored();
      else if (type == 1) {
        this.fixed();
        result = this.block();
      } else if (type == 2) {
        result = this.dynamic();
        if (result == INFLATE_OK) result = this.block();
      }
      if (result != INFLATE_OK) {
        this.flush();
        return result;
      }
    }
    this.flush();
    this.take(this.bitCount & 7);
    return INFLATE_OK;
  }

  /** The next byte after the stream, or -1: first what was read ahead. */
  alignedByte(): i32 {
    if (this.bitCount > this.padding) return this.take(8);
    return this.reader.readByte();
  }

  private flush(): void {
    if (this.position > this.flushed) this.sink.write(this.window + this.flushed, this.position - this.flushed);
    this.flushed = this.position;
  }

  /** Keeps one window of history when the buffer is full. */
  private slide(): void {
    if (this.position < BUFFER_SIZE) return;
    this.flush();
    memory.copy(this.window, this.window + this.position - WINDOW_SIZE, WINDOW_SIZE);
    this.position = this.flushed = WINDOW_SIZE;
  }

  private stored(): i32 {
    this.take(this.bitCount & 7);
    this.refill();
    const length = this.take(16);
    const check = this.take(16);
    if (this.overrun) return INFLATE_TRUNCATED;
    if ((length ^ 0xffff) != check) return INFLATE_INVALID;
    for (let i = 0; i < length; i++) {
      const byte = this.alignedByte();
      if (byte < 0) return INFLATE_TRUNCATED;
      store<u8>(this.window + this.position++, byte);
      this.produced++;
      this.slide();
    }
    return INFLATE_OK;
  }

  private fixed(): void {
    for (let i = 0; i < 288; i++) this.lengths[i] = fixedLength(i);
    this.literals.build(this.lengths, 0, 288);
    for (let i = 0; i < 32; i++) this.lengths[i] = 5;
    this.distances.build(this.lengths, 0, 32);
  }

  private dynamic(): i32 {
    const literalCount = this.take(5) + 257;
    const distanceCount = this.take(5) + 1;
    const codeCount = this.take(4) + 4;
    if (literalCount > LENGTH_CODES || distanceCount > DISTANCE_CODES) return INFLATE_INVALID;
    const lengths = this.lengths;
    for (let i = 0; i < 19; i++) lengths[i] = 0;
    for (let i = 0; i < codeCount; i++) {
      this.refill();
      lengths[CODE_LENGTH_ORDER[i]] = <u8>this.take(3);
    }
    if (!this.literals.build(lengths, 0, 19)) return this.overrun ? INFLATE_TRUNCATED : INFLATE_INVALID;
    const total = literalCount + distanceCount;
    let i = 0;
    let previous: u8 = 0;
    while (i < total) {
      this.refill();
      const symbol = this.literals.decode(<u32>this.bits);
      if (symbol < 0) return INFLATE_INVALID;
      this.take(this.literals.length);
      if (this.overrun) return INFLATE_TRUNCATED;
      if (symbol < 16) {
        previous = <u8>symbol;
        lengths[i++] = previous;
        continue;
      }
      if (symbol == 16 && i == 0) return INFLATE_INVALID;
      let times = symbol == 16 ? 3 + this.take(2) : symbol == 17 ? 3 + this.take(3) : 11 + this.take(7);
      if (symbol != 16) previous = 0;
      if (i + times > total) return INFLATE_INVALID;
      while (times-- > 0) lengths[i++] = previous;
    }
    if (lengths[END_OF_BLOCK] == 0) return INFLATE_INVALID;
    // Distances first: `build` of the literals overwrites nothing they need.
    if (!this.distances.build(lengths, literalCount, distanceCount)) return INFLATE_INVALID;
    return this.literals.build(lengths, 0, literalCount) ? INFLATE_OK : INFLATE_INVALID;
  }

  private block(): i32 {
    const literals = this.literals;
    const distances = this.distances;
    while (true) {
      this.refill();
      const symbol = literals.decode(<u32>this.bits);
      if (symbol < 0) return this.overrun ? INFLATE_TRUNCATED : INFLATE_INVALID;
      this.take(literals.length);
      if (symbol < END_OF_BLOCK) {
        store<u8>(this.window + this.position++, symbol);
        this.produced++;
      } else {
        if (this.overrun) return INFLATE_TRUNCATED;
        if (symbol == END_OF_BLOCK) return INFLATE_OK;
        if (symbol >= LENGTH_CODES) return INFLATE_INVALID;
        const length = <i32>LENGTH_BASE[symbol - 257] + this.take(LENGTH_EXTRA[symbol - 257]);
        const code = distances.decode(<u32>this.bits);
        if (code < 0 || code >= DISTANCE_CODES) return this.overrun ? INFLATE_TRUNCATED : INFLATE_INVALID;
        this.take(distances.length);
        const distance = <i32>DISTANCE_BASE[code] + this.take(DISTANCE_EXTRA[code]);
        if (this.overrun) return INFLATE_TRUNCATED;
        if (<u64>distance > this.produced) return INFLATE_INVALID;
        this.copy(distance, length);
      }
      if (this.overrun) return INFLATE_TRUNCATED;
      this.slide();
    }
  }

  private copy(distance: i32, length: i32): void {
    const to = this.window + this.position;
    if (distance >= length) memory.copy(to, to - distance, length);
    else for (let i = 0; i < length; i++) store<u8>(to + i, load<u8>(to + i - distance));
    this.position += length;
    this.produced += length;
  }

  free(): void {
    heap.free(this.window);
  }
}
