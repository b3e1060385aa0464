import type { Dentry, Inode } from "../tree/inode.ts";
import { KIND_ENTRY, KIND_INODE, KIND_ORPHAN, keyLow } from "./format.ts";
import { encodeEntry, encodeInode, isGuestInode, linkItems, xattrItems } from "./items.ts";

/** One item to put (or, without a value, to remove). */
export interface Change {
  readonly high: number;
  readonly low: number;
  readonly value: Uint8Array | undefined;
}

/** Inodes whose items must all go. */
export interface ChangeSet {
  readonly changes: readonly Change[];
  readonly destroyed: readonly number[];
  /** An inode among them needs FEATURE_GUEST_ATTRIBUTES. */
  readonly needsFeature: boolean;
}

/**
 * What operations changed in memory since the last commit. `take` turns it into tree items in one turn, so that a commit holds
 * whole operations only.
 */
export class Changes {
  readonly #inodes = new Set<Inode>();
  /** By directory, then by cookie; undefined is a removal. */
  readonly #entries = new Map<number, Map<number, Dentry | undefined>>();
  readonly #orphans = new Set<number>();
  readonly #destroyed = new Set<number>();

  get count(): number {
    return this.#inodes.size + this.#entries.size + this.#destroyed.size;
  }

  inode(inode: Inode): void {
    this.#inodes.add(inode);
  }

  isChanged(inode: Inode): boolean {
    return this.#inodes.has(inode) || this.#entries.has(inode.ino);
  }

  entry(dir: number, cookie: number, dentry: Dentry | undefined): void {
    let entries = this.#entries.get(dir);
    if (entries === undefined) {
      entries = new Map();
      this.#entries.set(dir, entries);
    }
    entries.set(cookie, dentry);
  }

  orphan(ino: number): void {
    this.#orphans.add(ino);
  }

  destroy(inode: Inode): void {
    this.#inodes.delete(inode);
    this.#entries.delete(inode.ino);
    this.#orphans.delete(inode.ino);
    this.#destroyed.add(inode.ino);
  }

  take(): ChangeSet {
    const changes: Change[] = [];
    let needsFeature = false;
    for (const inode of this.#inodes) {
      changes.push({ high: inode.ino, low: keyLow(KIND_INODE, 0), value: encodeInode(inode) });
      for (const { low, value } of linkItems(inode)) changes.push({ high: inode.ino, low, value });
      for (const { low, value } of xattrItems(inode)) changes.push({ high: inode.ino, low, value });
      needsFeature ||= isGuestInode(inode);
    }
    for (const [dir, entries] of this.#entries) {
      for (const [cookie, dentry] of entries) {
        const value = dentry === undefined ? undefined : encodeEntry(dentry.name, dentry.ino, dentry.type);
        changes.push({ high: dir, low: keyLow(KIND_ENTRY, cookie), value });
      }
    }
    for (const ino of this.#orphans) {
      changes.push({ high: 0, low: keyLow(KIND_ORPHAN, ino), value: new Uint8Array(0) });
    }
    const destroyed = [...this.#destroyed];
    for (const ino of destroyed) changes.push({ high: 0, low: keyLow(KIND_ORPHAN, ino), value: undefined });
    this.#inodes.clear();
    this.#entries.clear();
    this.#orphans.clear();
    this.#destroyed.clear();
    // In key order each leaf is visited once.
    changes.sort((a, b) => a.high - b.high || a.low - b.low);
    return { changes, destroyed, needsFeature };
  }
}
