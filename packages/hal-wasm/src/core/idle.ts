import { CORE_O_DOORBELL, coreBlock } from "@cloudos/abi";
import type { KernelMemory } from "../kernel/kernel-memory.ts";

/** A blocked wait sleeps this long at most: the event loop of the worker stands still meanwhile. */
const BLOCKED_WAIT_MS = 2;
/** A core that was just woken this soon is in a conversation with another core, and looks for the next bell before it sleeps. */
const CONVERSATION_MS = 0.1;
/** How long it looks: longer than an answer takes (a few microseconds), shorter than sleeping and waking (up to 40). */
const LOOK_MS = 0.03;
/** Looks at the bell between two looks at the clock. */
const LOOKS_PER_CLOCK = 64;

/**
 * Waits until a core's doorbell rings or `timeoutMs` is over. `Atomics.wait` wakes in microseconds but stops the event
 * loop, so it is tried once after each piece of work and only where `mayBlock`; then the core goes to `waitAsync`, which
 * costs nothing while the machine is idle. Between calls from core to core even `Atomics.wait` is slow, because the processor
 * beneath goes to sleep: then the core looks for a moment first.
 */
export class IdleWait {
  readonly #memory: KernelMemory;
  readonly #word: number;
  #blockedBefore = false;
  #inConversation = false;

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
      const beginMs = performance.now();
      if (!this.#inConversation || !this.#look(beginMs + LOOK_MS)) {
        Atomics.wait(this.#memory.words, this.#word, 0, Math.min(timeoutMs, BLOCKED_WAIT_MS));
      }
      this.#inConversation = performance.now() - beginMs < CONVERSATION_MS;
      return;
    }
    const result = Atomics.waitAsync(this.#memory.words, this.#word, 0, timeoutMs);
    if (result.async) await result.value;
  }

  /** True when the bell rang before `untilMs`. */
  #look(untilMs: number): boolean {
    const { words } = this.#memory;
    do {
      for (let looks = 0; looks < LOOKS_PER_CLOCK; looks++) if (Atomics.load(words, this.#word) !== 0) return true;
    } while (performance.now() < untilMs);
    return false;
  }
}
