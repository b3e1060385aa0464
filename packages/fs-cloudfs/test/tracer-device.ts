import type { BlockDevice, BlockWrite } from "@cloudos/abi/ports";

/** Counts what a device is asked for. */
export class TracerBlockDevice implements BlockDevice {
  readonly kind;
  readonly blockSizeBytes;
  readonly blockCount;
  readonly readOnly;
  readonly atomicBlocks;
  readonly calls = { read: 0, write: 0, writeAtomic: 0, flush: 0, discard: 0 };
  blocksWritten = 0;
  readonly #inner: BlockDevice;

  constructor(inner: BlockDevice) {
    this.#inner = inner;
    this.kind = inner.kind;
    this.blockSizeBytes = inner.blockSizeBytes;
    this.blockCount = inner.blockCount;
    this.readOnly = inner.readOnly;
    this.atomicBlocks = inner.atomicBlocks;
  }

  reset(): void {
    Object.assign(this.calls, { read: 0, write: 0, writeAtomic: 0, flush: 0, discard: 0 });
    this.blocksWritten = 0;
  }

  read(block: number, out: Uint8Array): Promise<void> {
    this.calls.read++;
    return this.#inner.read(block, out);
  }

  write(writes: readonly BlockWrite[]): Promise<void> {
    this.calls.write++;
    this.#count(writes);
    return this.#inner.write(writes);
  }

  writeAtomic(writes: readonly BlockWrite[]): Promise<void> {
    this.calls.writeAtomic++;
    this.#count(writes);
    return this.#inner.writeAtomic(writes);
  }

  flush(): Promise<void> {
    this.calls.flush++;
    return this.#inner.flush();
  }

  discard(block: number, count: number): Promise<void> {
    this.calls.discard++;
    return this.#inner.discard(block, count);
  }

  close(): Promise<void> {
    return this.#inner.close();
  }

  #count(writes: readonly BlockWrite[]): void {
    for (const { data } of writes) this.blocksWritten += data.length / this.blockSizeBytes;
  }
}
