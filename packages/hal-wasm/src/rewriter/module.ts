import { constantExpression, type IndexSpaces, valueType } from "./immediates.ts";
import { Malformed } from "./malformed.ts";
import { Reader, text } from "./reader.ts";
import { parseTypes, type TypeSpace } from "./types.ts";

/** What the rewriter must know of a module before it looks at code. Offsets are into the module's bytes. */
export interface ModuleShape {
  readonly bytes: Uint8Array;
  readonly sections: readonly Section[];
  readonly types: TypeSpace;
  readonly spaces: IndexSpaces;
  /** Type index of every function, imports first. */
  readonly functionTypes: Int32Array;
  readonly importedFunctions: number;
  readonly memory: Memory | undefined;
  /** 1 for functions a table or reference may hand to an indirect call. Code adds to it. */
  readonly taken: Uint8Array;
  readonly start: number | undefined;
  /** Function index of the export `_start`. */
  readonly entry: number;
  /** Table that an earlier rewriting exported for the kernel. */
  readonly oldPreemptTable: number | undefined;
}

export interface Memory {
  readonly minPages: number;
  readonly imported: boolean;
  /** Where its limits are. */
  readonly from: number;
  readonly to: number;
}

export interface Section {
  readonly id: number;
  /** Payload. */
  readonly from: number;
  readonly to: number;
  /** Custom sections have one. */
  readonly name: string | undefined;
}

export const SECTION = {
  custom: 0,
  type: 1,
  import: 2,
  function: 3,
  table: 4,
  memory: 5,
  global: 6,
  export: 7,
  start: 8,
  element: 9,
  code: 10,
  data: 11,
  dataCount: 12,
  tag: 13,
} as const;

/** Sections other than custom ones come in this order, each at most once. */
export const SECTION_ORDER: readonly number[] = [1, 2, 3, 4, 5, 13, 6, 7, 8, 9, 12, 10, 11];

export const EXTERNAL_FUNCTION = 0;
export const EXTERNAL_TABLE = 1;
export const EXTERNAL_MEMORY = 2;
export const EXTERNAL_GLOBAL = 3;
export const EXTERNAL_TAG = 4;

export const MEMORY_MODULE = "cloudos";
export const MEMORY_NAME = "memory";
export const PREEMPT_EXPORT = "cloudos:preempt";

const MAGIC = 0x6d736100; // "\0asm", little-endian
const MODULE_VERSION = 1;
const COMPONENT_LAYER = 0x1_0000; // upper half-word of a component's version field
const MAX_PAGES = 65536;

function readHeader(bytes: Uint8Array): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 4 || view.getUint32(0, true) !== MAGIC) throw new Malformed(0, "not a WebAssembly file");
  if (bytes.length < 8) throw new Malformed(bytes.length, "the module is cut short");
  const version = view.getUint32(4, true);
  if (version >= COMPONENT_LAYER) throw new Malformed(4, "a WebAssembly component, not a module");
  if (version !== MODULE_VERSION)
    throw new Malformed(4, `WebAssembly version is ${version}, expected ${MODULE_VERSION}`);
}

function readSections(bytes: Uint8Array): Section[] {
  const r = new Reader(bytes, 8);
  const sections: Section[] = [];
  let rank = -1;
  while (!r.done) {
    const at = r.pos;
    const id = r.byte();
    const size = r.u32();
    const from = r.pos;
    r.skip(size);
    if (id !== SECTION.custom) {
      const next = SECTION_ORDER.indexOf(id);
      if (next < 0) throw new Malformed(at, `unknown section ${id}`);
      if (next <= rank) throw new Malformed(at, `section ${id} is out of order`);
      rank = next;
    }
    const name = id === SECTION.custom ? text(new Reader(bytes, from, r.pos).name()) : undefined;
    sections.push({ id, from, to: r.pos, name });
  }
  return sections;
}

