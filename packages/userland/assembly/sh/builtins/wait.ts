import { EINTR } from "../../../../abi/src/errno";
import { isNumber } from "../chars";
import { builtinError } from "../report";
import { findJob, Job, JobState, jobs, lookupError, reap, removeJob, reportDeath } from "../run/jobs";
import { interruptingSignal, takeSignals } from "../run/signals";

/** Waits for one change among the children: 0, or the status a signal with a trap gives the wait. -1: no children left. */
function step(job: Job | null): i32 {
  takeSignals();
  let signal = interruptingSignal();
  if (signal != 0) return 128 + signal;
  const pid = reap(true);
  if (pid == -EINTR) {
    takeSignals();
    signal = interruptingSignal();
    return signal != 0 ? 128 + signal : 0;
  }
  if (pid > 0 && job !== null) reportDeath(job, pid);
  return pid < 0 ? -1 : 0;
}

function waitAll(): i32 {
  while (true) {
    let running = false;
    for (let i = 0; i < jobs.length; i++) if (jobs[i].state == JobState.Running) running = true;
    if (!running) break;
    const status = step(null);
    if (status > 0) return status;
    if (status < 0) break;
  }
  const list = jobs.slice(0);
  for (let i = 0; i < list.length; i++) if (list[i].state != JobState.Stopped) removeJob(list[i]);
  return 0;
}

function waitOne(job: Job): i32 {
  while (job.state == JobState.Running) {
    const status = step(job);
    if (status > 0) return status;
    if (status < 0) break;
  }
  const status = job.status();
  if (job.state == JobState.Done) removeJob(job);
  return status;
}

export function waitCommand(argv: string[]): i32 {
  if (argv.length == 1) return waitAll();
  let status = 0;
  for (let i = argv[1] == "--" ? 2 : 1; i < argv.length; i++) {
    const job = findJob(argv[i]);
    if (job !== null) status = waitOne(job);
    else if (isNumber(argv[i])) status = 127;
    else return builtinError(argv[i].startsWith("%") ? lookupError : "Illegal number: " + argv[i]);
  }
  return status;
}
