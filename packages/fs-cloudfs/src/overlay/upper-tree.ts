import { ENOENT } from "@cloudos/abi/errno";
import { FILETYPE_CHARACTER_DEVICE, FILETYPE_DIRECTORY, FILETYPE_REGULAR_FILE } from "@cloudos/abi/wasi";
import { FsError, fail, Miss, settle } from "../vfs/errors.ts";
import type { FileSystem, NewInode } from "../vfs/file-system.ts";
import type { Layers } from "./layers.ts";
import { encodeOrigin, isWhiteout, OWN_NAMESPACE, XATTR_LINKS, XATTR_ORIGIN } from "./marks.ts";
import type { NodeTable } from "./node-table.ts";
import type { OverlayNode } from "./overlay-node.ts";

/** A directory or whiteout takes a block at most. */
const STEP_BYTES = 8192;

/**
 * The writable side: copies nodes up and writes whiteouts. Each method can be run again from the start after a `Miss`: what is done
 * already is seen and not done twice.
 */
export class UpperTree {
  readonly fs: FileSystem;
  /** Files that several names of a layer share lie here under `<layer>-<inode>`. */
  readonly indexDir: number;
  readonly #layers: Layers;
  readonly #nodes: NodeTable;
  /** Directories with names that must get a whiteout. */
  readonly #owing = new Set<OverlayNode>();

  constructor(fs: FileSystem, indexDir: number, layers: Layers, nodes: NodeTable) {
    this.fs = fs;
    this.indexDir = indexDir;
    this.#layers = layers;
    this.#nodes = nodes;
  }

  get owes(): boolean {
    return this.#owing.size > 0;
  }

