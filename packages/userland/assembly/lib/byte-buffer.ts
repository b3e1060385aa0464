/** A growable run of raw bytes, for text that is edited in place. */
import { fromMemory, toMemory } from "./bytes";

export class ByteBuffer {
  data: usize = heap.alloc(256);
  length: i32 = 0;
  private capacity: i32 = 256;

  /** Makes room for `extra` more bytes and returns where they go. */
  reserve(extra: i32): usize {
    const need = this.length + extra;
    if (need > this.capacity) {
      this.capacity = max(need, this.capacity * 2);
      this.data = heap.realloc(this.data, this.capacity);
    }
    return this.data + this.length;
  }

  clear(): void {
    this.length = 0;
  }

  append(from: usize, length: i32): void {
    memory.copy(this.reserve(length), from, length);
    this.length += length;
  }

  appendByte(byte: i32): void {
    store<u8>(this.reserve(1), byte);
    this.length++;
  }

  appendText(text: string): void {
    toMemory(text, this.reserve(text.length));
    this.length += text.length;
  }

  appendBuffer(other: ByteBuffer): void {
    const length = other.length;
    const to = this.reserve(length);
    memory.copy(to, other.data, length);
    this.length += length;
  }

  /** Drops the first `count` bytes. */
  dropFront(count: i32): void {
    memory.copy(this.data, this.data + count, this.length - count);
    this.length -= count;
  }

  indexOf(byte: u8, from: i32): i32 {
    for (let i = from; i < this.length; i++) if (load<u8>(this.data + i) == byte) return i;
    return -1;
  }

  toText(): string {
    return fromMemory(this.data, this.length);
  }

  free(): void {
    heap.free(this.data);
    this.data = 0;
    this.length = this.capacity = 0;
  }
}
