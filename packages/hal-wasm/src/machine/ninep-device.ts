/** Between the emulator's virtio 9P device and a server: counts, bounds, and knows when nothing is under way. */

const HEADER_BYTES = 7;
const RLERROR = 7;
const EIO = 5;
const EPROTO = 71;

export type NinePHandler = (request: Uint8Array) => Promise<Uint8Array>;

export class NinePDevice {
  readonly #handler: NinePHandler;
  readonly #pending = new Set<number>();
  #idle: (() => void)[] = [];
  requests = 0;
  bytesOut = 0;
  bytesIn = 0;

  constructor(handler: NinePHandler) {
    this.#handler = handler;
  }

  /** The emulator's callback. The reply's tag is what it finds the guest's buffers by, so it must be the request's. */
  readonly handle = (request: Uint8Array, reply: (message: Uint8Array) => void): void => {
    this.requests++;
    this.bytesOut += request.length;
    if (request.length < HEADER_BYTES) {
      // No tag to answer with: the emulator read one from beyond the message, which is undefined for the guest too.
      reply(rlerror(0, EPROTO));
      return;
    }
    const tag = tagOf(request);
    this.#pending.add(tag);
    this.#handler(request)
      .then(
        (message) => (message.length >= HEADER_BYTES && tagOf(message) === tag ? message : rlerror(tag, EPROTO)),
        () => rlerror(tag, EIO),
      )
      .then((message) => {
        this.#pending.delete(tag);
        this.bytesIn += message.length;
        reply(message);
        if (this.#pending.size === 0) for (const resolve of this.#idle.splice(0)) resolve();
      });
  };

  /** Resolves when every request has been answered. */
  idle(): Promise<void> {
    return this.#pending.size === 0 ? Promise.resolve() : new Promise((resolve) => this.#idle.push(resolve));
  }
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
