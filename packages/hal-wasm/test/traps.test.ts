import { SIGABRT, SIGFPE, SIGILL, SIGSEGV } from "@cloudos/abi";
import { describe, expect, it } from "vitest";
import { trapOf } from "../src/core/traps.ts";
import { assemble } from "./support/wat.ts";

/** Runs a function body on this engine and returns what it throws. */
function caught(body: string, fields = ""): unknown {
  const module = new WebAssembly.Module(assemble(`(module (memory 1) ${fields} (func $main (export "main") ${body}))`));
  try {
    (new WebAssembly.Instance(module).exports.main as () => void)();
  } catch (error) {
    return error;
  }
  throw new Error("it did not trap");
}

describe("traps of this engine", () => {
  it.each([
    ["unreachable", "unreachable", "", SIGABRT],
    ["a load out of bounds", "(drop (i32.load (i32.const -1)))", "", SIGSEGV],
    ["memory.fill out of bounds", "(memory.fill (i32.const -1) (i32.const 0) (i32.const 9))", "", SIGSEGV],
    ["a division by zero", "(drop (i32.div_s (i32.const 1) (i32.const 0)))", "", SIGFPE],
    ["a remainder by zero", "(drop (i32.rem_u (i32.const 1) (i32.const 0)))", "", SIGFPE],
    ["a quotient too large", "(drop (i32.div_s (i32.const 0x80000000) (i32.const -1)))", "", SIGFPE],
    ["a float too large", "(drop (i32.trunc_f64_s (f64.const 1e30)))", "", SIGFPE],
    ["endless recursion", "(call $main)", "", SIGSEGV],
    ["a call past the table", "(call_indirect (i32.const 9))", "(table 1 funcref)", SIGSEGV],
    ["a call through null", "(call_indirect (i32.const 0))", "(table 1 funcref)", SIGILL],
    [
      "a call with another signature",
      "(drop (call_indirect (result i32) (i32.const 0)))",
      "(table 1 funcref) (elem (i32.const 0) $main)",
      SIGILL,
    ],
    ["an uncaught exception", "(throw $tag)", "(tag $tag)", SIGABRT],
  ])("%s", (_case, body, fields, signal) => {
    expect(trapOf(caught(body, fields)).signal).toBe(signal);
  });
});

describe("messages of SpiderMonkey", () => {
  it.each([
    ["unreachable executed", SIGABRT],
    ["index out of bounds", SIGSEGV],
    ["integer divide by zero", SIGFPE],
    ["integer overflow", SIGFPE],
    ["invalid conversion to integer", SIGFPE],
    ["indirect call to null", SIGILL],
    ["indirect call signature mismatch", SIGILL],
    ["table index out of bounds", SIGSEGV],
    ["unaligned memory access", SIGSEGV],
    ["too much recursion", SIGSEGV],
  ])("%s", (message, signal) => {
    expect(trapOf(new WebAssembly.RuntimeError(message)).signal).toBe(signal);
  });
});

it("keeps an unknown message", () => {
  expect(trapOf(new WebAssembly.RuntimeError("struck by lightning"))).toEqual({
    signal: SIGILL,
    text: "struck by lightning",
  });
});
