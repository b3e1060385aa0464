/** The first lines of top: load, processes, processor, memory. */
import { padStart } from "../bytes";
import { now } from "../clock";
import { formatFixed } from "../float";
import { formatUnsigned, parseUnsigned } from "../numbers";
import { format } from "../strftime";
import { localCalendar, localZone } from "../timezone";
import { Process, slurp } from "./process";
import { loadAverages, memoryRow, memoryTable, uptimeSeconds, uptimeText } from "./system";

/** Busy and idle ticks of all cores since boot. */
export class CpuTimes {
  busy: u64 = 0;
  system: u64 = 0;
  idle: u64 = 0;

  constructor() {
    const line = slurp("/proc/stat").split("\n")[0];
    const fields = line.replace("cpu  ", "").split(" ");
    const known = fields.length >= 4;
    if (known) this.busy = parseUnsigned(fields[0]) + parseUnsigned(fields[1]);
    if (known) this.system = parseUnsigned(fields[2]);
    if (known) this.idle = parseUnsigned(fields[3]);
  }
}

function mebibytes(bytes: u64): string {
  return padStart(formatFixed(<f64>bytes / 1048576, 1), 8);
}

function count(processes: Process[], states: string): string {
  let total = 0;
  for (let i = 0; i < processes.length; i++) if (states.includes(processes[i].state)) total++;
  return padStart(formatUnsigned(total), 3);
}

function percent(part: u64, whole: u64): string {
  return padStart(formatFixed(whole == 0 ? 0 : (<f64>part * 100) / <f64>whole, 1), 5);
}

export function summaryLines(processes: Process[], before: CpuTimes, after: CpuTimes): string[] {
  const clock = format("%H:%M:%S", localCalendar(localZone(), now()));
  const memory = memoryTable();
  const total = memoryRow(memory, "MemTotal");
  const free = memoryRow(memory, "MemFree");
  const cached = memoryRow(memory, "Cached");
  const user = after.busy - before.busy;
  const system = after.system - before.system;
  const idle = after.idle - before.idle;
  const whole = user + system + idle;
  return [
    "top - " + clock + " " + uptimeText(<u64>uptimeSeconds()) + ",  load average: " + loadAverages(),
    "Tasks: " + padStart(formatUnsigned(processes.length), 3) + " total, " + count(processes, "R") + " running, " + count(processes, "SDI") + " sleeping, " + count(processes, "Tt") + " stopped, " + count(processes, "Z") + " zombie",
    "%Cpu(s):" + percent(user, whole) + " us," + percent(system, whole) + " sy," + percent(idle, whole) + " id",
    "MiB Mem :" + mebibytes(total) + " total," + mebibytes(free) + " free," + mebibytes(total - min(total, free + cached)) + " used," + mebibytes(cached) + " cache",
  ];
}
