/** time: how long a program takes. */
import { WAIT_EXITED } from "../../../abi/src/cloudos-v1";
import { EINTR } from "../../../abi/src/errno";
import { monotonic } from "../lib/clock";
import { dieUsage, warnErrno } from "../lib/exit";
import { formatFixed } from "../lib/float";
import { writeText } from "../lib/io";
import { Options } from "../lib/options";
import { quoteIfNeeded } from "../lib/quote";
import { Spawn, spawnFailureStatus, wait, waitedCode, waitedCpuMs, waitedKind } from "../lib/spawn";
import { proc_exit } from "../lib/wasi";

const USAGE = `Usage: time [-p] COMMAND [ARG]...
Run COMMAND, then print how long it took: real time, and processor time (user; the kernel runs on the caller's account,
so sys is 0).

  -p  POSIX's form (the default)`;

const options = new Options("+p", "portability=p", USAGE, 125);
while (options.next()) continue;
if (options.operands.length == 0) dieUsage("missing program to run", 125);
const start = monotonic();
const pid = new Spawn().run(options.operands);
if (pid < 0) {
  warnErrno("cannot run " + quoteIfNeeded(options.operands[0]), -pid);
  proc_exit(spawnFailureStatus(-pid));
}
while (wait(pid) == EINTR) continue;
const real = <f64>(monotonic() - start) / 1e9;
writeText(2, "real " + formatFixed(real, 2) + "\nuser " + formatFixed(<f64>waitedCpuMs / 1000, 2) + "\nsys 0.00\n");
proc_exit(waitedKind == WAIT_EXITED ? waitedCode : 128 + waitedCode);
