/** Text of the system (a load error, the progress of a download) for a process's descriptor. */
import { OBJECT_PIPE_WRITE, OBJECT_RING_WRITE, OBJECT_TTY } from "../../../abi/src/kernel-interface";
import { Process } from "../proc/process";
import { ttyPrint } from "../tty/session";
import { handleAt } from "./handle";
import { pipePrint } from "./pipe";
import { ringPrint } from "./ring";

/** Never blocks: what does not fit is dropped. Files are left alone: to write one may need the file service. */
export function printTo(process: Process, fd: u32, address: usize, length: u32): void {
  const handle = handleAt(process, fd);
  if (handle === null) return;
  if (handle.type == OBJECT_RING_WRITE) ringPrint(handle.object, address, length);
  else if (handle.type == OBJECT_PIPE_WRITE) pipePrint(handle.object, address, length);
  else if (handle.type == OBJECT_TTY) ttyPrint(handle.object, address, length);
}
