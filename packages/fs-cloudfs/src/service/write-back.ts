import { ESTALE } from "@cloudos/abi/errno";
import { FsError } from "../vfs/errors.ts";
import { nodeIno, nodeSpace } from "../vfs/mounts.ts";
import type { Vfs } from "../vfs/vfs.ts";
import type { PageCache } from "./page-cache.ts";

/** Brings dirty pages from the kernel's page cache to their file systems. One pass at a time. */
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

  /** Writes back one file, if it is cached and dirty. Rejects with the first error; the pages stay dirty then. */
  file(node: bigint): Promise<void> {
    return this.#queue(async () => {
      const vnode = this.#cache.find(node);
      if (vnode !== 0) await this.#flush(vnode, node);
    });
  }

  /** Writes back one file and makes it durable. */
  async fileDurable(node: bigint): Promise<void> {
    await this.file(node);
    await this.#vfs.mounts.fs(nodeSpace(node)).sync();
  }

  /** Writes back everything and makes it durable. Goes on past files that fail, then rejects with the first error. */
  all(): Promise<void> {
    return this.#queue(async () => {
      const errors: unknown[] = [];
      const keep = (error: unknown) => void errors.push(error);
      const seen = new Set<number>();
      for (
        let vnode = this.#cache.nextDirty(0);
        vnode !== 0 && !seen.has(vnode);
        vnode = this.#cache.nextDirty(vnode)
      ) {
        seen.add(vnode);
        await this.#flush(vnode, this.#cache.node(vnode)).catch(keep);
      }
      for (const fs of this.#vfs.mounts.fileSystems()) if (fs.dirty) await fs.sync().catch(keep);
      if (errors.length > 0) throw errors[0];
    });
  }

  #queue(work: () => Promise<void>): Promise<void> {
    const done = this.#tail.then(work);
    this.#tail = done.catch(() => undefined);
    return done;
  }

  async #flush(vnode: number, node: bigint): Promise<void> {
    const fs = this.#vfs.mounts.fs(nodeSpace(node));
    const ino = nodeIno(node);
    const size = this.#cache.size(vnode);
    const mtimeNs = this.#cache.mtimeNs(vnode);
    let validSize = Math.min(this.#cache.validSize(vnode), size);
    let after = -1;
    for (;;) {
      const batch = this.#cache.take(vnode, after);
      let ok = false;
      try {
        await fs.writeBack(ino, { size, mtimeNs, validSize, pages: batch.pages });
        ok = true;
      } catch (error) {
        // A file removed meanwhile has nowhere to go, and nobody who misses it.
        if (!(error instanceof FsError) || error.errno !== ESTALE) throw error;
        ok = true;
      } finally {
        this.#cache.settle(vnode, batch, ok);
      }
      validSize = size;
      const last = batch.pages.at(-1);
      if (last === undefined) break;
      after = last.index;
    }
    this.#cache.settleSize(vnode, size);
  }
}
