/** printf: formatted output. */
import { args } from "../lib/args";
import { dieUsage, die, finish, warn } from "../lib/exit";
import { stdout } from "../lib/io";
import { Options } from "../lib/options";
import { Printf } from "../lib/printf";

const USAGE = `Usage: printf FORMAT [ARGUMENT]...
Print the arguments as FORMAT says; the format is used again while arguments are left.

Conversions: %d %i %o %u %x %X %c %s %e %f %g %a (C), %b (string with backslash
escapes), %q (quoted for the shell), %% (a percent sign).
Escapes: \\a \\b \\c \\e \\f \\n \\r \\t \\v \\\\ \\" \\NNN \\xHH \\uHHHH \\UHHHHHHHH`;

let operands = args;
if (operands.length == 1) new Options("+", "", USAGE, 1, operands[0].startsWith("--") ? operands : []).next();
if (operands.length > 0 && operands[0] == "--") operands = operands.slice(1);
if (operands.length == 0) dieUsage("missing operand");

const printf = new Printf(operands[0], operands.slice(1), stdout);
printf.run();
for (let i = 0; i < printf.warnings.length; i++) warn(printf.warnings[i]);
if (printf.fatal.length > 0) die(printf.fatal);
finish(printf.status);
