// Reading commands and running them.
import { Option, options } from "../options";
import { writeError } from "../output";
import { Parser } from "../parse/parser";
import { Input, TextInput } from "../parse/source";
import { complain } from "../report";
import { Skip, shell } from "../state";
import { execute } from "./execute";

/** Runs every command of the input: false when there was none. Stops where `shell.skip` says so, which is left to the caller. */
export function runInput(input: Input): bool {
  let ran = false;
  const parser = new Parser(input);
  while (shell.skip == Skip.None) {
    const node = parser.nextCommand();
    if (parser.error.length > 0) {
      syntaxError(parser);
      shell.skip = Skip.Error;
      return true;
    }
    if (parser.ended) return ran;
    if (node === null) continue;
    execute(node);
    ran = true;
  }
  return true;
}

export function syntaxError(parser: Parser): void {
  shell.line = parser.line;
  complain("Syntax error: " + parser.error);
  shell.status = 2;
}

/** Runs the commands of a text: eval, traps, -c. False when there was none. */
export function evaluateText(text: string): bool {
  const line = shell.line;
  const ran = runInput(new TextInput(text));
  shell.line = line;
  return ran;
}

/** Echoes an input line for `set -v`. */
export function echoLine(line: string): string {
  if (options[Option.Verbose]) writeError(line);
  return line;
}
