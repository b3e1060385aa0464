import type { ByteChannel } from "../agent/byte-channel.ts";

/** Output kept for whoever attaches later: some screens full. */
const SCROLLBACK_BYTES = 128 * 1024;
/** Output waiting for a slow reader; a guest that floods its console loses what is older. */
const BACKLOG_BYTES = 4 * 1024 * 1024;
const DROPPED = new TextEncoder().encode("\r\n[some output was dropped]\r\n");

export type ConsoleListener = (bytes: Uint8Array) => void | Promise<void>;

/** The terminal of a machine: it goes on whether anyone looks or not. */
export class GuestConsole {
  readonly #channel: ByteChannel;
  readonly #kept = new ByteTail(SCROLLBACK_BYTES);
  readonly #readers = new Set<Reader>();
  /** Time of the last byte in either direction, performance clock. */
  lastActivityMs = performance.now();
  /** Bytes from the guest and to it since it was started or restored. */
  bytesOut = 0;
  bytesIn = 0;

  constructor(channel: ByteChannel, before: Uint8Array = new Uint8Array()) {
    this.#channel = channel;
    this.#kept.push(before);
    channel.onData((bytes) => {
      this.lastActivityMs = performance.now();
      this.bytesOut += bytes.length;
      this.#kept.push(bytes);
      for (const reader of this.#readers) reader.push(bytes);
    });
  }

  /** Someone looks. */
  get attached(): boolean {
    return this.#readers.size > 0;
  }

  /** Output from now on, after what was kept when `replay`. A pending promise holds back this reader alone. */
  attach(listener: ConsoleListener, replay: boolean): () => void {
    const reader = new Reader(listener);
    if (replay) reader.push(this.#kept.bytes());
    this.#readers.add(reader);
    return () => this.#readers.delete(reader);
  }

  /** Bytes typed. Resolves when the guest has room for more. */
  write(bytes: Uint8Array): Promise<void> {
    this.lastActivityMs = performance.now();
    this.bytesIn += bytes.length;
    return this.#channel.send(bytes.slice());
  }

  scrollback(): Uint8Array<ArrayBuffer> {
    return this.#kept.bytes();
  }

  close(): void {
    this.#channel.close();
    this.#readers.clear();
  }
}

/** The last bytes of a stream. */
export class ByteTail {
  readonly #limit: number;
  #chunks: Uint8Array[] = [];
  #size = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  push(bytes: Uint8Array): void {
    this.#chunks.push(bytes);
    this.#size += bytes.length;
    while (this.#size - (this.#chunks[0]?.length ?? 0) >= this.#limit) this.#size -= this.#chunks.shift()!.length;
  }

  bytes(): Uint8Array<ArrayBuffer> {
    const all = new Uint8Array(this.#size);
    let at = 0;
    for (const chunk of this.#chunks) {
      all.set(chunk, at);
      at += chunk.length;
    }
    return all.slice(Math.max(0, all.length - this.#limit));
  }
}

class Reader {
  readonly #listener: ConsoleListener;
  #queue: Uint8Array[] = [];
  #size = 0;
  #running = false;

  constructor(listener: ConsoleListener) {
    this.#listener = listener;
  }

  push(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.#queue.push(bytes);
    this.#size += bytes.length;
    if (this.#size > BACKLOG_BYTES) {
      this.#queue = [DROPPED, bytes];
      this.#size = bytes.length;
    }
    if (!this.#running) void this.#run();
  }

  async #run(): Promise<void> {
    this.#running = true;
    for (let bytes = this.#queue.shift(); bytes !== undefined; bytes = this.#queue.shift()) {
      this.#size -= bytes.length;
      await this.#listener(bytes);
    }
    this.#running = false;
  }
}
