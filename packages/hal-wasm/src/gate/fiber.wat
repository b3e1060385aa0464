;; How a fiber parks and how it ends. One instance per core, between the kernel's imports and the core's JavaScript.
;;
;; A killed fiber leaves by a trap and not by a thrown JavaScript value: a program's `catch_all` catches the
;; latter, nothing catches the former.
;; A panic ends the same way, so no program runs on above a dead kernel.
(module
  ;; WebAssembly.Suspending: parks the stack; 0 go on, 1 the fiber was killed meanwhile.
  (import "core" "park" (func $park (param i32) (result i32)))
  ;; Notes that the trap that follows is an unwinding and not the program's fault.
  (import "core" "unwinding" (func $unwinding (param i32)))

  ;; Reports the epitaph.
  (import "core" "panicked" (func $panicked (param i32)))

  (func (export "suspend") (param $fiber i32)
    (if (call $park (local.get $fiber))
      (then (call $unwinding (local.get $fiber)) (unreachable))))

  (func (export "unwind") (param $fiber i32)
    (call $unwinding (local.get $fiber))
    (unreachable))

  (func (export "panic") (param $code i32)
    (call $panicked (local.get $code))
    (unreachable)))
