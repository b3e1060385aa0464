import { localeChanged } from "./expand/locale";
import { Option, options } from "./options";
import { fatal } from "./report";
import { shell } from "./state";

export class Variable {
  exported: bool = false;
  readonly: bool = false;
  /** Null: known (exported, read-only or local) but unset. */
  constructor(public value: string | null) {}

  copy(): Variable {
    const twin = new Variable(this.value);
    twin.exported = this.exported;
    twin.readonly = this.readonly;
    return twin;
  }
}

/** What a function's `local` hides, to be put back when it returns. */
class Hidden {
  constructor(
    public name: string,
    public variable: Variable | null,
  ) {}
}

export let variables = new Map<string, Variable>();
let frames: Array<Hidden[]> = [];
/** Changes whenever PATH does, so remembered command locations can be dropped. */
export let pathGeneration: i32 = 0;

export function lookup(name: string): string | null {
  if (!variables.has(name)) return name == "LINENO" ? shell.line.toString() : null;
  return variables.get(name).value;
}

export function valueOf(name: string): string {
  const value = lookup(name);
  return value === null ? "" : value;
}

function changed(name: string): void {
  if (name == "PATH") pathGeneration++;
  else if (name == "OPTIND") shell.optionOffset = -1;
  else if (name == "LANG" || name.startsWith("LC_")) localeChanged();
}

/** Assigns. False, with a message and `skip` set, when the variable is read-only. */
export function assign(name: string, value: string): bool {
  if (variables.has(name)) {
    const variable = variables.get(name);
    if (variable.readonly) {
      fatal(name + ": is read only");
      return false;
    }
    variable.value = value;
    if (options[Option.AllExport]) variable.exported = true;
  } else {
    const variable = new Variable(value);
    variable.exported = options[Option.AllExport];
    variables.set(name, variable);
  }
  changed(name);
  return true;
}

/** The variable, made (unset) when it is not there. */
export function declare(name: string): Variable {
  if (variables.has(name)) return variables.get(name);
  const variable = new Variable(null);
  variables.set(name, variable);
  return variable;
}

export function unset(name: string): bool {
  if (!variables.has(name)) return true;
  if (variables.get(name).readonly) {
    fatal(name + ": is read only");
    return false;
  }
  variables.delete(name);
  changed(name);
  return true;
}

/** Names in byte order. */
export function sortedNames(): string[] {
  const names = variables.keys();
  names.sort();
  return names;
}

/** "NAME=VALUE\0" of everything exported. */
export function environment(): string {
  const names = variables.keys();
  let block = "";
  for (let i = 0; i < names.length; i++) {
    const variable = variables.get(names[i]);
    if (variable.exported && variable.value !== null) block += names[i] + "=" + variable.value! + "\0";
  }
  return block;
}

export function enterFrame(): void {
  frames.push([]);
}

export function leaveFrame(): void {
  const frame = frames.pop();
  for (let i = frame.length - 1; i >= 0; i--) restore(frame[i]);
}

function restore(hidden: Hidden): void {
  const variable = hidden.variable;
  if (variable === null) variables.delete(hidden.name);
  else variables.set(hidden.name, variable);
  changed(hidden.name);
}

/** Makes `name` local to the running function; it keeps its value, as in dash. False outside functions. */
export function makeLocal(name: string): bool {
  if (frames.length == 0) return false;
  const frame = frames[frames.length - 1];
  for (let i = 0; i < frame.length; i++) if (frame[i].name == name) return true;
  const present = variables.has(name) ? variables.get(name) : null;
  frame.push(new Hidden(name, present));
  variables.set(name, present === null ? new Variable(null) : present.copy());
  return true;
}

/** Variables as a subshell found them. */
export class SavedVariables {
  private map: Map<string, Variable>;
  private stack: Array<Hidden[]>;

  constructor() {
    this.map = variables;
    this.stack = frames;
    const names = variables.keys();
    const copy = new Map<string, Variable>();
    for (let i = 0; i < names.length; i++) copy.set(names[i], variables.get(names[i]).copy());
    variables = copy;
    // Frames of the functions around the subshell end with it: their contents cannot matter inside.
    frames = [];
    for (let i = 0; i < this.stack.length; i++) frames.push([]);
  }

  restore(): void {
    const path = lookup("PATH");
    variables = this.map;
    frames = this.stack;
    if (lookup("PATH") != path) pathGeneration++;
    localeChanged();
  }
}
