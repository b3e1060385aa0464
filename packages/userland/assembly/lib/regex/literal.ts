/** Plain substring search: Horspool (1980), and a word-at-a-time scan for single bytes. */
export class Literal {
  private bytes: StaticArray<u8>;
  private skip: StaticArray<u8> = new StaticArray<u8>(256);

  constructor(text: string) {
    const n = text.length;
    this.bytes = new StaticArray<u8>(n);
    for (let i = 0; i < n; i++) this.bytes[i] = <u8>text.charCodeAt(i);
    const longest = <u8>min(n, 255);
    for (let b = 0; b < 256; b++) this.skip[b] = longest;
    for (let i = max(0, n - 256); i < n - 1; i++) this.skip[this.bytes[i]] = <u8>min(n - 1 - i, 255);
  }

  get length(): i32 {
    return this.bytes.length;
  }

  /** Start of the first occurrence in from..end, or -1. */
  find(text: usize, from: i32, end: i32): i32 {
    const n = this.bytes.length;
    if (n == 0) return from <= end ? from : -1;
    if (n == 1) return findByte(text, from, end, this.bytes[0]);
    const bytes = changetype<usize>(this.bytes);
    const skip = changetype<usize>(this.skip);
    const last = load<u8>(bytes + n - 1);
    let p = text + from + n - 1;
    const stop = text + end;
    while (p < stop) {
      const c = load<u8>(p);
      if (c == last) {
        const at = p - n + 1;
        if (memory.compare(at, bytes, n - 1) == 0) return <i32>(at - text);
      }
      p += load<u8>(skip + c);
    }
    return -1;
  }
}

/** Index of `byte` in from..end, or -1: eight bytes at a time (zero-byte test of Mycroft 1987). */
export function findByte(text: usize, from: i32, end: i32, byte: u8): i32 {
  const ONES: u64 = 0x0101010101010101;
  const HIGH: u64 = 0x8080808080808080;
  const pattern = <u64>byte * ONES;
  let p = text + from;
  const stop = text + end;
  while (p + 8 <= stop) {
    const x = load<u64>(p) ^ pattern;
    if (((x - ONES) & ~x & HIGH) != 0) break;
    p += 8;
  }
  while (p < stop) {
    if (load<u8>(p) == byte) return <i32>(p - text);
    p++;
  }
  return -1;
}
