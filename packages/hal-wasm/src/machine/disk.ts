/** Disks and CDs as the emulator reads them, from bytes, by HTTP ranges or through a port. */
import type { DiskReply, DiskRequest, MachineDisk } from "@cloudos/abi";
import type { EmulatorDisk } from "./emulator.ts";

/** What is fetched at a time; reads are rounded to it. */
const CHUNK_BYTES = 256 * 1024;
/** Clean chunks kept. */
const CACHE_CHUNKS = 256;

/** Reads and writes in multiples of 512 bytes. */
export interface DiskBackend {
  readonly sizeBytes: number;
  readonly readOnly: boolean;
  read(offset: number, length: number): Promise<Uint8Array>;
  write(offset: number, data: Uint8Array): Promise<void>;
}

export function openDisk(disk: MachineDisk, onError: (message: string) => void): EmulatorDisk {
  return new CachedDisk(backendOf(disk), onError);
}

function backendOf(disk: MachineDisk): DiskBackend {
  switch (disk.kind) {
    case "bytes":
      return bytesBackend(new Uint8Array(disk.bytes));
    case "url":
      return urlBackend(disk.url, disk.sizeBytes);
    case "port":
      return portBackend(disk.port, disk.sizeBytes, disk.readOnly);
  }
}

function bytesBackend(bytes: Uint8Array): DiskBackend {
  return {
    sizeBytes: bytes.length,
    readOnly: true,
    read: async (offset, length) => bytes.subarray(offset, offset + length),
    write: () => Promise.resolve(),
  };
}

function urlBackend(url: string, sizeBytes: number): DiskBackend {
  return {
    sizeBytes,
    readOnly: true,
    async read(offset, length) {
      const response = await fetch(url, { headers: { Range: `bytes=${offset}-${offset + length - 1}` } });
      if (response.status !== 206) throw new Error(`Cannot read ${url}: status ${response.status}, expected 206`);
      return new Uint8Array(await response.arrayBuffer());
    },
    write: () => Promise.resolve(),
  };
}

function portBackend(port: MessagePort, sizeBytes: number, readOnly: boolean): DiskBackend {
  const waiting = new Map<number, (reply: DiskReply) => void>();
  let nextId = 1;
  port.onmessage = ({ data }: MessageEvent<DiskReply>) => {
    waiting.get(data.id)?.(data);
    waiting.delete(data.id);
  };
  const ask = (request: DiskRequest, transfer: ArrayBuffer[] = []) =>
    new Promise<DiskReply>((resolve, reject) => {
      waiting.set(request.id, (reply) => (reply.error === undefined ? resolve(reply) : reject(new Error(reply.error))));
      port.postMessage(request, transfer);
    });
  return {
    sizeBytes,
    readOnly,
    async read(offset, length) {
      const { data } = await ask({ id: nextId++, type: "read", offset, length });
      if (data?.byteLength !== length)
        throw new Error(`Cannot read disk: ${data?.byteLength ?? 0} bytes came, expected ${length}`);
      return new Uint8Array(data);
    },
    async write(offset, data) {
      const copy = data.slice().buffer;
      await ask({ id: nextId++, type: "write", offset, data: copy }, [copy]);
    },
  };
}

/**
 * A disk over a backend. Written chunks of a read-only backend stay here, and in the saved state. The size is rounded up to whole
 * chunks, because the emulated controller never answers a read that goes beyond the end.
 */
class CachedDisk implements EmulatorDisk {
  readonly byteLength: number;
  onload?: (event: object) => void;
  readonly #backend: DiskBackend;
  readonly #onError: (message: string) => void;
  readonly #clean = new Map<number, Uint8Array>();
  readonly #dirty = new Map<number, Uint8Array>();
  readonly #loading = new Map<number, Promise<Uint8Array>>();

  constructor(backend: DiskBackend, onError: (message: string) => void) {
    this.#backend = backend;
    this.#onError = onError;
    this.byteLength = Math.ceil(backend.sizeBytes / CHUNK_BYTES) * CHUNK_BYTES;
  }

  load(): void {
    this.onload?.({});
  }

  get(offset: number, length: number, done: (data: Uint8Array) => void): void {
    this.#read(offset, length).then(done, (error: unknown) => {
      this.#onError(`Disk read failed: ${error instanceof Error ? error.message : String(error)}`);
      done(new Uint8Array(length));
    });
  }
  get_and_cache(offset: number, length: number, done: (data: Uint8Array) => void): void {
    this.get(offset, length, done);
  }
  get_from_cache(): undefined {
    return undefined;
  }

  set(offset: number, data: Uint8Array, done: () => void): void {
    this.#write(offset, data).then(done, (error: unknown) => {
      this.#onError(`Disk write failed: ${error instanceof Error ? error.message : String(error)}`);
      done();
    });
  }

  get_buffer(done: (buffer?: ArrayBuffer) => void): void {
    done();
  }

  get_state(): unknown[] {
    return [[...this.#dirty].map(([index, bytes]) => [index, bytes])];
  }
  set_state(state: unknown[]): void {
    this.#dirty.clear();
    for (const [index, bytes] of state[0] as [number, Uint8Array][]) this.#dirty.set(index, bytes);
  }

  async #read(offset: number, length: number): Promise<Uint8Array> {
    const out = new Uint8Array(length);
    for (let at = 0; at < length; ) {
      const index = Math.floor((offset + at) / CHUNK_BYTES);
      const within = (offset + at) % CHUNK_BYTES;
      const piece = (await this.#chunk(index)).subarray(within, within + length - at);
      out.set(piece, at);
      at += piece.length;
    }
    return out;
  }

  async #write(offset: number, data: Uint8Array): Promise<void> {
    if (!this.#backend.readOnly) await this.#backend.write(offset, data);
    for (let at = 0; at < data.length; ) {
      const index = Math.floor((offset + at) / CHUNK_BYTES);
      const within = (offset + at) % CHUNK_BYTES;
      const piece = data.subarray(at, at + CHUNK_BYTES - within);
      if (this.#backend.readOnly) {
        const chunk = this.#dirty.get(index) ?? (await this.#chunk(index)).slice();
        chunk.set(piece, within);
        this.#dirty.set(index, chunk);
        this.#clean.delete(index);
      } else this.#clean.get(index)?.set(piece, within);
      at += piece.length;
    }
  }

  async #chunk(index: number): Promise<Uint8Array> {
    const have = this.#dirty.get(index) ?? this.#clean.get(index);
    if (have !== undefined) return have;
    const loading = this.#loading.get(index) ?? this.#load(index);
    this.#loading.set(index, loading);
    try {
      return await loading;
    } finally {
      this.#loading.delete(index);
    }
  }

  async #load(index: number): Promise<Uint8Array> {
    const chunk = new Uint8Array(CHUNK_BYTES);
    const offset = index * CHUNK_BYTES;
    const length = Math.min(CHUNK_BYTES, this.#backend.sizeBytes - offset);
    if (length > 0) chunk.set(await this.#backend.read(offset, length));
    this.#clean.set(index, chunk);
    if (this.#clean.size > CACHE_CHUNKS) this.#clean.delete(this.#clean.keys().next().value as number);
    return chunk;
  }
}
