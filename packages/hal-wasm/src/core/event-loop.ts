/**
 * One turn of the event loop, so that messages, timers and `Atomics.waitAsync` results arrive. A message to oneself comes
 * round in microseconds; `setTimeout(0)` is held back to 4 ms when nested (HTML, timers, step 11).
 */
export class EventLoopTurn {
  readonly #channel = new MessageChannel();
  #done: (() => void) | undefined;

  constructor() {
    this.#channel.port1.onmessage = () => {
      const done = this.#done;
      this.#done = undefined;
      done?.();
    };
  }

  take(): Promise<void> {
    return new Promise((resolve) => {
      this.#done = resolve;
      this.#channel.port2.postMessage(0);
    });
  }

  close(): void {
    this.#channel.port1.close();
    this.#channel.port2.close();
  }
}
