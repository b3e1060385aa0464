/** Messages on standard error and the end of the process. */
import { programName } from "./args";
import { errorText } from "./errno-text";
import { stdout, writeText } from "./io";
import { proc_exit } from "./wasi";

/** "NAME: message" on standard error. */
export function warn(message: string): void {
  writeText(2, programName + ": " + message + "\n");
}

/** "NAME: message: reason" on standard error. */
export function warnErrno(message: string, errno: i32): void {
  warn(message + ": " + errorText(errno));
}

/** Flushes standard output and ends the process; a failed write makes the status `writeFailureStatus`. */
export function finish(status: i32, writeFailureStatus: i32 = 1): void {
  const error = stdout.flush();
  if (error != 0) {
    warnErrno("write error", error);
    status = writeFailureStatus;
  }
  proc_exit(status);
}

/** Reports `message` and ends the process. */
export function die(message: string, status: i32 = 1): void {
  stdout.flush();
  warn(message);
  proc_exit(status);
}

/** Reports "message: reason" and ends the process. */
export function dieErrno(message: string, errno: i32, status: i32 = 1): void {
  die(message + ": " + errorText(errno), status);
}

/** Points to --help after a usage error and ends the process. */
export function dieUsage(message: string, status: i32 = 1): void {
  stdout.flush();
  if (message.length > 0) warn(message);
  writeText(2, "Try '" + programName + " --help' for more information.\n");
  proc_exit(status);
}
