import { EEXIST, EINVAL, EIO, EISDIR, ENOENT, ENOSPC, ENOTDIR, ENOTEMPTY, EPERM, EROFS } from "@cloudos/abi/errno";
import { REPLY_PINNED } from "@cloudos/abi/vfs-protocol";
import { FILETYPE_CHARACTER_DEVICE, FILETYPE_DIRECTORY } from "@cloudos/abi/wasi";
import { FsError, fail, settle } from "../vfs/errors.ts";
import type {
  Attributes,
  EntrySink,
  FileSystem,
  FsStatistics,
  NewInode,
  PageSink,
  ProgressSink,
  WriteBack,
  Xattrs,
} from "../vfs/file-system.ts";
import { Layers, type Tree } from "./layers.ts";
import { OWN_NAMESPACE, XATTR_LAYERS } from "./marks.ts";
import { NodeTable, ROOT_INO } from "./node-table.ts";
import { OverlayData } from "./overlay-data.ts";
import type { OverlayNode } from "./overlay-node.ts";
import { UpperTree } from "./upper-tree.ts";

export interface OverlayOptions {
  /** Read-only trees, lowest first. They must never change. */
  readonly lower: readonly Tree[];
  /** A directory the overlay has to itself; an empty one becomes a fresh overlay. */
  readonly upper: Tree;
  /** As /proc/mounts shows it. */
  readonly source?: string;
}

const UPPER_ROOT = "root";
const INDEX = "index";

/** Read-only layers under one writable directory (docs/cloudfs/OVERLAY.md). */
export class Overlay implements FileSystem {
  readonly type = "overlay";
  readonly source: string;
  readonly rootIno = ROOT_INO;
  readonly #layers: Layers;
  readonly #nodes: NodeTable;
  readonly #upper: UpperTree;
  readonly #data: OverlayData;

  private constructor(layers: Layers, nodes: NodeTable, upper: UpperTree, source: string) {
    this.#layers = layers;
    this.#nodes = nodes;
    this.#upper = upper;
    this.#data = new OverlayData(layers, upper);
    this.source = source;
  }

  /** Mounts; rejects with FsError EIO when the upper directory was made on other layers. */
  static async open(options: OverlayOptions): Promise<Overlay> {
    const { fs, ino } = options.upper;
    const layers = new Layers(options.lower);
    await settle(() => requireLayers(fs, ino, layers));
    const top = await settle(() => layers.attributes(layers.roots()[0]!));
    const { mode, uid, gid } = top;
    const root = await settle(() => directoryIn(fs, ino, UPPER_ROOT, { type: FILETYPE_DIRECTORY, mode, uid, gid }));
    const index = await settle(() => directoryIn(fs, ino, INDEX, { type: FILETYPE_DIRECTORY, mode: 0o700 }));
    const nodes = new NodeTable(fs, root, layers);
    await settle(() =>
      fs.readdir(index, 0, (name, upper) => {
        const [layer = Number.NaN, lower = Number.NaN] = name.split("-").map(Number);
        if (layer < layers.count && lower > 0) nodes.index.set(layers.inoOf({ layer, ino: lower }), upper);
        return true;
      }),
    );
    return new Overlay(layers, nodes, new UpperTree(fs, index, layers, nodes), options.source ?? "overlay");
  }

  get readOnly(): boolean {
    return this.#upper.fs.readOnly;
  }

  get dirty(): boolean {
    return this.#upper.owes || this.#upper.fs.dirty;
  }

  attributes(ino: number): Attributes {
    const node = this.#nodes.get(ino);
    const inode = node.upper === 0 ? this.#layers.attributes(node.lower[0]!) : this.#upper.fs.attributes(node.upper);
    const size = this.#data.size(node, inode);
    const { type, mode, uid, gid, atimeNs, mtimeNs, ctimeNs, rdev } = inode;
    const blocks = node.limit > 0 ? Math.ceil(size / 512) : inode.blocks;
    return {
      ino,
      type,
      mode,
      uid,
      gid,
      nlink: this.#links(node, inode),
      size,
      blocks,
      atimeNs,
      mtimeNs,
      ctimeNs,
      device: 0,
      rdev,
    };
  }

