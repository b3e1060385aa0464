import { WCHAN_CHILD, WCHAN_NONE, WCHAN_QUEUE, WCHAN_SERVICE, WCHAN_TIMER } from "@cloudos/abi/cloudos-v1";
import { PAGE_SIZE } from "@cloudos/abi/params";
import { NSIG } from "@cloudos/abi/signals";
import { handlesText } from "./handles-text.ts";
import type { ProcessInfo, ProcessTable, SchedulingInfo } from "./process-table.ts";

/** Texts of /proc/<pid>/*, in the formats of proc(5), so that scripts and `ps` written for Linux can read them. */
export const PROCESS_FILES: Readonly<
  Record<string, (table: ProcessTable, process: ProcessInfo, fdSize: number) => string | Uint8Array>
> = {
  cmdline: (table, process) => table.block(process.pid, "arguments"),
  comm: (_table, process) => `${commOf(process)}\n`,
  handles: (table, process) => handlesText(table, process.pid),
  environ: (table, process) => table.block(process.pid, "environment"),
  sched: (table, process) => schedOf(process, table.scheduling(process.pid) ?? UNSCHEDULED),
  schedstat: (table, process) => {
    const { waitUs, voluntary, involuntary } = table.scheduling(process.pid) ?? UNSCHEDULED;
    return `${nanoseconds(process.userUs + process.systemUs)} ${nanoseconds(waitUs)} ${voluntary + involuntary}\n`;
  },
  stat: (table, process) => statOf(process, table.scheduling(process.pid) ?? UNSCHEDULED),
  statm: (_table, process) => {
    const pages = Math.ceil(process.memoryBytes / PAGE_SIZE);
    return `${pages} ${pages} 0 0 0 ${pages} 0\n`;
  },
  status: (table, process, fdSize) =>
    statusOf(process, fdSize, table.scheduling(process.pid) ?? UNSCHEDULED, table.cores().length),
  // No newline at the end, as on Linux.
  wchan: (table, process) => (process.state === "R" ? "0" : wchanOf(table.scheduling(process.pid) ?? UNSCHEDULED)),
};

/** The kernel's clock tick as programs see it (sysconf(_SC_CLK_TCK)). */
const TICKS_PER_SECOND = 100;
const COMM_MAX = 15;

/** A process that ended between two questions. */
const UNSCHEDULED: SchedulingInfo = {
  realtime: 0,
  level: 0,
  job: 0,
  waitUs: 0,
  voluntary: 0,
  involuntary: 0,
  waitsFor: WCHAN_NONE,
  childUserUs: 0,
  childSystemUs: 0,
  affinity: 0n,
};

/** Linux's policy numbers. */
const SCHED_OTHER = 0;
const SCHED_RR = 2;

/** Names of the functions that Linux would be waiting in. */
const WCHAN_NAMES: Readonly<Record<number, string>> = {
  [WCHAN_NONE]: "0",
  [WCHAN_CHILD]: "do_wait",
  [WCHAN_TIMER]: "hrtimer_nanosleep",
  [WCHAN_SERVICE]: "vfs_request",
  [WCHAN_QUEUE]: "wait_queue",
};

function wchanOf({ waitsFor }: SchedulingInfo): string {
  return WCHAN_NAMES[waitsFor] ?? "0";
}

function nanoseconds(us: number): number {
  return Math.floor(us * 1000);
}

const STATE_NAMES: Readonly<Record<string, string>> = {
  R: "running",
  S: "sleeping",
  T: "stopped",
  Z: "zombie",
  C: "idle",
};

/** Linux has no "created" state; a process not yet loaded is idle. */
function stateLetter(process: ProcessInfo): string {
  return process.state === "C" ? "I" : process.state;
}

function commOf(process: ProcessInfo): string {
  return process.name.slice(process.name.lastIndexOf("/") + 1).slice(0, COMM_MAX);
}

function ticks(us: number): number {
  return Math.floor((us * TICKS_PER_SECOND) / 1e6);
}

function statOf(process: ProcessInfo, scheduling: SchedulingInfo): string {
  const { realtime } = scheduling;
  // tty_nr: major 136 (UNIX98 pts) and the index as minor.
  const tty = process.tty < 0 ? 0 : (136 << 8) | process.tty;
  const fields = [
    process.pid,
    `(${commOf(process)})`,
    stateLetter(process),
    process.ppid,
    process.pgid,
    process.sid,
    tty,
    process.tty < 0 ? -1 : process.foreground,
    0, // flags
    0, // minflt
    0, // cminflt
    0, // majflt
    0, // cmajflt
    ticks(process.userUs),
    ticks(process.systemUs),
    ticks(scheduling.childUserUs),
    ticks(scheduling.childSystemUs),
    realtime === 0 ? 20 + process.nice : -1 - realtime,
    process.nice,
    process.threads,
    0, // itrealvalue
    ticks(process.startUs),
    process.memoryBytes,
    Math.ceil(process.memoryBytes / PAGE_SIZE),
    "18446744073709551615", // rsslim: none
    0, // startcode
    0, // endcode
    0, // startstack
    0, // kstkesp
    0, // kstkeip
    process.pending,
    0, // blocked
    process.ignored,
    process.queued, // sigcatch
    wchanOf(scheduling) === "0" ? 0 : 1, // wchan: only whether it waits
    0, // nswap
    0, // cnswap
    0, // exit_signal
    process.core,
    realtime, // rt_priority
    realtime === 0 ? SCHED_OTHER : SCHED_RR, // policy
    0, // delayacct_blkio_ticks
    0, // guest_time
    0, // cguest_time
    0, // start_data
    0, // end_data
    0, // start_brk
    0, // arg_start
    0, // arg_end
    0, // env_start
    0, // env_end
    0, // exit_code
  ];
  return `${fields.join(" ")}\n`;
}

