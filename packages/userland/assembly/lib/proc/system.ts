/** The machine as /proc shows it. */
import { formatUnsigned, parseEnd, scanUnsigned } from "../numbers";
import { slurp } from "./process";

/** A row of a "Name:  number kB" table in bytes; 0 when there is none. */
export function memoryRow(table: string, name: string): u64 {
  const at = table.startsWith(name + ":") ? 0 : table.indexOf("\n" + name + ":") + 1;
  if (at == 0 && !table.startsWith(name + ":")) return 0;
  let digits = at + name.length + 1;
  while (digits < table.length && table.charAt(digits) == " ") digits++;
  return scanUnsigned(table, digits, 10) * 1024;
}

export function memoryTable(): string {
  return slurp("/proc/meminfo");
}

/** Seconds since boot. */
export function uptimeSeconds(): f64 {
  const text = slurp("/proc/uptime");
  const whole = scanUnsigned(text, 0, 10);
  const hundredths = scanUnsigned(text, parseEnd + 1, 10);
  return <f64>whole + <f64>hundredths / 100;
}

/** Seconds since the epoch at boot. */
export function bootTime(): u64 {
  const text = slurp("/proc/stat");
  const at = text.indexOf("btime ");
  return at < 0 ? 0 : scanUnsigned(text, at + 6, 10);
}

/** "0.00, 0.01, 0.05" */
export function loadAverages(): string {
  const fields = slurp("/proc/loadavg").split(" ");
  return fields.length < 3 ? "0.00, 0.00, 0.00" : fields[0] + ", " + fields[1] + ", " + fields[2];
}

export function coreCount(): i32 {
  const text = slurp("/proc/cpuinfo");
  let count = 0;
  let at = text.indexOf("processor\t");
  while (at >= 0) {
    count++;
    at = text.indexOf("\nprocessor\t", at + 1);
  }
  return max(count, 1);
}

/** "up 3 min", "up  1:05", "up 2 days,  3:04" as uptime and top show it. */
export function uptimeText(seconds: u64): string {
  const days = seconds / 86400;
  const hours = (seconds / 3600) % 24;
  const minutes = (seconds / 60) % 60;
  let text = "up ";
  if (days > 0) text += formatUnsigned(days) + (days == 1 ? " day, " : " days, ");
  if (hours == 0) return text + formatUnsigned(minutes) + " min";
  return text + (hours < 10 ? " " : "") + formatUnsigned(hours) + ":" + (minutes < 10 ? "0" : "") + formatUnsigned(minutes);
}
