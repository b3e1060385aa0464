/** MD5 (RFC 1321). */
import { Digest, hexWord } from "./digest";

/** floor(2^32 * abs(sin(i + 1))), computed once. */
const K = memory.data(256, 4);
let ready: bool = false;
const SHIFTS: StaticArray<i32> = [7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21];

export class Md5 extends Digest {
  private h: StaticArray<u32> = new StaticArray<u32>(4);

  get bigEndian(): bool {
    return false;
  }

  reset(): void {
    if (!ready) for (let i = 0; i < 64; i++) store<u32>(K + (i << 2), <u32>(<u64>Math.floor(4294967296.0 * Math.abs(Math.sin(<f64>(i + 1))))));
    ready = true;
    const h = this.h;
    h[0] = 0x67452301;
    h[1] = 0xefcdab89;
    h[2] = 0x98badcfe;
    h[3] = 0x10325476;
  }

  compress(block: usize): void {
    const h = this.h;
    let a = h[0];
    let b = h[1];
    let c = h[2];
    let d = h[3];
    for (let i = 0; i < 64; i++) {
      let f: u32 = 0;
      let g = i;
      const round = i >> 4;
      if (round == 0) f = (b & c) | (~b & d);
      else if (round == 1) {
        f = (d & b) | (~d & c);
        g = (5 * i + 1) & 15;
      } else if (round == 2) {
        f = b ^ c ^ d;
        g = (3 * i + 5) & 15;
      } else {
        f = c ^ (b | ~d);
        g = (7 * i) & 15;
      }
      f += a + load<u32>(K + (i << 2)) + load<u32>(block + (g << 2));
      a = d;
      d = c;
      c = b;
      b += rotl(f, unchecked(SHIFTS[(round << 2) + (i & 3)]));
    }
    h[0] += a;
    h[1] += b;
    h[2] += c;
    h[3] += d;
  }

  state(): string {
    let out = "";
    for (let i = 0; i < 4; i++) out += hexWord(bswap(this.h[i]));
    return out;
  }
}
