/** restrict: a command that may make some system calls only. */
import { MASK_KILL, MASK_REFUSE, WAIT_EXITED } from "../../../abi/src/cloudos-v1";
import { SYSTEM_CALLS } from "../../../abi/src/system-calls";
import { call_mask } from "../lib/cloudos";
import { dieErrno, dieUsage, finish, warnErrno } from "../lib/exit";
import { stdout } from "../lib/io";
import { Options } from "../lib/options";
import { quoteProse } from "../lib/quote";
import { Spawn, spawnFailureStatus, wait, waitedCode, waitedKind } from "../lib/spawn";
import { proc_exit } from "../lib/wasi";

const USAGE = `Usage: restrict [-k] [-a CALL,...] [-d CALL,...] COMMAND [ARG]...
       restrict -l
Run COMMAND so that it and whatever it starts may make some system calls only; others fail with EPERM.

  -a, --allow=CALLS  only these (and proc_exit)
  -d, --deny=CALLS   all but these
  -k, --kill         a call that is not allowed kills (SIGSYS)
  -l, --list         the names of all calls`;

const FAILED = 125;
const BYTES = 64;
const mask = memory.data(64, 8);

const options = new Options("+a:d:kl", "allow:=a deny:=d kill=k list=l", USAGE, FAILED);
let action = MASK_REFUSE;
let chosen = false;

function apply(list: string, set: bool): void {
  const names = list.split(",");
  for (let i = 0; i < names.length; i++) {
    const number = SYSTEM_CALLS.indexOf(names[i]);
    if (number < 0) dieUsage("no system call " + quoteProse(names[i]) + " (restrict -l lists them)", FAILED);
    const at = mask + (number >> 3);
    const bit: u8 = <u8>1 << <u8>(number & 7);
    store<u8>(at, set ? load<u8>(at) | bit : load<u8>(at) & ~bit);
  }
}

memory.fill(mask, 255, BYTES);
while (options.next()) {
  if (options.name == "k") action = MASK_KILL;
  else if (options.name == "l") {
    for (let i = 0; i < SYSTEM_CALLS.length; i++) stdout.writeLine(SYSTEM_CALLS[i]);
    stdout.flush();
    finish(0);
  } else if (options.name == "d") apply(options.value, false);
  else {
    if (!chosen) memory.fill(mask, 0, BYTES);
    chosen = true;
    apply(options.value, true);
  }
}
if (options.operands.length == 0) dieUsage("missing command", FAILED);
const error = call_mask(mask, BYTES, action);
if (error != 0) dieErrno("cannot restrict", error, FAILED);
const pid = new Spawn().run(options.operands);
if (pid < 0) {
  warnErrno(quoteProse(options.operands[0]), -pid);
  proc_exit(spawnFailureStatus(-pid));
}
wait(pid);
proc_exit(waitedKind == WAIT_EXITED ? waitedCode : 128 + waitedCode);
