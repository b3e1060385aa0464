/** Line discipline, output half, and what reading and writing a terminal do. */
import {
  TTY_ICANON, TTY_ONLCR, TTY_OPOST, TTY_TOSTOP, VMIN, VTIME,
} from "../../../abi/src/cloudos-v1";
import { EAGAIN, EFAULT, EIO, ETIMEDOUT } from "../../../abi/src/errno";
import { RING_O_CAPACITY } from "../../../abi/src/layout";
import { SIGTTIN, SIGTTOU } from "../../../abi/src/signals";
import { halNowUs } from "../../../hal-wasm/assembly/hal";
import { spinLock, spinUnlock } from "../lock";
import { ringFilled, ringProduce } from "../obj/ring";
import { park, parkUntil, waitCancel, waitPrepare } from "../sched/wait";
import { copyIn, copyOut } from "../user";
import { foregroundCheck } from "./foreground";
import { MARK_EOF, ttyTakeInput } from "./input";
import {
  controlCharacter, Tty, TTY_HUNG_UP, ttyLock, TTY_OUTPUT_STOPPED, TTY_QUEUE, ttyReadQueue, ttyState, ttyWriteQueue,
} from "./tty";

const LF: u32 = 10;
/** VTIME counts tenths of a second. */
const TENTH_US: f64 = 100_000;

function room(tty: Tty): u32 {
  return load<u32>(<usize>tty.outHeader, RING_O_CAPACITY) - ringFilled(<usize>tty.outHeader);
}

/** Kernel bytes to the screen, post-processed. What does not fit is lost: callers that must not lose look at `room` first. */
export function emit(tty: Tty, from: usize, length: u32): void {
  const header = <usize>tty.outHeader;
  const translate = (tty.oflag & (TTY_OPOST | TTY_ONLCR)) == (TTY_OPOST | TTY_ONLCR);
  let start = from;
  const end = from + length;
  for (let at = from; at < end; at++) {
    const byte = <u32>load<u8>(at);
    if (byte == LF && translate) {
      ringProduce(header, start, <u32>(at - start), false);
      store<u16>(changetype<usize>(tty) + offsetof<Tty>("staging3"), 0x0a0d);
      ringProduce(header, changetype<usize>(tty) + offsetof<Tty>("staging3"), 2, false);
      start = at + 1;
    }
    advance(tty, byte);
  }
  if (end > start) ringProduce(header, start, <u32>(end - start), false);
}

/** Follow the cursor's column. Escape sequences are not understood: only typed lines are measured by it. */
function advance(tty: Tty, byte: u32): void {
  if (byte >= 32) {
    if ((byte & 0xc0) != 0x80) tty.column++;
  } else if (byte == LF || byte == 13) tty.column = 0;
  else if (byte == 9) tty.column = (tty.column | 7) + 1;
  else if (byte == 8 && tty.column > 0) tty.column--;
}

/** Room for something to be written, and nobody pressed ^S. */
export function ttyWritable(tty: Tty): bool {
  const state = ttyState(tty);
  return (state & TTY_HUNG_UP) != 0 || ((state & TTY_OUTPUT_STOPPED) == 0 && room(tty) >= 2);
}

/** All bytes, unless a signal or NONBLOCK cuts it short. Bytes or -errno. */
export function ttyWrite(object: usize, from: u32, length: u32, nonBlock: bool): i32 {
  const tty = changetype<Tty>(object);
  let done: u32 = 0;
  while (done < length) {
    if ((ttyState(tty) & TTY_HUNG_UP) != 0) return done > 0 ? <i32>done : -EIO;
    if ((tty.lflag & TTY_TOSTOP) != 0) {
      const rc = foregroundCheck(tty, SIGTTOU);
      if (rc < 0) return done > 0 ? <i32>done : rc;
    }
    spinLock(ttyLock(tty));
    // A newline may become two bytes.
    const count = (tty.state & TTY_OUTPUT_STOPPED) != 0 ? 0 : min(min(length - done, TTY_QUEUE), room(tty) >> 1);
    const fault = count > 0 && copyIn(<usize>tty.scratch, from + done, count) < 0;
    if (count > 0 && !fault) emit(tty, <usize>tty.scratch, count);
    spinUnlock(ttyLock(tty));
    if (fault) return done > 0 ? <i32>done : -EFAULT;
    done += count;
    if (count > 0) continue;
    if (nonBlock) return done > 0 ? <i32>done : -EAGAIN;
    waitPrepare(ttyWriteQueue(tty));
    if (ttyWritable(tty)) {
      waitCancel();
      continue;
    }
    const woken = park();
    if (woken < 0) return done > 0 ? <i32>done : woken;
  }
  return <i32>done;
}

