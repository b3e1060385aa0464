import type { KernelExports } from "@cloudos/abi";
import type { KernelMemory } from "../kernel/kernel-memory.ts";
import { Ring } from "../ring/ring.ts";
import { type ChunkListener, RingReader } from "../ring/ring-reader.ts";
import { RingWriter } from "../ring/ring-writer.ts";
import { hostError } from "./host-error.ts";

/** Room for a burst of output while the page paints a frame. */
const OUTPUT_CAPACITY = 262144;
const INPUT_CAPACITY = 65536;

export interface InputStream {
  readonly ring: Ring;
  readonly writer: RingWriter;
  /** Frees the ring; for one the kernel never got hold of. Otherwise it is freed when the kernel's side hangs up. */
  release(): void;
}

export interface OutputStream {
  readonly ring: Ring;
  readonly reader: RingReader;
  release(): void;
}

/** Makes the rings of host streams and frees each once the kernel's side has let go of it. */
export class HostStreams {
  readonly #kernel: KernelExports;
  readonly #memory: KernelMemory;

  constructor(kernel: KernelExports, memory: KernelMemory) {
    this.#kernel = kernel;
    this.#memory = memory;
  }

  /** A stream the host writes. `index`: a ring the kernel made; without it a new one. */
  input(index?: number): InputStream {
    const ring = index === undefined ? this.#create(INPUT_CAPACITY, 0) : new Ring(this.#memory, index);
    const writer = new RingWriter(ring);
    const release = this.#releaseOnce(ring, writer);
    void writer.abandoned.then(release);
    return { ring, writer, release };
  }

  /** A stream the host reads. `index` as above. */
  output(listener: ChunkListener, index?: number): OutputStream {
    const ring = index === undefined ? this.#create(OUTPUT_CAPACITY, 1) : new Ring(this.#memory, index);
    const reader = new RingReader(ring, listener);
    const release = this.#releaseOnce(ring, reader);
    void reader.ended.then(release);
    return { ring, reader, release };
  }

  #create(capacity: number, toHost: number): Ring {
    const index = this.#kernel.ring_create(capacity, toHost);
    if (index < 0) throw hostError(-index, "Cannot open a stream to the machine");
    return new Ring(this.#memory, index);
  }

  #releaseOnce(ring: Ring, end: { close(): void }): () => void {
    let released = false;
    return () => {
      if (released) return;
      released = true;
      end.close();
      this.#kernel.ring_free(ring.index);
    };
  }
}