  lookup(dir: number, name: string): number {
    return this.#nodes.lookup(this.#directory(dir), name)?.ino ?? 0;
  }

  parent(dir: number): number {
    return this.#directory(dir).parent.ino;
  }

  nameOf(dir: number): string {
    return this.#directory(dir).name;
  }

  readdir(dir: number, after: number, sink: EntrySink): void {
    const entries = this.#nodes.entries(this.#directory(dir));
    entries.list(after, ({ name, ino, type, cookie }) => sink(name, ino, type, cookie));
  }

  readlink(ino: number): string {
    const node = this.#nodes.get(ino);
    const [lower] = node.lower;
    if (node.upper !== 0) return this.#upper.fs.readlink(node.upper);
    return lower === undefined ? fail(EINVAL) : this.#layers.fs(lower).readlink(lower.ino);
  }

  xattrs(ino: number): Xattrs {
    const node = this.#nodes.get(ino);
    const [lower] = node.lower;
    const all =
      node.upper !== 0 || lower === undefined
        ? this.#upper.fs.xattrs(node.upper)
        : this.#layers.fs(lower).xattrs(lower.ino);
    if (all.size === 0) return all;
    return new Map([...all].filter(([name]) => !name.startsWith(OWN_NAMESPACE)));
  }

  open(ino: number): number {
    return ino;
  }

  openFlags(ino: number): number {
    const { upper } = this.#nodes.get(ino);
    // Pages of ours are never the only copy: they are written back to the upper tree.
    return upper === 0 ? 0 : this.#upper.fs.openFlags(upper) & ~REPLY_PINNED;
  }

