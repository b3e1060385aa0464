import { ENOENT } from "@cloudos/abi/errno";
import type { ExecExit } from "@cloudos/abi/exec-protocol";

export const EXIT_TIMED_OUT = 124;
export const EXIT_NOT_BOOTED = 125;
export const EXIT_NOT_EXECUTABLE = 126;
export const EXIT_NOT_FOUND = 127;

/** The shell's convention (POSIX, 2.8.2): 128+n for a signal, 126 and 127 for programs that did not start. */
export function exitCodeOf(exit: ExecExit): number {
  switch (exit.kind) {
    case "timed-out":
      return EXIT_TIMED_OUT;
    case "not-started":
      return exit.errno === ENOENT ? EXIT_NOT_FOUND : EXIT_NOT_EXECUTABLE;
    case "ended":
      return exit.status.kind === "exited" ? exit.status.code : 128 + exit.status.signal;
  }
}
