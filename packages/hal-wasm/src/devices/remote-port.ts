import type { DeviceTable } from "@cloudos/abi";
import type { ChunkListener } from "../ring/ring-reader.ts";
import type { DevicePort, DeviceStream } from "./device-port.ts";

/** What the registry's side says to the machine's. */
type ToMachine =
  | { readonly type: "publish"; readonly request: number; readonly table: DeviceTable }
  | { readonly type: "data"; readonly stream: number; readonly data: Uint8Array }
  | { readonly type: "end" | "remove"; readonly stream: number }
  /** The listener is done with a chunk. */
  | { readonly type: "taken"; readonly stream: number };

type FromMachine =
  | { readonly type: "published"; readonly request: number }
  | { readonly type: "opened"; readonly stream: number; readonly device: number; readonly pid: number }
  | { readonly type: "data"; readonly stream: number; readonly data: Uint8Array }
  /** The program's buffer has this much more of what was sent. */
  | { readonly type: "stored"; readonly stream: number; readonly length: number }
  | { readonly type: "closed"; readonly stream: number };

/** Bytes that may be on their way to a program: as much as its buffer holds (SOURCE_CAPACITY of the kernel's obj/device.ts). */
const CREDIT = 4096;

/** The machine's side: carries a local port over messages. */
export function serveDevices(local: DevicePort, port: MessagePort): void {
  const tell = (message: FromMachine) => port.postMessage(message);
  const streams = new Map<number, DeviceStream>();
  const taken = new Map<number, () => void>();
  let last = 0;
  local.onOpen = (device, stream) => {
    const id = ++last;
    streams.set(id, stream);
    tell({ type: "opened", stream: id, device, pid: stream.pid });
    stream.onData((data) => {
      tell({ type: "data", stream: id, data });
      return new Promise((resolve) => taken.set(id, resolve));
    });
    void stream.closed.then(() => {
      streams.delete(id);
      taken.get(id)?.();
      taken.delete(id);
      tell({ type: "closed", stream: id });
    });
  };
  port.onmessage = ({ data: message }: MessageEvent<ToMachine>) => {
    switch (message.type) {
      case "publish":
        void local.publish(message.table).then(() => tell({ type: "published", request: message.request }));
        break;
      case "data": {
        const { stream, data } = message;
        void streams
          .get(stream)
          ?.write(data)
          .then(() => tell({ type: "stored", stream, length: data.length }));
        break;
      }
      case "end":
        streams.get(message.stream)?.end();
        break;
      case "remove":
        streams.get(message.stream)?.remove();
        break;
      case "taken":
        taken.get(message.stream)?.();
        break;
    }
  };
}

/** The registry's side, on another thread than the machine. */
export class RemoteDevicePort implements DevicePort {
  readonly #port: MessagePort;
  readonly #published = new Map<number, () => void>();
  readonly #streams = new Map<number, RemoteStream>();
  #lastRequest = 0;
  onOpen: DevicePort["onOpen"] = (_device, stream) => stream.remove();

  constructor(port: MessagePort) {
    this.#port = port;
    port.onmessage = ({ data }: MessageEvent<FromMachine>) => this.#take(data);
  }

  publish(table: DeviceTable): Promise<void> {
    return new Promise((resolve) => {
      const request = ++this.#lastRequest;
      this.#published.set(request, resolve);
      this.#tell({ type: "publish", request, table });
    });
  }

  #tell(message: ToMachine): void {
    this.#port.postMessage(message);
  }

  #take(message: FromMachine): void {
    switch (message.type) {
      case "published":
        this.#published.get(message.request)?.();
        this.#published.delete(message.request);
        break;
      case "opened": {
        const stream = new RemoteStream(message.pid, message.stream, (each) => this.#tell(each));
        this.#streams.set(message.stream, stream);
        this.onOpen(message.device, stream);
        break;
      }
      case "data":
        void this.#streams
          .get(message.stream)
          ?.deliver(message.data)
          .then(() => this.#tell({ type: "taken", stream: message.stream }));
        break;
      case "stored":
        this.#streams.get(message.stream)?.stored(message.length);
        break;
      case "closed":
        this.#streams.get(message.stream)?.close();
        this.#streams.delete(message.stream);
        break;
    }
  }
}

class RemoteStream implements DeviceStream {
  readonly pid: number;
  readonly #id: number;
  readonly #tell: (message: ToMachine) => void;
  readonly #closed = Promise.withResolvers<void>();
  readonly #listening = Promise.withResolvers<ChunkListener>();
  #isClosed = false;
  #inFlight = 0;
  #waiting: (() => void)[] = [];

  constructor(pid: number, id: number, tell: (message: ToMachine) => void) {
    this.pid = pid;
    this.#id = id;
    this.#tell = tell;
  }

  get closed(): Promise<void> {
    return this.#closed.promise;
  }

  offer(record: Uint8Array): boolean {
    if (this.#isClosed || this.#inFlight + record.length > CREDIT) return false;
    this.#send(record);
    return true;
  }

  async write(data: Uint8Array): Promise<void> {
    if (this.#isClosed || data.length === 0) return;
    this.#send(data);
    while (this.#inFlight > 0 && !this.#isClosed) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  onData(listener: ChunkListener): void {
    this.#listening.resolve(listener);
  }

  end(): void {
    this.#tell({ type: "end", stream: this.#id });
  }

  remove(): void {
    this.#tell({ type: "remove", stream: this.#id });
    this.close();
  }

  async deliver(data: Uint8Array): Promise<void> {
    const listener = await Promise.race([this.#listening.promise, this.closed]);
    if (listener && !this.#isClosed) await listener(data);
  }

  stored(length: number): void {
    this.#inFlight -= length;
    this.#wake();
  }

  close(): void {
    this.#isClosed = true;
    this.#closed.resolve();
    this.#wake();
  }

  #send(data: Uint8Array): void {
    this.#inFlight += data.length;
    this.#tell({ type: "data", stream: this.#id, data });
  }

  #wake(): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }
}
