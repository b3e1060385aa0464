/** Bytes a program cannot tell apart share a class, so that a table row is short. */
import { OP_RANGE, OP_SET, Program } from "./program";
import { sideOf } from "./assertion";

export class ByteClasses {
  classOf: StaticArray<u8> = new StaticArray<u8>(256);
  count: i32 = 0;
  private first: StaticArray<u8> = new StaticArray<u8>(256);

  /** `separator`: a byte that must be a class of its own, or -1. */
  constructor(program: Program, separator: i32) {
    // starts[b]: a class begins at byte b.
    const starts = new StaticArray<bool>(257);
    starts[0] = true;
    const seenSet = new StaticArray<bool>((program.sets.length >> 3) + 1);
    for (let pc = 0; pc < program.length; pc++) {
      const arg = program.arg[pc];
      if (program.op[pc] == OP_RANGE) {
        starts[arg & 0xff] = true;
        starts[(arg >> 8) + 1] = true;
      } else if (program.op[pc] == OP_SET && !seenSet[arg]) {
        seenSet[arg] = true;
        for (let b = 1; b < 256; b++) if (program.consumes(pc, b) != program.consumes(pc, b - 1)) starts[b] = true;
      }
    }
    if (program.hasAsserts) for (let b = 1; b < 256; b++) if (sideOf(b, true) != sideOf(b - 1, true)) starts[b] = true;
    if (program.hasAsserts) starts[128] = true;
    if (separator >= 0) {
      starts[separator] = true;
      starts[separator + 1] = true;
    }
    for (let b = 0; b < 256; b++) {
      if (starts[b]) this.first[this.count++] = <u8>b;
      this.classOf[b] = <u8>(this.count - 1);
    }
  }

  /** A member of the class. */
  sample(byteClass: i32): i32 {
    return this.first[byteClass];
  }
}
