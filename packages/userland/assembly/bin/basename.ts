/** basename: last component of a path, without a suffix. */
import { dieUsage, finish } from "../lib/exit";
import { stdout } from "../lib/io";
import { Options } from "../lib/options";
import { baseName } from "../lib/path";
import { quoteProse } from "../lib/quote";

const USAGE = `Usage: basename NAME [SUFFIX]
  or:  basename OPTION... NAME...
Print NAME without its directories and without SUFFIX.

  -a, --multiple       every argument is a NAME
  -s, --suffix=SUFFIX  remove SUFFIX; implies -a
  -z, --zero           end each line with NUL, not newline`;

const options = new Options("+as:z", "multiple=a suffix:=s zero=z", USAGE);
let multiple = false;
let suffix = "";
let delimiter = 10;
while (options.next()) {
  if (options.name == "z") delimiter = 0;
  else multiple = true;
  if (options.name == "s") suffix = options.value;
}
const names = options.operands;
if (names.length == 0) dieUsage("missing operand");
if (!multiple && names.length > 2) dieUsage("extra operand " + quoteProse(names[2]));
if (!multiple && names.length == 2) suffix = names.pop();
for (let i = 0; i < names.length; i++) {
  let name = baseName(names[i]);
  if (suffix.length > 0 && name != suffix && name.endsWith(suffix)) name = name.substring(0, name.length - suffix.length);
  stdout.write(name);
  stdout.writeByte(delimiter);
}
finish(0);
