import { ESTALE } from "@cloudos/abi/errno";
import { FILETYPE_DIRECTORY } from "@cloudos/abi/wasi";
import { Directory } from "../tree/inode.ts";
import { fail } from "../vfs/errors.ts";
import type { FileSystem } from "../vfs/file-system.ts";
import { forAll, type Layers } from "./layers.ts";
import { isWhiteout, type Lower, originOf, XATTR_LINKS } from "./marks.ts";
import { OverlayNode } from "./overlay-node.ts";

/** Above all layers: the same for every overlay. */
export const ROOT_INO = 2 ** 47 - 1;

/** The nodes of an overlay that were met so far, and how they are found: upper tree first, then the layers. */
export class NodeTable {
  readonly root: OverlayNode;
  readonly #upper: FileSystem;
  readonly #layers: Layers;
  readonly #nodes = new Map<number, OverlayNode>();
  /** Upper inodes of files that several names of a layer share, by their number in the overlay. */
  readonly index = new Map<number, number>();

  constructor(upper: FileSystem, upperRoot: number, layers: Layers) {
    this.#upper = upper;
    this.#layers = layers;
    this.root = new OverlayNode(ROOT_INO, FILETYPE_DIRECTORY, layers.roots(), undefined, "");
    this.root.upper = upperRoot;
    this.#nodes.set(ROOT_INO, this.root);
  }

  get(ino: number): OverlayNode {
    return this.#nodes.get(ino) ?? fail(ESTALE);
  }

  /** A file made in the upper tree. */
  added(dir: OverlayNode, name: string, upper: number, type: number): OverlayNode {
    const node = new OverlayNode(upper, type, [], dir, name);
    node.upper = upper;
    node.hasData = true;
    this.#nodes.set(upper, node);
    dir.entries?.insert(name, upper, type);
    return node;
  }

  forget(node: OverlayNode): void {
    this.#nodes.delete(node.ino);
    this.index.delete(node.ino);
  }

  lookup(dir: OverlayNode, name: string): OverlayNode | undefined {
    if (dir.entries !== undefined) {
      const dentry = dir.entries.entries.get(name);
      return dentry && this.get(dentry.ino);
    }
    if (dir.upper !== 0) {
      const ino = this.#upper.lookup(dir.upper, name);
      if (ino !== 0) return isWhiteout(this.#upper.attributes(ino)) ? undefined : this.fromUpper(dir, name, ino);
    }
    if (dir.owed?.has(name) === true) return undefined;
    const lower = this.#layers.lookup(dir.lower, name);
    return lower.length === 0 ? undefined : this.#fromLower(dir, name, lower);
  }

  /** The merged entries of a directory. */
  entries(dir: OverlayNode): Directory {
    if (dir.entries !== undefined) return dir.entries;
    const found = new Map<string, OverlayNode | undefined>();
    if (dir.upper !== 0) {
      const upper: { name: string; ino: number }[] = [];
      this.#upper.readdir(dir.upper, 0, (name, ino) => upper.push({ name, ino }) > 0);
      forAll(upper, ({ name, ino }) => {
        const hidden = isWhiteout(this.#upper.attributes(ino));
        found.set(name, hidden ? undefined : this.fromUpper(dir, name, ino));
      });
    }
    for (const name of dir.owed ?? []) found.set(name, undefined);
    for (const layer of dir.lower) this.#mergeLayer(dir, layer, found);
    const entries = new Directory(dir.parent.ino, dir.name);
    for (const [name, node] of found) if (node !== undefined) entries.insert(name, node.ino, node.type);
    dir.entries = entries;
    return entries;
  }

  /** The node an upper inode stands for. */
  fromUpper(dir: OverlayNode, name: string, ino: number): OverlayNode {
    const { type } = this.#upper.attributes(ino);
    const origin = originOf(this.#upper.xattrs(ino), this.#layers.count);
    const number = origin === undefined ? ino : this.#layers.inoOf(origin.lower[0]!);
    let node = this.#nodes.get(number);
    if (node === undefined) {
      node = new OverlayNode(number, type, origin?.lower ?? [], dir, name);
      this.#nodes.set(number, node);
    }
    if (node.upper === 0) this.attachUpper(node, ino);
    node.parent = dir;
    node.name = name;
    return node;
  }

  /** The node lives in the upper tree from now on. */
  attachUpper(node: OverlayNode, ino: number): void {
    const xattrs = this.#upper.xattrs(ino);
    const origin = originOf(xattrs, this.#layers.count);
    const links = xattrs.get(XATTR_LINKS);
    node.upper = ino;
    node.lower = origin?.lower ?? [];
    node.limit = origin?.limit ?? 0;
    node.hasData = origin?.hasData ?? true;
    node.isIndexed = links !== undefined;
    if (links !== undefined) {
      node.lowerLinks = new DataView(links.buffer, links.byteOffset).getUint32(0, true);
      this.index.set(node.ino, ino);
    }
  }

  #fromLower(dir: OverlayNode, name: string, lower: readonly Lower[]): OverlayNode {
    const number = this.#layers.inoOf(lower[0]!);
    let node = this.#nodes.get(number);
    if (node === undefined) {
      node = new OverlayNode(number, this.#layers.attributes(lower[0]!).type, lower, dir, name);
      const indexed = this.index.get(number);
      if (indexed !== undefined) this.attachUpper(node, indexed);
      this.#nodes.set(number, node);
    }
    node.parent = dir;
    node.name = name;
    return node;
  }

  #mergeLayer(dir: OverlayNode, layer: Lower, found: Map<string, OverlayNode | undefined>): void {
    const fs = this.#layers.fs(layer);
    const names: { name: string; ino: number }[] = [];
    fs.readdir(layer.ino, 0, (name, ino) => found.has(name) || names.push({ name, ino }) > 0);
    forAll(names, ({ name, ino }) => {
      if (isWhiteout(fs.attributes(ino))) {
        found.set(name, undefined);
        return;
      }
      // Directories may go on in the layers below.
      const below = dir.lower.slice(dir.lower.indexOf(layer));
      const lower = this.#layers.lookup(below, name);
      found.set(name, lower.length === 0 ? undefined : this.#fromLower(dir, name, lower));
    });
  }
}
