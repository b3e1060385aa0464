// Simple commands (POSIX 2.9.1): expansion, redirection, assignment, then a builtin, a function or a program.
import { BuiltinKind, builtinKind, isDeclaration, runBuiltin } from "../builtins/table";
import { expandAssignment, expandFields, expandQuoted } from "../expand/expand";
import { Option, options } from "../options";
import { flushOutput } from "../output";
import { assignmentName, isAssignment } from "../parse/assignment";
import { SimpleNode, Word } from "../parse/ast";
import { Parser } from "../parse/parser";
import { complain, fatal } from "../report";
import { Skip, shell } from "../state";
import { assign, declare, enterFrame, leaveFrame, makeLocal, valueOf } from "../vars";
import { execute, redirectSafely } from "./execute";
import { runProgram } from "./program";
import { SavedDescriptors } from "./redirect";

/** Functions calling functions; deeper recursion is refused before it exhausts the stack. */
const MAX_CALLS: i32 = 1000;

export function runSimple(node: SimpleNode, tail: bool): void {
  shell.line = node.line;
  shell.substitutionStatus = -1;
  const argv: string[] = [];
  if (!expandArguments(node.words, argv)) return;
  if (argv.length == 0) {
    runAssignments(node);
    return;
  }
  const name = argv[0];
  const builtin = builtinKind(name);
  const saved = new SavedDescriptors();
  const special = builtin == BuiltinKind.Special;
  if (!redirectSafely(node.redirects, saved)) {
    saved.restore();
    // A redirection error of a special builtin ends the shell (2.8.1).
    if (special && shell.skip == Skip.None) shell.skip = Skip.Error;
    return;
  }
  if (special && !shell.functions.has(name)) {
    const keeps = name == "exec" && argv.length == 1;
    if (runPermanentAssignments(node)) {
      traceCommand(node, argv, saved);
      callBuiltin(argv, true);
    }
    if (keeps && shell.skip == Skip.None) keepDescriptors(saved);
    else saved.restore();
    return;
  }
  const framed = node.assignments.length > 0;
  if (framed) enterFrame();
  if (!framed || exportAssignments(node)) {
    traceCommand(node, argv, saved);
    if (shell.functions.has(name)) callFunction(name, argv);
    else if (builtin != BuiltinKind.None) callBuiltin(argv, false);
    else runProgram(node, argv, saved, tail);
  }
  if (framed) leaveFrame();
  saved.restore();
}

/** `exec` with redirections only: they stay, until the end of the subshell if this is one. */
function keepDescriptors(saved: SavedDescriptors): void {
  const outer = shell.descriptors;
  if (outer === null) saved.forget();
  else outer.adopt(saved);
}

function expandArguments(words: Word[], argv: string[]): bool {
  let declaring = false;
  for (let i = 0; i < words.length; i++) {
    if (declaring && isAssignment(words[i])) argv.push(assignmentName(words[i]) + "=" + expandAssignment(words[i]));
    else expandFields(words[i], argv);
    if (shell.skip != Skip.None) return false;
    if (i == 0 && argv.length == 1) declaring = isDeclaration(argv[0]);
  }
  return true;
}

/** No command name: the assignments are the command, its status that of the last substitution. */
function runAssignments(node: SimpleNode): void {
  const saved = new SavedDescriptors();
  if (redirectSafely(node.redirects, saved) && runPermanentAssignments(node)) {
    traceCommand(node, [], saved);
    shell.status = max(shell.substitutionStatus, 0);
  }
  saved.restore();
}

function runPermanentAssignments(node: SimpleNode): bool {
  for (let i = 0; i < node.assignments.length; i++) {
    const value = expandAssignment(node.assignments[i]);
    if (shell.skip != Skip.None || !assign(assignmentName(node.assignments[i]), value)) return false;
  }
  return true;
}

/** Assignments in front of a command hold, exported, while it runs. */
function exportAssignments(node: SimpleNode): bool {
  for (let i = 0; i < node.assignments.length; i++) {
    const name = assignmentName(node.assignments[i]);
    const value = expandAssignment(node.assignments[i]);
    if (shell.skip != Skip.None) return false;
    makeLocal(name);
    if (!assign(name, value)) return false;
    declare(name).exported = true;
  }
  return true;
}

/** `set -x`. */
function traceCommand(node: SimpleNode, argv: string[], saved: SavedDescriptors): void {
  if (!options[Option.Trace]) return;
  const status = shell.status;
  options[Option.Trace] = false;
  let text = expandQuoted(Parser.promptWord(valueOf("PS4")));
  options[Option.Trace] = true;
  shell.status = status;
  let first = true;
  for (let i = 0; i < node.assignments.length; i++) {
    const name = assignmentName(node.assignments[i]);
    text += (first ? "" : " ") + name + "=" + valueOf(name);
    first = false;
  }
  for (let i = 0; i < argv.length; i++) {
    text += (first ? "" : " ") + argv[i];
    first = false;
  }
  saved.writeError(text + "\n");
}

export function callBuiltin(argv: string[], special: bool): void {
  const outer = shell.command;
  shell.command = argv[0];
  const status = runBuiltin(argv);
  const error = flushOutput();
  if (error != 0) {
    complain(argv[0] + ": I/O error");
    shell.status = 1;
  } else if (shell.skip != Skip.Exit && shell.skip != Skip.Error) {
    shell.status = status;
  }
  shell.command = outer;
  // An error in a regular builtin is only a failed command.
  if (!special && shell.skip == Skip.Error) shell.skip = Skip.None;
}

export function callFunction(name: string, argv: string[]): void {
  if (shell.functionDepth >= MAX_CALLS) {
    fatal("Maximum function recursion depth (" + MAX_CALLS.toString() + ") reached");
    return;
  }
  const params = shell.params;
  const loops = shell.loopDepth;
  const offset = shell.optionOffset;
  const command = shell.command;
  shell.params = argv.slice(1);
  shell.loopDepth = 0;
  shell.command = "";
  shell.functionDepth++;
  enterFrame();
  execute(shell.functions.get(name));
  leaveFrame();
  shell.functionDepth--;
  shell.command = command;
  shell.optionOffset = offset;
  shell.loopDepth = loops;
  shell.params = params;
  if (shell.skip == Skip.Return) shell.skip = Skip.None;
}
