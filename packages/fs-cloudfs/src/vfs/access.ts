import { EACCES, EPERM } from "@cloudos/abi/errno";
import { fail } from "./errors.ts";
import type { Attributes } from "./file-system.ts";

/** Everything runs as `user`. */
export const USER_UID = 1000;
export const USER_GID = 1000;

export const MAY_READ = 4;
export const MAY_WRITE = 2;
export const MAY_EXEC = 1;

/** POSIX file access: the first class that matches decides (XBD 4.7). */
export function mayAccess(inode: Attributes, want: number): boolean {
  const shift = inode.uid === USER_UID ? 6 : inode.gid === USER_GID ? 3 : 0;
  return ((inode.mode >>> shift) & want) === want;
}

export function requireAccess(inode: Attributes, want: number): void {
  if (!mayAccess(inode, want)) fail(EACCES);
}

/** chmod and setting explicit times are the owner's. */
export function requireOwner(inode: Attributes): void {
  if (inode.uid !== USER_UID) fail(EPERM);
}

const STICKY = 0o1000;

/** Removing or renaming an entry: write and search on the directory, and in a sticky one also ownership. */
export function requireRemoval(dir: Attributes, entry: Attributes): void {
  requireAccess(dir, MAY_WRITE | MAY_EXEC);
  if ((dir.mode & STICKY) !== 0 && dir.uid !== USER_UID && entry.uid !== USER_UID) fail(EPERM);
}
