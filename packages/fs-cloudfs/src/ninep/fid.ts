import { EBADF, EMFILE, ESTALE } from "@cloudos/abi/errno";
import { FILETYPE_DIRECTORY } from "@cloudos/abi/wasi";
import { FsError, fail } from "../vfs/errors.ts";
import type { Mount } from "../vfs/mounts.ts";
import { hold, letGo } from "./held-files.ts";
import { NOFID } from "./protocol.ts";

/** What a fid stands for in the tree. */
export interface FidPlace {
  readonly mount: Mount;
  readonly ino: number;
  /** Where it was found: needed to remove it, and to find it again after a restore. Directories know their own place. */
  readonly parentMount: Mount;
  readonly parentIno: number;
  /** "" for the root, and once the name is gone. */
  readonly name: string;
}

/** An extended attribute being read or written through a fid. */
export interface XattrTransfer {
  readonly mode: "read" | "write";
  readonly name: string;
  /** What is read; or room for what is written, the whole announced size. */
  readonly bytes: Uint8Array;
  /** setxattr(2)'s XATTR_CREATE, XATTR_REPLACE. */
  readonly flags: number;
  written: number;
}

/** A client's reference to a file. */
export class Fid implements FidPlace {
  readonly number: number;
  /** Who attached: owner of what is made through this fid. */
  readonly uid: number;
  mount: Mount;
  ino: number;
  parentMount: Mount;
  parentIno: number;
  name: string;
  /** Open for this (O_RDONLY, O_WRONLY, O_RDWR), else -1. */
  access = -1;
  /** The inode that was opened, which for generated content is not `ino`. */
  openIno = 0;
  xattr: XattrTransfer | undefined;
  /** It could not be found again after a restore: every use answers ESTALE. */
  stale = false;
  /** Locks went through it. */
  hasLocks = false;
  /** It counts as a holder of the file. */
  #holds = false;

  constructor(number: number, uid: number, place: FidPlace) {
    this.number = number;
    this.uid = uid;
    this.mount = place.mount;
    this.ino = place.ino;
    this.parentMount = place.parentMount;
    this.parentIno = place.parentIno;
    this.name = place.name;
  }

  get isOpen(): boolean {
    return this.access >= 0;
  }

  hold(type: number): void {
    if (type === FILETYPE_DIRECTORY || this.#holds) return;
    this.#holds = true;
    hold(this.mount.fs, this.ino);
  }

  /** True when the file lost its last holder. */
  letGo(): boolean {
    if (!this.#holds) return false;
    this.#holds = false;
    return letGo(this.mount.fs, this.ino);
  }
}

/** How many files a guest may refer to at once. Linux keeps a fid for every cached inode. */
export const FIDS_MAX = 65536;

export class FidTable {
  readonly #fids = new Map<number, Fid>();
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get size(): number {
    return this.#fids.size;
  }

  /** The fid, or EBADF; ESTALE when what it stood for is gone. */
  get(number: number): Fid {
    const fid = this.#fids.get(number) ?? fail(EBADF);
    if (fid.stale) fail(ESTALE);
    return fid;
  }

  find(number: number): Fid | undefined {
    return this.#fids.get(number);
  }

  /** Refuses a number that is in use, is no number of a fid, or is one too many. */
  requireFree(number: number): void {
    if (number === NOFID || this.#fids.has(number)) fail(EBADF);
    if (this.#fids.size >= this.#limit)
      throw new FsError(EMFILE, `Cannot give out another fid: ${this.#limit} are in use`);
  }

  put(fid: Fid): void {
    this.#fids.set(fid.number, fid);
  }

  delete(number: number): void {
    this.#fids.delete(number);
  }

  [Symbol.iterator](): Iterator<Fid> {
    return this.#fids.values();
  }
}
