import type { DeviceNode } from "@cloudos/abi/device";
import { ENOENT } from "@cloudos/abi/errno";
import { PAGE_SIZE } from "@cloudos/abi/params";
import { FILETYPE_DIRECTORY, FILETYPE_REGULAR_FILE } from "@cloudos/abi/wasi";
import { Inode } from "../tree/inode.ts";
import { StaticTree } from "../tree/static-tree.ts";
import { fail } from "../vfs/errors.ts";
import type { PageSink } from "../vfs/file-system.ts";
import { encodeName } from "../vfs/names.ts";
import { nodeFields } from "./hardware-text.ts";

/** Nodes may be called anything; directories may not. */
const MAX_NAME = 64;
/** Files start here; directories are the tree's own, below. */
const FILE_INO_BASE = 2 ** 32;

/**
 * The device tree as directories: /sys/devices/<path of the node>/<field>, one line in each file. A directory keeps its inode
 * while the machine is up; a file whose text changes becomes a new one.
 */
export class Sysfs extends StaticTree {
  readonly type = "sysfs";
  readonly source = "sysfs";
  readonly #devices: Inode;
  readonly #bootNs: bigint;
  readonly #files = new Map<number, { readonly inode: Inode; readonly text: Uint8Array }>();
  /** Path of a file below /sys/devices -> its inode and text. */
  #known = new Map<string, { readonly ino: number; readonly text: string }>();
  readonly #directories = new Map<string, Inode>();
  #nextFile = FILE_INO_BASE;

  constructor(bootNs: bigint) {
    super();
    this.#bootNs = bootNs;
    this.#stamp(this.root);
    this.#devices = this.put(this.root, "devices", FILETYPE_DIRECTORY, 0o555);
    this.#stamp(this.#devices);
  }

  setNodes(nodes: readonly DeviceNode[]): void {
    const before = this.#known;
    const paths = new Set<string>();
    this.#known = new Map();
    for (const node of nodes) {
      const path = node.path
        .split("/")
        .filter((name) => name !== "")
        .map(fileName);
      const directory = this.#directory(path);
      for (let end = path.length; end > 0; end--) paths.add(path.slice(0, end).join("/"));
      for (const [field, value] of nodeFields(node)) {
        const name = fileName(field);
        const key = `${path.join("/")}/${name}`;
        const old = before.get(key);
        before.delete(key);
        if (old?.text === value) {
          this.#known.set(key, old);
          continue;
        }
        if (old) this.#files.delete(old.ino);
        this.entries(directory).entries.delete(name);
        this.#known.set(key, { ino: this.#addFile(directory, name, value), text: value });
      }
    }
    for (const [key, { ino }] of before) {
      const cut = key.lastIndexOf("/");
      const directory = this.#directories.get(key.slice(0, cut));
      if (directory) this.entries(directory).entries.delete(key.slice(cut + 1));
      this.#files.delete(ino);
    }
    // Deepest first, so that a parent is empty when its turn comes.
    for (const path of [...this.#directories.keys()].sort((a, b) => b.length - a.length)) {
      if (paths.has(path)) continue;
      const cut = path.lastIndexOf("/");
      const parent = cut < 0 ? this.#devices : this.#directories.get(path.slice(0, cut));
      if (parent) this.entries(parent).entries.delete(path.slice(cut + 1));
      this.#directories.delete(path);
    }
  }

  readPages(ino: number, first: number, count: number, sink: PageSink): void {
    const { text } = this.#files.get(ino) ?? fail(ENOENT);
    for (let page = first; page < first + count; page++) {
      sink(page, text.subarray(page * PAGE_SIZE, (page + 1) * PAGE_SIZE));
    }
  }

  protected override inode(ino: number): Inode {
    if (ino < FILE_INO_BASE) return super.inode(ino);
    return this.#files.get(ino)?.inode ?? fail(ENOENT);
  }

  #directory(path: readonly string[]): Inode {
    let directory = this.#devices;
    for (let end = 1; end <= path.length; end++) {
      const key = path.slice(0, end).join("/");
      let child = this.#directories.get(key);
      if (child === undefined) {
        child = this.put(directory, path[end - 1]!, FILETYPE_DIRECTORY, 0o555);
        this.#stamp(child);
        this.#directories.set(key, child);
      }
      directory = child;
    }
    return directory;
  }

  #addFile(directory: Inode, name: string, value: string): number {
    const text = encodeName(`${value}\n`);
    const inode = new Inode(this.#nextFile++, FILETYPE_REGULAR_FILE, 0o444);
    inode.size = text.length;
    this.#stamp(inode);
    this.#files.set(inode.ino, { inode, text });
    this.entries(directory).insert(name, inode.ino, FILETYPE_REGULAR_FILE);
    return inode.ino;
  }

  #stamp(inode: Inode): void {
    inode.atimeNs = this.#bootNs;
    inode.mtimeNs = this.#bootNs;
    inode.ctimeNs = this.#bootNs;
  }
}

function fileName(name: string): string {
  const plain = name.replace(/[^A-Za-z0-9._:@+-]+/g, "-").slice(0, MAX_NAME);
  return plain === "" || plain === "." || plain === ".." ? "-" : plain;
}
