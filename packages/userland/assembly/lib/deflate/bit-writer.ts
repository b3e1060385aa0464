/** Packs bits, least significant first, into bytes for a sink. */
import { Sink } from "./sink";

const CAPACITY: i32 = 65536;

export class BitWriter {
  /** Bytes handed on so far. */
  total: u64 = 0;
  private buffer: usize = heap.alloc(CAPACITY + 8);
  private used: i32 = 0;
  private pending: u64 = 0;
  private pendingBits: i32 = 0;

  constructor(private sink: Sink) {}

  @inline
  bits(value: i32, count: i32): void {
    this.pending |= (<u64>value) << this.pendingBits;
    this.pendingBits += count;
    if (this.pendingBits >= 32) this.drain();
  }

  private drain(): void {
    store<u32>(this.buffer + this.used, <u32>this.pending);
    this.used += 4;
    this.pending >>= 32;
    this.pendingBits -= 32;
    if (this.used >= CAPACITY) this.flush();
  }

  /** Fills up the byte with zeros. */
  align(): void {
    while (this.pendingBits > 0) {
      store<u8>(this.buffer + this.used++, <u8>this.pending);
      this.pending >>= 8;
      this.pendingBits -= 8;
    }
    this.pending = 0;
    this.pendingBits = 0;
    if (this.used >= CAPACITY) this.flush();
  }

  /** Whole bytes, after `align`. */
  bytes(from: usize, length: i32): void {
    this.align();
    this.flush();
    this.sink.write(from, length);
    this.total += length;
  }

  flush(): void {
    if (this.used > 0) this.sink.write(this.buffer, this.used);
    this.total += this.used;
    this.used = 0;
  }
}
