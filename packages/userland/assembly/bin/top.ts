/** top: processes by use of the processor, again and again. */
import { SIG_QUEUE, SIGINT, SIGTERM, SIGTSTP, SIGWINCH } from "../../../abi/src/signals";
import { padEnd, padStart } from "../lib/bytes";
import { monotonic, sleep, waitReadable } from "../lib/clock";
import { proc_kill, sig_action, sig_take } from "../lib/cloudos";
import { die, finish } from "../lib/exit";
import { formatFixed, floatEnd, scanFloat } from "../lib/float";
import { isTerminal, stdin, stdout } from "../lib/io";
import { formatPadded, formatSigned, formatUnsigned, parseFailed, parseUnsigned } from "../lib/numbers";
import { Options } from "../lib/options";
import { Process, readProcesses } from "../lib/proc/process";
import { CpuTimes, summaryLines } from "../lib/proc/summary";
import { memoryRow, memoryTable } from "../lib/proc/system";
import { quoteProse } from "../lib/quote";
import { enterRaw, leaveRaw } from "../lib/raw-terminal";
import { outputColumns, terminalRows } from "../lib/terminal";
import { userName } from "../lib/users";

const USAGE = `Usage: top [OPTION]...
Show processes by use of the processor, refreshed until q is pressed.

  -b          batch: plain text, for files and pipes
  -d SECONDS  between two looks (default 3)
  -n COUNT    looks, then end
  -p PID,...  only these
  -u USER     only processes of USER
  -o FIELD    sort by %CPU, %MEM, TIME or PID

Keys: q quit, space refresh, P by processor, M by memory, T by time, N by pid, R reverse, k kill.`;

let batch = false;
let delay: u64 = 3000000000;
let rounds: u64 = u64.MAX_VALUE;
let order = "P";
let reverse = false;
let onlyUser = "";
const onlyPids: i32[] = [];
let message = "";

/** Ticks of every process at the last look. */
let lastTicks = new Map<i32, u64>();
let lastTime: u64 = 0;
let lastTimes = new CpuTimes();
const shares = new Map<i32, f64>();

function share(p: Process): f64 {
  return shares.has(p.pid) ? shares.get(p.pid) : 0;
}

function compareProcesses(a: Process, b: Process): i32 {
  let result = 0;
  if (order == "P") result = share(a) > share(b) ? -1 : share(a) < share(b) ? 1 : 0;
  else if (order == "M") result = a.memoryBytes > b.memoryBytes ? -1 : a.memoryBytes < b.memoryBytes ? 1 : 0;
  else if (order == "T") result = a.ticks > b.ticks ? -1 : a.ticks < b.ticks ? 1 : 0;
  else result = b.pid - a.pid;
  if (result == 0) result = a.pid - b.pid;
  return reverse ? -result : result;
}

function timeText(ticks: u64): string {
  return formatUnsigned(ticks / 6000) + ":" + formatPadded((ticks / 100) % 60, 2) + "." + formatPadded(ticks % 100, 2);
}

function processLine(p: Process, memoryTotal: u64): string {
  const kibibytes = formatUnsigned(p.memoryBytes / 1024);
  return (
    padStart(formatSigned(p.pid), 7) +
    " " +
    padEnd(userName(p.uid).substring(0, 8), 8) +
    padStart(p.realtime != 0 ? "rt" : formatSigned(p.priority), 4) +
    padStart(formatSigned(p.nice), 4) +
    padStart(kibibytes, 9) +
    " " +
    p.state +
    padStart(formatFixed(share(p), 1), 6) +
    padStart(formatFixed(memoryTotal == 0 ? 0 : (<f64>p.memoryBytes * 100) / <f64>memoryTotal, 1), 6) +
    padStart(timeText(p.ticks), 10) +
    " " +
    p.commandLine()
  );
}

function look(): Process[] {
  const time = monotonic();
  const elapsed = <f64>(time - lastTime) / 1e7;
  const ticks = new Map<i32, u64>();
  const list: Process[] = readProcesses();
  const kept: Process[] = [];
  for (let i = 0; i < list.length; i++) {
    const p = list[i];
    ticks.set(p.pid, p.ticks);
    const before = lastTicks.has(p.pid) ? lastTicks.get(p.pid) : 0;
    shares.set(p.pid, lastTime == 0 || elapsed <= 0 || p.ticks < before ? 0 : (<f64>(p.ticks - before) * 100) / elapsed);
    if (onlyUser.length > 0 && userName(p.uid) != onlyUser) continue;
    if (onlyPids.length > 0 && !onlyPids.includes(p.pid)) continue;
    kept.push(p);
  }
  lastTicks = ticks;
  lastTime = time;
  kept.sort(compareProcesses);
  return kept;
}

