/** renice: how much running processes leave to others. */
import { EACCES, ESRCH } from "../../../abi/src/errno";
import { SCHED_NORMAL } from "../../../abi/src/cloudos-v1";
import { proc_nice, sched_set } from "../lib/cloudos";
import { die, dieUsage, finish, warnErrno } from "../lib/exit";
import { stdout } from "../lib/io";
import { formatSigned, formatUnsigned, parseFailed, parseSigned, parseUnsigned } from "../lib/numbers";
import { Options } from "../lib/options";
import { readProcesses } from "../lib/proc/process";
import { quoteShell } from "../lib/quote";
import { userName } from "../lib/users";

const USAGE = `Usage: renice [-n] NICENESS [-p] PID...
       renice [-n] NICENESS -g GROUP...
       renice [-n] NICENESS -u USER...
Set the niceness of running processes. There is no privilege, so it only grows.

  -n, --priority=N  the niceness
      --relative=N  raise by N instead
  -p, --pid         the numbers are processes (the default)
  -g, --pgrp        they are process groups
  -u, --user        they are users`;

const OUT = memory.data(4, 4);

function niceOf(pid: i32): i32 {
  const rc = proc_nice(pid, 0, OUT);
  return rc == 0 ? load<i32>(OUT) : -1000 - <i32>rc;
}

const options = new Options("n:pgu", "priority:=n relative: pid=p pgrp=g user=u", USAGE, 1);
let value: i32 = 0;
let given = false;
let relative = false;
let kind = "p";
while (options.next()) {
  if (options.name == "n" || options.name == "relative") {
    value = number(options.value);
    given = true;
    relative = options.name == "relative";
  } else kind = options.name;
}

function number(text: string): i32 {
  const parsed = parseSigned(text);
  if (parseFailed) die("invalid priority " + quoteShell(text));
  return <i32>max<i64>(-39, min<i64>(39, parsed));
}

const fromOperand = !given && options.operands.length > 0;
if (fromOperand) value = number(options.operands[0]);
const operands = options.operands.slice(fromOperand ? 1 : 0);
if (operands.length == 0) dieUsage("not enough arguments");
let status = 0;

/** The processes an operand means. */
function chosen(operand: string): i32[] {
  const pids: i32[] = [];
  const asked = <i32>parseUnsigned(operand);
  if (kind == "p") {
    if (parseFailed) die("bad process ID value: " + operand);
    return [asked];
  }
  if (kind == "g" && parseFailed) die("bad process group ID value: " + operand);
  const all = readProcesses();
  for (let i = 0; i < all.length; i++) {
    const p = all[i];
    if (kind == "g" ? p.pgid == asked : userName(p.uid) == operand || formatUnsigned(p.uid) == operand) pids.push(p.pid);
  }
  return pids;
}

for (let i = 0; i < operands.length; i++) {
  const pids = chosen(operands[i]);
  const name = kind == "p" ? " (process ID)" : kind == "g" ? " (process group ID)" : " (user ID)";
  let failed: i32 = pids.length == 0 ? ESRCH : 0;
  let old = 20;
  let now = 20;
  for (let j = 0; j < pids.length; j++) {
    const before = niceOf(pids[j]);
    if (before <= -1000) failed = -1000 - before;
    else {
      const wanted = max(-20, min(19, relative ? before + value : value));
      const error = sched_set(pids[j], SCHED_NORMAL, wanted);
      if (error != 0) failed = error;
      old = min(old, before);
      now = min(now, niceOf(pids[j]));
    }
  }
  if (failed != 0) {
    warnErrno((failed == EACCES ? "failed to set priority for " : "failed to get priority for ") + operands[i] + name, failed);
    status = 1;
  } else stdout.writeLine(operands[i] + name + " old priority " + formatSigned(old) + ", new priority " + formatSigned(now));
}
finish(status);
