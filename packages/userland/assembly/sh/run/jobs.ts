// The job table: pipelines started by this shell, and how they are doing.
import {
  WAIT_CONTINUED,
  WAIT_EXITED,
  WAIT_NOHANG,
  WAIT_RESUMED,
  WAIT_STOPPED,
  WAIT_UNTRACED,
} from "../../../../abi/src/cloudos-v1";
import { EINTR } from "../../../../abi/src/errno";
import { SIGCONT, SIGINT, SIGPIPE, SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU } from "../../../../abi/src/signals";
import { proc_kill, proc_wait } from "../../lib/cloudos";
import { isNumber } from "../chars";
import { Option, options } from "../options";
import { writeError } from "../output";
import { interrupt, takeSignals } from "./signals";

const WAIT = memory.data(16, 8);

export enum JobState {
  Running,
  Stopped,
  Done,
}

export class Process {
  state: JobState = JobState.Running;
  /** Exit status as $? shows it, once done or stopped. */
  status: i32 = 0;
  /** The signal that ended or stopped it, 0 for none. */
  signal: i32 = 0;
  constructor(public pid: i32) {}
}

export class Job {
  processes: Process[] = [];
  /** Process group; 0 without job control. */
  group: i32 = 0;
  state: JobState = JobState.Running;
  /** The state changed and the user does not know yet. */
  news: bool = false;
  /** Started with `&`, or put there by bg. */
  background: bool = false;
  constructor(
    public number: i32,
    public text: string,
  ) {}

  /** Status of the pipeline: its last process, or with `pipefail` the last that failed. */
  status(): i32 {
    const last = this.processes.length - 1;
    if (options[Option.PipeFail]) {
      for (let i = last; i >= 0; i--) if (this.processes[i].status != 0) return this.processes[i].status;
      return 0;
    }
    return this.processes[last].status;
  }

  leader(): i32 {
    return this.processes[0].pid;
  }

  lastPid(): i32 {
    return this.processes[this.processes.length - 1].pid;
  }
}

/** In the order of their numbers. */
export let jobs: Job[] = [];
/** The last is %+, the one before it %-. */
let recent: Job[] = [];

export function createJob(text: string): Job {
  let number = 1;
  let at = 0;
  while (at < jobs.length && jobs[at].number == number) {
    at++;
    number++;
  }
  const job = new Job(number, text);
  const list: Job[] = [];
  for (let i = 0; i < at; i++) list.push(jobs[i]);
  list.push(job);
  for (let i = at; i < jobs.length; i++) list.push(jobs[i]);
  jobs = list;
  return job;
}

/** Takes over a job of a subshell of this process. */
export function adoptJob(job: Job): void {
  jobs.push(job);
}

export function removeJob(job: Job): void {
  const at = jobs.indexOf(job);
  if (at >= 0) jobs.splice(at, 1);
  const place = recent.indexOf(job);
  if (place >= 0) recent.splice(place, 1);
}

/** The jobs a listing shows: in a subshell of this process without jobs of its own, those of the shell around it. */
export function visibleJobs(): Job[] {
  let list = jobs.filter((job) => job.background);
  for (let i = outerTables.length - 1; i >= 0 && list.length == 0; i--) {
    list = outerTables[i].filter((job) => job.background);
  }
  return list;
}

/** Makes the job %+. */
export function makeCurrent(job: Job): void {
  const place = recent.indexOf(job);
  if (place >= 0) recent.splice(place, 1);
  recent.push(job);
}

/** %+ (0) or %- (1); null when there is none. Stopped jobs come before running ones. */
export function currentJob(rank: i32): Job | null {
  let skipped = 0;
  for (let pass = 0; pass < 2; pass++) {
    for (let i = recent.length - 1; i >= 0; i--) {
      if ((recent[i].state == JobState.Stopped) != (pass == 0)) continue;
      if (skipped++ == rank) return recent[i];
    }
  }
  return null;
}

/** "No such job" text of the last failed lookup. */
export let lookupError: string = "";

function none(message: string): Job | null {
  lookupError = message;
  return null;
}

