import { EBUSY, EINVAL, ENODEV, ENOENT, ENOTDIR, ESTALE } from "@cloudos/abi/errno";
import { FILETYPE_DIRECTORY } from "@cloudos/abi/wasi";
import { fail } from "./errors.ts";
import type { FileSystem } from "./file-system.ts";

/** A directory tree of a file system, attached somewhere. */
export class Mount {
  /** Upper 16 bits of the node ids of directories reached through this mount. */
  readonly id: number;
  /** Upper 16 bits of the node ids of everything else: one per file system, so that a file has one id (and one page cache)
   *  however it is reached. */
  readonly fsId: number;
  readonly fs: FileSystem;
  readonly rootIno: number;
  readonly readOnly: boolean;
  readonly parent: Mount | undefined;
  /** The directory of `parent` that is covered. */
  readonly pointIno: number;
  /** Part of the system: programs may not take it away. */
  system = false;
  /** Mounts on directories of this one, by the inode number covered. */
  readonly children = new Map<number, Mount>();

  constructor(
    id: number,
    fsId: number,
    fs: FileSystem,
    rootIno: number,
    readOnly: boolean,
    parent: Mount | undefined,
    pointIno: number,
  ) {
    this.id = id;
    this.fsId = fsId;
    this.fs = fs;
    this.rootIno = rootIno;
    this.readOnly = readOnly || fs.readOnly;
    this.parent = parent;
    this.pointIno = pointIno;
  }
}

const INO_LIMIT = 2 ** 48;

export class MountTable {
  readonly root: Mount;
  readonly #byId: (Mount | FileSystem | undefined)[] = [undefined];
  readonly #fsIds = new Map<FileSystem, number>();

  constructor(root: FileSystem) {
    this.root = this.#make(root, root.rootIno, false, undefined, 0);
  }

  *list(): Generator<Mount> {
    for (const entry of this.#byId) if (entry instanceof Mount) yield entry;
  }

  /** Every file system once. */
  fileSystems(): Iterable<FileSystem> {
    return this.#fsIds.keys();
  }

  attach(fs: FileSystem, rootIno: number, parent: Mount, pointIno: number, readOnly: boolean): Mount {
    if (parent.fs.attributes(pointIno).type !== FILETYPE_DIRECTORY) fail(ENOTDIR);
    if (parent.children.has(pointIno)) fail(EBUSY);
    const mount = this.#make(fs, rootIno, readOnly, parent, pointIno);
    parent.children.set(pointIno, mount);
    return mount;
  }

  /** Takes the mount away; its node ids are stale afterwards and never given out again. */
  detach(mount: Mount): void {
    if (mount.parent === undefined) fail(EBUSY);
    if (mount.children.size > 0) fail(EBUSY);
    mount.parent.children.delete(mount.pointIno);
    this.#byId[mount.id] = undefined;
    for (const other of this.list()) if (other.fs === mount.fs) return;
    this.#byId[mount.fsId] = undefined;
    this.#fsIds.delete(mount.fs);
  }

  /** The mount a directory's node id goes through. */
  mount(id: number): Mount {
    const entry = this.#byId[id];
    return entry instanceof Mount ? entry : fail(id === 0 ? ENOENT : ESTALE);
  }

  /** The file system behind any node id. */
  fs(id: number): FileSystem {
    const entry = this.#byId[id];
    if (entry === undefined) fail(id === 0 ? ENOENT : ESTALE);
    return entry instanceof Mount ? entry.fs : entry;
  }

  /** What an id stands for, if anything. */
  entry(id: number): Mount | FileSystem | undefined {
    return this.#byId[id];
  }

  /** A mount of the file system: the one with this id, else any. */
  anyMountOf(fs: FileSystem, id: number): Mount {
    const entry = this.#byId[id];
    if (entry instanceof Mount) return entry;
    for (const mount of this.list()) if (mount.fs === fs) return mount;
    fail(ESTALE);
  }

  /** Id of the space the file system's files are numbered in. */
  fsId(fs: FileSystem): number {
    return this.#fsIds.get(fs) ?? fail(ENODEV);
  }

  #make(fs: FileSystem, rootIno: number, readOnly: boolean, parent: Mount | undefined, pointIno: number): Mount {
    let fsId = this.#fsIds.get(fs);
    if (this.#byId.length + 2 > 0xffff) fail(ENODEV);
    if (fsId === undefined) {
      fsId = this.#byId.push(fs) - 1;
      this.#fsIds.set(fs, fsId);
    }
    const mount = new Mount(this.#byId.length, fsId, fs, rootIno, readOnly, parent, pointIno);
    this.#byId.push(mount);
    return mount;
  }
}

export function nodeId(space: number, ino: number): bigint {
  if (ino >= INO_LIMIT) fail(EINVAL);
  return (BigInt(space) << 48n) | BigInt(ino);
}

export function nodeSpace(node: bigint): number {
  return Number((node >> 48n) & 0xffffn);
}

export function nodeIno(node: bigint): number {
  return Number(node & 0xffffffffffffn);
}
