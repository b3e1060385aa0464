// The terminal while a line is being edited: bytes as they are typed, nothing echoed.
import {
  TERMIOS_O_CC,
  TERMIOS_SIZE,
  TTY_ECHO,
  TTY_ICANON,
  TTY_ICRNL,
  TTY_IEXTEN,
  TTY_IGNCR,
  TTY_INLCR,
  TTY_ISIG,
  TTY_IXON,
  VMIN,
  VTIME,
} from "../../../../abi/src/cloudos-v1";
import { tty_get, tty_set, tty_winsize } from "../../lib/cloudos";

const SAVED = memory.data(TERMIOS_SIZE, 8);
const RAW = memory.data(TERMIOS_SIZE, 8);
const SIZE = memory.data(8, 8);
/** Assumed where the terminal does not say. */
const DEFAULT_COLUMNS: i32 = 80;

/** False when standard input is no terminal. */
export function enterRawMode(): bool {
  if (tty_get(0, SAVED) != 0) return false;
  memory.copy(RAW, SAVED, TERMIOS_SIZE);
  store<u32>(RAW, load<u32>(SAVED) & ~(TTY_ICRNL | TTY_INLCR | TTY_IGNCR | TTY_IXON));
  store<u32>(RAW, load<u32>(SAVED, 8) & ~(TTY_ICANON | TTY_ECHO | TTY_ISIG | TTY_IEXTEN), 8);
  store<u8>(RAW + TERMIOS_O_CC, 1, VMIN);
  store<u8>(RAW + TERMIOS_O_CC, 0, VTIME);
  return tty_set(0, 1, RAW) == 0;
}

export function leaveRawMode(): void {
  tty_set(0, 1, SAVED);
}

export function columns(): i32 {
  if (tty_winsize(0, SIZE) != 0) return DEFAULT_COLUMNS;
  const width = load<i32>(SIZE);
  return width > 0 ? width : DEFAULT_COLUMNS;
}
