/** What this needs of WebGPU; the standard library has no types for it. */
export interface GpuDevice {
  readonly queue: {
    writeBuffer(buffer: GpuBuffer, offset: number, data: Uint8Array<ArrayBuffer>): void;
    submit(commands: readonly unknown[]): void;
  };
  readonly lost: Promise<{ readonly message: string }>;
  createBuffer(descriptor: { readonly size: number; readonly usage: number }): GpuBuffer;
  createCommandEncoder(): {
    copyBufferToBuffer(from: GpuBuffer, at: number, to: GpuBuffer, toAt: number, size: number): void;
    finish(): unknown;
  };
  destroy(): void;
}
export interface GpuBuffer {
  readonly size: number;
  mapAsync(mode: number): Promise<void>;
  getMappedRange(): ArrayBuffer;
  unmap(): void;
  destroy(): void;
}

// GPUBufferUsage and GPUMapMode (WebGPU, 5.1 and 5.3).
const MAP_READ = 1;
const COPY_SRC = 4;
const COPY_DST = 8;
const STORAGE = 128;
const MODE_READ = 1;
/** WebGPU writes and copies whole words. */
const ALIGNMENT = 4;

/** Memory of the graphics processor: made, filled, copied and read back. Sizes in bytes, multiples of 4. */
export class GpuBuffers {
  readonly #device: GpuDevice;
  readonly #live = new Set<GpuBuffer>();

  constructor(device: GpuDevice) {
    this.#device = device;
  }

  get count(): number {
    return this.#live.size;
  }

  create(sizeBytes: number): GpuBuffer {
    if (sizeBytes <= 0 || sizeBytes % ALIGNMENT !== 0) {
      throw new RangeError(`Cannot make a GPU buffer of ${sizeBytes} bytes: expected a multiple of ${ALIGNMENT}`);
    }
    const buffer = this.#device.createBuffer({ size: sizeBytes, usage: STORAGE | COPY_SRC | COPY_DST });
    this.#live.add(buffer);
    return buffer;
  }

  write(buffer: GpuBuffer, data: Uint8Array<ArrayBuffer>): void {
    this.#device.queue.writeBuffer(buffer, 0, data);
  }

  copy(from: GpuBuffer, to: GpuBuffer): void {
    const encoder = this.#device.createCommandEncoder();
    encoder.copyBufferToBuffer(from, 0, to, 0, Math.min(from.size, to.size));
    this.#device.queue.submit([encoder.finish()]);
  }

  /** What is in the buffer once all that was asked of it is done. */
  async read(buffer: GpuBuffer): Promise<Uint8Array<ArrayBuffer>> {
    const staging = this.#device.createBuffer({ size: buffer.size, usage: MAP_READ | COPY_DST });
    try {
      this.copy(buffer, staging);
      await staging.mapAsync(MODE_READ);
      const bytes = new Uint8Array(staging.getMappedRange().slice(0));
      staging.unmap();
      return bytes;
    } finally {
      staging.destroy();
    }
  }

  free(buffer: GpuBuffer): void {
    if (this.#live.delete(buffer)) buffer.destroy();
  }

  freeAll(): void {
    for (const buffer of [...this.#live]) this.free(buffer);
  }
}
