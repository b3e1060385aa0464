/** What the line discipline shows of typing: echo, ^X, and erasing what stands on the screen. The lock is held throughout. */
import { TTY_ECHO, TTY_ECHOCTL, TTY_ECHOE, TTY_IUTF8 } from "../../../abi/src/cloudos-v1";
import { emit } from "./output";
import { Tty, TTY_QUEUE } from "./tty";

const BEL: u32 = 7;
const BS: u32 = 8;
const TAB: u32 = 9;
const LF: u32 = 10;
const DEL: u32 = 127;

function staging(tty: Tty): usize {
  return changetype<usize>(tty) + offsetof<Tty>("staging0");
}

function show1(tty: Tty, byte: u32): void {
  store<u8>(staging(tty), byte);
  emit(tty, staging(tty), 1);
}

export function ringBell(tty: Tty): void {
  show1(tty, BEL);
}

export function echoNewline(tty: Tty): void {
  if ((tty.lflag & TTY_ECHO) != 0) show1(tty, LF);
}

// @ts-ignore: decorator
@inline
function isControl(byte: u32): bool {
  return byte < 32 ? byte != TAB && byte != LF : byte == DEL;
}

/** A typed byte; control characters as ^X. */
export function echoByte(tty: Tty, byte: u32): void {
  if ((tty.lflag & TTY_ECHO) == 0) return;
  if (!isControl(byte) || (tty.lflag & TTY_ECHOCTL) == 0) return show1(tty, byte);
  store<u8>(staging(tty), 94); // ^
  store<u8>(staging(tty), byte ^ 64, 1);
  emit(tty, staging(tty), 2);
}

/** ^R: the line once more on a line of its own. */
export function echoLine(tty: Tty, control: u32): void {
  echoByte(tty, control);
  echoNewline(tty);
  tty.lineColumn = tty.column;
  for (let at = tty.committed; at != tty.edit; at++) echoByte(tty, byteAt(tty, at));
}

function byteAt(tty: Tty, index: u32): u32 {
  return load<u8>(<usize>tty.data + (index & (TTY_QUEUE - 1)));
}

function isContinuation(byte: u32): bool {
  return (byte & 0xc0) == 0x80;
}

/** Take the last character off the line being edited, and off the screen. The line is not empty. */
export function echoErase(tty: Tty): void {
  let start = tty.edit - 1;
  if ((tty.iflag & TTY_IUTF8) != 0) {
    while (start != tty.committed && isContinuation(byteAt(tty, start))) start--;
  }
  const from = columnOf(tty, start);
  const to = columnOf(tty, tty.edit);
  tty.edit = start;
  if ((tty.lflag & (TTY_ECHO | TTY_ECHOE)) != (TTY_ECHO | TTY_ECHOE)) return;
  for (let column = from; column < to; column++) {
    store<u8>(staging(tty), BS);
    store<u8>(staging(tty), 32, 1);
    store<u8>(staging(tty), BS, 2);
    emit(tty, staging(tty), 3);
  }
}

/** Column at which the character at `index` of the line being edited begins. */
function columnOf(tty: Tty, index: u32): u32 {
  let column = tty.lineColumn;
  for (let at = tty.committed; at != index; at++) {
    const byte = byteAt(tty, at);
    if (byte == TAB) column = (column | 7) + 1;
    else if (isControl(byte)) column += (tty.lflag & TTY_ECHOCTL) != 0 ? 2 : 0;
    else if ((tty.iflag & TTY_IUTF8) == 0 || byte < 0x80) column++;
    else if (!isContinuation(byte)) column += isWide(codePoint(tty, at, byte)) ? 2 : 1;
  }
  return column;
}

function codePoint(tty: Tty, at: u32, lead: u32): u32 {
  const more: u32 = lead >= 0xf0 ? 3 : lead >= 0xe0 ? 2 : 1;
  let code = lead & (0x3f >> more);
  for (let i: u32 = 1; i <= more; i++) code = (code << 6) | (byteAt(tty, at + i) & 0x3f);
  return code;
}

/** East Asian Wide and Fullwidth (UAX #11), by blocks. */
function isWide(code: u32): bool {
  if (code < 0x1100) return false;
  return (
    code <= 0x115f || (code >= 0x2e80 && code <= 0xa4cf) || (code >= 0xac00 && code <= 0xd7a3) ||
    (code >= 0xf900 && code <= 0xfaff) || (code >= 0xfe30 && code <= 0xfe6f) || (code >= 0xff00 && code <= 0xff60) ||
    (code >= 0xffe0 && code <= 0xffe6) || (code >= 0x1f300 && code <= 0x1faff) || (code >= 0x20000 && code <= 0x3fffd)
  );
}
