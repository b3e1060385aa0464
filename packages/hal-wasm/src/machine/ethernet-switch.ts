/**
 * A learning Ethernet switch (IEEE 802.1D without spanning tree: there are no loops here). Machines of one network segment are attached
 * to one switch; frames for an address it has seen go to that port alone, others to all.
 */

const HEADER_BYTES = 14;
/** As real switches: an address not heard from for five minutes may have moved. */
const AGE_MS = 300_000;
/** A guest that makes addresses up must not fill memory. */
const ADDRESSES_MAX = 4096;

/** A machine's plug. */
export interface SwitchPort {
  /** A frame from the machine. The switch does not keep it. */
  send(frame: Uint8Array): void;
  close(): void;
}

interface Learned {
  readonly port: Attached;
  seenMs: number;
}
interface Attached {
  readonly deliver: (frame: Uint8Array) => void;
}

export class EthernetSwitch {
  readonly #ports = new Set<Attached>();
  readonly #addresses = new Map<number, Learned>();
  readonly #nowMs: () => number;

  constructor(nowMs: () => number = () => performance.now()) {
    this.#nowMs = nowMs;
  }

  /** `deliver` gets frames for this port, which it must not change: others may get the same bytes. */
  attach(deliver: (frame: Uint8Array) => void): SwitchPort {
    const port: Attached = { deliver };
    this.#ports.add(port);
    return {
      send: (frame) => this.#forward(port, frame),
      close: () => {
        this.#ports.delete(port);
        for (const [address, learned] of this.#addresses) if (learned.port === port) this.#addresses.delete(address);
      },
    };
  }

  /** A message port that carries frames (ArrayBuffers) both ways, for MachinePorts.network. It is unplugged when its other end closes. */
  connect(): MessagePort {
    const { port1, port2 } = new MessageChannel();
    const plug = this.attach((frame) => port1.postMessage(frame.slice().buffer));
    port1.onmessage = ({ data }: MessageEvent<unknown>) => {
      if (data instanceof ArrayBuffer) plug.send(new Uint8Array(data));
    };
    port1.addEventListener("close", () => plug.close());
    return port2;
  }

  #forward(from: Attached, frame: Uint8Array): void {
    if (frame.length < HEADER_BYTES || !this.#ports.has(from)) return;
    const now = this.#nowMs();
    const source = address(frame, 6);
    // A group address is nobody's own.
    if (((frame[6] as number) & 1) === 0) {
      if (this.#addresses.size >= ADDRESSES_MAX && !this.#addresses.has(source)) this.#forgetOldest();
      // In order of age: the first is the one not heard from for longest.
      this.#addresses.delete(source);
      this.#addresses.set(source, { port: from, seenMs: now });
    }
    const isGroup = ((frame[0] as number) & 1) !== 0;
    const learned = isGroup ? undefined : this.#addresses.get(address(frame, 0));
    if (learned !== undefined && now - learned.seenMs < AGE_MS) {
      if (learned.port !== from) learned.port.deliver(frame);
      return;
    }
    for (const port of this.#ports) if (port !== from) port.deliver(frame);
  }

  #forgetOldest(): void {
    const oldest = this.#addresses.keys().next();
    if (!oldest.done) this.#addresses.delete(oldest.value);
  }
}

/** 48 bits. */
function address(frame: Uint8Array, at: number): number {
  let value = 0;
  for (let i = 0; i < 6; i++) value = value * 256 + (frame[at + i] as number);
  return value;
}
