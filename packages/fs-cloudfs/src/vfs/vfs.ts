import { EINVAL, ENOENT, ENOTDIR } from "@cloudos/abi/errno";
import { FILETYPE_DIRECTORY } from "@cloudos/abi/wasi";
import { MAY_EXEC, mayAccess } from "./access.ts";
import { fail } from "./errors.ts";
import type { FileSystem } from "./file-system.ts";
import { type Mount, MountTable } from "./mounts.ts";
import { type Place, type WalkStart, walk } from "./walk.ts";

/** Where a walk begins; one mutable object per use, so that the hot path allocates nothing. */
export class WalkBase implements WalkStart {
  mount!: Mount;
  ino = 0;
  rootMount!: Mount;
  rootIno = 0;
  confined = false;
}

/** The tree of mounts and path resolution in it. */
export class Vfs {
  readonly mounts: MountTable;
  /** The process the operation under way is for; /proc/self and /dev/fd depend on it. */
  callerPid = 0;

  constructor(root: FileSystem) {
    this.mounts = new MountTable(root);
  }

  /** Resolves an absolute path from the root of everything, as the host sees it. */
  walkFromRoot(path: string, follow: boolean, place: Place): void {
    const base = new WalkBase();
    base.mount = this.mounts.root;
    base.ino = base.mount.rootIno;
    base.rootMount = base.mount;
    base.rootIno = base.ino;
    walk(base, path, follow, place);
  }

  /**
   * Resolves a path that may mean two things (WALK_CWD_THEN_ROOT): wasi-libc strips the leading slash before it picks
   * a preopen. From the base directory unless only the root has the first component.
   */
  walkEither(base: WalkBase, path: string, follow: boolean, place: Place): void {
    const slash = path.indexOf("/");
    const first = slash < 0 ? path : path.slice(0, slash);
    if (first !== "" && first !== "." && first !== ".." && !has(base.mount, base.ino, first)) {
      if (has(base.rootMount, base.rootIno, first)) {
        base.mount = base.rootMount;
        base.ino = base.rootIno;
      }
    }
    walk(base, path, follow, place);
  }

  /** The absolute path of a directory as seen from `rootMount`/`rootIno`. */
  pathOf(mount: Mount, ino: number, rootMount: Mount, rootIno: number): string {
    if (mount.fs.attributes(ino).type !== FILETYPE_DIRECTORY) fail(ENOTDIR);
    let path = "";
    for (;;) {
      if (mount === rootMount && ino === rootIno) break;
      if (ino === mount.rootIno) {
        if (mount.parent === undefined) break;
        ino = mount.pointIno;
        mount = mount.parent;
        continue;
      }
      if (mount.fs.attributes(ino).nlink === 0) fail(ENOENT);
      path = `/${mount.fs.nameOf(ino)}${path}`;
      ino = mount.fs.parent(ino);
    }
    return path === "" ? "/" : path;
  }

  /** Mounts `fs` (its directory `rootIno`) over an existing directory. */
  attach(fs: FileSystem, rootIno: number, place: Place, readOnly: boolean): Mount {
    if (place.ino === 0) fail(ENOENT);
    return this.mounts.attach(fs, rootIno, place.mount, place.ino, readOnly);
  }

  /** The mount whose root `place` is. */
  mountAt(place: Place): Mount {
    if (place.ino === 0) fail(ENOENT);
    if (place.ino !== place.mount.rootIno) fail(EINVAL);
    return place.mount;
  }
}

/** Whether the directory may be searched and has the entry. */
function has(mount: Mount, dir: number, name: string): boolean {
  const inode = mount.fs.attributes(dir);
  if (inode.type !== FILETYPE_DIRECTORY || !mayAccess(inode, MAY_EXEC)) return false;
  return mount.fs.lookup(dir, name) !== 0;
}
