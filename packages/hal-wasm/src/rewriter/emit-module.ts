import type { Additions } from "./additions.ts";
import { FUEL } from "./budget.ts";
import type { CallGraph } from "./call-graph.ts";
import { BodyWriter } from "./emit-body.ts";
import type { Events } from "./events.ts";
import { LAYOUT_SECTION, memoryLayout } from "./memory-layout.ts";
import {
  EXTERNAL_FUNCTION,
  EXTERNAL_MEMORY,
  EXTERNAL_TABLE,
  MEMORY_MODULE,
  MEMORY_NAME,
  type ModuleShape,
  PREEMPT_EXPORT,
  SECTION,
  SECTION_ORDER,
  type Section,
} from "./module.ts";
import { OP, TYPE_FUNC, TYPE_FUNCREF, TYPE_I32 } from "./opcodes.ts";
import { Reader, text } from "./reader.ts";
import type { Body } from "./scan.ts";
import { Writer } from "./writer.ts";

export interface Plan {
  readonly shape: ModuleShape;
  readonly events: Events;
  readonly bodies: readonly Body[];
  readonly graph: CallGraph;
  /** By defined function: 0 when its body is copied as it is. */
  readonly edited: Uint8Array;
  readonly additions: Additions;
  readonly dropNames: boolean;
}

/** Custom section that says which rewriter made a module: for people. Nothing trusts it. */
export const REWRITTEN_SECTION = "cloudos.rewritten";
export const REWRITER_VERSION = 1;

/** Branch hinting proposal: engines lay the calls out of line and keep registers over them. */
const BRANCH_HINTS_SECTION = "metadata.code.branch_hint";

const MAX_PAGES = 65536;
const LIMITS_MAX = 1;
const SLACK = 1.25; // instrumented code is 5-15% longer

export function emitModule(plan: Plan): Uint8Array<ArrayBuffer> {
  return new ModuleWriter(plan).write();
}

class ModuleWriter {
  readonly #plan: Plan;
  readonly #out: Writer;
  /** Type index of a loop -> index of its `params -> params` type. */
  readonly #hints = new Writer(4096);
  #hintedFunctions = 0;
  readonly #paramsTypes = new Map<number, number>();

  constructor(plan: Plan) {
    this.#plan = plan;
    this.#out = new Writer(Math.ceil(plan.shape.bytes.length * SLACK));
  }

  write(): Uint8Array<ArrayBuffer> {
    const { shape } = this.#plan;
    const code = this.#code(); // first: it adds types
    this.#out.bytes(shape.bytes.subarray(0, 8));
    for (const id of SECTION_ORDER) {
      const section = shape.sections.find((candidate) => candidate.id === id);
      if (id === SECTION.code) {
        this.#section(SECTION.custom, this.#branchHints());
        this.#section(id, code);
      } else this.#rewriteSection(id, section);
    }
    for (const section of shape.sections) if (this.#isKept(section)) this.#copy(section);
    const layout = new Writer();
    layout.name(LAYOUT_SECTION);
    const { dataStart, dataEnd, stackTop, heapBase } = memoryLayout(shape);
    for (const value of [dataStart, dataEnd, stackTop, heapBase]) layout.u32(value);
    this.#section(SECTION.custom, layout);
    const mark = new Writer();
    mark.name(REWRITTEN_SECTION);
    mark.u32(REWRITER_VERSION);
    this.#section(SECTION.custom, mark);
    return this.#out.view().slice();
  }

  #isKept(section: Section): boolean {
    if (section.id !== SECTION.custom) return false;
    if (section.name === "name") return !this.#plan.dropNames;
    return section.name === "producers" || section.name === "target_features";
  }

