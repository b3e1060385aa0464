import { emit, writeError } from "../output";
import { aliases } from "../parse/lexer";
import { singleQuoted } from "../quote";
import { OptionScanner } from "./options";

export function aliasCommand(argv: string[]): i32 {
  if (argv.length == 1) {
    const names = aliases.keys();
    names.sort();
    for (let i = 0; i < names.length; i++) show(names[i]);
    return 0;
  }
  let status = 0;
  for (let i = 1; i < argv.length; i++) {
    const sign = argv[i].indexOf("=", 1);
    if (sign > 0) aliases.set(argv[i].substring(0, sign), argv[i].substring(sign + 1));
    else if (aliases.has(argv[i])) show(argv[i]);
    else {
      writeError("alias: " + argv[i] + " not found\n");
      status = 1;
    }
  }
  return status;
}

function show(name: string): void {
  emit(name + "=" + singleQuoted(aliases.get(name)) + "\n");
}

export function unaliasCommand(argv: string[]): i32 {
  const scanner = new OptionScanner(argv, "a");
  for (let letter = scanner.next(); letter.length > 0; letter = scanner.next()) {
    aliases.clear();
    return 0;
  }
  if (scanner.failed) return 2;
  let status = 0;
  for (let i = scanner.index; i < argv.length; i++) {
    if (aliases.delete(argv[i])) continue;
    writeError("unalias: " + argv[i] + " not found\n");
    status = 1;
  }
  return status;
}
