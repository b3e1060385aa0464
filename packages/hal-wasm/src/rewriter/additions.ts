import { BULK_BLOCK, FUEL, LEAF_CHARGE } from "./budget.ts";
import type { ModuleShape } from "./module.ts";
import { OP, TYPE_I32, TYPE_VOID } from "./opcodes.ts";
import { Writer } from "./writer.ts";

/**
 * What a rewritten module has more than the original, at the ends of its index spaces: one table that the kernel's
 * `preempt` is put in, one global of fuel, function types, and the functions below.
 */
export interface Additions {
  /** Encoded function types to append. */
  readonly types: Uint8Array[];
  readonly functions: AddedFunction[];
  readonly voidType: number;
  readonly preemptTable: number;
  readonly fuel: number;
  /** () -> (): calls the kernel and fills the fuel up. */
  readonly refuel: number;
  /** () -> (): spends LEAF_CHARGE. */
  readonly charge: number;
  /** memory.copy and memory.fill in blocks. */
  readonly copy: number;
  readonly fill: number;
  /** What `_start` exports: the start function, then the original. undefined without a start function. */
  readonly startup: number | undefined;
  /** A function that does nothing, for the table of an earlier rewriting. */
  readonly idle: number | undefined;
}

export interface AddedFunction {
  readonly type: number;
  /** Locals and instructions, without the size. */
  readonly body: Uint8Array;
}

const I64_EXTEND_I32_U = 0xad;
const I64_ADD = 0x7c;
const I64_GT_U = 0x56;
const I64_CONST = 0x42;
const I64_SHL = 0x86;
const MEMORY_SIZE = 0x3f;
const I32_OR = 0x72;
const I32_LT_U = 0x49;
/** log2 of a Wasm page. */
const PAGE_SHIFT = 16;

/**
 * Spends `units` of fuel and leaves 1 on the stack when none is left. The local saves a load: engines do not see that a
 * global still holds what was just stored.
 */
export function writeSpend(out: Writer, additions: Additions, units: number, local: number): void {
  out.byte(OP.globalGet);
  out.u32(additions.fuel);
  out.byte(OP.i32Const);
  out.s32(units);
  out.code(OP.i32Sub, OP.localTee);
  out.u32(local);
  out.byte(OP.globalSet);
  out.u32(additions.fuel);
  out.byte(OP.localGet);
  out.u32(local);
  out.code(OP.i32Const, 0, OP.i32LeS);
}

/** Takes what `writeSpend` leaves. */
export function writeCallWhenSpent(out: Writer, additions: Additions): void {
  out.code(OP.if, TYPE_VOID, OP.call);
  out.u32(additions.refuel);
  out.byte(OP.end);
}

function body(write: (out: Writer) => void, locals = 0): Uint8Array {
  const out = new Writer();
  if (locals === 0) out.byte(0);
  else out.code(1, locals, TYPE_I32);
  write(out);
  out.byte(OP.end);
  return out.view();
}

function call(out: Writer, index: number): void {
  out.byte(OP.call);
  out.u32(index);
}

/** local.get of each. */
function get(out: Writer, ...locals: number[]): void {
  for (const local of locals) out.code(OP.localGet, local);
}

function constant(out: Writer, value: number): void {
  out.byte(OP.i32Const);
  out.s32(value);
}

/** local += or -= BULK_BLOCK. */
function step(out: Writer, local: number, op: number): void {
  get(out, local);
  constant(out, BULK_BLOCK);
  out.code(op, OP.localSet, local);
}

/** Leaves 1 when local `at` + local 2 lies past the end of memory. */
function pastEnd(out: Writer, at: number): void {
  get(out, at);
  out.byte(I64_EXTEND_I32_U);
  get(out, 2);
  out.code(I64_EXTEND_I32_U, I64_ADD, MEMORY_SIZE, 0, I64_EXTEND_I32_U, I64_CONST, PAGE_SHIFT, I64_SHL, I64_GT_U);
}

function isLong(out: Writer): void {
  get(out, 2);
  constant(out, BULK_BLOCK);
  out.byte(OP.i32GtU);
}

const MEMORY_COPY: readonly number[] = [OP.misc, 10, 0, 0];
const MEMORY_FILL: readonly number[] = [OP.misc, 11, 0];

