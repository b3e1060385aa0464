import { EBUSY } from "@cloudos/abi/errno";
import { PAGE_SIZE } from "@cloudos/abi/params";
import { REPLY_PINNED } from "@cloudos/abi/vfs-protocol";
import type { FileBytes } from "../content/file-bytes.ts";
import { PagedBytes } from "../content/paged-bytes.ts";
import { fail } from "../vfs/errors.ts";
import type { Mount } from "../vfs/mounts.ts";
import { nodeId } from "../vfs/mounts.ts";
import type { PageCache } from "./page-cache.ts";
import type { WriteBack } from "./write-back.ts";

/**
 * Files as machines read and write them beside programs: a file the kernel caches is read from its page cache, and a change goes around
 * the cache only after its dirty pages were brought down. Files no program uses go straight to their file systems.
 */
export class CachedBytes implements FileBytes {
  readonly #paged: PagedBytes;
  readonly #cache: PageCache;
  readonly #writeBack: WriteBack;

  constructor(cache: PageCache, writeBack: WriteBack, nowNs: () => bigint) {
    this.#paged = new PagedBytes({ nowNs });
    this.#cache = cache;
    this.#writeBack = writeBack;
  }

  size(mount: Mount, ino: number): number {
    const vnode = this.#vnode(mount, ino);
    return vnode === 0 ? this.#paged.size(mount, ino) : this.#cache.size(vnode);
  }

  mtimeNs(mount: Mount, ino: number): bigint {
    const vnode = this.#vnode(mount, ino);
    return vnode === 0 ? this.#paged.mtimeNs(mount, ino) : this.#cache.mtimeNs(vnode);
  }

  read(mount: Mount, ino: number, offset: number, out: Uint8Array): number | Promise<number> {
    const vnode = this.#vnode(mount, ino);
    if (vnode === 0) return this.#paged.read(mount, ino, offset, out);
    const length = Math.min(out.length, this.#cache.size(vnode) - offset);
    if (length <= 0) return 0;
    return this.#readCached(mount, ino, vnode, offset, out.subarray(0, length));
  }

  write(mount: Mount, ino: number, offset: number, data: Uint8Array): void | Promise<void> {
    return this.#change(mount, ino, () => this.#paged.write(mount, ino, offset, data));
  }

  truncate(mount: Mount, ino: number, size: number): void | Promise<void> {
    return this.#change(mount, ino, () => this.#paged.truncate(mount, ino, size));
  }

  sync(mount: Mount, ino: number): Promise<void> {
    return this.#writeBack.file(this.#node(mount, ino));
  }

  release(mount: Mount, ino: number): void {
    // As when the host removes a file: a program that has it open keeps no content.
    if (this.#vnode(mount, ino) !== 0) this.#cache.drop(this.#node(mount, ino));
    this.#paged.release(mount, ino);
  }

  #node(mount: Mount, ino: number): bigint {
    return nodeId(mount.fsId, ino);
  }

  #vnode(mount: Mount, ino: number): number {
    return this.#cache.find(this.#node(mount, ino));
  }

  /** Pages the kernel has come from there; the others lie at rest as the file system has them. */
  #readCached(mount: Mount, ino: number, vnode: number, offset: number, out: Uint8Array): number | Promise<number> {
    const page = new Uint8Array(PAGE_SIZE);
    const waiting: Promise<number>[] = [];
    for (let at = 0; at < out.length; ) {
      const index = Math.floor((offset + at) / PAGE_SIZE);
      const within = offset + at - index * PAGE_SIZE;
      const part = out.subarray(at, Math.min(out.length, at + PAGE_SIZE - within));
      if (this.#cache.copyPage(vnode, index, page)) part.set(page.subarray(within, within + part.length));
      else {
        part.fill(0);
        const got = this.#paged.read(mount, ino, index * PAGE_SIZE + within, part);
        if (typeof got !== "number") waiting.push(got);
      }
      at += part.length;
    }
    return waiting.length === 0 ? out.length : Promise.all(waiting).then(() => out.length);
  }

  #change(mount: Mount, ino: number, change: () => void | Promise<void>): void | Promise<void> {
    if (this.#vnode(mount, ino) === 0) return change();
    // Such pages are nowhere but in the kernel.
    if ((mount.fs.openFlags(ino) & REPLY_PINNED) !== 0) fail(EBUSY);
    return this.#writeBack
      .file(this.#node(mount, ino))
      .then(change)
      .then(() => {
        const { size } = mount.fs.attributes(ino);
        if (this.#vnode(mount, ino) !== 0) this.#cache.invalidate(this.#node(mount, ino), size);
      });
  }
}
