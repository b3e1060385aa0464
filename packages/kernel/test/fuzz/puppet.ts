/**
 * A program that makes whatever system calls it is told to, by functions it imports from "puppet":
 *
 *     next() -> number of the call to make now | PUPPET_WAIT: park in fd_read(0) until somebody writes there | PUPPET_END: return
 *     done(call, result)
 *
 * Arguments are 8-byte words at ARGUMENTS in its memory, put there by `next`. So between two calls a puppet is either parked
 * in the kernel (and its core free for others) or has the core to itself; what it does is decided outside, step by step.
 */
import { compile } from "../core.ts";
import type { Call } from "./signatures.ts";

export const PUPPET_WAIT = -1;
export const PUPPET_END = -2;

/** Memory of a puppet: 0 iovec of the wait, 8 the byte it reads, 12 count; arguments; the rest is free for what calls point to. */
export const ARGUMENTS = 64;
export const ARENA = 256;
export const PUPPET_BYTES = 131072;

export interface Strings {
  next(): number;
  done(call: number, result: bigint): void;
}

/** Calls in one function: the text is parsed recursively, block in block. */
const PART = 24;
const wasmType = (letter: string) => (letter === "l" ? "i64" : "i32");

/** The program for a list of calls; call numbers are indexes of it. */
export function puppetModule(calls: readonly Call[]): WebAssembly.Module {
  return compile("puppet.wat", text(calls));
}

function text(calls: readonly Call[]): string {
  const imports = calls.map(({ module, name, parameters, result }, i) => {
    const types = [...parameters].map(wasmType).join(" ");
    return `(import "${module}" "${name}" (func $f${i} (param ${types}) ${result && `(result ${wasmType(result)})`}))`;
  });
  const makes = calls.map(({ parameters, result }, i) => {
    const loads = [...parameters].map((letter, k) => `(${wasmType(letter)}.load (i32.const ${ARGUMENTS + 8 * k}))`);
    const call = `(call $f${i} ${loads.join(" ")})`;
    if (result === "") return `${call} (return (i64.const 0))`;
    return result === "l" ? `(return ${call})` : `(return (i64.extend_i32_s ${call}))`;
  });
  const parts = Array.from({ length: Math.ceil(calls.length / PART) }, (_, part) => {
    const cases = makes.slice(part * PART, (part + 1) * PART);
    return `(func $part${part} (param $k i32) (result i64)
      ${cases.map((_, i) => `(block $b${cases.length - 1 - i}`).join("")}
      (br_table ${cases.map((_, i) => `$b${i}`).join(" ")} $b0 (local.get $k))
      ${cases.map((make) => `) ${make}`).join("\n")}
      (i64.const 0))`;
  });
  const dispatch = parts.map((_, part) => {
    const here = `(call $part${part} (i32.sub (local.get $k) (i32.const ${part * PART})))`;
    return `(if (i32.lt_u (local.get $k) (i32.const ${(part + 1) * PART})) (then (return ${here})))`;
  });
  return `(module
    (import "cloudos" "memory" (memory 2 2))
    (import "kernel" "preempt" (func $preempt))
    (import "puppet" "next" (func $next (result i32)))
    (import "puppet" "done" (func $done (param i32 i64)))
    (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
    ${imports.join("\n")}
    ${parts.join("\n")}
    (func $make (param $k i32) (result i64)
      ${dispatch.join("\n")}
      (i64.const 0))
    (func (export "_start") (local $k i32)
      (loop $again
        (call $preempt)
        (local.set $k (call $next))
        (if (i32.eq (local.get $k) (i32.const ${PUPPET_END})) (then (return)))
        (if (i32.eq (local.get $k) (i32.const ${PUPPET_WAIT})) (then
          (i32.store (i32.const 0) (i32.const 8)) (i32.store (i32.const 4) (i32.const 1))
          (drop (call $read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 12)))
          (br $again)))
        (call $done (local.get $k) (call $make (local.get $k)))
        (br $again))))`;
}
