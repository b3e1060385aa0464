import type { KernelExports } from "@cloudos/abi/kernel-interface";
import { SCRATCH_STRIDE, scratchOf } from "@cloudos/abi/layout";
import { AGENT_VFS, PAGE_SIZE } from "@cloudos/abi/params";
import type { KernelMemory } from "./kernel-memory.ts";

const SCRATCH = scratchOf(AGENT_VFS);
const PAIR_BYTES = 8;
/** Dirty pages taken at once: what the scratch area holds, 8 MiB. */
const BATCH_PAGES = SCRATCH_STRIDE / PAIR_BYTES;

/** Dirty pages on their way to a file system, their frames pinned. */
export interface DirtyBatch {
  readonly pages: readonly { readonly index: number; readonly bytes: Uint8Array<ArrayBuffer> }[];
  /** The kernel's (page, frame) pairs. */
  readonly pairs: Uint8Array;
}

/** The kernel's page cache as the service sees it. A vnode is named by its index. */
export class PageCache {
  readonly #kernel: KernelExports;
  readonly #memory: KernelMemory;

  constructor(kernel: KernelExports, memory: KernelMemory) {
    this.#kernel = kernel;
    this.#memory = memory;
  }

  /** 0 when the file is not cached. */
  find(node: bigint): number {
    return this.#kernel.vnode_find(BigInt.asIntN(64, node));
  }

  nextDirty(cursor: number): number {
    return this.#kernel.vnode_dirty_next(cursor);
  }

  node(vnode: number): bigint {
    return BigInt.asUintN(64, this.#kernel.vnode_node(vnode));
  }

  size(vnode: number): number {
    return this.#kernel.vnode_size(vnode);
  }

  mtimeNs(vnode: number): bigint {
    return BigInt.asUintN(64, this.#kernel.vnode_mtime_ns(vnode));
  }

  /** Smallest size since `settleSize`. */
  validSize(vnode: number): number {
    return this.#kernel.vnode_clean_size(vnode);
  }

  settleSize(vnode: number, size: number): void {
    this.#kernel.vnode_set_clean_size(vnode, size);
  }

  /** Takes copies of dirty pages after page `after` (-1: from the start). Every batch must be given to `settle`. */
  take(vnode: number, after: number): DirtyBatch {
    const count = this.#kernel.vnode_take_dirty(vnode, after, SCRATCH, BATCH_PAGES);
    this.#memory.refresh();
    const pairs = this.#memory.bytes.slice(SCRATCH, SCRATCH + count * PAIR_BYTES);
    const view = new DataView(pairs.buffer);
    const pages: { index: number; bytes: Uint8Array<ArrayBuffer> }[] = [];
    for (let i = 0; i < count; i++) {
      const frame = view.getUint32(i * PAIR_BYTES + 4, true);
      this.#memory.reach(frame + PAGE_SIZE);
      // Programs go on writing to the frame; what is written back must match its checksum.
      const bytes = new Uint8Array(PAGE_SIZE);
      bytes.set(this.#memory.bytes.subarray(frame, frame + PAGE_SIZE));
      pages.push({ index: view.getUint32(i * PAIR_BYTES, true), bytes });
    }
    return { pages, pairs };
  }

  /** `errno` 0: the pages are at rest. Else they are dirty again, and the next fsync or close of the file reports it. */
  settle(vnode: number, batch: DirtyBatch, errno: number): void {
    this.#memory.refresh();
    this.#memory.bytes.set(batch.pairs, SCRATCH);
    this.#kernel.vnode_written(vnode, SCRATCH, batch.pages.length, errno === 0 ? 1 : -errno);
  }

  /** Copies a cached page to `out`; false when it is not in memory. */
  copyPage(vnode: number, index: number, out: Uint8Array): boolean {
    const frame = this.#kernel.vnode_page(vnode, index) >>> 0;
    if (frame === 0) return false;
    this.#memory.reach(frame + PAGE_SIZE);
    out.set(this.#memory.bytes.subarray(frame, frame + out.length));
    return true;
  }

  /** The bytes at rest changed: clean pages are dropped, the size is this. */
  invalidate(node: bigint, size: number): void {
    this.#kernel.vnode_invalidate(BigInt.asIntN(64, node), size);
  }

  /** The file is gone: its pages and vnode too. */
  drop(node: bigint): void {
    this.#kernel.vnode_drop(BigInt.asIntN(64, node));
  }
}
