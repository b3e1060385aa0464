import { type BlockDevice, BlockError, type BlockWrite } from "@cloudos/abi";
import { BLOCK_SIZE, checkRange, checkWrites } from "./geometry.ts";

/** The contents grow in steps of this. */
const STEP_BYTES = 4 * 1024 * 1024;

/** What a memory disk holds; shared where that is possible, so that it outlives the worker that serves it. */
export type MemoryContents = SharedArrayBuffer | ArrayBuffer;

export function memoryContents(blockCount: number): MemoryContents {
  const options = { maxByteLength: blockCount * BLOCK_SIZE };
  // Missing on pages that are not isolated; the services then live in the thread that keeps the contents.
  return typeof SharedArrayBuffer === "undefined" ? new ArrayBuffer(0, options) : new SharedArrayBuffer(0, options);
}

/** A block device in memory: contents last as long as their buffer. */
export class MemoryBlockDevice implements BlockDevice {
  readonly kind = "memory";
  readonly blockSizeBytes = BLOCK_SIZE;
  readonly blockCount: number;
  readonly readOnly = false;
  readonly atomicBlocks: number;
  readonly #contents: MemoryContents;
  #closed = false;

  constructor(contents: MemoryContents) {
    this.blockCount = contents.maxByteLength / BLOCK_SIZE;
    this.atomicBlocks = this.blockCount;
    this.#contents = contents;
  }

  async read(block: number, out: Uint8Array): Promise<void> {
    this.#requireOpen();
    checkRange(this, block, out.length);
    const start = block * BLOCK_SIZE;
    const held = Math.max(0, Math.min(out.length, this.#contents.byteLength - start));
    if (held > 0) out.set(new Uint8Array(this.#contents, start, held));
    out.fill(0, held);
  }

  async write(writes: readonly BlockWrite[]): Promise<void> {
    this.#requireOpen();
    checkWrites(this, writes);
    let end = 0;
    for (const { block, data } of writes) end = Math.max(end, block * BLOCK_SIZE + data.length);
    this.#grow(end);
    const bytes = new Uint8Array(this.#contents);
    for (const { block, data } of writes) bytes.set(data, block * BLOCK_SIZE);
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
    new Uint8Array(this.#contents).fill(0, block * BLOCK_SIZE, (block + count) * BLOCK_SIZE);
  }

  async close(): Promise<void> {
    this.#closed = true;
  }

  #grow(end: number): void {
    const contents = this.#contents;
    if (end <= contents.byteLength) return;
    const size = Math.min(Math.ceil(end / STEP_BYTES) * STEP_BYTES, contents.maxByteLength);
    try {
      if (contents instanceof ArrayBuffer) contents.resize(size);
      else contents.grow(size);
    } catch (cause) {
      throw new BlockError("no-space", `Cannot grow the disk to ${size} bytes: memory is out`, { cause });
    }
  }

  #requireOpen(): void {
    if (this.#closed) throw new BlockError("closed", "Cannot use the device: it is closed");
  }
}
