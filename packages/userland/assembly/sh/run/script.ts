// Reading commands and running them.
import { Option, options } from "../options";
import { writeError } from "../output";
import { Parser } from "../parse/parser";
import { Input, TextInput } from "../parse/source";
import { complain } from "../report";
import { Skip, shell } from "../state";
import { execute } from "./execute";

/** Runs every command of the input. Stops where `shell.skip` says so, which it leaves for the caller. */
export function runInput(input: Input): void {
  const parser = new Parser(input);
  while (shell.skip == Skip.None) {
    const node = parser.nextCommand();
    if (parser.error.length > 0) {
      syntaxError(parser);
      shell.skip = Skip.Error;
      return;
    }
    if (parser.ended) return;
    if (node !== null) execute(node);
  }
}

export function syntaxError(parser: Parser): void {
  shell.line = parser.line;
  complain("Syntax error: " + parser.error);
  shell.status = 2;
}

/** The commands of a text: eval, traps, -c. Nothing to run is success. */
export function evaluateText(text: string): void {
  const line = shell.line;
  shell.status = 0;
  runInput(new TextInput(text));
  shell.line = line;
}

/** Echoes an input line for `set -v`. */
export function echoLine(line: string): string {
  if (options[Option.Verbose]) writeError(line);
  return line;
}
