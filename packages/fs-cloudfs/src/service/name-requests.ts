import { EINVAL, ENOTDIR } from "@cloudos/abi/errno";
import { PAGE_SIZE } from "@cloudos/abi/params";
import {
  OPEN_READ,
  OPEN_WRITE,
  REPLY_CREATED,
  REPLY_READ_ONLY,
  SLOT_O_ATIME,
  SLOT_O_BLOCKS,
  SLOT_O_BUF1,
  SLOT_O_BUF2,
  SLOT_O_FLAGS,
  SLOT_O_FSTFLAGS,
  SLOT_O_LEN1,
  SLOT_O_LEN2,
  SLOT_O_MODE,
  SLOT_O_MTIME,
  SLOT_O_NODE,
  SLOT_O_NODE2,
  SLOT_O_OFLAGS,
  SLOT_O_ROOT,
} from "@cloudos/abi/vfs-protocol";
import {
  FILETYPE_DIRECTORY,
  FILETYPE_REGULAR_FILE,
  FSTFLAGS_ATIM,
  FSTFLAGS_ATIM_NOW,
  FSTFLAGS_MTIM,
  FSTFLAGS_MTIM_NOW,
} from "@cloudos/abi/wasi";
import { MAY_EXEC, requireAccess } from "../vfs/access.ts";
import { fail } from "../vfs/errors.ts";
import type { Mount } from "../vfs/mounts.ts";
import { encodeName } from "../vfs/names.ts";
import * as operations from "../vfs/operations.ts";
import type { Place } from "../vfs/walk.ts";
import {
  type Context,
  fileNode,
  first,
  type Handler,
  replyAttributes,
  resolveFirst,
  resolveSecond,
  second,
  spaceOf,
  wallNs,
} from "./requests.ts";
import type { Slot } from "./slot.ts";

export const open: Handler = (context, slot) => {
  resolveFirst(context, slot, first);
  const created = operations.open(
    first,
    slot.u32(SLOT_O_OFLAGS),
    slot.flags & (OPEN_READ | OPEN_WRITE),
    slot.u32(SLOT_O_MODE),
  );
  const fs = first.mount.fs;
  const ino = fs.open(first.ino);
  replyAttributes(slot, first.mount, ino);
  let flags = created ? REPLY_CREATED : 0;
  if (fs.attributes(ino).type === FILETYPE_REGULAR_FILE) {
    flags |= fs.openFlags(ino);
    if (first.mount.readOnly) flags |= REPLY_READ_ONLY;
    if (first.name !== "") {
      context.names.remember(fileNode(first.mount, ino), first.parentMount, first.parentIno, first.name);
    }
  }
  slot.setU32(SLOT_O_FLAGS, flags);
};

export const stat: Handler = (context, slot) => {
  resolveFirst(context, slot, first);
  operations.existing(first);
  replyAttributes(slot, first.mount, first.ino);
  replyCachedBlocks(context, slot, first);
};

/** Pages that never were written back (tmpfs, a file just made) count as allocated too. */
function replyCachedBlocks(context: Context, slot: Slot, place: Place): void {
  const inode = place.mount.fs.attributes(place.ino);
  if (inode.type !== FILETYPE_REGULAR_FILE || inode.blocks !== 0) return;
  const vnode = context.cache.find(fileNode(place.mount, place.ino));
  if (vnode !== 0) slot.setCount(SLOT_O_BLOCKS, Math.ceil(context.cache.size(vnode) / PAGE_SIZE) * (PAGE_SIZE / 512));
}

