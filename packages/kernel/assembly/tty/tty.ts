/**
 * Terminals: a line discipline (input.ts, output.ts) between two host rings and the processes of a session.
 * POSIX.1-2017, chapter 11 (General Terminal Interface).
 */
import { EBADF, ENFILE, ENOMEM } from "../../../abi/src/errno";
import {
  TTY_ECHO, TTY_ECHOCTL, TTY_ECHOE, TTY_ECHOK, TTY_ICANON, TTY_ICRNL, TTY_IEXTEN, TTY_ISIG, TTY_IUTF8, TTY_IXON, TTY_ONLCR,
  TTY_OPOST, VEOF, VERASE, VINTR, VKILL, VLNEXT, VMIN, VQUIT, VREPRINT, VSTART, VSTOP, VSUSP, VWERASE,
} from "../../../abi/src/cloudos-v1";
import { OBJECT_RING_READ, OBJECT_RING_WRITE, OBJECT_TTY } from "../../../abi/src/kernel-interface";
import { RING_O_COLS, RING_O_ROWS, RING_O_TTY } from "../../../abi/src/layout";
import { MAX_RINGS, MAX_TTYS } from "../../../abi/src/params";
import { SIGCONT, SIGHUP, SIGWINCH } from "../../../abi/src/signals";
import { Globals, globals } from "../globals";
import { TTY_TABLE_BASE } from "../layout";
import { spinLock, spinUnlock } from "../lock";
import { frameAlloc, frameFree } from "../mem/frames";
import { slabFree } from "../mem/slab";
import { KObject, objectAlloc, objectRef, objectUnref } from "../obj/object";
import { Ring, ringAt, ringRelease } from "../obj/ring";
import { WaitQueue, wakeAll } from "../sched/wait";
import { signalForeground, signalSessionLeader } from "./foreground";
import { ttyTakeInput } from "./input";

/**
 *   0 KObject: type, refs, lock, aux (number)
 *   16 in ring  | 20 out ring | 24 in header | 28 out header | 32 data    | 36 marks      | 40 scratch | 44 state
 *   48 read at  | 52 committed| 56 edit      | 60 column     | 64 line col| 68 foreground | 72 session | 76 reported cols/rows seq
 *   80 termios: iflag, oflag, lflag, 0, cc[32] (48 bytes)    | 128 cols   | 132 rows      | 136 read queue | 152 write queue
 *   168 echo staging (32 bytes)
 *
 * `data` and `marks` are frames used as circular buffers under the same free-running indexes:
 * [readAt, committed) may be read, [committed, edit) is the line being edited.
 */
@unmanaged
export class Tty extends KObject {
  // Written once.
  inRing: u32;
  outRing: u32;
  inHeader: u32;
  outHeader: u32;
  data: u32;
  marks: u32;
  scratch: u32;
  // Guarded by `lock`.
  /** TTY_HUNG_UP ...; read with atomics outside. */
  state: u32;
  /** Atomic outside the lock. */
  readAt: u32;
  /** Atomic outside the lock. */
  committed: u32;
  edit: u32;
  /** Where the cursor is, and where it was when the line being edited began. */
  column: u32;
  lineColumn: u32;
  // Guarded by treeLock.
  foreground: u32;
  session: u32;
  spare: u32;
  // Guarded by `lock`; laid out as the TERMIOS struct of cloudos_v1.
  iflag: u32;
  oflag: u32;
  lflag: u32;
  termiosSpare: u32;
  cc0: u64;
  cc1: u64;
  cc2: u64;
  cc3: u64;
  cols: u32;
  rows: u32;
  readQueue0: u64;
  readQueue1: u64;
  writeQueue0: u64;
  writeQueue1: u64;
  staging0: u64;
  staging1: u64;
  staging2: u64;
  staging3: u64;
}

export const TTY_HUNG_UP: u32 = 1;
/** ^S: output waits for ^Q. */
export const TTY_OUTPUT_STOPPED: u32 = 2;
/** ^V: the next character is data. */
export const TTY_LITERAL_NEXT: u32 = 4;

/** Input queue, in bytes: a frame. */
export const TTY_QUEUE: u32 = 4096;

// @ts-ignore: decorator
@inline
export function ttyLock(tty: Tty): usize {
  return changetype<usize>(tty) + offsetof<KObject>("lock");
}

// @ts-ignore: decorator
@inline
export function ttyReadQueue(tty: Tty): WaitQueue {
  return changetype<WaitQueue>(changetype<usize>(tty) + offsetof<Tty>("readQueue0"));
}

// @ts-ignore: decorator
@inline
export function ttyWriteQueue(tty: Tty): WaitQueue {
  return changetype<WaitQueue>(changetype<usize>(tty) + offsetof<Tty>("writeQueue0"));
}

// @ts-ignore: decorator
@inline
export function controlCharacter(tty: Tty, which: u32): u32 {
  return load<u8>(changetype<usize>(tty) + offsetof<Tty>("cc0") + which);
}

// @ts-ignore: decorator
@inline
export function ttyState(tty: Tty): u32 {
  return atomic.load<u32>(changetype<usize>(tty) + offsetof<Tty>("state"));
}

/** The terminal of a number, or null. */
export function ttyAt(number: u32): Tty | null {
  if (number >= <u32>MAX_TTYS) return null;
  return changetype<Tty | null>(<usize>atomic.load<u32>(TTY_TABLE_BASE + (number << 2)));
}

