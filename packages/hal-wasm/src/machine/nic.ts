/**
 * The virtio network card. The emulator drops a frame for which the guest has no buffer, so frames wait here; a peer that sends
 * faster than the guest takes them loses the oldest ones, as on a real wire.
 */
import type { V86Bus, V86Cpu } from "./v86-internals.ts";

/** Frames waiting for the guest. */
const QUEUE_FRAMES = 512;
const RETRY_MS = 1;
const ETHERNET_HEADER = 14;

export class Nic {
  readonly #bus: V86Bus;
  readonly #device: NonNullable<V86Cpu["devices"]["virtio_net"]>;
  readonly #maxFrame: number;
  readonly #queue: Uint8Array[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  framesOut = 0;
  bytesOut = 0;
  framesIn = 0;
  bytesIn = 0;
  dropped = 0;

  constructor(
    bus: V86Bus,
    device: NonNullable<V86Cpu["devices"]["virtio_net"]>,
    mtu: number,
    onFrame: (frame: Uint8Array) => void,
  ) {
    this.#bus = bus;
    this.#device = device;
    this.#maxFrame = mtu + ETHERNET_HEADER;
    bus.register(
      "net0-send",
      (frame: Uint8Array) => {
        if (frame.length < ETHERNET_HEADER || frame.length > this.#maxFrame) {
          this.dropped++;
          return;
        }
        this.framesOut++;
        this.bytesOut += frame.length;
        onFrame(frame);
      },
      this,
    );
  }

  /** A frame for the guest; not copied. Ill-sized ones are dropped. */
  receive(frame: Uint8Array): void {
    if (frame.length < ETHERNET_HEADER || frame.length > this.#maxFrame) {
      this.dropped++;
      return;
    }
    if (this.#queue.length >= QUEUE_FRAMES) {
      this.#queue.shift();
      this.dropped++;
    }
    this.#queue.push(frame);
    this.#pump();
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#queue.length = 0;
  }

  #pump(): void {
    clearTimeout(this.#timer);
    const queue = this.#device.virtio.queues[0];
    if (queue === undefined) return;
    while (this.#queue.length > 0) {
      if (!queue.enabled || !queue.is_configured() || !queue.has_request()) {
        this.#timer = setTimeout(() => this.#pump(), RETRY_MS);
        return;
      }
      const frame = this.#queue.shift() as Uint8Array;
      this.framesIn++;
      this.bytesIn += frame.length;
      this.#bus.send("net0-receive", frame);
    }
  }
}