interface Limits {
  readonly flags: number;
  readonly min: number;
}

const LIMITS_MAX = 1;
const LIMITS_SHARED = 2;
const LIMITS_64 = 4;

function limits(r: Reader): Limits {
  const at = r.pos;
  const flags = r.byte();
  if (flags & ~(LIMITS_MAX | LIMITS_SHARED | LIMITS_64)) throw new Malformed(at, `limits have unknown flags ${flags}`);
  if (flags & LIMITS_64) throw new Malformed(at, "a 64-bit memory or table, which CloudOS does not run");
  const min = r.u32();
  if (flags & LIMITS_MAX) r.u32();
  return { flags, min };
}

function memoryType(r: Reader): number {
  const at = r.pos;
  const { flags, min } = limits(r);
  if (flags & LIMITS_SHARED) throw new Malformed(at, "a shared memory of its own, which CloudOS does not run");
  if (min > MAX_PAGES) throw new Malformed(at, `memory of ${min} pages, expected at most ${MAX_PAGES}`);
  return min;
}

class ShapeReader {
  readonly bytes: Uint8Array;
  readonly spaces: IndexSpaces = { types: 0, functions: 0, tables: 0, globals: 0, tags: 0 };
  types: TypeSpace = { functions: [], hasSubtypes: false };
  functionTypes: number[] = [];
  importedFunctions = 0;
  importedTables = 0;
  memory: Memory | undefined;
  taken = new Set<number>();
  start: number | undefined;
  entry: number | undefined;
  preemptTable: number | undefined;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  read(section: Section): void {
    const r = new Reader(this.bytes, section.from, section.to);
    switch (section.id) {
      case SECTION.type:
        this.types = parseTypes(r, this.spaces);
        break;
      case SECTION.import:
        for (let rest = r.count(); rest > 0; rest--) this.import(r);
        this.importedFunctions = this.spaces.functions;
        this.importedTables = this.spaces.tables;
        break;
      case SECTION.function:
        for (let rest = r.count(); rest > 0; rest--) this.function(r);
        break;
      case SECTION.table:
        for (let rest = r.count(); rest > 0; rest--) this.table(r);
        break;
      case SECTION.memory:
        for (let rest = r.count(); rest > 0; rest--) this.addMemory(r, false);
        break;
      case SECTION.tag:
        for (let rest = r.count(); rest > 0; rest--) this.tag(r);
        break;
      case SECTION.global:
        for (let rest = r.count(); rest > 0; rest--) {
          this.globalType(r);
          constantExpression(r, this.spaces, (index) => this.taken.add(index));
        }
        break;
      case SECTION.export:
        for (let rest = r.count(); rest > 0; rest--) this.export(r);
        break;
      case SECTION.start:
        this.start = r.index(this.spaces.functions, "function");
        break;
      case SECTION.element:
        for (let rest = r.count(); rest > 0; rest--) this.element(r);
        break;
      default: // code, data and custom sections are not shape
        return;
    }
    if (!r.done) throw new Malformed(r.pos, `section ${section.id} is longer than its contents`);
  }

  import(r: Reader): void {
    const at = r.pos;
    const module = text(r.name());
    const name = text(r.name());
    const what = r.byte();
    if (what === EXTERNAL_FUNCTION) this.function(r);
    else if (what === EXTERNAL_TABLE) {
      valueType(r, this.spaces);
      limits(r);
      this.spaces.tables++;
    } else if (what === EXTERNAL_MEMORY) {
      if (module !== MEMORY_MODULE || name !== MEMORY_NAME) {
        throw new Malformed(at, `memory is imported from "${module}" "${name}"; a program defines its own`);
      }
      this.addMemory(r, true);
    } else if (what === EXTERNAL_GLOBAL) this.globalType(r);
    else if (what === EXTERNAL_TAG) this.tag(r);
    else throw new Malformed(at, `import "${module}" "${name}" has unknown kind ${what}`);
  }

