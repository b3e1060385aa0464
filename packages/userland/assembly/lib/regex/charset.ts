/** A set of characters as inclusive code-point ranges. In a byte locale the code points are the bytes 0..255. */
export const MAX_BYTE: i32 = 0xff;
export const MAX_CODE_POINT: i32 = 0x10ffff;

export class CharSet {
  lo: Array<i32> = [];
  hi: Array<i32> = [];

  get count(): i32 {
    return this.lo.length;
  }

  add(lo: i32, hi: i32): void {
    this.lo.push(lo);
    this.hi.push(hi);
  }

  addSet(other: CharSet): void {
    for (let i = 0; i < other.count; i++) this.add(other.lo[i], other.hi[i]);
  }

  has(c: i32): bool {
    for (let i = 0; i < this.lo.length; i++) if (c >= this.lo[i] && c <= this.hi[i]) return true;
    return false;
  }

  /** Sorts and merges ranges that touch. */
  normalize(): void {
    const lo = this.lo;
    const hi = this.hi;
    const n = lo.length;
    for (let i = 1; i < n; i++) {
      const l = lo[i];
      const h = hi[i];
      let j = i - 1;
      while (j >= 0 && lo[j] > l) {
        lo[j + 1] = lo[j];
        hi[j + 1] = hi[j];
        j--;
      }
      lo[j + 1] = l;
      hi[j + 1] = h;
    }
    let out = 0;
    for (let i = 0; i < n; i++) {
      if (out > 0 && lo[i] <= hi[out - 1] + 1) {
        if (hi[i] > hi[out - 1]) hi[out - 1] = hi[i];
      } else {
        lo[out] = lo[i];
        hi[out] = hi[i];
        out++;
      }
    }
    lo.length = out;
    hi.length = out;
  }

  /** The complement within 0..max; the set must be normalized. */
  negated(max: i32): CharSet {
    const out = new CharSet();
    let next = 0;
    for (let i = 0; i < this.lo.length; i++) {
      if (this.lo[i] > next) out.add(next, this.lo[i] - 1);
      next = this.hi[i] + 1;
    }
    if (next <= max) out.add(next, max);
    return out;
  }
}
