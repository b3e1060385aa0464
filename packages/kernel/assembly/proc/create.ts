/** Processes before their program runs. */
import { EAGAIN, ECANCELED, ENOMEM } from "../../../abi/src/errno";
import { halNowUs } from "../../../hal-wasm/assembly/hal";
import { globals } from "../globals";
import { handleCloseAll } from "../obj/handle";
import { blockCreate, blockFree } from "./block";
import { Job, JOB_KILLED, jobCreate, jobJoin, jobLeave, jobRelease } from "./job";
import { Process, PROCESS_CREATED } from "./process";
import { reap } from "./exit";
import { SIGKILL } from "../../../abi/src/signals";
import { signalSend, signalsInherit } from "./signal";
import { processAlloc } from "./tables";
import { ttyAttach, ttyDetach } from "../tty/foreground";
import { Tty } from "../tty/tty";
import { adopt, treeLock, treeUnlock } from "./tree";

/**
 * A child of `parent` in `job` (0: the parent's), or with 0 a process of the host in a new job and a session of its own: empty
 * argument blocks, no handles, not yet anyone's child. Address, -EAGAIN (process limit), -ECANCELED (the job was killed) or -ENOMEM.
 */
export function processCreate(parent: usize, job: usize, processLimit: u32, memoryLimit: u32): i32 {
  const keeper = changetype<Process>(parent);
  const limit = processLimit != 0 ? processLimit : parent != 0 ? keeper.processLimit : globals().processLimit;
  if (parent == 0) {
    job = jobCreate(globals().rootJob);
    if (job == 0) return -ENOMEM;
    changetype<Job>(job).processLimit = limit;
  } else if (job == 0) {
    job = keeper.job;
  }
  if ((changetype<Job>(job).flags & JOB_KILLED) != 0) return -ECANCELED;
  // Is there room for one more? A child with a lower limit of its own is still counted against its parent's.
  const joined = jobJoin(job, parent != 0 ? keeper.processLimit : limit);
  // From here on the process keeps its job.
  if (parent == 0) jobRelease(job);
  if (!joined) return -EAGAIN;
  const process = processAlloc();
  if (process === null) {
    treeLock();
    jobLeave(job);
    treeUnlock();
    return -EAGAIN;
  }
  process.state = PROCESS_CREATED;
  process.job = <u32>job;
  process.processLimit = limit;
  process.memoryLimit = memoryLimit;
  process.startUs = halNowUs();
  process.args = <u32>blockCreate();
  process.env = <u32>blockCreate();
  if (parent != 0) {
    process.pgid = keeper.pgid;
    process.sid = keeper.sid;
    if (keeper.tty != 0) ttyAttach(process, changetype<Tty>(<usize>keeper.tty));
    process.rootNode = keeper.rootNode;
    process.cwdNode = keeper.cwdNode;
    process.nice = keeper.nice;
    memory.copy(changetype<usize>(process) + offsetof<Process>("affinity0"), parent + offsetof<Process>("affinity0"), 32);
    signalsInherit(keeper, process);
  } else {
    process.pgid = process.pid;
    process.sid = process.pid;
    process.rootNode = globals().rootNode;
    process.cwdNode = globals().rootNode;
  }
  if (process.args != 0 && process.env != 0) return <i32>changetype<usize>(process);
  processDiscard(process);
  return -ENOMEM;
}

/** Make it its parent's child: from here on it can be found and signalled. */
export function processEnter(parent: usize, process: Process): void {
  treeLock();
  if (parent != 0) adopt(changetype<Process>(parent), process);
  // Its job may have been killed before it could be found.
  if ((changetype<Job>(<usize>process.job).flags & JOB_KILLED) != 0) signalSend(process, SIGKILL);
  treeUnlock();
}

/** Undo `processCreate`, whatever was added since, before it ran. */
export function processDiscard(process: Process): void {
  handleCloseAll(process);
  ttyDetach(process);
  blockFree(process.args);
  blockFree(process.env);
  treeLock();
  reap(process);
  treeUnlock();
}
