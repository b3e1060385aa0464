import { describe, expect, it } from "vitest";
import { makeRandom } from "./support/random.ts";
import { rewritten, runOriginal, runRewritten } from "./support/run-module.ts";
import { assemble } from "./support/wat.ts";

const LONG = process.env.CLOUDOS_TEST_LONG === "1";
const SEEDS = LONG ? 20_000 : 300;
const FUNCTIONS = 5;
/** Every statement counts down from here, and a program traps at 0: all of them end. */
const STATEMENTS = 1500;

/** Random structured programs: blocks, loops with and without values, branches of all kinds, calls, tables, exceptions. */
class Generator {
  readonly #random: (bound: number) => number;
  /** Labels in scope, innermost last; whether a branch to them carries an i32. */
  #labels: { readonly name: string; readonly carries: boolean }[] = [];
  #names = 0;
  /** Engines take one kind of exception instructions in a module. */
  readonly #legacy: boolean;

  constructor(seed: number) {
    this.#random = makeRandom(seed);
    this.#legacy = this.#random(2) === 0;
  }

  module(): string {
    const functions = Array.from({ length: FUNCTIONS }, (_, i) => this.#function(i));
    return `(module (memory (export "memory") 1) (tag $t (param i32)) (table funcref (elem ${this.#all("$f")}))
      (global $left (mut i32) (i32.const ${STATEMENTS})) (global $depth (mut i32) (i32.const 0)) (global $hash (mut i32) (i32.const 1))
      (func $mix (param i32) (global.set $hash (i32.add (i32.mul (global.get $hash) (i32.const 31)) (local.get 0)))
        (i32.store (i32.and (global.get $hash) (i32.const 0xfffc)) (global.get $hash)))
      ${functions.join("\n")}
      (func (export "_start") ${this.#catch("(drop (call $f0 (i32.const 1)))", "(call $mix)")} (call $mix (global.get $left))))`;
  }

  #all(prefix: string): string {
    return Array.from({ length: FUNCTIONS }, (_, i) => prefix + i).join(" ");
  }

