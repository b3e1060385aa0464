import { DASH } from "../chars";
import { builtinError } from "../report";

/** Options of a builtin's command line, as XBD 12.2 has them. */
export class OptionScanner {
  /** Index of the first operand once `next` has returned "". */
  index: i32 = 1;
  /** Argument of the option just returned. */
  argument: string = "";
  failed: bool = false;
  private at: i32 = 0;

  /** `spec` as for getopts: letters, those with an argument followed by a colon. */
  constructor(
    private argv: string[],
    private spec: string,
  ) {}

  /** The next option's letter, "" at the end and, with `failed`, on an error. */
  next(): string {
    if (this.at == 0) {
      if (this.index >= this.argv.length) return "";
      const word = this.argv[this.index];
      if (word.length < 2 || word.charCodeAt(0) != DASH) return "";
      if (word == "--") {
        this.index++;
        return "";
      }
      this.at = 1;
    }
    const word = this.argv[this.index];
    const letter = word.charAt(this.at++);
    const place = letter == ":" ? -1 : this.spec.indexOf(letter);
    if (place < 0) return this.fail("Illegal option -" + letter);
    const ended = this.at == word.length;
    if (place + 1 < this.spec.length && this.spec.charAt(place + 1) == ":") {
      this.argument = ended ? "" : word.substring(this.at);
      this.index++;
      if (ended) {
        if (this.index >= this.argv.length) return this.fail("No arg for -" + letter + " option");
        this.argument = this.argv[this.index++];
      }
      this.at = 0;
      return letter;
    }
    if (ended) {
      this.index++;
      this.at = 0;
    }
    return letter;
  }

  private fail(message: string): string {
    this.failed = true;
    builtinError(message);
    return "";
  }
}
