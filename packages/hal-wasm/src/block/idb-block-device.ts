import { type BlockDevice, BlockError, type BlockWrite } from "@cloudos/abi";
import type { IDBPDatabase } from "idb";
import { BLOCK_SIZE, checkRange, checkWrites, eachBlock } from "./geometry.ts";
import { type DiskSchema, openDisk } from "./idb-database.ts";
import { storageError } from "./storage-error.ts";

/** 64 MiB: one transaction holds it all in memory until it commits. */
const ATOMIC_BLOCKS = 16384;

export interface IdbBlockDeviceOptions {
  readonly blockCount: number;
  readonly readOnly?: boolean;
  /** The database went away under us (deleted, cleared, taken over); every call fails with `lost` from now on. */
  readonly onLost?: (error: BlockError) => void;
}

/** Something to do in the next transaction. */
type Work =
  | { readonly kind: "write"; readonly blocks: readonly (readonly [number, Uint8Array<ArrayBuffer>])[] }
  | { readonly kind: "discard"; readonly block: number; readonly count: number }
  | { readonly kind: "flush" };

interface Waiting {
  readonly work: Work;
  readonly durable: boolean;
  readonly resolve: () => void;
  readonly reject: (error: BlockError) => void;
}

/**
 * Blocks as records of an IndexedDB object store. A transaction costs about 2 ms, a record hardly anything, so whatever
 * is asked for while one transaction runs goes into the next (group commit).
 */
export class IdbBlockDevice implements BlockDevice {
  readonly kind = "indexeddb";
  readonly blockSizeBytes = BLOCK_SIZE;
  readonly blockCount: number;
  readonly readOnly: boolean;
  readonly atomicBlocks = ATOMIC_BLOCKS;
  readonly #database: IDBPDatabase<DiskSchema>;
  readonly #queue: Waiting[] = [];
  #running: Promise<void> | undefined;
  /** Something was written since the last strictly durable transaction. */
  #undurable = false;
  #gone: BlockError | undefined;

  private constructor(database: IDBPDatabase<DiskSchema>, options: IdbBlockDeviceOptions, blockCount: number) {
    this.#database = database;
    this.blockCount = blockCount;
    this.readOnly = options.readOnly === true;
  }

  /** Opens or creates the database. Rejects with `blocked`, `no-space` or `io`. */
  static async open(name: string, options: IdbBlockDeviceOptions): Promise<IdbBlockDevice> {
    let device: IdbBlockDevice | undefined;
    const lost = (error: BlockError) => {
      if (device === undefined || device.#gone !== undefined) return;
      device.#gone = error;
      options.onLost?.(error);
    };
    const { database, blockCount } = await openDisk(name, options.blockCount, lost);
    device = new IdbBlockDevice(database, options, blockCount);
    return device;
  }

  async read(block: number, out: Uint8Array): Promise<void> {
    this.#requireOpen();
    checkRange(this, block, out.length);
    const count = out.length / BLOCK_SIZE;
    const transaction = this.#database.transaction("blocks", "readonly");
    try {
      if (count === 1) {
        const bytes = await transaction.store.get(block);
        if (bytes === undefined) out.fill(0);
        else out.set(bytes);
        return;
      }
      const range = IDBKeyRange.bound(block, block + count - 1);
      const [keys, values] = await Promise.all([transaction.store.getAllKeys(range), transaction.store.getAll(range)]);
      out.fill(0);
      for (const [index, key] of keys.entries()) out.set(values[index]!, (key - block) * BLOCK_SIZE);
    } catch (cause) {
      throw this.#failure(`read block ${block}`, cause);
    }
  }

  async write(writes: readonly BlockWrite[]): Promise<void> {
    await this.#enqueueWrites(writes, false);
  }

  async writeAtomic(writes: readonly BlockWrite[]): Promise<void> {
    const blocks = writes.reduce((total, { data }) => total + data.length / BLOCK_SIZE, 0);
    if (blocks > ATOMIC_BLOCKS) {
      throw new BlockError("out-of-range", `Cannot write ${blocks} blocks at once: expected at most ${ATOMIC_BLOCKS}`);
    }
    await this.#enqueueWrites(writes, true);
  }

  async flush(): Promise<void> {
    this.#requireOpen();
    if (!this.#undurable && this.#running === undefined && this.#queue.length === 0) return;
    await this.#enqueue({ kind: "flush" }, true);
  }

  async discard(block: number, count: number): Promise<void> {
    this.#requireOpen();
    checkRange(this, block, count * BLOCK_SIZE);
    if (this.readOnly) throw new BlockError("read-only", "Cannot discard: the device is read-only");
    await this.#enqueue({ kind: "discard", block, count }, false);
  }

  async close(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
    if (this.#gone !== undefined) return;
    this.#gone = new BlockError("closed", "Cannot use the disk: it is closed");
    this.#database.close();
  }

  async #enqueueWrites(writes: readonly BlockWrite[], durable: boolean): Promise<void> {
    this.#requireOpen();
    checkWrites(this, writes);
    await this.#enqueue({ kind: "write", blocks: [...eachBlock(writes)] }, durable);
  }

  #enqueue(work: Work, durable: boolean): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#queue.push({ work, durable, resolve, reject });
    this.#running ??= this.#drain().finally(() => {
      this.#running = undefined;
    });
    return promise;
  }

  /** Runs batches until nothing waits. */
  async #drain(): Promise<void> {
    // What is asked for in this turn goes into one transaction.
    await Promise.resolve();
    while (this.#queue.length > 0) {
      const batch = this.#queue.splice(0);
      try {
        await this.#commit(batch);
        for (const { resolve } of batch) resolve();
      } catch (cause) {
        const error = this.#failure("write to the disk", cause);
        for (const { reject } of batch) reject(error);
      }
    }
  }

  /** One transaction: all of the batch or nothing. */
  async #commit(batch: readonly Waiting[]): Promise<void> {
    if (this.#gone !== undefined) throw this.#gone;
    const durable = batch.some((waiting) => waiting.durable);
    const onlyFlushes = batch.every(({ work }) => work.kind === "flush");
    if (onlyFlushes && !this.#undurable) return;
    const transaction = this.#database.transaction(["blocks", "meta"], "readwrite", {
      durability: durable ? "strict" : "relaxed",
    });
    // Whatever fails shows in the transaction's own error.
    const done = transaction.done;
    done.catch(() => undefined);
    const send = (request: Promise<unknown>) => void request.catch(() => undefined);
    const blocks = transaction.objectStore("blocks");
    for (const { work } of batch) {
      if (work.kind === "write") for (const [block, bytes] of work.blocks) send(blocks.put(bytes, block));
      else if (work.kind === "discard") {
        send(blocks.delete(IDBKeyRange.bound(work.block, work.block + work.count - 1)));
      }
    }
    // Only a transaction that writes makes the browser flush what earlier ones wrote.
    if (onlyFlushes) send(transaction.objectStore("meta").put(Date.now(), "flushed"));
    await done;
    this.#undurable = !durable;
  }

  #requireOpen(): void {
    if (this.#gone !== undefined) throw this.#gone;
  }

  #failure(action: string, cause: unknown): BlockError {
    return this.#gone ?? storageError(action, cause);
  }
}
