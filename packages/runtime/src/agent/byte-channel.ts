import { MACHINE_PORT_WINDOW, type MachinePortRoom } from "@cloudos/abi/machine-device";

/** A stream of bytes each way with a guest. */
export interface ByteChannel {
  /** Resolves when the guest, or what stands before it, has room again. The bytes may be transferred. */
  send(bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  /** One listener. */
  onData(listener: (bytes: Uint8Array) => void): void;
  close(): void;
}

/** The owner's end of a machine's console or agent port (abi: MachinePorts). */
export class PortChannel implements ByteChannel {
  readonly #port: MessagePort;
  #room = MACHINE_PORT_WINDOW;
  #waiting: (() => void)[] = [];
  #listener: ((bytes: Uint8Array) => void) | null = null;
  #early: Uint8Array[] = [];
  #closed = false;

  constructor(port: MessagePort) {
    this.#port = port;
    port.onmessage = ({ data }: MessageEvent<ArrayBuffer | MachinePortRoom>) => {
      if (data instanceof ArrayBuffer) this.#take(new Uint8Array(data));
      else {
        this.#room += data.room;
        this.#release();
      }
    };
  }

  async send(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    while (this.#room <= 0 && !this.#closed) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    if (this.#closed || bytes.length === 0) return;
    this.#room -= bytes.length;
    const buffer = bytes.byteLength === bytes.buffer.byteLength ? bytes.buffer : bytes.slice().buffer;
    this.#port.postMessage(buffer, [buffer]);
  }

  onData(listener: (bytes: Uint8Array) => void): void {
    this.#listener = listener;
    for (const bytes of this.#early.splice(0)) listener(bytes);
  }

  /** Pending sends resolve; their bytes are gone with the machine. */
  close(): void {
    this.#closed = true;
    this.#port.close();
    this.#release();
  }

  #take(bytes: Uint8Array): void {
    if (this.#listener === null) this.#early.push(bytes);
    else this.#listener(bytes);
  }

  #release(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
