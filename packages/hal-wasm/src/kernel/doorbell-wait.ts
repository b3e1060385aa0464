import { CORE_O_DOORBELL, coreBlock } from "@cloudos/abi";
import { createEventLoopTurn } from "../core/event-loop.ts";
import type { KernelMemory } from "./kernel-memory.ts";

/** A blocked wait sleeps this long at most: the event loop of the worker stands still meanwhile. */
const BLOCKED_WAIT_MS = 1;
/** Messages and finished I/O wait no longer than this while requests come without a pause. */
const TURN_MS = 4;

/**
 * Returns a wait until an agent's doorbell word is not zero, or the time-out is over. `Atomics.wait` wakes in a few microseconds,
 * `waitAsync` in about fifty; the first is used where the thread may block (`blocking`) and the caller has nothing
 * under way that the event loop must finish.
 */
export function doorbellWait(
  memory: KernelMemory,
  agent: number,
  blocking: boolean,
): (timeoutMs: number, mayBlock: boolean) => Promise<void> {
  const word = (coreBlock(agent) + CORE_O_DOORBELL) >>> 2;
  const turn = createEventLoopTurn();
  let lastTurnMs = performance.now();
  return async (timeoutMs, mayBlock) => {
    if (performance.now() - lastTurnMs >= TURN_MS) {
      await turn.take();
      lastTurnMs = performance.now();
    }
    if (blocking && mayBlock) {
      Atomics.wait(memory.words, word, 0, Math.min(timeoutMs, BLOCKED_WAIT_MS));
      return;
    }
    const result = Atomics.waitAsync(memory.words, word, 0, timeoutMs);
    if (result.async) await result.value;
  };
}
