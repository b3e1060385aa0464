import { MemoryFiles } from "./fs-memory.ts";
import { Host } from "./host.ts";

const W = (op: string, n: number, len: number) => `(module
 (import "cloudos" "memory" (memory 2 2))
 (import "wasi_snapshot_preview1" "path_open" (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
 (import "wasi_snapshot_preview1" "fd_seek" (func $seek (param i32 i64 i32 i32) (result i32)))
 (import "wasi_snapshot_preview1" "fd_read" (func $fd_read (param i32 i32 i32 i32) (result i32)))
 (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
 (import "wasi_snapshot_preview1" "fd_pread" (func $fd_pread (param i32 i32 i32 i64 i32) (result i32)))
 (data (i32.const 64) "f")
 (func (export "_start") (local $i i32)
  (drop (call $open (i32.const 3)(i32.const 1)(i32.const 64)(i32.const 1)(i32.const 1)(i64.const 0x8e001ff)(i64.const 0)(i32.const 0)(i32.const 128)))
  (i32.store (i32.const 0) (i32.const 4096)) (i32.store (i32.const 4) (i32.const ${len}))
  (loop $l
   ${op}
   (br_if $l (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const ${n}))))))`;
const files = new MemoryFiles();
files.add("f", new Uint8Array(8192));
const host = new Host({ files: files.service });
const N = 1_000_000;
const SEEK = `(drop (call $seek (i32.load (i32.const 128)) (i64.const 0) (i32.const 0) (i32.const 8)))`;
const ops: [string, string, number][] = [
  [
    "pread 4096",
    `(drop (call $fd_pread (i32.load (i32.const 128)) (i32.const 0) (i32.const 1) (i64.const 0) (i32.const 8)))`,
    4096,
  ],
  [
    "pread 16",
    `(drop (call $fd_pread (i32.load (i32.const 128)) (i32.const 0) (i32.const 1) (i64.const 0) (i32.const 8)))`,
    16,
  ],
  ["seek", SEEK, 16],
  [
    "seek+write 16",
    SEEK + `(drop (call $fd_write (i32.load (i32.const 128)) (i32.const 0) (i32.const 1) (i32.const 8)))`,
    16,
  ],
  [
    "seek+write 4096",
    SEEK + `(drop (call $fd_write (i32.load (i32.const 128)) (i32.const 0) (i32.const 1) (i32.const 8)))`,
    4096,
  ],
];
for (let round = 0; round < 8; round++)
  for (const [name, op, len] of ops) {
    const path = `/bin/${name}`;
    if (!host.programs.has(path)) host.program(path, W(op, N, len));
    const t = performance.now();
    await host.run({ path });
    console.log(name, (((performance.now() - t) * 1e6) / N).toFixed(1), "ns");
  }
