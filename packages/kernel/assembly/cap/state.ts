/** Words of capabilities and IPC that belong to no object, in the page of the kernel's globals. */
import { GLOBALS_BASE } from "../layout";

/** Where in the page: what lies below is globals.ts. */
const CAP_STATE_BASE: usize = GLOBALS_BASE + 1024;

/** 0 derivation lock | 4 flight lock | 8 trace events | 12 trace ring | 16 trace head | 20 trace users | 24 lend lock */
@unmanaged
export class CapState {
  /** Guards the links of all Caps. */
  derivationLock: u32;
  /** Guards "a channel's end is put into a queue", so that no two of them close a cycle together; see ipc/flight.ts. */
  flightLock: u32;
  /** Atomic bit set of TRACE_*: what is recorded. 0: nobody listens. */
  traceEvents: u32;
  /** First record's address; written once, under tableLock. */
  traceRing: u32;
  /** Atomic: records ever begun, modulo 2^32. */
  traceHead: u32;
  /** Open trace objects; guarded by tableLock. */
  traceUsers: u32;
  /** Guards who lends urgency to whom (ipc/lend.ts). */
  lendLock: u32;
}

// @ts-ignore: decorator
@inline
export function capState(): CapState {
  return changetype<CapState>(CAP_STATE_BASE);
}
