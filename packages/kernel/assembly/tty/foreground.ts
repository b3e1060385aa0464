/** Terminals and job control: who is in the foreground, and what happens to those who are not. POSIX.1-2017, 11.1.4. */
import { EINTR, EIO } from "../../../abi/src/errno";
import { SIGTTIN } from "../../../abi/src/signals";
import { currentProcess } from "../core";
import { objectRef } from "../obj/object";
import { deliver } from "../proc/deliver";
import { Process, PROCESS_ZOMBIE } from "../proc/process";
import { bitOf, signalSend } from "../proc/signal";
import { processAtIndex, processFind, processScan } from "../proc/tables";
import { groupOrphaned, treeLock, treeUnlock } from "../proc/tree";
import { Tty, ttyRelease } from "./tty";

/** Make `tty` the controlling terminal of a process that has none. treeLock is held, or the process is not yet public. */
export function ttyAttach(process: Process, tty: Tty): void {
  objectRef(changetype<usize>(tty));
  process.tty = changetype<u32>(tty);
}

/** The process has no controlling terminal any more (setsid, exit). Not under treeLock: this may free the terminal. */
export function ttyDetach(process: Process): void {
  const tty = process.tty;
  process.tty = 0;
  if (tty != 0) ttyRelease(changetype<Tty>(<usize>tty));
}

/** Signal every member of a group. treeLock is held. False when there is none. */
export function signalGroup(pgid: u32, signal: u32): bool {
  let found = false;
  for (let at = processScan(0); at != 0; at = processScan(at)) {
    const process = processAtIndex(at - 1);
    if (process.pgid != pgid || process.state == PROCESS_ZOMBIE) continue;
    found = true;
    if (signal != 0) signalSend(process, signal);
  }
  return found;
}

/** No lock of the terminal is held. */
export function signalForeground(tty: Tty, signal: u32): void {
  treeLock();
  if (tty.foreground != 0) signalGroup(tty.foreground, signal);
  treeUnlock();
}

export function signalSessionLeader(tty: Tty, signal: u32): void {
  treeLock();
  const leader = processFind(tty.session);
  if (leader !== null) signalSend(leader, signal);
  treeUnlock();
}

/**
 * May the current process use its terminal now? 0: yes. A background process is sent `signal` (SIGTTIN, SIGTTOU) with its
 * group and stops here; -EINTR when it was continued or fetches the signal itself, -EIO when nothing could continue it.
 */
export function foregroundCheck(tty: Tty, signal: u32): i32 {
  const process = currentProcess();
  if (process.tty != changetype<u32>(tty)) return 0;
  treeLock();
  if (tty.foreground == 0 || tty.foreground == process.pgid) {
    treeUnlock();
    return 0;
  }
  const shrugs = ((process.ignored | process.masked) & bitOf(signal)) != 0;
  // Reading has no "go ahead" for processes that ignore SIGTTIN; writing has.
  let rc = shrugs ? (signal == SIGTTIN ? -EIO : 0) : groupOrphaned(process.pgid, 0) ? -EIO : -EINTR;
  if (rc == -EINTR) signalGroup(process.pgid, signal);
  treeUnlock();
  if (rc == -EINTR) {
    deliver();
    // Stopped and continued: the caller tries again. A queued signal is the program's to fetch first.
    if ((process.queued & bitOf(signal)) == 0) rc = foregroundCheck(tty, signal);
  }
  return rc;
}