  /** The node's upper inode, made when there is none: data stay in the layer until they are written. */
  copyUp(node: OverlayNode): number {
    if (node.upper !== 0) return node.upper;
    const [lower] = node.lower;
    if (lower === undefined) fail(ENOENT);
    const inode = this.#layers.attributes(lower);
    const isFile = node.type === FILETYPE_REGULAR_FILE;
    const limit = isFile ? inode.size : 0;
    const origin = { lower: node.lower, limit, hasData: false };
    const xattrs = new Map(this.#layers.fs(lower).xattrs(lower.ino));
    for (const name of xattrs.keys()) if (name.startsWith(OWN_NAMESPACE)) xattrs.delete(name);
    xattrs.set(XATTR_ORIGIN, encodeOrigin(origin));
    const { type, mode, uid, gid, rdev, atimeNs, mtimeNs } = inode;
    const isLink = inode.size > 0 && !isFile && node.type !== FILETYPE_DIRECTORY;
    const target = isLink ? this.#layers.fs(lower).readlink(lower.ino) : undefined;
    const what: NewInode = { type, mode, uid, gid, rdev, atimeNs, mtimeNs, xattrs, ...(target && { target }) };
    const isShared = node.type !== FILETYPE_DIRECTORY && inode.nlink > 1;
    if (isShared || node.isGone) return this.#copyToIndex(node, what, isShared ? inode.nlink : 0);

    const parent = this.copyUp(node.parent);
    const before = this.fs.attributes(parent).mtimeNs;
    const ino = this.fs.create(parent, node.name, what);
    this.#nodes.attachUpper(node, ino);
    // Nobody changed the directory.
    this.inPassing(() => this.fs.setTimes(parent, undefined, before));
    return ino;
  }

  /** One of a layer's names becomes a name of the upper file: what a rename or removal of that name needs. */
  copyNameUp(dir: OverlayNode, name: string, node: OverlayNode): void {
    this.copyUp(dir);
    this.copyUp(node);
    if (!node.isIndexed || this.fs.lookup(dir.upper, name) !== 0) return;
    this.fs.link(dir.upper, name, node.upper);
    this.setLowerLinks(node, node.lowerLinks - 1);
  }

  setLowerLinks(node: OverlayNode, count: number): void {
    node.lowerLinks = count;
    this.inPassing(() =>
      this.fs.setXattr(node.upper, XATTR_LINKS, Uint8Array.from(new Uint8Array(Uint32Array.of(count).buffer))),
    );
  }

  saveOrigin(node: OverlayNode): void {
    const origin = { lower: node.lower, limit: node.limit, hasData: node.hasData };
    this.fs.setXattr(node.upper, XATTR_ORIGIN, encodeOrigin(origin));
  }

  /** Makes room in the upper directory for a new entry: a whiteout goes. Checks first that what comes in its place will fit. */
  clearWhiteout(dir: OverlayNode, name: string): void {
    const ino = this.fs.lookup(dir.upper, name);
    if (ino === 0 || !isWhiteout(this.fs.attributes(ino))) return;
    this.fs.reserve(STEP_BYTES);
    const orphan = this.fs.unlink(dir.upper, name);
    if (orphan !== 0) this.inPassing(() => this.fs.release(orphan));
  }

  /** Removes the whiteouts of a directory that shows no entries. */
  clearDirectory(node: OverlayNode): void {
    if (node.upper === 0) return;
    const names: string[] = [];
    this.fs.readdir(node.upper, 0, (name) => names.push(name) > 0);
    for (const name of names) this.clearWhiteout(node, name);
  }

  /**
   * The name went from the upper directory; if layers have it, it needs a whiteout. It is hidden at once and the whiteout is written as soon
   * as it can be, before anything is made durable.
   */
  hide(dir: OverlayNode, name: string): void {
    if (this.#layers.lookup(dir.lower, name).length === 0) return;
    dir.owed ??= new Set();
    dir.owed.add(name);
    this.#owing.add(dir);
    try {
      this.inPassing(() => this.payWhiteouts());
    } catch (error) {
      // The disk is full: a commit frees what was just removed, and pays.
      if (!(error instanceof FsError)) throw error;
    }
  }

  /**
   * Throws ENOSPC when a name that only layers have could not get its whiteout. One with an upper file is not asked about: removing that is
   * what makes room.
   */
  requireRoomToHide(dir: OverlayNode, name: string): void {
    if (this.fs.lookup(dir.upper, name) === 0) this.fs.reserve(STEP_BYTES);
  }

  /** The directory has an entry of that name again. */
  shows(dir: OverlayNode, name: string): void {
    dir.owed?.delete(name);
  }

  payWhiteouts(): void {
    for (const dir of this.#owing) {
      for (const name of dir.owed ?? []) {
        if (!dir.isGone && this.fs.lookup(this.copyUp(dir), name) === 0) {
          this.fs.create(dir.upper, name, { type: FILETYPE_CHARACTER_DEVICE, mode: 0, rdev: 0 });
        }
        dir.owed?.delete(name);
      }
      dir.owed = undefined;
      this.#owing.delete(dir);
    }
  }

  /** A step whose failure must not undo what was done before it: waits on its own when something is missing. */
  inPassing(step: () => void): void {
    try {
      step();
    } catch (thrown) {
      if (!(thrown instanceof Miss)) throw thrown;
      thrown.ready.then(() => settle(step)).catch(() => undefined);
    }
  }

  /** For a file with several names, or none, in its layer. */
  #copyToIndex(node: OverlayNode, what: NewInode, links: number): number {
    const name = `${node.lower[0]!.layer}-${node.lower[0]!.ino}`;
    const xattrs = new Map(what.xattrs);
    if (links > 0) xattrs.set(XATTR_LINKS, new Uint8Array(Uint32Array.of(links).buffer));
    const existing = this.fs.lookup(this.indexDir, name);
    const ino = existing !== 0 ? existing : this.fs.create(this.indexDir, name, { ...what, xattrs });
    if (links === 0) this.fs.unlink(this.indexDir, name);
    this.#nodes.attachUpper(node, ino);
    return ino;
  }

  /** Removes an indexed file from the index, when no name shows it any more. */
  dropFromIndex(node: OverlayNode): void {
    const { layer, ino } = node.lower[0]!;
    const name = `${layer}-${ino}`;
    if (this.fs.lookup(this.indexDir, name) !== 0) this.fs.unlink(this.indexDir, name);
    node.isIndexed = false;
  }
}
