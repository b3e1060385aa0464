import { AGENT_WINDOW } from "@cloudos/abi/guest-agent";
import { PAYLOAD_MAX } from "./frames.ts";

/** STDIN frames of one request, within the window the agent gives. Writes are sent in order. */
export class OutgoingStream {
  readonly #send: (bytes: Uint8Array) => Promise<void>;
  #credit = AGENT_WINDOW;
  #last: Promise<void> = Promise.resolve();
  #waiting: (() => void) | null = null;
  #closed = false;

  constructor(send: (bytes: Uint8Array) => Promise<void>) {
    this.#send = send;
  }

  write(bytes: Uint8Array): Promise<void> {
    this.#last = this.#last.then(() => this.#put(bytes));
    return this.#last;
  }

  /** An empty frame is the end of the stream. */
  end(): Promise<void> {
    this.#last = this.#last.then(() => (this.#closed ? undefined : this.#send(new Uint8Array())));
    return this.#last;
  }

  /** The agent took over so many bytes. */
  grant(bytes: number): void {
    this.#credit = Math.min(AGENT_WINDOW, this.#credit + bytes);
    this.#wake();
  }

  /** The request is over: what was not sent is dropped. */
  close(): void {
    this.#closed = true;
    this.#wake();
  }

  async #put(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length && !this.#closed; ) {
      if (this.#credit === 0) {
        await new Promise<void>((resolve) => {
          this.#waiting = resolve;
        });
        continue;
      }
      const length = Math.min(this.#credit, PAYLOAD_MAX, bytes.length - at);
      this.#credit -= length;
      await this.#send(bytes.subarray(at, at + length));
      at += length;
    }
  }

  #wake(): void {
    this.#waiting?.();
    this.#waiting = null;
  }
}
