import { describe, expect, it } from "vitest";
import { rewritten, runOriginal, runRewritten } from "./support/run-module.ts";

/**
 * Garbage-collected objects and typed references, which the assembler of the other tests does not know: bytes by hand.
 * Types: 0 struct { mut i32 }, 1 () -> (), 2 (i32) -> (i32), 3 array of mut i32.
 */
const I32 = 0x7f;
const types = [4, 0x5f, 1, I32, 1, 0x60, 0, 0, 0x60, 1, I32, 1, I32, 0x5e, I32, 1];
const leb = (value: number): number[] => (value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...leb(value >> 7)]);
const section = (id: number, contents: readonly number[]): number[] => [id, ...leb(contents.length), ...contents];
const text = (value: string): number[] => [value.length, ...new TextEncoder().encode(value)];
const body = (locals: readonly number[], code: readonly number[]): number[] => {
  const whole = [...locals, ...code, 0x0b];
  return [...leb(whole.length), ...whole];
};

function program(locals: readonly number[], code: readonly number[]): Uint8Array<ArrayBuffer> {
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, types),
    ...section(3, [2, 1, 2]),
    ...section(5, [1, 0, 1]),
    ...section(7, [2, ...text("_start"), 0, 0, ...text("memory"), 2, 0]),
    ...section(9, [1, 3, 0, 1, 1]), // function 1 may be referred to
    ...section(10, [2, ...body(locals, code), ...body([0], [0x20, 0, 0x41, 3, 0x6a])]),
  ]);
}

/** while (++local 0 < 200,000) { inner } */
const loop = (inner: readonly number[]): number[] => [
  ...[0x03, 0x40, ...inner],
  ...[0x20, 0, 0x41, 1, 0x6a, 0x22, 0, 0x41, 0xc0, 0x9a, 0x0c, 0x49, 0x0d, 0, 0x0b],
];
const store = [0x36, 2, 0];

const cases: Readonly<Record<string, Uint8Array<ArrayBuffer>>> = {
  "structs in a loop": program(
    [2, 1, I32, 1, 0x63, 0],
    [
      ...[0x41, 5, 0xfb, 0, 0, 0x21, 1], // local 1 = struct.new
      ...loop([0x20, 1, 0x20, 1, 0xfb, 2, 0, 0, 0x41, 7, 0x6a, 0xfb, 5, 0, 0]),
      ...[0x41, 0, 0x20, 1, 0xfb, 2, 0, 0, ...store],
    ],
  ),
  "arrays in a loop": program(
    [2, 1, I32, 1, 0x63, 3],
    [
      ...[0x41, 1, 0x41, 2, 0xfb, 8, 3, 2, 0x21, 1], // array.new_fixed of two
      ...loop([0x20, 1, 0x41, 0, 0x20, 1, 0x41, 1, 0xfb, 11, 3, 0x20, 0, 0x6a, 0xfb, 14, 3]),
      ...[0x41, 0, 0x20, 1, 0x41, 0, 0xfb, 11, 3, 0x20, 1, 0xfb, 15, 0x6a, ...store],
    ],
  ),
  "call_ref in a loop": program(
    [2, 1, I32, 1, I32],
    [...loop([0x20, 1, 0xd2, 1, 0x14, 2, 0x21, 1]), 0x41, 0, 0x20, 1, ...store],
  ),
  "br_on_cast, br_on_null and br_on_non_null out of a loop": program(
    [2, 1, I32, 1, 0x63, 0],
    [
      // block (result anyref): loop: any.ref of i31, cast fails, go on
      ...[0x02, 0x63, 0x6e],
      ...loop([0x20, 0, 0xfb, 28, 0xfb, 25, 0, 1, 0x6e, 0x6c, 0x1a]),
      ...[0xd0, 0x6e, 0x0b, 0x1a],
      ...[0x02, 0x40, ...loop([0x20, 1, 0xd5, 1, 0x1a]).slice(0, -1), 0x0b, 0x0b],
      ...[0x02, 0x64, 0, 0x41, 9, 0xfb, 0, 0, 0xd6, 0, 0x00, 0x0b, 0x21, 1],
      ...[0x41, 0, 0x20, 1, 0xfb, 2, 0, 0, 0x20, 0, 0x6a, ...store],
    ],
  ),
};

describe("rewriter: objects and typed references", () => {
  for (const [name, original] of Object.entries(cases)) {
    it(name, () => {
      const expected = runOriginal(original);
      expect(expected.trap).toBeUndefined();
      const actual = runRewritten(rewritten(original));
      expect(actual.trap).toBeUndefined();
      expect(actual.asks).toBeGreaterThan(0);
      expect(Buffer.compare(actual.memory, expected.memory)).toBe(0);
      expect(actual.memory.subarray(0, 4).some((byte) => byte !== 0)).toBe(true);
    });
  }
});
