import { Malformed } from "./malformed.ts";
import * as kind from "./opcodes.ts";
import type { Reader } from "./reader.ts";

/**
 * Sizes of a module's index spaces. The rewriter appends to these spaces, so an index just past the end of the
 * original, which no engine would take, would name one of its additions: every index is checked here.
 */
export interface IndexSpaces {
  types: number;
  functions: number;
  tables: number;
  globals: number;
  tags: number;
}

const MEMARG_HAS_INDEX = 0x40;

function memarg(r: Reader): void {
  const align = r.u32();
  if (align & MEMARG_HAS_INDEX) r.index(1, "memory");
  r.skipLeb();
}

/** A reference to a type: a code, or a type index. */
export function heapType(r: Reader, spaces: IndexSpaces): void {
  const at = r.pos;
  const code = r.s33();
  if (code >= spaces.types) throw new Malformed(at, `type ${code} is out of range`);
}

export function valueType(r: Reader, spaces: IndexSpaces): void {
  const code = r.byte();
  if (code === kind.REF || code === kind.REF_NULL) heapType(r, spaces);
  else if (code < 0x40 || code > 0x7f) throw new Malformed(r.pos - 1, `0x${code.toString(16)} is not a value type`);
}

/** Passes over the immediates of an instruction that is not control flow. */
export function skipImmediates(r: Reader, what: number, spaces: IndexSpaces, locals: number): void {
  switch (what) {
    case kind.NONE:
      return;
    case kind.LOCAL:
      r.index(locals, "local");
      return;
    case kind.MEMARG:
      memarg(r);
      return;
    case kind.LEB:
      r.skipLeb();
      return;
    case kind.GLOBAL:
      r.index(spaces.globals, "global");
      return;
    case kind.MEMORY:
      r.index(1, "memory");
      return;
    case kind.MEMORY_MEMORY:
      r.index(1, "memory");
      r.index(1, "memory");
      return;
    case kind.LEB_MEMORY:
      r.skipLeb();
      r.index(1, "memory");
      return;
    case kind.BYTES_4:
      r.skip(4);
      return;
    case kind.BYTES_8:
      r.skip(8);
      return;
    case kind.BYTES_16:
      r.skip(16);
      return;
    case kind.BYTE:
      r.skip(1);
      return;
    case kind.MEMARG_LANE:
      memarg(r);
      r.skip(1);
      return;
    case kind.TABLE:
      r.index(spaces.tables, "table");
      return;
    case kind.TABLE_TABLE:
      r.index(spaces.tables, "table");
      r.index(spaces.tables, "table");
      return;
    case kind.LEB_TABLE:
      r.skipLeb();
      r.index(spaces.tables, "table");
      return;
    case kind.TYPE:
      r.index(spaces.types, "type");
      return;
    case kind.TYPE_LEB:
      r.index(spaces.types, "type");
      r.skipLeb();
      return;
    case kind.TYPE_TYPE:
      r.index(spaces.types, "type");
      r.index(spaces.types, "type");
      return;
    case kind.HEAP_TYPE:
      heapType(r, spaces);
      return;
    case kind.VALUE_TYPES:
      for (let rest = r.count(); rest > 0; rest--) valueType(r, spaces);
      return;
    default:
      throw new Malformed(r.pos, "unknown instruction");
  }
}

/** The table entry of a prefixed opcode, whose sub-opcode is read here. */
export function prefixed(r: Reader, prefix: number): { readonly code: number; readonly what: number } {
  const at = r.pos - 1;
  const code = r.u32();
  const kinds =
    prefix === kind.OP.simd
      ? kind.SIMD
      : prefix === kind.OP.misc
        ? kind.MISC
        : prefix === kind.OP.atomic
          ? kind.ATOMIC
          : kind.GC;
  const what = kinds[code] ?? kind.UNKNOWN;
  if (what === kind.UNKNOWN) {
    throw new Malformed(at, `unknown instruction 0x${prefix.toString(16)} 0x${code.toString(16)}`);
  }
  return { code, what };
}

/** Passes over a constant expression; functions it refers to are reported, since a table may then call them. */
export function constantExpression(r: Reader, spaces: IndexSpaces, onFunction: (index: number) => void): void {
  for (;;) {
    const at = r.pos;
    const op = r.byte();
    if (op === kind.OP.end) return;
    const what = kind.PLAIN[op]!;
    if (op === kind.OP.refFunc) onFunction(r.index(spaces.functions, "function"));
    else if (what === kind.PREFIX) skipImmediates(r, prefixed(r, op).what, spaces, 0);
    else if (what === kind.CONTROL || what === kind.UNKNOWN) {
      throw new Malformed(at, `0x${op.toString(16)} has no place in a constant expression`);
    } else skipImmediates(r, what, spaces, 0);
  }
}
