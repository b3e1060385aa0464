import { emit } from "../output";
import { builtinError } from "../report";
import { creationMask, setCreationMask } from "../run/umask";
import { OptionScanner } from "./options";

function symbolic(mask: i32): string {
  let text = "";
  for (let shift = 6; shift >= 0; shift -= 3) {
    const allowed = ~(mask >> shift) & 7;
    text +=
      (shift == 6 ? "u=" : shift == 3 ? ",g=" : ",o=") +
      (allowed & 4 ? "r" : "") +
      (allowed & 2 ? "w" : "") +
      (allowed & 1 ? "x" : "");
  }
  return text;
}

/** u=rwx,g+w,o-r over the present mask: the new mask, -1 for what is no mode. */
function parseSymbolic(text: string, mask: i32): i32 {
  let allowed = ~mask & 0o777;
  const clauses = text.split(",");
  for (let i = 0; i < clauses.length; i++) {
    const clause = clauses[i];
    let at = 0;
    let who = 0;
    for (; at < clause.length; at++) {
      const c = clause.charAt(at);
      if (c == "u") who |= 0o700;
      else if (c == "g") who |= 0o070;
      else if (c == "o") who |= 0o007;
      else if (c == "a") who |= 0o777;
      else break;
    }
    if (who == 0) who = 0o777;
    if (at == clause.length) return -1;
    while (at < clause.length) {
      const operator = clause.charAt(at++);
      if (operator != "=" && operator != "+" && operator != "-") return -1;
      let bits = 0;
      for (; at < clause.length; at++) {
        const c = clause.charAt(at);
        if (c == "r") bits |= 0o444;
        else if (c == "w") bits |= 0o222;
        else if (c == "x") bits |= 0o111;
        else break;
      }
      if (operator == "=") allowed = (allowed & ~who) | (bits & who);
      else if (operator == "+") allowed |= bits & who;
      else allowed &= ~(bits & who);
    }
  }
  return ~allowed & 0o777;
}

export function umaskCommand(argv: string[]): i32 {
  const scanner = new OptionScanner(argv, "S");
  let words = false;
  for (let letter = scanner.next(); letter.length > 0; letter = scanner.next()) words = true;
  if (scanner.failed) return 2;
  if (scanner.index >= argv.length) {
    const octal = creationMask().toString(8);
    emit((words ? symbolic(creationMask()) : "0".repeat(4 - octal.length) + octal) + "\n");
    return 0;
  }
  const text = argv[scanner.index];
  const first = text.length > 0 ? text.charCodeAt(0) : 0;
  if (first >= 0x30 && first <= 0x39) {
    let mask = 0;
    for (let i = 0; i < text.length; i++) {
      const digit = text.charCodeAt(i) - 0x30;
      if (digit < 0 || digit > 7) return builtinError("Illegal number: " + text);
      mask = (mask << 3) | digit;
    }
    setCreationMask(mask);
    return 0;
  }
  const mask = parseSymbolic(text, creationMask());
  if (mask < 0) return builtinError("Illegal mode: " + text);
  setCreationMask(mask);
  return 0;
}