/** %n, %+, %%, %-, %text, %?text, or a pid. "" is the current job. */
export function findJob(spec: string): Job | null {
  if (spec.length == 0 || spec == "%" || spec == "%%" || spec == "%+") {
    const job = currentJob(0);
    return job !== null ? job : none(spec.length == 0 ? "No current job" : "No such job: " + spec);
  }
  if (spec == "%-") {
    const job = currentJob(1);
    return job !== null ? job : none("No previous job");
  }
  if (spec.charCodeAt(0) != 0x25) {
    if (isNumber(spec)) {
      const pid = <i32>parseInt(spec);
      for (let i = 0; i < jobs.length; i++) if (jobs[i].lastPid() == pid) return jobs[i];
    }
    return none("No such job: " + spec);
  }
  const name = spec.substring(1);
  if (isNumber(name)) {
    const number = <i32>parseInt(name);
    for (let i = 0; i < jobs.length; i++) if (jobs[i].number == number) return jobs[i];
    return none("No such job: " + spec);
  }
  const anywhere = name.charCodeAt(0) == 0x3f;
  const wanted = anywhere ? name.substring(1) : name;
  let found: Job | null = null;
  for (let i = 0; i < jobs.length; i++) {
    const at = jobs[i].text.indexOf(wanted);
    if (anywhere ? at < 0 : at != 0) continue;
    if (found !== null) return none(spec + ": ambiguous");
    found = jobs[i];
  }
  return found !== null ? found : none("No such job: " + spec);
}

/** Tables of the shells around the subshells of this process: their children are children of this process too. */
const outerTables: Array<Job[]> = [];

/** Records one change of a child's state. */
function record(pid: i32, kind: u32, code: i32): void {
  if (recordIn(jobs, pid, kind, code)) return;
  for (let i = outerTables.length - 1; i >= 0; i--) if (recordIn(outerTables[i], pid, kind, code)) return;
}

function recordIn(table: Job[], pid: i32, kind: u32, code: i32): bool {
  for (let i = 0; i < table.length; i++) {
    const job = table[i];
    for (let k = 0; k < job.processes.length; k++) {
      const process = job.processes[k];
      if (process.pid != pid || process.state == JobState.Done) continue;
      process.signal = 0;
      if (kind == WAIT_EXITED) {
        process.state = JobState.Done;
        process.status = code & 0xff;
      } else if (kind == WAIT_RESUMED) {
        process.state = JobState.Running;
      } else {
        process.state = kind == WAIT_STOPPED ? JobState.Stopped : JobState.Done;
        process.status = 128 + code;
        process.signal = code;
      }
      settle(job);
      return true;
    }
  }
  return false;
}

/** The job's state follows its processes: stopped when one is and none runs. */
function settle(job: Job): void {
  let state = JobState.Done;
  for (let i = 0; i < job.processes.length; i++) {
    const process = job.processes[i].state;
    if (process == JobState.Running) state = JobState.Running;
    else if (process == JobState.Stopped && state == JobState.Done) state = JobState.Stopped;
  }
  if (state == job.state) return;
  job.state = state;
  job.news = true;
}

/** Waits for a child's change of state: its pid, 0 (`block` false: nothing yet) or -errno. */
export function reap(block: bool): i32 {
  let flags: u32 = block ? 0 : WAIT_NOHANG;
  if (options[Option.Monitor]) flags |= WAIT_UNTRACED | WAIT_CONTINUED;
  const error = proc_wait(-1, flags, WAIT);
  if (error != 0) return -(<i32>error);
  const pid = load<i32>(WAIT);
  if (pid > 0) {
    const kind = load<u32>(WAIT, 4);
    record(pid, kind, load<i32>(WAIT, 8));
  }
  return pid;
}

/** Sends SIGCONT: everything in the job that was stopped runs again. */
export function continueJob(job: Job): void {
  for (let i = 0; i < job.processes.length; i++) {
    const process = job.processes[i];
    if (process.state == JobState.Stopped) process.state = JobState.Running;
  }
  if (job.state == JobState.Stopped) job.state = JobState.Running;
  job.news = false;
  if (job.group > 0) proc_kill(-job.group, SIGCONT);
}

