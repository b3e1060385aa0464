import { describe, expect, it } from "vitest";
import { rewritten, runOriginal, runRewritten } from "./support/run-module.ts";
import { assemble } from "./support/wat.ts";

/**
 * One program per construct. Each leaves what it computed in memory; the rewritten module must leave the same, and must
 * have called the kernel.
 */
const preamble = `
  (memory (export "memory") 1)
  (global $at (mut i32) (i32.const 0))
  (func $put (param i32) (i32.store (global.get $at) (local.get 0)) (global.set $at (i32.add (global.get $at) (i32.const 4))))
  (func $busy (local $i i32)
    (loop $l (local.set $i (i32.add (local.get $i) (i32.const 1))) (br_if $l (i32.lt_u (local.get $i) (i32.const 300000)))))`;

const bodies: Readonly<Record<string, string>> = {
  "loop with a result": `(func (export "_start") (local $i i32)
    (call $put (loop $l (result i32)
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $l (i32.lt_u (local.get $i) (i32.const 200000)))
      (i32.mul (local.get $i) (i32.const 3)))))`,
  "loop with parameters and results": `(func (export "_start") (local $t i64)
    (i32.const 0) (i64.const 1)
    (loop $l (param i32 i64) (result i64 i32)
      (local.set $t (i64.add (i64.const 3)))
      (i32.add (i32.const 1))
      (local.get $t)
      (br_if $l (i64.lt_u (local.get $t) (i64.const 500000)))
      (i32.wrap_i64) (call $put) (call $put) (local.get $t) (i32.const 7))
    (call $put) (call $put (i32.wrap_i64)))`,
  "leaf loops with parameters in each other": `(func (export "_start") (local $i i32) (local $t i32)
    (i32.const 5)
    (loop $o (param i32) (result i32)
      (loop $l (param i32) (result i32)
        (local.tee $t (i32.add (i32.const 1)))
        (br_if $l (i32.rem_u (local.get $t) (i32.const 77))))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $o (i32.lt_u (local.get $i) (i32.const 4000))))
    (call $put))`,
  "branches out of nested loops": `(func (export "_start") (local $i i32) (local $j i32)
    (block $out (loop $a (loop $b (loop $c
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $out (i32.gt_u (local.get $i) (i32.const 300000)))
      (br_if $a (i32.eqz (i32.rem_u (local.get $i) (i32.const 7))))
      (br_if $b (i32.eqz (i32.rem_u (local.get $i) (i32.const 5))))
      (local.set $j (i32.add (local.get $j) (i32.const 1)))
      (br $c)))))
    (call $put (local.get $i)) (call $put (local.get $j)))`,
  "br_table over loops and blocks": `(func (export "_start") (local $i i32) (local $s i32)
    (block $out (loop $a (block $x (loop $b (block $y
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (local.set $s (i32.xor (i32.mul (local.get $s) (i32.const 31)) (local.get $i)))
      (br_if $out (i32.gt_u (local.get $i) (i32.const 250000)))
      (br_table $a $b $x $y $y $b (i32.rem_u (local.get $i) (i32.const 6))))
      (local.set $s (i32.add (local.get $s) (i32.const 1))) (br $b))
      ) (local.set $s (i32.sub (local.get $s) (i32.const 3))) (br $a)))
    (call $put (local.get $s)))`,
  "return and values out of a loop": `(func $f (param $n i32) (result i32)
      (loop $l (result i32)
        (local.set $n (i32.sub (local.get $n) (i32.const 1)))
        (if (i32.eqz (local.get $n)) (then (return (i32.const 42))))
        (br $l)))
    (func (export "_start") (call $put (call $f (i32.const 200000)))
      (call $put (block $b (result i32) (loop $l (br $b (call $f (i32.const 70000)))) (unreachable))))`,
  "loop in dead code": `(func (export "_start") (call $busy) (call $put (i32.const 1)) (return)
    (i32.add) (loop $l (param i32) (result i32) (i32.const 1) (br_if $l (i32.const 1)) (br $l) (i32.add) (br_if $l (i32.const 0)) (i32.mul)) (drop))`,
  "loop nothing branches back to": `(func (export "_start") (loop $l (call $put (i32.const 9))) (call $busy))`,
  "loop with calls": `(func (export "_start") (local $i i32)
    (loop $l (call $f) (local.set $i (i32.add (local.get $i) (i32.const 1))) (br_if $l (i32.lt_u (local.get $i) (i32.const 5000))))
    (call $put (global.get $n)))
    (global $n (mut i32) (i32.const 0))
    (table funcref (elem $g))
    (func $f (call_indirect (i32.const 0)))
    (func $g (global.set $n (i32.add (global.get $n) (i32.const 2))))`,
  recursion: `(func $fib (param i32) (result i32)
      (if (result i32) (i32.lt_u (local.get 0) (i32.const 2)) (then (local.get 0))
        (else (i32.add (call $fib (i32.sub (local.get 0) (i32.const 1))) (call $fib (i32.sub (local.get 0) (i32.const 2)))))))
    (func (export "_start") (call $put (call $fib (i32.const 22))))`,
  "tail calls": `(func $even (param i32) (result i32)
      (if (i32.eqz (local.get 0)) (then (return (i32.const 1)))) (return_call $odd (i32.sub (local.get 0) (i32.const 1))))
    (func $odd (param i32) (result i32)
      (if (i32.eqz (local.get 0)) (then (return (i32.const 0)))) (return_call_indirect (param i32) (result i32) (i32.sub (local.get 0) (i32.const 1)) (i32.const 0)))
    (table funcref (elem $even))
    (func (export "_start") (call $put (call $even (i32.const 100001))))`,
  "start function": `(func $s (call $busy) (call $put (i32.const 5))) (start $s)
    (func (export "_start") (call $put (i32.const 6)))`,
  "legacy exceptions": `(tag $t (param i32))
    (func $f (param i32) (if (i32.rem_u (local.get 0) (i32.const 3)) (then (throw $t (local.get 0)))))
    (func (export "_start") (local $i i32) (local $s i32)
      (loop $l
        (block $b
          (try $try (do (loop $in (call $f (local.get $i)) (br_if $in (i32.lt_u (local.get $i) (i32.const 0)))))
            (catch $t (local.set $s (i32.add (local.get $s))) (br $b))
            (catch_all (unreachable)))
          (try (do (try (do (call $f (i32.const 1))) (delegate 0))) (catch_all (local.set $s (i32.add (local.get $s) (i32.const 1)))))
          (try $r (do (try (do (call $f (i32.const 2))) (catch_all (rethrow 0)))) (catch $t (drop))))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br_if $l (i32.lt_u (local.get $i) (i32.const 3000))))
      (call $put (local.get $s)))`,
  "new exceptions": `(tag $t (param i32))
    (func (export "_start") (local $i i32) (local $s i32)
      (loop $l
        (local.set $s (i32.add (local.get $s) (block $h (result i32)
          (loop $in
            (try_table (catch $t $h) (catch_all $in) (if (i32.and (local.get $i) (i32.const 1)) (then (throw $t (local.get $i)))))
            (br_if $in (i32.gt_u (local.get $i) (i32.const 100000))))
          (i32.const 5))))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br_if $l (i32.lt_u (local.get $i) (i32.const 90000))))
      (call $put (local.get $s)))`,
  "sign extension, saturation, extended constants": `(global $g i32 (i32.add (i32.const 40) (i32.mul (i32.const 2) (i32.const 3))))
    (func (export "_start") (call $busy) (call $put (i32.extend8_s (i32.const 0x1ff))) (call $put (i32.trunc_sat_f64_u (f64.const 1e30)))
      (call $put (global.get $g)) (call $put (i32.wrap_i64 (i64.extend32_s (i64.const 0x80000000)))))`,
  "vectors and relaxed vectors": `(func (export "_start") (local $v v128) (local $i i32)
    (loop $l
      (local.set $v (i32x4.add (local.get $v) (v128.const i32x4 1 2 3 4)))
      (local.set $v (i8x16.shuffle 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 (local.get $v) (local.get $v)))
      (v128.store32_lane 3 (i32.const 512) (local.get $v))
      (local.set $i (i32.add (local.get $i) (i32.const 1))) (br_if $l (i32.lt_u (local.get $i) (i32.const 70000))))
    (v128.store offset=1024 (i32.const 0) (i32x4.relaxed_trunc_f32x4_s (f32x4.splat (f32.const 3.5))))
    (call $put (i32x4.extract_lane 2 (local.get $v))))`,
  atomics: `(func (export "_start") (local $i i32)
    (loop $l (atomic.fence) (drop (i32.atomic.rmw.add offset=64 (i32.const 0) (i32.const 3)))
      (local.set $i (i32.add (local.get $i) (i32.const 1))) (br_if $l (i32.lt_u (local.get $i) (i32.const 70000))))
    (call $put (i32.atomic.load offset=64 (i32.const 0))))`,
  "tables and references": `(table $t 4 funcref) (elem $e func $busy $put) (elem declare func $put)
    (func (export "_start") (table.init $t $e (i32.const 0) (i32.const 0) (i32.const 2)) (elem.drop $e)
      (table.copy $t $t (i32.const 2) (i32.const 0) (i32.const 2)) (table.fill $t (i32.const 0) (ref.null func) (i32.const 2))
      (call $put (table.grow $t (ref.func $put) (i32.const 3))) (call $put (table.size $t)) (call $put (ref.is_null (table.get $t (i32.const 0))))
      (table.set $t (i32.const 1) (ref.func $put)) (call_indirect (param i32) (i32.const 77) (i32.const 1)) (call_indirect (i32.const 2))
      (drop (select (result funcref) (ref.null func) (ref.func $put) (i32.const 1))))`,
  "bulk memory": `(data $d "hello world") (func (export "_start") (local $i i32)
    (call $busy)
    (drop (memory.grow (i32.const 80)))
    (memory.init $d (i32.const 100) (i32.const 0) (i32.const 11)) (data.drop $d)
    (memory.fill (i32.const 200) (i32.const 7) (i32.const 3000000))
    (loop $l (i32.store (i32.mul (local.get $i) (i32.const 997)) (local.get $i)) (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $l (i32.lt_u (local.get $i) (i32.const 5000))))
    (memory.copy (i32.const 1000001) (i32.const 300) (i32.const 2500000))
    (memory.copy (i32.const 400) (i32.const 70001) (i32.const 2500000))
    (memory.copy (i32.const 65536) (i32.const 65536) (i32.const 200000))
    (memory.copy (i32.const 3000000) (i32.const 10) (i32.const 65537))
    (memory.fill (i32.const 50) (i32.const 1) (i32.const 0)))`,
  "bulk memory past the end writes nothing": `(func (export "_start") (call $busy) (memory.fill (i32.const 1) (i32.const 9) (i32.const 200000)))`,
  "bulk memory with a length that wraps": `(func (export "_start") (call $busy) (memory.copy (i32.const 65000) (i32.const 8) (i32.const -65001)))`,
};

