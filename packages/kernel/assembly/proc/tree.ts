/** Parents and children, groups and sessions. Everything here is called with treeLock held unless it says otherwise. */
import { Globals, globals } from "../globals";
import { spinLock, spinUnlock } from "../lock";
import { Process, PROCESS_ZOMBIE } from "./process";
import { processAtIndex, processScan } from "./tables";

export function treeLock(): void {
  spinLock(changetype<usize>(globals()) + offsetof<Globals>("treeLock"));
}

export function treeUnlock(): void {
  spinUnlock(changetype<usize>(globals()) + offsetof<Globals>("treeLock"));
}

export function adopt(parent: Process, child: Process): void {
  child.parent = changetype<u32>(parent);
  child.siblingPrev = 0;
  child.siblingNext = parent.children;
  if (parent.children != 0) changetype<Process>(<usize>parent.children).siblingPrev = changetype<u32>(child);
  parent.children = changetype<u32>(child);
}

export function disown(child: Process): void {
  if (child.parent == 0) return;
  if (child.siblingNext != 0) changetype<Process>(<usize>child.siblingNext).siblingPrev = child.siblingPrev;
  if (child.siblingPrev != 0) changetype<Process>(<usize>child.siblingPrev).siblingNext = child.siblingNext;
  else changetype<Process>(<usize>child.parent).children = child.siblingNext;
  child.parent = 0;
}

/** Is there a process in group `pgid` of session `sid`? Zombies count: their numbers are still taken. */
export function groupExists(pgid: u32, sid: u32): bool {
  for (let at = processScan(0); at != 0; at = processScan(at)) {
    const process = processAtIndex(at - 1);
    if (process.pgid == pgid && process.sid == sid) return true;
  }
  return false;
}

/**
 * POSIX: a group is orphaned when no member has a parent in another group of the same session: nobody could continue
 * it after a stop. `leaving` is a process to be counted as gone (0: none).
 */
export function groupOrphaned(pgid: u32, leaving: usize): bool {
  for (let at = processScan(0); at != 0; at = processScan(at)) {
    const process = processAtIndex(at - 1);
    if (process.pgid != pgid || process.state == PROCESS_ZOMBIE || changetype<usize>(process) == leaving) continue;
    const parent = <usize>process.parent;
    if (parent == 0 || parent == leaving) continue;
    if (changetype<Process>(parent).pgid != pgid && changetype<Process>(parent).sid == process.sid) return false;
  }
  return true;
}

export function groupStopped(pgid: u32): bool {
  for (let at = processScan(0); at != 0; at = processScan(at)) {
    const process = processAtIndex(at - 1);
    if (process.pgid == pgid && process.stopped != 0 && process.state != PROCESS_ZOMBIE) return true;
  }
  return false;
}
