import { emit } from "../output";
import { complain } from "../report";
import { forget, forgetAll, locate, remembered, rememberedLocation } from "../run/search";
import { OptionScanner } from "./options";
import { BuiltinKind, builtinKind } from "./table";

export function hashCommand(argv: string[]): i32 {
  const scanner = new OptionScanner(argv, "rv");
  for (let letter = scanner.next(); letter.length > 0; letter = scanner.next()) {
    if (letter == "r") {
      forgetAll();
      return 0;
    }
  }
  if (scanner.failed) return 2;
  if (scanner.index >= argv.length) {
    const names = remembered();
    for (let i = 0; i < names.length; i++) emit(rememberedLocation(names[i]) + "\n");
    return 0;
  }
  let status = 0;
  for (let i = scanner.index; i < argv.length; i++) {
    if (builtinKind(argv[i]) != BuiltinKind.None) continue;
    forget(argv[i]);
    if (locate(argv[i]) !== null) continue;
    complain(argv[i] + ": not found");
    status = 1;
  }
  return status;
}
