/** Where cp, mv and install put things: a name, or a directory that takes several. */
import { die, dieErrno, dieUsage } from "./exit";
import * as fs from "./fs";
import { baseName, joinPath, stripSlashes } from "./path";
import { quoteShell } from "./quote";

export class Destination {
  sources: string[];
  /** Directory to put the sources in; "" when there is one source and a plain target name. */
  directory: string = "";
  target: string = "";

  /** `given`: value of -t or ""; `plain`: -T. Ends the process on a usage error. */
  constructor(operands: string[], given: string, plain: bool) {
    this.sources = operands;
    if (operands.length == 0) dieUsage("missing file operand");
    if (given.length > 0) {
      const st = new fs.Stat();
      const error = fs.stat(given, st);
      if (error != 0) dieErrno("target directory " + quoteShell(given), error);
      if (!st.isDirectory) die("target directory " + quoteShell(given) + ": Not a directory");
      this.directory = given;
    } else this.splitLast(operands, plain);
  }

  /** The last operand is the target. */
  private splitLast(operands: string[], plain: bool): void {
    if (operands.length == 1) dieUsage("missing destination file operand after " + quoteShell(operands[0]));
    const last = operands[operands.length - 1];
    if (plain) {
      if (operands.length > 2) dieUsage("extra operand " + quoteShell(operands[2]));
    } else if (fs.isDirectory(last)) {
      this.directory = last;
    } else if (operands.length > 2) {
      const st = new fs.Stat();
      const error = fs.stat(last, st);
      die("target " + quoteShell(last) + (error == 0 ? ": Not a directory" : ": No such file or directory"));
    }
    operands.pop();
    this.target = last;
  }

  nameFor(source: string): string {
    return this.directory.length > 0 ? joinPath(this.directory, baseName(stripSlashes(source))) : this.target;
  }
}
