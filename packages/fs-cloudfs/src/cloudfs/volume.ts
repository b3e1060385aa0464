import { ENOSPC } from "@cloudos/abi/errno";
import type { BlockDevice, BlockWrite } from "@cloudos/abi/ports";
import { fail } from "../vfs/errors.ts";
import { BTree, type NodeStore } from "./btree.ts";
import { CorruptError, hex } from "./corrupt.ts";
import { BLOCK_SIZE, chunkBlock, SUPERBLOCK_COUNT } from "./format.ts";
import type { Space } from "./space.ts";
import { encodeSuperblock, type Superblock } from "./superblock.ts";
import { type Child, decodeNode, type TreeNode } from "./tree-node.ts";
import { xxh32 } from "./xxh32.ts";

/** Data waiting for a commit goes to the device early beyond this, to bound memory. */
const SPILL_BLOCKS = 1024;
/** Clean nodes kept in memory after a commit, about 32 MiB. */
const NODE_CACHE = 6000;

/**
 * The blocks of a CloudFS: the tree, free space, blocks waiting to be written, and the commit that makes a new generation of it
 * all durable at once. Knows nothing of inodes.
 */
export class Volume implements NodeStore {
  readonly device: BlockDevice;
  readonly space: Space;
  readonly tree: BTree;
  #superblock: Superblock;
  #features = 0n;
  /** Written since the last commit; the device has none, or an old version, of these. */
  readonly #pending = new Map<number, Uint8Array>();
  #nodesLoaded = 0;
  #rootChanged = false;
  /** Settles when the device has forgotten the blocks freed by the last commit: it may not forget what is written later. */
  #discarding: Promise<unknown> = Promise.resolve();

  constructor(device: BlockDevice, superblock: Superblock, space: Space) {
    this.device = device;
    this.space = space;
    this.#superblock = superblock;
    const { block, hash, level } = superblock.root;
    this.tree = new BTree(this, { block, hash, node: undefined, loading: undefined }, level);
  }

  /** From the next commit on the superblock says that a read-only compatible feature is used. */
  useFeature(bit: bigint): void {
    this.#features |= bit;
  }

  get superblock(): Superblock {
    return this.#superblock;
  }

  get changed(): boolean {
    return this.#rootChanged || this.#pending.size > 0 || this.tree.root.node?.dirty === true;
  }

  /** A block that waits to be written. */
  pendingBlock(block: number): Uint8Array | undefined {
    return this.#pending.get(block);
  }

