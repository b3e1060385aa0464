import { EIO, EROFS, ESTALE } from "@cloudos/abi/errno";
import { FILETYPE_DIRECTORY } from "@cloudos/abi/wasi";
import { fail } from "../vfs/errors.ts";
import type { FsStatistics } from "../vfs/file-system.ts";
import { Directory, Inode } from "./inode.ts";
import { InodeTree } from "./inode-tree.ts";

const ROOT_INO = 1;

/** A tree that is built once and never changes. */
export abstract class StaticTree extends InodeTree {
  readonly readOnly: boolean = true;
  readonly rootIno = ROOT_INO;
  readonly dirty = false;
  protected readonly root: Inode;
  readonly #inodes: Inode[] = [];

  constructor() {
    super();
    this.root = this.allocate(FILETYPE_DIRECTORY, 0o755);
    this.root.nlink = 2;
    this.root.directory = new Directory(ROOT_INO, "");
  }

  statistics(): FsStatistics {
    return { totalBytes: 0, freeBytes: 0, files: this.#inodes.length, freeFiles: 0 };
  }

  reserve(): void {
    fail(EROFS);
  }

  writeBack(): void {
    fail(EROFS);
  }

  async sync(): Promise<void> {}

  /** Adds an entry while the tree is built. */
  protected put(parent: Inode, name: string, type: number, mode: number): Inode {
    const inode = this.allocate(type, mode);
    if (type === FILETYPE_DIRECTORY) {
      inode.directory = new Directory(parent.ino, name);
      inode.nlink = 2;
      parent.nlink++;
    }
    this.entries(parent).insert(name, inode.ino, type);
    return inode;
  }

  protected override inode(ino: number): Inode {
    return this.#inodes[ino - 1] ?? fail(ESTALE);
  }

  protected override entries(inode: Inode): Directory {
    return inode.directory ?? fail(EIO);
  }

  protected override allocate(type: number, mode: number): Inode {
    const inode = new Inode(this.#inodes.length + 1, type, mode);
    this.#inodes.push(inode);
    return inode;
  }

  protected override inodeChanged(): void {}
  protected override entryAdded(): void {}
  protected override entryRemoved(): void {}
  protected override orphaned(): void {}
  protected override destroy(): void {}
  protected override nowNs(): bigint {
    return 0n;
  }
}