  function(r: Reader): void {
    const at = r.pos;
    const type = r.index(this.spaces.types, "type");
    if (!this.types.functions[type]) throw new Malformed(at, `type ${type} is not a function type`);
    this.functionTypes.push(type);
    this.spaces.functions++;
  }

  table(r: Reader): void {
    const TABLE_WITH_INIT = 0x40;
    const hasInit = r.peek() === TABLE_WITH_INIT;
    if (hasInit) r.skip(2);
    valueType(r, this.spaces);
    limits(r);
    if (hasInit) constantExpression(r, this.spaces, (index) => this.taken.add(index));
    this.spaces.tables++;
  }

  addMemory(r: Reader, imported: boolean): void {
    const at = r.pos;
    if (this.memory) throw new Malformed(at, "more than one memory");
    this.memory = { minPages: memoryType(r), imported, from: at, to: r.pos };
  }

  tag(r: Reader): void {
    r.skip(1);
    r.index(this.spaces.types, "type");
    this.spaces.tags++;
  }

  globalType(r: Reader): void {
    valueType(r, this.spaces);
    r.skip(1);
    this.spaces.globals++;
  }

  export(r: Reader): void {
    const at = r.pos;
    const name = text(r.name());
    const what = r.byte();
    const bounds = [
      this.spaces.functions,
      this.spaces.tables,
      this.memory ? 1 : 0,
      this.spaces.globals,
      this.spaces.tags,
    ];
    const bound = bounds[what];
    if (bound === undefined) throw new Malformed(at, `export "${name}" has unknown kind ${what}`);
    const index = r.index(bound, `export "${name}" of index`);
    if (name === "_start") {
      const type = what === EXTERNAL_FUNCTION ? this.types.functions[this.functionTypes[index]!] : undefined;
      if (type?.params !== 0 || type.results !== 0)
        throw new Malformed(at, 'export "_start" is not a function of type () -> ()');
      this.entry = index;
    }
    if (name === PREEMPT_EXPORT && what === EXTERNAL_TABLE && index >= this.importedTables) this.preemptTable = index;
  }

  /** Element segments: eight shapes, by flags (core specification, binary format, element section). */
  element(r: Reader): void {
    const at = r.pos;
    const flags = r.u32();
    if (flags > 7) throw new Malformed(at, `element segment has unknown flags ${flags}`);
    const active = (flags & 1) === 0;
    const explicit = (flags & 2) !== 0;
    const expressions = (flags & 4) !== 0;
    const onFunction = (index: number): void => void this.taken.add(index);
    if (active) {
      if (explicit) r.index(this.spaces.tables, "table");
      constantExpression(r, this.spaces, onFunction);
    }
    if (!active || explicit) {
      if (expressions) valueType(r, this.spaces);
      else r.skip(1);
    }
    for (let rest = r.count(); rest > 0; rest--) {
      if (expressions) constantExpression(r, this.spaces, onFunction);
      else onFunction(r.index(this.spaces.functions, "function"));
    }
  }
}

/** Reads everything but code. Throws Malformed. */
export function readShape(bytes: Uint8Array): ModuleShape {
  readHeader(bytes);
  const sections = readSections(bytes);
  const shape = new ShapeReader(bytes);
  for (const section of sections) shape.read(section);
  if (shape.entry === undefined) throw new Malformed(8, 'no export "_start": a library or reactor, not a program');
  const taken = new Uint8Array(shape.spaces.functions);
  for (const index of shape.taken) taken[index] = 1;
  return {
    bytes,
    sections,
    types: shape.types,
    spaces: shape.spaces,
    functionTypes: Int32Array.from(shape.functionTypes),
    importedFunctions: shape.importedFunctions,
    memory: shape.memory,
    taken,
    start: shape.start,
    entry: shape.entry,
    oldPreemptTable: shape.preemptTable,
  };
}
