import { expect, test } from "vitest";
import { Host } from "./host.ts";

const HELLO = `(module
  (import "cloudos" "memory" (memory 2 2))
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "args_sizes_get" (func $sizes (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "args_get" (func $args (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (func (export "_start")
    (drop (call $sizes (i32.const 8) (i32.const 12)))
    (drop (call $args (i32.const 64) (i32.const 256)))
    (i32.store (i32.const 0) (i32.const 256))
    (i32.store (i32.const 4) (i32.load (i32.const 12)))
    (call $exit (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 16)))))`;

test("a program started by the host gets its arguments, writes to a ring and exits", async () => {
  const host = new Host();
  host.program("/bin/hello", HELLO);
  const result = await host.run({ path: "/bin/hello", argv: ["hello", "world"] });
  expect(result).toMatchObject({ kind: "exited", code: 0, stdout: "hello\0world\0" });
});
