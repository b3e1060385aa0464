/** Natural numbers of any size, little-endian 32-bit limbs: just what exact conversion of floating numbers needs. */
import { byteAt } from "./bytes";
import { formatPadded, formatUnsigned } from "./numbers";

export class Big {
  limbs: u32[] = [];

  static of(value: u64): Big {
    const big = new Big();
    if (value != 0) big.limbs.push(<u32>value);
    if (value >> 32 != 0) big.limbs.push(<u32>(value >> 32));
    return big;
  }

  /** From decimal digits. */
  static parse(digits: string): Big {
    const big = new Big();
    for (let i = 0; i < digits.length; i++) big.multiplyAdd(10, byteAt(digits, i) - 48);
    return big;
  }

  clone(): Big {
    const copy = new Big();
    copy.limbs = this.limbs.slice();
    return copy;
  }

  get isZero(): bool {
    return this.limbs.length == 0;
  }

  get bitLength(): i32 {
    const n = this.limbs.length;
    return n == 0 ? 0 : n * 32 - clz<u32>(this.limbs[n - 1]);
  }

  private trim(): void {
    while (this.limbs.length > 0 && this.limbs[this.limbs.length - 1] == 0) this.limbs.pop();
  }

  /** this = this * factor + addend */
  multiplyAdd(factor: u32, addend: u32): void {
    let carry: u64 = addend;
    for (let i = 0; i < this.limbs.length; i++) {
      carry += <u64>this.limbs[i] * factor;
      this.limbs[i] = <u32>carry;
      carry >>= 32;
    }
    if (carry != 0) this.limbs.push(<u32>carry);
  }

  /** this = this * base ** exponent, for small bases. */
  multiplyPower(base: u32, exponent: i32): void {
    // The largest power of the base that is a limb: fewer passes.
    let chunk: u32 = base;
    let chunkExponent = 1;
    while (<u64>chunk * base <= <u64>u32.MAX_VALUE) {
      chunk *= base;
      chunkExponent++;
    }
    for (; exponent >= chunkExponent; exponent -= chunkExponent) this.multiplyAdd(chunk, 0);
    for (; exponent > 0; exponent--) this.multiplyAdd(base, 0);
  }

  /** this = this / divisor; returns the remainder. */
  divide(divisor: u32): u32 {
    let remainder: u64 = 0;
    for (let i = this.limbs.length - 1; i >= 0; i--) {
      const value = (remainder << 32) | this.limbs[i];
      this.limbs[i] = <u32>(value / divisor);
      remainder = value % divisor;
    }
    this.trim();
    return <u32>remainder;
  }

  shiftLeft(bits: i32): void {
    if (bits == 0 || this.isZero) return;
    const words = bits >> 5;
    const rest = <u32>bits & 31;
    const out: u32[] = [];
    for (let i = 0; i < words; i++) out.push(0);
    let carry: u64 = 0;
    for (let i = 0; i < this.limbs.length; i++) {
      carry |= <u64>this.limbs[i] << rest;
      out.push(<u32>carry);
      carry >>= 32;
    }
    if (carry != 0) out.push(<u32>carry);
    this.limbs = out;
  }

  compare(other: Big): i32 {
    if (this.limbs.length != other.limbs.length) return this.limbs.length - other.limbs.length;
    for (let i = this.limbs.length - 1; i >= 0; i--) {
      if (this.limbs[i] != other.limbs[i]) return this.limbs[i] < other.limbs[i] ? -1 : 1;
    }
    return 0;
  }

  /** this = this - other; other must not be larger. */
  subtract(other: Big): void {
    let borrow: i64 = 0;
    for (let i = 0; i < this.limbs.length; i++) {
      const value = <i64>this.limbs[i] - (i < other.limbs.length ? <i64>other.limbs[i] : 0) + borrow;
      this.limbs[i] = <u32>value;
      borrow = value >> 32;
    }
    this.trim();
  }

  /** Decimal digits. */
  toDecimal(): string {
    if (this.isZero) return "0";
    const value = this.clone();
    const groups: u32[] = [];
    while (!value.isZero) groups.push(value.divide(1000000000));
    let text = formatUnsigned(groups[groups.length - 1]);
    for (let i = groups.length - 2; i >= 0; i--) text += formatPadded(groups[i], 9);
    return text;
  }
}
