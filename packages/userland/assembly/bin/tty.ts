/** tty: name of the terminal. */
import { fromMemory } from "../lib/bytes";
import { tty_name } from "../lib/cloudos";
import { dieUsage, finish } from "../lib/exit";
import { stdout } from "../lib/io";
import { Options } from "../lib/options";
import { quoteProse } from "../lib/quote";

const USAGE = `Usage: tty [-s]
Print the name of the terminal on standard input. Status 1: it is none.

  -s, --silent, --quiet  only the status`;

const NAME = memory.data(256);
const LENGTH = memory.data(4);

const options = new Options("s", "silent=s quiet=s", USAGE, 2);
let silent = false;
while (options.next()) silent = true;
if (options.operands.length > 0) dieUsage("extra operand " + quoteProse(options.operands[0]), 2);
const found = tty_name(0, NAME, 256, LENGTH) == 0;
if (!silent) stdout.writeLine(found ? fromMemory(NAME, load<i32>(LENGTH)) : "not a tty");
finish(found ? 0 : 1, 3);