  create(dir: number, name: string, what: NewInode): number {
    const parent = this.#changeable(dir);
    if (this.#nodes.lookup(parent, name) !== undefined) fail(EEXIST);
    // It would be taken for a whiteout.
    if (what.type === FILETYPE_CHARACTER_DEVICE && (what.rdev ?? 0) === 0) fail(EPERM);
    this.#upper.copyUp(parent);
    this.#upper.clearWhiteout(parent, name);

    const ino = this.#upper.fs.create(parent.upper, name, what);
    this.#upper.shows(parent, name);
    return this.#nodes.added(parent, name, ino, what.type).ino;
  }

  link(dir: number, name: string, ino: number): void {
    const parent = this.#changeable(dir);
    const node = this.#nodes.get(ino);
    if (node.type === FILETYPE_DIRECTORY) fail(EPERM);
    if (this.#nodes.lookup(parent, name) !== undefined) fail(EEXIST);
    if (node.isGone) fail(ENOENT);
    this.#upper.copyUp(parent);
    this.#upper.copyUp(node);
    this.#upper.clearWhiteout(parent, name);

    this.#upper.fs.link(parent.upper, name, node.upper);
    this.#upper.shows(parent, name);
    parent.entries?.insert(name, node.ino, node.type);
  }

  unlink(dir: number, name: string): number {
    const parent = this.#changeable(dir);
    const node = this.#nodes.lookup(parent, name) ?? fail(ENOENT);
    if (node.type === FILETYPE_DIRECTORY) fail(EISDIR);
    this.#prepareRemoval(parent, name, node);

    if (this.#hasUpperEntry(parent, name)) this.#upper.fs.unlink(parent.upper, name);
    return this.#removed(parent, name, node);
  }

  rmdir(dir: number, name: string): void {
    const parent = this.#changeable(dir);
    const node = this.#nodes.lookup(parent, name) ?? fail(ENOENT);
    if (node.type !== FILETYPE_DIRECTORY) fail(ENOTDIR);
    if (this.#nodes.entries(node).entries.size > 0) fail(ENOTEMPTY);
    this.#upper.copyUp(parent);
    this.#upper.clearDirectory(node);
    if (node.lower.length > 0) this.#upper.requireRoomToHide(parent, name);

    if (this.#hasUpperEntry(parent, name)) this.#upper.fs.rmdir(parent.upper, name);
    this.#removed(parent, name, node);
  }

  rename(fromDir: number, from: string, toDir: number, to: string): number {
    const oldParent = this.#changeable(fromDir);
    const newParent = this.#changeable(toDir);
    const node = this.#nodes.lookup(oldParent, from) ?? fail(ENOENT);
    const target = this.#nodes.lookup(newParent, to);
    const isDirectory = node.type === FILETYPE_DIRECTORY;
    if (isDirectory) requireOutside(node, newParent);
    if (target === node) return 0;
    if (target !== undefined) {
      if (target.type === FILETYPE_DIRECTORY) {
        if (!isDirectory) fail(EISDIR);
        if (this.#nodes.entries(target).entries.size > 0) fail(ENOTEMPTY);
      } else if (isDirectory) fail(ENOTDIR);
    }
    this.#upper.copyNameUp(oldParent, from, node);
    this.#upper.copyUp(newParent);
    if (target === undefined || target.upper === 0) this.#upper.clearWhiteout(newParent, to);
    else if (target.type === FILETYPE_DIRECTORY) this.#upper.clearDirectory(target);
    if (target !== undefined && target.type !== FILETYPE_DIRECTORY) this.#prepareRemoval(newParent, to, target);

    this.#upper.fs.rename(oldParent.upper, from, newParent.upper, to);
    let orphan = 0;
    if (target !== undefined) orphan = this.#gone(newParent, to, target);
    this.#upper.shows(newParent, to);
    oldParent.entries?.entries.delete(from);
    newParent.entries?.insert(to, node.ino, node.type);
    node.parent = newParent;
    node.name = to;
    if (node.entries !== undefined) node.entries.parent = newParent.ino;
    this.#upper.hide(oldParent, from);
    return orphan;
  }

  setMode(ino: number, mode: number): void {
    this.#upper.fs.setMode(this.#copiedUp(ino), mode);
  }

  setTimes(ino: number, atimeNs: bigint | undefined, mtimeNs: bigint | undefined): void {
    this.#upper.fs.setTimes(this.#copiedUp(ino), atimeNs, mtimeNs);
  }

  setOwner(ino: number, uid: number | undefined, gid: number | undefined): void {
    this.#upper.fs.setOwner(this.#copiedUp(ino), uid, gid);
  }

  setXattr(ino: number, name: string, value: Uint8Array | undefined): void {
    if (name.startsWith(OWN_NAMESPACE)) fail(EPERM);
    this.#upper.fs.setXattr(this.#copiedUp(ino), name, value);
  }

  release(ino: number): void {
    const node = this.#nodes.get(ino);
    if (!node.isGone) return;
    if (node.upper !== 0) this.#upper.fs.release(node.upper);
    this.#nodes.forget(node);
  }

  readPages(ino: number, first: number, count: number, sink: PageSink, progress?: ProgressSink): void | Promise<void> {
    return this.#data.read(this.#file(ino), first, count, sink, progress);
  }

  writeBack(ino: number, change: WriteBack): void | Promise<void> {
    if (this.readOnly) fail(EROFS);
    return this.#data.write(this.#file(ino), change);
  }

  version(ino: number): number {
    const { upper } = this.#nodes.get(ino);
    return upper === 0 ? 0 : this.#upper.fs.version(upper) + 1;
  }

  statistics(): FsStatistics {
    return this.#upper.fs.statistics();
  }

  reserve(bytes: number): void {
    this.#upper.fs.reserve(bytes);
  }

  async sync(): Promise<void> {
    try {
      await settle(() => this.#upper.payWhiteouts());
    } catch (error) {
      if (!(error instanceof FsError) || error.errno !== ENOSPC) throw error;
      await this.#upper.fs.sync();
      await settle(() => this.#upper.payWhiteouts());
    }
    await this.#upper.fs.sync();
  }

  pinnedFiles(): Iterable<number> {
    return [];
  }

  #directory(ino: number): OverlayNode {
    const node = this.#nodes.get(ino);
    return node.type === FILETYPE_DIRECTORY ? node : fail(ENOTDIR);
  }

  #file(ino: number): OverlayNode {
    const node = this.#nodes.get(ino);
    return node.type === FILETYPE_DIRECTORY ? fail(EISDIR) : node;
  }

  #changeable(dir: number): OverlayNode {
    if (this.readOnly) fail(EROFS);
    return this.#directory(dir);
  }

  #copiedUp(ino: number): number {
    if (this.readOnly) fail(EROFS);
    return this.#upper.copyUp(this.#nodes.get(ino));
  }

  #hasUpperEntry(dir: OverlayNode, name: string): boolean {
    return dir.upper !== 0 && this.#upper.fs.lookup(dir.upper, name) !== 0;
  }

  /** All that may fail or wait before a name of a file goes. A file whose layer has other names of it is counted in the index. */
  #prepareRemoval(parent: OverlayNode, name: string, node: OverlayNode): void {
    this.#upper.copyUp(parent);
    const [lower] = node.lower;
    const isShared = lower !== undefined && node.upper === 0 && this.#layers.attributes(lower).nlink > 1;
    if (isShared || node.isIndexed) this.#upper.copyNameUp(parent, name, node);
    if (node.lower.length > 0) this.#upper.requireRoomToHide(parent, name);
  }

  /** The upper tree has the name no more. */
  #removed(parent: OverlayNode, name: string, node: OverlayNode): number {
    const orphan = this.#gone(parent, name, node);
    this.#upper.hide(parent, name);
    return orphan;
  }

  /** A name of the node is gone from the merged directory. Returns its number when that was the last one of a file. */
  #gone(parent: OverlayNode, name: string, node: OverlayNode): number {
    parent.entries?.entries.delete(name);
    if (node.type === FILETYPE_DIRECTORY) {
      node.isGone = true;
      this.#nodes.forget(node);
      return 0;
    }
    if (node.upper !== 0) {
      const left = this.#upper.fs.attributes(node.upper).nlink - (node.isIndexed ? 1 : 0) + node.lowerLinks;
      if (left > 0) return 0;
      if (node.isIndexed) this.#upper.dropFromIndex(node);
    }
    node.isGone = true;
    return node.ino;
  }

