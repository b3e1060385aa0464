import type { Ring } from "./ring.ts";

/** Takes a chunk; a pending promise holds the producer back. */
export type ChunkListener = (chunk: Uint8Array) => void | Promise<void>;

/** Delivers what the kernel puts into a ring, chunk by chunk, until the last writer is gone. */
export class RingReader {
  readonly #ring: Ring;
  #listener: ChunkListener;
  #closed = false;
  /** Resolves when nothing more will be delivered. */
  readonly ended: Promise<void>;

  constructor(ring: Ring, listener: ChunkListener) {
    this.#ring = ring;
    this.#listener = listener;
    this.ended = this.#pump();
  }

  /** Resolves when everything that was in the ring at the time of the call has been delivered. */
  async drained(): Promise<void> {
    const target = this.#ring.tail;
    const behind = () => !this.#closed && ((target - this.#ring.head) | 0) > 0;
    for (let seen = this.#ring.bell; behind(); seen = this.#ring.bell) await this.#ring.changed(seen);
  }

  /** Takes what still comes, so that no program waits for a reader, and drops it. */
  discard(): void {
    this.#listener = () => undefined;
  }

  /** The ring is about to be freed: no more looks at it. */
  close(): void {
    this.#closed = true;
    this.#ring.wakeHost();
  }

  async #pump(): Promise<void> {
    const ring = this.#ring;
    while (!this.#closed) {
      const seen = ring.bell;
      const last = ring.hungUp;
      const chunk = ring.peek();
      if (chunk.length > 0) {
        await deliver(this.#listener, chunk);
        if (this.#closed) return;
        ring.consume(chunk.length);
        ring.wakeHost();
      } else if (last) {
        return;
      } else {
        await ring.changed(seen);
      }
    }
  }
}

async function deliver(listener: ChunkListener, chunk: Uint8Array): Promise<void> {
  try {
    await listener(chunk);
  } catch (error) {
    console.error("A reader of program output failed:", error);
  }
}
