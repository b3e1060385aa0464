import type { BlockDevice, BlockError, BlockWrite } from "@cloudos/abi/ports";
import { TestDevice } from "./memory-device.ts";

const BLOCK = 4096;

/** One thing a device was asked to make durable. */
type Step =
  | { readonly kind: "block"; readonly block: number; readonly data: Uint8Array }
  | { readonly kind: "atomic"; readonly writes: readonly BlockWrite[] }
  | { readonly kind: "discard"; readonly block: number; readonly count: number }
  | { readonly kind: "flush" };

/**
 * A block device that remembers, block by block, everything it was asked to write, so that the state after a crash at any point
 * can be made: `crashed(n)` holds the first n steps, `torn(n, bytes)` also a piece of the next.
 */
export class FaultyBlockDevice implements BlockDevice {
  readonly kind = "memory";
  readonly blockSizeBytes = BLOCK;
  readonly blockCount: number;
  readonly readOnly = false;
  readonly atomicBlocks: number;
  readonly steps: Step[] = [];
  readonly #inner: TestDevice;
  #failNext: BlockError | undefined;

  constructor(blockCount: number, atomicBlocks: number) {
    this.blockCount = blockCount;
    this.atomicBlocks = atomicBlocks;
    this.#inner = new TestDevice(blockCount);
  }

  /** The next write fails and changes nothing. */
  failNextWrite(error: BlockError): void {
    this.#failNext = error;
  }

  read(block: number, out: Uint8Array): Promise<void> {
    return this.#inner.read(block, out);
  }

  async write(writes: readonly BlockWrite[]): Promise<void> {
    this.#failWhenTold();
    for (const { block, data } of writes) {
      for (let at = 0; at < data.length; at += BLOCK) {
        this.steps.push({ kind: "block", block: block + at / BLOCK, data: data.slice(at, at + BLOCK) });
      }
    }
    await this.#inner.write(writes);
  }

  async writeAtomic(writes: readonly BlockWrite[]): Promise<void> {
    this.#failWhenTold();
    this.steps.push({ kind: "atomic", writes: writes.map(({ block, data }) => ({ block, data: data.slice() })) });
    await this.#inner.write(writes);
  }

  async flush(): Promise<void> {
    this.steps.push({ kind: "flush" });
  }

  async discard(block: number, count: number): Promise<void> {
    this.steps.push({ kind: "discard", block, count });
    await this.#inner.discard(block, count);
  }

  close(): Promise<void> {
    return this.#inner.close();
  }

  /** What is on the device when the power goes after `count` steps; of the next one `tornBytes` arrived. */
  crashed(count: number, tornBytes = 0): TestDevice {
    const device = new TestDevice(this.blockCount, { atomicBlocks: this.atomicBlocks });
    for (const step of this.steps.slice(0, count)) apply(device, step);
    const next = this.steps[count];
    if (tornBytes > 0 && next?.kind === "block") {
      const data = device.blocks.get(next.block)?.slice() ?? new Uint8Array(BLOCK);
      data.set(next.data.subarray(0, tornBytes));
      device.blocks.set(next.block, data);
    }
    return device;
  }

  /** The same, but of the writes since the last flush only those that `keep` names arrived: a device may reorder. */
  reordered(count: number, keep: (index: number) => boolean): TestDevice {
    const device = new TestDevice(this.blockCount, { atomicBlocks: this.atomicBlocks });
    const flushed = this.steps.slice(0, count).findLastIndex((step) => step.kind === "flush");
    this.steps.slice(0, count).forEach((step, index) => {
      if (index <= flushed || keep(index)) apply(device, step);
    });
    return device;
  }

  #failWhenTold(): void {
    const error = this.#failNext;
    this.#failNext = undefined;
    if (error !== undefined) throw error;
  }
}

function apply(device: TestDevice, step: Step): void {
  const put = (block: number, data: Uint8Array) => {
    for (let at = 0; at < data.length; at += BLOCK) device.blocks.set(block + at / BLOCK, data.slice(at, at + BLOCK));
  };
  if (step.kind === "block") put(step.block, step.data);
  else if (step.kind === "atomic") for (const { block, data } of step.writes) put(block, data);
  else if (step.kind === "discard") for (let i = 0; i < step.count; i++) device.blocks.delete(step.block + i);
}