/** Takes all news of children without waiting. */
export function reapAll(): void {
  while (reap(false) > 0) {}
}

/** The kernel knows nothing of these children any more. */
function abandon(job: Job): void {
  for (let i = 0; i < job.processes.length; i++) job.processes[i].state = JobState.Done;
  job.state = JobState.Done;
}

/** Waits until the job is done or stopped. Signals that arrive meanwhile stay queued for their traps. */
export function waitJob(job: Job): i32 {
  while (job.state == JobState.Running) {
    const pid = reap(true);
    if (pid > 0) reportDeath(job, pid);
    else if (pid == -EINTR) takeSignals();
    else if (pid < 0) abandon(job);
  }
  if (job.group > 0 && isInterrupted(job) && options[Option.Interactive]) interrupt();
  return job.status();
}

/** ^C ended the job. */
export function isInterrupted(job: Job): bool {
  return job.state == JobState.Done && job.processes[job.processes.length - 1].signal == SIGINT;
}

/** Says by which signal a process of a job that is waited for was ended, unless that is only to be expected. */
export function reportDeath(job: Job, pid: i32): void {
  for (let i = 0; i < job.processes.length; i++) {
    const process = job.processes[i];
    if (process.pid != pid || process.state != JobState.Done) continue;
    const signal = process.signal;
    if (signal != 0 && signal != SIGINT && signal != SIGPIPE) writeError(signalText(signal) + "\n");
  }
}

const SIGNAL_TEXTS: StaticArray<string> = [
  "",
  "Hangup",
  "Interrupt",
  "Quit",
  "Illegal instruction",
  "Trace/breakpoint trap",
  "Aborted",
  "Bus error",
  "Floating point exception",
  "Killed",
  "User defined signal 1",
  "Segmentation fault",
  "User defined signal 2",
  "Broken pipe",
  "Alarm clock",
  "Terminated",
];

export function signalText(signal: i32): string {
  if (signal == SIGTSTP) return "Stopped";
  if (signal == SIGSTOP) return "Stopped (signal)";
  if (signal == SIGTTIN) return "Stopped (tty input)";
  if (signal == SIGTTOU) return "Stopped (tty output)";
  return signal < SIGNAL_TEXTS.length ? SIGNAL_TEXTS[signal] : "Signal " + signal.toString();
}

function stateText(job: Job): string {
  const last = job.processes[job.processes.length - 1];
  if (job.state == JobState.Running) return "Running";
  if (last.signal != 0) return signalText(last.signal);
  return last.status == 0 ? "Done" : "Done(" + last.status.toString() + ")";
}

/** The line of `jobs`: "[1] + Running                    sleep 10". `pids`: with the process ids. */
export function describe(job: Job, pids: bool): string {
  const mark = job == currentJob(0) ? "+" : job == currentJob(1) ? "-" : " ";
  let head = "[" + job.number.toString() + "] " + mark + " ";
  if (pids) head += job.leader().toString() + " ";
  head += stateText(job);
  return head + " ".repeat(max(33 - head.length, 1)) + job.text + "\n";
}

/** Reports on background jobs whose state changed, and drops those that are done. */
export function notifications(): string {
  let text = "";
  const list = jobs.slice(0);
  for (let i = 0; i < list.length; i++) {
    const job = list[i];
    if (job.news && options[Option.Interactive] && job.state != JobState.Running) text += describe(job, false);
    job.news = false;
    if (job.state == JobState.Done && options[Option.Interactive]) removeJob(job);
  }
  return text;
}

/** The table as a subshell found it; inside it starts empty, the parent's children are not its own. */
export class SavedJobs {
  private jobs: Job[] = jobs;
  private recent: Job[] = recent;

  constructor() {
    outerTables.push(jobs);
    jobs = [];
    recent = [];
  }

  restore(): void {
    outerTables.pop();
    jobs = this.jobs;
    recent = this.recent;
  }
}

export function hasStoppedJobs(): bool {
  return jobs.some((job) => job.state == JobState.Stopped);
}
