import { EEXIST, EINVAL, EISDIR, EMLINK, ENOENT, ENOSPC, ENOTDIR, ENOTEMPTY, EPERM, EROFS } from "@cloudos/abi/errno";
import { FILETYPE_DIRECTORY, FILETYPE_REGULAR_FILE, FILETYPE_SYMBOLIC_LINK } from "@cloudos/abi/wasi";
import { USER_GID, USER_UID } from "../vfs/access.ts";
import { fail } from "../vfs/errors.ts";
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
import { XATTRS_MAX } from "../vfs/file-system.ts";
import { encodeName, nameBytes } from "../vfs/names.ts";
import { type Dentry, Directory, type Inode } from "./inode.ts";

/** Linux's ext4 has 65000; the field is 32 bits wide on disk. */
const LINK_MAX = 65000;
const NO_XATTRS: Xattrs = new Map();

/**
 * The name space of a file system as inodes and directories in memory, with POSIX semantics. Where inodes come from and
 * what becomes of changes is the subclass's: tmpfs keeps everything here, CloudFS loads on demand (`inode` and
 * `directory` may throw `Miss`) and writes what was reported as changed, the read-only ones refuse in `change`.
 *
 * Every operation gets all it needs first, then changes; nothing after the first change can throw.
 */
export abstract class InodeTree implements FileSystem {
  abstract readonly type: string;
  abstract readonly source: string;
  abstract readonly readOnly: boolean;
  abstract readonly rootIno: number;
  abstract readonly dirty: boolean;

  /** The inode, or ESTALE. */
  protected abstract inode(ino: number): Inode;
  /** The entries of a directory inode. */
  protected abstract entries(inode: Inode): Directory;
  /** A new inode number in the tables; throws ENOSPC when it may not be had. */
  protected abstract allocate(type: number, mode: number): Inode;
  protected abstract inodeChanged(inode: Inode): void;
  protected abstract entryAdded(dir: Inode, dentry: Dentry): void;
  protected abstract entryRemoved(dir: Inode, dentry: Dentry): void;
  /** The last link of a non-directory is gone; it lives until `release`. */
  protected abstract orphaned(inode: Inode): void;
  /** The inode is gone for good. */
  protected abstract destroy(inode: Inode): void;
  protected abstract nowNs(): bigint;
  /** Before an operation looks at anything; may throw. */
  protected operationBegins(): void {}
  /** Before an inode gets extended attributes of so many bytes; may throw. */
  protected requireXattrRoom(_bytes: number): void {}
  /** After the last change of an operation. */
  protected operationDone(): void {}

  abstract readPages(
    ino: number,
    first: number,
    count: number,
    sink: PageSink,
    progress?: ProgressSink,
  ): void | Promise<void>;
  abstract writeBack(ino: number, change: WriteBack): void | Promise<void>;
  abstract statistics(): FsStatistics;
  abstract reserve(bytes: number): void;
  abstract sync(): Promise<void>;

  attributes(ino: number): Attributes {
    return this.inode(ino);
  }

  version(ino: number): number {
    return this.inode(ino).version;
  }

  open(ino: number): number {
    return ino;
  }

  openFlags(_ino: number): number {
    return 0;
  }

  pinnedFiles(): Iterable<number> {
    return [];
  }

  lookup(dir: number, name: string): number {
    return this.directory(dir).entries.get(name)?.ino ?? 0;
  }

  parent(dir: number): number {
    return this.directory(dir).parent;
  }

  nameOf(dir: number): string {
    const directory = this.directory(dir);
    if (directory.name !== "" || dir === this.rootIno) return directory.name;
    for (const dentry of this.directory(directory.parent).entries.values()) {
      if (dentry.ino === dir) {
        directory.name = dentry.name;
        return dentry.name;
      }
    }
    fail(ENOENT);
  }

  readdir(dir: number, after: number, sink: EntrySink): void {
    this.directory(dir).list(after, (dentry) => sink(dentry.name, dentry.ino, dentry.type, dentry.cookie));
  }

  readlink(ino: number): string {
    const inode = this.inode(ino);
    if (inode.type !== FILETYPE_SYMBOLIC_LINK) fail(EINVAL);
    return inode.target;
  }

