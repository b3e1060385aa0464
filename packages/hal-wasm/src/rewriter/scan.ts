import { EVENT_BR_ON_CAST, EVENT_MEMORY_COPY, EVENT_MEMORY_FILL, type Events } from "./events.ts";
import { heapType, prefixed, skipImmediates, valueType } from "./immediates.ts";
import { Malformed } from "./malformed.ts";
import type { ModuleShape } from "./module.ts";
import { CONTROL, MISC_MEMORY_COPY, MISC_MEMORY_FILL, NONE, OP, PLAIN, PREFIX, TYPE_VOID } from "./opcodes.ts";
import { Reader } from "./reader.ts";

/** One function body: where its parts are and which events are its. */
export interface Body {
  /** First byte of the vector of locals, of the instructions, and the byte after the last `end`. */
  readonly from: number;
  readonly code: number;
  readonly to: number;
  readonly firstEvent: number;
  readonly lastEvent: number;
  /** Parameters and locals: the index of the first local the rewriter adds. */
  readonly locals: number;
}

const MAX_LOCALS = 0xffff_ffff;

/** Decodes one body of the code section and appends its events. */
export function scanBody(r: Reader, shape: ModuleShape, index: number, events: Events): Body {
  const size = r.u32();
  const from = r.pos;
  r.skip(size);
  const to = r.pos;
  const b = new Reader(r.bytes, from, to);
  let locals = shape.types.functions[shape.functionTypes[index]!]!.params;
  for (let rest = b.count(); rest > 0; rest--) {
    locals += b.u32();
    valueType(b, shape.spaces);
    if (locals > MAX_LOCALS) throw new Malformed(b.pos, "too many locals");
  }
  const code = b.pos;
  const firstEvent = events.length;
  scanCode(b, shape, locals, events);
  return { from, code, to, firstEvent, lastEvent: events.length, locals };
}

function scanCode(b: Reader, shape: ModuleShape, locals: number, events: Events): void {
  const { spaces } = shape;
  let height = 1; // open labels; the function's own is one
  while (!b.done) {
    const at = b.pos;
    const op = b.byte();
    const what = PLAIN[op]!;
    if (what === NONE) continue;
    if (what === PREFIX) {
      const { code, what: immediates } = prefixed(b, op);
      if (immediates === CONTROL) events.push(EVENT_BR_ON_CAST, at, branchOnCast(b, shape, height), 0);
      else skipImmediates(b, immediates, spaces, locals);
      if (op === OP.misc && code === MISC_MEMORY_COPY) events.push(EVENT_MEMORY_COPY, at, b.pos, 0);
      else if (op === OP.misc && code === MISC_MEMORY_FILL) events.push(EVENT_MEMORY_FILL, at, b.pos, 0);
      continue;
    }
    if (what !== CONTROL) {
      skipImmediates(b, what, spaces, locals);
      continue;
    }
    if (height === 0) throw new Malformed(at, "instructions after the end of a function");
    let arg = 0;
    switch (op) {
      case OP.block:
      case OP.loop:
      case OP.if:
      case OP.try:
        blockType(b, shape);
        height++;
        break;
      case OP.tryTable:
        blockType(b, shape);
        catchClauses(b, shape, height);
        height++;
        break;
      case OP.end:
        height--;
        break;
      case OP.delegate:
        height--;
        arg = b.index(height, "label");
        break;
      case OP.br:
      case OP.brIf:
      case OP.brOnNull:
      case OP.brOnNonNull:
      case OP.rethrow:
        arg = b.index(height, "label");
        break;
      case OP.brTable:
        for (let rest = b.count(); rest >= 0; rest--) b.index(height, "label");
        break;
      case OP.call:
      case OP.returnCall:
        arg = b.index(spaces.functions, "function");
        break;
      case OP.callIndirect:
      case OP.returnCallIndirect:
        arg = b.index(spaces.types, "type");
        b.index(spaces.tables, "table");
        break;
      case OP.callRef:
      case OP.returnCallRef:
        arg = b.index(spaces.types, "type");
        break;
      case OP.refFunc:
        shape.taken[b.index(spaces.functions, "function")] = 1;
        continue;
      case OP.catch:
      case OP.throw:
        b.index(spaces.tags, "tag");
        break;
      default: // else, catch_all, throw_ref, return, unreachable: no immediates
        break;
    }
    events.push(op, at, b.pos, arg);
  }
  if (height !== 0) throw new Malformed(b.pos, "a function body without its end");
}

/** The block type of an instruction, and where its bytes end. */
export function blockType(b: Reader, shape: ModuleShape): void {
  const code = b.peek();
  if (code === TYPE_VOID) b.skip(1);
  else if (code > TYPE_VOID && code < 0x80) valueType(b, shape.spaces);
  else {
    const at = b.pos;
    const type = b.s33();
    if (type < 0 || !shape.types.functions[type]) throw new Malformed(at, `block type ${type} is not a function type`);
  }
}

/** Kinds 0 and 1 name a tag; all end in a label, counted outside the block. */
function catchClauses(b: Reader, shape: ModuleShape, height: number): void {
  for (let rest = b.count(); rest > 0; rest--) {
    const at = b.pos;
    const kind = b.byte();
    if (kind > 3) throw new Malformed(at, `unknown catch clause ${kind}`);
    if (kind < 2) b.index(shape.spaces.tags, "tag");
    b.index(height, "label");
  }
}

function branchOnCast(b: Reader, shape: ModuleShape, height: number): number {
  b.skip(1);
  b.index(height, "label");
  heapType(b, shape.spaces);
  heapType(b, shape.spaces);
  return b.pos;
}
