/**
 * A deterministic automaton made on demand: a state is the set of instructions the program could be in, and every
 * (state, byte class) pair is worked out once. Matching is therefore linear in the text whatever the pattern; when the
 * table is full it is dropped and begun anew, so hostile patterns cost time per byte, never memory.
 *
 * Assertions need the byte after a position, so a match is noticed one byte late: MATCHED on a transition means
 * "a match ended before this byte".
 */
import { MATCH_PC, OP_ASSERT, OP_MATCH, OP_SPLIT, Program } from "./program";
import { SIDE_EDGE, holds, sideOf } from "./assertion";
import { ByteClasses } from "./byte-classes";
import { StateTable } from "./state-table";
import { PcSet, THREAD_MARK } from "./pc-set";

/** Is there a match in any line? Lines end at `separator`. */
export const DFA_LINES: i32 = 0;
/** Where does the leftmost-longest match end? */
export const DFA_SEARCH: i32 = 1;
/** Given where a match ends, the farthest start (program compiled reversed). */
export const DFA_REVERSED: i32 = 2;

const UNKNOWN: u32 = 0xffffffff;
const DEAD: u32 = 0xfffffffe;
const HIT: u32 = 0xfffffffd;
const MATCHED: u32 = 0x80000000;
/** State flag beside SIDE_*: a match was found, no new start may begin. */
const FOUND: i32 = 16;

export class Dfa {
  private classes: ByteClasses;
  private states: StateTable;
  private from: PcSet;
  private to: PcSet;
  private pending: Array<i32> = [];
  private starts: StaticArray<u32> = new StaticArray<u32>(16);

  constructor(
    private program: Program,
    private kind: i32,
    private utf8: bool,
    private multiline: bool,
    private separator: i32,
  ) {
    const classes = new ByteClasses(program, kind == DFA_LINES ? separator : -1);
    this.classes = classes;
    this.states = new StateTable(classes.count + 1);
    this.from = new PcSet(program.length);
    this.to = new PcSet(program.length);
    this.forget();
  }

  private forget(): void {
    this.states.clear();
    for (let i = 0; i < 16; i++) this.starts[i] = UNKNOWN;
  }

  private startState(side: i32): u32 {
    if (!this.program.hasAsserts) side = 0;
    const known = this.starts[side];
    if (known != UNKNOWN) return known;
    this.to.clear();
    this.follow(this.to, this.program.start, 0, 0, false);
    const row = this.states.add(this.to, side);
    this.starts[side] = row;
    return row;
  }

  /** Where a match is noticed in the first line that has one: inside that line or at its separator; `end` at the end, -1 none. */
  findLine(text: usize, start: i32, end: i32): i32 {
    let row = this.startState(SIDE_EDGE);
    let table = this.states.table;
    const classOf = changetype<usize>(this.classes.classOf);
    const stop = text + end;
    let p = text + start;
    while (true) {
      while (p < stop) {
        const t = load<u32>(table + ((row + load<u8>(classOf + load<u8>(p))) << 2));
        if (t >= MATCHED) break;
        row = t;
        p++;
      }
      if (p >= stop) break;
      let t = load<u32>(table + ((row + load<u8>(classOf + load<u8>(p))) << 2));
      if (t == UNKNOWN) {
        t = this.step(row, load<u8>(classOf + load<u8>(p)));
        table = this.states.table;
      }
      if (t == HIT) return <i32>(p - text);
      row = t;
      p++;
    }
    return this.at(row, this.classes.count) == HIT ? end : -1;
  }

  /** Where the leftmost-longest match in start..end ends, or -1. */
  searchEnd(text: usize, start: i32, end: i32, side: i32): i32 {
    let row = this.startState(side);
    let table = this.states.table;
    const classOf = changetype<usize>(this.classes.classOf);
    const stop = text + end;
    let p = text + start;
    let last = -1;
    while (true) {
      while (p < stop) {
        const t = load<u32>(table + ((row + load<u8>(classOf + load<u8>(p))) << 2));
        if (t >= MATCHED) break;
        row = t;
        p++;
      }
      if (p >= stop) break;
      let t = load<u32>(table + ((row + load<u8>(classOf + load<u8>(p))) << 2));
      if (t == UNKNOWN) {
        t = this.step(row, load<u8>(classOf + load<u8>(p)));
        table = this.states.table;
      }
      if (t == DEAD) return last;
      if (t >= MATCHED) last = <i32>(p - text);
      row = t & ~MATCHED;
      p++;
    }
    const t = this.at(row, this.classes.count);
    return t != DEAD && t >= MATCHED ? end : last;
  }

