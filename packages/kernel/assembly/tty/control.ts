/** cloudos_v1: terminal control (tty_*). */
import { TERMIOS_SIZE, TTY_ICANON } from "../../../abi/src/cloudos-v1";
import { EFAULT, EINVAL, ENOTTY, EPERM, ERANGE } from "../../../abi/src/errno";
import { OBJECT_TTY } from "../../../abi/src/kernel-interface";
import { SIGTTOU } from "../../../abi/src/signals";
import { core, currentProcess, KCore } from "../core";
import { spinLock, spinUnlock } from "../lock";
import { Handle, handleGet } from "../obj/handle";
import { ringFilled } from "../obj/ring";
import { sysReturn } from "../proc/deliver";
import { groupExists, treeLock, treeUnlock } from "../proc/tree";
import { park, waitCancel, waitPrepare } from "../sched/wait";
import { copyIn, copyOut, store32 } from "../user";
import { foregroundCheck } from "./foreground";
import { ttyCommitPartial, ttyFlushInput } from "./input";
import { Tty, TTY_HUNG_UP, ttyLock, ttyResize, ttyState, ttyWriteQueue } from "./tty";

const WHEN_DRAINED: u32 = 1;
const WHEN_DRAINED_FLUSH: u32 = 2;

/** Address of the Tty behind a descriptor, -EBADF or -ENOTTY. */
function ttyOf(fd: u32): i32 {
  const found = handleGet(currentProcess(), fd, 0);
  if (found < 0) return found;
  const entry = changetype<Handle>(<usize>found);
  return entry.type == OBJECT_TTY ? <i32>entry.object : -ENOTTY;
}

function termios(tty: Tty): usize {
  return changetype<usize>(tty) + offsetof<Tty>("iflag");
}

function twoWords(out: u32, first: u32, second: u32): i32 {
  const rc = store32(out, first);
  return rc < 0 ? rc : store32(out + 4, second);
}

export function c1_tty_get(fd: u32, out: u32): i32 {
  const rc = ttyOf(fd);
  return sysReturn(rc < 0 ? rc : copyOut(out, termios(changetype<Tty>(<usize>rc)), TERMIOS_SIZE));
}

export function c1_tty_set(fd: u32, when: u32, from: u32): i32 {
  const rc = ttyOf(fd);
  return sysReturn(rc < 0 ? rc : setTermios(changetype<Tty>(<usize>rc), when, from));
}

function setTermios(tty: Tty, when: u32, from: u32): i32 {
  if (when > WHEN_DRAINED_FLUSH) return -EINVAL;
  let rc = foregroundCheck(tty, SIGTTOU);
  if (rc == 0 && when != 0) rc = drain(tty);
  if (rc < 0) return rc;
  spinLock(ttyLock(tty));
  // Staged in the scratch frame: a fault half way must not leave half the settings.
  rc = copyIn(<usize>tty.scratch, from, TERMIOS_SIZE);
  if (rc == 0) {
    memory.copy(termios(tty), <usize>tty.scratch, TERMIOS_SIZE);
    if (when == WHEN_DRAINED_FLUSH) ttyFlushInput(tty);
    if ((tty.lflag & TTY_ICANON) == 0) ttyCommitPartial(tty);
  }
  spinUnlock(ttyLock(tty));
  return rc;
}

/** Wait until the host has taken all output. */
function drain(tty: Tty): i32 {
  while (true) {
    if (drained(tty)) return 0;
    waitPrepare(ttyWriteQueue(tty));
    if (drained(tty)) {
      waitCancel();
      return 0;
    }
    const woken = park();
    if (woken < 0) return woken;
  }
}

function drained(tty: Tty): bool {
  return ringFilled(<usize>tty.outHeader) == 0 || (ttyState(tty) & TTY_HUNG_UP) != 0;
}

export function c1_tty_winsize(fd: u32, out: u32): i32 {
  const rc = ttyOf(fd);
  if (rc < 0) return sysReturn(rc);
  const tty = changetype<Tty>(<usize>rc);
  return sysReturn(twoWords(out, tty.cols, tty.rows));
}

export function c1_tty_set_winsize(fd: u32, cols: u32, rows: u32): i32 {
  const rc = ttyOf(fd);
  if (rc < 0) return sysReturn(rc);
  if (cols > 0xffff || rows > 0xffff) return EINVAL;
  ttyResize(changetype<Tty>(<usize>rc), cols, rows);
  return 0;
}

export function c1_tty_getpgrp(fd: u32, out: u32): i32 {
  const rc = ttyOf(fd);
  if (rc < 0) return sysReturn(rc);
  if (<u32>rc != currentProcess().tty) return ENOTTY;
  return sysReturn(store32(out, changetype<Tty>(<usize>rc).foreground));
}

/** EPERM: no such group in the caller's session. A background caller is stopped with SIGTTOU, as POSIX has it. */
export function c1_tty_setpgrp(fd: u32, pgid: u32): i32 {
  let rc = ttyOf(fd);
  if (rc < 0) return sysReturn(rc);
  const process = currentProcess();
  if (<u32>rc != process.tty) return ENOTTY;
  const tty = changetype<Tty>(<usize>rc);
  rc = foregroundCheck(tty, SIGTTOU);
  if (rc < 0) return sysReturn(rc);
  treeLock();
  rc = groupExists(pgid, process.sid) ? 0 : -EPERM;
  if (rc == 0) tty.foreground = pgid;
  treeUnlock();
  return sysReturn(rc);
}

/** "/dev/tty": every terminal is known by the name its own session uses. */
export function c1_tty_name(fd: u32, out: u32, length: u32, lengthOut: u32): i32 {
  const rc = ttyOf(fd);
  if (rc < 0) return sysReturn(rc);
  if (length < 8) return ERANGE;
  const staging = changetype<usize>(core()) + offsetof<KCore>("scratch0");
  store<u64>(staging, 0x7974742f7665642f);
  if (copyOut(out, staging, 8) < 0) return EFAULT;
  return sysReturn(store32(lengthOut, 8));
}
