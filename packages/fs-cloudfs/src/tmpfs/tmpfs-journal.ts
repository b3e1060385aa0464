import { FILETYPE_SYMBOLIC_LINK } from "@cloudos/abi/wasi";
import { KIND_ENTRY, KIND_INODE, KIND_LINK, KIND_XATTR, keyLow, kindOf, offsetOf } from "../cloudfs/format.ts";
import {
  decodeEntry,
  decodeInode,
  encodeEntry,
  encodeInode,
  joinLinkText,
  linkItems,
  takeXattrs,
  xattrItems,
} from "../cloudfs/items.ts";
import { type Journal, type JournalRecord, RECORD_DESTROY, RECORD_NEXT_INO, RECORD_PUT } from "../journal/journal.ts";
import type { Dentry, Inode } from "../tree/inode.ts";

const NOTHING = new Uint8Array(0);

/** The tree a journal tells of, and the next free inode number. */
export function replayTree(journal: Journal): { readonly inodes: Map<number, Inode>; readonly nextIno: number } {
  const items = new Map<number, Map<number, Uint8Array>>();
  let nextIno = 1;
  for (const { kind, high, low, value } of journal.records()) {
    nextIno = Math.max(nextIno, kind === RECORD_NEXT_INO ? high : high + 1);
    if (kind === RECORD_DESTROY) items.delete(high);
    else if (kind === RECORD_PUT) {
      const own = items.get(high) ?? new Map<number, Uint8Array>();
      items.set(high, own.set(low, value));
    } else items.get(high)?.delete(low);
  }
  const inodes = new Map<number, Inode>();
  for (const [ino, own] of items) {
    const item = own.get(keyLow(KIND_INODE, 0));
    const inode = item && decodeInode(ino, item);
    if (inode === undefined) continue;
    const pieces: Uint8Array[] = [];
    const xattrs: Uint8Array[] = [];
    const entries: Dentry[] = [];
    for (const [low, value] of [...own].sort(([a], [b]) => a - b)) {
      if (kindOf(low) === KIND_LINK) pieces.push(value);
      if (kindOf(low) === KIND_XATTR) xattrs.push(value);
      const entry = kindOf(low) === KIND_ENTRY ? decodeEntry(value) : undefined;
      if (entry !== undefined) entries.push({ ...entry, cookie: offsetOf(low) });
    }
    if (inode.type === FILETYPE_SYMBOLIC_LINK) inode.target = joinLinkText(pieces);
    if (xattrs.length > 0) takeXattrs(inode, xattrs);
    for (const dentry of entries) inode.directory?.entries.set(dentry.name, dentry);
    inodes.set(ino, inode);
  }
  return { inodes, nextIno };
}

/** Records that tell of a tree as it is. */
export function recordTree(inodes: Iterable<Inode>, nextIno: number): JournalRecord[] {
  const records: JournalRecord[] = [{ kind: RECORD_NEXT_INO, high: nextIno, low: 0, value: NOTHING }];
  const put = (high: number, low: number, value: Uint8Array) => records.push({ kind: RECORD_PUT, high, low, value });
  for (const inode of inodes) {
    put(inode.ino, keyLow(KIND_INODE, 0), encodeInode(inode));
    for (const { low, value } of linkItems(inode)) put(inode.ino, low, value);
    for (const { low, value } of xattrItems(inode)) if (value !== undefined) put(inode.ino, low, value);
    for (const { name, ino, type, cookie } of inode.directory?.entries.values() ?? []) {
      put(inode.ino, keyLow(KIND_ENTRY, cookie), encodeEntry(name, ino, type));
    }
  }
  return records;
}
