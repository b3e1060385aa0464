/**
 * kernel null CALLS ROUNDS | yield CALLS ROUNDS | spawn PROGRAM COUNT | pipe MIB ROUNDS
 * One line a round: nanoseconds a call, nanoseconds a switch, microseconds a spawn + wait, MiB/s.
 */
import { args } from "../../packages/userland/assembly/lib/args";
import { fd_pipe, proc_getpid } from "../../packages/userland/assembly/lib/cloudos";
import { writeText } from "../../packages/userland/assembly/lib/io";
import { formatUnsigned, parseUnsigned } from "../../packages/userland/assembly/lib/numbers";
import { Spawn, wait } from "../../packages/userland/assembly/lib/spawn";
import {
  clock_time_get,
  fd_close,
  fd_read,
  fd_write,
  proc_exit,
  sched_yield,
} from "../../packages/userland/assembly/lib/wasi";

const CLOCK_MONOTONIC: u32 = 1;
const CHUNK: u32 = 65536;
const scratch: usize = memory.data(64, 16);

function now(): u64 {
  clock_time_get(CLOCK_MONOTONIC, 1, scratch);
  return load<u64>(scratch);
}

/** `value` in tenths. */
function report(tenths: u64): void {
  writeText(1, formatUnsigned(tenths / 10) + "." + formatUnsigned(tenths % 10) + "\n");
}

function nullCalls(calls: u32, rounds: u32): void {
  let sink = 0;
  for (let round: u32 = 0; round < rounds; round++) {
    const begin = now();
    for (let i: u32 = 0; i < calls; i++) sink += proc_getpid();
    report(((now() - begin) * 10) / calls);
  }
  if (sink == 0) proc_exit(70);
}

function start(argv: string[], stdin: i32, stdout: i32): void {
  const spawn = new Spawn();
  if (stdin >= 0) spawn.fds.push(0), spawn.fds.push(stdin);
  if (stdout >= 0) spawn.fds.push(1), spawn.fds.push(stdout);
  if (spawn.run(argv) < 0) proc_exit(71);
}

/** Two processes on one core that do nothing but give way to each other: every yield is a switch. */
function yields(calls: u32, rounds: u32): void {
  for (let round: u32 = 0; round < rounds; round++) {
    start(["/bench/kernel.wasm", "yielder", formatUnsigned(calls)], -1, -1);
    const begin = now();
    for (let i: u32 = 0; i < calls; i++) sched_yield();
    const elapsed = now() - begin;
    wait(-1);
    report((elapsed * 10) / (2 * calls));
  }
}

function spawns(program: string, count: u32): void {
  for (let i: u32 = 0; i < count; i++) {
    const begin = now();
    start([program], -1, -1);
    wait(-1);
    report((now() - begin) / 100);
  }
}

function pipe(mib: u32, rounds: u32): void {
  for (let round: u32 = 0; round < rounds; round++) {
    if (fd_pipe(scratch + 32, 1) != 0) proc_exit(72);
    const readEnd = load<u32>(scratch + 32);
    const writeEnd = load<u32>(scratch + 36);
    start(["/bench/kernel.wasm", "source", formatUnsigned(mib)], -1, <i32>writeEnd);
    fd_close(writeEnd);
    const buffer = heap.alloc(CHUNK);
    store<u32>(scratch + 16, <u32>buffer);
    store<u32>(scratch + 20, CHUNK);
    let total: u64 = 0;
    let begin: u64 = 0;
    while (true) {
      if (fd_read(readEnd, scratch + 16, 1, scratch + 8) != 0) proc_exit(73);
      const count = load<u32>(scratch + 8);
      if (count == 0) break;
      if (begin == 0) begin = now(); // The source's start-up is not the pipe's speed.
      total += count;
    }
    const elapsed = now() - begin;
    fd_close(readEnd);
    wait(-1);
    heap.free(buffer);
    if (total != (<u64>mib) << 20) proc_exit(74);
    report((<u64>mib * 10 * 1000000000) / elapsed);
  }
}

function source(mib: u32): void {
  const buffer = heap.alloc(CHUNK);
  memory.fill(buffer, 120, CHUNK);
  store<u32>(scratch + 16, <u32>buffer);
  let left: u32 = mib << 20;
  while (left > 0) {
    store<u32>(scratch + 20, min(left, CHUNK));
    if (fd_write(1, scratch + 16, 1, scratch + 8) != 0) proc_exit(75);
    left -= load<u32>(scratch + 8);
  }
}

const mode = args[0];
const first = args.length > 1 ? <u32>parseUnsigned(args[1]) : 0;
const second = args.length > 2 ? <u32>parseUnsigned(args[2]) : 0;
if (mode == "null") nullCalls(first, second);
else if (mode == "yield") yields(first, second);
else if (mode == "yielder") for (let i: u32 = 0; i < first; i++) sched_yield();
else if (mode == "spawn") spawns(args[1], second);
else if (mode == "pipe") pipe(first, second);
else if (mode == "source") source(first);
else proc_exit(64);
