/** What the file service (agent AGENT_VFS) calls about requests: `vfs_*` of KernelExports. */
import { EIO } from "../../../abi/src/errno";
import { IRQ_VFS, VFS_SLOT_COUNT, vfsSlot, VFS_SLOT_SIZE, VFS_SLOTS_BASE } from "../../../abi/src/layout";
import { AGENT_VFS } from "../../../abi/src/params";
import {
  REPLY_PINNED, REPLY_VOLATILE, SLOT_O_ERRNO, SLOT_O_FLAGS, SLOT_O_MTIME, SLOT_O_NODE, SLOT_O_NODE2, SLOT_O_OFLAGS, SLOT_O_OP, SLOT_O_SIZE,
  SLOT_O_TYPE, VFS_LINK, VFS_MKDIR, VFS_MOUNT, VFS_OPEN, VFS_PAGE_IN, VFS_RENAME, VFS_RMDIR, VFS_SYMLINK, VFS_UMOUNT, VFS_UNLINK,
} from "../../../abi/src/vfs-protocol";
import { FILETYPE_REGULAR_FILE, OFLAGS_CREAT } from "../../../abi/src/wasi";
import { ringDoorbell } from "../../../hal-wasm/assembly/hal";
import { globals } from "../globals";
import { pageInDone } from "./page-in";
import { requestDone, requestRequeue, requestTake, requestTaken, SLOT_O_VNODE } from "./requests";
import { fsState } from "./state";
import { Vnode, vnodeFlag, vnodeGet, vnodeOrphan, VNODE_PINNED, VNODE_RELEASE } from "./vnode";
import { vnodesWritesLost } from "./write-back";

/** Doing one of these twice is not the same as doing it once. */
const ONCE: u32 = 1 << VFS_MKDIR | 1 << VFS_RMDIR | 1 << VFS_UNLINK | 1 << VFS_RENAME | 1 << VFS_LINK | 1 << VFS_SYMLINK | 1 << VFS_MOUNT |
  1 << VFS_UMOUNT;

export function vfs_attach(): void {
  fsState().attached = 1;
  vnodesWritesLost();
  for (let i = 0; i < VFS_SLOT_COUNT; i++) {
    const slot = <usize>vfsSlot(i);
    const op = load<u32>(slot + SLOT_O_OP);
    const creates = op == VFS_OPEN && (load<u32>(slot + SLOT_O_OFLAGS) & OFLAGS_CREAT) != 0;
    if ((ONCE >> op & 1) == 0 && !creates) requestRequeue(slot);
    else if (requestTaken(slot)) answer(slot, EIO);
  }
  ringDoorbell(AGENT_VFS, IRQ_VFS);
}

export function vfs_next(): i32 {
  const slot = requestTake();
  return slot == 0 ? -1 : <i32>((slot - VFS_SLOTS_BASE) / VFS_SLOT_SIZE);
}

export function vfs_complete(index: u32): void {
  const slot = <usize>vfsSlot(index);
  // A service that answers twice, or what it never took, changes nothing.
  if (index < <u32>VFS_SLOT_COUNT && requestTaken(slot)) answer(slot, load<u32>(slot + SLOT_O_ERRNO));
}

/** Set once, before the first spawn. */
export function vfs_set_root(node: u64): void {
  globals().rootNode = node;
}

/**
 * Effects of a reply on vnodes come in the order the service made its changes, so they are made here and not by
 * the fibers, which may run in any order.
 */
function answer(slot: usize, errno: u32): void {
  const op = load<u32>(slot + SLOT_O_OP);
  store<u32>(slot + SLOT_O_ERRNO, errno);
  if (op == VFS_PAGE_IN) {
    pageInDone(slot);
  } else if (errno == 0) {
    if (op == VFS_OPEN) opened(slot);
    const orphan = load<u64>(slot + SLOT_O_NODE2);
    if (orphan != 0 && (op == VFS_UNLINK || op == VFS_RENAME)) vnodeOrphan(orphan);
  }
  requestDone(slot);
}

/** A regular file: the slot gets a reference to its vnode, for the opener to take. */
function opened(slot: usize): void {
  if (load<u32>(slot + SLOT_O_TYPE) != FILETYPE_REGULAR_FILE) return;
  const flags = load<u32>(slot + SLOT_O_FLAGS);
  const rc = vnodeGet(load<u64>(slot + SLOT_O_NODE), load<u64>(slot + SLOT_O_SIZE), load<u64>(slot + SLOT_O_MTIME),
    flags & REPLY_PINNED ? VNODE_PINNED : 0);
  if (rc < 0) {
    store<u32>(slot + SLOT_O_ERRNO, -rc);
    return;
  }
  if (flags & REPLY_VOLATILE) vnodeFlag(changetype<Vnode>(rc), VNODE_RELEASE);
  store<u32>(slot + SLOT_O_VNODE, rc);
}
