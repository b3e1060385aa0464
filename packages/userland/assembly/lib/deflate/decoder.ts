/** A canonical Huffman code for reading: short codes by table, long ones by counting (RFC 1951, 3.2.2). */
const FAST_BITS: i32 = 10;

export class HuffmanDecoder {
  /** symbol << 4 | length for every pattern of FAST_BITS bits, 0 for longer codes. */
  private fast: StaticArray<u16> = new StaticArray<u16>(1 << FAST_BITS);
  private counts: StaticArray<u16> = new StaticArray<u16>(16);
  private symbols: StaticArray<u16> = new StaticArray<u16>(288);
  /** Length of the code `decode` read. */
  length: i32 = 0;

  /** Takes `n` code lengths; false when they are over-subscribed, or incomplete with more than one code. */
  build(lengths: StaticArray<u8>, start: i32, n: i32): bool {
    const counts = this.counts;
    for (let i = 0; i < 16; i++) counts[i] = 0;
    for (let i = 0; i < n; i++) counts[lengths[start + i]]++;
    let left = 1;
    const used = n - counts[0];
    counts[0] = 0;
    for (let length = 1; length < 16; length++) {
      left = (left << 1) - counts[length];
      if (left < 0) return false;
    }
    if (left > 0 && used > 1) return false;
    const offsets = new StaticArray<u16>(17);
    const codes = new StaticArray<u16>(17);
    for (let length = 1; length < 16; length++) {
      offsets[length + 1] = offsets[length] + counts[length];
      codes[length + 1] = (codes[length] + counts[length]) << 1;
    }
    memory.fill(changetype<usize>(this.fast), 0, 2 << FAST_BITS);
    for (let symbol = 0; symbol < n; symbol++) {
      const length = <i32>lengths[start + symbol];
      if (length == 0) continue;
      this.symbols[offsets[length]++] = <u16>symbol;
      const code = codes[length]++;
      if (length > FAST_BITS) continue;
      const step = 1 << length;
      for (let pattern = reverse(code, length); pattern < 1 << FAST_BITS; pattern += step) {
        this.fast[pattern] = <u16>((symbol << 4) | length);
      }
    }
    return true;
  }

  /** The symbol whose code begins `bits` (least significant first), or -1; sets `length`. */
  @inline
  decode(bits: u32): i32 {
    const entry = <i32>unchecked(this.fast[bits & ((1 << FAST_BITS) - 1)]);
    if (entry != 0) {
      this.length = entry & 15;
      return entry >> 4;
    }
    return this.decodeLong(bits);
  }

  private decodeLong(bits: u32): i32 {
    let code = 0;
    let first = 0;
    let index = 0;
    for (let length = 1; length < 16; length++) {
      code |= bits & 1;
      bits >>= 1;
      const count = <i32>this.counts[length];
      if (code - count < first) {
        this.length = length;
        return this.symbols[index + code - first];
      }
      index += count;
      first = (first + count) << 1;
      code <<= 1;
    }
    return -1;
  }
}

export function reverse(code: i32, length: i32): i32 {
  let out = 0;
  for (let i = 0; i < length; i++) {
    out = (out << 1) | (code & 1);
    code >>= 1;
  }
  return out;
}
