import { assemble } from "../../packages/hal-wasm/test/support/wat.ts";

const WRITE = `(import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))`;

/** Small programs in text form, each for one thing a machine must stand. */
const SOURCES: Readonly<Record<string, string>> = {
  hello: `(module ${WRITE}
    (memory (export "memory") 1)
    (data (i32.const 0) "\\10\\00\\00\\00\\06\\00\\00\\00")
    (data (i32.const 16) "hello\\0a")
    (func (export "_start") (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))))`,
  "exit-42": `(module
    (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
    (memory 1)
    (func (export "_start") (call $exit (i32.const 42))))`,
  // Says that it runs, then never calls the system again.
  spin: `(module ${WRITE}
    (memory 1)
    (data (i32.const 0) "\\10\\00\\00\\00\\05\\00\\00\\00")
    (data (i32.const 16) "spin\\0a")
    (func (export "_start")
      (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))
      (loop (br 0))))`,
  // The same inside handlers for everything that can be caught, over and over.
  stubborn: `(module ${WRITE}
    (memory 1)
    (data (i32.const 0) "\\10\\00\\00\\00\\05\\00\\00\\00")
    (data (i32.const 16) "spin\\0a")
    (func (export "_start")
      (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))
      (loop $again
        (try (do (loop (br 0))) (catch_all))
        (br $again))))`,
  // Runs before its entry point.
  early: `(module ${WRITE}
    (memory 1)
    (data (i32.const 0) "\\10\\00\\00\\00\\06\\00\\00\\00")
    (data (i32.const 16) "early\\0a")
    (func $init (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8))))
    (start $init)
    (func (export "_start")))`,
  unreachable: `(module (memory 1) (func (export "_start") (unreachable)))`,
  "out-of-bounds": `(module (memory 1) (func (export "_start") (drop (i32.load (i32.const -4)))))`,
  "divide-by-zero": `(module (memory 1) (func (export "_start") (drop (i32.div_u (i32.const 1) (i32.const 0)))))`,
  recursion: `(module (memory 1) (func $f (export "_start") (call $f)))`,
  // Calls the system at every depth until the stack is full: the kernel must never be cut short half way.
  "recursion-into-kernel": `(module ${WRITE}
    (memory 1)
    (data (i32.const 0) "\\10\\00\\00\\00\\01\\00\\00\\00")
    (func $f (export "_start")
      (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))
      (call $f)))`,
  "bad-pointers": `(module
    (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "random_get" (func $random_get (param i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
    (memory 1)
    (func (export "_start")
      (if (i32.ne (call $fd_write (i32.const 1) (i32.const -1) (i32.const 1) (i32.const 8)) (i32.const 21)) (then (call $exit (i32.const 1))))
      (if (i32.ne (call $fd_write (i32.const 1) (i32.const 65532) (i32.const 1) (i32.const 8)) (i32.const 21)) (then (call $exit (i32.const 2))))
      (if (i32.ne (call $random_get (i32.const 65530) (i32.const 100)) (i32.const 21)) (then (call $exit (i32.const 3))))
      (if (i32.ne (call $random_get (i32.const -16) (i32.const 32)) (i32.const 21)) (then (call $exit (i32.const 4))))
      (call $exit (i32.const 0))))`,
  "unknown-import": `(module (import "env" "emscripten_sleep" (func)) (memory 1) (func (export "_start")))`,
  "own-shared-memory": `(module (memory 1 1 shared) (func (export "_start")))`,
  "too-large": `(module (memory 60000) (func (export "_start")))`,
};

/** Assembled on first use. */
export function guest(name: string): Uint8Array<ArrayBuffer> {
  const source = SOURCES[name];
  if (source === undefined) throw new Error(`There is no guest "${name}"`);
  return assemble(source);
}

export const guestNames = Object.keys(SOURCES);
