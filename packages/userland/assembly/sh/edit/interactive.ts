// The interactive shell: prompt, read, run; errors lead back to the prompt.

import { Option, options } from "../options";
import { writeError } from "../output";
import { Parser } from "../parse/parser";
import { Input } from "../parse/source";
import { execute } from "../run/execute";
import { hasStoppedJobs, notifications, reapAll } from "../run/jobs";
import { echoLine, syntaxError } from "../run/script";
import { clearInterrupt, handleSignals, takeSignals } from "../run/signals";
import { reclaimTerminal } from "../run/terminal";
import { Skip, shell } from "../state";
import { assign, lookup } from "../vars";
import { LineEditor, Outcome } from "./editor";
import { loadHistory, remember } from "./history";
import { DEFAULT_PS1, promptText } from "./prompt";

class TerminalInput extends Input {
  /** ^C was pressed: the command being typed is dropped. */
  interrupted: bool = false;
  private editor: LineEditor = new LineEditor();

  read(): string | null {
    reapAll();
    if (!this.continued) writeError(notifications());
    const line = this.editor.read(promptText(this.continued ? "PS2" : "PS1"));
    if (this.editor.outcome == Outcome.End) return null;
    if (this.editor.outcome == Outcome.Interrupted) {
      this.interrupted = true;
      return null;
    }
    remember(line);
    return echoLine(line + "\n");
  }
}

/** Jobs are still stopped: the first attempt to leave only says so. */
let warned: bool = false;

function mayLeave(): bool {
  if (!hasStoppedJobs() || warned) return true;
  writeError("You have stopped jobs.\n");
  warned = true;
  return false;
}

export function runInteractive(): void {
  if (lookup("PS1") === null) assign("PS1", DEFAULT_PS1);
  if (lookup("PS2") === null) assign("PS2", "> ");
  loadHistory();
  const input = new TerminalInput();
  let parser = new Parser(input);
  while (true) {
    input.interrupted = false;
    const node = parser.nextCommand();
    if (input.interrupted) {
      shell.status = 130;
      parser = new Parser(input);
      continue;
    }
    if (parser.error.length > 0) {
      syntaxError(parser);
      parser.recover();
      continue;
    }
    if (parser.ended) {
      if (options[Option.IgnoreEof]) {
        writeError('\nUse "exit" to leave shell.\n');
      } else if (mayLeave()) {
        return;
      }
      parser = new Parser(input);
      continue;
    }
    if (node === null) continue;
    execute(node);
    handleSignals();
    if (shell.skip == Skip.Exit && mayLeave()) return;
    if (!(shell.skip == Skip.Exit)) warned = false;
    leaveCommand();
  }
}

/** Whatever unwound the command ends at the prompt. */
function leaveCommand(): void {
  takeSignals();
  clearInterrupt();
  shell.skip = Skip.None;
  shell.tested = 0;
  shell.loopDepth = 0;
  shell.command = "";
  reclaimTerminal();
}
