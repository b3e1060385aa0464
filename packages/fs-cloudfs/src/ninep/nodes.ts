/** Steps of the tree that all handlers share. */
import { EBUSY, EINVAL, ENOENT, ENOTDIR } from "@cloudos/abi/errno";
import { FILETYPE_DIRECTORY, FILETYPE_SYMBOLIC_LINK } from "@cloudos/abi/wasi";
import { fail } from "../vfs/errors.ts";
import type { Attributes, FileSystem } from "../vfs/file-system.ts";
import type { Mount } from "../vfs/mounts.ts";
import { checkName } from "../vfs/names.ts";
import type { Fid, FidPlace } from "./fid.ts";
import { QID_DIRECTORY, QID_FILE, QID_SYMLINK } from "./protocol.ts";
import type { NinePServer } from "./server.ts";
import type { MessageWriter } from "./wire.ts";

/** A name that may be made, removed or looked up in a directory; "." and ".." are no such names. */
export function entryName(name: string): string {
  checkName(name);
  if (name === "." || name === ".." || name.includes("/")) fail(EINVAL);
  return name;
}

export function requireDirectory(place: FidPlace): Attributes {
  const inode = place.mount.fs.attributes(place.ino);
  if (inode.type !== FILETYPE_DIRECTORY) fail(ENOTDIR);
  return inode;
}

/** One step of a walk. Links are not followed: that is the client's business. */
export function step(server: NinePServer, from: FidPlace, name: string): FidPlace {
  requireDirectory(from);
  if (name === "." || name === "") return from;
  if (name === "..") return parentOf(server, from);
  entryName(name);
  const child = from.mount.fs.lookup(from.ino, name);
  if (child === 0) fail(ENOENT);
  const { mount, ino } = covering(from.mount, child);
  return { mount, ino, parentMount: from.mount, parentIno: from.ino, name };
}

/** `..` stops at the root of the guest's tree. */
function parentOf(server: NinePServer, from: FidPlace): FidPlace {
  const { root } = server;
  let { mount, ino } = from;
  if (isSame(from, root)) return root;
  while (ino === mount.rootIno && mount.parent !== undefined) {
    ino = mount.pointIno;
    mount = mount.parent;
    // The root is a mounted directory, seen from the one it covers.
    if (mount === root.mount && ino === root.ino) return root;
  }
  const up = mount.fs.parent(ino);
  if (mount === root.mount && up === root.ino) return root;
  if (!isBeneath(server, mount, up)) return root;
  return { mount, ino: up, ...ownPlace(mount, up) };
}

/** The entry of a directory that is not the root of everything. */
function ownPlace(mount: Mount, ino: number): Pick<FidPlace, "parentMount" | "parentIno" | "name"> {
  let at = mount;
  let child = ino;
  while (child === at.rootIno && at.parent !== undefined) {
    child = at.pointIno;
    at = at.parent;
  }
  return { parentMount: at, parentIno: at.fs.parent(child), name: at.fs.nameOf(child) };
}

/** Whether a directory is the root of the guest's tree or below; an open one may have been moved out of it. */
export function isBeneath(server: NinePServer, mount: Mount, ino: number): boolean {
  const { root } = server;
  for (;;) {
    if (mount === root.mount && ino === root.ino) return true;
    if (ino !== mount.rootIno) ino = mount.fs.parent(ino);
    else if (mount.parent === undefined) return false;
    else {
      ino = mount.pointIno;
      mount = mount.parent;
    }
  }
}

/** What stands in the place of an inode: itself, or the root of what is mounted on it. */
export function covering(mount: Mount, ino: number): { readonly mount: Mount; readonly ino: number } {
  for (let over = mount.children.get(ino); over !== undefined; over = mount.children.get(ino)) {
    mount = over;
    ino = over.rootIno;
  }
  return { mount, ino };
}

export function isSame(a: FidPlace, b: FidPlace): boolean {
  return a.mount === b.mount && a.ino === b.ino;
}

/** A directory with something mounted on it stays where it is. */
export function requireNoMount(mount: Mount, ino: number): void {
  if (mount.children.has(ino)) fail(EBUSY);
}

/** qid: type[1] version[4] path[8]. The version says that the file may be cached; the path is unique in the guest's tree. */
export function putQid(writer: MessageWriter, mount: Mount, ino: number, type: number): MessageWriter {
  const kind = type === FILETYPE_DIRECTORY ? QID_DIRECTORY : type === FILETYPE_SYMBOLIC_LINK ? QID_SYMLINK : QID_FILE;
  // As a node id: 48 bits of inode, 16 of file system. The sum would not fit a number.
  return writer
    .u8(kind)
    .u32(1)
    .u32(ino % 2 ** 32)
    .u32(Math.floor(ino / 2 ** 32) + mount.fsId * 2 ** 16);
}

/** After a rename: fids of the file know its new name. */
export function renameFids(fids: Iterable<Fid>, fs: FileSystem, ino: number, to: FidPlace): Fid[] {
  const renamed: Fid[] = [];
  for (const fid of fids) {
    if (fid.stale || fid.ino !== ino || fid.mount.fs !== fs) continue;
    fid.parentMount = to.parentMount;
    fid.parentIno = to.parentIno;
    fid.name = to.name;
    renamed.push(fid);
  }
  return renamed;
}
