import { ESTALE } from "@cloudos/abi/errno";
import { FsError } from "../vfs/errors.ts";
import type { FileSystem, WriteBack as FileWriteBack } from "../vfs/file-system.ts";
import { nodeIno, nodeSpace } from "../vfs/mounts.ts";
import type { Vfs } from "../vfs/vfs.ts";
import { errnoOf } from "./errno-of.ts";
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
    let size: number;
    let mtimeNs: bigint;
    do {
      size = this.#cache.size(vnode);
      mtimeNs = this.#cache.mtimeNs(vnode);
      let validSize = Math.min(this.#cache.validSize(vnode), size);
      for (let after: number | undefined = -1; after !== undefined; ) {
        after = await this.#flushBatch(vnode, fs, ino, after, { size, mtimeNs, validSize });
        validSize = size;
      }
      this.#cache.settleSize(vnode, size);
      // Somebody else's look at the size may have hidden a change made meanwhile.
    } while (!this.#cache.isDirty(vnode) && this.#hasMoved(vnode, node, size, mtimeNs));
  }

  /** Returns the last page written, or undefined when none was left. */
  async #flushBatch(
    vnode: number,
    fs: FileSystem,
    ino: number,
    after: number,
    change: Omit<FileWriteBack, "pages">,
  ): Promise<number | undefined> {
    const batch = this.#cache.take(vnode, after);
    let errno = 0;
    try {
      await fs.writeBack(ino, { ...change, pages: batch.pages });
    } catch (error) {
      // A file removed meanwhile has nowhere to go, and nobody who misses it.
      if (!(error instanceof FsError) || error.errno !== ESTALE) {
        errno = errnoOf(error);
        throw error;
      }
    } finally {
      this.#cache.settle(vnode, batch, errno);
    }
    return batch.pages.at(-1)?.index;
  }

  #hasMoved(vnode: number, node: bigint, size: number, mtimeNs: bigint): boolean {
    if (this.#cache.find(node) !== vnode) return false;
    return this.#cache.size(vnode) !== size || this.#cache.mtimeNs(vnode) !== mtimeNs;
  }
}
