/** job: programs with limits of their own, frozen, thawed and ended together. */
import { JOB_CAP, JOB_MEMORY, JOB_PROCESSES, JOB_SELF, JOB_SHARES, WAIT_EXITED, WAIT_NOHANG } from "../../../abi/src/cloudos-v1";
import { ECHILD } from "../../../abi/src/errno";
import { SIG_QUEUE, SIGCHLD, SIGHUP, SIGINT, SIGQUIT, SIGSTOP, SIGTERM, SIGTSTP } from "../../../abi/src/signals";
import { sleep } from "../lib/clock";
import { job_create, job_freeze, job_kill, job_set, job_thaw, proc_getpid, proc_kill, sig_action, sig_take } from "../lib/cloudos";
import { die, dieErrno, dieUsage, finish, warnErrno } from "../lib/exit";
import { stdout } from "../lib/io";
import { parseFailed, parseUnsigned } from "../lib/numbers";
import { Options } from "../lib/options";
import { slurp } from "../lib/proc/process";
import { quoteProse } from "../lib/quote";
import { Spawn, spawnFailureStatus, wait, waitedCode, waitedKind, waitedPid } from "../lib/spawn";
import { proc_exit } from "../lib/wasi";

const USAGE = `Usage: job [OPTION]... COMMAND [ARG]...
       job -l
Run COMMAND in a job of its own, inside that of the caller. When COMMAND ends, so does everything it has started and left behind.
Stopping this command (^Z) freezes the job, continuing it thaws it, TERM, INT or HUP ends all of it.

  -s, --shares=N     weight beside other jobs, 1 to 10000 (1024)
  -c, --cap=PERCENT  at most this much of one core, even if nobody else wants it
  -n, --processes=N  at most so many at once
  -m, --memory=MIB   memory of programs and objects at most
  -l, --list         show all jobs (/proc/jobs)`;

const FAILED = 125;
const OUT = memory.data(4, 4);
const LONG_NS: u64 = 3600000000000;

const options = new Options("+s:c:n:m:l", "shares:=s cap:=c processes:=n memory:=m list=l", USAGE, FAILED);
const settings: u32[] = [];
let list = false;

function setting(which: u32, scale: u32): void {
  const value = parseUnsigned(options.value);
  if (parseFailed || value > 1000000) dieUsage("invalid number: " + quoteProse(options.value), FAILED);
  settings.push(which);
  settings.push(<u32>value * scale);
}

while (options.next()) {
  if (options.name == "s") setting(JOB_SHARES, 1);
  else if (options.name == "c") setting(JOB_CAP, 1);
  else if (options.name == "n") setting(JOB_PROCESSES, 1);
  else if (options.name == "m") setting(JOB_MEMORY, 16);
  else list = true;
}
if (list) {
  stdout.write(slurp("/proc/jobs"));
  finish(0);
}
if (options.operands.length == 0) dieUsage("missing command", FAILED);
const created = job_create(<u32>JOB_SELF, OUT);
if (created != 0) dieErrno("cannot make a job", created, FAILED);
const job = load<u32>(OUT);
for (let i = 0; i < settings.length; i += 2) {
  const error = job_set(job, settings[i], settings[i + 1]);
  if (error != 0) die("that limit is out of range", FAILED);
}
const signals: u32[] = [SIGCHLD, SIGTSTP, SIGTERM, SIGINT, SIGHUP, SIGQUIT];
for (let i = 0; i < signals.length; i++) sig_action(signals[i], SIG_QUEUE, 0);
const child = new Spawn();
child.job = job;
const pid = child.run(options.operands);
if (pid < 0) {
  warnErrno(quoteProse(options.operands[0]), -pid);
  proc_exit(spawnFailureStatus(-pid));
}

function handle(signal: u32): void {
  if (signal == SIGTSTP) {
    job_freeze(job);
    proc_kill(proc_getpid(), SIGSTOP);
    job_thaw(job);
  } else if (signal != SIGCHLD) job_kill(job);
}

/** Waits for the command; what it leaves behind is nobody's child. */
function status(): i32 {
  while (true) {
    const error = wait(pid, WAIT_NOHANG);
    if (error == ECHILD) return FAILED;
    if (error == 0 && waitedPid == pid) return waitedKind == WAIT_EXITED ? waitedCode : 128 + waitedCode;
    sleep(LONG_NS);
    for (let signal = sig_take(); signal != 0; signal = sig_take()) handle(signal);
  }
}

const ended = status();
job_kill(job);
proc_exit(ended);
