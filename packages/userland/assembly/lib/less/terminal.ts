/** The terminal less runs on: raw mode, size, keys. Keys come from /dev/tty, so that the text may come from a pipe. */
import { SIGTSTP, SIGWINCH, SIG_QUEUE } from "../../../../abi/src/signals";
import { TERMIOS_O_CC, TTY_ECHO, TTY_ICANON, TTY_ICRNL, TTY_IEXTEN, TTY_ISIG, TTY_IXON, VMIN, VTIME } from "../../../../abi/src/cloudos-v1";
import { EINTR } from "../../../../abi/src/errno";
import { openRead } from "../fs";
import { poll_oneoff } from "../wasi";
import { proc_kill, sig_action, sig_take, tty_get, tty_set, tty_winsize } from "../cloudos";
import { readInto, writeText } from "../io";

const SAVED = memory.data(48, 8);
const RAW = memory.data(48, 8);
const SIZE = memory.data(8, 8);
const BYTE = memory.data(8);
const SUBSCRIPTIONS = memory.data(96, 8);
const EVENTS = memory.data(64, 8);
const COUNT = memory.data(8, 8);
const OLD = memory.data(8, 8);

/** What `wait` saw. */
export const READY_KEY: i32 = 1;
export const READY_INPUT: i32 = 2;

export class Terminal {
  columns: i32 = 80;
  rows: i32 = 24;
  /** The window changed: everything must be drawn again. */
  resized: bool = false;
  private fd: i32 = -1;

  constructor(
    /** Do not switch to the alternate screen (-X). */
    private plain: bool,
  ) {
    this.fd = openRead("/dev/tty");
    if (this.fd < 0) this.fd = 2;
    this.measure();
  }

  /** Whether keys can be read at all. */
  get usable(): bool {
    return tty_get(this.fd, SAVED) == 0;
  }

  measure(): void {
    if (tty_winsize(1, SIZE) != 0 && tty_winsize(this.fd, SIZE) != 0) return;
    const columns = load<i32>(SIZE);
    const rows = load<i32>(SIZE, 4);
    if (columns > 0) this.columns = columns;
    if (rows > 1) this.rows = rows;
  }

  start(): void {
    tty_get(this.fd, SAVED);
    memory.copy(RAW, SAVED, 48);
    store<u32>(RAW, load<u32>(RAW) & ~(TTY_IXON | TTY_ICRNL));
    store<u32>(RAW, load<u32>(RAW, 8) & ~(TTY_ICANON | TTY_ECHO | TTY_ISIG | TTY_IEXTEN), 8);
    store<u8>(RAW + TERMIOS_O_CC + VMIN, 1);
    store<u8>(RAW + TERMIOS_O_CC + VTIME, 0);
    tty_set(this.fd, 1, RAW);
    sig_action(SIGWINCH, SIG_QUEUE, OLD);
    writeText(1, this.plain ? "\x1b[?1h\x1b=" : "\x1b[?1049h\x1b[?1h\x1b=");
  }

  stop(): void {
    writeText(1, "\r\x1b[K\x1b[?1l\x1b>" + (this.plain ? "" : "\x1b[?1049l"));
    tty_set(this.fd, 1, SAVED);
  }

  suspend(): void {
    this.stop();
    proc_kill(0, SIGTSTP);
    this.start();
    this.resized = true;
  }

  private takeSignals(): void {
    for (let signal = sig_take(); signal != 0; signal = sig_take()) {
      if (signal != SIGWINCH) continue;
      this.measure();
      this.resized = true;
    }
  }

  /** Waits for a key or, with `input` >= 0, for input: READY_* bits; 0 when a signal came. */
  wait(input: i32): i32 {
    memory.fill(SUBSCRIPTIONS, 0, 96);
    store<u64>(SUBSCRIPTIONS, READY_KEY);
    store<u8>(SUBSCRIPTIONS, 1, 8);
    store<u32>(SUBSCRIPTIONS, this.fd, 16);
    store<u64>(SUBSCRIPTIONS, READY_INPUT, 48);
    store<u8>(SUBSCRIPTIONS, 1, 56);
    store<u32>(SUBSCRIPTIONS, input, 64);
    const error = poll_oneoff(SUBSCRIPTIONS, EVENTS, input >= 0 ? 2 : 1, COUNT);
    this.takeSignals();
    if (error != 0) return 0;
    let ready = 0;
    for (let i: u32 = 0; i < load<u32>(COUNT); i++) ready |= <i32>load<u64>(EVENTS + i * 32);
    return ready;
  }

  /** One byte typed; -1 when a signal came first, -2 when the terminal is gone. */
  private byte(): i32 {
    const count = readInto(this.fd, BYTE, 1);
    this.takeSignals();
    return count == 1 ? load<u8>(BYTE) : count == -EINTR ? -1 : -2;
  }

  /** A key: a byte, or KEY_* for an escape sequence. */
  key(): i32 {
    const first = this.byte();
    if (first != 27) return first;
    const second = this.byte();
    if (second != 91 && second != 79) return second < 0 ? 27 : second;
    let number = 0;
    while (true) {
      const c = this.byte();
      if (c >= 48 && c <= 57) number = number * 10 + c - 48;
      else if (c == 59) number = 0;
      else return sequence(c, number);
    }
  }
}

export const KEY_UP: i32 = 1001;
export const KEY_DOWN: i32 = 1002;
export const KEY_RIGHT: i32 = 1003;
export const KEY_LEFT: i32 = 1004;
export const KEY_PAGE_UP: i32 = 1005;
export const KEY_PAGE_DOWN: i32 = 1006;
export const KEY_HOME: i32 = 1007;
export const KEY_END: i32 = 1008;

/** Final letter, or number before "~", of a control sequence (xterm). */
function sequence(letter: i32, number: i32): i32 {
  switch (letter) {
    case 65: return KEY_UP;
    case 66: return KEY_DOWN;
    case 67: return KEY_RIGHT;
    case 68: return KEY_LEFT;
    case 72: return KEY_HOME;
    case 70: return KEY_END;
    case 126: return number == 5 ? KEY_PAGE_UP : number == 6 ? KEY_PAGE_DOWN : number == 1 || number == 7 ? KEY_HOME : number == 4 || number == 8 ? KEY_END : 0;
    default: return 0;
  }
}
