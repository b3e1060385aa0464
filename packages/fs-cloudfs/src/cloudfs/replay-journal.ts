import { FILETYPE_REGULAR_FILE } from "@cloudos/abi/wasi";
import { type Journal, RECORD_PUT, RECORD_REMOVE } from "../journal/journal.ts";
import { settle } from "../vfs/errors.ts";
import type { FileData } from "./file-data.ts";
import { KIND_INODE, KIND_ORPHAN, keyLow, kindOf } from "./format.ts";
import { decodeInode, resizedInode } from "./items.ts";
import { removeInode } from "./remove-inode.ts";
import type { Volume } from "./volume.ts";

/** Applies a journal to the tree; the caller commits. Returns by how many the inodes became more. */
export async function replayJournal(volume: Volume, data: FileData, journal: Journal): Promise<number> {
  const { tree } = volume;
  const exists = (ino: number) => settle(() => tree.get(ino, keyLow(KIND_INODE, 0)) !== undefined);
  let more = 0;
  for (const { kind, high, low, value } of journal.records()) {
    if (kind === RECORD_PUT) {
      if (kindOf(low) === KIND_INODE && !(await exists(high))) more++;
      const item = await settle(() => replayedItem(volume, high, low, value));
      await settle(() => tree.put(high, low, item));
    } else if (kind === RECORD_REMOVE) await settle(() => tree.remove(high, low));
    else {
      if (await exists(high)) more--;
      await removeInode(volume, data, high);
      await settle(() => tree.remove(0, keyLow(KIND_ORPHAN, high)));
    }
  }
  return more;
}

/** Size and blocks of a file are what is committed: the pages that were not, and the size with them, come from the kernel. */
function replayedItem(volume: Volume, ino: number, low: number, value: Uint8Array): Uint8Array {
  if (kindOf(low) !== KIND_INODE) return value;
  const inode = decodeInode(ino, value);
  if (inode?.type !== FILETYPE_REGULAR_FILE) return value;
  const committed = volume.tree.get(ino, low);
  const old = committed && decodeInode(ino, committed);
  return resizedInode(value, old?.size ?? 0, old?.blocks ?? 0);
}
