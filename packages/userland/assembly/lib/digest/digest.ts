/** What md5sum, sha1sum and sha256sum have in common: 64-byte blocks, length padding (Merkle-Damgard). */
export abstract class Digest {
  private block: usize = heap.alloc(64);
  private used: i32 = 0;
  private total: u64 = 0;

  abstract reset(): void;
  abstract compress(block: usize): void;
  /** The state words as hexadecimal. */
  abstract state(): string;
  /** The message length is appended most significant byte first. */
  abstract get bigEndian(): bool;

  begin(): void {
    this.used = 0;
    this.total = 0;
    this.reset();
  }

  update(from: usize, length: i32): void {
    this.total += length;
    if (this.used > 0) {
      const take = min(64 - this.used, length);
      memory.copy(this.block + this.used, from, take);
      this.used += take;
      from += take;
      length -= take;
      if (this.used < 64) return;
      this.compress(this.block);
      this.used = 0;
    }
    for (; length >= 64; length -= 64) {
      this.compress(from);
      from += 64;
    }
    memory.copy(this.block, from, length);
    this.used = length;
  }

  finish(): string {
    const bits = this.total << 3;
    store<u8>(this.block + this.used++, 0x80);
    if (this.used > 56) {
      memory.fill(this.block + this.used, 0, 64 - this.used);
      this.compress(this.block);
      this.used = 0;
    }
    memory.fill(this.block + this.used, 0, 56 - this.used);
    store<u64>(this.block, this.bigEndian ? bswap(bits) : bits, 56);
    this.compress(this.block);
    return this.state();
  }
}

export function hexWord(word: u32): string {
  const digits = "0123456789abcdef";
  let out = "";
  for (let shift = 28; shift >= 0; shift -= 4) out += digits.charAt((word >> shift) & 15);
  return out;
}
