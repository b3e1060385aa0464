import { EPERM, SYSTEM_CALLS, SYSTEM_CALLS_MAX } from "@cloudos/abi";
import { Reader, text } from "../rewriter/reader.ts";
import { Writer } from "../rewriter/writer.ts";

/**
 * A program may call the system with hardly any stack left. A stack overflow inside the kernel would end it half way, locks
 * held, and stop the machine. So programs do not call the kernel's exports but stubs that first make sure that there is
 * stack for the deepest call: too little, and the trap comes here, where it is the program's alone. Costs about 3 ns a call.
 * 1,000 results are the most a function may have (WebAssembly JavaScript Interface, implementation limits).
 */
const RESERVE_BYTES = 8000;

const SECTION_TYPE = 1;
const SECTION_IMPORT = 2;
const SECTION_FUNCTION = 3;
const SECTION_TABLE = 4;
const SECTION_EXPORT = 7;
const SECTION_CODE = 10;
const I32 = 0x7f;
const I64 = 0x7e;
const FUNCTION_TYPE = 0x60;
const FUNCREF = 0x70;
const HEADER = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0] as const;
const OP_UNREACHABLE = 0x00;
const OP_IF = 0x04;
const OP_END = 0x0b;
const OP_CALL = 0x10;
const OP_CALL_INDIRECT = 0x11;
const OP_LOCAL_GET = 0x20;
const OP_I32_CONST = 0x41;
const OP_RETURN = 0x0f;
const OP_I64_CONST = 0x42;
const OP_I32_EQZ = 0x45;
const VOID = 0x40;

/** Exports that programs reach: system calls and the preemption check. */
const CALLABLE = /^(p1_|u_|we_|c1_|preempt$)/;
const PREFIX = /^(p1|u|we|c1)_/;
/** What a process may always do: end, and be preempted. */
const UNMASKABLE = /^(p1_proc_exit|preempt)$/;

/**
 * (module (func (export "probe") (param i32))): a function whose frame is RESERVE_BYTES large, so its own stack check is the
 * test. The frame holds the results of a call that is never made (the parameter is 0). It is a module of its own so that
 * no engine inlines it into a stub, whose frame would then stay in place beneath the kernel's.
 */
export function stackProbe(): Uint8Array<ArrayBuffer> {
  const results = RESERVE_BYTES / 8;
  const types = new Writer();
  types.u32(2);
  types.code(FUNCTION_TYPE, 0);
  types.u32(results);
  for (let index = 0; index < results; index++) types.byte(I64);
  types.code(FUNCTION_TYPE, 1, I32, 0);
  const exports = new Writer();
  exports.u32(1);
  exports.name("probe");
  exports.code(0, 0);
  const body = [
    ...[0, OP_LOCAL_GET, 0, OP_IF, VOID],
    ...[OP_I32_CONST, 0, OP_CALL_INDIRECT, 0, 0, OP_UNREACHABLE, OP_END],
    OP_END,
  ];
  return assemble([
    [SECTION_TYPE, types.view()],
    [SECTION_FUNCTION, Uint8Array.of(1, 1)],
    [SECTION_TABLE, Uint8Array.of(1, FUNCREF, 0, 1)],
    [SECTION_EXPORT, exports.view()],
    [SECTION_CODE, Uint8Array.of(1, body.length, ...body)],
  ]);
}

/**
 * A module that imports "stack"."probe" and what programs may call from "kernel", and exports a stub for each under the
 * same name. `binaries` are kernel.wasm and posix.wasm.
 */
export function guardedCalls(binaries: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return stubs(binaries, false);
}

/**
 * The same for processes with a call mask: each stub also asks "mask"."allowed" (its number in SYSTEM_CALLS) and answers EPERM where
 * that is 0. A process without a mask never runs these, so masks cost the others nothing.
 */
export function maskedCalls(binaries: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return stubs(binaries, true);
}

function stubs(binaries: readonly Uint8Array[], masked: boolean): Uint8Array<ArrayBuffer> {
  const { types, parameterCounts, results, calls } = join(binaries.map(readCalls));
  const helpers = masked ? 2 : 1;
  const probeType = parameterCounts.length;
  const typeSection = new Writer();
  typeSection.u32(parameterCounts.length + 2);
  for (const part of types) typeSection.bytes(part);
  typeSection.code(FUNCTION_TYPE, 1, I32, 0);
  typeSection.code(FUNCTION_TYPE, 1, I32, 1, I32);

  const imports = new Writer();
  const functions = new Writer();
  const exports = new Writer();
  const code = new Writer();
  imports.u32(calls.length + helpers);
  imports.name("stack");
  imports.name("probe");
  imports.byte(0);
  imports.u32(probeType);
  if (masked) {
    imports.name("mask");
    imports.name("allowed");
    imports.byte(0);
    imports.u32(probeType + 1);
  }
  for (const out of [functions, exports, code]) out.u32(calls.length);
  calls.forEach(({ name, type }, index) => {
    imports.name("kernel");
    imports.name(name);
    imports.byte(0);
    imports.u32(type);
    functions.u32(type);
    exports.name(name);
    exports.byte(0);
    exports.u32(calls.length + helpers + index);
    const body = new Writer();
    body.code(0, OP_I32_CONST, 0, OP_CALL, 0);
    if (masked && !UNMASKABLE.test(name)) refusal(body, name, results[type]!);
    for (let local = 0; local < parameterCounts[type]!; local++) body.code(OP_LOCAL_GET, local);
    body.byte(OP_CALL);
    body.u32(index + helpers);
    body.byte(OP_END);
    code.u32(body.length);
    code.bytes(body.view());
  });
  return assemble([
    [SECTION_TYPE, typeSection.view()],
    [SECTION_IMPORT, imports.view()],
    [SECTION_FUNCTION, functions.view()],
    [SECTION_EXPORT, exports.view()],
    [SECTION_CODE, code.view()],
  ]);
}

