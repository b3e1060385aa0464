/** timeout: a program that may take only so long. */
import { SIG_QUEUE, SIGCHLD, SIGCONT, SIGHUP, SIGINT, SIGKILL, SIGQUIT, SIGTERM } from "../../../abi/src/signals";
import { WAIT_EXITED, WAIT_NOHANG } from "../../../abi/src/cloudos-v1";
import { monotonic, sleep } from "../lib/clock";
import { proc_getpid, proc_kill, sig_action, sig_take } from "../lib/cloudos";
import { durationFailed, parseDuration } from "../lib/duration";
import { dieUsage, warn, warnErrno } from "../lib/exit";
import { Options } from "../lib/options";
import { quoteProse } from "../lib/quote";
import { signalName, signalNumber } from "../lib/signal-names";
import { Spawn, spawnFailureStatus, wait, waitedCode, waitedKind, waitedPid } from "../lib/spawn";
import { proc_exit } from "../lib/wasi";

const USAGE = `Usage: timeout [OPTION] DURATION COMMAND [ARG]...
Run COMMAND, and end it when it takes longer than DURATION (5, 0.5s, 2m, 1h; 0 is for ever).

  -k, --kill-after=DURATION  also send KILL when it is still there so long after
  -s, --signal=SIGNAL        send SIGNAL (TERM)
  -v, --verbose              say which signal is sent
      --foreground           signal only COMMAND, not what it started
      --preserve-status      end with COMMAND's own status

Status 124: it took too long. 125: timeout failed. 126, 127: COMMAND cannot run, is not there.`;

/** Failure of timeout itself. */
const FAILED = 125;
const TIMED_OUT = 124;

function duration(text: string): u64 {
  const value = parseDuration(text);
  if (durationFailed) dieUsage("invalid time interval " + quoteProse(text), FAILED);
  return value == 0 ? u64.MAX_VALUE : value;
}

const options = new Options("+k:s:v", "kill-after:=k signal:=s verbose=v foreground preserve-status", USAGE, FAILED);
let killAfter: u64 = u64.MAX_VALUE;
let signal = SIGTERM;
let verbose = false;
let foreground = false;
let preserve = false;
while (options.next()) {
  switch (options.name) {
    case "k":
      killAfter = duration(options.value);
      break;
    case "s":
      signal = signalNumber(options.value);
      if (signal < 0) dieUsage(quoteProse(options.value) + ": invalid signal", FAILED);
      break;
    case "v":
      verbose = true;
      break;
    case "foreground":
      foreground = true;
      break;
    case "preserve-status":
      preserve = true;
      break;
  }
}
if (options.operands.length < 2) dieUsage("", FAILED);
const limit = duration(options.operands[0]);
const command = options.operands.slice(1);
// The end of the child cuts the wait short; signals to us are passed on.
const passed: i32[] = [SIGHUP, SIGINT, SIGQUIT, SIGTERM];
sig_action(SIGCHLD, SIG_QUEUE, 0);
const child = new Spawn();
child.ownGroup = !foreground;
const pid = child.run(command);
if (pid < 0) {
  warnErrno("failed to run command " + quoteProse(command[0]), -pid);
  proc_exit(spawnFailureStatus(-pid));
}
for (let i = 0; i < passed.length; i++) sig_action(passed[i], SIG_QUEUE, 0);

function send(number: i32): void {
  if (verbose) warn("sending signal " + signalName(number) + " to command " + quoteProse(command[0]));
  const target = foreground ? pid : -pid;
  proc_kill(target, number);
  if (number != SIGKILL && number != SIGCONT) proc_kill(target, SIGCONT);
}

let timedOut = false;
let killed = false;
let deadline = limit == u64.MAX_VALUE ? limit : monotonic() + limit;
while (true) {
  if (wait(pid, WAIT_NOHANG) == 0 && waitedPid == pid) break;
  const time = monotonic();
  if (time < deadline) {
    // Queued signals end the sleep; a bound on it covers a child that ended just before.
    sleep(min<u64>(deadline - time, 1000000000));
    for (let taken = sig_take(); taken != 0; taken = sig_take()) if (passed.includes(taken)) send(taken);
    continue;
  }
  if (!timedOut) {
    timedOut = true;
    send(signal);
    killed = signal == SIGKILL;
    deadline = killAfter == u64.MAX_VALUE ? killAfter : time + killAfter;
  } else {
    send(SIGKILL);
    killed = true;
    deadline = u64.MAX_VALUE;
  }
}
// Like the command, timeout ends by KILL, so that a shell above tells it apart from a status of 137.
if (timedOut && killed && !preserve) proc_kill(proc_getpid(), SIGKILL);
const own = waitedKind == WAIT_EXITED ? waitedCode : 128 + waitedCode;
proc_exit(!timedOut || preserve ? own : killed ? 128 + SIGKILL : TIMED_OUT);
