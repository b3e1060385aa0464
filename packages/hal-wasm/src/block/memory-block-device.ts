import { type BlockDevice, BlockError, type BlockWrite } from "@cloudos/abi";
import { BLOCK_SIZE, checkRange, checkWrites, eachBlock } from "./geometry.ts";

/** A block device in memory: contents last as long as the object. */
export class MemoryBlockDevice implements BlockDevice {
  readonly kind = "memory";
  readonly blockSizeBytes = BLOCK_SIZE;
  readonly blockCount: number;
  readonly readOnly = false;
  readonly atomicBlocks: number;
  readonly #blocks = new Map<number, Uint8Array>();
  #closed = false;

  constructor(blockCount: number) {
    this.blockCount = blockCount;
    this.atomicBlocks = blockCount;
  }

  async read(block: number, out: Uint8Array): Promise<void> {
    this.#requireOpen();
    checkRange(this, block, out.length);
    for (let at = 0; at < out.length; at += BLOCK_SIZE) {
      const bytes = this.#blocks.get(block + at / BLOCK_SIZE);
      if (bytes === undefined) out.fill(0, at, at + BLOCK_SIZE);
      else out.set(bytes, at);
    }
  }

  async write(writes: readonly BlockWrite[]): Promise<void> {
    this.#requireOpen();
    checkWrites(this, writes);
    for (const [block, bytes] of eachBlock(writes)) this.#blocks.set(block, bytes);
  }

  writeAtomic(writes: readonly BlockWrite[]): Promise<void> {
    return this.write(writes);
  }

  async flush(): Promise<void> {
    this.#requireOpen();
  }

  async discard(block: number, count: number): Promise<void> {
    this.#requireOpen();
    checkRange(this, block, count * BLOCK_SIZE);
    for (let at = block; at < block + count; at++) this.#blocks.delete(at);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#blocks.clear();
  }

  #requireOpen(): void {
    if (this.#closed) throw new BlockError("closed", "Cannot use the device: it is closed");
  }
}
