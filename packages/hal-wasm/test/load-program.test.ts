import { readFileSync } from "node:fs";
import { ENOEXEC, ENOMEM } from "@cloudos/abi";
import { describe, expect, it } from "vitest";
import { wasmGate } from "../src/gate/gate.ts";
import { GateSlots } from "../src/loader/gate-slots.ts";
import { type LoaderContext, loadProgram } from "../src/loader/load-program.ts";
import { rewrite } from "../src/rewriter/index.ts";
import { assemble } from "./support/wat.ts";

const FIRST_SLOT = 4;
const wasmFunctions = new WebAssembly.Instance(
  new WebAssembly.Module(
    assemble(`(module
      (func (export "fd_write") (param i32 i32 i32 i32) (result i32) i32.const 0)
      (func (export "preempt")))`),
  ),
).exports as Record<string, WebAssembly.ExportValue>;

function makeContext(): { context: LoaderContext; table: WebAssembly.Table } {
  const table = new WebAssembly.Table({ element: "anyfunc", initial: FIRST_SLOT });
  const kernel = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
  const gate = new WebAssembly.Module(readFileSync(new URL("../../../build/gate/gate.wasm", import.meta.url)));
  return {
    table,
    context: {
      imports: { wasi_snapshot_preview1: { fd_write: wasmFunctions.fd_write! as WebAssembly.ImportValue } },
      gate: wasmGate(gate, kernel),
      slots: new GateSlots(table, FIRST_SLOT),
      preempt: wasmFunctions.preempt!,
    },
  };
}

/** Rewrites, compiles and loads a program in text form. */
function load(text: string, limitPages = 16, { context } = makeContext()) {
  const rewritten = rewrite(assemble(text), { name: "prog" });
  if (!rewritten.ok) return rewritten;
  const module = new WebAssembly.Module(rewritten.bytes);
  return loadProgram(context, { module, memoryMinPages: rewritten.memoryMinPages, name: "prog" }, limitPages);
}

describe("loading a program", () => {
  it("links it to the system and places its gate", () => {
    const made = makeContext();
    const result = load(
      `(module
        (import "wasi_snapshot_preview1" "fd_write" (func (param i32 i32 i32 i32) (result i32)))
        (memory (export "memory") 1)
        (func (export "_start")))`,
      16,
      made,
    );
    expect(result).toMatchObject({ ok: true, value: { name: "prog", gateSlot: FIRST_SLOT } });
    expect(made.table.get(FIRST_SLOT)).toBeTypeOf("function");
  });

  it.each([
    [
      "an import no module has",
      `(module (import "env" "nope" (func)) (memory 1) (func (export "_start")))`,
      'Cannot load "prog": it imports the function "env.nope", which this system does not have',
    ],
    [
      "an unknown function of a known module",
      `(module (import "wasi_snapshot_preview1" "fd_fly" (func)) (memory 1) (func (export "_start")))`,
      'Cannot load "prog": it imports the function "wasi_snapshot_preview1.fd_fly", which this system does not have',
    ],
    [
      "a name from Object.prototype",
      `(module (import "wasi_snapshot_preview1" "toString" (func)) (memory 1) (func (export "_start")))`,
      'Cannot load "prog": it imports the function "wasi_snapshot_preview1.toString", which this system does not have',
    ],
    [
      "an imported global",
      `(module (import "env" "base" (global i32)) (memory 1) (func (export "_start")))`,
      'Cannot load "prog": it imports the global "env.base", which this system does not have',
    ],
    [
      "another signature",
      `(module (import "wasi_snapshot_preview1" "fd_write" (func (param i32))) (memory 1) (func (export "_start")))`,
      'Cannot load "prog": it imports the function "wasi_snapshot_preview1.fd_write" with another signature than this system\'s',
    ],
    [
      "a data segment outside its memory",
      `(module (memory 1) (data (i32.const 65536) "x") (func (export "_start")))`,
      expect.stringMatching(/^Cannot load "prog": it failed before its entry point \(.*\)$/),
    ],
  ])("refuses %s", (_case, text, message) => {
    expect(load(text)).toMatchObject({ ok: false, errno: ENOEXEC, message });
  });

  it("refuses a module without an entry point", () => {
    const module = new WebAssembly.Module(assemble(`(module (import "cloudos" "memory" (memory 1)))`));
    expect(loadProgram(makeContext().context, { module, memoryMinPages: 1, name: "prog" }, 16)).toMatchObject({
      ok: false,
      errno: ENOEXEC,
      message: 'Cannot load "prog": it has no "_start" function (a library, not a command)',
    });
  });

  it.each([
    ["shared memory of its own", `(module (memory 1 2 shared) (func (export "_start")))`, /shared/],
    ["an imported memory", `(module (import "env" "memory" (memory 1)) (func (export "_start")))`, /memory/],
  ])("refuses %s", (_case, text, message) => {
    const result = load(text);
    expect(result.ok).toBe(false);
    expect(!result.ok && result.message).toMatch(message);
  });

  it("refuses more memory than the limit, and says both", () => {
    expect(load(`(module (memory 32) (func (export "_start")))`)).toEqual({
      ok: false,
      errno: ENOMEM,
      message: 'Cannot load "prog": it needs 2 MiB of memory to start, the limit is 1 MiB',
    });
  });

  it("loads a program without a memory", () => {
    expect(load(`(module (func (export "_start")))`)).toMatchObject({ ok: true });
  });
});

describe("gate slots", () => {
  it("are reused, and empty in between", () => {
    const { context, table } = makeContext();
    const gate = context.gate(new WebAssembly.Memory({ initial: 0, maximum: 0 }));
    const first = context.slots.place(gate);
    const second = context.slots.place(gate);
    expect(second).toBeGreaterThan(first);
    context.slots.release(first);
    expect(table.get(first)).toBeNull();
    expect(context.slots.place(gate)).toBe(first);
  });

  it("do not grow the table over many processes", () => {
    const { context, table } = makeContext();
    const gate = context.gate(new WebAssembly.Memory({ initial: 0, maximum: 0 }));
    context.slots.release(context.slots.place(gate));
    const length = table.length;
    for (let round = 0; round < 10_000; round++) context.slots.release(context.slots.place(gate));
    expect(table.length).toBe(length);
  });
});
