/** Between the emulator's virtio 9P device and a server: counts, bounds, and knows when nothing is under way. */
import type { V86Cpu } from "./v86-internals.ts";

const HEADER_BYTES = 7;
const RLERROR = 7;
const EIO = 5;
const EPROTO = 71;

/**
 * Carries out one request; undefined when it was flushed and gets no reply. `request` is the callee's. A reply that is there at once spares
 * the guest going to sleep.
 */
export type NinePHandler = (request: Uint8Array) => Uint8Array | Promise<Uint8Array | undefined>;

type VirtioNineP = NonNullable<V86Cpu["devices"]["virtio_9p"]>;

export class NinePDevice {
  readonly #handler: NinePHandler;
  readonly #pending = new Set<number>();
  #virtio: VirtioNineP | undefined;
  #idle: (() => void)[] = [];
  requests = 0;
  bytesOut = 0;
  bytesIn = 0;

  constructor(handler: NinePHandler) {
    this.#handler = handler;
  }

  /** The emulated device, once there is one. */
  attach(device: VirtioNineP | undefined): void {
    this.#virtio = device;
  }

  /** The emulator's callback. The reply's tag is what it finds the guest's buffers by, so it must be the request's. */
  readonly handle = (request: Uint8Array, reply: (message: Uint8Array) => void): void => {
    this.requests++;
    this.bytesOut += request.length;
    if (request.length < HEADER_BYTES) {
      // The emulator has read a tag beyond the end; the guest gets its buffers back, empty.
      for (const tag of this.#virtio?.tag_bufchain.keys() ?? []) if (!this.#pending.has(tag)) this.#returnBuffers(tag);
      return;
    }
    const tag = tagOf(request);
    const answer = this.#ask(request, tag);
    if (answer instanceof Uint8Array) {
      const message = checked(answer, tag);
      this.bytesIn += message.length;
      reply(message);
      return;
    }
    this.#pending.add(tag);
    answer
      .then(
        (message) => message && checked(message, tag),
        () => rlerror(tag, EIO),
      )
      .then((message) => {
        this.#pending.delete(tag);
        this.bytesIn += message?.length ?? 0;
        if (message === undefined) this.#returnBuffers(tag);
        else reply(message);
        if (this.#pending.size === 0) for (const resolve of this.#idle.splice(0)) resolve();
      });
  };

  /** Resolves when every request has been answered. */
  idle(): Promise<void> {
    return this.#pending.size === 0 ? Promise.resolve() : new Promise((resolve) => this.#idle.push(resolve));
  }

  #ask(request: Uint8Array, tag: number): Uint8Array | Promise<Uint8Array | undefined> {
    try {
      return this.#handler(request);
    } catch {
      return rlerror(tag, EIO);
    }
  }

  /** A flushed request has no reply, but its buffers are the guest's again: Linux skips buffers that come back empty. */
  #returnBuffers(tag: number): void {
    const device = this.#virtio;
    const chain = device?.tag_bufchain.get(tag);
    if (device === undefined || chain === undefined) return;
    device.tag_bufchain.delete(tag);
    device.virtqueue.push_reply(chain);
    device.virtqueue.flush_replies();
  }
}

function checked(message: Uint8Array, tag: number): Uint8Array {
  return message.length >= HEADER_BYTES && tagOf(message) === tag ? message : rlerror(tag, EPROTO);
}

function tagOf(message: Uint8Array): number {
  return (message[5] as number) | ((message[6] as number) << 8);
}

function rlerror(tag: number, errno: number): Uint8Array {
  const message = new Uint8Array(11);
  const view = new DataView(message.buffer);
  view.setUint32(0, message.length, true);
  view.setUint8(4, RLERROR);
  view.setUint16(5, tag, true);
  view.setUint32(7, errno, true);
  return message;
}
