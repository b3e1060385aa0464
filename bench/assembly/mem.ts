/**
 * mem clone TIMES ROUNDS | copy TIMES ROUNDS | fault PAGES ROUNDS | many PROCESSES | wait
 * One line a round: microseconds to clone 64 MiB that are all in memory, or to copy them; microseconds from a read of a page that only
 * another process can supply to the end of the read; bytes of kernel memory a process takes when there are PROCESSES of them. `wait` reads its input to the end, for processes that are only there.
 */
import { args } from "../../packages/userland/assembly/lib/args";
import {
  bootstrap_get, bootstrap_put, fd_pipe, handle_close, pager_create, pager_supply, pager_wait, proc_kill, vmo_clone, vmo_create, vmo_create_paged, vmo_op,
  vmo_read, vmo_write,
} from "../../packages/userland/assembly/lib/cloudos";
import { writeText } from "../../packages/userland/assembly/lib/io";
import { formatUnsigned, parseUnsigned } from "../../packages/userland/assembly/lib/numbers";
import { Spawn, wait } from "../../packages/userland/assembly/lib/spawn";
import { memoryRow, memoryTable } from "../../packages/userland/assembly/lib/proc/system";
import { slurp } from "../../packages/userland/assembly/lib/proc/process";
import { clock_time_get, fd_close, fd_read, proc_exit, sched_yield } from "../../packages/userland/assembly/lib/wasi";

const CLOCK_MONOTONIC: u32 = 1;
const OP_COMMIT: u32 = 0;
const SIZE: u64 = 64 << 20;
const PAGE: u64 = 4096;
const CHUNK: u32 = 65536;
const scratch: usize = memory.data(32, 16);
const name: usize = memory.data(16, 16);

function now(): u64 {
  clock_time_get(CLOCK_MONOTONIC, 1, scratch);
  return load<u64>(scratch);
}

/** Microseconds with one digit, of `count` times that took `ns` together. */
function report(ns: u64, count: u64): void {
  const tenths = ns / 100 / count;
  writeText(1, formatUnsigned(tenths / 10) + "." + formatUnsigned(tenths % 10) + "\n");
}

function need(errno: u32, code: u32): void {
  if (errno != 0) proc_exit(code);
}

function made(errno: u32, code: u32): u32 {
  need(errno, code);
  return load<u32>(scratch);
}

function clones(copy: bool, times: u32, rounds: u32): void {
  const vmo = made(vmo_create(SIZE, 0, scratch), 71);
  need(vmo_op(vmo, OP_COMMIT, 0, SIZE), 72);
  const buffer = heap.alloc(CHUNK);
  for (let round: u32 = 0; round < rounds; round++) {
    let spent: u64 = 0;
    for (let i: u32 = 0; i < times; i++) {
      const begin = now();
      const other = copy ? made(vmo_create(SIZE, 0, scratch), 73) : made(vmo_clone(vmo, 0, SIZE, 0, scratch), 74);
      if (copy) {
        for (let at: u64 = 0; at < SIZE; at += CHUNK) {
          need(vmo_read(vmo, at, buffer, CHUNK), 75);
          need(vmo_write(other, at, buffer, CHUNK), 76);
        }
      }
      spent += now() - begin;
      handle_close(other);
    }
    report(spent, times);
  }
}

/** Supplies a page of zeros for each that is asked for. */
function serve(): void {
  store<u64>(name, 0x7265676170); // "pager"
  need(bootstrap_get(name, scratch), 77);
  const pager = load<u32>(scratch);
  const source = made(vmo_create(CHUNK, 0, scratch), 78);
  while (pager_wait(pager, u64.MAX_VALUE, scratch) == 0) {
    need(pager_supply(pager, load<u64>(scratch, 8), load<u64>(scratch, 16), load<u64>(scratch, 24), source, 0), 79);
  }
}

function faults(pages: u32, rounds: u32): void {
  const pager = made(pager_create(scratch), 80);
  store<u64>(name, 0x7265676170);
  need(bootstrap_put(name, pager, 0xffffffff), 81);
  const pid = new Spawn().run(["/bench/mem.wasm", "serve"]);
  if (pid < 0) proc_exit(82);
  const word = heap.alloc(8);
  for (let round: u32 = 0; round < rounds; round++) {
    const vmo = made(vmo_create_paged(pager, <u64>pages * PAGE, round, 0, scratch), 83);
    const begin = now();
    // Backwards: one page at a time is asked for.
    for (let page = pages; page-- != 0; ) need(vmo_read(vmo, <u64>page * PAGE, word, 8), 84);
    report(now() - begin, pages);
    handle_close(vmo);
  }
  proc_kill(pid, 9);
  wait(-1);
}

function many(count: u32): void {
  need(fd_pipe(scratch, 1), 85);
  const readEnd = load<i32>(scratch);
  const writeEnd = load<i32>(scratch, 4);
  const before = memoryRow(memoryTable(), "MemFree");
  for (let i: u32 = 0; i < count; i++) {
    const child = new Spawn();
    child.fds.push(0);
    child.fds.push(readEnd);
    if (child.run(["/bench/mem.wasm", "wait"]) < 0) proc_exit(86);
  }
  // All wait for their input once nothing is ready but this process.
  while (running(slurp("/proc/loadavg")) > 1) sched_yield();
  report((before - memoryRow(memoryTable(), "MemFree")) * 1000, count);
  fd_close(readEnd);
  fd_close(writeEnd);
  for (let i: u32 = 0; i < count; i++) wait(-1);
}

/** How many processes run: the number before the slash of /proc/loadavg. */
function running(text: string): u32 {
  const slash = text.indexOf("/");
  return <u32>parseUnsigned(text.substring(text.lastIndexOf(" ", slash) + 1, slash));
}

function idle(): void {
  store<u32>(scratch, <u32>scratch + 16);
  store<u32>(scratch, 8, 4);
  do fd_read(0, scratch, 1, scratch + 8); while (load<u32>(scratch, 8) != 0);
}

const mode = args[0];
const first = args.length > 1 ? <u32>parseUnsigned(args[1]) : 0;
const second = args.length > 2 ? <u32>parseUnsigned(args[2]) : 0;
if (mode == "serve") serve();
else if (mode == "clone") clones(false, first, second);
else if (mode == "copy") clones(true, first, second);
else if (mode == "fault") faults(first, second);
else if (mode == "many") many(first);
else if (mode == "wait") idle();
else proc_exit(64);
