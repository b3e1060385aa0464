// WASI programs find their directories ("/" and ".") on descriptors from 3 on, where scripts expect closed ones. So to commands
// these descriptors look closed, and whatever closes one brings the directory back for the programs started later.
import { fd_prestat_get } from "../../lib/wasi";
import { close, duplicate, duplicateTo, SHELL_FD } from "./files";

const FIRST: u32 = 3;
const PRESTAT = memory.data(8, 8);
/** Copies in the shell's own range, by descriptor; -1: no preopen there. */
const copies = new StaticArray<i32>(SHELL_FD).fill(-1);

export function startPreopens(): void {
  for (let fd = FIRST; fd < SHELL_FD && fd_prestat_get(fd, PRESTAT) == 0; fd++) copies[fd] = duplicate(fd, SHELL_FD, true);
}

/** The descriptor holds a directory for programs and nothing a script has opened. */
export function isPreopen(fd: i32): bool {
  return fd >= 0 && fd < <i32>SHELL_FD && copies[fd] >= 0 && fd_prestat_get(fd, PRESTAT) == 0;
}

/** Closes a descriptor for scripts. */
export function closeForScripts(fd: i32): void {
  if (fd < <i32>SHELL_FD && copies[fd] >= 0) duplicateTo(copies[fd], fd);
  else close(fd);
}
