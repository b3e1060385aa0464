/** A compiled pattern: a non-deterministic automaton over bytes. */
/** The one MATCH instruction of every program. */
export const MATCH_PC: i32 = 0;

export const OP_MATCH: i32 = 0;
/** Consumes one byte between `arg & 0xff` and `arg >> 8`. */
export const OP_RANGE: i32 = 1;
/** Consumes one byte whose bit is set in byte set number `arg`. */
export const OP_SET: i32 = 2;
/** Goes on at `next`, or failing that at `alt`. */
export const OP_SPLIT: i32 = 3;
/** Stores the position in capture slot `arg`. */
export const OP_SAVE: i32 = 4;
/** Passes when assertion `arg` (ASSERT_*) holds here. */
export const OP_ASSERT: i32 = 5;
/** Consumes what group `arg` matched. */
export const OP_BACKREF: i32 = 6;

/** Instructions one pattern may take; beyond it a pattern is refused ("Regular expression too big"). */
export const MAX_PROGRAM: i32 = 250000;

export class Program {
  op: Array<i32> = [];
  arg: Array<i32> = [];
  next: Array<i32> = [];
  alt: Array<i32> = [];
  /** Eight words per byte set. */
  sets: Array<u32> = [];
  start: i32 = 0;
  hasAsserts: bool = false;
  tooBig: bool = false;

  get length(): i32 {
    return this.op.length;
  }

  emit(op: i32, arg: i32, next: i32): i32 {
    if (this.op.length >= MAX_PROGRAM) {
      this.tooBig = true;
      return 0;
    }
    this.op.push(op);
    this.arg.push(arg);
    this.next.push(next);
    this.alt.push(0);
    return this.op.length - 1;
  }

  /** The number of the set whose eight words are given, reusing an equal one. */
  addSet(words: StaticArray<u32>): i32 {
    const sets = this.sets;
    for (let i = 0; i < sets.length; i += 8) {
      let same = true;
      for (let k = 0; k < 8; k++) if (sets[i + k] != words[k]) same = false;
      if (same) return i >> 3;
    }
    for (let k = 0; k < 8; k++) sets.push(words[k]);
    return (sets.length >> 3) - 1;
  }

  /** Whether instruction `pc` (RANGE or SET) consumes `byte`. */
  @inline
  consumes(pc: i32, byte: i32): bool {
    const arg = unchecked(this.arg[pc]);
    if (unchecked(this.op[pc]) == OP_RANGE) return byte >= (arg & 0xff) && byte <= arg >> 8;
    return ((unchecked(this.sets[(arg << 3) + (byte >> 5)]) >> (byte & 31)) & 1) != 0;
  }
}
