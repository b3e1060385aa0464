import { readFileSync } from "node:fs";
import { ABI_VERSION } from "@cloudos/abi";
import { expect, test } from "vitest";
import { checkShape, KERNEL_BYTES_MAX, type ShapeLimits } from "../src/shape.ts";
import { Host } from "./host.ts";

const binary = (name: string) => readFileSync(new URL(`../../../build/kernel/${name}`, import.meta.url));
const KERNEL: ShapeLimits = { bytesMax: KERNEL_BYTES_MAX, mutableGlobals: 1 };

test("many instances on one memory: no data segments, no start function, one mutable global", () => {
  const shape = checkShape("kernel.wasm", binary("kernel.wasm"), KERNEL);
  expect(shape.problems).toEqual([]);
  expect(shape).toMatchObject({ dataSegments: 0, mutableGlobals: 1, startFunction: false });
  expect(shape.bytes).toBeLessThan(KERNEL_BYTES_MAX);
});

test("the personality has no state of its own: the one global is the kernel's", () => {
  const shape = checkShape("posix.wasm", binary("posix.wasm"), { bytesMax: Infinity, mutableGlobals: 0 });
  expect(shape.problems).toEqual([]);
  expect(shape).toMatchObject({ dataSegments: 0, mutableGlobals: 0, startFunction: false });
});

test("the microkernel imports the HAL and nothing else", () => {
  const imports = WebAssembly.Module.imports(new WebAssembly.Module(binary("kernel.wasm")));
  expect(new Set(imports.map((entry) => entry.module))).toEqual(new Set(["hal", "env"]));
});

test("the binary speaks the ABI of its sources", () => {
  expect(new Host().agent.abi_version()).toBe(ABI_VERSION);
});

test("the shape check sees what it looks for", () => {
  // (module (memory 1) (global (mut i32) (i32.const 0)) (global (mut f64) (f64.const 0)) (data (i32.const 0) "x"))
  const bad = Uint8Array.from([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 5, 3, 1, 0, 1],
    ...[6, 18, 2, 0x7f, 1, 0x41, 0, 0x0b, 0x7c, 1, 0x44, 0, 0, 0, 0, 0, 0, 0, 0, 0x0b],
    ...[11, 7, 1, 0, 0x41, 0, 0x0b, 1, 0x78],
  ]);
  expect(checkShape("bad.wasm", bad, KERNEL)).toMatchObject({ mutableGlobals: 2, dataSegments: 1 });
  expect(checkShape("bad.wasm", bad, KERNEL).problems).toHaveLength(2);
});