export const setTimes: Handler = (context, slot) => {
  resolveFirst(context, slot, first);
  const flags = slot.u32(SLOT_O_FSTFLAGS);
  const both = (one: number, other: number) => (flags & one) !== 0 && (flags & other) !== 0;
  if (both(FSTFLAGS_ATIM, FSTFLAGS_ATIM_NOW) || both(FSTFLAGS_MTIM, FSTFLAGS_MTIM_NOW)) fail(EINVAL);
  const now = wallNs(context.clock);
  const pick = (given: number, current: number, offset: number) =>
    (flags & given) !== 0 ? slot.u64(offset) : (flags & current) !== 0 ? now : undefined;
  operations.setTimes(
    first,
    pick(FSTFLAGS_ATIM, FSTFLAGS_ATIM_NOW, SLOT_O_ATIME),
    pick(FSTFLAGS_MTIM, FSTFLAGS_MTIM_NOW, SLOT_O_MTIME),
    (flags & (FSTFLAGS_ATIM | FSTFLAGS_MTIM)) !== 0,
  );
  replyAttributes(slot, first.mount, first.ino);
};

export const chmod: Handler = (context, slot) => {
  resolveFirst(context, slot, first);
  operations.setMode(first, slot.u32(SLOT_O_MODE));
};

export const mkdir: Handler = (context, slot) => {
  resolveFirst(context, slot, first);
  operations.makeDirectory(first, slot.u32(SLOT_O_MODE));
};

export const rmdir: Handler = (context, slot) => {
  resolveFirst(context, slot, first);
  operations.removeDirectory(first);
};

export const unlink: Handler = (context, slot) => {
  resolveFirst(context, slot, first);
  const orphan = operations.unlink(first);
  slot.setNode(SLOT_O_NODE2, orphan === 0 ? 0 : first.mount.fsId, orphan);
};

export const rename: Handler = (context, slot) => {
  resolveFirst(context, slot, first);
  resolveSecond(context, slot, second);
  const orphan = operations.rename(first, second);
  slot.setNode(SLOT_O_NODE2, orphan === 0 ? 0 : second.mount.fsId, orphan);
};

export const link: Handler = (context, slot) => {
  resolveFirst(context, slot, first);
  resolveSecond(context, slot, second);
  operations.makeLink(first, second);
};

export const symlink: Handler = (context, slot) => {
  const target = slot.text(SLOT_O_LEN2, SLOT_O_BUF2);
  resolveFirst(context, slot, first);
  operations.makeSymlink(first, target);
};

export const readlink: Handler = (context, slot) => {
  resolveFirst(context, slot, first);
  operations.existing(first);
  slot.putBytes(SLOT_O_LEN1, SLOT_O_BUF1, encodeName(first.mount.fs.readlink(first.ino)));
};

export const realpath: Handler = (context, slot) => {
  const mounts = context.vfs.mounts;
  const rootSpace = slot.nodeSpace(SLOT_O_ROOT);
  const root = rootSpace === 0 ? mounts.root : mounts.mount(rootSpace);
  const rootIno = rootSpace === 0 ? root.rootIno : slot.nodeIno(SLOT_O_ROOT);
  let mount: Mount;
  let ino: number;
  let name = "";
  if (slot.u32(SLOT_O_LEN1) === 0) {
    mount = mounts.mount(slot.nodeSpace(SLOT_O_NODE));
    ino = slot.nodeIno(SLOT_O_NODE);
  } else {
    resolveFirst(context, slot, first);
    const isDirectory = operations.existing(first).type === FILETYPE_DIRECTORY;
    mount = isDirectory ? first.mount : first.parentMount;
    ino = isDirectory ? first.ino : first.parentIno;
    if (!isDirectory) name = first.name;
  }
  const path = context.vfs.pathOf(mount, ino, root, rootIno);
  const whole = name === "" ? path : path === "/" ? `/${name}` : `${path}/${name}`;
  slot.putBytes(SLOT_O_LEN1, SLOT_O_BUF1, encodeName(whole));
};

export const chdir: Handler = (context, slot) => {
  resolveFirst(context, slot, first);
  const inode = operations.existing(first);
  if (inode.type !== FILETYPE_DIRECTORY) fail(ENOTDIR);
  requireAccess(inode, MAY_EXEC);
  slot.setNode(SLOT_O_NODE, spaceOf(first.mount, inode.type), inode.ino);
};

export const access: Handler = (context, slot) => {
  resolveFirst(context, slot, first);
  operations.checkAccess(first, slot.u32(SLOT_O_MODE));
};
