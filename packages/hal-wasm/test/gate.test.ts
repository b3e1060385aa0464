import { readFileSync } from "node:fs";
import {
  EFAULT,
  GATE_COPY_IN,
  GATE_COPY_OUT,
  GATE_FILL,
  GATE_LOAD32,
  GATE_LOAD64,
  GATE_SIZE,
  GATE_STORE32,
  GATE_STORE64,
} from "@cloudos/abi";
import { beforeEach, describe, expect, it } from "vitest";
import { type GateMaker, hostGate, wasmGate } from "../src/gate/gate.ts";

const PAGE = 65536;
const built = (file: string) =>
  new WebAssembly.Module(readFileSync(new URL(`../../../build/gate/${file}`, import.meta.url)));

describe.each([
  { name: "multi-memory gate", make: (kernel: WebAssembly.Memory) => wasmGate(built("gate.wasm"), kernel) },
  { name: "JavaScript gate", make: (kernel: WebAssembly.Memory) => hostGate(built("host-gate.wasm"), kernel) },
])("$name", ({ make }) => {
  let kernel: WebAssembly.Memory;
  let gateOf: GateMaker;
  let user: WebAssembly.Memory;
  let call: (slot: number, ...args: (number | bigint)[]) => number | bigint;
  const userBytes = () => new Uint8Array(user.buffer);
  const kernelBytes = () => new Uint8Array(kernel.buffer);

  function attach(memory: WebAssembly.Memory): void {
    user = memory;
    const gate = gateOf(memory);
    call = (slot, ...args) => (gate[slot] as (...args: (number | bigint)[]) => number | bigint)(...args);
  }

  beforeEach(() => {
    kernel = new WebAssembly.Memory({ initial: 1, maximum: 4, shared: true });
    gateOf = make(kernel);
    attach(new WebAssembly.Memory({ initial: 1, maximum: 3 }));
  });

  it("copies in and out", () => {
    userBytes().set([1, 2, 3], 100);
    expect(call(GATE_COPY_IN, 200, 100, 3)).toBe(0);
    expect([...kernelBytes().subarray(199, 204)]).toEqual([0, 1, 2, 3, 0]);
    expect(call(GATE_COPY_OUT, 300, 200, 3)).toBe(0);
    expect([...userBytes().subarray(299, 304)]).toEqual([0, 1, 2, 3, 0]);
  });

  it("fills, loads and stores little-endian", () => {
    expect(call(GATE_FILL, 8, 0xab, 4)).toBe(0);
    expect(call(GATE_LOAD32, 8)).toBe(0xababababn);
    expect(call(GATE_STORE32, 8, -2)).toBe(0);
    expect(call(GATE_LOAD32, 8)).toBe(0xfffffffen);
    expect(call(GATE_STORE64, 16, 0x0102030405060708n)).toBe(0);
    expect(call(GATE_LOAD64, 16, 64)).toBe(0);
    expect([...kernelBytes().subarray(64, 72)]).toEqual([8, 7, 6, 5, 4, 3, 2, 1]);
  });

  it.each([
    ["one past the end", PAGE, 1],
    ["across the end", PAGE - 2, 3],
    ["the last address", -1, 1],
    ["a length of 4 GiB less one", 0, -1],
    ["a sum that wraps to zero", -8, 8],
    ["a sum that wraps into the memory", -8, 16],
    ["both at their largest", -1, -1],
    ["an empty range past the end", PAGE + 1, 0],
  ])("refuses %s", (_case, at, length) => {
    userBytes().fill(7);
    kernelBytes().fill(9);
    expect(call(GATE_COPY_IN, 0, at, length)).toBe(EFAULT);
    expect(call(GATE_COPY_OUT, at, 0, length)).toBe(EFAULT);
    expect(call(GATE_FILL, at, 1, length)).toBe(EFAULT);
    expect(userBytes().every((byte) => byte === 7)).toBe(true);
    expect(kernelBytes().every((byte) => byte === 9)).toBe(true);
  });

  it.each([PAGE - 3, PAGE, -1, -4, -8])("refuses words at %i", (at) => {
    expect(call(GATE_LOAD32, at)).toBe(-1n);
    expect(call(GATE_STORE32, at, 1)).toBe(EFAULT);
    expect(call(GATE_STORE64, at - 4, 1n)).toBe(EFAULT);
    expect(call(GATE_LOAD64, at - 4, 0)).toBe(EFAULT);
  });

  it("accepts the last bytes and an empty range at the end", () => {
    expect(call(GATE_STORE32, PAGE - 4, 5)).toBe(0);
    expect(call(GATE_STORE64, PAGE - 8, 5n)).toBe(0);
    expect(call(GATE_COPY_IN, 0, PAGE, 0)).toBe(0);
    expect(call(GATE_COPY_OUT, PAGE, 0, 0)).toBe(0);
    expect(call(GATE_COPY_OUT, 0, 0, PAGE)).toBe(0);
  });

  it("sees either memory grow", () => {
    user.grow(1);
    kernel.grow(1);
    expect(call(GATE_SIZE)).toBe(2 * PAGE);
    kernelBytes()[PAGE + 5] = 42;
    expect(call(GATE_COPY_OUT, PAGE + 5, PAGE + 5, 1)).toBe(0);
    expect(userBytes()[PAGE + 5]).toBe(42);
  });

  it("accepts a memory without pages", () => {
    attach(new WebAssembly.Memory({ initial: 0, maximum: 0 }));
    expect(call(GATE_SIZE)).toBe(0);
    expect(call(GATE_COPY_IN, 0, 0, 0)).toBe(0);
    expect(call(GATE_COPY_IN, 0, 0, 1)).toBe(EFAULT);
    expect(call(GATE_LOAD32, 0)).toBe(-1n);
  });

  it("reaches the last byte of 4 GiB and does not wrap there", () => {
    attach(new WebAssembly.Memory({ initial: 65536, maximum: 65536 }));
    expect(Number(call(GATE_SIZE)) >>> 0).toBe(0xffffffff);
    expect(call(GATE_FILL, -1, 3, 1)).toBe(0);
    expect(call(GATE_COPY_IN, 0, -1, 1)).toBe(0);
    expect(kernelBytes()[0]).toBe(3);
    expect(call(GATE_FILL, -1, 3, 2)).toBe(EFAULT);
    expect(call(GATE_STORE32, -4, 1)).toBe(0);
    expect(call(GATE_STORE32, -3, 1)).toBe(EFAULT);
  });
});
