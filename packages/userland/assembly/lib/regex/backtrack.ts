/**
 * Finds the groups of a match. Paths are tried in order of preference - left alternative first, repetitions greedy -
 * and the first that ends where the longest match ends wins, which is what glibc does. A (branch, position) pair that
 * failed once is not tried again, so the work is bounded by pattern times text.
 *
 * With back-references the groups so far are part of what is remembered; the number of such situations is capped.
 */
import { OP_ASSERT, OP_BACKREF, OP_MATCH, OP_SAVE, OP_SPLIT, Program } from "./program";
import { otherCase } from "./unicode";
import { Seen } from "./seen";
import { SIDE_EDGE, holds, sideOf } from "./assertion";

export class Backtracker {
  /** Start and end of each group in turn, -1 where it took no part. */
  caps: StaticArray<i32>;
  /** The cap on situations was reached; the answer is not to be trusted. */
  exhausted: bool = false;
  private stack: Array<i32> = [];
  private best: StaticArray<i32>;
  private seen: Seen;
  private text: usize = 0;
  private length: i32 = 0;
  private edge: i32 = SIDE_EDGE;

  constructor(
    private program: Program,
    private groups: i32,
    private utf8: bool,
    private multiline: bool,
    private icase: bool,
    usesBackrefs: bool,
  ) {
    this.caps = new StaticArray<i32>(groups * 2 + 2);
    this.best = new StaticArray<i32>(groups * 2 + 2);
    this.seen = new Seen(program, usesBackrefs);
  }

  /**
   * Matches from `start`. With `target` >= 0 the match must end there; else the longest is taken. `edge` is the side
   * before the text. Returns whether there is a match; `caps` holds it.
   */
  run(text: usize, length: i32, start: i32, target: i32, edge: i32): bool {
    this.text = text;
    this.length = length;
    this.edge = edge;
    const caps = this.caps;
    const slots = caps.length;
    for (let i = 0; i < slots; i++) caps[i] = -1;
    caps[0] = start;
    const stack = this.stack;
    stack.length = 0;
    this.seen.begin(start, target >= 0 ? target : length);
    this.best[1] = -1;
    stack.push(this.program.start);
    stack.push(start);
    while (stack.length > 0) {
      const position = stack.pop();
      const pc = stack.pop();
      if (pc < 0) caps[-1 - pc] = position;
      else if (this.follow(pc, position, target)) break;
      if (this.seen.overflowed) {
        this.exhausted = true;
        return false;
      }
    }
    if (this.best[1] < 0) return false;
    for (let i = 0; i < slots; i++) caps[i] = this.best[i];
    return true;
  }

  /** Follows one path to its end; true when no better match is possible. */
  private follow(pc: i32, at: i32, target: i32): bool {
    const program = this.program;
    const limit = target >= 0 ? target : this.length;
    while (true) {
      const op = unchecked(program.op[pc]);
      const arg = unchecked(program.arg[pc]);
      if (op == OP_SPLIT) {
        if (!this.seen.add(pc, at, this.caps)) return false;
        this.stack.push(unchecked(program.alt[pc]));
        this.stack.push(at);
      } else if (op == OP_SAVE) {
        this.stack.push(-1 - arg);
        this.stack.push(this.caps[arg]);
        this.caps[arg] = at;
      } else if (op == OP_ASSERT) {
        if (!holds(arg, this.before(at), this.after(at), this.multiline)) return false;
      } else if (op == OP_MATCH) {
        return this.accept(at, target);
      } else if (op == OP_BACKREF) {
        const from = this.caps[arg * 2];
        const to = this.caps[arg * 2 + 1];
        if (from < 0 || to < from || at + to - from > limit || !this.equal(from, at, to - from)) return false;
        at += to - from;
      } else {
        if (at >= limit || !program.consumes(pc, load<u8>(this.text + at))) return false;
        at++;
      }
      pc = unchecked(program.next[pc]);
    }
  }

  private accept(at: i32, target: i32): bool {
    if (target >= 0 ? at != target : at <= this.best[1]) return false;
    for (let i = 0; i < this.caps.length; i++) this.best[i] = this.caps[i];
    this.best[1] = at;
    return target >= 0 || at == this.length;
  }

  private before(at: i32): i32 {
    return at == 0 ? this.edge : sideOf(load<u8>(this.text + at - 1), this.utf8);
  }

  private after(at: i32): i32 {
    return at == this.length ? SIDE_EDGE : sideOf(load<u8>(this.text + at), this.utf8);
  }

  private equal(a: i32, b: i32, n: i32): bool {
    const text = this.text;
    for (let i = 0; i < n; i++) {
      const x = <i32>load<u8>(text + a + i);
      const y = <i32>load<u8>(text + b + i);
      if (x != y && !(this.icase && x < 0x80 && otherCase(x) == y)) return false;
    }
    return true;
  }
}
