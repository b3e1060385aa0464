import { writeError } from "./output";
import { Skip, shell } from "./state";

/** "sh: 3: cd: message" on standard error. */
export function complain(message: string): void {
  const prefix = shell.command.length > 0 ? shell.command + ": " : "";
  writeError(shell.name + ": " + shell.line.toString() + ": " + prefix + message + "\n");
}

/** An error after which execution does not go on: complains, sets status 2 and starts unwinding. */
export function fatal(message: string): void {
  if (shell.skip == Skip.Error) return;
  complain(message);
  shell.status = 2;
  shell.skip = Skip.Error;
}

/** The same from a builtin: a regular one only fails with status 2, a special one ends a non-interactive shell. */
export function builtinError(message: string): i32 {
  fatal(message);
  return 2;
}
