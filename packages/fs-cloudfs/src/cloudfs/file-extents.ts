import { Miss } from "../vfs/errors.ts";
import { CorruptError } from "./corrupt.ts";
import { EXTENT_MAX, KIND_EXTENT, keyLow, offsetOf } from "./format.ts";
import { decodeExtent, type Extent, encodeExtent } from "./items.ts";
import type { Volume } from "./volume.ts";

/** The map from blocks of a file to blocks of the device. */
export class FileExtents {
  readonly #volume: Volume;

  constructor(volume: Volume) {
    this.#volume = volume;
  }

  /** Extents that overlap blocks [from, to) of a file, in order. A Miss brings in the whole range. */
  find(ino: number, from: number, to: number): Extent[] {
    const found: Extent[] = [];
    // An extent that begins earlier may reach into the range.
    const first = keyLow(KIND_EXTENT, Math.max(0, from - EXTENT_MAX + 1));
    const end = keyLow(KIND_EXTENT, to);
    try {
      this.#volume.tree.scan(ino, first, ino, end, (_ino, low, value) => {
        const extent = decodeExtent(offsetOf(low), value);
        if (extent === undefined) {
          throw new CorruptError(`extent ${offsetOf(low)} of inode ${ino}`, 0, "it is malformed");
        }
        if (extent.fileBlock + extent.hashes.length > from) found.push(extent);
      });
    } catch (thrown) {
      if (!(thrown instanceof Miss)) throw thrown;
      throw new Miss(this.#volume.tree.load(ino, first, ino, end));
    }
    return found;
  }

  /** The first extent that reaches past block `from`. */
  first(ino: number, from: number): Extent | undefined {
    const low = keyLow(KIND_EXTENT, Math.max(0, from - EXTENT_MAX + 1));
    let found: Extent | undefined;
    this.#volume.tree.scan(ino, low, ino, keyLow(KIND_EXTENT + 1, 0), (_ino, at, value) => {
      const extent = decodeExtent(offsetOf(at), value);
      if (extent !== undefined && extent.fileBlock + extent.hashes.length > from) found = extent;
      return found === undefined;
    });
    return found;
  }

  /**
   * Puts `extents` in place of whatever blocks [from, to) of the file had. Returns by how many blocks the file grew.
   * Finds everything before it changes anything.
   */
  replace(ino: number, from: number, to: number, extents: readonly Extent[]): number {
    const { tree } = this.#volume;
    const old = this.find(ino, from, to);
    let grown = 0;
    for (const extent of old) {
      const end = extent.fileBlock + extent.hashes.length;
      tree.remove(ino, keyLow(KIND_EXTENT, extent.fileBlock));
      if (extent.fileBlock < from) this.#put(ino, part(extent, extent.fileBlock, from));
      if (end > to) this.#put(ino, part(extent, to, end));
      const first = Math.max(extent.fileBlock, from);
      const last = Math.min(end, to);
      for (let at = first; at < last; at++) this.#volume.freeBlock(extent.block + at - extent.fileBlock);
      grown -= last - first;
    }
    for (const extent of extents) {
      this.#put(ino, extent);
      grown += extent.hashes.length;
    }
    return grown;
  }

  #put(ino: number, extent: Extent): void {
    this.#volume.tree.put(ino, keyLow(KIND_EXTENT, extent.fileBlock), encodeExtent(extent));
  }
}

/** Blocks [from, to) of the file out of an extent. */
function part(extent: Extent, from: number, to: number): Extent {
  const skip = from - extent.fileBlock;
  return { fileBlock: from, block: extent.block + skip, hashes: extent.hashes.slice(skip, skip + to - from) };
}
