/** Line discipline, input half: from the host's ring to the queue that processes read. Runs on core 0, on IRQ_HOST. */
import {
  TTY_ECHO, TTY_ECHOK, TTY_ICANON, TTY_ICRNL, TTY_IEXTEN, TTY_IGNCR, TTY_INLCR, TTY_ISIG, TTY_IXON, TTY_NOFLSH, VEOF, VEOL,
  VERASE, VINTR, VKILL, VLNEXT, VQUIT, VREPRINT, VSTART, VSTOP, VSUSP, VWERASE,
} from "../../../abi/src/cloudos-v1";
import { RING_O_CAPACITY, RING_O_DATA, RING_O_HEAD } from "../../../abi/src/layout";
import { SIGINT, SIGQUIT, SIGTSTP } from "../../../abi/src/signals";
import { spinLock, spinUnlock } from "../lock";
import { ringConsumed, ringFilled } from "../obj/ring";
import { wakeAll } from "../sched/wait";
import { echoByte, echoErase, echoLine, echoNewline, ringBell } from "./echo";
import { signalForeground } from "./foreground";
import { controlCharacter, Tty, TTY_LITERAL_NEXT, ttyLock, TTY_OUTPUT_STOPPED, TTY_QUEUE, ttyReadQueue, ttyWriteQueue } from "./tty";

const LF: u32 = 10;
const CR: u32 = 13;

/** Marks beside the queue's bytes. */
export const MARK_LINE_END: u8 = 1;
/** ^D: ends a read here and is not data itself. */
export const MARK_EOF: u8 = 2;

/** Take what the host typed, as far as there is room; a reader that makes room calls this again. */
export function ttyTakeInput(tty: Tty): void {
  const header = <usize>tty.inHeader;
  let signal: u32 = 0;
  spinLock(ttyLock(tty));
  const before = tty.committed;
  let taken: u32 = 0;
  const filled = ringFilled(header);
  while (taken < filled && signal == 0) {
    const byte = ringByte(header, taken);
    if (full(tty) && signalOf(tty, byte) == 0) {
      // The rest waits in the ring - unless somebody presses ^C, which must work however much was typed ahead.
      const ahead = signalAhead(tty, header, taken, filled);
      if (ahead == 0) break;
      taken = ahead;
      continue;
    }
    taken++;
    signal = takeByte(tty, byte);
  }
  const committed = tty.committed != before;
  const more = taken < filled && signal != 0;
  spinUnlock(ttyLock(tty));
  if (taken > 0) ringConsumed(header, taken);
  if (committed || signal != 0) wakeAll(ttyReadQueue(tty));
  if (signal != 0) {
    wakeAll(ttyWriteQueue(tty));
    signalForeground(tty, signal);
  }
  if (more) ttyTakeInput(tty);
}

function ringByte(header: usize, offset: u32): u32 {
  const at = (load<u32>(header, RING_O_HEAD) + offset) & (load<u32>(header, RING_O_CAPACITY) - 1);
  return load<u8>(<usize>load<u32>(header, RING_O_DATA) + at);
}

/** No room that reading could not make: a canonical line longer than the queue drops its excess instead (see append). */
function full(tty: Tty): bool {
  return tty.edit - tty.readAt >= TTY_QUEUE && !((tty.lflag & TTY_ICANON) != 0 && tty.readAt == tty.committed);
}

/** Offset of the next signal character at or after `from`, or 0. */
function signalAhead(tty: Tty, header: usize, from: u32, filled: u32): u32 {
  for (let offset = from; offset < filled; offset++) {
    if (signalOf(tty, ringByte(header, offset)) != 0) return offset;
  }
  return 0;
}

/** The signal a byte stands for now, or 0. A control character set to 0 is disabled (_POSIX_VDISABLE). */
function signalOf(tty: Tty, byte: u32): u32 {
  if ((tty.lflag & TTY_ISIG) == 0 || byte == 0 || (tty.state & TTY_LITERAL_NEXT) != 0) return 0;
  if (byte == controlCharacter(tty, VINTR)) return SIGINT;
  if (byte == controlCharacter(tty, VQUIT)) return SIGQUIT;
  if (byte == controlCharacter(tty, VSUSP)) return SIGTSTP;
  return 0;
}

