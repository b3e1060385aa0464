/** chrt: the scheduling class of a program. */
import { SCHED_NORMAL, SCHED_REALTIME } from "../../../abi/src/cloudos-v1";
import { proc_kill, proc_nice, sched_set } from "../lib/cloudos";
import { SIGKILL } from "../../../abi/src/signals";
import { die, dieUsage, finish, warnErrno } from "../lib/exit";
import { stdout } from "../lib/io";
import { formatSigned, formatUnsigned, parseFailed, parseUnsigned } from "../lib/numbers";
import { Options } from "../lib/options";
import { Process, readProcess } from "../lib/proc/process";
import { quoteProse } from "../lib/quote";
import { exitLike, Spawn, spawnFailureStatus } from "../lib/spawn";
import { proc_exit } from "../lib/wasi";

const USAGE = `Usage: chrt [-r] PRIORITY COMMAND [ARG]...
       chrt -o 0 COMMAND [ARG]...
       chrt [-r|-o] -p [PRIORITY] PID
Run COMMAND in a scheduling class, or show or change that of a process. What is in the real-time class runs as soon as it is
ready, ahead of everything ordinary, for at most half of the core while others want it. Its children are ordinary.

  -o, --other  ordinary (priority 0)
  -r, --rr     real-time, 1 (least) to 8 (the default)
  -m, --max    show what priorities there are
  -p, --pid    of a running process`;

const NICE = memory.data(4, 4);
const options = new Options("+ormp", "other=o rr=r max=m pid=p", USAGE, 1);
let schedulingClass: u32 = SCHED_REALTIME;
let running = false;
while (options.next()) {
  if (options.name == "o") schedulingClass = SCHED_NORMAL;
  else if (options.name == "p") running = true;
  else if (options.name == "m") {
    stdout.writeLine("SCHED_OTHER min/max priority\t: 0/0");
    stdout.writeLine("SCHED_RR min/max priority\t: 1/8");
    finish(0);
  }
}
const operands = options.operands;
const least = running ? 1 : 2;
if (operands.length < least) dieUsage("bad usage");

/** Sets the class of a process, or dies. An ordinary process keeps its niceness. */
function setClass(pid: i32, text: string): void {
  const priority = <i32>parseUnsigned(text);
  if (parseFailed) die("invalid priority argument: " + quoteProse(text));
  let value = priority;
  if (schedulingClass == SCHED_NORMAL) {
    if (priority != 0) die("unsupported priority value for the policy: " + formatSigned(priority) + ": see --max for valid range");
    value = proc_nice(pid, 0, NICE) == 0 ? load<i32>(NICE) : 0;
  } else if (priority < 1 || priority > 8) {
    die("unsupported priority value for the policy: " + formatSigned(priority) + ": see --max for valid range");
  }
  const error = sched_set(pid, schedulingClass, value);
  if (error == 0) return;
  warnErrno("failed to set pid " + formatSigned(pid) + "'s policy", error);
  if (!running) proc_kill(pid, SIGKILL);
  proc_exit(1);
}

if (!running) {
  // Before it starts, so that a bad priority runs nothing.
  const own = <i32>parseUnsigned(operands[0]);
  if (parseFailed) die("invalid priority argument: " + quoteProse(operands[0]));
  if (schedulingClass == SCHED_REALTIME && (own < 1 || own > 8)) {
    die("unsupported priority value for the policy: " + formatSigned(own) + ": see --max for valid range");
  }
  const child = new Spawn().run(operands.slice(1));
  if (child < 0) {
    warnErrno("failed to execute " + quoteProse(operands[1]), -child);
    proc_exit(spawnFailureStatus(-child));
  }
  setClass(child, operands[0]);
  exitLike(child);
}
const pid = <i32>parseUnsigned(operands[operands.length - 1]);
if (parseFailed) die("invalid PID argument: " + quoteProse(operands[operands.length - 1]));
if (operands.length > 1) {
  setClass(pid, operands[0]);
  finish(0);
}

function show(process: Process | null): void {
  if (process === null) {
    die("failed to get pid " + formatSigned(pid) + "'s policy: No such process");
    return;
  }
  const name = "pid " + formatSigned(pid) + "'s current scheduling ";
  stdout.writeLine(name + "policy: " + (process.policy == 0 ? "SCHED_OTHER" : "SCHED_RR"));
  stdout.writeLine(name + "priority: " + formatUnsigned(process.realtime));
}

show(readProcess(pid));
finish(0);
