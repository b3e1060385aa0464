/**
 * ipc call BYTES CALLS ROUNDS | move TIMES ROUNDS | copy TIMES ROUNDS
 * One line a round: nanoseconds a call and its reply; microseconds to hand 1 MiB to a server and hear that it has it, by moving a VMO's
 * handle there and back, or by copying it in sixteen messages.
 */
import { args } from "../../packages/userland/assembly/lib/args";
import {
  bootstrap_get, bootstrap_put, channel_call, channel_create, channel_reply_wait, handle_close,
} from "../../packages/userland/assembly/lib/cloudos";
import { writeText } from "../../packages/userland/assembly/lib/io";
import { formatUnsigned, parseUnsigned } from "../../packages/userland/assembly/lib/numbers";
import { Spawn, wait } from "../../packages/userland/assembly/lib/spawn";
import { clock_time_get, proc_exit } from "../../packages/userland/assembly/lib/wasi";

@external("cloudos_v1", "vmo_create")
declare function vmo_create(size: u64, flags: u32, out: usize): u32;
@external("cloudos_v1", "vmo_read")
declare function vmo_read(vmo: u32, offset: u64, to: usize, length: u32): u32;
@external("cloudos_v1", "vmo_write")
declare function vmo_write(vmo: u32, offset: u64, from: usize, length: u32): u32;

const CLOCK_MONOTONIC: u32 = 1;
const CHUNK: u32 = 65536;
const MIB: u32 = 1048576;
const scratch: usize = memory.data(16, 16);
const call: usize = memory.data(64, 16);
const name: usize = memory.data(16, 16);
const handles: usize = memory.data(64, 16);

function now(): u64 {
  clock_time_get(CLOCK_MONOTONIC, 1, scratch);
  return load<u64>(scratch);
}

function report(tenths: u64): void {
  writeText(1, formatUnsigned(tenths / 10) + "." + formatUnsigned(tenths % 10) + "\n");
}

function need(errno: u32, code: u32): void {
  if (errno != 0) proc_exit(code);
}

/** Starts the server with one end of a channel; the other end's handle. */
function serverEnd(): u32 {
  need(channel_create(scratch), 71);
  const mine = load<u32>(scratch);
  store<u64>(name, 0x646e65); // "end"
  need(bootstrap_put(name, load<u32>(scratch + 4), 0xffffffff), 72);
  if (new Spawn().run(["/bench/ipc.wasm", "serve"]) < 0) proc_exit(73);
  handle_close(load<u32>(scratch + 4));
  return mine;
}

function prepare(bytes: usize, length: u32, count: u32): void {
  store<u32>(call, <u32>bytes);
  store<u32>(call, length, 4);
  store<u32>(call, <u32>handles, 8);
  store<u32>(call, count, 12);
  store<u32>(call, <u32>bytes, 16);
  store<u32>(call, CHUNK, 20);
  store<u32>(call, <u32>handles, 24);
  store<u32>(call, 16, 28);
  store<u64>(call, u64.MAX_VALUE, 32);
}

/** Echoes up to 128 bytes, gives handles back, and answers what is larger with nothing. */
function serve(): void {
  store<u64>(name, 0x646e65);
  need(bootstrap_get(name, scratch), 74);
  const end = load<u32>(scratch);
  const buffer = heap.alloc(CHUNK);
  prepare(buffer, 0, 0);
  store<u32>(call, 0, 56);
  while (channel_reply_wait(end, call) == 0) {
    const length = load<u32>(call, 40);
    const count = load<u32>(call, 44);
    // It looks at what it was given.
    if (count != 0) need(vmo_read(load<u32>(handles), 0, buffer, 64), 75);
    store<u32>(call, length <= 128 ? length : 0, 4);
    store<u32>(call, count, 12);
  }
}

function calls(length: u32, count: u32, rounds: u32): void {
  const end = serverEnd();
  const buffer = heap.alloc(CHUNK);
  prepare(buffer, length, 0);
  for (let i = 0; i < 1000; i++) need(channel_call(end, call), 76);
  for (let round: u32 = 0; round < rounds; round++) {
    const begin = now();
    for (let i: u32 = 0; i < count; i++) need(channel_call(end, call), 77);
    report(((now() - begin) * 10) / count);
  }
  handle_close(end);
  wait(-1);
}

function bulk(copy: bool, count: u32, rounds: u32): void {
  const end = serverEnd();
  const buffer = heap.alloc(CHUNK);
  prepare(buffer, 0, 1);
  need(vmo_create(MIB, 0, handles), 78);
  for (let at: u32 = 0; at < MIB; at += CHUNK) need(vmo_write(load<u32>(handles), at, buffer, CHUNK), 79);
  for (let round: u32 = 0; round < rounds; round++) {
    const begin = now();
    for (let i: u32 = 0; i < count; i++) {
      if (copy) {
        prepare(buffer, CHUNK, 0);
        for (let at: u32 = 0; at < MIB; at += CHUNK) need(channel_call(end, call), 80);
      } else {
        prepare(buffer, 0, 1);
        need(channel_call(end, call), 81);
      }
    }
    report(((now() - begin) * 10) / count / 1000);
  }
  handle_close(end);
  wait(-1);
}

const mode = args[0];
const first = args.length > 1 ? <u32>parseUnsigned(args[1]) : 0;
const second = args.length > 2 ? <u32>parseUnsigned(args[2]) : 0;
const third = args.length > 3 ? <u32>parseUnsigned(args[3]) : 0;
if (mode == "serve") serve();
else if (mode == "call") calls(first, second, third);
else if (mode == "move") bulk(false, first, second);
else if (mode == "copy") bulk(true, first, second);
else proc_exit(64);
