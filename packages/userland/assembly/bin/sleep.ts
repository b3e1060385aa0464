/** sleep: waits. */
import { sleep } from "../lib/clock";
import { dieUsage, finish, warn } from "../lib/exit";
import { durationFailed, parseDuration } from "../lib/duration";
import { Options } from "../lib/options";
import { quoteProse } from "../lib/quote";

const USAGE = `Usage: sleep NUMBER[SUFFIX]...
Wait for the sum of the numbers: seconds, or with a suffix s, m minutes, h hours, d days. Fractions and "infinity" are allowed.`;

const options = new Options("", "", USAGE);
options.next();
if (options.operands.length == 0) dieUsage("missing operand");
let total: u64 = 0;
let bad = false;
for (let i = 0; i < options.operands.length; i++) {
  const part = parseDuration(options.operands[i]);
  if (durationFailed) {
    warn("invalid time interval " + quoteProse(options.operands[i]));
    bad = true;
  }
  total = part > u64.MAX_VALUE - total ? u64.MAX_VALUE : total + part;
}
if (bad) dieUsage("");
/** Longest single wait: a day; the kernel's timers count microseconds in a double. */
const CHUNK: u64 = 86400000000000;
for (; total > CHUNK; total -= CHUNK) sleep(CHUNK);
sleep(total);
finish(0);
