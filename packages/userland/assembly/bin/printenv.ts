/** printenv: values of environment variables. */
import { environment, getenv } from "../lib/args";
import { finish } from "../lib/exit";
import { stdout } from "../lib/io";
import { Options } from "../lib/options";

const USAGE = `Usage: printenv [-0] [NAME]...
Print the values of environment variables, or all as NAME=VALUE. Status 1: one is not set.

  -0, --null  end each line with NUL, not newline`;

const options = new Options("+0", "null=0", USAGE, 2);
let delimiter = 10;
while (options.next()) delimiter = 0;
let status = 0;
const names = options.operands;
for (let i = 0; i < names.length; i++) {
  const value = getenv(names[i]);
  if (value === null || names[i].includes("=")) status = 1;
  else {
    stdout.write(value);
    stdout.writeByte(delimiter);
  }
}
const all = environment();
for (let i = 0; names.length == 0 && i < all.length; i++) {
  stdout.write(all[i]);
  stdout.writeByte(delimiter);
}
finish(status, 2);
