/** nproc: number of cores. */
import { die, dieUsage, finish } from "../lib/exit";
import { stdout } from "../lib/io";
import { formatUnsigned, parseFailed, parseUnsigned } from "../lib/numbers";
import { Options } from "../lib/options";
import { coreCount } from "../lib/proc/system";
import { quoteProse } from "../lib/quote";

const USAGE = `Usage: nproc [OPTION]
Print the number of processor cores.

      --all       all there are
      --ignore=N  N less, but at least one`;

const options = new Options("", "all ignore:", USAGE);
let ignored: u64 = 0;
while (options.next()) {
  if (options.name != "ignore") continue;
  ignored = parseUnsigned(options.value);
  if (parseFailed) die("invalid number: " + quoteProse(options.value));
}
if (options.operands.length > 0) dieUsage("extra operand " + quoteProse(options.operands[0]));
const count = <u64>coreCount();
stdout.writeLine(formatUnsigned(count > ignored ? count - ignored : 1));
finish(0);
