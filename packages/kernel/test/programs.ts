/** WAT for the tests' programs: every import under a short name, and a few routines. */
const WASI = {
  fd_write: 4,
  fd_read: 4,
  fd_close: 1,
  fd_renumber: 2,
  poll_oneoff: 4,
  proc_exit: -1,
  proc_raise: 1,
  sched_yield: 0,
  random_get: 2,
  args_get: 2,
  args_sizes_get: 2,
  environ_get: 2,
  environ_sizes_get: 2,
  fd_prestat_get: 2,
  fd_fdstat_get: 2,
} as const;
const CLOUDOS = {
  proc_spawn: 8,
  proc_wait: 3,
  proc_kill: 2,
  proc_getpid: 0,
  proc_getppid: 0,
  proc_getpgid: 2,
  proc_setpgid: 2,
  proc_setsid: 1,
  proc_getsid: 2,
  proc_limit: 3,
  proc_nice: 3,
  sig_action: 3,
  sig_take: 0,
  sig_mask: 2,
  fd_pipe: 2,
  fd_dup: 4,
  fd_dup2: 3,
  fd_cloexec: 2,
  fd_getfd: 2,
  tty_get: 2,
  tty_set: 3,
  tty_winsize: 2,
  tty_getpgrp: 2,
  tty_setpgrp: 2,
  sys_uname: 3,
  job_create: 2,
  job_set: 3,
  job_info: 2,
  job_freeze: 1,
  job_thaw: 1,
  job_kill: 1,
  sched_set: 3,
  sched_affinity: 3,
  sched_info: 2,
} as const;

function imports(module: string, functions: Readonly<Record<string, number>>): string {
  return Object.entries(functions)
    .map(([name, count]) => {
      const parameters = "i32 ".repeat(Math.abs(count));
      const result = count < 0 ? "" : "(result i32)";
      return `(import "${module}" "${name}" (func $${name} (param ${parameters}) ${result}))`;
    })
    .join("\n");
}

/**
 * A program with `body` as `_start` and `data` at 4096 on. Memory 0..63 is for the routines: `$put fd ptr len` writes all bytes,
 * `$num n` prints a number and a blank on descriptor 1, `$get fd ptr len` reads once and returns the count or -errno.
 */
export function program(body: string, data = ""): string {
  return `(module
  (import "cloudos" "memory" (memory 2 2))
  (import "kernel" "preempt" (func $preempt))
  (import "wasi_snapshot_preview1" "clock_time_get" (func $clock_time_get (param i32 i64 i32) (result i32)))
  ${imports("wasi_snapshot_preview1", WASI)}
  ${imports("cloudos_v1", CLOUDOS)}
  (data (i32.const 4096) "${data}")
  (func $put (param $fd i32) (param $ptr i32) (param $len i32) (result i32)
    (i32.store (i32.const 0) (local.get $ptr))
    (i32.store (i32.const 4) (local.get $len))
    (call $fd_write (local.get $fd) (i32.const 0) (i32.const 1) (i32.const 8)))
  (func $get (param $fd i32) (param $ptr i32) (param $len i32) (result i32)
    (local $errno i32)
    (i32.store (i32.const 0) (local.get $ptr))
    (i32.store (i32.const 4) (local.get $len))
    (local.set $errno (call $fd_read (local.get $fd) (i32.const 0) (i32.const 1) (i32.const 8)))
    (if (result i32) (local.get $errno)
      (then (i32.sub (i32.const 0) (local.get $errno)))
      (else (i32.load (i32.const 8)))))
  (func $num (param $n i32)
    (local $at i32)
    (local.set $at (i32.const 62))
    (i32.store8 (i32.const 63) (i32.const 32))
    (if (i32.lt_s (local.get $n) (i32.const 0))
      (then (i32.store8 (i32.const 16) (i32.const 45))
        (drop (call $put (i32.const 1) (i32.const 16) (i32.const 1)))
        (local.set $n (i32.sub (i32.const 0) (local.get $n)))))
    (loop $digit
      (i32.store8 (local.get $at) (i32.add (i32.const 48) (i32.rem_u (local.get $n) (i32.const 10))))
      (local.set $n (i32.div_u (local.get $n) (i32.const 10)))
      (local.set $at (i32.sub (local.get $at) (i32.const 1)))
      (br_if $digit (local.get $n)))
    (drop (call $put (i32.const 1) (i32.add (local.get $at) (i32.const 1)) (i32.sub (i32.const 63) (local.get $at)))))
  (func (export "_start") (local $i i32) (local $j i32) (local $k i32) ${body}))`;
}

/** Spawns `length` bytes of path at 4096 with attributes at `attr` (0: none); pid to `out`. */
export const spawn = (length: number, attr = 0, out = 256, argvLength = 0) =>
  `(call $proc_spawn (i32.const 4096) (i32.const ${length}) (i32.const 4096) (i32.const ${argvLength}) (i32.const 0) (i32.const 0) (i32.const ${attr}) (i32.const ${out}))`;

export const exit = (code: string) => `(call $proc_exit ${code})`;
export const n = (value: number) => `(i32.const ${value})`;
export const at = (address: number) => `(i32.load (i32.const ${address}))`;
export const set = (address: number, value: string) => `(i32.store (i32.const ${address}) ${value})`;
/** Monotonic nanoseconds, i64. Uses 1152..1159. */
export const clock = `(block (result i64) (drop (call $clock_time_get (i32.const 1) (i64.const 1) (i32.const 1152))) (i64.load (i32.const 1152)))`;
/** Waits on the clock: for `ns` nanoseconds, or until then (`absolute`). Uses 1024..1151. */
export const sleep = (ns: string, absolute = false) =>
  `(i64.store (i32.const 1024) (i64.const 0)) (i32.store (i32.const 1032) (i32.const 0)) (i32.store (i32.const 1040) (i32.const 1))
   (i64.store (i32.const 1048) ${ns}) (i64.store (i32.const 1056) (i64.const 0)) (i32.store (i32.const 1064) (i32.const ${absolute ? 1 : 0}))
   (drop (call $poll_oneoff (i32.const 1024) (i32.const 1088) (i32.const 1) (i32.const 1136)))`;
/** Never ends. */
export const HOG = program("(loop $again (call $preempt) (br $again))");
