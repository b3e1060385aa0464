/** Syntax tree to program. Built back to front: every piece is given the instruction that follows it. */
import { CharSet } from "./charset";
import { emitCodePoints } from "./utf8";
import {
  NODE_ALTERNATE, NODE_ASSERT, NODE_BACKREF, NODE_CONCAT, NODE_GROUP, NODE_REPEAT, NODE_SET, Node,
} from "./node";
import { OP_ASSERT, OP_BACKREF, OP_MATCH, OP_RANGE, OP_SAVE, OP_SET, OP_SPLIT, Program } from "./program";

/** For the DFA: no captures, and a back-reference stands for any text. */
export const COMPILE_DFA: i32 = 1;
/** The pattern read from its end to its start. */
export const COMPILE_REVERSED: i32 = 2;

export function compile(root: Node, mode: i32, utf8: bool): Program {
  const compiler = new Compiler(mode, utf8);
  const program = compiler.program;
  const match = program.emit(OP_MATCH, 0, 0);
  program.start = compiler.node(root, match);
  return program;
}

class Compiler {
  program: Program = new Program();

  constructor(
    private mode: i32,
    private utf8: bool,
  ) {}

  node(node: Node, next: i32): i32 {
    const program = this.program;
    if (program.tooBig) return 0;
    const kind = node.kind;
    if (kind == NODE_SET) return this.set(node.set!, next);
    if (kind == NODE_CONCAT) return this.concat(node, next);
    if (kind == NODE_ALTERNATE) {
      let entry = this.node(node.children[node.children.length - 1], next);
      for (let i = node.children.length - 2; i >= 0; i--) {
        const first = this.node(node.children[i], next);
        entry = this.split(first, entry);
      }
      return entry;
    }
    if (kind == NODE_REPEAT) return this.repeat(node.children[0], node.min, node.max, next);
    if (kind == NODE_GROUP) {
      if ((this.mode & COMPILE_DFA) != 0) return this.node(node.children[0], next);
      const close = program.emit(OP_SAVE, node.index * 2 + 1, next);
      return program.emit(OP_SAVE, node.index * 2, this.node(node.children[0], close));
    }
    if (kind == NODE_ASSERT) {
      program.hasAsserts = true;
      return program.emit(OP_ASSERT, node.index, next);
    }
    if (kind == NODE_BACKREF) {
      if ((this.mode & COMPILE_DFA) == 0) return program.emit(OP_BACKREF, node.index, next);
      const loop = program.emit(OP_SPLIT, 0, 0);
      program.next[loop] = program.emit(OP_RANGE, 0xff00, loop);
      program.alt[loop] = next;
      return loop;
    }
    return next;
  }

  private concat(node: Node, next: i32): i32 {
    const children = node.children;
    const n = children.length;
    let entry = next;
    for (let i = 0; i < n; i++) entry = this.node(children[(this.mode & COMPILE_REVERSED) != 0 ? i : n - 1 - i], entry);
    return entry;
  }

  private split(first: i32, second: i32): i32 {
    const at = this.program.emit(OP_SPLIT, 0, first);
    this.program.alt[at] = second;
    return at;
  }

  /** Greedy: staying in the loop is tried first. */
  private repeat(child: Node, min: i32, max: i32, next: i32): i32 {
    const program = this.program;
    let entry = next;
    if (max < 0) {
      const loop = program.emit(OP_SPLIT, 0, 0);
      const body = this.node(child, loop);
      program.next[loop] = body;
      program.alt[loop] = next;
      // Where the child can match nothing, entering the loop is a choice of its own: then one empty turn sets the
      // groups inside, as it does in glibc.
      if (min > 0) entry = body;
      else entry = matchesEmpty(child) ? this.split(body, next) : loop;
      min--;
    } else {
      for (let i = min; i < max && !program.tooBig; i++) entry = this.split(this.node(child, entry), next);
    }
    for (let i = 0; i < min && !program.tooBig; i++) entry = this.node(child, entry);
    return entry;
  }

  private set(set: CharSet, next: i32): i32 {
    const program = this.program;
    const single = this.utf8 ? 0x7f : 0xff;
    const words = new StaticArray<u32>(8);
    let ranges = 0;
    let lo = 0;
    let hi = 0;
    for (let i = 0; i < set.count; i++) {
      if (set.lo[i] > single) break;
      lo = set.lo[i];
      hi = min(set.hi[i], single);
      ranges++;
      for (let c = lo; c <= hi; c++) words[c >> 5] |= 1 << (c & 31);
    }
    let entry = -1;
    if (ranges == 1) entry = program.emit(OP_RANGE, lo | (hi << 8), next);
    else if (ranges > 1) entry = program.emit(OP_SET, program.addSet(words), next);
    if (!this.utf8) return entry < 0 ? program.emit(OP_RANGE, 1, next) : entry;
    const wide = emitCodePoints(program, set, next, (this.mode & COMPILE_REVERSED) != 0);
    // A set without members matches nothing: the empty range 1..0.
    if (entry < 0) return wide < 0 ? program.emit(OP_RANGE, 1, next) : wide;
    return wide < 0 ? entry : this.split(entry, wide);
  }
}

function matchesEmpty(node: Node): bool {
  const children = node.children;
  const kind = node.kind;
  if (kind == NODE_REPEAT && node.min == 0) return true;
  if (kind == NODE_SET) return false;
  const any = kind == NODE_ALTERNATE;
  for (let i = 0; i < children.length; i++) if (matchesEmpty(children[i]) == any) return any;
  return !any;
}
