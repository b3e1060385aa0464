import { ELOOP, ENOENT, ENOTCAPABLE, ENOTDIR } from "@cloudos/abi/errno";
import { SYMLOOP_MAX } from "@cloudos/abi/params";
import { FILETYPE_DIRECTORY, FILETYPE_SYMBOLIC_LINK } from "@cloudos/abi/wasi";
import { MAY_EXEC, requireAccess } from "./access.ts";
import { fail } from "./errors.ts";
import type { Mount } from "./mounts.ts";
import { checkName } from "./names.ts";

/** A directory entry's place: an existing inode, or the hole a new one would fill (`ino` 0). */
export class Place {
  mount!: Mount;
  ino = 0;
  /** The directory the last component was looked up in, and that component; "" when the path ended in ".", ".." or "/". */
  parentMount!: Mount;
  parentIno = 0;
  name = "";
  /** The path ended in a slash: only a directory will do. */
  wantsDirectory = false;
}

export interface WalkStart {
  readonly mount: Mount;
  readonly ino: number;
  readonly rootMount: Mount;
  readonly rootIno: number;
  /** `..`, absolute paths and links may not leave the root (else they stop there). */
  readonly confined: boolean;
}

/**
 * Resolves `path` into `place` (POSIX XBD 4.16). The last component may be missing; every other error is thrown.
 * Needs search permission on each directory passed.
 */
export function walk(start: WalkStart, path: string, follow: boolean, place: Place): void {
  if (path.length === 0) fail(ENOENT);
  let { mount, ino } = start;
  let rest = path;
  let at = 0;
  let links = 0;
  place.name = "";
  place.wantsDirectory = false;
  place.parentMount = mount;
  place.parentIno = ino;
  if (rest.charCodeAt(0) === SLASH) {
    if (start.confined) fail(ENOTCAPABLE);
    mount = start.rootMount;
    ino = start.rootIno;
  }

  for (;;) {
    while (rest.charCodeAt(at) === SLASH) at++;
    if (at >= rest.length) break;
    let end = rest.indexOf("/", at);
    if (end < 0) end = rest.length;
    const name = rest.slice(at, end);
    at = end;
    while (rest.charCodeAt(at) === SLASH) at++;
    const last = at >= rest.length;
    const slash = end < rest.length;

    const dir = mount.fs.attributes(ino);
    if (dir.type !== FILETYPE_DIRECTORY) fail(ENOTDIR);
    requireAccess(dir, MAY_EXEC);
    if (last) {
      place.parentMount = mount;
      place.parentIno = ino;
      place.wantsDirectory = slash;
      place.name = "";
    }
    if (name === ".") continue;
    if (name === "..") {
      if (mount === start.rootMount && ino === start.rootIno) {
        if (start.confined) fail(ENOTCAPABLE);
        continue;
      }
      while (ino === mount.rootIno && mount.parent !== undefined) {
        ino = mount.pointIno;
        mount = mount.parent;
      }
      ino = mount.fs.parent(ino);
      if (start.confined && !isBeneath(start, mount, ino)) fail(ENOTCAPABLE);
      continue;
    }
    checkName(name);
    if (last) place.name = name;

    let child = mount.fs.lookup(ino, name);
    if (child === 0) {
      if (!last) fail(ENOENT);
      place.mount = mount;
      place.ino = 0;
      return;
    }
    for (let covering = mount.children.get(child); covering !== undefined; covering = mount.children.get(child)) {
      mount = covering;
      child = covering.rootIno;
    }
    if ((follow || !last || slash) && mount.fs.attributes(child).type === FILETYPE_SYMBOLIC_LINK) {
      if (++links > SYMLOOP_MAX) fail(ELOOP);
      const target = mount.fs.readlink(child);
      if (target.length === 0) fail(ENOENT);
      if (target.charCodeAt(0) === SLASH) {
        if (start.confined) fail(ENOTCAPABLE);
        mount = start.rootMount;
        ino = start.rootIno;
      }
      rest = last && !slash ? target : `${target}/${rest.slice(at)}`;
      at = 0;
      continue;
    }
    ino = child;
  }
  place.mount = mount;
  place.ino = ino;
}

/** Whether a directory is the root of the walk or below: an open directory may have been moved out of it since. */
function isBeneath(start: WalkStart, mount: Mount, ino: number): boolean {
  for (;;) {
    if (mount === start.rootMount && ino === start.rootIno) return true;
    if (ino !== mount.rootIno) ino = mount.fs.parent(ino);
    else if (mount.parent === undefined) return false;
    else {
      ino = mount.pointIno;
      mount = mount.parent;
    }
  }
}

const SLASH = 47;
