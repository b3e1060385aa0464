/** logd: writes the machine's log to a file, and starts a new one when it has grown. */
import { Calendar } from "../lib/calendar";
import { die, dieErrno, dieUsage, warnErrno } from "../lib/exit";
import * as fs from "../lib/fs";
import { Reader, writeText } from "../lib/io";
import { formatPadded, formatUnsigned, parseEnd, parseUnsigned, scanUnsigned } from "../lib/numbers";
import { Options } from "../lib/options";
import { bootTime } from "../lib/proc/system";
import { slurp } from "../lib/proc/process";

const USAGE = `Usage: logd [OPTION]...
Write what comes from /dev/kmsg (the log of kernel, board and services) to a file, line by line with the date.
A full file becomes FILE.1, that FILE.2 and so on.

  -o, --output=FILE  default: /var/log/messages
  -s, --size=KIB     a file is full with this many KiB (256)
  -k, --keep=N       old files kept (3)`;

/** The last line that was written, for the next life: the device begins with lines from before. Gone with a reboot. */
const MARK = "/tmp/.logd-mark";

let output = "/var/log/messages";
let limit: u64 = 256 * 1024;
let keep: u64 = 3;

function number(text: string, what: string): u64 {
  const value = parseUnsigned(text);
  if (parseEnd != text.length || text.length == 0) dieUsage("invalid " + what);
  return value;
}

/** "2026-11-22 20:31:05" (UTC) of seconds since the epoch. */
function dateText(seconds: u64): string {
  const at = new Calendar(seconds, 0, "UTC", 0);
  const two = (value: i32): string => formatPadded(value, 2);
  const day = formatPadded(at.year, 4) + "-" + two(at.month) + "-" + two(at.day);
  return day + " " + two(at.hour) + ":" + two(at.minute) + ":" + two(at.second);
}

function levelName(level: u64): string {
  return level <= 3 ? "error" : level == 4 ? "warn" : level <= 6 ? "info" : "debug";
}

function rotate(): void {
  if (keep == 0) {
    fs.unlink(output);
    return;
  }
  for (let n = keep; n > 1; n--) fs.rename(output + "." + formatUnsigned(n - 1), output + "." + formatUnsigned(n));
  const error = fs.rename(output, output + ".1");
  if (error != 0) warnErrno("cannot keep " + output, error);
}

function append(text: string): void {
  const st = new fs.Stat();
  if (fs.stat(output, st) == 0 && st.size + text.length > limit) rotate();
  const fd = fs.open(output, fs.WRITE | fs.CREATE | fs.APPEND);
  if (fd < 0) dieErrno("cannot open " + output, -fd);
  const error = writeText(fd, text);
  fs.close(fd);
  if (error != 0) warnErrno("cannot write " + output, error);
}

const options = new Options("o:s:k:", "output:=o size:=s keep:=k", USAGE);
while (options.next()) {
  if (options.name == "o") output = options.value;
  else if (options.name == "s") limit = number(options.value, "size") * 1024;
  else keep = number(options.value, "number of files");
}
if (options.operands.length > 0) dieUsage("extra operand");

const boot = bootTime();
const log = fs.openRead("/dev/kmsg");
if (log < 0) dieErrno("cannot open /dev/kmsg", -log);
let next: u64 = scanUnsigned(slurp(MARK), 0, 10);
const reader = new Reader(log);
let batch = "";
while (true) {
  const line = reader.readLine();
  if (line === null) break;
  // level,sequence,microseconds,flags;text
  const level = scanUnsigned(line, 0, 10);
  const sequence = scanUnsigned(line, parseEnd + 1, 10);
  const us = scanUnsigned(line, parseEnd + 1, 10);
  const semicolon = line.indexOf(";");
  if (semicolon > 0 && sequence >= next) {
    batch += dateText(boot + us / 1000000) + " " + levelName(level) + " " + line.substring(semicolon + 1) + "\n";
    next = sequence + 1;
  }
  // One write for all that came together.
  if (batch.length > 0 && (reader.available == 0 || batch.length > 32768)) {
    append(batch);
    batch = "";
    const mark = fs.open(MARK, fs.WRITE | fs.CREATE | fs.TRUNCATE);
    if (mark >= 0) {
      writeText(mark, formatUnsigned(next));
      fs.close(mark);
    }
  }
}
if (reader.error != 0) dieErrno("cannot read /dev/kmsg", reader.error);
die("the log has ended");
