import { constantExpression, valueType } from "./immediates.ts";
import { Malformed } from "./malformed.ts";
import { type ModuleShape, SECTION } from "./module.ts";
import { OP, TYPE_I32 } from "./opcodes.ts";
import { Reader } from "./reader.ts";

/** Where a program's linker put things in its linear memory; bytes, 0 where that cannot be told. What /proc/<pid>/maps shows. */
export interface MemoryLayout {
  readonly dataStart: number;
  readonly dataEnd: number;
  /** The shadow stack grows down from here. */
  readonly stackTop: number;
  readonly heapBase: number;
}

/** Custom section of a rewritten module: the four numbers in this order. */
export const LAYOUT_SECTION = "cloudos.layout";
export const NO_LAYOUT: MemoryLayout = { dataStart: 0, dataEnd: 0, stackTop: 0, heapBase: 0 };

const PAGE = 65536;
/** wasm-ld keeps the first KiB free; smaller initial values are counters, not addresses. */
const LOWEST_ADDRESS = 1024;
const HEAP_ALIGNMENT = 16;

/**
 * Data is where the active segments are. The stack pointer is the first global (wasm-ld), or the one with the highest address in it
 * (AssemblyScript), and the heap begins above both. Modules carry no such names when they are stripped, so this is a reading,
 * not a fact; nothing depends on it.
 */
export function memoryLayout(shape: ModuleShape): MemoryLayout {
  try {
    const size = (shape.memory?.minPages ?? 0) * PAGE;
    const { start, end } = dataRange(shape, size);
    const pointers = mutableAddresses(shape).map((value) => (value > LOWEST_ADDRESS && value <= size ? value : 0));
    const stackTop = pointers[0] || Math.max(0, ...pointers);
    const heapBase = Math.ceil(Math.max(stackTop, end) / HEAP_ALIGNMENT) * HEAP_ALIGNMENT;
    return { dataStart: start, dataEnd: end, stackTop, heapBase };
  } catch (error) {
    // The engine will say what is wrong with the module.
    if (error instanceof Malformed) return NO_LAYOUT;
    throw error;
  }
}

export function readLayout(module: WebAssembly.Module): MemoryLayout {
  const [section] = WebAssembly.Module.customSections(module, LAYOUT_SECTION);
  if (section === undefined) return NO_LAYOUT;
  const r = new Reader(new Uint8Array(section));
  return { dataStart: r.u32(), dataEnd: r.u32(), stackTop: r.u32(), heapBase: r.u32() };
}

function sectionOf(shape: ModuleShape, id: number): Reader | undefined {
  const section = shape.sections.find((candidate) => candidate.id === id);
  return section && new Reader(shape.bytes, section.from, section.to);
}

/** The value of a constant expression that is one i32.const; -1 for others. */
function address(r: Reader, shape: ModuleShape): number {
  const isConstant = r.peek() === OP.i32Const;
  const value = isConstant ? new Reader(r.bytes, r.pos + 1, r.end).s33() >>> 0 : -1;
  constantExpression(r, shape.spaces, () => {});
  return value;
}

function dataRange(shape: ModuleShape, size: number): { start: number; end: number } {
  const PASSIVE = 1;
  const EXPLICIT = 2;
  const r = sectionOf(shape, SECTION.data);
  let start = size;
  let end = 0;
  for (let rest = r ? r.count() : 0; rest > 0; rest--) {
    const kind = r!.u32();
    if (kind === EXPLICIT) r!.u32();
    const at = kind === PASSIVE ? -1 : address(r!, shape);
    const length = r!.u32();
    r!.skip(length);
    if (at < 0 || at + length > size || length === 0) continue;
    start = Math.min(start, at);
    end = Math.max(end, at + length);
  }
  return end === 0 ? { start: 0, end: 0 } : { start, end };
}

/** Initial values of the module's own mutable i32 globals; -1 where one is computed. */
function mutableAddresses(shape: ModuleShape): number[] {
  const r = sectionOf(shape, SECTION.global);
  const values: number[] = [];
  for (let rest = r ? r.count() : 0; rest > 0; rest--) {
    const isInteger = r!.peek() === TYPE_I32;
    valueType(r!, shape.spaces);
    const isMutable = r!.byte() === 1;
    const value = address(r!, shape);
    if (isInteger && isMutable) values.push(value);
  }
  return values;
}
