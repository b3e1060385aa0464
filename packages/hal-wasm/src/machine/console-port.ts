/**
 * One port of the virtio console. The emulator drops input for which the guest has no buffer, and cuts what is longer than the buffer: so input
 * waits here until the guest has room, a page at a time.
 */
import type { V86Bus, VirtioDevice } from "./v86-internals.ts";

/** The Linux driver's receive buffers are a page. */
const BUFFER_BYTES = 4096;
/** Nothing tells us that the guest has given back a buffer: with input waiting we look this often. */
const RETRY_MS = 2;

export class ConsolePort {
  readonly #bus: V86Bus;
  readonly #virtio: VirtioDevice;
  readonly #port: number;
  readonly #onTaken: (bytes: number) => void;
  readonly #queue: Uint8Array[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #drained: (() => void)[] = [];
  bytesIn = 0;
  bytesOut = 0;

  /** `onTaken` hears how many bytes of input reached the guest's buffers. `onOutput` owns the bytes it gets. */
  constructor(
    bus: V86Bus,
    virtio: VirtioDevice,
    port: number,
    onOutput: (bytes: Uint8Array) => void,
    onTaken: (bytes: number) => void,
  ) {
    this.#bus = bus;
    this.#virtio = virtio;
    this.#port = port;
    this.#onTaken = onTaken;
    bus.register(
      `virtio-console${port}-output-bytes`,
      (bytes: Uint8Array) => {
        this.bytesOut += bytes.length;
        onOutput(bytes);
      },
      this,
    );
  }

  /** Input that waits. */
  get waitingBytes(): number {
    return this.#queue.reduce((sum, bytes) => sum + bytes.length, 0);
  }

  /** Bytes for the guest; they are not copied. Kept until a driver is there. */
  write(bytes: Uint8Array): void {
    if (bytes.length > 0) this.#queue.push(bytes);
    this.#pump();
  }

  /** Resolves when all input has reached the guest. */
  drained(): Promise<void> {
    if (this.#queue.length === 0) return Promise.resolve();
    return new Promise((resolve) => this.#drained.push(resolve));
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#queue.length = 0;
    this.#settle();
  }

  #pump(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const queue = this.#virtio.queues[this.#port === 0 ? 0 : 2 * this.#port + 2];
    if (queue === undefined) return;
    let taken = 0;
    for (;;) {
      const head = this.#queue[0];
      if (head === undefined) break;
      if (!queue.enabled || !queue.is_configured() || !queue.has_request()) {
        this.#timer = setTimeout(() => this.#pump(), RETRY_MS);
        break;
      }
      const piece = head.subarray(0, BUFFER_BYTES);
      this.#bus.send(`virtio-console${this.#port}-input-bytes`, piece);
      taken += piece.length;
      if (piece.length === head.length) this.#queue.shift();
      else this.#queue[0] = head.subarray(piece.length);
    }
    this.bytesIn += taken;
    if (taken > 0) this.#onTaken(taken);
    if (this.#queue.length === 0) this.#settle();
  }

  #settle(): void {
    const waiting = this.#drained;
    this.#drained = [];
    for (const resolve of waiting) resolve();
  }
}
