import { CORE_O_DOORBELL, coreBlock } from "@cloudos/abi";
import type { KernelMemory } from "./kernel-memory.ts";

/** Returns a wait until an agent's doorbell word is not zero, or the time-out is over. It never blocks the event loop. */
export function doorbellWait(memory: KernelMemory, agent: number): (timeoutMs: number) => Promise<void> {
  const word = (coreBlock(agent) + CORE_O_DOORBELL) >>> 2;
  return async (timeoutMs) => {
    const result = Atomics.waitAsync(memory.words, word, 0, timeoutMs);
    if (result.async) await result.value;
  };
}
