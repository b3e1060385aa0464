// The builtins: which there are, of what kind, and how to call them.
import { shell } from "../state";
import { aliasCommand, unaliasCommand } from "./alias";
import { cdCommand, pwdCommand } from "./cd";
import { commandCommand, typeCommand } from "./command";
import { breakCommand, continueCommand, exitCommand, returnCommand } from "./control";
import { echoCommand } from "./echo";
import { getoptsCommand } from "./getopts";
import { hashCommand } from "./hash";
import { historyCommand } from "./history";
import { bgCommand, fgCommand, jobsCommand } from "./jobs";
import { killCommand } from "./kill";
import { printfCommand } from "./printf";
import { readCommand } from "./read";
import { dotCommand, evalCommand, execCommand } from "./run";
import { setCommand, shiftCommand } from "./set";
import { bracket, testCommand } from "./test";
import { timesCommand } from "./times";
import { trapCommand } from "./trap";
import { ulimitCommand } from "./ulimit";
import { umaskCommand } from "./umask";
import { exportCommand, localCommand, readonlyCommand, unsetCommand } from "./variables";
import { waitCommand } from "./wait";

export enum BuiltinKind {
  None,
  Regular,
  /** POSIX 2.14: found before functions, errors end the shell, assignments stay. */
  Special,
}

const SPECIAL: StaticArray<string> = [
  ".",
  ":",
  "break",
  "continue",
  "eval",
  "exec",
  "exit",
  "export",
  "local",
  "readonly",
  "return",
  "set",
  "shift",
  "times",
  "trap",
  "unset",
];

const REGULAR: StaticArray<string> = [
  "[",
  "alias",
  "bg",
  "cd",
  "command",
  "echo",
  "false",
  "fg",
  "getopts",
  "hash",
  "history",
  "jobs",
  "kill",
  "printf",
  "pwd",
  "read",
  "test",
  "true",
  "type",
  "ulimit",
  "umask",
  "unalias",
  "wait",
];

/** Builtins whose arguments may be commands, or that start or wait for some. */
const RUNNERS: StaticArray<string> = [".", "eval", "exec", "command", "fg", "bg", "trap", "wait"];

const kinds = new Map<string, BuiltinKind>();

function fillKinds(): void {
  for (let i = 0; i < SPECIAL.length; i++) kinds.set(SPECIAL[i], BuiltinKind.Special);
  for (let i = 0; i < REGULAR.length; i++) kinds.set(REGULAR[i], BuiltinKind.Regular);
}

export function builtinKind(name: string): BuiltinKind {
  if (kinds.size == 0) fillKinds();
  return kinds.has(name) ? kinds.get(name) : BuiltinKind.None;
}

export function builtinNames(): string[] {
  if (kinds.size == 0) fillKinds();
  return kinds.keys();
}

export function runsCommands(name: string): bool {
  return RUNNERS.includes(name);
}

/** Arguments of the form name=value are assignments: expanded without splitting. */
export function isDeclaration(name: string): bool {
  return name == "export" || name == "readonly" || name == "local";
}

/** Runs a builtin that exists; returns its status. */
export function runBuiltin(argv: string[]): i32 {
  const name = argv[0];
  if (name == ":" || name == "true") return 0;
  if (name == "false") return 1;
  if (name == "echo") return echoCommand(argv);
  if (name == "[") return bracket(argv);
  if (name == "test") return testCommand(argv);
  if (name == "printf") return printfCommand(argv);
  if (name == "read") return readCommand(argv);
  if (name == "shift") return shiftCommand(argv);
  if (name == "set") return setCommand(argv);
  if (name == "cd") return cdCommand(argv);
  if (name == "pwd") return pwdCommand(argv);
  if (name == "local") return localCommand(argv);
  if (name == "return") return returnCommand(argv);
  if (name == "break") return breakCommand(argv);
  if (name == "continue") return continueCommand(argv);
  if (name == "exit") return exitCommand(argv);
  if (name == "export") return exportCommand(argv);
  if (name == "readonly") return readonlyCommand(argv);
  if (name == "unset") return unsetCommand(argv);
  if (name == "eval") return evalCommand(argv);
  if (name == ".") return dotCommand(argv);
  if (name == "exec") return execCommand(argv);
  if (name == "command") return commandCommand(argv);
  if (name == "type") return typeCommand(argv);
  if (name == "trap") return trapCommand(argv);
  if (name == "wait") return waitCommand(argv);
  if (name == "jobs") return jobsCommand(argv);
  if (name == "fg") return fgCommand(argv);
  if (name == "bg") return bgCommand(argv);
  if (name == "kill") return killCommand(argv);
  if (name == "getopts") return getoptsCommand(argv);
  if (name == "alias") return aliasCommand(argv);
  if (name == "unalias") return unaliasCommand(argv);
  if (name == "hash") return hashCommand(argv);
  if (name == "history") return historyCommand(argv);
  if (name == "umask") return umaskCommand(argv);
  if (name == "ulimit") return ulimitCommand(argv);
  if (name == "times") return timesCommand();
  return shell.status;
}
