import { PAGE_SIZE } from "@cloudos/abi/params";
import { FILETYPE_REGULAR_FILE } from "@cloudos/abi/wasi";
import { settle } from "../vfs/errors.ts";
import type { Attributes, PageSink, ProgressSink, WriteBack } from "../vfs/file-system.ts";
import type { Layers } from "./layers.ts";
import type { OverlayNode } from "./overlay-node.ts";
import type { UpperTree } from "./upper-tree.ts";

/**
 * Bytes of the overlay's files. A file that was copied up has only what was written since; what lies before its limit and was not
 * written is the layer's, page by page. So a byte changed in a large file costs a page.
 */
export class OverlayData {
  readonly #layers: Layers;
  readonly #upper: UpperTree;

  constructor(layers: Layers, upper: UpperTree) {
    this.#layers = layers;
    this.#upper = upper;
  }

  size(node: OverlayNode, inode: Attributes): number {
    if (node.type !== FILETYPE_REGULAR_FILE || node.upper === 0 || node.hasData) return inode.size;
    return node.limit;
  }

  read(
    node: OverlayNode,
    first: number,
    count: number,
    sink: PageSink,
    progress: ProgressSink | undefined,
  ): void | Promise<void> {
    const [lower] = node.lower;
    const { fs } = this.#upper;
    if (lower === undefined) return fs.readPages(node.upper, first, count, sink, progress);
    const layer = this.#layers.fs(lower);
    if (node.upper === 0) return layer.readPages(lower.ino, first, count, sink, progress);
    const limit = this.#limit(node);
    if (limit === 0) return fs.readPages(node.upper, first, count, sink, progress);
    const below = (index: number, bytes: Uint8Array) => {
      sink(index, bytes.subarray(0, Math.max(0, limit - index * PAGE_SIZE)));
    };
    if (!node.hasData) return layer.readPages(lower.ino, first, count, below, progress);

    const holes: number[] = [];
    const pending = fs.readPages(node.upper, first, count, (index, bytes) => {
      if (bytes.length === 0 && index * PAGE_SIZE < limit) holes.push(index);
      else sink(index, bytes);
    });
    const fill = (): void | Promise<void> => {
      const waiting: Promise<void>[] = [];
      for (const [from, length] of runs(holes)) {
        const part = layer.readPages(lower.ino, from, length, below, progress);
        if (part !== undefined) waiting.push(part);
      }
      if (waiting.length > 0) return Promise.all(waiting).then(() => undefined);
    };
    return pending === undefined ? fill() : pending.then(() => settle(fill));
  }

  write(node: OverlayNode, change: WriteBack): void | Promise<void> {
    const upper = this.#upper.copyUp(node);
    const { fs } = this.#upper;
    if (node.lower.length === 0) return fs.writeBack(upper, change);
    const validSize = Math.min(change.validSize, change.size);
    const limit = Math.min(this.#limit(node), validSize);
    if (node.hasData) {
      if (limit < node.limit) this.#setLimit(node, limit);
      return fs.writeBack(upper, change);
    }
    // The first data. If the machine dies before the mark is there, the file is still the layer's; what a write left then is cut off.
    const written = fs.writeBack(upper, { ...change, validSize: 0 });
    const mark = () => {
      node.hasData = true;
      node.limit = limit;
      this.#upper.saveOrigin(node);
    };
    return written === undefined ? mark() : written.then(() => settle(mark));
  }

  /** Bytes before this that the upper file lacks are the layer's. */
  #limit(node: OverlayNode): number {
    return node.hasData ? Math.min(node.limit, this.#upper.fs.attributes(node.upper).size) : node.limit;
  }

  #setLimit(node: OverlayNode, limit: number): void {
    const before = node.limit;
    node.limit = limit;
    try {
      this.#upper.saveOrigin(node);
    } catch (error) {
      node.limit = before;
      throw error;
    }
  }
}

/** Ascending numbers as runs of neighbours. */
function* runs(numbers: readonly number[]): Generator<readonly [from: number, length: number]> {
  const sorted = [...numbers].sort((a, b) => a - b);
  for (let at = 0; at < sorted.length; ) {
    let end = at + 1;
    while (end < sorted.length && sorted[end] === sorted[end - 1]! + 1) end++;
    yield [sorted[at]!, end - at];
    at = end;
  }
}