function draw(): void {
  const processes = look();
  const times = new CpuTimes();
  const lines = summaryLines(processes, lastTimes, times);
  lastTimes = times;
  const memoryTotal = memoryRow(memoryTable(), "MemTotal");
  const columns = batch ? i32.MAX_VALUE : outputColumns(1);
  const rows = batch ? i32.MAX_VALUE : terminalRows(1);
  const end = batch ? "\n" : "\x1b[K\r\n";
  if (!batch) stdout.write("\x1b[H");
  for (let i = 0; i < lines.length; i++) stdout.write(lines[i].substring(0, columns) + end);
  stdout.write(message + end);
  message = "";
  const title = "    PID USER      PR  NI     SIZE S  %CPU  %MEM     TIME+ COMMAND";
  const titleText = title.substring(0, columns);
  stdout.write(batch ? titleText + "\n" : "\x1b[7m" + padEnd(titleText, columns) + "\x1b[0m\r\n");
  const most = min(processes.length, rows - lines.length - 2);
  for (let i = 0; i < most; i++) {
    const line = processLine(processes[i], memoryTotal).substring(0, columns);
    stdout.write(batch ? line + "\n" : line + (i + 1 < most ? end : "\x1b[K"));
  }
  if (!batch) stdout.write("\x1b[J");
  stdout.flush();
}

function leave(): void {
  leaveRaw();
  stdout.write("\x1b[?1049l\x1b[?25h");
  finish(0);
}

/** Asks a question on the message line; keys are shown as typed. */
function ask(question: string): string {
  stdout.write("\x1b[5;1H" + question + "\x1b[K\x1b[?25h");
  stdout.flush();
  let answer = "";
  for (let key = stdin.readByte(); key >= 0 && key != 13 && key != 10; key = stdin.readByte()) {
    if (key == 27) return "";
    if (key == 127 || key == 8) {
      if (answer.length > 0) stdout.write("\b \b");
      answer = answer.substring(0, max(answer.length - 1, 0));
    } else if (key >= 32) {
      answer += String.fromCharCode(key);
      stdout.writeByte(key);
    }
    stdout.flush();
  }
  stdout.write("\x1b[?25l");
  return answer;
}

function killAsked(): void {
  const pid = parseUnsigned(ask("PID to signal (TERM): "));
  if (parseFailed) return;
  message = proc_kill(<i32>pid, SIGTERM) == 0 ? "Sent TERM to " + formatUnsigned(pid) : "Cannot signal " + formatUnsigned(pid);
}

/** Handles one key: false when top is to end. */
function handleKey(key: i32): bool {
  switch (key) {
    case -1:
    case 113: // q
    case 3:
      return false;
    case 80: // P
    case 77: // M
    case 84: // T
    case 78: // N
      order = String.fromCharCode(key);
      break;
    case 82: // R
      reverse = !reverse;
      break;
    case 107: // k
      killAsked();
      break;
  }
  return true;
}

function handleSignals(): bool {
  for (let signal = sig_take(); signal != 0; signal = sig_take()) {
    if (signal == SIGINT || signal == SIGTERM) return false;
    if (signal == SIGTSTP) {
      leaveRaw();
      stdout.write("\x1b[?1049l\x1b[?25h");
      stdout.flush();
      sig_action(SIGTSTP, 0, 0);
      proc_kill(0, SIGTSTP);
      sig_action(SIGTSTP, SIG_QUEUE, 0);
      enterRaw(0);
      stdout.write("\x1b[?1049h\x1b[?25l");
    }
  }
  return true;
}

function runInteractive(): void {
  stdout.setLineBuffered(false);
  sig_action(SIGINT, SIG_QUEUE, 0);
  sig_action(SIGTERM, SIG_QUEUE, 0);
  sig_action(SIGTSTP, SIG_QUEUE, 0);
  sig_action(SIGWINCH, SIG_QUEUE, 0);
  stdout.write("\x1b[?1049h\x1b[?25l\x1b[2J");
  for (let i: u64 = 0; i < rounds; i++) {
    draw();
    if (i + 1 == rounds) break;
    const ready = waitReadable(0, delay);
    if (!handleSignals()) break;
    if (ready && !handleKey(stdin.readByte())) break;
  }
  leave();
}

const options = new Options("bd:n:p:u:U:o:s", "batch=b batch-mode=b delay:=d iterations:=n pid:=p user:=u sort-override:=o", USAGE);
while (options.next()) {
  switch (options.name) {
    case "b":
      batch = true;
      break;
    case "d": {
      const seconds = scanFloat(options.value);
      if (floatEnd != options.value.length || seconds.negative) die("bad delay interval " + quoteProse(options.value));
      delay = <u64>(max(seconds.toF64(), 0.05) * 1e9);
      break;
    }
    case "n":
      rounds = parseUnsigned(options.value);
      if (parseFailed || rounds == 0) die("bad iterations argument " + quoteProse(options.value));
      break;
    case "p": {
      const words = options.value.split(",");
      for (let i = 0; i < words.length; i++) {
        const pid = parseUnsigned(words[i]);
        if (parseFailed) die("bad pid " + quoteProse(words[i]));
        onlyPids.push(<i32>pid);
      }
      break;
    }
    case "u":
    case "U":
      onlyUser = options.value;
      break;
    case "o":
      order = options.value.includes("MEM") ? "M" : options.value.includes("TIME") ? "T" : options.value.includes("PID") ? "N" : "P";
      break;
  }
}
if (!batch && isTerminal(1) && enterRaw(0)) runInteractive();
if (!batch && rounds == u64.MAX_VALUE) die("failed tty get: standard input and output must be a terminal (or use -b)");
batch = true;
// Shares need two looks; the first lasts as short as makes sense.
look();
sleep(100000000);
for (let i: u64 = 0; i < rounds; i++) {
  if (i > 0) {
    sleep(delay);
    stdout.writeByte(10);
  }
  draw();
  if (stdout.error != 0) break;
}
finish(0);
