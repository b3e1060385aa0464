import { Mount, nodeIno, nodeSpace } from "../vfs/mounts.ts";
import type { Vfs } from "../vfs/vfs.ts";

/** Enough for every descriptor of a busy machine; older ones show as deleted. */
const REMEMBERED = 8192;

/** Where files were last opened: an inode does not know its names, and /proc/<pid>/fd wants one. */
export class NodeNames {
  readonly #vfs: Vfs;
  readonly #places = new Map<bigint, { mount: Mount; dir: number; name: string }>();

  constructor(vfs: Vfs) {
    this.#vfs = vfs;
  }

  remember(node: bigint, mount: Mount, dir: number, name: string): void {
    this.#places.delete(node);
    this.#places.set(node, { mount, dir, name });
    if (this.#places.size > REMEMBERED) {
      const oldest = this.#places.keys().next();
      if (oldest.done !== true) this.#places.delete(oldest.value);
    }
  }

  /** Path of any node, in Linux's form. */
  path(node: bigint): string {
    // A preopened directory follows its process's root or cwd and names no node of its own.
    if (node === 0n) return "anon_inode:[preopen]";
    const root = this.#vfs.mounts.root;
    const entry = this.#vfs.mounts.entry(nodeSpace(node));
    if (entry instanceof Mount) return this.#vfs.pathOf(entry, nodeIno(node), root, root.rootIno);
    const place = this.#places.get(node);
    if (place === undefined) return `inode:[${nodeIno(node)}]`;
    const directory = this.#vfs.pathOf(place.mount, place.dir, root, root.rootIno);
    const path = directory === "/" ? `/${place.name}` : `${directory}/${place.name}`;
    return place.mount.fs.lookup(place.dir, place.name) === nodeIno(node) ? path : `${path} (deleted)`;
  }
}