/** Runs `turn` and charges for it while more than a block is left. */
function whileLong(out: Writer, charge: number, turn: () => void): void {
  out.code(OP.loop, TYPE_VOID);
  isLong(out);
  out.code(OP.if, TYPE_VOID);
  turn();
  call(out, charge);
  out.code(OP.br, 1, OP.end, OP.end);
}

/** (destination, source, length). Traps before the first byte like the instruction; overlaps either way. */
function copyBody(charge: number): Uint8Array {
  return body((out) => {
    isLong(out);
    out.code(OP.if, TYPE_VOID);
    pastEnd(out, 0);
    pastEnd(out, 1);
    out.code(I32_OR, OP.if, TYPE_VOID);
    get(out, 0, 1, 2);
    out.code(...MEMORY_COPY, OP.end);
    get(out, 1, 0);
    out.code(I32_LT_U, OP.if, TYPE_VOID);
    whileLong(out, charge, () => {
      step(out, 2, OP.i32Sub);
      for (const at of [0, 1]) {
        get(out, at, 2);
        out.byte(OP.i32Add);
      }
      constant(out, BULK_BLOCK);
      out.code(...MEMORY_COPY);
    });
    out.byte(OP.else);
    whileLong(out, charge, () => {
      get(out, 0, 1);
      constant(out, BULK_BLOCK);
      out.code(...MEMORY_COPY);
      step(out, 0, OP.i32Add);
      step(out, 1, OP.i32Add);
      step(out, 2, OP.i32Sub);
    });
    out.code(OP.end, OP.end);
    get(out, 0, 1, 2);
    out.code(...MEMORY_COPY);
  });
}

/** (destination, byte, length). */
function fillBody(charge: number): Uint8Array {
  return body((out) => {
    isLong(out);
    out.code(OP.if, TYPE_VOID);
    pastEnd(out, 0);
    out.code(OP.if, TYPE_VOID);
    get(out, 0, 1, 2);
    out.code(...MEMORY_FILL, OP.end);
    whileLong(out, charge, () => {
      get(out, 0, 1);
      constant(out, BULK_BLOCK);
      out.code(...MEMORY_FILL);
      step(out, 0, OP.i32Add);
      step(out, 2, OP.i32Sub);
    });
    out.byte(OP.end);
    get(out, 0, 1, 2);
    out.code(...MEMORY_FILL);
  });
}

export function makeAdditions(shape: ModuleShape): Additions {
  const { types, functions, tables, globals } = shape.spaces;
  const voidType = types;
  const threeType = types + 1;
  const [refuel, charge, copy, fill] = [functions, functions + 1, functions + 2, functions + 3];
  const added: AddedFunction[] = [];
  const additions: Additions = {
    types: [Uint8Array.of(0x60, 0, 0), Uint8Array.of(0x60, 3, TYPE_I32, TYPE_I32, TYPE_I32, 0)],
    functions: added,
    voidType,
    preemptTable: tables,
    fuel: globals,
    refuel,
    charge,
    copy,
    fill,
    startup: shape.start === undefined ? undefined : functions + 4,
    idle: shape.oldPreemptTable === undefined ? undefined : functions + (shape.start === undefined ? 4 : 5),
  };
  added.push({
    type: voidType,
    body: body((out) => {
      constant(out, 0);
      out.byte(OP.callIndirect);
      out.u32(voidType);
      out.u32(additions.preemptTable);
      constant(out, FUEL);
      out.byte(OP.globalSet);
      out.u32(additions.fuel);
    }),
  });
  const spend = (out: Writer): void => {
    writeSpend(out, additions, LEAF_CHARGE, 0);
    writeCallWhenSpent(out, additions);
  };
  added.push({ type: voidType, body: body(spend, 1) });
  if (shape.memory) {
    added.push({ type: threeType, body: copyBody(charge) }, { type: threeType, body: fillBody(charge) });
  } else {
    const nothing = body(() => {});
    added.push({ type: threeType, body: nothing }, { type: threeType, body: nothing });
  }
  if (shape.start !== undefined) {
    const { start, entry } = shape;
    added.push({
      type: voidType,
      body: body((out) => {
        call(out, start);
        call(out, entry);
      }),
    });
  }
  if (additions.idle !== undefined) added.push({ type: voidType, body: body(() => {}) });
  return additions;
}