  load(child: Child, level: number): Promise<void> {
    child.loading ??= this.#loadNode(child, level).finally(() => {
      child.loading = undefined;
    });
    return child.loading;
  }

  freeBlock(block: number): void {
    // A block that was never committed is not needed by any state, but a failed commit may have named it.
    this.#pending.delete(block);
    this.space.release(block);
    this.#rootChanged = true;
  }

  /** Takes a block of data; it belongs to the transaction under way. */
  writeLater(block: number, bytes: Uint8Array): void {
    this.#pending.set(block, bytes);
  }

  /** Brings waiting data to the device when there is much of it. Not durable, and not reachable before a commit. */
  async spill(): Promise<void> {
    if (this.#pending.size < SPILL_BLOCKS) return;
    const writes = [...this.#pending].map(([block, data]) => ({ block, data }));
    await this.#discarding;
    await this.device.write(joined(writes));
    for (const { block, data } of writes) if (this.#pending.get(block) === data) this.#pending.delete(block);
    this.#rootChanged = true;
  }

  /**
   * Makes everything so far durable as the next generation. After a failure nothing is lost: the changes stay and the
   * next commit tries again.
   */
  async commit(nextIno: number, inodes: number): Promise<void> {
    await this.#discarding;
    const generation = this.#superblock.generation + 1;
    const { root, level } = this.tree;
    if (root.node !== undefined) this.#writeNodes(root, root.node, generation);

    const chunks = this.#superblock.chunks.slice();
    const changed = [...this.space.changedChunks];
    const leaving = this.space.leaving;
    for (const chunk of changed) {
      const bytes = this.space.encodeChunk(chunk);
      const place = 1 - this.#superblock.chunks[chunk]!.place;
      chunks[chunk] = { place, hash: xxh32(bytes) };
      this.#pending.set(chunkBlock(chunk, place), bytes);
    }
    const superblock: Superblock = {
      ...this.#superblock,
      readOnlyCompatible: this.#superblock.readOnlyCompatible | this.#features,
      generation,
      root: { block: root.block, hash: root.hash, level },
      nextIno,
      inodes,
      chunks,
    };
    const body = [...this.#pending].map(([block, data]) => ({ block, data }));
    const head = { block: generation % SUPERBLOCK_COUNT, data: encodeSuperblock(superblock) };

    if (body.length + 1 <= this.device.atomicBlocks) {
      await this.device.writeAtomic(joined([...body, head]));
    } else {
      await this.device.write(joined(body));
      // The superblock may only name what is durable.
      await this.device.flush();
      await this.device.write([head]);
    }
    await this.device.flush();

    this.#superblock = superblock;
    this.#rootChanged = false;
    for (const { block, data } of body) if (this.#pending.get(block) === data) this.#pending.delete(block);
    const freed = this.space.settle(leaving);
    // What was freed in memory just now is free on disk already.
    for (const chunk of changed) this.space.changedChunks.delete(chunk);
    this.#sweep();
    this.#discarding = this.#discard(freed);
  }

  /** Settles when nothing is under way on the device. */
  async quiesce(): Promise<void> {
    await this.#discarding;
  }

  /** Reads one block of data and verifies it. */
  async readVerified(block: number, hash: number, what: string): Promise<Uint8Array> {
    const bytes = new Uint8Array(BLOCK_SIZE);
    await this.device.read(block, bytes);
    const found = xxh32(bytes);
    if (found !== hash) throw new CorruptError(what, block, `its hash is ${hex(found)}, expected ${hex(hash)}`);
    return bytes;
  }

  async #loadNode(child: Child, level: number): Promise<void> {
    const waiting = this.#pending.get(child.block);
    const bytes = waiting ?? (await this.readVerified(child.block, child.hash, "tree node"));
    child.node = decodeNode(bytes, child.block, level);
    this.#nodesLoaded++;
  }

  /** Gives dirty nodes their places and bytes, children first: a pointer needs the hash of what it points to. */
  #writeNodes(child: Child, node: TreeNode, generation: number): void {
    if (!node.dirty) return;
    for (const below of node.children) {
      if (below.node !== undefined) this.#writeNodes(below, below.node, generation);
    }
    const place = this.space.allocate(1) ?? fail(ENOSPC);
    const bytes = node.encode(place.start, generation);
    child.block = place.start;
    child.hash = xxh32(bytes);
    node.dirty = false;
    this.#nodesLoaded++;
    this.#rootChanged = true;
    this.#pending.set(place.start, bytes);
  }

  /** Backing space of freed blocks goes back to the browser's quota, in runs. */
  async #discard(blocks: readonly number[]): Promise<void> {
    const sorted = blocks.toSorted((a, b) => a - b);
    const done: Promise<void>[] = [];
    for (let from = 0; from < sorted.length; ) {
      let to = from + 1;
      while (to < sorted.length && sorted[to] === sorted[to - 1]! + 1) to++;
      done.push(this.device.discard(sorted[from]!, to - from));
      from = to;
    }
    // The commit stands whether or not the backing space comes back.
    await Promise.allSettled(done);
  }

  /** Forgets clean leaves that were not used since the last time. */
  #sweep(): void {
    if (this.#nodesLoaded < NODE_CACHE) return;
    let kept = 0;
    const visit = (child: Child): void => {
      const node = child.node;
      if (node === undefined) return;
      for (const below of node.children) visit(below);
      const idle = !node.used && !node.dirty && node.children.every((below) => below.node === undefined);
      node.used = false;
      if (idle) child.node = undefined;
      else kept++;
    };
    visit(this.tree.root);
    this.#nodesLoaded = kept;
  }
}

/** Consecutive blocks become one write: backends pay per call and per record, not per byte. */
function joined(writes: readonly BlockWrite[]): BlockWrite[] {
  const sorted = writes.toSorted((a, b) => a.block - b.block);
  const out: BlockWrite[] = [];
  for (let from = 0; from < sorted.length; ) {
    let to = from + 1;
    while (to < sorted.length && sorted[to]!.block === sorted[to - 1]!.block + 1) to++;
    if (to === from + 1) out.push(sorted[from]!);
    else {
      const data = new Uint8Array((to - from) * BLOCK_SIZE);
      for (let index = from; index < to; index++) data.set(sorted[index]!.data, (index - from) * BLOCK_SIZE);
      out.push({ block: sorted[from]!.block, data });
    }
    from = to;
  }
  return out;
}
