import type { Ring } from "./ring.ts";

/** Feeds a ring the kernel reads. Writes are taken in order; each resolves when the ring has all of it. */
export class RingWriter {
  readonly #ring: Ring;
  #last: Promise<void> = Promise.resolve();
  #closed = false;
  /** Resolves when the last reader is gone. */
  readonly abandoned: Promise<void>;

  constructor(ring: Ring) {
    this.#ring = ring;
    this.abandoned = this.#watch();
  }

  /** Bytes for a reader that is gone are dropped, as the kernel drops what is left in a pipe without readers. */
  write(data: Uint8Array): Promise<void> {
    this.#last = this.#last.then(() => this.#put(data));
    return this.#last;
  }

  /** End of file after everything written so far. */
  end(): Promise<void> {
    this.#last = this.#last.then(() => {
      if (!this.#closed) this.#ring.endOfFile();
    });
    return this.#last;
  }

  /** The ring is about to be freed: pending writes resolve. */
  close(): void {
    this.#closed = true;
    this.#ring.wakeHost();
  }

  async #put(data: Uint8Array): Promise<void> {
    let rest = data;
    while (rest.length > 0 && !this.#closed) {
      const seen = this.#ring.bell;
      if (this.#ring.hungUp) return;
      const taken = this.#ring.produce(rest);
      rest = rest.subarray(taken);
      if (taken === 0) await this.#ring.changed(seen);
    }
  }

  async #watch(): Promise<void> {
    for (;;) {
      const seen = this.#ring.bell;
      if (this.#closed || this.#ring.hungUp) return;
      await this.#ring.changed(seen);
    }
  }
}
