/** Which handle the call that a process is in depends on: `Process.call`, set where a handle is looked up. */
import { OBJECT_REVOKED } from "../../../abi/src/kernel-interface";
import { Handle } from "../obj/handle";
import { Fiber } from "../proc/fiber";
import { Process } from "../proc/process";

/** In Process.call: no handle, or one that the call can do without. */
export const CALL_NONE: u32 = 0;
/** In Process.call: many handles; the call is woken and looks at them itself. */
export const CALL_ANY: u32 = 1;

/** Was the handle of the fiber's call revoked? */
export function callRevoked(fiber: Fiber): bool {
  const entry = <usize>changetype<Process>(<usize>fiber.process).call;
  return entry > <usize>CALL_ANY && atomic.load<u8>(entry + offsetof<Handle>("type")) == OBJECT_REVOKED;
}
