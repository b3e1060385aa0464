import { emit, flushOutput } from "../output";
import { builtinError } from "../report";
import {
  continueJob,
  describe,
  findJob,
  Job,
  JobState,
  lookupError,
  makeCurrent,
  reapAll,
  removeJob,
  visibleJobs,
} from "../run/jobs";
import { finishForeground } from "../run/program";
import { giveTerminal } from "../run/terminal";
import { shell } from "../state";
import { OptionScanner } from "./options";

export function jobsCommand(argv: string[]): i32 {
  const scanner = new OptionScanner(argv, "lp");
  let style = "";
  for (let letter = scanner.next(); letter.length > 0; letter = scanner.next()) style = letter;
  if (scanner.failed) return 2;
  reapAll();
  const list: Job[] = [];
  for (let i = scanner.index; i < argv.length; i++) {
    const job = findJob(argv[i]);
    if (job === null) return builtinError(lookupError);
    list.push(job);
  }
  const shown = scanner.index < argv.length ? list : visibleJobs();
  for (let i = 0; i < shown.length; i++) {
    const job = shown[i];
    emit(style == "p" ? job.leader().toString() + "\n" : describe(job, style == "l"));
    job.news = false;
    if (job.state == JobState.Done) removeJob(job);
  }
  return 0;
}

function chosen(argv: string[], index: i32): Job | null {
  const job = findJob(index < argv.length ? argv[index] : "");
  if (job === null) {
    builtinError(lookupError);
    return null;
  }
  if (job.group == 0) {
    builtinError("job not created under job control");
    return null;
  }
  return job;
}

export function fgCommand(argv: string[]): i32 {
  const job = chosen(argv, 1);
  if (job === null) return 2;
  job.background = false;
  giveTerminal(job.group);
  continueJob(job);
  // Last, so that whoever sees the name may already press ^Z.
  emit(job.text + "\n");
  flushOutput();
  finishForeground(job);
  return shell.status;
}

export function bgCommand(argv: string[]): i32 {
  for (let i = 1; i == 1 || i < argv.length; i++) {
    const job = chosen(argv, i);
    if (job === null) return 2;
    job.background = true;
    makeCurrent(job);
    emit("[" + job.number.toString() + "] " + job.text + "\n");
    continueJob(job);
  }
  return 0;
}
