import { type Additions, writeCallWhenSpent, writeSpend } from "./additions.ts";
import { LEAF_STEPS } from "./budget.ts";
import { EVENT_BR_ON_CAST, EVENT_MEMORY_COPY, EVENT_MEMORY_FILL, type Events } from "./events.ts";
import { catchClauses, skipBlockType } from "./labels.ts";
import type { ModuleShape } from "./module.ts";
import { OP, TYPE_I32, TYPE_VOID } from "./opcodes.ts";
import { Reader } from "./reader.ts";
import type { Body } from "./scan.ts";
import type { Writer } from "./writer.ts";

/** Index of the type `params -> params` of a loop's parameters. */
export type ParamsType = (type: number) => number;

/**
 * Writes bodies with their checks.
 *
 * A leaf loop becomes
 *
 *     block $exit (bt)
 *       loop $again (bt)
 *         block $cold (params -> params)
 *           loop $head (bt)                  the original loop and its label
 *             steps += n;  steps > LEAF_STEPS: br_if $cold
 *             ...
 *           end
 *           br $exit
 *         end
 *         call $charge;  steps = 0
 *         br $again
 *       end
 *     end
 *
 * so the hot loop holds neither a call nor a store, and engines go on unrolling it. All leaf loops of a function share one
 * local, or a loop inside a loop would multiply the turns without a check. A loop with calls asks in place: it has calls anyway.
 */
export class BodyWriter {
  readonly #shape: ModuleShape;
  readonly #events: Events;
  readonly #additions: Additions;
  readonly #paramsType: ParamsType;
  /** Label numbers, outermost 0, of the open original constructs; a leaf loop's is that of $head. */
  readonly #labels: number[] = [];
  readonly #isLeaf: boolean[] = [];
  /** Labels open in the output. */
  #height = 0;
  #steps = 0;
  /** Offsets into the last written body of the branches that are hardly ever taken. */
  readonly unlikely: number[] = [];

  constructor(shape: ModuleShape, events: Events, additions: Additions, paramsType: ParamsType) {
    this.#shape = shape;
    this.#events = events;
    this.#additions = additions;
    this.#paramsType = paramsType;
  }

  write(out: Writer, body: Body, asksAtEntry: boolean): void {
    const { bytes } = this.#shape;
    const events = this.#events;
    this.unlikely.length = 0;
    this.#labels.length = 0;
    this.#isLeaf.length = 0;
    this.#height = 0;
    this.#steps = body.locals;
    this.#locals(out, body);
    if (asksAtEntry) this.#ask(out, 1);
    this.#open(false);
    let copied = body.code;
    for (let i = body.firstEvent; i < body.lastEvent; i++) {
      const start = events.starts[i]!;
      out.range(bytes, copied, start);
      copied = start;
      if (this.#event(out, i)) copied = events.ends[i]!;
    }
    out.range(bytes, copied, body.to);
  }

  /** Two more: the steps of leaf loops, and what is left of the fuel. */
  #locals(out: Writer, body: Body): void {
    const { bytes } = this.#shape;
    const r = new Reader(bytes, body.from, body.code);
    out.u32(r.u32() + 1);
    out.range(bytes, r.pos, body.code);
    out.code(2, TYPE_I32);
  }

  /** Stack-neutral. */
  #ask(out: Writer, units: number): void {
    writeSpend(out, this.#additions, units, this.#steps + 1);
    this.unlikely.push(out.length);
    writeCallWhenSpent(out, this.#additions);
  }

  #open(leaf: boolean): void {
    this.#labels.push(this.#height++);
    this.#isLeaf.push(leaf);
  }

