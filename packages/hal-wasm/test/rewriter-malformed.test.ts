import { ENOEXEC } from "@cloudos/abi";
import { describe, expect, it } from "vitest";
import { rewrite } from "../src/rewriter/index.ts";
import { makeRandom } from "./support/random.ts";
import { assemble } from "./support/wat.ts";

const magic = [0x00, 0x61, 0x73, 0x6d];
const header = [...magic, 1, 0, 0, 0];
const start = '(func (export "_start"))';
/** type section () -> (), one function, exported as _start; the code section is the caller's. */
const frame = [...header, 1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0, 7, 10, 1, 6, 0x5f, 0x73, 0x74, 0x61, 0x72, 0x74, 0, 0];
const withBody = (...body: number[]): Uint8Array =>
  Uint8Array.from([...frame, 10, body.length + 2, 1, body.length, ...body]);

const cases: Readonly<Record<string, readonly [input: Uint8Array | string, message: RegExp]>> = {
  "an empty file": [new Uint8Array(0), /not a WebAssembly file/],
  "an ELF file": [Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0), /not a WebAssembly file/],
  "four bytes": [Uint8Array.from(magic), /cut short/],
  "another version": [Uint8Array.from([...magic, 2, 0, 0, 0]), /version is 2, expected 1/],
  "a component": [Uint8Array.from([...magic, 0x0d, 0, 1, 0]), /component/],
  "an unknown section": [Uint8Array.from([...header, 99, 0]), /unknown section 99/],
  "sections out of order": [Uint8Array.from([...header, 3, 1, 0, 1, 1, 0]), /out of order/],
  "a section twice": [Uint8Array.from([...header, 1, 1, 0, 1, 1, 0]), /out of order/],
  "a section past the end": [Uint8Array.from([...header, 1, 100, 0]), /cut short/],
  "a section with more than it says": [Uint8Array.from([...header, 1, 2, 0, 0]), /longer than its contents/],
  "a vector too long for its section": [
    Uint8Array.from([...header, 1, 5, 0xff, 0xff, 0xff, 0xff, 0x0f]),
    /does not fit/,
  ],
  "a number of too many bytes": [
    Uint8Array.from([...header, 1, 6, 0x80, 0x80, 0x80, 0x80, 0x80, 0]),
    /more than 5 bytes/,
  ],
  "a module without _start": ["(module (memory 1))", /no export "_start"/],
  "a _start of another type": ['(module (func (export "_start") (param i32)))', /not a function of type/],
  "a _start that is a memory": ['(module (memory (export "_start") 1))', /not a function of type/],
  "shared memory": [`(module (memory 1 2 shared) ${start})`, /shared memory/],
  "imported shared memory": [`(module (import "cloudos" "memory" (memory 1 2 shared)) ${start})`, /shared memory/],
  "memory imported from elsewhere": [`(module (import "env" "memory" (memory 1)) ${start})`, /"env" "memory"/],
  "two memories": [`(module (memory 1) (memory 1) ${start})`, /more than one memory/],
  "64-bit memory": [Uint8Array.from([...header, 5, 3, 1, 4, 1]), /64-bit/],
  "more memory than there is": [Uint8Array.from([...header, 5, 5, 1, 0, 0x81, 0x80, 4]), /65537 pages/],
  "a body without its end": [withBody(0, 0x02, 0x40, 0x0b), /without its end/],
  "instructions after the end": [withBody(0, 0x0b, 0x02, 0x40, 0x0b), /after the end/],
  "a branch out of range": [withBody(0, 0x0c, 1, 0x0b), /label 1 is out of range/],
  "an unknown instruction": [withBody(0, 0x27, 0x0b), /unknown instruction/],
  "an unknown vector instruction": [withBody(0, 0xfd, 0xff, 0x3f, 0x0b), /unknown instruction 0xfd 0x1fff/],
  "bodies missing": [Uint8Array.from([...frame]), /0 function bodies, expected 1/],
  // What the rewriter appends must not be within reach of a module that guesses the indices.
  "the fuel": [withBody(0, 0x41, 0, 0x24, 0, 0x0b), /global 0 is out of range/],
  "the step counter": [withBody(0, 0x41, 0, 0x21, 0, 0x0b), /local 0 is out of range/],
  "the table of the kernel's function": [withBody(0, 0x41, 0, 0xd0, 0x70, 0x26, 0, 0x0b), /table 0 is out of range/],
  "an added function": [withBody(0, 0x10, 1, 0x0b), /function 1 is out of range/],
  "an added type": [withBody(0, 0x41, 0, 0x11, 1, 0, 0x0b), /type 1 is out of range/],
  "an element segment into the kernel's table": [
    Uint8Array.from([...frame, 9, 9, 1, 2, 0, 0x41, 0, 0x0b, 0, 1, 0, 10, 4, 1, 2, 0, 0x0b]),
    /table 0 is out of range/,
  ],
};

describe("rewriter: bad input", () => {
  for (const [name, [input, message]] of Object.entries(cases)) {
    it(name, () => {
      const result = rewrite(typeof input === "string" ? assemble(input) : input, { name: "prog" });
      if (result.ok) throw new Error("taken for good");
      expect(result.errno).toBe(ENOEXEC);
      expect(result.message).toMatch(/^Cannot run "prog": .* \(at byte \d+\)$/);
      expect(result.message).toMatch(message);
    });
  }

  it("a module cut anywhere is an error or stays whole", () => {
    const bytes = assemble(`(module (memory 1) (table 2 funcref) (global (mut i32) (i32.const 7)) (elem (i32.const 0) 0)
      (func (export "_start") (local i64) (loop (br_if 0 (i32.eqz (memory.size))))) (data (i32.const 0) "hello"))`);
    for (let length = 0; length < bytes.length; length++) expect(rewrite(bytes.slice(0, length))).toBeDefined();
  });

  it("flipped bytes never make it throw, and a result is one the engine takes if it took the input", () => {
    const random = makeRandom(20251122);
    const bytes =
      assemble(`(module (type $v (func)) (memory 1) (table 2 funcref) (global $g (mut i32) (i32.const 7)) (elem (i32.const 0) $f)
      (func $f (param i32) (loop $l (param) (br_if $l (local.get 0)) (call_indirect (type $v) (i32.const 0))))
      (func (export "_start") (local i64 f32) (block (loop (br_table 0 1 0 (global.get $g)))) (memory.copy (i32.const 0) (i32.const 1) (i32.const 2))))`);
    for (let round = 0; round < 4000; round++) {
      const mutant = bytes.slice();
      for (let flips = 1 + random(3); flips > 0; flips--) mutant[8 + random(mutant.length - 8)] = random(256);
      const result = rewrite(mutant);
      if (result.ok && WebAssembly.validate(mutant)) expect(WebAssembly.validate(result.bytes)).toBe(true);
    }
  });
});
