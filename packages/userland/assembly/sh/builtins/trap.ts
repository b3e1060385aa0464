import { isNumber } from "../chars";
import { emit, writeError } from "../output";
import { singleQuoted } from "../quote";
import { NAMES, setTrap, signalNumber, traps } from "../run/signals";
import { OptionScanner } from "./options";

function list(): void {
  for (let signal = 0; signal < traps.length; signal++) {
    const action = traps[signal];
    if (action !== null) emit("trap -- " + singleQuoted(action) + " " + NAMES[signal] + "\n");
  }
}

export function trapCommand(argv: string[]): i32 {
  const scanner = new OptionScanner(argv, "");
  scanner.next();
  if (scanner.failed) return 2;
  let index = scanner.index;
  if (index >= argv.length) {
    list();
    return 0;
  }
  let action: string | null = null;
  // A number in the first place, or a single operand, names a condition to reset (POSIX trap).
  if (!isNumber(argv[index]) && argv.length - index > 1) {
    action = argv[index] == "-" ? null : argv[index];
    index++;
  }
  for (; index < argv.length; index++) {
    const signal = signalNumber(argv[index]);
    if (signal < 0) {
      writeError("trap: " + argv[index] + ": bad trap\n");
      return 1;
    }
    setTrap(signal, action);
  }
  return 0;
}
