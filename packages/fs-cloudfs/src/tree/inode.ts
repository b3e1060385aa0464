import { FILETYPE_DIRECTORY } from "@cloudos/abi/wasi";
import type { Attributes } from "../vfs/file-system.ts";

/** Cookies 1 and 2 are "." and ".."; entries count up from here and a cookie is never used twice in a directory. */
export const FIRST_COOKIE = 3;

export interface Dentry {
  readonly name: string;
  readonly ino: number;
  readonly type: number;
  readonly cookie: number;
}

/** The entries of a directory in the order of their cookies (a Map keeps the order of insertion). */
export class Directory {
  parent: number;
  name: string;
  readonly entries = new Map<string, Dentry>();
  nextCookie = FIRST_COOKIE;
  /** Where the last readdir stopped: a Map iterator survives insertions and deletions. */
  #resumeAfter = -1;
  #resume: Iterator<Dentry> | undefined;
  #lookahead: Dentry | undefined;

  constructor(parent: number, name: string) {
    this.parent = parent;
    this.name = name;
  }

  insert(name: string, ino: number, type: number): Dentry {
    const dentry: Dentry = { name, ino, type, cookie: this.nextCookie++ };
    this.entries.set(name, dentry);
    return dentry;
  }

  /** Calls `take` with the entries after cookie `after`, until it returns false. */
  list(after: number, take: (dentry: Dentry) => boolean): void {
    const resumes = this.#resume !== undefined && this.#resumeAfter === after;
    const entries = resumes ? this.#resume! : this.entries.values();
    let pending = resumes ? this.#lookahead : undefined;
    this.#resume = undefined;
    this.#lookahead = undefined;
    let last = after;
    for (;;) {
      let dentry = pending;
      pending = undefined;
      if (dentry === undefined) {
        const step = entries.next();
        if (step.done === true) return;
        dentry = step.value;
      }
      if (dentry.cookie <= after || this.entries.get(dentry.name) !== dentry) continue;
      if (!take(dentry)) {
        this.#resume = entries;
        this.#resumeAfter = last;
        this.#lookahead = dentry;
        return;
      }
      last = dentry.cookie;
    }
  }
}

export class Inode implements Attributes {
  readonly ino: number;
  readonly type: number;
  mode: number;
  uid = 0;
  gid = 0;
  nlink = 1;
  size = 0;
  blocks = 0;
  device = 0;
  rdev = 0;
  atimeNs = 0n;
  mtimeNs = 0n;
  ctimeNs = 0n;
  /** Text of a symbolic link. */
  target = "";
  /** Extended attributes; most inodes have none. */
  xattrs: Map<string, Uint8Array> | undefined;
  /** The most items these ever took: what a change may have to remove. */
  xattrItems = 0;
  /** Entries of a directory; undefined also while they are not loaded. */
  directory: Directory | undefined;
  /** Changes with the content. */
  version = 0;

  constructor(ino: number, type: number, mode: number) {
    this.ino = ino;
    this.type = type;
    this.mode = mode;
  }

  get isDirectory(): boolean {
    return this.type === FILETYPE_DIRECTORY;
  }
}
