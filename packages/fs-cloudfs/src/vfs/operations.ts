/**
 * The operations on names, each a list of checks and then one call that changes. A `Place` comes from `walk`.
 */
import {
  EBUSY,
  EEXIST,
  EINVAL,
  EISDIR,
  ELOOP,
  ENAMETOOLONG,
  ENOENT,
  ENOTDIR,
  ENXIO,
  EPERM,
  EROFS,
  EXDEV,
} from "@cloudos/abi/errno";
import { PATH_MAX } from "@cloudos/abi/params";
import { OPEN_READ, OPEN_WRITE } from "@cloudos/abi/vfs-protocol";
import {
  FILETYPE_CHARACTER_DEVICE,
  FILETYPE_DIRECTORY,
  FILETYPE_REGULAR_FILE,
  FILETYPE_SYMBOLIC_LINK,
  OFLAGS_CREAT,
  OFLAGS_DIRECTORY,
  OFLAGS_EXCL,
  OFLAGS_TRUNC,
} from "@cloudos/abi/wasi";
import { MAY_EXEC, MAY_READ, MAY_WRITE, requireAccess, requireOwner, requireRemoval, USER_UID } from "./access.ts";
import { fail } from "./errors.ts";
import type { Attributes } from "./file-system.ts";
import { nameBytes } from "./names.ts";
import type { Place } from "./walk.ts";

/** Opens or creates; returns whether it created. `place.ino` names the file afterwards. */
export function open(place: Place, oflags: number, access: number, mode: number): boolean {
  const creates = (oflags & OFLAGS_CREAT) !== 0;
  const wantsDirectory = (oflags & OFLAGS_DIRECTORY) !== 0;
  if (creates && wantsDirectory) fail(EINVAL);
  if (place.ino === 0) {
    if (!creates) fail(ENOENT);
    if (place.wantsDirectory) fail(EISDIR);
    requireRoomFor(place);
    place.ino = place.mount.fs.create(place.parentIno, place.name, {
      type: FILETYPE_REGULAR_FILE,
      mode: mode & 0o7777,
    });
    return true;
  }

  const inode = place.mount.fs.attributes(place.ino);
  if (creates && (oflags & OFLAGS_EXCL) !== 0) fail(EEXIST);
  if (inode.type === FILETYPE_SYMBOLIC_LINK) fail(ELOOP);
  // A guest's device node names a device of the guest, and its pipes and sockets end in its own kernel.
  const isOurs = inode.type === FILETYPE_CHARACTER_DEVICE && inode.device !== 0;
  if (!isOurs && inode.type !== FILETYPE_REGULAR_FILE && inode.type !== FILETYPE_DIRECTORY) fail(ENXIO);
  if (inode.type !== FILETYPE_DIRECTORY && (wantsDirectory || place.wantsDirectory)) fail(ENOTDIR);
  const writes = (access & OPEN_WRITE) !== 0 || (oflags & OFLAGS_TRUNC) !== 0;
  if (inode.type === FILETYPE_DIRECTORY && (writes || creates)) fail(EISDIR);
  if ((access & OPEN_READ) !== 0) requireAccess(inode, MAY_READ);
  if (writes) {
    if (inode.type === FILETYPE_REGULAR_FILE && place.mount.readOnly) fail(EROFS);
    requireAccess(inode, MAY_WRITE);
  }
  return false;
}

export function makeDirectory(place: Place, mode: number): void {
  if (place.ino !== 0) fail(EEXIST);
  requireRoomFor(place);
  place.ino = place.mount.fs.create(place.parentIno, place.name, { type: FILETYPE_DIRECTORY, mode: mode & 0o7777 });
}

export function makeSymlink(place: Place, target: string): void {
  if (target.length === 0) fail(ENOENT);
  if (nameBytes(target) >= PATH_MAX) fail(ENAMETOOLONG);
  if (place.ino !== 0) fail(EEXIST);
  if (place.wantsDirectory) fail(ENOENT);
  requireRoomFor(place);
  place.ino = place.mount.fs.create(place.parentIno, place.name, { type: FILETYPE_SYMBOLIC_LINK, mode: 0o777, target });
}

