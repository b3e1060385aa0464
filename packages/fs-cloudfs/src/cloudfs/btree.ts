import { Miss } from "../vfs/errors.ts";
import { type Child, INNER_MAX, NODE_CAPACITY, TreeNode, VALUE_MAX } from "./tree-node.ts";

/** What the tree needs of the blocks below. */
export interface NodeStore {
  /** Reads and verifies the node; sets `child.node`. */
  load(child: Child, level: number): Promise<void>;
  /** The block of a node that was changed or dropped. */
  freeBlock(block: number): void;
}

/** A deep left spine would mean a corrupt pointer: 2^48 inodes fit seven levels. */
const LEVEL_MAX = 12;
/** Leaves and inner nodes emptier than this join a neighbour that is in memory. */
const MERGE_BELOW = NODE_CAPACITY / 4;

/**
 * The one tree of a CloudFS: a B+tree from (high, low) keys to small values, copy-on-write. Synchronous: what is not in memory
 * is a `Miss`, thrown before anything changed.
 */
export class BTree {
  root: Child;
  level: number;
  readonly #store: NodeStore;

  constructor(store: NodeStore, root: Child, level: number) {
    this.#store = store;
    this.root = root;
    this.level = level;
  }

  get(high: number, low: number): Uint8Array | undefined {
    const leaf = this.#leaf(high, low);
    const index = leaf.lowerBound(high, low);
    return leaf.hasKeyAt(index, high, low) ? leaf.values[index] : undefined;
  }

  /** Calls `visit` with every item from the first key up to, not including, the second; stops when it returns false. */
  scan(
    fromHigh: number,
    fromLow: number,
    toHigh: number,
    toLow: number,
    visit: (high: number, low: number, value: Uint8Array) => boolean | undefined,
  ): void {
    this.#scan(this.root, this.level, fromHigh, fromLow, toHigh, toLow, visit);
  }

  /** Brings all nodes of a key range into memory, a level at a time, so that a scan of it runs through. */
  async load(fromHigh: number, fromLow: number, toHigh: number, toLow: number): Promise<void> {
    let children = [this.root];
    for (let level = this.level; ; level--) {
      await Promise.all(children.map((child) => child.node === undefined && this.#store.load(child, level)));
      if (level === 0) return;
      children = children.flatMap((child) => {
        const node = child.node;
        if (node === undefined) return [];
        const last = node.lowerBound(toHigh, toLow);
        return node.children.slice(node.childIndex(fromHigh, fromLow), Math.max(last, 1));
      });
    }
  }

  put(high: number, low: number, value: Uint8Array): void {
    if (value.length > VALUE_MAX) throw new RangeError(`value of ${value.length} bytes, at most ${VALUE_MAX}`);
    const path = this.#path(high, low);
    this.#own(path);
    const leaf = path.at(-1)!.child.node!;
    const index = leaf.lowerBound(high, low);
    if (leaf.hasKeyAt(index, high, low)) leaf.replaceValue(index, value);
    else leaf.insertValue(index, high, low, value);
    for (let depth = path.length - 1; depth >= 0 && path[depth]!.child.node!.overfull; depth--) {
      this.#split(path, depth);
    }
  }

  /** Removes an item; false when it was not there. */
  remove(high: number, low: number): boolean {
    const path = this.#path(high, low);
    const leaf = path.at(-1)!.child.node!;
    const index = leaf.lowerBound(high, low);
    if (!leaf.hasKeyAt(index, high, low)) return false;
    this.#own(path);
    leaf.removeAt(index);
    for (let depth = path.length - 1; depth > 0; depth--) this.#shrink(path, depth);
    this.#lowerRoot();
    return true;
  }

  #leaf(high: number, low: number): TreeNode {
    let node = this.#node(this.root, this.level);
    for (let level = this.level - 1; level >= 0; level--) {
      node = this.#node(node.children[node.childIndex(high, low)]!, level);
    }
    return node;
  }

  #node(child: Child, level: number): TreeNode {
    const node = child.node;
    if (node === undefined) throw new Miss(this.#store.load(child, level));
    node.used = true;
    return node;
  }

  #scan(
    child: Child,
    level: number,
    fromHigh: number,
    fromLow: number,
    toHigh: number,
    toLow: number,
    visit: (high: number, low: number, value: Uint8Array) => boolean | undefined,
  ): boolean {
    const node = this.#node(child, level);
    if (level > 0) {
      for (let index = node.childIndex(fromHigh, fromLow); index < node.children.length; index++) {
        if (index > 0 && !isBelow(node.highs[index]!, node.lows[index]!, toHigh, toLow)) return false;
        if (!this.#scan(node.children[index]!, level - 1, fromHigh, fromLow, toHigh, toLow, visit)) return false;
      }
      return true;
    }
    for (let index = node.lowerBound(fromHigh, fromLow); index < node.highs.length; index++) {
      const high = node.highs[index]!;
      const low = node.lows[index]!;
      if (!isBelow(high, low, toHigh, toLow)) return false;
      if (visit(high, low, node.values[index]!) === false) return false;
    }
    return true;
  }

  /** The pointers from the root to the leaf of a key, with each one's index in its parent. */
  #path(high: number, low: number): { child: Child; index: number }[] {
    const path = [{ child: this.root, index: 0 }];
    let node = this.#node(this.root, this.level);
    for (let level = this.level - 1; level >= 0; level--) {
      const index = node.childIndex(high, low);
      const child = node.children[index]!;
      path.push({ child, index });
      node = this.#node(child, level);
    }
    return path;
  }