/** A terminal over two rings of the host, which it takes a reference to. Its number or -errno. */
export function ttyCreate(inNumber: u32, outNumber: u32, cols: u32, rows: u32): i32 {
  if (inNumber >= <u32>MAX_RINGS || outNumber >= <u32>MAX_RINGS) return -EBADF;
  const inRing = ringAt(inNumber);
  const outRing = ringAt(outNumber);
  if (inRing.refs == 0 || inRing.type != OBJECT_RING_READ) return -EBADF;
  if (outRing.refs == 0 || outRing.type != OBJECT_RING_WRITE) return -EBADF;

  const address = objectAlloc(OBJECT_TTY, <u32>offsetof<Tty>());
  if (address == 0) return -ENOMEM;
  const tty = changetype<Tty>(address);
  tty.data = <u32>frameAlloc();
  tty.marks = <u32>frameAlloc();
  tty.scratch = <u32>frameAlloc();
  const number = tty.data != 0 && tty.marks != 0 && tty.scratch != 0 ? enter(tty) : -ENOMEM;
  if (number < 0) {
    freeFrames(tty);
    slabFree(address);
    return number;
  }
  objectRef(changetype<usize>(inRing));
  objectRef(changetype<usize>(outRing));
  tty.inRing = changetype<u32>(inRing);
  tty.outRing = changetype<u32>(outRing);
  tty.inHeader = inRing.header;
  tty.outHeader = outRing.header;
  tty.cols = cols;
  tty.rows = rows;
  setSane(tty);
  store<u32>(<usize>inRing.header, <u32>number + 1, RING_O_TTY);
  store<u32>(<usize>outRing.header, <u32>number + 1, RING_O_TTY);
  return number;
}

/** Takes a free number. The table shows the terminal from here on. */
function enter(tty: Tty): i32 {
  const lock = changetype<usize>(globals()) + offsetof<Globals>("tableLock");
  spinLock(lock);
  let number: u32 = 0;
  while (number < <u32>MAX_TTYS && load<u32>(TTY_TABLE_BASE + (number << 2)) != 0) number++;
  if (number < <u32>MAX_TTYS) {
    tty.aux = number;
    atomic.store<u32>(TTY_TABLE_BASE + (number << 2), changetype<u32>(tty));
  }
  spinUnlock(lock);
  return number < <u32>MAX_TTYS ? <i32>number : -ENFILE;
}

/** The settings `stty sane` gives. */
function setSane(tty: Tty): void {
  tty.iflag = TTY_ICRNL | TTY_IXON | TTY_IUTF8;
  tty.oflag = TTY_OPOST | TTY_ONLCR;
  tty.lflag = TTY_ISIG | TTY_ICANON | TTY_ECHO | TTY_ECHOE | TTY_ECHOK | TTY_ECHOCTL | TTY_IEXTEN;
  const cc = changetype<usize>(tty) + offsetof<Tty>("cc0");
  store<u8>(cc + VINTR, 3);
  store<u8>(cc + VQUIT, 28);
  store<u8>(cc + VERASE, 127);
  store<u8>(cc + VKILL, 21);
  store<u8>(cc + VEOF, 4);
  store<u8>(cc + VSUSP, 26);
  store<u8>(cc + VWERASE, 23);
  store<u8>(cc + VLNEXT, 22);
  store<u8>(cc + VSTART, 17);
  store<u8>(cc + VSTOP, 19);
  store<u8>(cc + VREPRINT, 18);
  store<u8>(cc + VMIN, 1);
}

function freeFrames(tty: Tty): void {
  if (tty.data != 0) frameFree(<usize>tty.data);
  if (tty.marks != 0) frameFree(<usize>tty.marks);
  if (tty.scratch != 0) frameFree(<usize>tty.scratch);
}

/** A handle, a session's member or the host lets go. The last one frees the terminal. */
export function ttyRelease(tty: Tty): void {
  if (!objectUnref(changetype<usize>(tty))) return;
  atomic.store<u32>(TTY_TABLE_BASE + (tty.aux << 2), 0);
  store<u32>(<usize>tty.inHeader, 0, RING_O_TTY);
  store<u32>(<usize>tty.outHeader, 0, RING_O_TTY);
  ringRelease(changetype<Ring>(<usize>tty.inRing));
  ringRelease(changetype<Ring>(<usize>tty.outRing));
  freeFrames(tty);
  slabFree(changetype<usize>(tty));
}

/** The host is gone from its end: readers see end of file, writers EIO, the session SIGHUP. Drops the host's reference. */
export function ttyHangup(number: u32): void {
  const tty = ttyAt(number);
  if (tty === null || (ttyState(tty) & TTY_HUNG_UP) != 0) return;
  atomic.or<u32>(changetype<usize>(tty) + offsetof<Tty>("state"), TTY_HUNG_UP);
  wakeAll(ttyReadQueue(tty));
  wakeAll(ttyWriteQueue(tty));
  signalSessionLeader(tty, SIGHUP);
  signalForeground(tty, SIGHUP);
  signalForeground(tty, SIGCONT);
  ttyRelease(tty);
}

/** IRQ_HOST: the host typed something, or took output. */
export function ttyHostMoved(tty: Tty | null): void {
  if (tty === null) return;
  ttyTakeInput(tty);
  wakeAll(ttyWriteQueue(tty));
}

/** IRQ_HOST: the host's window has another size now. */
export function ttyHostResized(tty: Tty | null, header: usize): void {
  if (tty === null) return;
  ttyResize(tty, load<u32>(header, RING_O_COLS), load<u32>(header, RING_O_ROWS));
}

export function ttyResize(tty: Tty, cols: u32, rows: u32): void {
  spinLock(ttyLock(tty));
  const changed = tty.cols != cols || tty.rows != rows;
  tty.cols = cols;
  tty.rows = rows;
  spinUnlock(ttyLock(tty));
  if (changed) signalForeground(tty, SIGWINCH);
}
