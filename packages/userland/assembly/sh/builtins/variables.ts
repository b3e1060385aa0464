// export, readonly, local, unset
import { isName, nameLength } from "../chars";
import { emit } from "../output";
import { singleQuoted } from "../quote";
import { builtinError } from "../report";
import { shell } from "../state";
import { assign, declare, makeLocal, sortedNames, unset, variables } from "../vars";
import { OptionScanner } from "./options";

function listMarked(prefix: string, exported: bool): void {
  const names = sortedNames();
  for (let i = 0; i < names.length; i++) {
    const variable = variables.get(names[i]);
    if (exported ? !variable.exported : !variable.readonly) continue;
    const value = variable.value;
    emit(prefix + " " + names[i] + (value === null ? "" : "=" + singleQuoted(value)) + "\n");
  }
}

function badName(text: string): i32 {
  return builtinError(text + ": bad variable name");
}

/** Assigns the `name=value` or declares the name. False on an error. */
function declareOne(text: string): bool {
  const sign = text.indexOf("=");
  const name = sign < 0 ? text : text.substring(0, sign);
  if (!isName(name)) {
    badName(name);
    return false;
  }
  if (sign >= 0) return assign(name, text.substring(sign + 1));
  declare(name);
  return true;
}

function mark(argv: string[], exported: bool): i32 {
  const scanner = new OptionScanner(argv, "p");
  let list = false;
  for (let letter = scanner.next(); letter.length > 0; letter = scanner.next()) list = true;
  if (scanner.failed) return 2;
  if (list || scanner.index >= argv.length) {
    listMarked(argv[0], exported);
    return 0;
  }
  for (let i = scanner.index; i < argv.length; i++) {
    if (!declareOne(argv[i])) return 2;
    const variable = declare(argv[i].substring(0, nameLength(argv[i])));
    if (exported) variable.exported = true;
    else variable.readonly = true;
  }
  return 0;
}

export function exportCommand(argv: string[]): i32 {
  return mark(argv, true);
}

export function readonlyCommand(argv: string[]): i32 {
  return mark(argv, false);
}

export function localCommand(argv: string[]): i32 {
  if (shell.functionDepth == 0) return builtinError("not in a function");
  for (let i = 1; i < argv.length; i++) {
    if (argv[i] == "-") continue;
    const sign = argv[i].indexOf("=");
    const name = sign < 0 ? argv[i] : argv[i].substring(0, sign);
    if (!isName(name)) return badName(name);
    makeLocal(name);
    if (sign >= 0 && !assign(name, argv[i].substring(sign + 1))) return 2;
  }
  return 0;
}

export function unsetCommand(argv: string[]): i32 {
  const scanner = new OptionScanner(argv, "fv");
  let functions = false;
  let both = true;
  for (let letter = scanner.next(); letter.length > 0; letter = scanner.next()) {
    functions = letter == "f";
    both = false;
  }
  if (scanner.failed) return 2;
  for (let i = scanner.index; i < argv.length; i++) {
    const name = argv[i];
    if (functions) {
      shell.functions.delete(name);
      continue;
    }
    if (!isName(name)) return badName(name);
    if (both && !variables.has(name)) shell.functions.delete(name);
    if (!unset(name)) return 2;
  }
  return 0;
}
