;; The gate: checked copies between a process's memory and the kernel's. One instance per process; the kernel calls
;; it through its function table at `gateSlot + GATE_*` (packages/abi/src/kernel-interface.ts).
;;
;; User addresses are claims: every function checks [address, address + length) against the size of the memory in 64-bit
;; arithmetic, so a sum past 4 GiB cannot wrap, and answers EFAULT (21) instead of trapping. An empty range is inside
;; as long as its address is. Kernel addresses come from the kernel and are trusted.
(module
  (import "cloudos" "memory" (memory $user 0 65536))
  (import "env" "memory" (memory $kernel 0 65536 shared))

  ;; 1 when [at, at + length) lies in the process's memory.
  (func $inside (param $at i32) (param $length i32) (result i32)
    (i64.le_u
      (i64.add (i64.extend_i32_u (local.get $at)) (i64.extend_i32_u (local.get $length)))
      (i64.shl (i64.extend_i32_u (memory.size $user)) (i64.const 16))))

  (func (export "copy_in") (param $kernel_at i32) (param $user_at i32) (param $length i32) (result i32)
    (if (i32.eqz (call $inside (local.get $user_at) (local.get $length))) (then (return (i32.const 21))))
    (memory.copy $kernel $user (local.get $kernel_at) (local.get $user_at) (local.get $length))
    (i32.const 0))

  (func (export "copy_out") (param $user_at i32) (param $kernel_at i32) (param $length i32) (result i32)
    (if (i32.eqz (call $inside (local.get $user_at) (local.get $length))) (then (return (i32.const 21))))
    (memory.copy $user $kernel (local.get $user_at) (local.get $kernel_at) (local.get $length))
    (i32.const 0))

  (func (export "fill") (param $user_at i32) (param $byte i32) (param $length i32) (result i32)
    (if (i32.eqz (call $inside (local.get $user_at) (local.get $length))) (then (return (i32.const 21))))
    (memory.fill $user (local.get $user_at) (local.get $byte) (local.get $length))
    (i32.const 0))

  (func (export "load32") (param $user_at i32) (result i64)
    (if (i32.eqz (call $inside (local.get $user_at) (i32.const 4))) (then (return (i64.const -1))))
    (i64.load32_u $user (local.get $user_at)))

  (func (export "store32") (param $user_at i32) (param $value i32) (result i32)
    (if (i32.eqz (call $inside (local.get $user_at) (i32.const 4))) (then (return (i32.const 21))))
    (i32.store $user (local.get $user_at) (local.get $value))
    (i32.const 0))

  (func (export "store64") (param $user_at i32) (param $value i64) (result i32)
    (if (i32.eqz (call $inside (local.get $user_at) (i32.const 8))) (then (return (i32.const 21))))
    (i64.store $user (local.get $user_at) (local.get $value))
    (i32.const 0))

  ;; 65,536 pages are 2^32 bytes, which a u32 cannot say: then the last byte's address.
  (func (export "size") (result i32)
    (select
      (i32.const 0xffffffff)
      (i32.shl (memory.size $user) (i32.const 16))
      (i32.eq (memory.size $user) (i32.const 65536))))

  (func (export "load64") (param $user_at i32) (param $kernel_at i32) (result i32)
    (if (i32.eqz (call $inside (local.get $user_at) (i32.const 8))) (then (return (i32.const 21))))
    (i64.store $kernel (local.get $kernel_at) (i64.load $user (local.get $user_at)))
    (i32.const 0)))
