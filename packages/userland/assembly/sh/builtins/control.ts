import { parseCount } from "../number";
import { builtinError } from "../report";
import { Skip, shell } from "../state";

function illegal(text: string): i32 {
  return builtinError("Illegal number: " + text);
}

function leaveLoops(argv: string[], skip: Skip): i32 {
  const levels = argv.length > 1 ? parseCount(argv[1]) : 1;
  if (levels <= 0) return illegal(argv[1]);
  if (shell.loopDepth > 0) {
    shell.skip = skip;
    shell.skipLevels = min(levels, shell.loopDepth);
  }
  return 0;
}

export function breakCommand(argv: string[]): i32 {
  return leaveLoops(argv, Skip.Break);
}

export function continueCommand(argv: string[]): i32 {
  return leaveLoops(argv, Skip.Continue);
}

export function returnCommand(argv: string[]): i32 {
  const status = argv.length > 1 ? parseCount(argv[1]) : shell.status;
  if (status < 0) return illegal(argv[1]);
  // Outside functions and scripts it ends the shell, as in dash.
  shell.skip = shell.functionDepth > 0 || shell.dotDepth > 0 ? Skip.Return : Skip.Exit;
  shell.status = status;
  return status;
}

export function exitCommand(argv: string[]): i32 {
  const status = argv.length > 1 ? parseCount(argv[1]) : shell.status;
  if (status < 0) return illegal(argv[1]);
  shell.status = status & 0xff;
  shell.skip = Skip.Exit;
  return shell.status;
}
