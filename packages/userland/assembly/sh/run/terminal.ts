// The controlling terminal and who has it.
import { proc_getpgid, tty_getpgrp, tty_setpgrp } from "../../lib/cloudos";
import { close, duplicate, open, SHELL_FD, toShellRange } from "./files";

const OUT = memory.data(8, 8);

/** A descriptor of the terminal in the shell's range, -1 without job control. */
let fd: i32 = -1;
let group: i32 = 0;

export function terminalFd(): i32 {
  return fd;
}

/** Finds the terminal for job control. False: there is none, or it is not ours to control. */
export function acquireTerminal(): bool {
  if (fd >= 0) return true;
  let found = toShellRange(open("/dev/tty", 6, 0, 0));
  for (let i = 2; found < 0 && i >= 0; i--) found = duplicate(i, SHELL_FD, true);
  if (found < 0) return false;
  if (tty_getpgrp(found, OUT) != 0) {
    close(found);
    return false;
  }
  fd = found;
  if (proc_getpgid(0, OUT) == 0) group = load<i32>(OUT);
  return true;
}

export function releaseTerminal(): void {
  if (fd >= 0) close(fd);
  fd = -1;
}

/** Makes the shell's own group the foreground group again. */
export function reclaimTerminal(): void {
  if (fd >= 0) tty_setpgrp(fd, group);
}

export function giveTerminal(to: i32): void {
  if (fd >= 0) tty_setpgrp(fd, to);
}
