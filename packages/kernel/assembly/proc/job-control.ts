/** Freezing and killing jobs. Everything here is called with treeLock held. */
import { IRQ_KILL, IRQ_RESCHED } from "../../../abi/src/layout";
import { SIGKILL } from "../../../abi/src/signals";
import { ringDoorbell } from "../../../hal-wasm/assembly/hal";
import { core, KCore } from "../core";
import { spinLock, spinUnlock } from "../lock";
import { runLock } from "../sched/run";
import { Share, shareThawed } from "../sched/share";
import { Job, JOB_FROZEN, JOB_KILLED, jobAfter, jobAt, jobWithin } from "./job";
import { signalSend } from "./signal";
import { processAtIndex, processScan } from "./tables";

/**
 * Freeze or thaw a job and all inside it. Frozen fibers keep their places: their shares are not picked, and whoever runs
 * gives way at the next check. Calls that wait go on underneath, as under a stop.
 */
export function jobSetFrozen(address: usize, frozen: bool): void {
  const job = jobAt(address);
  if (((job.flags & JOB_FROZEN) != 0) == frozen) return;
  job.flags ^= JOB_FROZEN;
  for (let at = address; at != 0; at = jobAfter(at, address)) {
    const word = at + offsetof<Job>("frozen");
    if (frozen) atomic.add<u32>(word, 1);
    else atomic.sub<u32>(word, 1);
    look(at, frozen);
  }
}

/** Makes the cores on which the job has lived look again. */
function look(address: usize, frozen: bool): void {
  let at = atomic.load<u32>(address + offsetof<Job>("shareList"));
  while (at != 0) {
    const share = changetype<Share>(<usize>at);
    const owner = changetype<KCore>(<usize>share.core);
    if (!frozen) {
      spinLock(runLock(owner));
      shareThawed(share);
      spinUnlock(runLock(owner));
    }
    if (owner === core()) owner.nextLookUs = 0;
    else ringDoorbell(owner.id, frozen ? IRQ_KILL : IRQ_RESCHED);
    at = share.sibling;
  }
}

/** End every process of a job and of those inside it. What is being spawned into them meanwhile ends as it enters. */
export function jobKill(address: usize): void {
  for (let at = address; at != 0; at = jobAfter(at, address)) {
    jobAt(at).flags |= JOB_KILLED;
    // What is frozen could not die.
    jobSetFrozen(at, false);
  }
  for (let at = processScan(0); at != 0; at = processScan(at)) {
    const process = processAtIndex(at - 1);
    if (jobWithin(process.job, address)) signalSend(process, SIGKILL);
  }
}
