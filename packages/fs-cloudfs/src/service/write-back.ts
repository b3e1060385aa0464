import { ESTALE } from "@cloudos/abi/errno";
import { FsError } from "../vfs/errors.ts";
import type { WriteBack as FileChange, FileSystem } from "../vfs/file-system.ts";
import { nodeIno, nodeSpace } from "../vfs/mounts.ts";
import type { Vfs } from "../vfs/vfs.ts";
import { errnoOf } from "./errno-of.ts";
import type { DirtyBatch, PageCache } from "./page-cache.ts";

/** Pages on their way at once, 16 MiB: their frames are pinned until they are durable. */
const FLIGHT_PAGES = 4096;

/** What was handed to file systems since the last commit. */
interface Flight {
  readonly batches: { readonly vnode: number; readonly batch: DirtyBatch }[];
  /** Sizes that hold once the commit is through. */
  readonly sizes: { readonly vnode: number; readonly size: number; readonly mtimeNs: bigint }[];
  pages: number;
}

/**
 * Brings dirty pages from the kernel's page cache to their file systems. A page counts as written only when it is durable: if the
 * service dies before, the kernel still has it. One pass at a time.
 */
export class WriteBack {
  readonly #vfs: Vfs;
  readonly #cache: PageCache;
  #tail: Promise<unknown> = Promise.resolve();

  constructor(vfs: Vfs, cache: PageCache) {
    this.#vfs = vfs;
    this.#cache = cache;
  }

  get pending(): boolean {
    if (this.#cache.nextDirty(0) !== 0) return true;
    for (const fs of this.#vfs.mounts.fileSystems()) if (fs.dirty) return true;
    return false;
  }

  /** Makes one file durable, and its name. Rejects with the first error; what was not written stays dirty then. */
  file(node: bigint): Promise<void> {
    return this.#pass(async (flight) => {
      const vnode = this.#cache.find(node);
      if (vnode !== 0) await this.#flush(vnode, node, flight);
    });
  }

  /** Makes everything durable. Goes on past files that fail, then rejects with the first error. */
  all(): Promise<void> {
    return this.#pass(async (flight) => {
      const errors: unknown[] = [];
      const seen = new Set<number>();
      for (
        let vnode = this.#cache.nextDirty(0);
        vnode !== 0 && !seen.has(vnode);
        vnode = this.#cache.nextDirty(vnode)
      ) {
        seen.add(vnode);
        await this.#flush(vnode, this.#cache.node(vnode), flight).catch((error: unknown) => errors.push(error));
      }
      if (errors.length > 0) throw errors[0];
    });
  }

  #pass(work: (flight: Flight) => Promise<void>): Promise<void> {
    const done = this.#tail.then(async () => {
      const flight: Flight = { batches: [], sizes: [], pages: 0 };
      try {
        await work(flight);
      } finally {
        await this.#land(flight);
      }
    });
    this.#tail = done.catch(() => undefined);
    return done;
  }

  /** Hands over one file. */
  async #flush(vnode: number, node: bigint, flight: Flight): Promise<void> {
    const fs = this.#vfs.mounts.fs(nodeSpace(node));
    const size = this.#cache.size(vnode);
    const mtimeNs = this.#cache.mtimeNs(vnode);
    let validSize = Math.min(this.#cache.validSize(vnode), size);
    for (let after = -1; ; ) {
      const batch = this.#cache.take(vnode, after);
      await this.#handOver(fs, node, vnode, batch, { size, mtimeNs, validSize, pages: batch.pages }, flight);
      validSize = size;
      const last = batch.pages.at(-1);
      if (last === undefined) break;
      after = last.index;
      if (flight.pages >= FLIGHT_PAGES) await this.#land(flight);
    }
    flight.sizes.push({ vnode, size, mtimeNs });
  }

  async #handOver(
    fs: FileSystem,
    node: bigint,
    vnode: number,
    batch: DirtyBatch,
    change: FileChange,
    flight: Flight,
  ): Promise<void> {
    try {
      await fs.writeBack(nodeIno(node), change);
    } catch (error) {
      // A file removed meanwhile has nowhere to go, and nobody who misses it.
      if (!(error instanceof FsError) || error.errno !== ESTALE) {
        this.#cache.settle(vnode, batch, errnoOf(error));
        throw error;
      }
    }
    flight.batches.push({ vnode, batch });
    flight.pages += batch.pages.length;
  }

  /** Commits, and tells the kernel what became of the pages. */
  async #land(flight: Flight): Promise<void> {
    const batches = flight.batches.splice(0);
    const sizes = flight.sizes.splice(0);
    flight.pages = 0;
    let errno = 0;
    try {
      for (const fs of this.#vfs.mounts.fileSystems()) if (fs.dirty) await fs.sync();
    } catch (error) {
      errno = errnoOf(error);
      throw error;
    } finally {
      for (const { vnode, batch } of batches) this.#cache.settle(vnode, batch, errno);
      if (errno === 0) {
        for (const { vnode, size, mtimeNs } of sizes) {
          // A file that changed meanwhile stays dirty and goes with the next pass.
          const same = this.#cache.size(vnode) === size && this.#cache.mtimeNs(vnode) === mtimeNs;
          if (same) this.#cache.settleSize(vnode, size);
        }
      }
    }
  }
}
