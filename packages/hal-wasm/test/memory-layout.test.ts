import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { rewrite } from "../src/rewriter/index.ts";
import { readLayout } from "../src/rewriter/memory-layout.ts";
import { assemble } from "./support/wat.ts";

function layoutOf(bytes: Uint8Array) {
  const result = rewrite(bytes);
  if (!result.ok) throw new Error(result.message);
  return readLayout(new WebAssembly.Module(result.bytes));
}
const program = (fields: string) => assemble(`(module (memory 2) ${fields} (func (export "_start")))`);

test("data, then a stack, then the heap", () => {
  expect(
    layoutOf(
      program(`(global (mut i32) (i32.const 70000)) (global i32 (i32.const 99999)) (global (mut i32) (i32.const 80000))
        (data (i32.const 1024) "abc") (data (i32.const 2000) "de")`),
    ),
  ).toEqual({ dataStart: 1024, dataEnd: 2002, stackTop: 70000, heapBase: 70000 });
});

test("a stack first, then data", () => {
  expect(layoutOf(program(`(global (mut i32) (i32.const 65536)) (data (i32.const 65536) "abc")`))).toEqual({
    dataStart: 65536,
    dataEnd: 65539,
    stackTop: 65536,
    heapBase: 65552,
  });
});

test("what cannot be an address is none", () => {
  expect(
    layoutOf(
      program(`(global (mut i32) (i32.const 7)) (global (mut i64) (i64.const 70000)) (global (mut i32) (i32.const 200000))
        (data "passive") (data (i32.const 131070) "past the end")`),
    ),
  ).toEqual({ dataStart: 0, dataEnd: 0, stackTop: 0, heapBase: 0 });
});

test("programs of the userland", () => {
  const { dataStart, dataEnd, stackTop, heapBase } = layoutOf(
    readFileSync(new URL("../../../build/userland/cat.wasm", import.meta.url)),
  );
  expect(dataStart).toBeGreaterThan(0);
  expect(dataEnd).toBeGreaterThan(dataStart);
  // 512 KiB, --stackSize in packages/userland/build.ts.
  expect(stackTop - dataEnd).toBeGreaterThanOrEqual(524288);
  expect(stackTop - dataEnd).toBeLessThan(524288 + 16);
  expect(heapBase).toBe(Math.ceil(stackTop / 16) * 16);
});