/** if (!allowed(number)) return EPERM */
function refusal(body: Writer, name: string, results: readonly number[]): void {
  const number = SYSTEM_CALLS.indexOf(name.replace(PREFIX, ""));
  body.byte(OP_I32_CONST);
  writeSigned(body, number < 0 ? SYSTEM_CALLS_MAX : number);
  body.code(OP_CALL, 1, OP_I32_EQZ, OP_IF, VOID);
  for (const result of results) {
    body.byte(result === I64 ? OP_I64_CONST : OP_I32_CONST);
    writeSigned(body, EPERM);
  }
  body.code(OP_RETURN, OP_END);
}

/** A constant below 8,192 as LEB128. */
function writeSigned(body: Writer, value: number): void {
  if (value >= 64) body.byte((value & 0x7f) | 0x80);
  body.byte(value >= 64 ? value >> 7 : value);
}

interface KernelCalls {
  /** The function types as they stand, one run of bytes for each binary. */
  readonly types: readonly Uint8Array[];
  readonly parameterCounts: readonly number[];
  /** Value types of each type's results. */
  readonly results: readonly (readonly number[])[];
  readonly calls: readonly { readonly name: string; readonly type: number }[];
}

/** Types are numbered through. */
function join(parts: readonly KernelCalls[]): KernelCalls {
  let offset = 0;
  const calls = parts.flatMap((part) => {
    const first = offset;
    offset += part.parameterCounts.length;
    return part.calls.map(({ name, type }) => ({ name, type: first + type }));
  });
  return {
    types: parts.flatMap((part) => part.types),
    parameterCounts: parts.flatMap((part) => part.parameterCounts),
    results: parts.flatMap((part) => part.results),
    calls,
  };
}

function readCalls(kernel: Uint8Array): KernelCalls {
  let types = new Uint8Array();
  const parameterCounts: number[] = [];
  const results: number[][] = [];
  const functionTypes: number[] = [];
  const calls: { name: string; type: number }[] = [];
  const module = new Reader(kernel, HEADER.length);
  while (!module.done) {
    const id = module.byte();
    const length = module.u32();
    const section = new Reader(kernel, module.pos, module.pos + length);
    module.skip(length);
    const count = id === 0 ? 0 : section.u32();
    const start = section.pos;
    for (let index = 0; index < count && id <= SECTION_EXPORT; index++) {
      if (id === SECTION_TYPE) {
        section.byte();
        parameterCounts.push(valueTypes(section).length);
        results.push(valueTypes(section));
      } else if (id === SECTION_IMPORT) {
        const type = readImport(section);
        if (type !== undefined) functionTypes.push(type);
      } else if (id === SECTION_FUNCTION) {
        functionTypes.push(section.u32());
      } else if (id === SECTION_EXPORT) {
        const name = text(section.name());
        const isFunction = section.byte() === 0;
        const item = section.u32();
        if (isFunction && CALLABLE.test(name)) calls.push({ name, type: functionTypes[item]! });
      }
    }
    if (id === SECTION_TYPE) types = kernel.slice(start, section.end);
  }
  return { types: [types], parameterCounts, results, calls };
}

function valueTypes(section: Reader): number[] {
  return Array.from({ length: section.u32() }, () => section.byte());
}

/** The type index of an imported function; undefined for memories, tables and globals. */
function readImport(section: Reader): number | undefined {
  section.name();
  section.name();
  const kind = section.byte();
  if (kind === 0) return section.u32();
  if (kind === 3) {
    section.skip(2);
    return undefined;
  }
  if (kind === 1) section.byte();
  const limits = section.byte();
  section.u32();
  if ((limits & 1) !== 0) section.u32();
  return undefined;
}

function assemble(sections: readonly (readonly [id: number, content: Uint8Array])[]): Uint8Array<ArrayBuffer> {
  const out = new Writer();
  out.code(...HEADER);
  for (const [id, content] of sections) {
    out.byte(id);
    out.u32(content.length);
    out.bytes(content);
  }
  return out.view().slice() as Uint8Array<ArrayBuffer>;
}