  create(dir: number, name: string, what: NewInode): number {
    const parent = this.changeable(dir);
    const directory = this.entries(parent);
    if (directory.entries.has(name)) fail(EEXIST);
    if (parent.nlink === 0) fail(ENOENT);
    if (what.type === FILETYPE_DIRECTORY && parent.nlink >= LINK_MAX) fail(EMLINK);
    if (what.xattrs !== undefined) this.#checkXattrs(what.xattrs);

    const now = this.nowNs();
    const inode = this.allocate(what.type, what.mode);
    inode.uid = what.uid ?? USER_UID;
    inode.gid = what.gid ?? USER_GID;
    inode.rdev = what.rdev ?? 0;
    inode.atimeNs = what.atimeNs ?? now;
    inode.mtimeNs = what.mtimeNs ?? now;
    inode.ctimeNs = now;
    if (what.xattrs !== undefined && what.xattrs.size > 0) inode.xattrs = new Map(what.xattrs);
    if (what.target !== undefined) {
      inode.target = what.target;
      inode.size = encodeName(what.target).length;
    }
    if (what.type === FILETYPE_DIRECTORY) {
      inode.directory = new Directory(dir, name);
      inode.nlink = 2;
      parent.nlink++;
    }
    this.inodeChanged(inode);
    this.add(parent, directory, name, inode, now);
    this.operationDone();
    return inode.ino;
  }

  link(dir: number, name: string, ino: number): void {
    const parent = this.changeable(dir);
    const directory = this.entries(parent);
    const inode = this.inode(ino);
    if (inode.isDirectory) fail(EPERM);
    if (directory.entries.has(name)) fail(EEXIST);
    if (parent.nlink === 0 || inode.nlink === 0) fail(ENOENT);
    if (inode.nlink >= LINK_MAX) fail(EMLINK);

    const now = this.nowNs();
    inode.nlink++;
    inode.ctimeNs = now;
    this.inodeChanged(inode);
    this.add(parent, directory, name, inode, now);
    this.operationDone();
  }

  unlink(dir: number, name: string): number {
    const parent = this.changeable(dir);
    const directory = this.entries(parent);
    const dentry = directory.entries.get(name) ?? fail(ENOENT);
    const inode = this.inode(dentry.ino);
    if (inode.isDirectory) fail(EISDIR);

    const now = this.nowNs();
    this.drop(parent, directory, dentry, now);
    const orphan = this.loseLink(inode, now);
    this.operationDone();
    return orphan;
  }

  rmdir(dir: number, name: string): void {
    const parent = this.changeable(dir);
    const directory = this.entries(parent);
    const dentry = directory.entries.get(name) ?? fail(ENOENT);
    const inode = this.inode(dentry.ino);
    if (!inode.isDirectory) fail(ENOTDIR);
    if (this.entries(inode).entries.size > 0) fail(ENOTEMPTY);

    this.drop(parent, directory, dentry, this.nowNs());
    parent.nlink--;
    inode.nlink = 0;
    this.destroy(inode);
    this.operationDone();
  }

  rename(fromDir: number, from: string, toDir: number, to: string): number {
    const oldParent = this.changeable(fromDir);
    const oldDirectory = this.entries(oldParent);
    const newParent = this.changeable(toDir);
    const newDirectory = this.entries(newParent);
    const dentry = oldDirectory.entries.get(from) ?? fail(ENOENT);
    const inode = this.inode(dentry.ino);
    if (newParent.nlink === 0) fail(ENOENT);
    const moved = inode.isDirectory ? this.entries(inode) : undefined;
    if (moved !== undefined) this.#requireOutside(inode, toDir);
    const target = newDirectory.entries.get(to);
    const replaced = target === undefined ? undefined : this.inode(target.ino);
    if (replaced !== undefined && target !== undefined) {
      // Two links of one file: POSIX rename does nothing and succeeds.
      if (target.ino === dentry.ino) return 0;
      if (replaced.isDirectory) {
        if (moved === undefined) fail(EISDIR);
        if (this.entries(replaced).entries.size > 0) fail(ENOTEMPTY);
      } else if (moved !== undefined) fail(ENOTDIR);
    }

    const now = this.nowNs();
    let orphan = 0;
    if (replaced !== undefined && target !== undefined) {
      this.drop(newParent, newDirectory, target, now);
      if (replaced.isDirectory) {
        newParent.nlink--;
        replaced.nlink = 0;
        this.destroy(replaced);
      } else orphan = this.loseLink(replaced, now);
    }
    this.drop(oldParent, oldDirectory, dentry, now);
    if (moved !== undefined) {
      moved.parent = toDir;
      moved.name = to;
      oldParent.nlink--;
      newParent.nlink++;
    }
    inode.ctimeNs = now;
    this.inodeChanged(inode);
    this.add(newParent, newDirectory, to, inode, now);
    this.operationDone();
    return orphan;
  }

