/** A terminal in raw mode: keys one by one, nothing echoed; put back as it was at the end. */
import { TERMIOS_O_CC, TTY_ECHO, TTY_ICANON, VMIN, VTIME } from "../../../abi/src/cloudos-v1";
import { tty_get, tty_set } from "./cloudos";

const SAVED = memory.data(48, 8);
const RAW = memory.data(48, 8);
const LFLAG = 8;
let active = -1;

/** False when `fd` is no terminal. Signals from the keyboard (^C) still work. */
export function enterRaw(fd: i32): bool {
  if (tty_get(fd, SAVED) != 0) return false;
  memory.copy(RAW, SAVED, 48);
  store<u32>(RAW, load<u32>(RAW, LFLAG) & ~(TTY_ICANON | TTY_ECHO), LFLAG);
  store<u8>(RAW + TERMIOS_O_CC + VMIN, 1);
  store<u8>(RAW + TERMIOS_O_CC + VTIME, 0);
  if (tty_set(fd, 0, RAW) != 0) return false;
  active = fd;
  return true;
}

export function leaveRaw(): void {
  if (active >= 0) tty_set(active, 1, SAVED);
  active = -1;
}
