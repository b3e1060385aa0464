import { EINVAL } from "@cloudos/abi/errno";
import { FILETYPE_DIRECTORY } from "@cloudos/abi/wasi";
import { FsError, Miss } from "../vfs/errors.ts";
import type { Attributes, FileSystem } from "../vfs/file-system.ts";
import { isOpaque, isWhiteout, type Lower } from "./marks.ts";

/** A directory of a file system. */
export interface Tree {
  readonly fs: FileSystem;
  readonly ino: number;
}

/** Inode numbers: the upper tree's as they are, those of layer n from (n + 1) * 2^40 on. */
const LAYER_STRIDE = 2 ** 40;
const LAYERS_MAX = 100;

/** The read-only layers of an overlay, lowest first. */
export class Layers {
  readonly #trees: readonly Tree[];

  constructor(trees: readonly Tree[]) {
    this.#trees = trees;
    if (trees.length === 0 || trees.length > LAYERS_MAX) {
      throw new FsError(
        EINVAL,
        `Cannot mount the overlay: it has ${trees.length} lower layers, expected 1 to ${LAYERS_MAX}`,
      );
    }
  }

  get count(): number {
    return this.#trees.length;
  }

  fs({ layer }: Lower): FileSystem {
    return this.#trees[layer]!.fs;
  }

  attributes(lower: Lower): Attributes {
    return this.fs(lower).attributes(lower.ino);
  }

  /** What tells that the layers are the ones an upper tree was made on. */
  identities(): string {
    return this.#trees.map(({ fs, ino }) => `${fs.identity ?? `${fs.type}:${fs.source}`}#${ino}`).join("\n");
  }

  /** The roots that show through, the highest first. */
  roots(): readonly Lower[] {
    const all = this.#trees.map(({ ino }, layer) => ({ layer, ino })).reverse();
    return this.#untilOpaque(all);
  }

  /** The entry of a directory that is merged from `dirs`: a file, or all directories that show through. Empty: there is none. */
  lookup(dirs: readonly Lower[], name: string): readonly Lower[] {
    const found: Lower[] = [];
    for (const dir of dirs) {
      const ino = this.fs(dir).lookup(dir.ino, name);
      if (ino === 0) continue;
      const lower = { layer: dir.layer, ino };
      const inode = this.attributes(lower);
      if (isWhiteout(inode)) break;
      if (inode.type !== FILETYPE_DIRECTORY) {
        if (found.length === 0) found.push(lower);
        break;
      }
      found.push(lower);
      if (isOpaque(this.fs(dir), ino)) break;
    }
    return found;
  }

  /** The number a node from a layer has in the overlay. */
  inoOf({ layer, ino }: Lower): number {
    if (ino >= LAYER_STRIDE)
      throw new FsError(EINVAL, `Cannot show inode ${ino} of layer ${layer}: its number is too large`);
    return (layer + 1) * LAYER_STRIDE + ino;
  }

  #untilOpaque(dirs: readonly Lower[]): readonly Lower[] {
    const end = dirs.findIndex((dir) => isOpaque(this.fs(dir), dir.ino));
    return end < 0 ? dirs : dirs.slice(0, end + 1);
  }
}

/** Runs all of them, so that what is missing is waited for once and not one after the other. */
export function forAll<T>(items: Iterable<T>, work: (item: T) => void): void {
  const missing: Promise<unknown>[] = [];
  for (const item of items) {
    try {
      work(item);
    } catch (thrown) {
      if (!(thrown instanceof Miss)) throw thrown;
      missing.push(thrown.ready);
    }
  }
  if (missing.length > 0) throw new Miss(Promise.all(missing));
}