  /** 1 for a directory that is merged: nobody counts what several layers have in it (as Linux's overlayfs). */
  #links(node: OverlayNode, inode: Attributes): number {
    if (node.isGone) return 0;
    if (node.type === FILETYPE_DIRECTORY) return node.lower.length + (node.upper === 0 ? 0 : 1) > 1 ? 1 : inode.nlink;
    return node.isIndexed ? inode.nlink - 1 + node.lowerLinks : inode.nlink;
  }
}

/** A directory cannot move into itself or below. */
function requireOutside(moved: OverlayNode, to: OverlayNode): void {
  for (let at = to; ; at = at.parent) {
    if (at === moved) fail(EINVAL);
    if (at.parent === at) return;
  }
}

function directoryIn(fs: FileSystem, dir: number, name: string, what: NewInode): number {
  const found = fs.lookup(dir, name);
  return found !== 0 ? found : fs.create(dir, name, what);
}

/** Notes the layers of a fresh overlay; refuses an upper tree that was made on others. */
function requireLayers(fs: FileSystem, dir: number, layers: Layers): void {
  const wanted = layers.identities();
  const noted = fs.xattrs(dir).get(XATTR_LAYERS);
  if (noted === undefined) {
    fs.setXattr(dir, XATTR_LAYERS, new TextEncoder().encode(wanted));
    return;
  }
  if (new TextDecoder().decode(noted) !== wanted) {
    throw new FsError(EIO, "Cannot mount the overlay: its writable directory was made on other layers");
  }
}
