import { KIND_ENTRY, KIND_INODE, KIND_ORPHAN, keyLow } from "../cloudfs/format.ts";
import { encodeEntry, encodeInode, linkItems, xattrItems } from "../cloudfs/items.ts";
import type { Dentry, Inode } from "../tree/inode.ts";
import { type Journal, RECORD_DESTROY, RECORD_PUT, RECORD_REMOVE } from "./journal.ts";

/** Writes the changes of a tree to a journal as items (docs/cloudfs/SPEC.md section 5), an operation at a time. */
export class TreeJournal {
  readonly journal: Journal;
  /** Inodes the operation under way changed; encoded at its end, when they have their final state. */
  readonly #touched = new Set<Inode>();

  constructor(journal: Journal) {
    this.journal = journal;
  }

  inode(inode: Inode): void {
    this.#touched.add(inode);
  }

  entryAdded(dir: Inode, { name, ino, type, cookie }: Dentry): void {
    this.journal.append(RECORD_PUT, dir.ino, keyLow(KIND_ENTRY, cookie), encodeEntry(name, ino, type));
  }

  entryRemoved(dir: Inode, { cookie }: Dentry): void {
    this.journal.append(RECORD_REMOVE, dir.ino, keyLow(KIND_ENTRY, cookie));
  }

  orphan(ino: number): void {
    this.journal.append(RECORD_PUT, 0, keyLow(KIND_ORPHAN, ino));
  }

  destroy(inode: Inode): void {
    this.#touched.delete(inode);
    this.journal.append(RECORD_DESTROY, inode.ino, 0);
  }

  operationDone(): void {
    for (const inode of this.#touched) {
      this.journal.append(RECORD_PUT, inode.ino, keyLow(KIND_INODE, 0), encodeInode(inode));
      for (const { low, value } of linkItems(inode)) this.journal.append(RECORD_PUT, inode.ino, low, value);
      for (const { low, value } of xattrItems(inode)) {
        this.journal.append(value === undefined ? RECORD_REMOVE : RECORD_PUT, inode.ino, low, value);
      }
    }
    this.#touched.clear();
    this.journal.publish();
  }
}
