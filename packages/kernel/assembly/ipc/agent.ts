/**
 * Agents that take part: services written in TypeScript have a kernel instance but no fiber. Attached, such an instance has a process
 * of its own that is no process to others (no pid, no program): a handle table, in which all calls on handles work as
 * they do for programs, with kernel addresses for pointers. Nothing waits: what would, answers EAGAIN; a port rings the agent's doorbell.
 */
import { ENOMEM } from "../../../abi/src/errno";
import { core } from "../core";
import { globals } from "../globals";
import { slabAlloc } from "../mem/slab";
import { spanAlloc } from "../mem/spans";
import { Process, PROCESS_LIVE } from "../proc/process";

/** Lets this instance's agent own handles. Address of a buffer of 256 KiB for what it passes and gets, the same every time, or -ENOMEM. */
export function agent_attach(): i32 {
  if (core().process != 0) return <i32>changetype<Process>(<usize>core().process).args;
  const address = slabAlloc(<u32>offsetof<Process>());
  const buffer = spanAlloc();
  if (address == 0 || buffer == 0) return -ENOMEM;
  const process = changetype<Process>(address);
  process.state = PROCESS_LIVE;
  // It has no arguments: the place is the buffer's.
  process.args = <u32>buffer;
  process.job = globals().rootJob;
  core().process = <u32>address;
  return <i32>buffer;
}
