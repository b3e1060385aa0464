/** trace: what processes do with handles, messages and calls, from /proc/trace. */
import { WAIT_EXITED } from "../../../abi/src/cloudos-v1";
import { warnErrno, finish } from "../lib/exit";
import { stdout } from "../lib/io";
import { Options } from "../lib/options";
import { slurp } from "../lib/proc/process";
import { quoteProse } from "../lib/quote";
import { Spawn, spawnFailureStatus, wait, waitedCode, waitedKind } from "../lib/spawn";
import { proc_exit } from "../lib/wasi";

const USAGE = `Usage: trace [COMMAND [ARG]...]
Show what happened since the last look: time, core, process, event and three numbers.
With COMMAND, what happens while it runs. Recording begins with the first look.

Events: spawn PID, exit KIND CODE, duplicate HANDLE RIGHTS NEW, revoke HANDLE COUNT, send and call HANDLE BYTES HANDLES,
violation CALL ACTION. "lost N": records that were overwritten before anybody looked.`;

const options = new Options("+", "", USAGE);
while (options.next()) {}

let status = 0;
const before = slurp("/proc/trace");
if (options.operands.length > 0) {
  const pid = new Spawn().run(options.operands);
  if (pid < 0) {
    warnErrno(quoteProse(options.operands[0]), -pid);
    proc_exit(spawnFailureStatus(-pid));
  }
  if (wait(pid) == 0) status = waitedKind == WAIT_EXITED ? waitedCode : 128 + waitedCode;
  stdout.write(slurp("/proc/trace"));
} else {
  stdout.write(before);
}
stdout.flush();
finish(status);