  /** The smallest start, not before `low`, of a match that ends at `end`. */
  searchStart(text: usize, low: i32, end: i32, length: i32, side: i32): i32 {
    let row = this.startState(end < length ? sideOf(load<u8>(text + end), this.utf8) : SIDE_EDGE);
    const classOf = this.classes.classOf;
    let best = end;
    let p = end;
    while (p > low) {
      const t = this.at(row, classOf[load<u8>(text + p - 1)]);
      if (t == DEAD) return best;
      if (t >= MATCHED) best = p;
      row = t & ~MATCHED;
      p--;
    }
    return this.matchesAgainst(row, side) ? low : best;
  }

  /** Whether state `row` accepts when `side` lies beyond the position. */
  private matchesAgainst(row: u32, side: i32): bool {
    this.resolve(row, side);
    for (let i = 0; i < this.from.length; i++) if (this.from.at(i) == MATCH_PC) return true;
    return false;
  }

  private at(row: u32, byteClass: i32): u32 {
    const t = load<u32>(this.states.table + ((row + byteClass) << 2));
    return t == UNKNOWN ? this.step(row, byteClass) : t;
  }

  /** Puts into `from` the instructions of state `row` with the assertions decided against what lies ahead. */
  private resolve(row: u32, ahead: i32): void {
    const states = this.states;
    const flags = states.flags(row);
    const reversed = this.kind == DFA_REVERSED;
    this.from.clear();
    const first = states.first(row);
    const count = states.size(row);
    for (let i = 0; i < count; i++) {
      const pc = states.item(first + i);
      if (pc == THREAD_MARK) this.from.mark();
      else this.follow(this.from, pc, reversed ? ahead : flags, reversed ? flags : ahead, true);
    }
  }

  /** Works out and stores one transition. */
  private step(row: u32, byteClass: i32): u32 {
    const program = this.program;
    const byte = byteClass == this.classes.count ? -1 : this.classes.sample(byteClass);
    const flags = this.states.flags(row);
    const lineEnd = this.kind == DFA_LINES && byte == this.separator;
    this.resolve(row, lineEnd ? SIDE_EDGE : sideOf(byte, this.utf8));
    const to = this.to;
    to.clear();
    let matched = false;
    for (let i = 0; i < this.from.length; i++) {
      const pc = this.from.at(i);
      if (pc == THREAD_MARK) {
        if (matched && this.kind == DFA_SEARCH) break;
        to.mark();
      } else if (program.op[pc] == OP_MATCH) matched = true;
      else if (byte >= 0 && program.op[pc] != OP_ASSERT && program.consumes(pc, byte)) {
        this.follow(to, program.next[pc], 0, 0, false);
      }
    }
    const epoch = this.states.epoch;
    let result: u32 = 0;
    if (this.kind == DFA_LINES && (matched || lineEnd)) result = matched ? HIT : this.startState(SIDE_EDGE);
    else result = this.successor(flags, byte, matched);
    if (this.states.epoch == epoch) this.states.connect(row, byteClass, result);
    return result;
  }

  private successor(flags: i32, byte: i32, matched: bool): u32 {
    const to = this.to;
    let next = this.program.hasAsserts ? sideOf(byte, this.utf8) : 0;
    if (this.kind == DFA_SEARCH && (matched || (flags & FOUND) != 0)) next |= FOUND;
    if (this.kind != DFA_REVERSED && (next & FOUND) == 0 && byte >= 0) {
      if (this.kind == DFA_SEARCH) to.mark();
      this.follow(to, this.program.start, 0, 0, false);
    }
    if (to.isEmpty && !matched) return DEAD;
    if (this.states.full) this.forget();
    const row = this.states.add(to, next);
    return matched ? row | MATCHED : row;
  }

  /** Adds what is reachable from `pc` without consuming; assertions stay unless `decide`. */
  private follow(set: PcSet, pc: i32, before: i32, after: i32, decide: bool): void {
    const program = this.program;
    const pending = this.pending;
    while (true) {
      if (set.visit(pc)) {
        const op = unchecked(program.op[pc]);
        if (op == OP_SPLIT) {
          pending.push(unchecked(program.alt[pc]));
          pc = unchecked(program.next[pc]);
          continue;
        }
        if (op == OP_ASSERT && decide) {
          if (holds(unchecked(program.arg[pc]), before, after, this.multiline)) {
            pc = unchecked(program.next[pc]);
            continue;
          }
        } else set.push(pc);
      }
      if (pending.length == 0) return;
      pc = pending.pop();
    }
  }
}