/** One byte through the discipline. Returns the signal to send once the lock is dropped, or 0. */
function takeByte(tty: Tty, byte: u32): u32 {
  if ((tty.state & TTY_LITERAL_NEXT) != 0) {
    tty.state &= ~TTY_LITERAL_NEXT;
    append(tty, byte, 0);
    return 0;
  }
  const signal = signalOf(tty, byte);
  if (signal != 0) {
    if ((tty.lflag & TTY_NOFLSH) == 0) ttyFlushInput(tty);
    tty.state &= ~TTY_OUTPUT_STOPPED;
    echoByte(tty, byte);
    return signal;
  }
  if ((tty.iflag & TTY_IXON) != 0 && byte != 0 && flowControl(tty, byte)) return 0;
  if (byte == CR) {
    if ((tty.iflag & TTY_IGNCR) != 0) return 0;
    if ((tty.iflag & TTY_ICRNL) != 0) byte = LF;
  } else if (byte == LF && (tty.iflag & TTY_INLCR) != 0) byte = CR;
  if ((tty.lflag & TTY_ICANON) != 0) canonical(tty, byte);
  else append(tty, byte, 0);
  return 0;
}

function flowControl(tty: Tty, byte: u32): bool {
  if (byte == controlCharacter(tty, VSTOP)) {
    tty.state |= TTY_OUTPUT_STOPPED;
    return true;
  }
  if (byte != controlCharacter(tty, VSTART)) return false;
  tty.state &= ~TTY_OUTPUT_STOPPED;
  wakeAll(ttyWriteQueue(tty));
  return true;
}

function canonical(tty: Tty, byte: u32): void {
  if (byte == LF || (byte != 0 && byte == controlCharacter(tty, VEOL))) return append(tty, byte, MARK_LINE_END);
  if (byte == 0) return append(tty, byte, 0);
  if (byte == controlCharacter(tty, VEOF)) return append(tty, byte, MARK_EOF);
  if (byte == controlCharacter(tty, VERASE)) return eraseCharacter(tty);
  if (byte == controlCharacter(tty, VKILL)) return kill(tty);
  if ((tty.lflag & TTY_IEXTEN) != 0) {
    if (byte == controlCharacter(tty, VWERASE)) return eraseWord(tty);
    if (byte == controlCharacter(tty, VREPRINT)) return echoLine(tty, byte);
    if (byte == controlCharacter(tty, VLNEXT)) {
      tty.state |= TTY_LITERAL_NEXT;
      return;
    }
  }
  append(tty, byte, 0);
}

/** Put a byte in the queue and on the screen. */
function append(tty: Tty, byte: u32, mark: u8): void {
  const canonicalMode = (tty.lflag & TTY_ICANON) != 0;
  // The last place is kept for the line's end.
  const limit = canonicalMode && mark == 0 ? TTY_QUEUE - 1 : TTY_QUEUE;
  if (tty.edit - tty.readAt >= limit) return ringBell(tty);
  if (tty.edit == tty.committed) tty.lineColumn = tty.column;
  const at = tty.edit & (TTY_QUEUE - 1);
  store<u8>(<usize>tty.data + at, byte);
  store<u8>(<usize>tty.marks + at, mark);
  tty.edit++;
  if (mark != MARK_EOF) {
    if (byte == LF) echoNewline(tty);
    else if ((tty.lflag & TTY_ECHO) != 0) echoByte(tty, byte);
  }
  if (mark != 0 || !canonicalMode) commit(tty);
}

function commit(tty: Tty): void {
  atomic.store<u32>(changetype<usize>(tty) + offsetof<Tty>("committed"), tty.edit);
}

/** Drop everything typed and not read. The lock is held. */
export function ttyFlushInput(tty: Tty): void {
  tty.edit = tty.readAt;
  commit(tty);
}

/** Canonical mode ended with a line half typed: it can be read as it is. The lock is held. */
export function ttyCommitPartial(tty: Tty): void {
  commit(tty);
}

function previous(tty: Tty): u32 {
  return load<u8>(<usize>tty.data + ((tty.edit - 1) & (TTY_QUEUE - 1)));
}

function eraseCharacter(tty: Tty): void {
  if (tty.edit == tty.committed) return;
  echoErase(tty);
}

function eraseWord(tty: Tty): void {
  while (tty.edit != tty.committed && isBlank(previous(tty))) echoErase(tty);
  while (tty.edit != tty.committed && !isBlank(previous(tty))) echoErase(tty);
}

function kill(tty: Tty): void {
  if ((tty.lflag & TTY_ECHOK) != 0) {
    while (tty.edit != tty.committed) echoErase(tty);
  } else tty.edit = tty.committed;
}

function isBlank(byte: u32): bool {
  return byte == 32 || byte == 9;
}
