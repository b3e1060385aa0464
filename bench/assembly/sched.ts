/**
 * latency HOGS WAKES | shares MS ROUNDS | starve MS ROUNDS | switch PROCESSES SWITCHES ROUNDS | parallel PROCESSES ROUNDS
 * One figure a line: microseconds late of each wake-up; CPU microseconds of three jobs with shares 1, 2 and 4 (three lines a
 * round); the longest microseconds a computing process went without its core beside processes that always go first;
 * nanoseconds a switch; microseconds until all of some equal computations were done.
 */
import { JOB_SELF, JOB_SHARES, JOB_SIZE } from "../../packages/abi/src/cloudos-v1";
import { args } from "../../packages/userland/assembly/lib/args";
import { monotonic, sleep } from "../../packages/userland/assembly/lib/clock";
import {
  fd_pipe,
  job_create,
  job_info,
  job_kill,
  job_set,
} from "../../packages/userland/assembly/lib/cloudos";
import { writeText } from "../../packages/userland/assembly/lib/io";
import { formatUnsigned, parseUnsigned } from "../../packages/userland/assembly/lib/numbers";
import { Spawn, wait } from "../../packages/userland/assembly/lib/spawn";
import { fd_close, fd_read, proc_exit, sched_yield } from "../../packages/userland/assembly/lib/wasi";

const MS: u64 = 1000000;
const SELF = "/bench/sched.wasm";
const scratch: usize = memory.data(128, 16);

function report(value: u64): void {
  writeText(1, formatUnsigned(value) + "\n");
}

function start(argv: string[], job: u32, stdin: i32 = -1): void {
  const spawn = new Spawn();
  spawn.job = job;
  if (stdin >= 0) spawn.fds.push(0), spawn.fds.push(stdin);
  if (spawn.run(argv) < 0) proc_exit(71);
}

function newJob(): u32 {
  if (job_create(<u32>JOB_SELF, scratch) != 0) proc_exit(72);
  return load<u32>(scratch);
}

function endJob(job: u32): void {
  job_kill(job);
  while (wait(-1) == 0);
}

/** Some microseconds of work whose result cannot be left out. */
function compute(turns: u32): u32 {
  let seed: u32 = turns;
  for (let i: u32 = 0; i < turns; i++) seed = seed * 1664525 + 1013904223;
  return seed;
}

function hog(): void {
  while (compute(100000) != 0 || true);
}

/** A process that sleeps and looks at the clock when it wakes, as an interactive one would at a key. */
function latency(hogs: u32, wakes: u32): void {
  const job = newJob();
  for (let i: u32 = 0; i < hogs; i++) start([SELF, "hog"], job);
  sleep(300 * MS);
  for (let i: u32 = 0; i < wakes; i++) {
    const length = 3 * MS + <u64>(i % 7) * 500000;
    const due = monotonic() + length;
    sleep(length);
    report((monotonic() - due) / 1000);
  }
  endJob(job);
}

function shares(ms: u32, rounds: u32): void {
  for (let round: u32 = 0; round < rounds; round++) {
    const jobs = new StaticArray<u32>(3);
    const before = new StaticArray<f64>(3);
    for (let i: u32 = 0; i < 3; i++) {
      jobs[i] = newJob();
      if (job_set(jobs[i], <u32>JOB_SHARES, 1024 << i) != 0) proc_exit(73);
      // Different numbers of processes: shares are the job's.
      for (let k: u32 = 0; k < 3 - i; k++) start([SELF, "hog"], jobs[i]);
    }
    sleep(200 * MS);
    for (let i: u32 = 0; i < 3; i++) before[i] = used(jobs[i]);
    sleep(<u64>ms * MS);
    for (let i: u32 = 0; i < 3; i++) report(<u64>(used(jobs[i]) - before[i]));
    for (let i: u32 = 0; i < 3; i++) job_kill(jobs[i]);
    while (wait(-1) == 0);
  }
}

function used(job: u32): f64 {
  if (job_info(job, scratch) != 0) proc_exit(74);
  return load<f64>(scratch, 48) + load<f64>(scratch, 56);
}

/** Eight processes that compute a little and then sleep for a moment never leave the highest level; together they fill the core. */
function starve(ms: u32, rounds: u32): void {
  const job = newJob();
  for (let i: u32 = 0; i < 8; i++) start([SELF, "pulse"], job);
  for (let round: u32 = 0; round < rounds; round++) {
    const end = monotonic() + <u64>ms * MS;
    let last = monotonic();
    let longest: u64 = 0;
    while (last < end) {
      compute(2000);
      const now = monotonic();
      longest = max(longest, now - last);
      last = now;
    }
    report(longest / 1000);
  }
  endJob(job);
}

function pulse(): void {
  while (true) {
    const end = monotonic() + MS;
    while (monotonic() < end) compute(1000);
    sleep(1000);
  }
}

/** Processes that do nothing but give way. The kernel counts the switches of their job. */
function switches(processes: u32, count: u32, rounds: u32): void {
  if (fd_pipe(scratch, 1) != 0) proc_exit(75);
  const gate = load<u32>(scratch);
  const release = load<u32>(scratch, 4);
  const job = newJob();
  for (let i: u32 = 0; i < processes; i++) start([SELF, "yielder"], job, gate);
  fd_close(release);
  // All of them have had their first turn when this one, which is last in the queue, has had a few.
  for (let i = 0; i < 4; i++) sched_yield();
  for (let round: u32 = 0; round < rounds; round++) {
    const before = counted(job);
    const begin = monotonic();
    while (counted(job) - before < <f64>count) for (let i = 0; i < 4; i++) sched_yield();
    report(<u64>(<f64>(monotonic() - begin) / (counted(job) - before)));
  }
  endJob(job);
}

function counted(job: u32): f64 {
  if (job_info(job, scratch) != 0) proc_exit(76);
  return load<f64>(scratch, 72);
}

function yielder(): void {
  store<u32>(scratch, <u32>(scratch + 16));
  store<u32>(scratch, 1, 4);
  fd_read(0, scratch, 1, scratch + 8);
  while (true) sched_yield();
}

function parallel(processes: u32, rounds: u32): void {
  for (let round: u32 = 0; round < rounds; round++) {
    const begin = monotonic();
    for (let i: u32 = 0; i < processes; i++) start([SELF, "work"], 0);
    while (wait(-1) == 0);
    report((monotonic() - begin) / 1000);
  }
}

if (JOB_SIZE > 128) proc_exit(77);
const mode = args[0];
const first = args.length > 1 ? <u32>parseUnsigned(args[1]) : 0;
const second = args.length > 2 ? <u32>parseUnsigned(args[2]) : 0;
const third = args.length > 3 ? <u32>parseUnsigned(args[3]) : 0;
if (mode == "hog") hog();
else if (mode == "pulse") pulse();
else if (mode == "yielder") yielder();
else if (mode == "work") for (let i = 0; i < 4000; i++) compute(100000);
else if (mode == "latency") latency(first, second);
else if (mode == "shares") shares(first, second);
else if (mode == "starve") starve(first, second);
else if (mode == "switch") switches(first, second, third);
else if (mode == "parallel") parallel(first, second);
else proc_exit(64);
