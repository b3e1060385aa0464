/** The archive as a stream of bytes, from any descriptor. */
import { EINTR } from "../../../../abi/src/errno";
import { readInto } from "../io";

/** Reads ahead by this much. */
const CAPACITY: i32 = 262144;

export class ByteStream {
  error: i32 = 0;
  private buffer: usize = heap.alloc(CAPACITY + 512) + 512;
  private position: i32 = 0;
  private end: i32 = 0;

  constructor(private fd: i32) {}

  /** Whether the first bytes are those of a gzip file. */
  looksCompressed(): bool {
    if (this.position == this.end) this.fill();
    return this.end - this.position >= 2 && load<u16>(this.buffer + this.position) == 0x8b1f;
  }

  private fill(): bool {
    let count = readInto(this.fd, this.buffer, CAPACITY);
    while (count == -EINTR) count = readInto(this.fd, this.buffer, CAPACITY);
    this.position = 0;
    this.end = max(count, 0);
    if (count < 0) this.error = -count;
    return count > 0;
  }

  /** Exactly `length` bytes unless the stream ends. */
  read(to: usize, length: i32): i32 {
    let done = 0;
    while (done < length && (this.position < this.end || this.fill())) {
      const count = min(length - done, this.end - this.position);
      memory.copy(to + done, this.buffer + this.position, count);
      this.position += count;
      done += count;
    }
    return done;
  }

  /** Passes over `length` bytes: how many there were. */
  skip(length: u64): u64 {
    let left = length;
    while (left > 0 && (this.position < this.end || this.fill())) {
      const count = <i32>min<u64>(left, this.end - this.position);
      this.position += count;
      left -= count;
    }
    return length - left;
  }

  /** Puts back what was read last; at most one block. */
  unread(from: usize, length: i32): void {
    this.position -= length;
    memory.copy(this.buffer + this.position, from, length);
  }
}
