import { EINVAL, EISDIR } from "@cloudos/abi/errno";
import { PAGE_SIZE } from "@cloudos/abi/params";
import {
  SLOT_O_COUNT,
  SLOT_O_FRAMES,
  SLOT_O_FS_FFREE,
  SLOT_O_FS_FILES,
  SLOT_O_FS_FREE,
  SLOT_O_FS_TOTAL,
  SLOT_O_NODE,
  SLOT_O_PAGE,
  SLOT_O_SIZE,
  VFS_PAGES_MAX,
} from "@cloudos/abi/vfs-protocol";
import { FILETYPE_DIRECTORY } from "@cloudos/abi/wasi";
import { fail } from "../vfs/errors.ts";
import * as operations from "../vfs/operations.ts";
import { first, type Handler, resolveFirst } from "./requests.ts";

export const pageIn: Handler = (context, slot) => {
  const fs = context.vfs.mounts.fs(slot.nodeSpace(SLOT_O_NODE));
  const page = slot.u32(SLOT_O_PAGE);
  const count = slot.u32(SLOT_O_COUNT);
  if (count === 0 || count > VFS_PAGES_MAX) fail(EINVAL);
  const fill = (index: number, bytes: Uint8Array) =>
    context.fillFrame(slot.u32(SLOT_O_FRAMES + (index - page) * 4), bytes);
  return fs.readPages(slot.nodeIno(SLOT_O_NODE), page, count, fill, (text) => context.progress(text));
};

export const fsync: Handler = (context, slot) => {
  const node = slot.u64(SLOT_O_NODE);
  const fs = context.vfs.mounts.fs(slot.nodeSpace(SLOT_O_NODE));
  if (fs.attributes(slot.nodeIno(SLOT_O_NODE)).type === FILETYPE_DIRECTORY) return fs.sync();
  return context.writeBack.file(node);
};

export const sync: Handler = (context) => context.writeBack.all();

export const release: Handler = (context, slot) => {
  context.vfs.mounts.fs(slot.nodeSpace(SLOT_O_NODE)).release(slot.nodeIno(SLOT_O_NODE));
};

export const allocate: Handler = (context, slot) => {
  const fs = context.vfs.mounts.fs(slot.nodeSpace(SLOT_O_NODE));
  const inode = fs.attributes(slot.nodeIno(SLOT_O_NODE));
  if (inode.type === FILETYPE_DIRECTORY) fail(EISDIR);
  // What the file already has on disk need not be found again.
  fs.reserve(Math.max(0, slot.count(SLOT_O_SIZE) - inode.blocks * 512));
};

export const statfs: Handler = (context, slot) => {
  resolveFirst(context, slot, first);
  operations.existing(first);
  const statistics = first.mount.fs.statistics();
  const rounded = (bytes: number) => Math.floor(bytes / PAGE_SIZE) * PAGE_SIZE;
  slot.setCount(SLOT_O_FS_TOTAL, rounded(statistics.totalBytes));
  slot.setCount(SLOT_O_FS_FREE, rounded(statistics.freeBytes));
  slot.setCount(SLOT_O_FS_FILES, statistics.files);
  slot.setCount(SLOT_O_FS_FFREE, statistics.freeFiles);
};
