/** Which situations a backtracking match has been in: a bitmap of (branch, position), or with back-references a set that counts the groups too. */
import { OP_BACKREF, OP_SPLIT, Program } from "./program";

/** Situations remembered before a match with back-references is given up: 32 MiB of fingerprints. */
const MAX_SITUATIONS: i32 = 1 << 21;

export class Seen {
  overflowed: bool = false;
  private branchOf: StaticArray<i32>;
  private branches: i32 = 0;
  private bits: StaticArray<u64> = new StaticArray<u64>(16);
  private fingerprints: StaticArray<u64> = new StaticArray<u64>(1024);
  private used: i32 = 0;
  private start: i32 = 0;
  private referenced: Array<i32> = [];

  constructor(
    program: Program,
    private usesBackrefs: bool,
  ) {
    this.branchOf = new StaticArray<i32>(program.length);
    for (let pc = 0; pc < program.length; pc++) {
      if (program.op[pc] == OP_SPLIT) this.branchOf[pc] = this.branches++;
      if (program.op[pc] == OP_BACKREF && !this.referenced.includes(program.arg[pc])) this.referenced.push(program.arg[pc]);
    }
  }

  /** Forgets everything; positions will be start..end. */
  begin(start: i32, end: i32): void {
    this.start = start;
    this.overflowed = false;
    if (this.usesBackrefs) {
      if (this.used > 0) memory.fill(changetype<usize>(this.fingerprints), 0, (<usize>this.fingerprints.length) << 3);
      this.used = 0;
      return;
    }
    const words = <i32>((<i64>(end - start + 1) * this.branches + 63) >> 6);
    if (words > this.bits.length) this.bits = new StaticArray<u64>(words);
    else memory.fill(changetype<usize>(this.bits), 0, (<usize>words) << 3);
  }

  /** Records a situation; false when it was there already. */
  add(pc: i32, at: i32, caps: StaticArray<i32>): bool {
    const branch = unchecked(this.branchOf[pc]);
    if (this.usesBackrefs) return this.addFingerprint(branch, at, caps);
    const bit = <i64>(at - this.start) * this.branches + branch;
    const word = <i32>(bit >> 6);
    const mask: u64 = 1 << (<u64>bit & 63);
    if ((unchecked(this.bits[word]) & mask) != 0) return false;
    unchecked((this.bits[word] |= mask));
    return true;
  }

  private addFingerprint(branch: i32, at: i32, caps: StaticArray<i32>): bool {
    // 64 bits of multiply-xorshift hash stand for the situation: two of 2^21 collide with probability 2^-23.
    let h = mix((<u64>branch << 32) | at);
    for (let i = 0; i < this.referenced.length; i++) {
      const g = this.referenced[i];
      h = mix(h ^ ((<u64>caps[g * 2] << 32) | <u32>caps[g * 2 + 1]));
    }
    if (h == 0) h = 1;
    const table = this.fingerprints;
    const mask = table.length - 1;
    let slot = <i32>h & mask;
    while (table[slot] != 0) {
      if (table[slot] == h) return false;
      slot = (slot + 1) & mask;
    }
    table[slot] = h;
    if (++this.used * 2 > table.length) this.grow();
    return true;
  }

  private grow(): void {
    const old = this.fingerprints;
    if (this.used > MAX_SITUATIONS) {
      this.overflowed = true;
      return;
    }
    const grown = new StaticArray<u64>(old.length * 2);
    const mask = grown.length - 1;
    for (let i = 0; i < old.length; i++) {
      const h = old[i];
      if (h == 0) continue;
      let slot = <i32>h & mask;
      while (grown[slot] != 0) slot = (slot + 1) & mask;
      grown[slot] = h;
    }
    this.fingerprints = grown;
  }
}

/** The finalizer of SplitMix64 (Steele et al. 2014). */
function mix(x: u64): u64 {
  x += 0x9e3779b97f4a7c15;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
  x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
  return x ^ (x >> 31);
}