  /** Makes every node of a path one that may be changed. */
  #own(path: readonly { child: Child }[]): void {
    for (const { child } of path) {
      if (child.node!.dirty) continue;
      child.node!.dirty = true;
      this.#store.freeBlock(child.block);
      child.block = 0;
    }
  }

  #split(path: readonly { child: Child; index: number }[], depth: number): void {
    const { child, index } = path[depth]!;
    const right = child.node!.split();
    const pointer: Child = { block: 0, hash: 0, node: right, loading: undefined };
    if (depth > 0) {
      path[depth - 1]!.child.node!.insertChild(index + 1, right.highs[0]!, right.lows[0]!, pointer);
      return;
    }
    if (this.level + 1 > LEVEL_MAX) throw new RangeError("the tree is too deep");
    const root = new TreeNode(this.level + 1);
    root.insertChild(0, 0, 0, child);
    root.insertChild(1, right.highs[0]!, right.lows[0]!, pointer);
    this.root = { block: 0, hash: 0, node: root, loading: undefined };
    this.level++;
  }

  /** Drops a node that became empty, or joins it with a neighbour. */
  #shrink(path: readonly { child: Child; index: number }[], depth: number): void {
    const { child, index } = path[depth]!;
    const node = child.node!;
    const parent = path[depth - 1]!.child.node!;
    if (node.highs.length === 0) {
      parent.removeAt(index);
      return;
    }
    if (node.sizeBytes >= MERGE_BELOW) return;
    if (!this.#join(parent, index)) this.#join(parent, index - 1);
  }

  /** Joins children `index` and `index + 1` if both are in memory and fit one node. */
  #join(parent: TreeNode, index: number): boolean {
    const left = parent.children[index];
    const right = parent.children[index + 1];
    if (left?.node === undefined || right?.node === undefined) return false;
    const fits = left.node.isLeaf
      ? left.node.sizeBytes + right.node.sizeBytes <= NODE_CAPACITY
      : left.node.children.length + right.node.children.length <= INNER_MAX;
    if (!fits) return false;
    // The first key of a node stands for minus infinity there; as an inner item of another it must be the real bound.
    if (!left.node.isLeaf) {
      right.node.highs[0] = parent.highs[index + 1]!;
      right.node.lows[0] = parent.lows[index + 1]!;
    }
    this.#own([{ child: left }, { child: right }]);
    left.node.append(right.node);
    parent.removeAt(index + 1);
    return true;
  }

  /** A root with one child is not needed; an empty tree is one empty leaf. */
  #lowerRoot(): void {
    for (let root = this.root.node; root !== undefined && !root.isLeaf; root = this.root.node) {
      if (root.children.length > 1) return;
      if (root.children.length === 0) {
        this.root = { block: 0, hash: 0, node: new TreeNode(0), loading: undefined };
        this.level = 0;
        return;
      }
      this.root = root.children[0]!;
      this.level--;
    }
  }
}

function isBelow(high: number, low: number, toHigh: number, toLow: number): boolean {
  return high < toHigh || (high === toHigh && low < toLow);
}
