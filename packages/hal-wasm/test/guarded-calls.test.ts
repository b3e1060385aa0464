import { readFileSync } from "node:fs";
import { EPERM, SYSTEM_CALLS_MAX } from "@cloudos/abi";
import { describe, expect, it } from "vitest";
import { guardedCalls, maskedCalls, stackProbe } from "../src/loader/guarded-calls.ts";
import { assemble } from "./support/wat.ts";

const instantiate = (bytes: Uint8Array<ArrayBuffer>, imports?: WebAssembly.Imports) =>
  new WebAssembly.Instance(new WebAssembly.Module(bytes), imports).exports;
const probe = instantiate(stackProbe()).probe!;

describe("guarded calls", () => {
  const kernel = assemble(`(module
    (import "env" "memory" (memory 0 1 shared))
    (import "hal" "now_us" (func $now (result f64)))
    (import "env" "table" (table 1 funcref))
    (global (export "inside") (mut i32) (i32.const 0))
    (func (export "p1_add") (param i32 i64) (result i32) (i32.add (local.get 0) (i32.wrap_i64 (local.get 1))))
    (func (export "boot") (result i32) (i32.const 0))
    (func $deep (param i32) (if (local.get 0) (then (call $deep (i32.sub (local.get 0) (i32.const 1))))))
    (func (export "preempt")
      (global.set 0 (i32.const 1)) (call $deep (i32.const 60)) (global.set 0 (i32.const 0))))`);
  const exports = instantiate(kernel, {
    env: {
      memory: new WebAssembly.Memory({ initial: 0, maximum: 1, shared: true }),
      table: new WebAssembly.Table({ element: "anyfunc", initial: 1 }),
    },
    hal: { now_us: () => 0 },
  });
  const calls = instantiate(guardedCalls([kernel]), {
    stack: { probe },
    kernel: exports as unknown as WebAssembly.ModuleImports,
  });

  it("pass arguments and results through, for what programs may call", () => {
    expect(Object.keys(calls).sort()).toEqual(["p1_add", "preempt"]);
    expect((calls.p1_add as (a: number, b: bigint) => number)(40, 2n)).toBe(42);
  });

  it("trap before the kernel is entered when the stack is nearly full", () => {
    const program = instantiate(
      assemble(`(module (import "k" "preempt" (func $call)) (func $f (export "f") (call $call) (call $f)))`),
      { k: { preempt: calls.preempt! } },
    );
    for (let round = 0; round < 20; round++) {
      expect(program.f as () => void).toThrow(/call stack|recursion/);
      expect((exports.inside as WebAssembly.Global).value).toBe(0);
    }
  });

  it("ask first, for a process with a call mask", () => {
    let allowed = 0;
    const asked: number[] = [];
    const masked = instantiate(maskedCalls([kernel]), {
      stack: { probe },
      mask: {
        allowed: (number: number) => {
          asked.push(number);
          return allowed;
        },
      },
      kernel: exports as unknown as WebAssembly.ModuleImports,
    });
    const add = masked.p1_add as (a: number, b: bigint) => number;
    expect(add(40, 2n)).toBe(EPERM);
    allowed = 1;
    expect(add(40, 2n)).toBe(42);
    // Calls without a number are beyond every mask; preemption is not asked about.
    (masked.preempt as () => void)();
    expect(asked).toEqual([SYSTEM_CALLS_MAX, SYSTEM_CALLS_MAX]);
  });

  it("fit the kernel that is built", () => {
    const built = ["kernel", "posix"].map((name) =>
      readFileSync(new URL(`../../../build/kernel/${name}.wasm`, import.meta.url)),
    );
    const callable = built
      .flatMap((bytes) => WebAssembly.Module.exports(new WebAssembly.Module(bytes)))
      .map(({ name }) => name)
      .filter((name) => /^(p1|u|we|c1)_|^preempt$/.test(name));
    const stubs = WebAssembly.Module.exports(new WebAssembly.Module(guardedCalls(built)));
    expect(stubs.map(({ name }) => name).sort()).toEqual(callable.sort());
  });
});
