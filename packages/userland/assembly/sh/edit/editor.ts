import { writeError } from "../output";
import { StandardInput } from "../run/inputs";

export enum Outcome {
  Line,
  End,
  Interrupted,
}

export class LineEditor {
  outcome: Outcome = Outcome.Line;
  read(prompt: string): string {
    writeError(prompt);
    const line = new StandardInput().read();
    this.outcome = line === null ? Outcome.End : Outcome.Line;
    return line === null ? "" : line.substring(0, line.length - 1);
  }
}
