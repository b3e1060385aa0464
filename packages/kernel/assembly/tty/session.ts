/** What the kernel itself does with a terminal: it ends sessions and prints. */
import { SIGCONT, SIGHUP } from "../../../abi/src/signals";
import { spinLock, spinUnlock } from "../lock";
import { Process } from "../proc/process";
import { processAtIndex, processScan } from "../proc/tables";
import { signalGroup } from "./foreground";
import { emit } from "./output";
import { Tty, ttyLock, ttyRelease } from "./tty";

/**
 * A session leader exits: the foreground group is hung up and the session loses its terminal (POSIX exit()). treeLock is
 * held; the leader still holds a reference, so the terminal is not freed here.
 */
export function ttyLeaderExit(leader: Process): void {
  if (leader.tty == 0) return;
  const tty = changetype<Tty>(<usize>leader.tty);
  if (tty.session != leader.sid) return;
  const foreground = tty.foreground;
  tty.foreground = 0;
  tty.session = 0;
  if (foreground != 0 && foreground != leader.pgid) {
    signalGroup(foreground, SIGHUP);
    signalGroup(foreground, SIGCONT);
  }
  for (let at = processScan(0); at != 0; at = processScan(at)) {
    const member = processAtIndex(at - 1);
    if (member === leader || member.sid != leader.sid || member.tty != changetype<u32>(tty)) continue;
    member.tty = 0;
    ttyRelease(tty);
  }
}

/** Kernel text to the screen; what does not fit is dropped. */
export function ttyPrint(object: usize, from: usize, length: u32): void {
  const tty = changetype<Tty>(object);
  spinLock(ttyLock(tty));
  emit(tty, from, length);
  spinUnlock(ttyLock(tty));
}
