/** Processes, read from /proc (formats of proc(5)). */
import { readNames } from "../directory";
import { isAllDigits } from "../bytes";
import * as fs from "../fs";
import { Reader } from "../io";
import { formatUnsigned, parseSigned, parseUnsigned } from "../numbers";

/** Ticks per second in /proc times (USER_HZ). */
export const TICKS: u64 = 100;

/** A whole small file, or "" when it cannot be read. */
export function slurp(path: string): string {
  const fd = fs.openRead(path);
  if (fd < 0) return "";
  const reader = new Reader(fd);
  const text = reader.readAll();
  reader.free();
  fs.close(fd);
  return text;
}

export class Process {
  pid: i32 = 0;
  name: string = "";
  state: string = "?";
  ppid: i32 = 0;
  pgid: i32 = 0;
  sid: i32 = 0;
  /** Linux device number of the terminal: major << 8 | minor; 0 without one. */
  tty: i32 = 0;
  foreground: i32 = -1;
  userTicks: u64 = 0;
  systemTicks: u64 = 0;
  priority: i64 = 20;
  nice: i64 = 0;
  threads: u64 = 1;
  startTicks: u64 = 0;
  memoryBytes: u64 = 0;
  core: u64 = 0;
  /** Real-time priority; 0 for the ordinary class. */
  realtime: u64 = 0;
  /** Linux's number: 0 SCHED_OTHER, 2 SCHED_RR. */
  policy: u64 = 0;
  uid: u32 = 0;

  get ticks(): u64 {
    return this.userTicks + this.systemTicks;
  }

  get ttyName(): string {
    if (this.tty == 0) return "?";
    return "pts/" + formatUnsigned(this.tty & 255);
  }

  /** What it waits for, "-" when it runs or could. */
  waitChannel(): string {
    const name = slurp("/proc/" + formatUnsigned(this.pid) + "/wchan");
    return name.length == 0 || name == "0" ? "-" : name;
  }

  /** Number of its job: a line of /proc/jobs. */
  job(): string {
    const lines = slurp("/proc/" + formatUnsigned(this.pid) + "/sched").split("\n");
    // After the title, which begins with the program's name.
    for (let i = 2; i < lines.length; i++) {
      if (lines[i].startsWith("job ")) return lines[i].substring(lines[i].lastIndexOf(" ") + 1);
    }
    return "-";
  }

  /** Command line with spaces between arguments, or [name] when it has none. */
  commandLine(): string {
    const text = slurp("/proc/" + formatUnsigned(this.pid) + "/cmdline");
    if (text.length == 0) return "[" + this.name + "]";
    return text.substring(0, text.endsWith("\0") ? text.length - 1 : text.length).replaceAll("\0", " ");
  }
}

/** The process, or null when it is gone. */
export function readProcess(pid: i32): Process | null {
  const directory = "/proc/" + formatUnsigned(pid);
  const text = slurp(directory + "/stat");
  // The name is in parentheses and may hold anything, parentheses too.
  const open = text.indexOf("(");
  const close = text.lastIndexOf(")");
  if (open < 0 || close < open) return null;
  const fields = text.substring(close + 2).split(" ");
  if (fields.length < 37) return null;
  const process = new Process();
  process.pid = pid;
  process.name = text.substring(open + 1, close);
  process.state = fields[0];
  process.ppid = <i32>parseSigned(fields[1]);
  process.pgid = <i32>parseSigned(fields[2]);
  process.sid = <i32>parseSigned(fields[3]);
  process.tty = <i32>parseSigned(fields[4]);
  process.foreground = <i32>parseSigned(fields[5]);
  process.userTicks = parseUnsigned(fields[11]);
  process.systemTicks = parseUnsigned(fields[12]);
  process.priority = parseSigned(fields[15]);
  process.nice = parseSigned(fields[16]);
  process.threads = parseUnsigned(fields[17]);
  process.startTicks = parseUnsigned(fields[19]);
  process.memoryBytes = parseUnsigned(fields[20]);
  process.core = parseUnsigned(fields[36]);
  if (fields.length >= 39) {
    process.realtime = parseUnsigned(fields[37]);
    process.policy = parseUnsigned(fields[38]);
  }
  const st = new fs.Stat();
  if (fs.stat(directory, st) == 0) process.uid = st.uid;
  return process;
}

/** All processes in order of pid. */
export function readProcesses(): Process[] {
  const names: string[] = [];
  readNames("/proc", names);
  const list: Process[] = [];
  for (let i = 0; i < names.length; i++) {
    if (!isAllDigits(names[i])) continue;
    const process = readProcess(<i32>parseUnsigned(names[i]));
    if (process !== null) list.push(process);
  }
  list.sort((a, b) => a.pid - b.pid);
  return list;
}
