import type { DeviceTable } from "@cloudos/abi";
import type { ChunkListener } from "../ring/ring-reader.ts";
import type { DevicePort, DeviceStream } from "./device-port.ts";

/** A port without a machine: tests open devices and play the program. */
export class MemoryDevicePort implements DevicePort {
  table: DeviceTable = { entries: [], nodes: [] };
  published = 0;
  onOpen: DevicePort["onOpen"] = (_device, stream) => stream.remove();

  async publish(table: DeviceTable): Promise<void> {
    this.table = table;
    this.published++;
  }

  /** Opens /dev/`name`; throws when there is no such file. */
  open(name: string, capacity = 4096): MemoryStream {
    const entry = this.table.entries.find((each) => each.name === name);
    if (!entry) throw new Error(`There is no /dev/${name}; there are ${this.table.entries.map((each) => each.name)}`);
    const stream = new MemoryStream(capacity);
    this.onOpen(entry.device, stream);
    return stream;
  }
}

/** One open: what a program would read, and what it writes. */
export class MemoryStream implements DeviceStream {
  readonly pid = 1;
  readonly #closed = Promise.withResolvers<void>();
  readonly #listening = Promise.withResolvers<ChunkListener>();
  #capacity: number;
  #received: Uint8Array[] = [];
  #waiting: (() => void)[] = [];
  state: "open" | "ended" | "removed" | "closed" = "open";
  /** Bytes the driver sent after it was told of the end. */
  late = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get closed(): Promise<void> {
    return this.#closed.promise;
  }

  get filled(): number {
    return this.#received.reduce((sum, { length }) => sum + length, 0);
  }

  offer(record: Uint8Array): boolean {
    if (this.state !== "open") {
      this.late += record.length;
      return false;
    }
    if (this.filled + record.length > this.#capacity) return false;
    this.#received.push(record.slice());
    this.#wake();
    return true;
  }

  async write(data: Uint8Array): Promise<void> {
    for (let at = 0; at < data.length && this.state === "open"; ) {
      const room = this.#capacity - this.filled;
      if (room > 0) {
        this.#received.push(data.slice(at, at + room));
        at += room;
        this.#wake();
      } else await this.#changed();
    }
  }

  onData(listener: ChunkListener): void {
    this.#listening.resolve(listener);
  }

  end(): void {
    if (this.state === "open") this.state = "ended";
    this.#wake();
  }

  remove(): void {
    this.state = "removed";
    this.#closed.resolve();
    this.#wake();
  }

  /** The program reads: waits for at least `atLeast` bytes, or the end, and takes all there is. */
  async read(atLeast = 1): Promise<Uint8Array> {
    while (this.filled < atLeast && this.state === "open") await this.#changed();
    const all = new Uint8Array(this.filled);
    let at = 0;
    for (const chunk of this.#received.splice(0)) {
      all.set(chunk, at);
      at += chunk.length;
    }
    this.#wake();
    return all;
  }

  /** The program writes; resolves when the driver has taken it, or the device went. */
  async send(data: Uint8Array): Promise<void> {
    const listener = await Promise.race([this.#listening.promise, this.closed]);
    if (listener) await Promise.race([listener(data), this.closed]);
  }

  /** The program closes its descriptor. */
  close(): void {
    this.state = "closed";
    this.#closed.resolve();
    this.#wake();
  }

  #changed(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #wake(): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }
}
