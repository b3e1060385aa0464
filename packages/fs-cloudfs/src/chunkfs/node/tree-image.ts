import { FILETYPE_DIRECTORY, FILETYPE_REGULAR_FILE, FILETYPE_SYMBOLIC_LINK } from "@cloudos/abi/wasi";

/** Where a file's bytes are while a tree is put together. */
export type FileContent = Uint8Array | { readonly path: string; readonly offset: number; readonly size: number };

export interface NodeMetadata {
  /** Permission bits, 07777. */
  mode: number;
  uid: number;
  gid: number;
  mtimeNs: bigint;
}

/** A node of a tree that is put together. Hard links are one node under several names. */
export interface TreeNode extends NodeMetadata {
  /** WASI filetype or FILETYPE_FIFO. */
  readonly type: number;
  readonly entries: Map<string, TreeNode>;
  content: FileContent;
  target: string;
  rdev: number;
  xattrs: Map<string, Uint8Array>;
}

const NOTHING = new Uint8Array(0);
/** As Linux's MAXSYMLINKS. */
const LINKS_MAX = 40;

export function sizeOf(content: FileContent): number {
  return content instanceof Uint8Array ? content.length : content.size;
}

/**
 * A directory tree in memory, put together from archives, directories and single files before it is built into chunks. Paths are
 * relative to its root, with or without a leading slash; links on the way are followed within the tree (Debian's `/bin` is one).
 */
export class TreeImage {
  readonly root: TreeNode;
  /** For what is made without metadata of its own. */
  readonly mtimeNs: bigint;

  constructor(mtimeNs = 0n) {
    this.mtimeNs = mtimeNs;
    this.root = this.#newNode(FILETYPE_DIRECTORY, { mode: 0o755 });
  }

  /** The node at a path, links followed but for the last; undefined when there is none. */
  find(path: string): TreeNode | undefined {
    const { parent, name } = this.#place(path, false) ?? {};
    return name === "" ? parent : parent?.entries.get(name!);
  }

  /** A directory; one that is there gets the metadata given. Missing parents are made. */
  directory(path: string, metadata: Partial<NodeMetadata> = {}): TreeNode {
    const { parent, name } = this.#require(path);
    const existing = name === "" ? parent : parent.entries.get(name);
    if (existing !== undefined) {
      // A package that ships a directory where a link to one is means that directory.
      const node = existing.type === FILETYPE_SYMBOLIC_LINK ? this.#follow(parent, existing) : existing;
      if (node?.type === FILETYPE_DIRECTORY) {
        if (existing === node) Object.assign(node, metadata);
        return node;
      }
    }
    return this.#put(parent, name, this.#newNode(FILETYPE_DIRECTORY, { mode: 0o755, ...metadata }));
  }

  file(path: string, content: FileContent | string, metadata: Partial<NodeMetadata> = {}): TreeNode {
    const node = this.#newNode(FILETYPE_REGULAR_FILE, { mode: 0o644, ...metadata });
    node.content = typeof content === "string" ? new TextEncoder().encode(content) : content;
    return this.#add(path, node);
  }

  symlink(path: string, target: string, metadata: Partial<NodeMetadata> = {}): TreeNode {
    const node = this.#newNode(FILETYPE_SYMBOLIC_LINK, { ...metadata, mode: 0o777 });
    node.target = target;
    return this.#add(path, node);
  }

  /** A device node, pipe or socket. */
  special(path: string, type: number, rdev: number, metadata: Partial<NodeMetadata> = {}): TreeNode {
    const node = this.#newNode(type, { mode: 0o600, ...metadata });
    node.rdev = rdev;
    return this.#add(path, node);
  }

  /** A second name for a file. Throws when `target` is not there or is a directory. */
  link(path: string, target: string): TreeNode {
    const node = this.find(target);
    if (node === undefined || node.type === FILETYPE_DIRECTORY) {
      throw new Error(`Cannot link "${path}" to "${target}": there is no such file in the tree`);
    }
    return this.adopt(path, node);
  }

  /** Another name for a node of this tree. */
  adopt(path: string, node: TreeNode): TreeNode {
    return this.#add(path, node);
  }

  /** Takes a name away, with all below it. False when it was not there. */
  remove(path: string): boolean {
    const { parent, name } = this.#place(path, false) ?? {};
    return parent?.entries.delete(name ?? "") ?? false;
  }

  #add(path: string, node: TreeNode): TreeNode {
    const { parent, name } = this.#require(path);
    if (name === "") throw new Error(`Cannot add "${path}": it is a directory`);
    return this.#put(parent, name, node);
  }

  #put(parent: TreeNode, name: string, node: TreeNode): TreeNode {
    parent.entries.set(name, node);
    return node;
  }

  #require(path: string): { parent: TreeNode; name: string } {
    const place = this.#place(path, true);
    if (place === undefined) throw new Error(`Cannot add "${path}": something on its way is no directory`);
    return place;
  }

  /** The directory a path's last name lies in. */
  #place(path: string, makes: boolean): { parent: TreeNode; name: string } | undefined {
    const names = namesOf(path);
    const name = names.pop() ?? "";
    let at: TreeNode | undefined = this.root;
    for (const each of names) {
      let next: TreeNode | undefined = at.entries.get(each);
      if (next === undefined && makes) next = this.#put(at, each, this.#newNode(FILETYPE_DIRECTORY, { mode: 0o755 }));
      if (next?.type === FILETYPE_SYMBOLIC_LINK) next = this.#follow(at, next);
      if (next?.type !== FILETYPE_DIRECTORY) return undefined;
      at = next;
    }
    return { parent: at, name };
  }

  /** What a link in `dir` leads to. `..` is resolved by names, since a node may have several parents' worth of links to it. */
  #follow(dir: TreeNode, link: TreeNode): TreeNode | undefined {
    let from = dir;
    let node: TreeNode | undefined = link;
    for (let links = 0; node?.type === FILETYPE_SYMBOLIC_LINK; links++) {
      if (links === LINKS_MAX) return undefined;
      let at: TreeNode | undefined = node.target.startsWith("/") ? this.root : from;
      const names: string[] = node.target.split("/").filter((name) => name !== "" && name !== ".");
      for (const [index, name] of names.entries()) {
        const next: TreeNode | undefined = name === ".." ? this.#parentOf(at!) : at!.entries.get(name);
        if (next === undefined) return undefined;
        if (index < names.length - 1 || next.type !== FILETYPE_SYMBOLIC_LINK) at = next;
        else from = at!;
        node = next;
      }
      if (names.length === 0) node = at;
    }
    return node;
  }

  #parentOf(node: TreeNode): TreeNode {
    const search = (dir: TreeNode): TreeNode | undefined => {
      for (const child of dir.entries.values()) {
        if (child === node) return dir;
        const found = child.type === FILETYPE_DIRECTORY ? search(child) : undefined;
        if (found !== undefined) return found;
      }
      return undefined;
    };
    return search(this.root) ?? this.root;
  }

  #newNode(type: number, metadata: Partial<NodeMetadata>): TreeNode {
    return {
      type,
      mode: 0,
      uid: 0,
      gid: 0,
      mtimeNs: this.mtimeNs,
      ...metadata,
      entries: new Map(),
      content: NOTHING,
      target: "",
      rdev: 0,
      xattrs: new Map(),
    };
  }
}

/** The names of a path; throws for one that leaves the tree. */
function namesOf(path: string): string[] {
  const names = path.split("/").filter((name) => name !== "" && name !== ".");
  if (names.includes("..")) throw new Error(`Cannot use the path "${path}" in a tree: it holds ".."`);
  return names;
}
