import { SIGSTOP, SIGTERM, SIGTSTP, SIGTTIN, SIGTTOU } from "../../../../abi/src/signals";
import { proc_kill } from "../../lib/cloudos";
import { errorText } from "../../lib/errno-text";
import { parseInteger } from "../number";
import { emit } from "../output";
import { builtinError, complain } from "../report";
import { continueJob, findJob, JobState, lookupError } from "../run/jobs";
import { NAMES, signalNumber } from "../run/signals";

const USAGE = "Usage: kill [-s sigspec | -signum | -sigspec] [pid | job]... or\nkill -l [exitstatus]";

export function killCommand(argv: string[]): i32 {
  let signal = SIGTERM;
  let index = 1;
  if (argv.length <= 1) return builtinError(USAGE);
  const first = argv[1];
  if (first == "-l" || first == "-L") return list(argv);
  if (first == "-s" || first == "-n") {
    if (argv.length < 3) return builtinError("No arg for " + first + " option");
    signal = signalNumber(argv[2]);
    if (signal < 0) return builtinError("invalid signal number or name: " + argv[2]);
    index = 3;
  } else if (first == "--") {
    index = 2;
  } else if (first.startsWith("-") && first.length > 1) {
    signal = signalNumber(first.substring(1));
    if (signal < 0) return builtinError("Illegal option " + first.substring(0, 2));
    index = 2;
  }
  if (index < argv.length && argv[index] == "--") index++;
  if (index >= argv.length) return builtinError(USAGE);
  let status = 0;
  for (; index < argv.length; index++) {
    const error = send(argv[index], signal);
    if (error < 0) return 2;
    if (error == 0) continue;
    complain(errorText(error));
    status = 1;
  }
  return status;
}

/** 0, errno, or -1 after a message. */
function send(target: string, signal: i32): i32 {
  if (!target.startsWith("%")) {
    const pid = parseInteger(target, 10);
    if (!pid.valid) {
      builtinError("Illegal number: " + target);
      return -1;
    }
    return <i32>proc_kill(<i32>pid.value, signal);
  }
  const job = findJob(target);
  if (job === null) {
    builtinError(lookupError);
    return -1;
  }
  if (job.group > 0) {
    const error = proc_kill(-job.group, signal);
    // A stopped job does not act on the signal until it goes on.
    if (error == 0 && signal != 0 && job.state == JobState.Stopped && !stops(signal)) continueJob(job);
    return <i32>error;
  }
  let error: u32 = 0;
  for (let i = 0; i < job.processes.length; i++) {
    if (job.processes[i].pid > 0) error = proc_kill(job.processes[i].pid, signal);
  }
  return <i32>error;
}

function stops(signal: i32): bool {
  return signal == SIGSTOP || signal == SIGTSTP || signal == SIGTTIN || signal == SIGTTOU;
}

function list(argv: string[]): i32 {
  if (argv.length == 2) {
    emit("0\n");
    for (let i = 1; i < NAMES.length; i++) emit(NAMES[i] + "\n");
    return 0;
  }
  const status = parseInteger(argv[2], 10);
  const number = signalNumber(argv[2]);
  if (!status.valid && number >= 0) {
    emit(number.toString() + "\n");
    return 0;
  }
  // An exit status above 128 tells of a signal.
  const signal = status.valid ? <i32>status.value & 0x7f : -1;
  if (signal < 0 || signal >= NAMES.length) return builtinError("invalid signal number or name: " + argv[2]);
  emit(NAMES[signal] + "\n");
  return 0;
}
