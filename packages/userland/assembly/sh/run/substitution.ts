// $( ) and backquotes.
import { NEWLINE } from "../chars";
import { flushOutput } from "../output";
import { Node } from "../parse/ast";
import { fatal } from "../report";
import { shell } from "../state";
import { beginCapture, Capture, endCapture } from "./capture";
import { isContained } from "./contained";
import { execute } from "./execute";
import { close, duplicateTo, makePipe, pipeRead, pipeWrite } from "./files";
import { adoptJob, createJob, Job, Process, removeJob, waitJob } from "./jobs";
import { SavedDescriptors } from "./redirect";
import { Placement } from "./spawn";
import { spawnSubshell } from "./subprocess";
import { mayNest, Subshell } from "./subshell";

class Substitution {
  /** The program in the last place, still running. */
  deferred: Job | null = null;
}

let current: Substitution | null = null;

/** The innermost substitution being run in this process. */
export function currentSubstitution(): Substitution | null {
  return current;
}

/** Output of the commands, without the newlines at its end. */
export function substitute(body: Node | null, line: i32): string {
  shell.substitutionStatus = 0;
  if (body === null) return "";
  flushOutput();
  if (makePipe() != 0) {
    fatal("Pipe call failed");
    return "";
  }
  const before = shell.status;
  const text = mayNest() && isContained(body, true) ? runHere(body, pipeRead, pipeWrite) : runThere(body, pipeRead, pipeWrite);
  shell.substitutionStatus = shell.status;
  // $? stays that of the last command until the one being expanded has run.
  shell.status = before;
  return withoutNewlines(text);
}

function withoutNewlines(text: string): string {
  let end = text.length;
  while (end > 0 && text.charCodeAt(end - 1) == NEWLINE) end--;
  return dropZeros(text.substring(0, end));
}

/** A variable cannot hold NUL; like dash's, the substitution leaves it out. */
function dropZeros(text: string): string {
  return text.indexOf("\0") < 0 ? text : text.split("\0").join("");
}

function runHere(body: Node, read: i32, write: i32): string {
  const outer = current;
  const mine = new Substitution();
  current = mine;
  const capture = new Capture(read);
  beginCapture(capture);
  const saved = new SavedDescriptors();
  saved.save(1);
  duplicateTo(write, 1);
  close(write);
  const subshell = new Subshell();
  shell.tested = 0;
  execute(body, true);
  subshell.leave();
  saved.restore();
  endCapture();
  current = outer;
  const text = capture.finish();
  const job = mine.deferred;
  if (job !== null) {
    // It was started as a child of the subshell that is over; the process is ours.
    adoptJob(job);
    shell.status = waitJob(job);
    removeJob(job);
  }
  return text;
}

function runThere(body: Node, read: i32, write: i32): string {
  const saved = new SavedDescriptors();
  saved.save(1);
  duplicateTo(write, 1);
  close(write);
  const tested = shell.tested;
  shell.tested = 0;
  const pid = spawnSubshell(body, new Placement());
  shell.tested = tested;
  saved.restore();
  const text = new Capture(read).finish();
  if (pid < 0) return "";
  const job = createJob("");
  job.processes.push(new Process(pid));
  shell.status = waitJob(job);
  removeJob(job);
  return text;
}
