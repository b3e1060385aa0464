import { EVENT_BR_ON_CAST, type Events } from "./events.ts";
import { OP, REF, REF_NULL } from "./opcodes.ts";
import { Reader } from "./reader.ts";

/** Label depths of br_table, try_table and br_on_cast, read again from the bytes `scan.ts` has checked. */
export function branchLabels(bytes: Uint8Array, events: Events, i: number): number[] {
  const r = new Reader(bytes, events.starts[i]! + 1, events.ends[i]!);
  const op = events.ops[i]!;
  const labels: number[] = [];
  if (op === OP.brTable) {
    for (let rest = r.u32(); rest >= 0; rest--) labels.push(r.u32());
  } else if (op === EVENT_BR_ON_CAST) {
    r.u32(); // sub-opcode
    r.skip(1); // nullability of both types
    labels.push(r.u32());
  } else {
    skipBlockType(r);
    for (const clause of catchClauses(r)) labels.push(clause.label);
  }
  return labels;
}

/** Passes over a block type that is known to be right. `(ref ht)` and `(ref null ht)` take two numbers, the others one. */
export function skipBlockType(r: Reader): void {
  const code = r.peek();
  if (code === REF || code === REF_NULL) r.skip(1);
  r.s33();
}

export interface CatchClause {
  readonly kind: number;
  /** Kinds 0 and 1. */
  readonly tag: number;
  readonly label: number;
}

/** The clauses of a try_table, from just after its block type. */
export function catchClauses(r: Reader): CatchClause[] {
  const clauses: CatchClause[] = [];
  for (let rest = r.u32(); rest > 0; rest--) {
    const kind = r.byte();
    const tag = kind < 2 ? r.u32() : 0;
    clauses.push({ kind, tag, label: r.u32() });
  }
  return clauses;
}
