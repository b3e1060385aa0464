import { CorruptError } from "./corrupt.ts";
import { BLOCK_SIZE, getU64, NODE_MAGIC, setU64, viewOf } from "./format.ts";

//   0 magic u32 | 4 level u16 | 6 items u16 | 8 generation u64 | 16 own block u64 | 24 zero u64 | 32 items
// leaf item: key u64 u64, length u16, value; inner item: key u64 u64, child block u64, child hash u32
const HEADER = 32;
const LEAF_ITEM = 18;
const INNER_ITEM = 28;
export const NODE_CAPACITY = BLOCK_SIZE - HEADER;
export const INNER_MAX = Math.floor(NODE_CAPACITY / INNER_ITEM);
/** So that a full leaf always splits into two that fit. */
export const VALUE_MAX = 1100;

/** A pointer to a node, and the node while it is in memory. */
export interface Child {
  block: number;
  hash: number;
  node: TreeNode | undefined;
  loading: Promise<void> | undefined;
}

/** A node of the tree in memory. `block` is 0 while it is dirty: every change goes to a new place (copy on write). */
export class TreeNode {
  readonly level: number;
  readonly highs: number[] = [];
  readonly lows: number[] = [];
  /** Of a leaf. */
  readonly values: Uint8Array[] = [];
  /** Of an inner node; keys are lower bounds, the first one counts as minus infinity. */
  readonly children: Child[] = [];
  /** Encoded size of the items. */
  sizeBytes = 0;
  dirty = true;
  /** Touched since the cache was last swept. */
  used = true;

  constructor(level: number) {
    this.level = level;
  }

  get isLeaf(): boolean {
    return this.level === 0;
  }

  get overfull(): boolean {
    return this.sizeBytes > NODE_CAPACITY;
  }

  /** Index of the first key that is not below the given one. */
  lowerBound(high: number, low: number): number {
    let from = 0;
    let to = this.highs.length;
    while (from < to) {
      const middle = (from + to) >>> 1;
      const h = this.highs[middle]!;
      if (h < high || (h === high && this.lows[middle]! < low)) from = middle + 1;
      else to = middle;
    }
    return from;
  }

  hasKeyAt(index: number, high: number, low: number): boolean {
    return this.highs[index] === high && this.lows[index] === low;
  }

  /** Index of the child whose keys include the given one. */
  childIndex(high: number, low: number): number {
    const index = this.lowerBound(high, low);
    return this.hasKeyAt(index, high, low) ? index : Math.max(0, index - 1);
  }

  insertValue(index: number, high: number, low: number, value: Uint8Array): void {
    this.highs.splice(index, 0, high);
    this.lows.splice(index, 0, low);
    this.values.splice(index, 0, value);
    this.sizeBytes += LEAF_ITEM + value.length;
  }

  replaceValue(index: number, value: Uint8Array): void {
    this.sizeBytes += value.length - this.values[index]!.length;
    this.values[index] = value;
  }

  insertChild(index: number, high: number, low: number, child: Child): void {
    this.highs.splice(index, 0, high);
    this.lows.splice(index, 0, low);
    this.children.splice(index, 0, child);
    this.sizeBytes += INNER_ITEM;
  }

  removeAt(index: number): void {
    this.highs.splice(index, 1);
    this.lows.splice(index, 1);
    if (this.isLeaf) this.sizeBytes -= LEAF_ITEM + this.values.splice(index, 1)[0]!.length;
    else {
      this.children.splice(index, 1);
      this.sizeBytes -= INNER_ITEM;
    }
  }

  /** Moves the upper half of the bytes to a new node. */
  split(): TreeNode {
    const right = new TreeNode(this.level);
    let at = 0;
    for (let bytes = 0; bytes < this.sizeBytes / 2; at++) bytes += this.#itemSize(at);
    // At least one item stays and one goes.
    at = Math.min(Math.max(at, 1), this.highs.length - 1);
    for (let index = at; index < this.highs.length; index++) right.sizeBytes += this.#itemSize(index);
    this.sizeBytes -= right.sizeBytes;
    right.highs.push(...this.highs.splice(at));
    right.lows.push(...this.lows.splice(at));
    if (this.isLeaf) right.values.push(...this.values.splice(at));
    else right.children.push(...this.children.splice(at));
    return right;
  }

  /** Takes over all items of the node to the right. */
  append(right: TreeNode): void {
    this.highs.push(...right.highs);
    this.lows.push(...right.lows);
    this.values.push(...right.values);
    this.children.push(...right.children);
    this.sizeBytes += right.sizeBytes;
  }

  encode(block: number, generation: number): Uint8Array {
    const bytes = new Uint8Array(BLOCK_SIZE);
    const view = viewOf(bytes);
    view.setUint32(0, NODE_MAGIC, true);
    view.setUint16(4, this.level, true);
    view.setUint16(6, this.highs.length, true);
    setU64(view, 8, generation);
    setU64(view, 16, block);
    let at = HEADER;
    for (let index = 0; index < this.highs.length; index++) {
      setU64(view, at, this.highs[index]!);
      setU64(view, at + 8, this.lows[index]!);
      if (this.isLeaf) {
        const value = this.values[index]!;
        view.setUint16(at + 16, value.length, true);
        bytes.set(value, at + LEAF_ITEM);
        at += LEAF_ITEM + value.length;
      } else {
        setU64(view, at + 16, this.children[index]!.block);
        view.setUint32(at + 24, this.children[index]!.hash, true);
        at += INNER_ITEM;
      }
    }
    return bytes;
  }

  #itemSize(index: number): number {
    return this.isLeaf ? LEAF_ITEM + this.values[index]!.length : INNER_ITEM;
  }
}

/** Reads a node whose hash was already found right; still trusts no count in it. */
export function decodeNode(bytes: Uint8Array, block: number, level: number): TreeNode {
  const view = viewOf(bytes);
  const bad = (found: string): never => {
    throw new CorruptError("tree node", block, found);
  };
  if (view.getUint32(0, true) !== NODE_MAGIC) bad("it has no node magic");
  if (view.getUint16(4, true) !== level) bad(`level is ${view.getUint16(4, true)}, expected ${level}`);
  if (getU64(view, 16) !== block) bad(`it says it is block ${getU64(view, 16)}`);
  const node = new TreeNode(level);
  const count = view.getUint16(6, true);
  let at = HEADER;
  for (let index = 0; index < count; index++) {
    if (at + (level === 0 ? LEAF_ITEM : INNER_ITEM) > BLOCK_SIZE) bad(`item ${index} lies outside`);
    const high = getU64(view, at);
    const low = getU64(view, at + 8);
    if (!Number.isSafeInteger(high) || !Number.isSafeInteger(low)) bad(`key ${index} is out of range`);
    if (index > 0 && node.lowerBound(high, low) !== index) bad(`key ${index} is out of order`);
    if (level === 0) {
      const length = view.getUint16(at + 16, true);
      if (at + LEAF_ITEM + length > BLOCK_SIZE) bad(`item ${index} lies outside`);
      if (index > 0 && node.hasKeyAt(index - 1, high, low)) bad(`key ${index} is there twice`);
      node.insertValue(index, high, low, bytes.subarray(at + LEAF_ITEM, at + LEAF_ITEM + length));
      at += LEAF_ITEM + length;
    } else {
      const child = { block: getU64(view, at + 16), hash: view.getUint32(at + 24, true) };
      node.insertChild(index, high, low, { ...child, node: undefined, loading: undefined });
      at += INNER_ITEM;
    }
  }
  if (level > 0 && count === 0) bad("an inner node has no children");
  node.dirty = false;
  return node;
}
