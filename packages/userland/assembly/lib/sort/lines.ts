/** All lines in one block of memory, as offsets; and a stable merge sort over their numbers. */
import { EINTR } from "../../../../abi/src/errno";
import { Order } from "./order";
import { readInto } from "../io";

export class Lines {
  data: usize = heap.alloc(65536);
  starts: Array<i32> = [];
  private capacity: i32 = 65536;
  private used: i32 = 0;

  constructor(private separator: u8) {}

  get count(): i32 {
    return this.starts.length;
  }

  @inline
  start(line: i32): usize {
    return this.data + unchecked(this.starts[line]);
  }

  @inline
  end(line: i32): usize {
    const next = line + 1 < this.starts.length ? unchecked(this.starts[line + 1]) : this.used;
    return this.data + next - 1;
  }

  /** Appends a whole file; a missing last separator is supplied. 0 or errno. */
  read(fd: i32): i32 {
    const from = this.used;
    while (true) {
      this.reserve(65536);
      const count = readInto(fd, this.data + this.used, this.capacity - this.used - 1);
      if (count == -EINTR) continue;
      if (count < 0) return -count;
      if (count == 0) break;
      this.used += count;
    }
    if (this.used > from && load<u8>(this.data + this.used - 1) != this.separator) store<u8>(this.data + this.used++, this.separator);
    let line = from;
    for (let i = from; i < this.used; i++) {
      if (load<u8>(this.data + i) != this.separator) continue;
      this.starts.push(line);
      line = i + 1;
    }
    return 0;
  }

  private reserve(extra: i32): void {
    if (this.used + extra <= this.capacity) return;
    this.capacity = max(this.capacity * 2, this.used + extra);
    this.data = heap.realloc(this.data, this.capacity);
  }

  /** Line numbers in order. */
  sorted(order: Order): StaticArray<i32> {
    const n = this.count;
    let from = new StaticArray<i32>(n);
    let to = new StaticArray<i32>(n);
    for (let i = 0; i < n; i++) from[i] = i;
    for (let width = 1; width < n; width *= 2) {
      for (let low = 0; low < n; low += 2 * width) this.merge(order, from, to, low, min(low + width, n), min(low + 2 * width, n));
      const swap = from;
      from = to;
      to = swap;
    }
    return from;
  }

  private merge(order: Order, from: StaticArray<i32>, to: StaticArray<i32>, low: i32, middle: i32, high: i32): void {
    let a = low;
    let b = middle;
    // Runs that are in order already are taken over whole: sorted input costs one comparison per pair of runs.
    if (b < high && order.compare(this, unchecked(from[b - 1]), unchecked(from[b])) <= 0) b = high;
    if (b == high) {
      memory.copy(changetype<usize>(to) + (low << 2), changetype<usize>(from) + (low << 2), (high - low) << 2);
      return;
    }
    for (let i = low; i < high; i++) {
      const first = b >= high || (a < middle && order.compare(this, unchecked(from[a]), unchecked(from[b])) <= 0);
      unchecked((to[i] = first ? from[a++] : from[b++]));
    }
  }
}
