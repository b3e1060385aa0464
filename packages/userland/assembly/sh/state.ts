import { FunctionNode, Node } from "./parse/ast";
import { SavedDescriptors } from "./run/redirect";

/** Why execution is on its way out of nested commands. */
export enum Skip {
  None,
  Break,
  Continue,
  Return,
  /** An error that ends a non-interactive shell (POSIX 2.8.1) and returns an interactive one to its prompt. */
  Error,
  Exit,
}

/** What the running commands share. A subshell saves and restores it as a whole. */
export class State {
  /** $0 */
  name: string = "sh";
  /** $1.. */
  params: string[] = [];
  /** $? */
  status: i32 = 0;
  /** Line of the command being run, for messages and $LINENO. */
  line: i32 = 0;
  /** Prefix of messages while a builtin runs, "" otherwise. */
  command: string = "";
  skip: Skip = Skip.None;
  /** Levels that `break n` or `continue n` still has to leave. */
  skipLevels: i32 = 0;
  loopDepth: i32 = 0;
  functionDepth: i32 = 0;
  /** Nested `.` scripts, which `return` also leaves. */
  dotDepth: i32 = 0;
  /** Above 0 where a failing command does not end a `set -e` shell (conditions, `!`, `&&`). */
  tested: i32 = 0;
  /** $$: the same in all subshells. */
  rootPid: i32 = 0;
  parentPid: i32 = 0;
  /** $! */
  lastBackground: i32 = 0;
  /** Above 0 inside ( ) and $( ). */
  subshellDepth: i32 = 0;
  /** Status of the last command substitution of the command being expanded, -1 when there was none. */
  substitutionStatus: i32 = -1;
  functions: Map<string, Node> = new Map<string, Node>();
  /** Index into the current option word of getopts (OPTIND counts words). */
  optionOffset: i32 = -1;
  login: bool = false;
  /** In a subshell of this process: descriptors that `exec` changed, put back at its end. */
  descriptors: SavedDescriptors | null = null;

  define(node: FunctionNode): void {
    this.functions.set(node.name, node.body);
  }
}

export const shell = new State();
