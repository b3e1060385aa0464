/** nohup: a program that does not end with its terminal. */
import { SIGHUP } from "../../../abi/src/signals";
import { dieErrno, dieUsage, warn, warnErrno } from "../lib/exit";
import * as fs from "../lib/fs";
import { isTerminal } from "../lib/io";
import { Options } from "../lib/options";
import { quoteProse, quoteShell } from "../lib/quote";
import { exitLike, Spawn, spawnFailureStatus } from "../lib/spawn";
import { proc_exit } from "../lib/wasi";

const USAGE = `Usage: nohup COMMAND [ARG]...
Run COMMAND so that hanging up does not end it. Output to a terminal goes to nohup.out instead.`;

const options = new Options("+", "", USAGE, 125);
while (options.next()) continue;
if (options.operands.length == 0) dieUsage("missing operand", 125);
const child = new Spawn();
child.ignoredSignals = 1 << (SIGHUP - 1);
const inputIsTerminal = isTerminal(0);
if (inputIsTerminal) {
  // Unreadable on purpose: a read fails instead of stopping the program.
  const fd = fs.open("/dev/null", fs.WRITE);
  child.fds.push(0);
  child.fds.push(fd);
}
let output = 1;
if (isTerminal(1)) {
  output = fs.open("nohup.out", fs.WRITE | fs.CREATE | fs.APPEND);
  if (output < 0) dieErrno("failed to open 'nohup.out'", -output, 125);
  warn((inputIsTerminal ? "ignoring input and " : "") + "appending output to " + quoteShell("nohup.out"));
  child.fds.push(1);
  child.fds.push(output);
} else if (inputIsTerminal) warn("ignoring input");
if (isTerminal(2)) {
  child.fds.push(2);
  child.fds.push(output);
}
const pid = child.run(options.operands);
if (pid < 0) {
  warnErrno("failed to run command " + quoteProse(options.operands[0]), -pid);
  proc_exit(spawnFailureStatus(-pid));
}
exitLike(pid);