  #depth(original: number): number {
    return this.#height - 1 - this.#labels[this.#labels.length - 1 - original]!;
  }

  /** Writes event `i`; false when its bytes are to be copied as they are. */
  #event(out: Writer, i: number): boolean {
    const events = this.#events;
    const op = events.ops[i]!;
    const note = events.notes[i]!;
    if (op === OP.loop) return this.#loop(out, i, note);
    if (op === OP.catch || op === OP.catchAll) {
      out.range(this.#shape.bytes, events.starts[i]!, events.ends[i]!);
      this.#ask(out, note);
      return true;
    }
    if (note > 0) this.#ask(out, note);
    switch (op) {
      case OP.block:
      case OP.if:
      case OP.try:
        this.#open(false);
        return false;
      case OP.tryTable:
        this.#tryTable(out, i);
        this.#open(false);
        return true;
      case OP.end:
        return this.#end(out);
      case OP.delegate:
        this.#close();
        return this.#branch(out, i);
      case OP.br:
      case OP.brIf:
      case OP.brOnNull:
      case OP.brOnNonNull:
      case OP.rethrow:
        return this.#branch(out, i);
      case OP.brTable:
        this.#brTable(out, i);
        return true;
      case EVENT_BR_ON_CAST:
        this.#brOnCast(out, i);
        return true;
      case EVENT_MEMORY_COPY:
        out.byte(OP.call);
        out.u32(this.#additions.copy);
        return true;
      case EVENT_MEMORY_FILL:
        out.byte(OP.call);
        out.u32(this.#additions.fill);
        return true;
      default:
        return false;
    }
  }

  #loop(out: Writer, i: number, note: number): boolean {
    const { bytes } = this.#shape;
    const start = this.#events.starts[i]!;
    const end = this.#events.ends[i]!;
    if (note <= 0) {
      out.range(bytes, start, end);
      if (note < 0) this.#ask(out, -note);
      this.#open(false);
      return true;
    }
    out.byte(OP.block);
    out.range(bytes, start + 1, end);
    out.byte(OP.loop);
    out.range(bytes, start + 1, end);
    out.byte(OP.block);
    this.#coldType(out, start + 1);
    out.byte(OP.loop);
    out.range(bytes, start + 1, end);
    this.#height += 3;
    this.#open(true);
    out.byte(OP.localGet);
    out.u32(this.#steps);
    out.byte(OP.i32Const);
    out.s32(note);
    out.code(OP.i32Add, OP.localTee);
    out.u32(this.#steps);
    out.byte(OP.i32Const);
    out.s32(LEAF_STEPS);
    out.byte(OP.i32GtU);
    this.unlikely.push(out.length);
    out.code(OP.brIf, 1);
    return true;
  }

  /** What lies on the stack at the loop's head passes through the cold block. */
  #coldType(out: Writer, at: number): void {
    const type = new Reader(this.#shape.bytes, at).s33();
    const params = type < 0 ? 0 : this.#shape.types.functions[type]!.params;
    if (params === 0) out.byte(TYPE_VOID);
    else out.s32(this.#paramsType(type));
  }

  #close(): boolean {
    this.#labels.pop();
    this.#height--;
    return this.#isLeaf.pop()!;
  }

  #end(out: Writer): boolean {
    if (!this.#close()) return false;
    this.#height -= 3;
    const EXIT_FROM_COLD = 2;
    out.code(OP.end, OP.br, EXIT_FROM_COLD, OP.end, OP.call);
    out.u32(this.#additions.charge);
    out.code(OP.i32Const, 0, OP.localSet);
    out.u32(this.#steps);
    out.code(OP.br, 0, OP.end, OP.end);
    return true;
  }

  #branch(out: Writer, i: number): boolean {
    const original = this.#events.args[i]!;
    const depth = this.#depth(original);
    if (depth === original) return false;
    out.byte(this.#events.ops[i]!);
    out.u32(depth);
    return true;
  }

  #brTable(out: Writer, i: number): void {
    const r = new Reader(this.#shape.bytes, this.#events.starts[i]! + 1, this.#events.ends[i]!);
    const count = r.u32();
    out.byte(OP.brTable);
    out.u32(count);
    for (let rest = count; rest >= 0; rest--) out.u32(this.#depth(r.u32()));
  }

  #brOnCast(out: Writer, i: number): void {
    const { bytes } = this.#shape;
    const start = this.#events.starts[i]!;
    const end = this.#events.ends[i]!;
    const r = new Reader(bytes, start + 1, end);
    r.u32();
    r.skip(1);
    out.range(bytes, start, r.pos);
    out.u32(this.#depth(r.u32()));
    out.range(bytes, r.pos, end);
  }

  /** Clauses count labels outside the block. */
  #tryTable(out: Writer, i: number): void {
    const { bytes } = this.#shape;
    const start = this.#events.starts[i]!;
    const r = new Reader(bytes, start + 1, this.#events.ends[i]!);
    skipBlockType(r);
    out.range(bytes, start, r.pos);
    const clauses = catchClauses(r);
    out.u32(clauses.length);
    for (const { kind, tag, label } of clauses) {
      out.byte(kind);
      if (kind < 2) out.u32(tag);
      out.u32(this.#depth(label));
    }
  }
}