/** Something to read, or the end. */
export function ttyReadable(tty: Tty): bool {
  return available(tty) != 0 || (ttyState(tty) & TTY_HUNG_UP) != 0;
}

function available(tty: Tty): u32 {
  return atomic.load<u32>(changetype<usize>(tty) + offsetof<Tty>("committed")) -
    atomic.load<u32>(changetype<usize>(tty) + offsetof<Tty>("readAt"));
}

/** A line (canonical), or what VMIN and VTIME ask for (raw); 0 at ^D or after a hang-up. Bytes or -errno. */
export function ttyRead(object: usize, to: u32, length: u32, nonBlock: bool): i32 {
  const tty = changetype<Tty>(object);
  if (length == 0) return 0;
  let deadline: f64 = Infinity;
  while (true) {
    const rc = foregroundCheck(tty, SIGTTIN);
    if (rc < 0) return rc;
    const raw = (tty.lflag & TTY_ICANON) == 0;
    const least = raw ? min(controlCharacter(tty, VMIN), length) : 1;
    const tenths = raw ? controlCharacter(tty, VTIME) : 0;
    const ready = available(tty);
    if (ready >= max<u32>(least, 1)) return take(tty, to, length, raw);
    if ((ttyState(tty) & TTY_HUNG_UP) != 0) return ready > 0 ? take(tty, to, length, raw) : 0;
    if (nonBlock) return -EAGAIN;
    if (raw && least == 0 && tenths == 0) return 0;
    // With VMIN the clock starts at the first byte and anew at each; without, it runs from the call on.
    if (tenths != 0 && (least == 0 ? deadline == Infinity : ready > 0)) deadline = halNowUs() + <f64>tenths * TENTH_US;
    const woken = waitForMore(tty, ready, deadline);
    if (woken == -ETIMEDOUT) return available(tty) > 0 ? take(tty, to, length, raw) : 0;
    if (woken < 0) return woken;
  }
}

function waitForMore(tty: Tty, seen: u32, deadlineUs: f64): i32 {
  waitPrepare(ttyReadQueue(tty));
  if (available(tty) != seen || (ttyState(tty) & TTY_HUNG_UP) != 0) {
    waitCancel();
    return 0;
  }
  return deadlineUs == Infinity ? park() : parkUntil(deadlineUs);
}

/** Hand out what is committed: to the end of the line at most, when lines count. */
function take(tty: Tty, to: u32, length: u32, raw: bool): i32 {
  spinLock(ttyLock(tty));
  const begin = tty.readAt;
  const most = min(length, tty.committed - begin);
  let count: u32 = 0;
  let next: u32 = 0;
  while (next < most) {
    const mark = load<u8>(<usize>tty.marks + ((begin + next) & (TTY_QUEUE - 1)));
    next++;
    if (mark == MARK_EOF && !raw) break;
    count++;
    if (mark != 0 && !raw) break;
  }
  // A line that exactly fills the buffer and is followed by ^D: the ^D belongs to it, not to the next read.
  if (!raw && count == length && next < tty.committed - begin) {
    const at = (begin + next) & (TTY_QUEUE - 1);
    const ended = load<u8>(<usize>tty.marks + ((begin + next - 1) & (TTY_QUEUE - 1))) != 0;
    if (!ended && load<u8>(<usize>tty.marks + at) == MARK_EOF) next++;
  }
  const rc = copyQueue(tty, to, begin, count);
  if (rc == 0) atomic.store<u32>(changetype<usize>(tty) + offsetof<Tty>("readAt"), begin + next);
  spinUnlock(ttyLock(tty));
  // Typed ahead beyond the queue: there is room now.
  if (ringFilled(<usize>tty.inHeader) != 0) ttyTakeInput(tty);
  return rc == 0 ? <i32>count : -EFAULT;
}

function copyQueue(tty: Tty, to: u32, begin: u32, count: u32): i32 {
  const at = begin & (TTY_QUEUE - 1);
  const first = min(count, TTY_QUEUE - at);
  const rc = copyOut(to, <usize>tty.data + at, first);
  if (rc < 0 || first == count) return rc;
  return copyOut(to + first, <usize>tty.data, count - first);
}
