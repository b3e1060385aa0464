/** whoami: the user's name. */
import { die, dieUsage, finish } from "../lib/exit";
import { stdout } from "../lib/io";
import { formatSigned } from "../lib/numbers";
import { Options } from "../lib/options";
import { quoteProse } from "../lib/quote";
import { findUser, ownId } from "../lib/users";

const options = new Options("", "", "Usage: whoami\nPrint the name of the user this runs as.");
options.next();
if (options.operands.length > 0) dieUsage("extra operand " + quoteProse(options.operands[0]));
const uid = ownId("Uid");
const name = uid < 0 ? "" : findUser(<u32>uid);
if (name.length == 0) die("cannot find name for user ID " + formatSigned(uid));
stdout.writeLine(name);
finish(0);
