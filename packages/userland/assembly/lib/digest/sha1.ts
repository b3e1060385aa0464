/** SHA-1 (FIPS 180-4, 6.1). */
import { Digest, hexWord } from "./digest";

const W = memory.data(320, 8);

export class Sha1 extends Digest {
  private h: StaticArray<u32> = new StaticArray<u32>(5);

  get bigEndian(): bool {
    return true;
  }

  reset(): void {
    const h = this.h;
    h[0] = 0x67452301;
    h[1] = 0xefcdab89;
    h[2] = 0x98badcfe;
    h[3] = 0x10325476;
    h[4] = 0xc3d2e1f0;
  }

  compress(block: usize): void {
    for (let i = 0; i < 16; i++) store<u32>(W + (i << 2), bswap(load<u32>(block + (i << 2))));
    for (let i = 16; i < 80; i++) {
      const p = W + (i << 2);
      store<u32>(p, rotl(load<u32>(p - 12) ^ load<u32>(p - 32) ^ load<u32>(p - 56) ^ load<u32>(p - 64), 1));
    }
    const h = this.h;
    let a = h[0];
    let b = h[1];
    let c = h[2];
    let d = h[3];
    let e = h[4];
    for (let i = 0; i < 80; i++) {
      let f: u32 = 0;
      let k: u32 = 0;
      if (i < 20) {
        f = (b & c) | (~b & d);
        k = 0x5a827999;
      } else if (i < 40) {
        f = b ^ c ^ d;
        k = 0x6ed9eba1;
      } else if (i < 60) {
        f = (b & c) | (b & d) | (c & d);
        k = 0x8f1bbcdc;
      } else {
        f = b ^ c ^ d;
        k = 0xca62c1d6;
      }
      const t = rotl(a, 5) + f + e + k + load<u32>(W + (i << 2));
      e = d;
      d = c;
      c = rotl(b, 30);
      b = a;
      a = t;
    }
    h[0] += a;
    h[1] += b;
    h[2] += c;
    h[3] += d;
    h[4] += e;
  }

  state(): string {
    let out = "";
    for (let i = 0; i < 5; i++) out += hexWord(this.h[i]);
    return out;
  }
}
