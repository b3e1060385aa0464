// Which commands a substitution may run in this process. It reads the output only while builtins write, so no program may be
// waited for in the middle; one in the last place is fine, for then reading and waiting follow.
import { BuiltinKind, builtinKind, runsCommands } from "../builtins/table";
import {
  BinaryNode,
  CaseNode,
  ForNode,
  IfNode,
  Node,
  NodeKind,
  SequenceNode,
  SimpleNode,
  UnaryNode,
} from "../parse/ast";
import { shell } from "../state";

/** Function bodies looked into before giving up. */
const MAX_CALLS: i32 = 16;

/** `tail`: the command is the last. */
export function isContained(node: Node, tail: bool, calls: i32 = 0): bool {
  switch (node.kind) {
    case NodeKind.Simple:
      return isContainedSimple(node as SimpleNode, tail, calls);
    case NodeKind.Pipeline: {
      if (!tail) return false;
      // The members run at the same time: all but one must be programs.
      const items = (node as SequenceNode).items;
      let inside = 0;
      for (let i = 0; i < items.length; i++) {
        if (isProgram(items[i])) continue;
        if (++inside > 1 || !isContained(items[i], false, calls)) return false;
      }
      return true;
    }
    case NodeKind.Not:
      return isContained((node as UnaryNode).body, false, calls);
    case NodeKind.Subshell:
    case NodeKind.Redirected:
      return isContained((node as UnaryNode).body, false, calls);
    case NodeKind.Group:
      return isContained((node as UnaryNode).body, tail, calls);
    case NodeKind.And:
    case NodeKind.Or:
      return (
        isContained((node as BinaryNode).left, false, calls) && isContained((node as BinaryNode).right, tail, calls)
      );
    case NodeKind.While:
    case NodeKind.Until:
      return (
        isContained((node as BinaryNode).left, false, calls) && isContained((node as BinaryNode).right, false, calls)
      );
    case NodeKind.List: {
      const items = (node as SequenceNode).items;
      for (let i = 0; i < items.length; i++) {
        if (!isContained(items[i], tail && i == items.length - 1, calls)) return false;
      }
      return true;
    }
    case NodeKind.If: {
      const branch = node as IfNode;
      const otherwise = branch.otherwise;
      return (
        isContained(branch.condition, false, calls) &&
        isContained(branch.then, false, calls) &&
        (otherwise === null || isContained(otherwise, false, calls))
      );
    }
    case NodeKind.For:
      return isContained((node as ForNode).body, false, calls);
    case NodeKind.Case: {
      const items = (node as CaseNode).items;
      for (let i = 0; i < items.length; i++) {
        const body = items[i].body;
        if (body !== null && !isContained(body, false, calls)) return false;
      }
      return true;
    }
    // A definition changes what the names after it mean; a background command outlives the reading.
    default:
      return false;
  }
}

function isContainedSimple(node: SimpleNode, tail: bool, calls: i32): bool {
  if (node.words.length == 0) return true;
  const name = node.words[0].constant();
  if (name === null) return false;
  const kind = builtinKind(name);
  if (kind != BuiltinKind.Special && shell.functions.has(name)) {
    return calls < MAX_CALLS && isContained(shell.functions.get(name), false, calls + 1);
  }
  if (kind != BuiltinKind.None) return !runsCommands(name);
  return tail;
}

/** A simple command that names a program: neither builtin nor function. */
export function isProgram(node: Node): bool {
  if (node.kind != NodeKind.Simple) return false;
  const simple = node as SimpleNode;
  if (simple.words.length == 0) return false;
  const name = simple.words[0].constant();
  return name !== null && builtinKind(name) == BuiltinKind.None && !shell.functions.has(name);
}
