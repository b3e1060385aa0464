/** vmstat: processes, memory and processor time, over and over. */
import { padStart } from "../lib/bytes";
import { sleep } from "../lib/clock";
import { die, dieUsage, finish } from "../lib/exit";
import { stdout } from "../lib/io";
import { formatUnsigned, parseFailed, parseUnsigned, scanUnsigned } from "../lib/numbers";
import { Options } from "../lib/options";
import { slurp } from "../lib/proc/process";
import { memoryRow, memoryTable } from "../lib/proc/system";
import { quoteProse } from "../lib/quote";


const USAGE = `Usage: vmstat [DELAY [COUNT]]
Show processes that run, memory in KiB (free, page cache, changed and not yet written, VMOs, linear memories), switches a
second and the cores' time in percent. The first line is since boot, the others since the line before; without DELAY there is
one line, without COUNT no end.`;

const options = new Options("", "", USAGE);
while (options.next()) continue;
const operands = options.operands;
if (operands.length > 2) dieUsage("extra operand " + quoteProse(operands[2]));
const delay = operands.length > 0 ? number(operands[0]) : 0;
let left: u64 = operands.length > 1 ? number(operands[1]) : delay > 0 ? u64.MAX_VALUE : 1;
if (operands.length > 0 && delay == 0) die("the delay is at least 1 second");

function number(text: string): u64 {
  const value = parseUnsigned(text);
  if (parseFailed) die("invalid number: " + quoteProse(text));
  return value;
}

/** The first number behind `name` at the start of a line, and after it the others of the line: `at` selects. */
function field(text: string, name: string, index: i32): u64 {
  let at = text.startsWith(name) ? name.length : text.indexOf("\n" + name) + 1 + name.length;
  for (let skip = 0; skip <= index; skip++) {
    while (at < text.length && text.charAt(at) == " ") at++;
    if (skip == index) break;
    while (at < text.length && text.charAt(at) != " ") at++;
  }
  return scanUnsigned(text, at, 10);
}

let busyBefore: u64 = 0;
let idleBefore: u64 = 0;
let switchesBefore: u64 = 0;
let secondsBefore: f64 = 0;

stdout.writeLine("procs ----------------memory---------------- -system- ---cpu---");
stdout.writeLine(" r      free    cache   dirty     vmo  linear       cs    us  id");
for (; left > 0; left--) {
  const stat = slurp("/proc/stat");
  const memory = memoryTable();
  const uptime = slurp("/proc/uptime");
  const seconds = <f64>scanUnsigned(uptime, 0, 10) + <f64>scanUnsigned(uptime, uptime.indexOf(".") + 1, 10) / 100;
  const busy = field(stat, "cpu ", 0);
  const idle = field(stat, "cpu ", 3);
  const switches = field(stat, "ctxt ", 0);
  const spent = max<u64>(1, busy - busyBefore + idle - idleBefore);
  const percent = (busy - busyBefore) * 100 / spent;
  const elapsed = max(seconds - secondsBefore, 0.01);
  stdout.writeLine(
    padStart(formatUnsigned(field(stat, "procs_running ", 0)), 2) +
      kib(memory, "MemFree", 10) + kib(memory, "Cached", 9) + kib(memory, "Dirty", 8) + kib(memory, "Vmo", 8) +
      kib(memory, "LinearMemory", 8) +
      padStart(formatUnsigned(<u64>(<f64>(switches - switchesBefore) / elapsed)), 9) +
      padStart(formatUnsigned(percent), 6) + padStart(formatUnsigned(100 - percent), 4),
  );
  busyBefore = busy;
  idleBefore = idle;
  switchesBefore = switches;
  secondsBefore = seconds;
  if (left > 1) {
    stdout.flush();
    sleep(delay * 1_000_000_000);
  }
}
finish(0);

function kib(table: string, name: string, width: i32): string {
  return padStart(formatUnsigned(memoryRow(table, name) / 1024), width);
}
