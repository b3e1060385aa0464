import { EFAULT } from "@cloudos/abi";
import { expect, test } from "vitest";
import { Host } from "./host.ts";
import { n, program } from "./programs.ts";

/** The first byte past the program's two pages, and an address whose sum with any length wraps. */
const BAD = ["0x20000", "0xfffffff0"];
const PIPE = "(drop (call $fd_pipe (i32.const 192) (i32.const 0)))";
/** An iovec at 128 that is fine, and one at 136 whose buffer is not. */
const iovecs = (bad: string) => `(i32.store (i32.const 128) (i32.const 1024)) (i32.store (i32.const 132) (i32.const 8))
  (i32.store (i32.const 136) (i32.const ${bad})) (i32.store (i32.const 140) (i32.const 8))`;

/** Each call with one bad pointer, `P`; descriptors 5 and 6 are a pipe with bytes in it. */
const calls: readonly (readonly [name: string, call: string])[] = [
  ["fd_write iovecs", "(call $fd_write (i32.const 1) P (i32.const 1) (i32.const 96))"],
  ["fd_write buffer", "(call $fd_write (i32.const 1) (i32.const 136) (i32.const 1) (i32.const 96))"],
  [
    "fd_write second buffer into a pipe",
    "(call $fd_write (i32.load (i32.const 196)) (i32.const 128) (i32.const 2) (i32.const 96))",
  ],
  ["fd_write count", "(call $fd_write (i32.load (i32.const 196)) (i32.const 128) (i32.const 1) P)"],
  ["fd_read iovecs", "(call $fd_read (i32.load (i32.const 192)) P (i32.const 1) (i32.const 96))"],
  ["fd_read buffer", "(call $fd_read (i32.load (i32.const 192)) (i32.const 136) (i32.const 1) (i32.const 96))"],
  ["fd_read count", "(call $fd_read (i32.load (i32.const 192)) (i32.const 128) (i32.const 1) P)"],
  ["poll_oneoff subscriptions", "(call $poll_oneoff P (i32.const 2048) (i32.const 1) (i32.const 96))"],
  ["poll_oneoff events", "(call $poll_oneoff (i32.const 1024) P (i32.const 1) (i32.const 96))"],
  ["poll_oneoff count", "(call $poll_oneoff (i32.const 1024) (i32.const 2048) (i32.const 1) P)"],
  ["clock_time_get", "(call $clock_time_get (i32.const 1) (i64.const 0) P)"],
  ["random_get", "(call $random_get P (i32.const 8))"],
  ["args_get pointers", "(call $args_get P (i32.const 512))"],
  ["args_get strings", "(call $args_get (i32.const 512) P)"],
  ["args_sizes_get count", "(call $args_sizes_get P (i32.const 512))"],
  ["args_sizes_get bytes", "(call $args_sizes_get (i32.const 512) P)"],
  ["environ_get pointers", "(call $environ_get P (i32.const 512))"],
  ["environ_get strings", "(call $environ_get (i32.const 512) P)"],
  ["environ_sizes_get", "(call $environ_sizes_get P (i32.const 512))"],
  ["fd_prestat_get", "(call $fd_prestat_get (i32.const 3) P)"],
  ["fd_fdstat_get", "(call $fd_fdstat_get (i32.const 1) P)"],
  ["fd_pipe", "(call $fd_pipe P (i32.const 0))"],
  ["fd_dup", "(call $fd_dup (i32.const 1) (i32.const 0) (i32.const 0) P)"],
  ["fd_getfd", "(call $fd_getfd (i32.const 1) P)"],
  [
    "proc_spawn path",
    "(call $proc_spawn P (i32.const 4) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 96))",
  ],
  [
    "proc_spawn arguments",
    "(call $proc_spawn (i32.const 4096) (i32.const 4) P (i32.const 4) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 96))",
  ],
  [
    "proc_spawn environment",
    "(call $proc_spawn (i32.const 4096) (i32.const 4) (i32.const 0) (i32.const 0) P (i32.const 4) (i32.const 0) (i32.const 96))",
  ],
  [
    "proc_spawn attributes",
    "(call $proc_spawn (i32.const 4096) (i32.const 4) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) P (i32.const 96))",
  ],
  ["proc_wait", "(call $proc_wait (i32.const -1) (i32.const 0) P)"],
  ["proc_getpgid", "(call $proc_getpgid (i32.const 0) P)"],
  ["proc_getsid", "(call $proc_getsid (i32.const 0) P)"],
  ["proc_limit", "(call $proc_limit (i32.const 0) (i32.const -1) P)"],
  ["proc_nice", "(call $proc_nice (i32.const 0) (i32.const 0) P)"],
  ["sig_action", "(call $sig_action (i32.const 2) (i32.const 0) P)"],
  ["sig_mask", "(call $sig_mask (i32.const 0) P)"],
  ["sys_uname text", "(call $sys_uname P (i32.const 64) (i32.const 96))"],
  ["sys_uname length", "(call $sys_uname (i32.const 512) (i32.const 64) P)"],
];

test.each(calls.flatMap(([name, call]) => BAD.map((bad) => [name, bad, call] as const)))(
  "%s at %s is EFAULT and the program lives on",
  async (_name, bad, call) => {
    const host = new Host();
    host.program(
      "/bin/probe",
      program(`${PIPE} (drop (call $put (i32.load (i32.const 196)) (i32.const 0) (i32.const 64))) ${iovecs(bad)}
        (i64.store (i32.const 1024) (i64.const 1)) (i32.store (i32.const 1040) ${n(1)})
        (call $num ${call.replaceAll("P", `(i32.const ${bad})`)})`),
    );
    const result = await host.run({ path: "/bin/probe", env: ["A=b"] });
    expect(result).toMatchObject({ kind: "exited", code: 0, stdout: `${EFAULT} ` });
  },
);
