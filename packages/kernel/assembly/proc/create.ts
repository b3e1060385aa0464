/** Processes before their program runs. */
import { EAGAIN, ENOMEM } from "../../../abi/src/errno";
import { halNowUs } from "../../../hal-wasm/assembly/hal";
import { globals } from "../globals";
import { handleCloseAll } from "../obj/handle";
import { blockCreate, blockFree } from "./block";
import { jobCreate, jobJoin, jobLeave } from "./job";
import { Process, PROCESS_CREATED } from "./process";
import { reap } from "./exit";
import { signalsInherit } from "./signal";
import { processAlloc } from "./tables";
import { ttyAttach, ttyDetach } from "../tty/foreground";
import { Tty } from "../tty/tty";
import { adopt, treeLock, treeUnlock } from "./tree";

/**
 * A child of `parent`, or with 0 a process of the host in a job and a session of its own: empty argument blocks, no
 * handles, not yet anyone's child. Address, -EAGAIN (process limit) or -ENOMEM.
 */
export function processCreate(parent: usize, processLimit: u32, memoryLimit: u32): i32 {
  const keeper = changetype<Process>(parent);
  const limit = processLimit != 0 ? processLimit : parent != 0 ? keeper.processLimit : globals().processLimit;
  const job = parent != 0 ? <usize>keeper.job : jobCreate();
  if (job == 0) return -ENOMEM;
  // Is there room for one more? A child with a lower limit of its own is still counted against its parent's.
  if (!jobJoin(job, parent != 0 ? keeper.processLimit : limit)) return -EAGAIN;
  const process = processAlloc();
  if (process === null) {
    jobLeave(job);
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
