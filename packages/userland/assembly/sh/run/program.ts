// Programs: looked up, started, waited for.
import { EACCES, EISDIR, ENOENT, ENOEXEC, ENOTDIR } from "../../../../abi/src/errno";
import { errorText } from "../../lib/errno-text";
import { readInto } from "../../lib/io";
import { Option, options } from "../options";
import { writeError } from "../output";
import { Node } from "../parse/ast";
import { commandText } from "../parse/unparse";
import { complain } from "../report";
import { shell } from "../state";
import { close, open } from "./files";
import { createJob, isInterrupted, Job, JobState, makeCurrent, Process, removeJob, waitJob } from "./jobs";
import { SavedDescriptors } from "./redirect";
import { forget, locate } from "./search";
import { Placement, spawn } from "./spawn";
import { currentSubstitution } from "./substitution";
import { reclaimTerminal, terminalFd } from "./terminal";

/** The shell's own program, for subshells and for scripts without `#!`. */
export const SHELL_PATH = "/bin/sh";

/** First bytes of a file that is meant for the loader: it could not load it, and it is no script. */
const WASM_MAGIC: u32 = 0x6d736100;

const HEAD = memory.data(8, 8);

/** Where a new job goes when it runs in the foreground. */
export function foregroundPlacement(): Placement {
  const placement = new Placement();
  if (jobControl()) {
    placement.group = 0;
    placement.foregroundTty = terminalFd();
  }
  return placement;
}

/** Jobs get process groups of their own: `set -m`, and not in a subshell. */
export function jobControl(): bool {
  return options[Option.Monitor] && shell.subshellDepth == 0;
}

export function backgroundPlacement(): Placement {
  const placement = new Placement();
  if (jobControl()) placement.group = 0;
  else placement.background = true;
  return placement;
}

/** Starts a program: its pid, or -1 with a message and the status POSIX wants (127 not found, 126 not runnable). */
export function startProgram(argv: string[], placement: Placement): i32 {
  const name = argv[0];
  let path = locate(name);
  let error: i32 = ENOENT;
  if (path !== null) {
    let pid = spawn(path, argv, placement, -1);
    if (pid == -ENOENT && name.indexOf("/") < 0) {
      // It was there once: look again.
      forget(name);
      path = locate(name);
      if (path !== null) pid = spawn(path, argv, placement, -1);
    }
    if (pid == -ENOEXEC && path !== null && !isModule(path)) {
      const words: string[] = ["sh", path];
      pid = spawn(SHELL_PATH, words.concat(argv.slice(1)), placement, -1);
    }
    if (pid > 0) return pid;
    error = -pid;
  }
  const missing = error == ENOENT || error == ENOTDIR;
  if (error == EISDIR || name.length == 0) error = EACCES;
  complain(name + ": " + (missing && name.length > 0 ? "not found" : errorText(error)));
  shell.status = missing ? 127 : 126;
  return -1;
}

function isModule(path: string): bool {
  const fd = open(path, 4, 0, 0);
  if (fd < 0) return false;
  const count = readInto(fd, HEAD, 4);
  close(fd);
  return count == 4 && load<u32>(HEAD) == WASM_MAGIC;
}

/** Runs a program in the foreground. As the tail of a substitution in this process it is left running. */
export function runProgram(node: Node, argv: string[], saved: SavedDescriptors, tail: bool): void {
  const pid = startProgram(argv, foregroundPlacement());
  if (pid < 0) return;
  const job = createJob(jobControl() ? commandText(node) : argv[0]);
  job.processes.push(new Process(pid));
  if (jobControl()) job.group = pid;
  saved.restore();
  const substitution = currentSubstitution();
  if (tail && substitution !== null) {
    substitution.deferred = job;
    shell.status = 0;
    return;
  }
  finishForeground(job);
}

/** Waits for a job in the foreground and takes the terminal back. */
export function finishForeground(job: Job): void {
  shell.status = waitJob(job);
  if (job.group > 0) reclaimTerminal();
  if (job.state == JobState.Stopped) {
    makeCurrent(job);
    job.background = true;
    writeError("\n");
    return;
  }
  job.news = false;
  // The terminal shows ^C where the cursor was.
  if (job.group > 0 && isInterrupted(job)) writeError("\n");
  removeJob(job);
}