  setMode(ino: number, mode: number): void {
    const inode = this.changeable(ino);
    inode.mode = mode & 0o7777;
    inode.ctimeNs = this.nowNs();
    this.inodeChanged(inode);
    this.operationDone();
  }

  setTimes(ino: number, atimeNs: bigint | undefined, mtimeNs: bigint | undefined): void {
    const inode = this.changeable(ino);
    if (atimeNs !== undefined) inode.atimeNs = atimeNs;
    if (mtimeNs !== undefined) inode.mtimeNs = mtimeNs;
    inode.ctimeNs = this.nowNs();
    this.inodeChanged(inode);
    this.operationDone();
  }

  setOwner(ino: number, uid: number | undefined, gid: number | undefined): void {
    const inode = this.changeable(ino);
    if (uid !== undefined) inode.uid = uid;
    if (gid !== undefined) inode.gid = gid;
    inode.ctimeNs = this.nowNs();
    this.inodeChanged(inode);
    this.operationDone();
  }

  xattrs(ino: number): Xattrs {
    return this.inode(ino).xattrs ?? NO_XATTRS;
  }

  setXattr(ino: number, name: string, value: Uint8Array | undefined): void {
    const inode = this.changeable(ino);
    const xattrs = new Map(inode.xattrs);
    if (value === undefined) xattrs.delete(name);
    else xattrs.set(name, value.slice());
    this.#checkXattrs(xattrs);

    inode.xattrs = xattrs;
    inode.ctimeNs = this.nowNs();
    this.inodeChanged(inode);
    this.operationDone();
  }

  release(ino: number): void {
    this.operationBegins();
    const inode = this.inode(ino);
    if (inode.nlink !== 0) return;
    this.destroy(inode);
    this.operationDone();
  }

  protected directory(ino: number): Directory {
    const inode = this.inode(ino);
    if (!inode.isDirectory) fail(ENOTDIR);
    return this.entries(inode);
  }

  protected regularFile(ino: number): Inode {
    const inode = this.inode(ino);
    if (inode.type !== FILETYPE_REGULAR_FILE) fail(inode.isDirectory ? EISDIR : EINVAL);
    return inode;
  }

  private changeable(ino: number): Inode {
    if (this.readOnly) fail(EROFS);
    this.operationBegins();
    return this.inode(ino);
  }

  private add(parent: Inode, directory: Directory, name: string, inode: Inode, now: bigint): void {
    this.entryAdded(parent, directory.insert(name, inode.ino, inode.type));
    parent.mtimeNs = now;
    parent.ctimeNs = now;
    this.inodeChanged(parent);
  }

  private drop(parent: Inode, directory: Directory, dentry: Dentry, now: bigint): void {
    directory.entries.delete(dentry.name);
    this.entryRemoved(parent, dentry);
    parent.mtimeNs = now;
    parent.ctimeNs = now;
    this.inodeChanged(parent);
  }

  private loseLink(inode: Inode, now: bigint): number {
    inode.nlink--;
    inode.ctimeNs = now;
    this.inodeChanged(inode);
    if (inode.nlink > 0) return 0;
    this.orphaned(inode);
    return inode.ino;
  }

  #checkXattrs(xattrs: Xattrs): void {
    let bytes = 0;
    for (const [name, value] of xattrs) bytes += nameBytes(name) + value.length;
    if (bytes > XATTRS_MAX) fail(ENOSPC);
    if (bytes > 0) this.requireXattrRoom(bytes);
  }

  /** A directory cannot move into itself or below. */
  #requireOutside(moved: Inode, toDir: number): void {
    for (let at = toDir; ; ) {
      if (at === moved.ino) fail(EINVAL);
      const up = this.directory(at).parent;
      if (up === at) return;
      at = up;
    }
  }
}