  #function(i: number): string {
    this.#labels = [];
    return `(func $f${i} (param i32) (result i32) (local $a i32) (local $b i32) (local $p i32) (local $t1 i32) (local $t2 i32) (local $t3 i32)
      (if (i32.gt_u (global.get $depth) (i32.const 20)) (then (return (local.get 0))))
      (global.set $depth (i32.add (global.get $depth) (i32.const 1)))
      (block $done ${this.#statements(3)})
      (global.set $depth (i32.sub (global.get $depth) (i32.const 1)))
      (i32.xor (local.get $a) (local.get $b)))`;
  }

  #statements(depth: number): string {
    return Array.from({ length: 1 + this.#random(4) }, () => `${this.#tick()} ${this.#statement(depth)}`).join("\n");
  }

  /** Ends the program when its statements are used up: by a trap, which no handler of its own takes. */
  #tick(): string {
    return "(global.set $left (i32.sub (global.get $left) (i32.const 1))) (if (i32.le_s (global.get $left) (i32.const 0)) (then unreachable))";
  }

  #value(depth: number): string {
    const leaves = ["(local.get $a)", "(local.get $b)", "(local.get 0)", "(global.get $hash)"];
    switch (depth > 0 ? this.#random(9) : this.#random(5)) {
      case 0:
        return `(i32.const ${this.#random(1000) - 500})`;
      case 5:
        return `(i32.add ${this.#value(depth - 1)} ${this.#value(depth - 1)})`;
      case 6:
        return this.#scope(
          "block",
          true,
          depth - 1,
          (body) => `(block ${body.name} (result i32) ${body.text} ${this.#value(0)})`,
        );
      case 7:
        return this.#scope(
          "loop",
          false,
          depth - 1,
          (body) => `(loop ${body.name} (result i32) ${body.text} ${this.#value(0)})`,
        );
      case 8:
        return `(if (result i32) ${this.#condition()} (then ${this.#value(depth - 1)}) (else ${this.#value(depth - 1)}))`;
      default:
        return leaves[this.#random(leaves.length)]!;
    }
  }

  #condition(): string {
    return `(i32.eqz (i32.rem_u (i32.add (global.get $left) ${this.#value(0)}) (i32.const ${2 + this.#random(5)})))`;
  }

  #scope(
    kind: string,
    carries: boolean,
    depth: number,
    write: (body: { name: string; text: string }) => string,
  ): string {
    const name = `$${kind}${this.#names++}`;
    this.#labels.push({ name, carries });
    const text = this.#statements(depth);
    this.#labels.pop();
    return write({ name, text });
  }

  #branch(): string {
    const label = this.#labels[this.#random(this.#labels.length)];
    if (!label) return "(br $done)";
    if (this.#random(2) === 0) return `(br ${label.name} ${label.carries ? this.#value(0) : ""})`;
    if (label.carries) return `(drop (br_if ${label.name} ${this.#value(0)} ${this.#condition()}))`;
    const plain = this.#labels.filter(({ carries }) => !carries);
    const several = Array.from({ length: 1 + this.#random(4) }, () => plain[this.#random(plain.length)]!.name).join(
      " ",
    );
    return this.#random(2) === 0
      ? `(br_if ${label.name} ${this.#condition()})`
      : `(if ${this.#condition()} (then (br_table ${several} ${label.name} (i32.and ${this.#value(1)} (i32.const 7)))))`;
  }

  #statement(depth: number): string {
    const which = this.#random(depth > 0 ? 14 : 5);
    switch (which) {
      case 0:
        return `(local.set $${this.#random(2) ? "a" : "b"} ${this.#value(depth)})`;
      case 1:
        return `(call $mix ${this.#value(1)})`;
      case 2:
        return this.#branch();
      case 3:
        return `(local.set $a (call $f${this.#random(FUNCTIONS)} ${this.#value(0)}))`;
      case 4:
        return `(local.set $b (call_indirect (param i32) (result i32) ${this.#value(0)} (i32.const ${this.#random(FUNCTIONS)})))`;
      case 5:
      case 6:
        return this.#scope("block", false, depth - 1, ({ name, text }) => `(block ${name} ${text})`);
      case 7:
      case 8:
        return this.#scope(
          "loop",
          false,
          depth - 1,
          ({ name, text }) => `(loop ${name} ${text} (br_if ${name} ${this.#condition()}))`,
        );
      case 9:
        return this.#turns(depth);
      case 10:
        return `(if ${this.#condition()} (then ${this.#statements(depth - 1)}) (else ${this.#statements(depth - 1)}))`;
      case 11:
        return this.#paramLoop(depth);
      case 12:
        return this.#catch(
          `${this.#statements(depth - 1)} (if ${this.#condition()} (then (throw $t ${this.#value(0)})))`,
          "(local.set $a)",
        );
      default:
        return this.#catch(this.#statements(depth - 1), "(local.set $b)");
    }
  }

  /** Runs `body`; `handler` takes the exception's value. */
  #catch(body: string, handler: string): string {
    if (this.#legacy) return `(try (do ${body}) (catch $t ${handler}))`;
    const name = this.#names++;
    return `(block $end${name} (block $catch${name} (result i32) (try_table (catch $t $catch${name}) ${body}) (br $end${name})) ${handler})`;
  }

  /** A leaf loop of many turns. */
  #turns(depth: number): string {
    const name = `$turns${this.#names++}`;
    const count = `$t${depth}`; // of its own, or a loop inside would keep it from ending
    const inner = depth > 1 && this.#random(3) === 0 ? this.#turns(1) : "";
    return `(local.set ${count} (i32.const 0))
      (loop ${name} (local.set $b (i32.add (i32.mul (local.get $b) (i32.const 5)) (local.get ${count}))) ${inner}
        (local.set ${count} (i32.add (local.get ${count}) (i32.const 1)))
        (br_if ${name} (i32.lt_u (local.get ${count}) (i32.const ${1 + this.#random(inner ? 5 : 3000)}))))`;
  }

  #paramLoop(depth: number): string {
    const name = `$loop${this.#names++}`;
    const body = depth > 1 ? this.#turns(1) : "";
    return `${this.#value(0)} (i32.const ${this.#random(50)})
      (loop ${name} (param i32 i32) (result i32) (local.set $p) ${body} (i32.add (i32.const 3)) (i32.sub (local.get $p) (i32.const 1))
        (br_if ${name} (i32.gt_s (local.get $p) (i32.const 1))) (i32.xor)) (local.set $a)`;
  }
}

describe("rewriter: random programs", () => {
  it(`${SEEDS} of them do the same before and after`, () => {
    let asks = 0;
    for (let seed = 1; seed <= SEEDS; seed++) {
      const original = assemble(new Generator(seed).module());
      const expected = runOriginal(original);
      const bytes = rewritten(original);
      const actual = runRewritten(bytes);
      expect(actual.trap, `seed ${seed}`).toBe(expected.trap);
      expect(Buffer.compare(actual.memory, expected.memory), `seed ${seed}`).toBe(0);
      asks += actual.asks;
    }
    expect(asks).toBeGreaterThan(SEEDS);
  });
});
