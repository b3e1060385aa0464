import { CORE_O_DOORBELL, coreBlock } from "@cloudos/abi";
import type { KernelMemory } from "../kernel/kernel-memory.ts";

/** A blocked wait sleeps this long at most: the event loop of the worker stands still meanwhile. */
const BLOCKED_WAIT_MS = 2;

/**
 * Waits until a core's doorbell rings or `timeoutMs` is over. `Atomics.wait` wakes in a few microseconds but stops the
 * event loop, so it is tried once after each piece of work and only where `mayBlock`; then the core goes to
 * `waitAsync`, which costs nothing while the machine is idle.
 */
export class IdleWait {
  readonly #memory: KernelMemory;
  readonly #word: number;
  #blockedBefore = false;

  constructor(memory: KernelMemory, core: number) {
    this.#memory = memory;
    this.#word = (coreBlock(core) + CORE_O_DOORBELL) >>> 2;
  }

  /** Work was found: the next wait may block again. */
  reset(): void {
    this.#blockedBefore = false;
  }

  async wait(timeoutMs: number, mayBlock: boolean): Promise<void> {
    if (timeoutMs <= 0) return;
    if (mayBlock && !this.#blockedBefore) {
      this.#blockedBefore = true;
      Atomics.wait(this.#memory.words, this.#word, 0, Math.min(timeoutMs, BLOCKED_WAIT_MS));
      return;
    }
    const result = Atomics.waitAsync(this.#memory.words, this.#word, 0, timeoutMs);
    if (result.async) await result.value;
  }
}
