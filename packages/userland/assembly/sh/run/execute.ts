// Runs a syntax tree. Control flow that leaves commands early (break, return, exit, errors) goes through `shell.skip`.
import { expandFields, expandToPattern, expandToText } from "../expand/expand";
import { matches } from "../expand/pattern";
import { Option, options } from "../options";
import {
  BinaryNode,
  CaseNode,
  ForNode,
  FunctionNode,
  IfNode,
  Node,
  NodeKind,
  Redirect,
  SequenceNode,
  SimpleNode,
  UnaryNode,
} from "../parse/ast";
import { Skip, shell } from "../state";
import { assign } from "../vars";
import { runBackground } from "./background";
import { runPipeline } from "./pipeline";
import { redirect, SavedDescriptors } from "./redirect";
import { handleSignals } from "./signals";
import { runSimple } from "./simple";
import { runSubshell } from "./subshell";

/** Runs a command; its status is `shell.status`. `tail`: nothing of a command substitution in this process follows it. */
export function execute(node: Node, tail: bool = false): void {
  handleSignals();
  if (shell.skip != Skip.None) return;
  if (options[Option.NoExec] && !options[Option.Interactive]) return;
  switch (node.kind) {
    case NodeKind.Simple:
      runSimple(node as SimpleNode, tail);
      checkExit();
      break;
    case NodeKind.Pipeline:
      runPipeline(node as SequenceNode, tail);
      checkExit();
      break;
    case NodeKind.Not:
      shell.tested++;
      execute((node as UnaryNode).body);
      shell.tested--;
      if (shell.skip == Skip.None) shell.status = shell.status == 0 ? 1 : 0;
      break;
    case NodeKind.And:
    case NodeKind.Or:
      runAndOr(node as BinaryNode, tail);
      break;
    case NodeKind.List: {
      const items = (node as SequenceNode).items;
      const last = items.length - 1;
      for (let i = 0; i <= last && shell.skip == Skip.None; i++) execute(items[i], tail && i == last);
      break;
    }
    case NodeKind.Async:
      runBackground((node as UnaryNode).body);
      break;
    case NodeKind.Subshell:
      runSubshell(node as UnaryNode);
      checkExit();
      break;
    case NodeKind.Group:
      execute((node as UnaryNode).body, tail);
      break;
    case NodeKind.If:
      runIf(node as IfNode);
      break;
    case NodeKind.While:
    case NodeKind.Until:
      runLoop(node as BinaryNode);
      break;
    case NodeKind.For:
      runFor(node as ForNode);
      break;
    case NodeKind.Case:
      runCase(node as CaseNode);
      break;
    case NodeKind.Function:
      shell.define(node as FunctionNode);
      shell.status = 0;
      break;
    case NodeKind.Redirected:
      runRedirected(node as UnaryNode);
      break;
  }
}

/** `set -e`: a failure nobody tests ends the shell. */
function checkExit(): void {
  if (shell.status != 0 && options[Option.ErrorExit] && shell.tested == 0 && shell.skip == Skip.None) {
    shell.skip = Skip.Exit;
  }
}

function runAndOr(node: BinaryNode, tail: bool): void {
  shell.tested++;
  execute(node.left);
  shell.tested--;
  if (shell.skip != Skip.None || (shell.status == 0) != (node.kind == NodeKind.And)) return;
  execute(node.right, tail);
}

/** Runs a condition: true when it succeeds and nothing is being skipped. */
function holds(condition: Node): bool {
  shell.tested++;
  execute(condition);
  shell.tested--;
  return shell.status == 0;
}

function runIf(node: IfNode): void {
  const then = holds(node.condition);
  if (shell.skip != Skip.None) return;
  const otherwise = node.otherwise;
  if (then) execute(node.then);
  else if (otherwise !== null) execute(otherwise);
  else shell.status = 0;
}

/** After a turn of a loop: true when the loop is over. Uses up the break or continue meant for it. */
function leavesLoop(): bool {
  if (shell.skip != Skip.Break && shell.skip != Skip.Continue) return shell.skip != Skip.None;
  if (--shell.skipLevels > 0) return true;
  const over = shell.skip == Skip.Break;
  shell.skip = Skip.None;
  return over;
}

function runLoop(node: BinaryNode): void {
  let status = 0;
  shell.loopDepth++;
  while (true) {
    const held = holds(node.left);
    if (shell.skip != Skip.None) {
      const unwinding = shell.skip != Skip.Break && shell.skip != Skip.Continue;
      if (leavesLoop()) {
        if (unwinding) status = shell.status;
        break;
      }
      continue;
    }
    if (held != (node.kind == NodeKind.While)) break;
    execute(node.right);
    status = shell.status;
    if (leavesLoop()) break;
  }
  shell.loopDepth--;
  shell.status = status;
}

function runFor(node: ForNode): void {
  const values: string[] = [];
  const words = node.words;
  if (words === null) {
    for (let i = 0; i < shell.params.length; i++) values.push(shell.params[i]);
  } else {
    for (let i = 0; i < words.length; i++) {
      expandFields(words[i], values);
      if (shell.skip != Skip.None) return;
    }
  }
  shell.status = 0;
  shell.loopDepth++;
  for (let i = 0; i < values.length; i++) {
    if (!assign(node.name, values[i])) break;
    execute(node.body);
    if (leavesLoop()) break;
  }
  shell.loopDepth--;
}

function runCase(node: CaseNode): void {
  const subject = expandToText(node.subject);
  if (shell.skip != Skip.None) return;
  shell.status = 0;
  for (let i = 0; i < node.items.length; i++) {
    const item = node.items[i];
    for (let k = 0; k < item.patterns.length; k++) {
      const pattern = expandToPattern(item.patterns[k]);
      if (shell.skip != Skip.None) return;
      if (!matches(pattern, subject)) continue;
      const body = item.body;
      if (body !== null) execute(body);
      return;
    }
  }
}

/** A compound command with redirections; a failing one is a failed command, not the end of the shell. */
function runRedirected(node: UnaryNode): void {
  shell.line = node.line;
  const saved = new SavedDescriptors();
  if (redirectSafely(node.redirects, saved)) execute(node.body);
  else checkExit();
  saved.restore();
}

export function redirectSafely(list: Redirect[], saved: SavedDescriptors): bool {
  if (redirect(list, saved)) return true;
  if (shell.skip == Skip.Error) shell.skip = Skip.None;
  return false;
}
