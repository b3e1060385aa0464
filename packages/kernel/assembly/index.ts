/** The exports of kernel.wasm: KernelExports (packages/abi) and the system calls. */
import { ABI_VERSION } from "../../abi/src/params";
import { handleClose, handleInstall, handleDuplicate } from "./obj/handle";
import { currentProcess } from "./core";
import { park, waitPrepare, wakeAll,WaitQueue } from "./sched/wait";

export function abi_version(): i32 {
  return ABI_VERSION;
}
export function tst(q: usize): i32 { waitPrepare(changetype<WaitQueue>(q)); wakeAll(changetype<WaitQueue>(q)); handleInstall(currentProcess(), 0,0,0,0,0,0,false); handleDuplicate(currentProcess(), 0,currentProcess(),0,0,false);
return park() + handleClose(currentProcess(), 3); }
