import { EFBIG } from "@cloudos/abi/errno";
import { PAGE_SHIFT, PAGE_SIZE } from "@cloudos/abi/params";
import { fail, settle } from "../vfs/errors.ts";
import type { FileSystem, ProgressSink } from "../vfs/file-system.ts";
import type { PageCache } from "./page-cache.ts";

/** What one ArrayBuffer can hold in every engine. */
const WHOLE_FILE_MAX = 0x7fff_0000;

/** Reads files as programs see them: from the page cache where pages are cached, else from the file system. */
export class Content {
  readonly #cache: PageCache;

  constructor(cache: PageCache) {
    this.#cache = cache;
  }

  size(fs: FileSystem, ino: number, node: bigint): number {
    const vnode = this.#cache.find(node);
    return vnode === 0 ? fs.attributes(ino).size : this.#cache.size(vnode);
  }

  mtimeNs(fs: FileSystem, ino: number, node: bigint): bigint {
    const vnode = this.#cache.find(node);
    return vnode === 0 ? fs.attributes(ino).mtimeNs : this.#cache.mtimeNs(vnode);
  }

  async whole(fs: FileSystem, ino: number, node: bigint, progress?: ProgressSink): Promise<Uint8Array<ArrayBuffer>> {
    const size = await settle(() => this.size(fs, ino, node));
    if (size > WHOLE_FILE_MAX) fail(EFBIG);
    return this.range(fs, ino, node, size, progress);
  }

  /** The first `length` bytes (fewer when the file is shorter). */
  async head(fs: FileSystem, ino: number, node: bigint, length: number): Promise<Uint8Array<ArrayBuffer>> {
    const size = await settle(() => this.size(fs, ino, node));
    return this.range(fs, ino, node, Math.min(size, length));
  }

  private async range(
    fs: FileSystem,
    ino: number,
    node: bigint,
    length: number,
    progress?: ProgressSink,
  ): Promise<Uint8Array<ArrayBuffer>> {
    const out = new Uint8Array(length);
    const vnode = this.#cache.find(node);
    const pages = (length + PAGE_SIZE - 1) >>> PAGE_SHIFT;
    const sink = (index: number, bytes: Uint8Array) => {
      const start = index * PAGE_SIZE;
      out.set(bytes.subarray(0, length - start), start);
    };
    let missingFrom = 0;
    for (let index = 0; index <= pages; index++) {
      const start = index * PAGE_SIZE;
      const cached =
        index < pages && vnode !== 0 && this.#cache.copyPage(vnode, index, out.subarray(start, start + PAGE_SIZE));
      if (index < pages && !cached) continue;
      const first = missingFrom;
      if (index > first) await settle(() => fs.readPages(ino, first, index - first, sink, progress));
      missingFrom = index + 1;
    }
    return out;
  }
}
