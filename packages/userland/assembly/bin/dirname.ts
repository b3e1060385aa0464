/** dirname: a path without its last component. */
import { dieUsage, finish } from "../lib/exit";
import { stdout } from "../lib/io";
import { Options } from "../lib/options";
import { dirName } from "../lib/path";

const USAGE = `Usage: dirname [OPTION] NAME...
Print each NAME without its last component.

  -z, --zero  end each line with NUL, not newline`;

const options = new Options("z", "zero=z", USAGE);
let delimiter = 10;
while (options.next()) delimiter = 0;
if (options.operands.length == 0) dieUsage("missing operand");
for (let i = 0; i < options.operands.length; i++) {
  stdout.write(dirName(options.operands[i]));
  stdout.writeByte(delimiter);
}
finish(0);