export function makeLink(from: Place, to: Place): void {
  const inode = existing(from);
  if (inode.type === FILETYPE_DIRECTORY) fail(EPERM);
  if (from.wantsDirectory) fail(ENOTDIR);
  if (to.ino !== 0) fail(EEXIST);
  if (to.wantsDirectory) fail(ENOENT);
  if (from.mount !== to.mount) fail(EXDEV);
  requireRoomFor(to);
  to.mount.fs.link(to.parentIno, to.name, from.ino);
}

/** Returns the inode orphaned, or 0. */
export function unlink(place: Place): number {
  const inode = existing(place);
  if (inode.type === FILETYPE_DIRECTORY) fail(EISDIR);
  if (place.wantsDirectory) fail(ENOTDIR);
  requireRemovable(place, inode);
  return place.mount.fs.unlink(place.parentIno, place.name);
}

export function removeDirectory(place: Place): void {
  const inode = existing(place);
  if (inode.type !== FILETYPE_DIRECTORY) fail(ENOTDIR);
  requireRemovable(place, inode);
  place.mount.fs.rmdir(place.parentIno, place.name);
}

/** Returns the inode orphaned, or 0. */
export function rename(from: Place, to: Place): number {
  const inode = existing(from);
  requireRemovable(from, inode);
  if (from.wantsDirectory && inode.type !== FILETYPE_DIRECTORY) fail(ENOTDIR);
  if (to.wantsDirectory && inode.type !== FILETYPE_DIRECTORY) fail(ENOTDIR);
  if (to.ino !== 0) {
    const replaced = to.mount.fs.attributes(to.ino);
    if (to.parentMount !== from.parentMount) fail(EXDEV);
    requireRemovable(to, replaced);
  } else {
    if (to.mount !== from.mount) fail(EXDEV);
    requireRoomFor(to);
  }
  if (inode.type === FILETYPE_DIRECTORY && from.parentIno !== to.parentIno) requireAccess(inode, MAY_WRITE);
  return from.mount.fs.rename(from.parentIno, from.name, to.parentIno, to.name);
}

export function setMode(place: Place, mode: number): void {
  const inode = existing(place);
  if (place.mount.readOnly) fail(EROFS);
  requireOwner(inode);
  place.mount.fs.setMode(place.ino, mode);
}

/** `explicit`: times given by the caller, which only the owner may set; "now" needs write permission. */
export function setTimes(
  place: Place,
  atimeNs: bigint | undefined,
  mtimeNs: bigint | undefined,
  explicit: boolean,
): void {
  const inode = existing(place);
  if (place.mount.readOnly) fail(EROFS);
  if (inode.uid !== USER_UID) {
    if (explicit) fail(EPERM);
    requireAccess(inode, MAY_WRITE);
  }
  place.mount.fs.setTimes(place.ino, atimeNs, mtimeNs);
}

/** access(2): R 4, W 2, X 1; 0 tests existence. */
export function checkAccess(place: Place, want: number): void {
  if ((want & ~(MAY_READ | MAY_WRITE | MAY_EXEC)) !== 0) fail(EINVAL);
  const inode = existing(place);
  const isDevice = inode.type === FILETYPE_CHARACTER_DEVICE;
  if ((want & MAY_WRITE) !== 0 && place.mount.readOnly && !isDevice) fail(EROFS);
  requireAccess(inode, want);
}

export function existing(place: Place): Attributes {
  if (place.ino === 0) fail(ENOENT);
  const inode = place.mount.fs.attributes(place.ino);
  if (place.wantsDirectory && inode.type !== FILETYPE_DIRECTORY) fail(ENOTDIR);
  return inode;
}

/** A new entry can be made at the place. */
function requireRoomFor(place: Place): void {
  if (place.name === "") fail(EEXIST);
  if (place.parentMount.readOnly) fail(EROFS);
  requireAccess(place.parentMount.fs.attributes(place.parentIno), MAY_WRITE | MAY_EXEC);
}

/** The entry can be taken out of its directory. */
function requireRemovable(place: Place, inode: Attributes): void {
  // The path ended in "." or ".." (or was the root): there is no entry to take out.
  if (place.name === "") fail(place.ino === place.mount.rootIno ? EBUSY : EINVAL);
  if (place.mount !== place.parentMount) fail(EBUSY);
  if (place.mount.readOnly) fail(EROFS);
  requireRemoval(place.parentMount.fs.attributes(place.parentIno), inode);
  // A bind mount may cover a directory deeper down of the same tree.
  if (place.mount.children.has(place.ino)) fail(EBUSY);
}
