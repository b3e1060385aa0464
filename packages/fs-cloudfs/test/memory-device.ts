import { type BlockDevice, BlockError, type BlockWrite } from "@cloudos/abi/ports";

/** A plain block device in memory. What is beneath the middleware of these tests. */
export class TestDevice implements BlockDevice {
  readonly kind = "memory";
  readonly blockSizeBytes = 4096;
  readonly blockCount: number;
  readonly readOnly = false;
  readonly atomicBlocks: number;
  readonly blocks: Map<number, Uint8Array>;
  #closed = false;

  constructor(blockCount: number, options: { atomicBlocks?: number; blocks?: Map<number, Uint8Array> } = {}) {
    this.blockCount = blockCount;
    this.atomicBlocks = options.atomicBlocks ?? 65536;
    this.blocks = options.blocks ?? new Map();
  }

  async read(block: number, out: Uint8Array): Promise<void> {
    this.#require(block, out.length / this.blockSizeBytes);
    for (let at = 0; at * this.blockSizeBytes < out.length; at++) {
      const held = this.blocks.get(block + at);
      if (held === undefined) out.fill(0, at * this.blockSizeBytes, (at + 1) * this.blockSizeBytes);
      else out.set(held, at * this.blockSizeBytes);
    }
  }

  async write(writes: readonly BlockWrite[]): Promise<void> {
    for (const { block, data } of writes) this.#require(block, data.length / this.blockSizeBytes);
    for (const { block, data } of writes) {
      for (let at = 0; at * this.blockSizeBytes < data.length; at++) {
        this.blocks.set(block + at, data.slice(at * this.blockSizeBytes, (at + 1) * this.blockSizeBytes));
      }
    }
  }

  writeAtomic(writes: readonly BlockWrite[]): Promise<void> {
    return this.write(writes);
  }

  async flush(): Promise<void> {
    this.#require(0, 1);
  }

  async discard(block: number, count: number): Promise<void> {
    this.#require(block, count);
    for (let at = block; at < block + count; at++) this.blocks.delete(at);
  }

  async close(): Promise<void> {
    this.#closed = true;
  }

  #require(block: number, count: number): void {
    if (this.#closed) throw new BlockError("closed", "Cannot use the device: it is closed");
    if (!Number.isInteger(count) || block < 0 || count < 1 || block + count > this.blockCount) {
      throw new BlockError("out-of-range", `Cannot reach blocks ${block} to ${block + count - 1}`);
    }
  }
}
