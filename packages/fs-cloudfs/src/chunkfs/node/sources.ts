import type { BigIntStats } from "node:fs";
import { lstat, readdir, readFile, readlink } from "node:fs/promises";
import { join } from "node:path";
import {
  FILETYPE_BLOCK_DEVICE,
  FILETYPE_CHARACTER_DEVICE,
  FILETYPE_DIRECTORY,
  FILETYPE_SYMBOLIC_LINK,
} from "@cloudos/abi/wasi";
import { deviceNumber, FILETYPE_FIFO } from "../../vfs/file-system.ts";
import { readTar, type TarMember } from "./tar.ts";
import type { NodeMetadata, TreeImage, TreeNode } from "./tree-image.ts";

export interface SourceOptions {
  /** Overrides the owner of everything: archives unpacked without root belong to whoever did it. */
  readonly owner?: { readonly uid: number; readonly gid: number };
  /** Leaves out what this is false for. `path` has no leading slash. */
  readonly filter?: (path: string) => boolean;
  /** Names starting with `.wh.` are marks of a container image's layer: they become whiteouts and opaque directories. */
  readonly whiteouts?: boolean;
}

const WHITEOUT = ".wh.";
const OPAQUE = ".wh..wh..opq";

/** Adds an uncompressed tar archive, given as bytes or as a file. Later members replace earlier ones. */
export async function addTar(
  tree: TreeImage,
  archive: Uint8Array | string,
  options: SourceOptions = {},
): Promise<void> {
  const bytes = typeof archive === "string" ? await readFile(archive) : archive;
  for (const member of readTar(bytes)) {
    const path = member.path.replace(/^(\.?\/)+/, "").replace(/\/+$/, "");
    if (path === "." || (options.filter !== undefined && path !== "" && !options.filter(path))) continue;
    const metadata = metadataOf(member, options);
    const cut = path.lastIndexOf("/") + 1;
    const name = path.slice(cut);
    if (options.whiteouts === true && name.startsWith(WHITEOUT)) {
      const parent = path.slice(0, cut);
      if (name === OPAQUE) tree.directory(parent).xattrs.set("trusted.overlay.opaque", Uint8Array.of(121));
      else tree.special(parent + name.slice(WHITEOUT.length), FILETYPE_CHARACTER_DEVICE, 0, { ...metadata, mode: 0 });
      continue;
    }
    const node = addMember(tree, path, member, metadata);
    for (const [key, value] of member.xattrs) node.xattrs.set(key, value);
  }
}

function addMember(tree: TreeImage, path: string, member: TarMember, metadata: NodeMetadata): TreeNode {
  if (member.linkTo !== undefined) return tree.link(path, member.linkTo.replace(/^(\.?\/)+/, ""));
  switch (member.type) {
    case FILETYPE_DIRECTORY:
      return tree.directory(path, metadata);
    case FILETYPE_SYMBOLIC_LINK:
      return tree.symlink(path, member.target, metadata);
    case FILETYPE_CHARACTER_DEVICE:
    case FILETYPE_BLOCK_DEVICE:
    case FILETYPE_FIFO:
      return tree.special(path, member.type, member.rdev, metadata);
    default:
      // A copy of its own: a view would keep the whole archive in memory.
      return tree.file(path, member.content.slice(), metadata);
  }
}

function metadataOf(member: TarMember, { owner }: SourceOptions): NodeMetadata {
  const { mode, uid, gid, mtimeNs } = member;
  return { mode, uid, gid, mtimeNs, ...owner };
}

/** Adds a directory of the host. Names that are not UTF-8 are refused; sockets are left out. Extended attributes are not read. */
export async function addDirectory(tree: TreeImage, directory: string, options: SourceOptions = {}): Promise<void> {
  const seen = new Map<string, TreeNode>();
  const visit = async (path: string): Promise<void> => {
    const names = (await readdir(join(directory, path))).sort();
    for (const name of names) {
      const at = path === "" ? name : `${path}/${name}`;
      if (name.includes("\ufffd")) throw new Error(`Cannot add "${at}": its name is not UTF-8`);
      if (options.filter !== undefined && !options.filter(at)) continue;
      const stat = await lstat(join(directory, at), { bigint: true });
      await addNode(tree, join(directory, at), at, stat, seen, options);
      if (stat.isDirectory()) await visit(at);
    }
  };
  tree.directory("", hostMetadata(await lstat(directory, { bigint: true }), options));
  await visit("");
}

async function addNode(
  tree: TreeImage,
  hostPath: string,
  path: string,
  stat: BigIntStats,
  seen: Map<string, TreeNode>,
  options: SourceOptions,
): Promise<void> {
  const metadata = hostMetadata(stat, options);
  const key = `${stat.dev}:${stat.ino}`;
  if (stat.isDirectory()) tree.directory(path, metadata);
  else if (stat.isSymbolicLink()) tree.symlink(path, await readlink(hostPath), metadata);
  else if (stat.isFile()) {
    const first = stat.nlink > 1n ? seen.get(key) : undefined;
    if (first === undefined)
      seen.set(key, tree.file(path, { path: hostPath, offset: 0, size: Number(stat.size) }, metadata));
    else tree.adopt(path, first);
  } else if (stat.isFIFO()) tree.special(path, FILETYPE_FIFO, 0, metadata);
  else if (stat.isCharacterDevice() || stat.isBlockDevice()) {
    const type = stat.isBlockDevice() ? FILETYPE_BLOCK_DEVICE : FILETYPE_CHARACTER_DEVICE;
    tree.special(path, type, deviceNumberOf(stat.rdev), metadata);
  }
}

function hostMetadata(stat: BigIntStats, { owner }: SourceOptions): NodeMetadata {
  const { mode, uid, gid, mtimeNs } = stat;
  return { mode: Number(mode) & 0o7777, uid: Number(uid), gid: Number(gid), mtimeNs, ...owner };
}

/** glibc's dev_t keeps 32 bits of each half apart. */
function deviceNumberOf(rdev: bigint): number {
  const major = ((rdev >> 8n) & 0xfffn) | ((rdev >> 32n) & 0xffff_f000n);
  const minor = (rdev & 0xffn) | ((rdev >> 12n) & 0xffff_ff00n);
  return deviceNumber(Number(major), Number(minor));
}