  #section(id: number, contents: Writer): void {
    this.#out.byte(id);
    this.#out.u32(contents.length);
    this.#out.bytes(contents.view());
  }

  #copy(section: Section): void {
    this.#out.byte(section.id);
    this.#out.u32(section.to - section.from);
    this.#out.range(this.#plan.shape.bytes, section.from, section.to);
  }

  #rewriteSection(id: number, section: Section | undefined): void {
    const { additions } = this.#plan;
    switch (id) {
      case SECTION.type:
        this.#append(id, section, additions.types.length, (out) => {
          for (const type of additions.types) out.bytes(type);
        });
        break;
      case SECTION.import:
        this.#imports(section);
        break;
      case SECTION.function:
        this.#append(id, section, additions.functions.length, (out) => {
          for (const { type } of additions.functions) out.u32(type);
        });
        break;
      case SECTION.table:
        this.#append(id, section, 1, (out) => out.code(TYPE_FUNCREF, LIMITS_MAX, 1, 1));
        break;
      case SECTION.global:
        this.#append(id, section, 1, (out) => {
          const MUTABLE = 1;
          out.code(TYPE_I32, MUTABLE, OP.i32Const);
          out.s32(FUEL);
          out.byte(OP.end);
        });
        break;
      case SECTION.export:
        this.#exports(section!);
        break;
      case SECTION.element:
        this.#elements(section);
        break;
      case SECTION.memory:
      case SECTION.start: // now an import, now part of the entry
        break;
      default:
        if (section) this.#copy(section);
    }
  }

  /** A vector section with `count` more elements. */
  #append(id: number, section: Section | undefined, count: number, write: (out: Writer) => void): void {
    const { bytes } = this.#plan.shape;
    const out = new Writer(64);
    const r = section && new Reader(bytes, section.from, section.to);
    out.u32((r ? r.u32() : 0) + count);
    if (r) out.range(bytes, r.pos, r.end);
    write(out);
    this.#section(id, out);
  }

  #memoryLimits(out: Writer): void {
    out.byte(LIMITS_MAX);
    out.u32(this.#plan.shape.memory!.minPages);
    out.u32(MAX_PAGES);
  }

  #imports(section: Section | undefined): void {
    const { bytes, memory } = this.#plan.shape;
    if (!memory?.imported) {
      this.#append(SECTION.import, section, memory ? 1 : 0, (out) => {
        if (!memory) return;
        out.name(MEMORY_MODULE);
        out.name(MEMORY_NAME);
        out.byte(EXTERNAL_MEMORY);
        this.#memoryLimits(out);
      });
      return;
    }
    const out = new Writer(section!.to - section!.from + 16);
    out.range(bytes, section!.from, memory.from);
    this.#memoryLimits(out);
    out.range(bytes, memory.to, section!.to);
    this.#section(SECTION.import, out);
  }

  #exports(section: Section): void {
    const { bytes } = this.#plan.shape;
    const { additions } = this.#plan;
    const kept = new Writer(section.to - section.from + 32);
    let count = 1;
    const r = new Reader(bytes, section.from, section.to);
    for (let rest = r.u32(); rest > 0; rest--) {
      const from = r.pos;
      const name = text(r.name());
      const at = r.pos;
      r.byte();
      r.u32();
      if (name === PREEMPT_EXPORT) continue;
      count++;
      if (name === "_start" && additions.startup !== undefined) {
        kept.range(bytes, from, at);
        kept.byte(EXTERNAL_FUNCTION);
        kept.u32(additions.startup);
      } else kept.range(bytes, from, r.pos);
    }
    const out = new Writer(kept.length + 32);
    out.u32(count);
    out.bytes(kept.view());
    out.name(PREEMPT_EXPORT);
    out.byte(EXTERNAL_TABLE);
    out.u32(additions.preemptTable);
    this.#section(SECTION.export, out);
  }

  /** Checks of an earlier rewriting call through its table: they shall do nothing now, not trap. */
  #elements(section: Section | undefined): void {
    const { additions, shape } = this.#plan;
    const { idle } = additions;
    if (idle === undefined) {
      if (section) this.#copy(section);
      return;
    }
    this.#append(SECTION.element, section, 1, (out) => {
      const ACTIVE_WITH_TABLE = 2;
      const FUNCTIONS = 0;
      out.byte(ACTIVE_WITH_TABLE);
      out.u32(shape.oldPreemptTable!);
      out.code(OP.i32Const, 0, OP.end, FUNCTIONS, 1);
      out.u32(idle);
    });
  }

  #code(): Writer {
    const { shape, events, bodies, graph, edited, additions } = this.#plan;
    const out = new Writer(Math.ceil(shape.bytes.length * SLACK));
    const writer = new BodyWriter(shape, events, additions, (type) => this.#paramsType(type));
    const one = new Writer(4096);
    out.u32(bodies.length + additions.functions.length);
    bodies.forEach((body, f) => {
      if (!edited[f]) {
        out.u32(body.to - body.from);
        out.range(shape.bytes, body.from, body.to);
        return;
      }
      one.clear();
      writer.write(one, body, graph.asksAtEntry[f] === 1);
      out.u32(one.length);
      out.bytes(one.view());
      this.#hint(shape.importedFunctions + f, writer.unlikely);
    });
    for (const { body } of additions.functions) {
      out.u32(body.length);
      out.bytes(body);
    }
    return out;
  }

  #hint(func: number, unlikely: readonly number[]): void {
    if (unlikely.length === 0) return;
    this.#hintedFunctions++;
    this.#hints.u32(func);
    this.#hints.u32(unlikely.length);
    const LENGTH = 1;
    const NOT_TAKEN = 0;
    for (const offset of unlikely) {
      this.#hints.u32(offset);
      this.#hints.code(LENGTH, NOT_TAKEN);
    }
  }

  #branchHints(): Writer {
    const out = new Writer(this.#hints.length + 64);
    out.name(BRANCH_HINTS_SECTION);
    out.u32(this.#hintedFunctions);
    out.bytes(this.#hints.view());
    return out;
  }

  #paramsType(loopType: number): number {
    const known = this.#paramsTypes.get(loopType);
    if (known !== undefined) return known;
    const { shape, additions } = this.#plan;
    const { params, paramBytes } = shape.types.functions[loopType]!;
    const index = shape.spaces.types + additions.types.length;
    const type = new Writer();
    type.byte(TYPE_FUNC);
    for (let side = 0; side < 2; side++) {
      type.u32(params);
      type.bytes(paramBytes);
    }
    additions.types.push(type.view());
    this.#paramsTypes.set(loopType, index);
    return index;
  }
}
