import { describe, expect, it } from "vitest";
import { rewritten, runRewritten } from "./support/run-module.ts";
import { assemble } from "./support/wat.ts";

/**
 * No program runs long between two calls of the kernel, whatever its shape. Each of these would run for minutes or for
 * ever. They count their steps in memory, a step being a few instructions; the kernel looks at the counter each time it is
 * called and ends the program after some calls. Steps are counted, not time: a few million steps are a few milliseconds.
 */
const MOST_STEPS = 6_000_000;
const CALLS = 50;

const memory = `(memory (export "memory") 1)`;
const preamble = `
  (func $step (i64.store (i32.const 0) (i64.add (i64.load (i32.const 0)) (i64.const 1))))`;
const step = "(i64.store (i32.const 0) (i64.add (i64.load (i32.const 0)) (i64.const 1)))";
const repeat = (count: number, text: string): string => Array.from({ length: count }, () => text).join("\n");

/** A function that runs `turns` turns of a leaf loop. */
const leaf = (name: string, turns: number): string => `
  (func ${name} (local $i i32)
    (loop $l ${step} (local.set $i (i32.add (local.get $i) (i32.const 1))) (br_if $l (i32.lt_u (local.get $i) (i32.const ${turns})))))`;

/** f0 calls f1 twice, f1 calls f2 twice ...: no loop, no recursion, 2^depth calls. */
const tree = (depth: number, call: (i: number) => string): string =>
  Array.from({ length: depth }, (_, i) => `(func $f${i} ${step} ${i + 1 < depth ? repeat(2, call(i + 1)) : ""})`).join(
    "\n",
  );

/** Text, or imports and text. */
const shapes: Readonly<Record<string, string | readonly [imports: string, text: string]>> = {
  "empty loop": `(func (export "_start") (loop $l ${step} (br $l)))`,
  "loop through br_table": `(func (export "_start") (loop $l ${step} (br_table $l $l (i32.const 1))))`,
  "loop through br_if in an if": `(func (export "_start") (loop $l ${step} (if (i32.const 1) (then (br $l))) ))`,
  "loops in each other, the inner ones short": `(func (export "_start") (local $i i32)
    (loop $a (loop $b (local.set $i (i32.const 0))
      (loop $c ${step} (local.set $i (i32.add (local.get $i) (i32.const 1))) (br_if $c (i32.lt_u (local.get $i) (i32.const 4000))))
      (br $b)) (br $a)))`,
  "loop of many entries that each turn few times": `(func $f (loop $l ${step} (br_if $l (i32.const 0)))) (func (export "_start") (loop $l (call $f) (br $l)))`,
  "loop that calls": `(func (export "_start") (loop $l (call $step) (br $l)))`,
  "loop that calls the kernel": [
    `(import "host" "call" (func $c))`,
    `(func (export "_start") (loop $l (call $c) ${step} (br $l)))`,
  ],
  "loop that calls a leaf loop just under the limit": `${leaf("$f", 4000)} (func (export "_start") (loop $l (call $f) (br $l)))`,
  "loop in a loop, both with calls": `(func (export "_start") (local $i i32)
    (loop $a (local.set $i (i32.const 0)) (loop $b (call $f) (local.set $i (i32.add (local.get $i) (i32.const 1))) (br_if $b (i32.lt_u (local.get $i) (i32.const 900)))) (br $a)))
    ${leaf("$f", 300)}`,
  "loop with a long body": `(func (export "_start") (loop $l ${repeat(20_000, step)} (br $l)))`,
  "loop with one long turn, short enough to need no ask inside": `(func (export "_start") (loop $l ${repeat(2_600, step)} (br $l)))`,
  "loop with a call and a long body": `(func $g (loop $l (br_if $l (i32.const 0)))) (func (export "_start") (loop $l ${repeat(20_000, step)} (call $g) (br $l)))`,
  "loop over many short calls": `(func (export "_start") (loop $l ${repeat(5_000, "(call $step)")} (br $l)))`,
  recursion: `(func $f (param i32) ${step} (if (local.get 0) (then
      (call $f (i32.sub (local.get 0) (i32.const 1))) (call $f (i32.sub (local.get 0) (i32.const 1))))))
    (func (export "_start") (call $f (i32.const 40)))`,
  "recursion of three": `(func $a (param i32) (if (local.get 0) (then (call $b (local.get 0)) (call $b (local.get 0)))))
    (func $b (param i32) ${step} (call $c (local.get 0)))
    (func $c (param i32) (call $a (i32.sub (local.get 0) (i32.const 1))))
    (func (export "_start") (call $a (i32.const 40)))`,
  "recursion past a loop that does not run": `(func $f (param i32) ${step} (if (i32.eqz (i32.const 1)) (then (loop $l (br $l))))
      (if (local.get 0) (then (call $f (i32.sub (local.get 0) (i32.const 1))) (call $f (i32.sub (local.get 0) (i32.const 1))))))
    (func (export "_start") (call $f (i32.const 40)))`,
  "recursion through a table": `(table funcref (elem $f))
    (func $f (param i32) ${step} (if (local.get 0) (then
      (call_indirect (param i32) (i32.sub (local.get 0) (i32.const 1)) (i32.const 0))
      (call_indirect (param i32) (i32.sub (local.get 0) (i32.const 1)) (i32.const 0)))))
    (func (export "_start") (call $f (i32.const 40)))`,
  "recursion through ref.func and table.set": `(table $t 1 funcref) (elem declare func $f)
    (func $f (param i32) ${step} (if (local.get 0) (then
      (call_indirect (param i32) (i32.sub (local.get 0) (i32.const 1)) (i32.const 0))
      (call_indirect (param i32) (i32.sub (local.get 0) (i32.const 1)) (i32.const 0)))))
    (func (export "_start") (table.set $t (i32.const 0) (ref.func $f)) (call $f (i32.const 40)))`,
  "tail calls for ever": `(func $a ${step} (return_call $b)) (func $b (return_call $a)) (func (export "_start") (call $a))`,
  "indirect tail calls for ever": `(table funcref (elem $a)) (func $a ${step} (return_call_indirect (i32.const 0))) (func (export "_start") (call $a))`,
  "a tree of calls": `${tree(40, (i) => `(call $f${i})`)} (func (export "_start") (call $f0))`,
  "a tree of calls through a table": `(table funcref (elem ${Array.from({ length: 40 }, (_, i) => `$f${i}`).join(" ")}))
    ${tree(40, (i) => `(call_indirect (i32.const ${i}))`)} (func (export "_start") (call $f0))`,
  "a tree of calls through types of their own": `(table funcref (elem ${Array.from({ length: 30 }, (_, i) => `$g${i}`).join(" ")}))
    ${Array.from({ length: 30 }, (_, i) => {
      const params = (n: number) => (n === 0 ? "" : `(param ${repeat(n, "i32")})`);
      const call = `(call_indirect ${params(i + 1)} ${repeat(i + 2, `(i32.const ${i + 1})`)})`;
      return `(func $g${i} ${params(i)} ${step} ${i < 29 ? repeat(3, call) : ""})`;
    }).join("\n")} (func (export "_start") (call $g0))`,
  "exceptions for ever": `(tag $t) (func (export "_start") (loop $l (try (do ${step} (throw $t)) (catch_all)) (br $l)))`,
  "exceptions that branch back": `(tag $t) (func (export "_start") (loop $l (try_table (catch_all $l) ${step} (throw $t))))`,
  "recursion of exceptions": `(tag $t) (func $f (param i32) ${step}
      (if (local.get 0) (then
        (try (do (call $f (i32.sub (local.get 0) (i32.const 1)))) (catch_all (call $f (i32.sub (local.get 0) (i32.const 1)))))))
      (throw $t))
    (func (export "_start") (call $f (i32.const 40)))`,
  "start function": `(start $s) (func $s (loop $l ${step} (br $l))) (func (export "_start"))`,
  "an entry another rewriting made": [
    `(import "cloudos" "memory" (memory 1))`,
    `(table (export "cloudos:preempt") 1 funcref) (func (export "_start") (loop $l ${step} (br $l)))`,
  ],
};

