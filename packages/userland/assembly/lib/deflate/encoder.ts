/** Huffman codes for writing: lengths from frequencies, limited, then canonical codes (RFC 1951, 3.2.2). */
import { reverse } from "./decoder";

export class HuffmanEncoder {
  lengths: StaticArray<u8>;
  /** Bit-reversed: DEFLATE sends Huffman codes from the most significant bit. */
  codes: StaticArray<u16>;

  constructor(public size: i32) {
    this.lengths = new StaticArray<u8>(size);
    this.codes = new StaticArray<u16>(size);
  }

  /** Optimal lengths for these frequencies, none over `limit`. */
  build(frequencies: StaticArray<u32>, limit: i32): void {
    const lengths = this.lengths;
    for (let i = 0; i < this.size; i++) lengths[i] = 0;
    const order: Array<i32> = [];
    for (let i = 0; i < this.size; i++) if (frequencies[i] > 0) order.push(i);
    sortByFrequency(order, frequencies);
    const n = order.length;
    if (n == 1) lengths[order[0]] = 1;
    if (n > 1) {
      const weights = new StaticArray<u32>(n);
      for (let i = 0; i < n; i++) weights[i] = frequencies[order[i]];
      minimumRedundancy(weights, n);
      const counts = new StaticArray<i32>(64);
      for (let i = 0; i < n; i++) counts[min<u32>(weights[i], limit)]++;
      limitLengths(counts, limit);
      // The rarest symbols come first in the order and get the longest codes.
      let at = 0;
      for (let length = limit; length > 0; length--) {
        for (let k = counts[length]; k > 0; k--) lengths[order[at++]] = <u8>length;
      }
    }
    this.assign();
  }

  assign(): void {
    const counts = new StaticArray<i32>(17);
    const next = new StaticArray<i32>(17);
    for (let i = 0; i < this.size; i++) counts[this.lengths[i]]++;
    counts[0] = 0;
    for (let length = 1; length < 16; length++) next[length + 1] = (next[length] + counts[length]) << 1;
    for (let i = 0; i < this.size; i++) {
      const length = <i32>this.lengths[i];
      if (length > 0) this.codes[i] = <u16>reverse(next[length]++, length);
    }
  }
}

function sortByFrequency(order: Array<i32>, frequencies: StaticArray<u32>): void {
  // Heap sort: no allocation, n log n whatever the input.
  const n = order.length;
  for (let i = (n >> 1) - 1; i >= 0; i--) siftDown(order, frequencies, i, n);
  for (let end = n - 1; end > 0; end--) {
    const top = order[0];
    order[0] = order[end];
    order[end] = top;
    siftDown(order, frequencies, 0, end);
  }
}

function siftDown(order: Array<i32>, frequencies: StaticArray<u32>, i: i32, n: i32): void {
  const item = order[i];
  while (true) {
    let child = 2 * i + 1;
    if (child >= n) break;
    if (child + 1 < n && frequencies[order[child + 1]] > frequencies[order[child]]) child++;
    if (frequencies[order[child]] <= frequencies[item]) break;
    order[i] = order[child];
    i = child;
  }
  order[i] = item;
}

/** Turns rising weights into code lengths in place (Moffat & Katajainen 1995). */
function minimumRedundancy(a: StaticArray<u32>, n: i32): void {
  a[0] += a[1];
  let root = 0;
  let leaf = 2;
  for (let next = 1; next < n - 1; next++) {
    if (leaf >= n || a[root] < a[leaf]) {
      a[next] = a[root];
      a[root++] = next;
    } else a[next] = a[leaf++];
    if (leaf >= n || (root < next && a[root] < a[leaf])) {
      a[next] += a[root];
      a[root++] = next;
    } else a[next] += a[leaf++];
  }
  a[n - 2] = 0;
  for (let next = n - 3; next >= 0; next--) a[next] = a[a[next]] + 1;
  let available = 1;
  let used = 0;
  let depth: u32 = 0;
  root = n - 2;
  let next = n - 1;
  while (available > 0) {
    while (root >= 0 && a[root] == depth) {
      used++;
      root--;
    }
    while (available > used) {
      a[next--] = depth;
      available--;
    }
    available = 2 * used;
    depth++;
    used = 0;
  }
}

/** Lengths were clamped to `limit`: lengthens shorter codes until the code fits (Kraft's inequality). */
function limitLengths(counts: StaticArray<i32>, limit: i32): void {
  let total = 0;
  for (let length = 1; length <= limit; length++) total += counts[length] << (limit - length);
  while (total > 1 << limit) {
    counts[limit]--;
    for (let length = limit - 1; length > 0; length--) {
      if (counts[length] == 0) continue;
      counts[length]--;
      counts[length + 1] += 2;
      break;
    }
    total--;
  }
}
