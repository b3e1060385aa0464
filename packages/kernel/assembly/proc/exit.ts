/** How processes end. */
import { EVENT_EXITED } from "../../../abi/src/kernel-interface";
import { WAIT_EXITED, WAIT_SIGNALED } from "../../../abi/src/cloudos-v1";
import { SIGCHLD, SIGCONT, SIGHUP } from "../../../abi/src/signals";
import { halUnwind } from "../../../hal-wasm/assembly/hal";
import { core, currentFiber, currentProcess, setCurrent } from "../core";
import { trace, TRACE_EXIT } from "../cap/trace";
import { processShowsEnd } from "../ipc/process";
import { eventPost } from "../host/events";
import { handleCloseAll } from "../obj/handle";
import { unplace } from "../sched/placement";
import { chargeCurrent } from "../sched/run";
import { windowsDrop } from "../window/window";
import { wakeAll } from "../sched/wait";
import { ttyLeaderExit } from "../tty/session";
import { Tty, ttyRelease } from "../tty/tty";
import { blockFree } from "./block";
import { Fiber } from "./fiber";
import { jobLeave, jobUncharge } from "./job";
import { Process, PROCESS_ZOMBIE } from "./process";
import { bitOf, childWait, signalsFatal, signalSend } from "./signal";
import { spawnEnded } from "./spawn";
import { processAtIndex, processFree, processScan } from "./tables";
import { disown, groupOrphaned, groupStopped, treeLock, treeUnlock } from "./tree";

/** End the current process; never returns. */
export function processExit(kind: u32, code: u32): void {
  const fiber = currentFiber();
  chargeCurrent();
  processFinish(currentProcess(), kind, code);
  setCurrent(null);
  halUnwind(fiber.index);
  unreachable();
}

/** Everything about the end of a process but the fiber's stack. Its fiber is current, or has no stack. */
export function processFinish(process: Process, kind: u32, code: u32): void {
  // A signal that ends it may have come while it was on its way out: ^C in a script that goes because its child was hit too.
  const fatal = kind == WAIT_EXITED ? signalsFatal(process) : 0;
  if (fatal != 0) {
    kind = WAIT_SIGNALED;
    code = ctz(fatal) + 1;
  }
  windowsDrop(process);
  handleCloseAll(process);
  const fiber = changetype<Fiber>(<usize>process.fiber);
  process.userUs += fiber.userUs;
  process.systemUs += fiber.systemUs;

  treeLock();
  const args = process.args;
  const env = process.env;
  process.args = 0;
  process.env = 0;
  process.exitKind = kind;
  process.exitCode = code;
  process.fiber = 0;
  process.state = PROCESS_ZOMBIE;
  jobUncharge(process.job, process.memoryBytes);
  process.memoryBytes = 0;
  processShowsEnd(process);
  trace(TRACE_EXIT, kind, code, 0);
  atomic.store<u32>(changetype<usize>(process) + offsetof<Process>("stopped"), 0);
  releaseChildren(process);
  if (process.sid == process.pid) ttyLeaderExit(process);
  const tty = process.tty;
  process.tty = 0;
  const token = process.hostToken;
  const pid = process.pid;
  const spawn = <usize>process.spawn;
  process.spawn = 0;
  const parent = process.parent;
  if (parent == 0) {
    reap(process);
  } else {
    const keeper = changetype<Process>(<usize>parent);
    // POSIX: who ignores SIGCHLD does not want to wait for its children.
    if ((keeper.ignored & bitOf(SIGCHLD)) != 0) reap(process);
    else signalSend(keeper, SIGCHLD);
    wakeAll(childWait(keeper));
  }
  treeUnlock();
  blockFree(args);
  blockFree(env);
  if (tty != 0) ttyRelease(changetype<Tty>(<usize>tty));
  if (spawn != 0) spawnEnded(spawn, 0);
  if (token != 0) eventPost(EVENT_EXITED, pid, kind == WAIT_EXITED ? 0 : 1, code);
}

/** Orphans belong to nobody: they are reaped when they end. Groups the exit orphans are not left stopped. */
function releaseChildren(process: Process): void {
  while (process.children != 0) {
    const child = changetype<Process>(<usize>process.children);
    disown(child);
    if (child.state == PROCESS_ZOMBIE) {
      reap(child);
      continue;
    }
    if (child.pgid != process.pgid && child.sid == process.sid) hangUpIfOrphaned(child.pgid, child.sid);
  }
  // Was it the link of its own group to a parent elsewhere? A group that was an orphan before is left alone.
  const parent = changetype<Process>(<usize>process.parent);
  if (process.parent != 0 && parent.pgid != process.pgid && parent.sid == process.sid) {
    hangUpIfOrphaned(process.pgid, process.sid);
  }
}

function hangUpIfOrphaned(pgid: u32, sid: u32): void {
  if (!groupOrphaned(pgid, 0) || !groupStopped(pgid)) return;
  for (let at = processScan(0); at != 0; at = processScan(at)) {
    const member = processAtIndex(at - 1);
    if (member.pgid != pgid || member.sid != sid) continue;
    signalSend(member, SIGHUP);
    signalSend(member, SIGCONT);
  }
}

/** Give a dead process's number back. treeLock is held. */
export function reap(process: Process): void {
  disown(process);
  jobLeave(process.job);
  processFree(process);
}

/** The fiber's stack is gone. */
export function fiberGone(fiber: Fiber): void {
  unplace(fiber);
  if (core().fiber == changetype<u32>(fiber)) setCurrent(null);
}

/** Default action of fatal signals. */
export function processKilled(process: Process, fatal: u32): void {
  processFinish(process, WAIT_SIGNALED, ctz(fatal) + 1);
}
