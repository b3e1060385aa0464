/** time: how long a program takes. */
import { SCHED_SIZE, WAIT_EXITED } from "../../../abi/src/cloudos-v1";
import { EINTR } from "../../../abi/src/errno";
import { monotonic } from "../lib/clock";
import { sched_info } from "../lib/cloudos";
import { dieUsage, warnErrno } from "../lib/exit";
import { formatFixed } from "../lib/float";
import { writeText } from "../lib/io";
import { Options } from "../lib/options";
import { quoteIfNeeded } from "../lib/quote";
import { Spawn, spawnFailureStatus, wait, waitedCode, waitedCpuMs, waitedKind } from "../lib/spawn";
import { proc_exit } from "../lib/wasi";

const USAGE = `Usage: time [-p] COMMAND [ARG]...
Run COMMAND, then print how long it took: real time, and processor time that it and what it started used themselves (user) and
in long calls of the kernel, such as starting programs and asking the file service (sys). Short calls count as user.

  -p  POSIX's form (the default)`;

/** Offset of "user ms of children waited for" in the SCHED struct. */
const CHILDREN_USER_MS: usize = 60;
const record = memory.data(104, 8);
if (SCHED_SIZE != 104) ERROR("record does not fit the SCHED struct");

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
// The only child there was.
sched_info(0, record);
const user = min(waitedCpuMs, load<u32>(record, CHILDREN_USER_MS));
const system = waitedCpuMs - user;
writeText(
  2,
  "real " + formatFixed(real, 2) + "\nuser " + formatFixed(<f64>user / 1000, 2) + "\nsys " + formatFixed(<f64>system / 1000, 2) + "\n",
);
proc_exit(waitedKind == WAIT_EXITED ? waitedCode : 128 + waitedCode);
