/** nice: a program that leaves more of the processor to others. */
import { proc_nice } from "../lib/cloudos";
import { die, dieUsage, finish, warnErrno } from "../lib/exit";
import { stdout } from "../lib/io";
import { formatSigned, parseFailed, parseSigned } from "../lib/numbers";
import { Options } from "../lib/options";
import { quoteProse } from "../lib/quote";
import { exitLike, Spawn, spawnFailureStatus } from "../lib/spawn";
import { args } from "../lib/args";
import { proc_exit } from "../lib/wasi";

const USAGE = `Usage: nice [OPTION] [COMMAND [ARG]...]
Run COMMAND with its niceness raised by 10; without COMMAND, print the niceness. 0 is ordinary, 19 gives way to everybody.
Each step is worth a fifth of the time beside an ordinary process. There is no privilege, so niceness only grows.

  -n, --adjustment=N  raise by N instead (also -N)`;

/** Failure of nice itself. */
const FAILED = 125;
const OUT = memory.data(4, 4);

/** "-5" means -n 5, as it always has. */
function modernize(list: string[]): string[] {
  if (list.length == 0) return list;
  const first = list[0];
  const digits = first.startsWith("--") || first.startsWith("-+") ? first.substring(2) : first.substring(1);
  if (!first.startsWith("-") || digits.length == 0 || digits.charCodeAt(0) < 48 || digits.charCodeAt(0) > 57) return list;
  return ["-n", first.substring(1)].concat(modernize(list.slice(1)));
}

/** More than niceness has room for is as much as there is. */
function adjustment(text: string): i32 {
  const value = parseSigned(text.startsWith("+") ? text.substring(1) : text);
  if (parseFailed) die("invalid adjustment " + quoteProse(text), FAILED);
  return <i32>max<i64>(-39, min<i64>(39, value));
}

const options = new Options("+n:", "adjustment:=n", USAGE, FAILED, modernize(args));
let delta = 10;
let asked = false;
while (options.next()) {
  delta = adjustment(options.value);
  asked = true;
}
if (options.operands.length == 0) {
  if (asked) dieUsage("a command must be given with an adjustment", FAILED);
  proc_nice(0, 0, OUT);
  stdout.writeLine(formatSigned(load<i32>(OUT)));
  finish(0);
}
const refused = proc_nice(0, delta, OUT);
// The command runs all the same: that it may not have more is no reason for it to have nothing.
if (refused != 0) warnErrno("cannot set niceness", refused);
const pid = new Spawn().run(options.operands);
if (pid < 0) {
  warnErrno(quoteProse(options.operands[0]), -pid);
  proc_exit(spawnFailureStatus(-pid));
}
exitLike(pid);
