/** Size of the terminal. */
import { getenv } from "./args";
import { tty_winsize } from "./cloudos";
import { parseFailed, parseUnsigned } from "./numbers";

const SIZE = memory.data(8);

/** Columns for output: COLUMNS from the environment, the terminal's own width, or 80. */
export function outputColumns(fd: i32): i32 {
  const given = getenv("COLUMNS");
  if (given !== null) {
    const columns = parseUnsigned(given);
    if (!parseFailed && columns > 0 && columns < 100000) return <i32>columns;
  }
  return tty_winsize(fd, SIZE) == 0 && load<i32>(SIZE) > 0 ? load<i32>(SIZE) : 80;
}

/** Rows of the terminal on `fd`, or 24. */
export function terminalRows(fd: i32): i32 {
  return tty_winsize(fd, SIZE) == 0 && load<i32>(SIZE, 4) > 0 ? load<i32>(SIZE, 4) : 24;
}
