// eval, . and exec

import { WAIT_EXITED } from "../../../../abi/src/cloudos-v1";
import { EINTR, ENOENT, ENOTDIR } from "../../../../abi/src/errno";
import { NSIG, SIG_DFL, SIG_QUEUE, SIGCHLD, SIGKILL, SIGSTOP } from "../../../../abi/src/signals";
import { proc_getpid, proc_kill, proc_wait, sig_action, sig_take } from "../../lib/cloudos";
import { errorText } from "../../lib/errno-text";
import { flushOutput } from "../output";
import { builtinError } from "../report";
import { close, directoryError, isDirectory, open, stat, toShellRange } from "../run/files";
import { FileInput } from "../run/inputs";
import { startProgram } from "../run/program";
import { evaluateText, runInput } from "../run/script";
import { dropExitTrap } from "../run/signals";
import { Placement } from "../run/spawn";
import { Skip, shell } from "../state";
import { valueOf } from "../vars";

const WAIT = memory.data(16, 8);
const OLD = memory.data(8, 8);

export function evalCommand(argv: string[]): i32 {
  return argv.length > 1 && evaluateText(argv.slice(1).join(" ")) ? shell.status : 0;
}

/** Where `.` finds a script: PATH, unless the name has a slash. */
function findScript(name: string): string {
  if (name.indexOf("/") >= 0) return name;
  const places = valueOf("PATH").split(":");
  for (let i = 0; i < places.length; i++) {
    const candidate = places[i].length == 0 ? name : places[i] + "/" + name;
    if (stat(candidate, true) !== null && !isDirectory(candidate)) return candidate;
  }
  return "";
}

export function dotCommand(argv: string[]): i32 {
  if (argv.length < 2) return 0;
  const path = findScript(argv[1]);
  if (path.length == 0) return builtinError(argv[1] + ": not found");
  const opened = open(path, 4, 0, 0);
  const error = opened < 0 ? -opened : directoryError(opened);
  if (error != 0) {
    if (opened >= 0) close(opened);
    const missing = error == ENOENT || error == ENOTDIR;
    return builtinError("cannot open " + argv[1] + ": " + (missing ? "No such file" : errorText(error)));
  }
  const fd = toShellRange(opened);
  const params = shell.params;
  if (argv.length > 2) shell.params = argv.slice(2);
  const line = shell.line;
  shell.dotDepth++;
  if (!runInput(new FileInput(fd))) shell.status = 0;
  shell.dotDepth--;
  shell.line = line;
  if (argv.length > 2) shell.params = params;
  if (shell.skip == Skip.Return) shell.skip = Skip.None;
  close(fd);
  return shell.status;
}

/**
 * Without fork and exec a program cannot replace this process: it runs as a child, which gets every signal this process gets
 * and whose end is this process's end.
 */
export function execCommand(argv: string[]): i32 {
  if (argv.length < 2) return shell.status;
  const first = argv[1] == "--" ? 2 : 1;
  if (first >= argv.length) return shell.status;
  flushOutput();
  const pid = startProgram(argv.slice(first), new Placement());
  shell.skip = Skip.Exit;
  if (pid < 0) return shell.status;
  shell.status = become(pid);
  dropExitTrap();
  return shell.status;
}

/** Stands in for the child until it ends. */
function become(pid: i32): i32 {
  const old = new StaticArray<u32>(NSIG);
  for (let signal = 1; signal < NSIG; signal++) {
    if (signal == SIGKILL || signal == SIGSTOP || signal == SIGCHLD) continue;
    sig_action(signal, SIG_QUEUE, OLD);
    old[signal] = load<u32>(OLD);
  }
  let status = 127;
  while (true) {
    const error = proc_wait(pid, 0, WAIT);
    for (let signal = sig_take(); signal != 0; signal = sig_take()) proc_kill(pid, signal);
    if (error == 0) {
      status = load<i32>(WAIT, 8);
      break;
    }
    if (error != EINTR) break;
  }
  for (let signal = 1; signal < NSIG; signal++) {
    if (signal != SIGKILL && signal != SIGSTOP && signal != SIGCHLD) sig_action(signal, old[signal], OLD);
  }
  return load<u32>(WAIT, 4) == WAIT_EXITED ? status : endBySignal(status);
}

/** The program was ended by a signal: so is the shell, unless it is in a subshell of its own process. */
function endBySignal(signal: i32): i32 {
  if (shell.subshellDepth > 0) return 128 + signal;
  sig_action(signal, SIG_DFL, OLD);
  proc_kill(proc_getpid(), signal);
  return 128 + signal;
}
