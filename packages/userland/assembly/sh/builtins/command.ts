// command and type: what a name means, and running it without functions.
import { emit } from "../output";
import { SimpleNode } from "../parse/ast";
import { aliases, isKeyword } from "../parse/lexer";
import { singleQuoted } from "../quote";
import { exists, isExecutable } from "../run/files";
import { runProgram } from "../run/program";
import { SavedDescriptors } from "../run/redirect";
import { DEFAULT_PATH, locate, searchIn } from "../run/search";
import { shell } from "../state";
import { OptionScanner } from "./options";
import { BuiltinKind, builtinKind, runBuiltin } from "./table";

/** Describes a name, in a sentence or briefly: 0, or 127 when it means nothing. */
function describe(name: string, verbose: bool, path: string | null): i32 {
  if (isKeyword(name)) {
    emit(verbose ? name + " is a shell keyword\n" : name + "\n");
    return 0;
  }
  if (aliases.has(name)) {
    const value = aliases.get(name);
    emit(verbose ? name + " is an alias for " + value + "\n" : "alias " + name + "=" + singleQuoted(value) + "\n");
    return 0;
  }
  const kind = builtinKind(name);
  if (shell.functions.has(name) && kind != BuiltinKind.Special) {
    emit(verbose ? name + " is a shell function\n" : name + "\n");
    return 0;
  }
  if (kind != BuiltinKind.None) {
    const words = kind == BuiltinKind.Special ? " is a special shell builtin\n" : " is a shell builtin\n";
    emit(verbose ? name + words : name + "\n");
    return 0;
  }
  if (name.indexOf("/") >= 0) return describePath(name, verbose);
  const found = path === null ? locate(name) : searchIn(path, name);
  if (found !== null) {
    emit(verbose ? name + " is " + found + "\n" : found + "\n");
    return 0;
  }
  if (verbose) emit(name + ": not found\n");
  return 127;
}

function describePath(path: string, verbose: bool): i32 {
  if (!exists(path) || (!verbose && !isExecutable(path))) {
    if (verbose) emit(path + ": not found\n");
    return 127;
  }
  emit(verbose ? path + " is " + path + "\n" : path + "\n");
  return 0;
}

export function typeCommand(argv: string[]): i32 {
  let status = 0;
  for (let i = 1; i < argv.length; i++) status |= describe(argv[i], true, null);
  return status;
}

export function commandCommand(argv: string[]): i32 {
  const scanner = new OptionScanner(argv, "pvV");
  let verify = "";
  let path: string | null = null;
  for (let letter = scanner.next(); letter.length > 0; letter = scanner.next()) {
    if (letter == "p") path = DEFAULT_PATH;
    else verify = letter;
  }
  if (scanner.failed) return 2;
  if (scanner.index >= argv.length) return 0;
  if (verify.length > 0) return describe(argv[scanner.index], verify == "V", path);
  return runPlainly(argv.slice(scanner.index), path);
}

/** Runs a builtin or a program. The special builtins are not special here: their errors are failures only. */
function runPlainly(argv: string[], path: string | null): i32 {
  const name = argv[0];
  const outer = shell.command;
  if (builtinKind(name) != BuiltinKind.None) {
    shell.command = name;
    const status = runBuiltin(argv);
    shell.command = outer;
    return status;
  }
  shell.command = "";
  if (path !== null && name.indexOf("/") < 0) {
    const found = searchIn(path, name);
    if (found !== null) argv[0] = found;
  }
  runProgram(new SimpleNode(), argv, new SavedDescriptors(), false);
  shell.command = outer;
  return shell.status;
}
