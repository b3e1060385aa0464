/** Starting programs and waiting for them. */
import {
  SPAWN_FOREGROUND,
  SPAWN_JOB,
  SPAWN_NONE,
  SPAWN_SEARCH,
  SPAWN_SETPGROUP,
  SPAWN_SIZE,
  WAIT_EXITED,
} from "../../../abi/src/cloudos-v1";
import { EINTR, ENOENT } from "../../../abi/src/errno";
import { SIG_DFL } from "../../../abi/src/signals";
import { environment } from "./args";
import { addressOf, toBytes } from "./bytes";
import { proc_getpid, proc_kill, proc_spawn, proc_wait, sig_action } from "./cloudos";
import { proc_exit } from "./wasi";

const ATTRIBUTES = memory.data(48, 8);
const OUT = memory.data(16, 8);

function block(list: string[]): StaticArray<u8> {
  return list.length == 0 ? new StaticArray<u8>(0) : toBytes(list.join("\0") + "\0");
}

export class Spawn {
  /** Environment as NAME=VALUE strings; null: this process's. */
  env: string[] | null = null;
  /** Pairs (child descriptor, own descriptor); -1 closes the child's. */
  fds: i32[] = [];
  /** Put the child in a process group of its own. */
  ownGroup: bool = false;
  /** Give the child's group the terminal on this descriptor; -1 no. */
  foregroundTty: i32 = -1;
  /** Bit n-1: signal n starts with its default action. */
  defaultSignals: u32 = 0;
  /** Bit n-1: signal n starts ignored. */
  ignoredSignals: u32 = 0;
  /** Handle value of the job it starts in; 0: this process's. */
  job: u32 = 0;

  /** Starts `argv[0]`, looked for in PATH when it has no slash: a pid, or -errno. */
  run(argv: string[]): i32 {
    memory.fill(ATTRIBUTES, 0, SPAWN_SIZE);
    const map = new StaticArray<i32>(this.fds.length);
    for (let i = 0; i < this.fds.length; i++) map[i] = this.fds[i];
    let flags = SPAWN_SEARCH;
    if (this.ownGroup) flags |= SPAWN_SETPGROUP;
    if (this.foregroundTty >= 0) flags |= SPAWN_FOREGROUND;
    if (this.job != 0) flags |= SPAWN_JOB;
    store<u32>(ATTRIBUTES, flags);
    store<u32>(ATTRIBUTES, <u32>changetype<usize>(map), 8);
    store<u32>(ATTRIBUTES, this.fds.length >> 1, 12);
    store<u32>(ATTRIBUTES, <u32>SPAWN_NONE, 16);
    store<i32>(ATTRIBUTES, this.foregroundTty, 24);
    store<u32>(ATTRIBUTES, this.defaultSignals, 28);
    store<u32>(ATTRIBUTES, this.ignoredSignals, 32);
    store<u32>(ATTRIBUTES, <u32>SPAWN_NONE, 40);
    store<u32>(ATTRIBUTES, this.job, 44);
    const path = toBytes(argv[0]);
    const arguments = block(argv);
    const env = this.env;
    const variables = block(env === null ? environment() : env);
    const error = proc_spawn(
      addressOf(path),
      path.length,
      addressOf(arguments),
      arguments.length,
      addressOf(variables),
      variables.length,
      ATTRIBUTES,
      OUT,
    );
    return error == 0 ? load<i32>(OUT) : -(<i32>error);
  }
}

/** How the child `wait` waited for ended. */
export let waitedPid: i32 = 0;
export let waitedKind: u32 = 0;
/** Exit code, or signal number. */
export let waitedCode: i32 = 0;
/** Processor time it took, in milliseconds. */
export let waitedCpuMs: u32 = 0;

/** Waits for a child (-1: any) with WAIT_* options: 0 or errno. EINTR is the caller's to handle. */
export function wait(pid: i32, options: u32 = 0): i32 {
  const error = proc_wait(pid, options, OUT);
  if (error != 0) return error;
  waitedPid = load<i32>(OUT);
  waitedKind = load<u32>(OUT, 4);
  waitedCode = load<i32>(OUT, 8);
  waitedCpuMs = load<u32>(OUT, 12);
  return 0;
}

/** Waits until the child has ended: its exit status as a shell shows it (128 + n for signal n), or -errno. */
export function waitStatus(pid: i32): i32 {
  while (true) {
    const error = wait(pid);
    if (error == EINTR) continue;
    if (error != 0) return -error;
    return waitedKind == WAIT_EXITED ? waitedCode : 128 + waitedCode;
  }
}

/** Ends this process the way the child ends: with its status, or by the same signal. */
export function exitLike(pid: i32): void {
  const status = waitStatus(pid);
  if (status >= 0 && waitedKind != WAIT_EXITED) {
    sig_action(waitedCode, SIG_DFL, 0);
    proc_kill(proc_getpid(), waitedCode);
  }
  proc_exit(status < 0 ? 125 : status);
}

/** Exit status for a program that could not be started: 127 not found, 126 found but not runnable (POSIX 2.8.2). */
export function spawnFailureStatus(errno: i32): i32 {
  return errno == ENOENT ? 127 : 126;
}
