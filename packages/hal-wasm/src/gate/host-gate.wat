;; For engines without multi-memory: the gate's functions are written in JavaScript (host-gate.ts) and this module
;; only passes them on, because a funcref table takes Wasm functions and a re-exported import is one.
(module
  (import "gate" "copy_in" (func $copy_in (param i32 i32 i32) (result i32)))
  (import "gate" "copy_out" (func $copy_out (param i32 i32 i32) (result i32)))
  (import "gate" "fill" (func $fill (param i32 i32 i32) (result i32)))
  (import "gate" "load32" (func $load32 (param i32) (result i64)))
  (import "gate" "store32" (func $store32 (param i32 i32) (result i32)))
  (import "gate" "store64" (func $store64 (param i32 i64) (result i32)))
  (import "gate" "size" (func $size (result i32)))
  (import "gate" "load64" (func $load64 (param i32 i32) (result i32)))
  (export "copy_in" (func $copy_in))
  (export "copy_out" (func $copy_out))
  (export "fill" (func $fill))
  (export "load32" (func $load32))
  (export "store32" (func $store32))
  (export "store64" (func $store64))
  (export "size" (func $size))
  (export "load64" (func $load64)))