function stepsBetweenAsks(bytes: Uint8Array<ArrayBuffer>): { trap: string | undefined; most: number } {
  let last = 0;
  let most = 0;
  let calls = 0;
  const outcome = runRewritten(bytes, (view) => {
    const now = Number(view.getBigInt64(0, true));
    most = Math.max(most, now - last);
    last = now;
    return ++calls >= CALLS;
  });
  return { trap: outcome.trap, most };
}

describe("rewriter: the kernel is asked soon", () => {
  for (const [name, shape] of Object.entries(shapes)) {
    it(name, () => {
      const [imports, text] = typeof shape === "string" ? ["", shape] : shape;
      const own = imports.includes("(memory") ? "" : memory;
      const { trap, most } = stepsBetweenAsks(rewritten(assemble(`(module ${imports} ${own} ${preamble} ${text})`)));
      expect(trap).toBe("unreachable");
      expect(most).toBeGreaterThan(0);
      expect(most).toBeLessThan(MOST_STEPS);
    });
  }

  it("moving memory: at most 2 MiB of it between two calls", () => {
    const TWO_MIB = 2 << 20;
    for (const op of [
      "(memory.fill (i32.const 0) (i32.const 1) (i32.const 0x10000000))",
      "(memory.copy (i32.const 1) (i32.const 0) (i32.const 0x0fffffff))",
    ]) {
      const outcome = runRewritten(
        rewritten(
          assemble(
            `(module ${memory} ${preamble} (func (export "_start") (drop (memory.grow (i32.const 4095))) ${op}))`,
          ),
        ),
      );
      expect(outcome.asks).toBeGreaterThanOrEqual(0x10000000 / TWO_MIB - 1);
    }
  });
});
