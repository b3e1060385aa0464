import { PAGE_SIZE } from "@cloudos/abi/params";
import { NSIG } from "@cloudos/abi/signals";
import type { ProcessInfo, ProcessTable } from "./process-table.ts";

/** Texts of /proc/<pid>/*, in the formats of proc(5), so that scripts and `ps` written for Linux can read them. */
export const PROCESS_FILES: Readonly<
  Record<string, (table: ProcessTable, process: ProcessInfo, fdSize: number) => string | Uint8Array>
> = {
  cmdline: (table, process) => table.block(process.pid, "arguments"),
  comm: (_table, process) => `${commOf(process)}\n`,
  environ: (table, process) => table.block(process.pid, "environment"),
  stat: (_table, process) => statOf(process),
  statm: (_table, process) => {
    const pages = Math.ceil(process.memoryBytes / PAGE_SIZE);
    return `${pages} ${pages} 0 0 0 ${pages} 0\n`;
  },
  status: (_table, process, fdSize) => statusOf(process, fdSize),
};

/** The kernel's clock tick as programs see it (sysconf(_SC_CLK_TCK)). */
const TICKS_PER_SECOND = 100;
const COMM_MAX = 15;

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

function statOf(process: ProcessInfo): string {
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
    0, // cutime
    0, // cstime
    20 + process.nice,
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
    0, // wchan
    0, // nswap
    0, // cnswap
    0, // exit_signal
    process.core,
    0, // rt_priority
    0, // policy
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

function statusOf(process: ProcessInfo, fdSize: number): string {
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
    ["Cpus_allowed_list", process.core],
    ["voluntary_ctxt_switches", process.switches],
    ["nonvoluntary_ctxt_switches", 0],
  ];
  return `${rows.map(([name, value]) => `${name}:\t${value}`).join("\n")}\n`;
}

function mask(signals: number): string {
  return (signals >>> 0).toString(16).padStart(16, "0");
}

function bits(signals: number): number {
  let count = 0;
  for (let rest = signals >>> 0; rest !== 0; rest &= rest - 1) count++;
  return count;
}