describe("rewriter: constructs", () => {
  for (const [name, body] of Object.entries(bodies)) {
    it(name, () => {
      const original = assemble(`(module ${preamble} ${body})`);
      const expected = runOriginal(original);
      const once = rewritten(original);
      const actual = runRewritten(once);
      expect(actual.trap).toBe(expected.trap);
      expect(Buffer.compare(actual.memory, expected.memory)).toBe(0);
      expect(actual.asks).toBeGreaterThan(0);

      const twice = runRewritten(rewritten(once));
      expect(twice.trap).toBe(expected.trap);
      expect(Buffer.compare(twice.memory, expected.memory)).toBe(0);
      expect(twice.asks).toBeGreaterThan(0);
    });
  }

  it("keeps imported functions, tables and globals where they are", () => {
    const bytes = rewritten(
      assemble(`(module (import "host" "call" (func $c)) ${preamble} (table (export "t") 1 funcref) (global (export "g") i32 (i32.const 3))
        (func (export "_start") (call $c) (call $busy)))`),
    );
    const module = new WebAssembly.Module(bytes);
    expect(WebAssembly.Module.imports(module)).toEqual([
      { module: "host", name: "call", kind: "function" },
      { module: "cloudos", name: "memory", kind: "memory" },
    ]);
    expect(WebAssembly.Module.exports(module).map(({ name }) => name)).toEqual([
      "memory",
      "t",
      "g",
      "_start",
      "cloudos:preempt",
    ]);
    expect(runRewritten(bytes).asks).toBeGreaterThan(0);
  });
});
