import type { Clock } from "@cloudos/abi/ports";
import {
  SLOT_O_BUF1,
  SLOT_O_BUF2,
  SLOT_O_LEN1,
  SLOT_O_LEN2,
  SLOT_O_NODE,
  SLOT_O_NODE2,
  SLOT_O_ROOT,
  SLOT_O_ROOT2,
  WALK_CONFINED,
  WALK_CONFINED2,
  WALK_CWD_THEN_ROOT,
  WALK_CWD_THEN_ROOT2,
  WALK_FOLLOW,
} from "@cloudos/abi/vfs-protocol";
import { FILETYPE_DIRECTORY } from "@cloudos/abi/wasi";
import type { ModuleStore } from "../modules/module-store.ts";
import type { FileSystem } from "../vfs/file-system.ts";
import { type Mount, nodeId } from "../vfs/mounts.ts";
import { type Vfs, WalkBase } from "../vfs/vfs.ts";
import { Place, walk } from "../vfs/walk.ts";
import type { Content } from "./content.ts";
import type { NodeNames } from "./node-names.ts";
import type { PageCache } from "./page-cache.ts";
import type { Slot } from "./slot.ts";
import type { WriteBack } from "./write-back.ts";

/** What the handlers of requests work with. */
export interface Context {
  readonly vfs: Vfs;
  readonly cache: PageCache;
  readonly content: Content;
  readonly writeBack: WriteBack;
  readonly modules: ModuleStore;
  readonly names: NodeNames;
  readonly clock: Clock;
  /** A new file system of a kind that `mount` may name. */
  makeFileSystem(type: string): FileSystem;
  /** Writes back, then takes the mount away. */
  unmount(mount: Mount): Promise<void>;
  /** Frames of a PAGE_IN; checked to lie in the kernel's memory. */
  fillFrame(address: number, bytes: Uint8Array): void;
  /** Text about something that takes long (a download). */
  progress(text: string): void;
}

/** Carries out a request and writes its reply fields. Throws FsError; throws Miss before anything changed, and is called again. */
export type Handler = (context: Context, slot: Slot) => void | Promise<void>;

const base = new WalkBase();

/** Resolves path 1 of a request into `place`. An empty path is the node itself. */
export function resolveFirst(context: Context, slot: Slot, place: Place): void {
  if (slot.u32(SLOT_O_LEN1) === 0) {
    atNode(context, slot, place);
    return;
  }
  const path = slot.text(SLOT_O_LEN1, SLOT_O_BUF1);
  resolveFrom(context, slot, path, place);
}

/** Resolves `path` as if it were path 1. */
export function resolveFrom(context: Context, slot: Slot, path: string, place: Place): void {
  const flags = slot.flags;
  setBase(context, slot, SLOT_O_NODE, SLOT_O_ROOT, (flags & WALK_CONFINED) !== 0);
  const follow = (flags & WALK_FOLLOW) !== 0;
  if ((flags & WALK_CWD_THEN_ROOT) !== 0) context.vfs.walkEither(base, path, follow, place);
  else walk(base, path, follow, place);
}

/** Resolves path 2; its last component is never followed. */
export function resolveSecond(context: Context, slot: Slot, place: Place): void {
  const path = slot.text(SLOT_O_LEN2, SLOT_O_BUF2);
  setBase(context, slot, SLOT_O_NODE2, SLOT_O_ROOT2, (slot.flags & WALK_CONFINED2) !== 0);
  if ((slot.flags & WALK_CWD_THEN_ROOT2) !== 0) context.vfs.walkEither(base, path, false, place);
  else walk(base, path, false, place);
}

/** The place of a node without a name: an open descriptor. */
function atNode(context: Context, slot: Slot, place: Place): void {
  const space = slot.nodeSpace(SLOT_O_NODE);
  const fs = context.vfs.mounts.fs(space);
  place.ino = slot.nodeIno(SLOT_O_NODE);
  place.mount = context.vfs.mounts.anyMountOf(fs, space);
  place.parentMount = place.mount;
  place.parentIno = 0;
  place.name = "";
  place.wantsDirectory = false;
}

function setBase(context: Context, slot: Slot, nodeAt: number, rootAt: number, confined: boolean): void {
  const mounts = context.vfs.mounts;
  base.mount = mounts.mount(slot.nodeSpace(nodeAt));
  base.ino = slot.nodeIno(nodeAt);
  const rootSpace = slot.nodeSpace(rootAt);
  base.confined = confined;
  if (rootSpace === 0) {
    // No root given: confined to the base itself, else the root of everything.
    base.rootMount = confined ? base.mount : mounts.root;
    base.rootIno = confined ? base.ino : mounts.root.rootIno;
    return;
  }
  base.rootMount = mounts.mount(rootSpace);
  base.rootIno = slot.nodeIno(rootAt);
}

/** Upper bits of the node id of an inode reached through a mount. */
export function spaceOf(mount: Mount, type: number): number {
  return type === FILETYPE_DIRECTORY ? mount.id : mount.fsId;
}

/** Node id of a file that is not a directory. */
export function fileNode(mount: Mount, ino: number): bigint {
  return nodeId(mount.fsId, ino);
}

export function replyAttributes(slot: Slot, mount: Mount, ino: number): void {
  const inode = mount.fs.attributes(ino);
  slot.putAttributes(inode, spaceOf(mount, inode.type), mount.fsId);
}

export function wallNs(clock: Clock): bigint {
  return BigInt(Math.round(clock.wallMs() * 1000)) * 1000n;
}

/** Handlers run to their end in one turn, so two places serve them all. */
export const first = new Place();
export const second = new Place();
