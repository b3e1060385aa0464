/** Names of signals (Linux numbers). */
import { toUpper } from "./bytes";
import { parseFailed, parseUnsigned } from "./numbers";

const NAMES =
  "EXIT HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CONT STOP TSTP TTIN TTOU URG XCPU XFSZ VTALRM PROF WINCH POLL PWR SYS";

const names = NAMES.split(" ");

/** Signals with a name: 1 to 31. */
export const SIGNAL_COUNT: i32 = 31;

/** "TERM" for 15; "" when there is no such signal. */
export function signalName(signal: i32): string {
  return signal >= 1 && signal <= SIGNAL_COUNT ? names[signal] : "";
}

/** The number of "TERM", "SIGTERM", "term" or "15"; -1 when it is no signal. 0 is one (it only tests). */
export function signalNumber(text: string): i32 {
  const number = parseUnsigned(text);
  if (!parseFailed) return number <= 64 ? <i32>number : -1;
  let name = toUpper(text);
  if (name.startsWith("SIG")) name = name.substring(3);
  if (name == "IOT") return 6;
  if (name == "CLD") return 17;
  if (name == "IO") return 29;
  return names.indexOf(name);
}