function statusOf(process: ProcessInfo, fdSize: number, scheduling: SchedulingInfo, cores: number): string {
  const allowed = allowedOf(scheduling, cores);
  const kilobytes = `${String(Math.ceil(process.memoryBytes / 1024)).padStart(8)} kB`;
  const rows: [string, string | number][] = [
    ["Name", commOf(process)],
    ["Umask", "0022"],
    ["State", `${stateLetter(process)} (${STATE_NAMES[process.state] ?? "unknown"})`],
    ["Tgid", process.pid],
    ["Ngid", 0],
    ["Pid", process.pid],
    ["PPid", process.ppid],
    ["TracerPid", 0],
    ["Uid", "1000\t1000\t1000\t1000"],
    ["Gid", "1000\t1000\t1000\t1000"],
    ["FDSize", fdSize],
    ["Groups", "1000 "],
    ["NSpid", process.pid],
    ["NSpgid", process.pgid],
    ["NSsid", process.sid],
    ["VmPeak", kilobytes],
    ["VmSize", kilobytes],
    ["VmHWM", kilobytes],
    ["VmRSS", kilobytes],
    ["VmData", kilobytes],
    ["Threads", process.threads],
    ["SigQ", `${bits(process.pending)}/${NSIG}`],
    ["SigPnd", mask(process.pending)],
    ["ShdPnd", mask(process.pending)],
    ["SigBlk", mask(0)],
    ["SigIgn", mask(process.ignored)],
    ["SigCgt", mask(process.queued)],
    ["Cpus_allowed", groups(allowed)],
    ["Cpus_allowed_list", ranges(allowed)],
    ["voluntary_ctxt_switches", scheduling.voluntary],
    ["nonvoluntary_ctxt_switches", scheduling.involuntary],
  ];
  return `${rows.map(([name, value]) => `${name}:\t${value}`).join("\n")}\n`;
}

/** Linux's form: what the scheduler accounts, then what it decides by. */
function schedOf(process: ProcessInfo, scheduling: SchedulingInfo): string {
  const rows: [string, string | number][] = [
    ["se.sum_exec_runtime", milliseconds(process.userUs + process.systemUs)],
    ["se.statistics.wait_sum", milliseconds(scheduling.waitUs)],
    ["nr_switches", scheduling.voluntary + scheduling.involuntary],
    ["nr_voluntary_switches", scheduling.voluntary],
    ["nr_involuntary_switches", scheduling.involuntary],
    ["policy", scheduling.realtime === 0 ? SCHED_OTHER : SCHED_RR],
    ["prio", scheduling.realtime === 0 ? 120 + process.nice : 99 - scheduling.realtime],
    ["mlfq.level", scheduling.level],
    ["core", process.core],
    ["job", scheduling.job],
  ];
  const title = `${commOf(process)} (${process.pid}, #threads: ${process.threads})\n`;
  const line = "-".repeat(67);
  return `${title}${line}\n${rows.map(([name, value]) => `${name.padEnd(45)}:${String(value).padStart(21)}\n`).join("")}`;
}

function milliseconds(us: number): string {
  return (us / 1000).toFixed(6);
}

function allowedOf({ affinity }: SchedulingInfo, cores: number): bigint {
  const all = (1n << BigInt(cores)) - 1n;
  // A mask without any core there is means all of them.
  return (affinity & all) === 0n ? all : affinity & all;
}

/** Hexadecimal, in groups of 32 bits. */
function groups(cores: bigint): string {
  const words: string[] = [];
  for (let rest = cores; words.length === 0 || rest !== 0n; rest >>= 32n) {
    words.unshift((rest & 0xffffffffn).toString(16).padStart(8, "0"));
  }
  return words.join(",").replace(/^0+(?=.)/, "");
}

/** "0-2,5" */
function ranges(cores: bigint): string {
  const parts: string[] = [];
  for (let first = 0; cores >> BigInt(first) !== 0n; first++) {
    if (((cores >> BigInt(first)) & 1n) === 0n) continue;
    let last = first;
    while (((cores >> BigInt(last + 1)) & 1n) !== 0n) last++;
    parts.push(last === first ? String(first) : `${first}-${last}`);
    first = last;
  }
  return parts.join(",");
}

function mask(signals: number): string {
  return (signals >>> 0).toString(16).padStart(16, "0");
}

function bits(signals: number): number {
  let count = 0;
  for (let rest = signals >>> 0; rest !== 0; rest &= rest - 1) count++;
  return count;
}
