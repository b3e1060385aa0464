// The state a subshell in a process of its own starts from: everything fork would have copied.
import { NSIG } from "../../../../abi/src/signals";
import { options } from "../options";
import { Node } from "../parse/ast";
import { aliases } from "../parse/lexer";
import { directory } from "../run/directory";
import { inheritIgnored, traps } from "../run/signals";
import { creationMask, setCreationMask } from "../run/umask";
import { shell } from "../state";
import { declare, sortedNames, variables } from "../vars";
import { RecordReader, RecordWriter } from "./record";
import { readNode, writeNode } from "./tree";

const EXPORTED: i32 = 1;
const READONLY: i32 = 2;

/** The state and the command to run in it. */
export function packState(command: Node): string {
  const out = new RecordWriter();
  out.text(shell.name);
  out.list(shell.params);
  out.number(shell.status);
  out.number(shell.line);
  out.number(shell.rootPid);
  out.number(shell.parentPid);
  out.number(shell.lastBackground);
  out.number(shell.tested);
  out.number(shell.functionDepth);
  out.number(shell.dotDepth);
  out.number(shell.optionOffset);
  out.number(creationMask());
  out.text(directory.logical);
  for (let i = 0; i < options.length; i++) out.number(options[i] ? 1 : 0);
  packVariables(out);
  const functions = shell.functions.keys();
  out.number(functions.length);
  for (let i = 0; i < functions.length; i++) {
    out.text(functions[i]);
    writeNode(out, shell.functions.get(functions[i]));
  }
  out.list(aliases.keys());
  out.list(aliases.values());
  for (let signal = 0; signal < NSIG; signal++) out.number(isIgnoring(signal) ? 1 : 0);
  writeNode(out, command);
  return out.toString();
}

function isIgnoring(signal: i32): bool {
  const trap = traps[signal];
  return trap !== null && trap.length == 0;
}

function packVariables(out: RecordWriter): void {
  const names = sortedNames();
  out.number(names.length);
  for (let i = 0; i < names.length; i++) {
    const variable = variables.get(names[i]);
    out.text(names[i]);
    out.optional(variable.value);
    out.number((variable.exported ? EXPORTED : 0) | (variable.readonly ? READONLY : 0));
  }
}

/** Becomes the shell that packed the state, one subshell deeper; returns the command. */
export function unpackState(bytes: string): Node | null {
  const from = new RecordReader(bytes);
  shell.name = from.text();
  shell.params = from.list();
  shell.status = from.number();
  shell.line = from.number();
  shell.rootPid = from.number();
  shell.parentPid = from.number();
  shell.lastBackground = from.number();
  shell.tested = from.number();
  shell.functionDepth = from.number();
  shell.dotDepth = from.number();
  const optionOffset = from.number();
  setCreationMask(from.number());
  directory.logical = from.text();
  for (let i = 0; i < options.length; i++) options[i] = from.number() == 1;
  variables.clear();
  for (let count = from.number(); count > 0; count--) {
    const variable = declare(from.text());
    variable.value = from.optional();
    const flags = from.number();
    variable.exported = (flags & EXPORTED) != 0;
    variable.readonly = (flags & READONLY) != 0;
  }
  for (let count = from.number(); count > 0; count--) {
    const name = from.text();
    const body = readNode(from);
    if (body !== null) shell.functions.set(name, body);
  }
  const names = from.list();
  const values = from.list();
  for (let i = 0; i < names.length; i++) aliases.set(names[i], values[i]);
  const ignored = new StaticArray<bool>(NSIG);
  for (let signal = 0; signal < NSIG; signal++) ignored[signal] = from.number() == 1;
  shell.subshellDepth = 1;
  shell.optionOffset = optionOffset;
  inheritIgnored(ignored);
  return readNode(from);
}
