import { FILETYPE_DIRECTORY, FILETYPE_REGULAR_FILE, FILETYPE_SYMBOLIC_LINK } from "@cloudos/abi/wasi";
import { setU64 } from "../../cloudfs/format.ts";
import { xxh32 } from "../../cloudfs/xxh32.ts";
import { encodeName } from "../../vfs/names.ts";
import * as format from "../format.ts";
import type { StoredChunk } from "./chunk-store.ts";
import { sizeOf, type TreeNode } from "./tree-image.ts";

export interface ExtentRecord {
  readonly chunk: number;
  readonly offset: number;
  readonly length: number;
}

interface NumberedNode {
  readonly node: TreeNode;
  links: number;
  parent: number;
  ownEntry: number;
  first: number;
  count: number;
}

interface EntryRecord {
  readonly name: Uint8Array;
  readonly ino: number;
  readonly type: number;
}

/** The bytes of a tree's file. Directories come before what lies in them; entries are in the order of their names. */
export function encodeTree(
  root: TreeNode,
  extentsOf: ReadonlyMap<TreeNode, readonly ExtentRecord[]>,
  chunks: readonly StoredChunk[],
  chunkBytes: number,
  totalBytes: number,
): Uint8Array<ArrayBuffer> {
  const heap = new Heap();
  const extents: ExtentRecord[] = [];
  const { numbered, entries } = numberNodes(root);
  for (const each of numbered) {
    const { node } = each;
    if (node.type === FILETYPE_REGULAR_FILE) {
      const own = extentsOf.get(node) ?? [];
      each.first = extents.length;
      each.count = own.length;
      extents.push(...own);
    } else if (node.type === FILETYPE_SYMBOLIC_LINK) {
      const text = encodeName(node.target);
      each.first = heap.put(text);
      each.count = text.length;
    }
  }
  const names = entries.map(({ name }) => heap.put(name));
  const xattrs = numbered.map(({ node }) => (node.xattrs.size === 0 ? 0 : heap.put(encodeXattrs(node.xattrs)) + 1));

  const inodesAt = format.HEADER_SIZE;
  const entriesAt = inodesAt + numbered.length * format.INODE_SIZE;
  const extentsAt = entriesAt + entries.length * format.ENTRY_SIZE;
  const chunksAt = extentsAt + extents.length * format.EXTENT_SIZE;
  const heapAt = chunksAt + chunks.length * format.CHUNK_SIZE;
  const end = heapAt + heap.sizeBytes;
  const bytes = new Uint8Array(end + format.HASH_SIZE);
  const view = new DataView(bytes.buffer);
  const header = [format.TREE_MAGIC, format.TREE_VERSION, chunkBytes, numbered.length, entries.length];
  for (const [index, value] of [...header, extents.length, chunks.length, heap.sizeBytes].entries()) {
    view.setUint32(index * 4, value, true);
  }
  setU64(view, format.H_TOTAL, totalBytes);
  for (const [index, each] of numbered.entries()) {
    putInode(view, inodesAt + index * format.INODE_SIZE, each, xattrs[index]!);
  }
  for (const [index, { ino, name, type }] of entries.entries()) {
    const at = entriesAt + index * format.ENTRY_SIZE;
    view.setUint32(at, names[index]!, true);
    view.setUint32(at + 4, ino, true);
    view.setUint16(at + 8, name.length, true);
    view.setUint8(at + 10, type);
  }
  for (const [index, { chunk, offset, length }] of extents.entries()) {
    const at = extentsAt + index * format.EXTENT_SIZE;
    view.setUint32(at, chunk, true);
    view.setUint32(at + 4, offset, true);
    view.setUint32(at + 8, length, true);
  }
  for (const [index, { hash, sizeBytes, storedBytes, encoding }] of chunks.entries()) {
    const at = chunksAt + index * format.CHUNK_SIZE;
    bytes.set(hash, at);
    view.setUint32(at + 32, sizeBytes, true);
    view.setUint32(at + 36, storedBytes, true);
    view.setUint32(at + 40, encoding, true);
  }
  heap.copyTo(bytes.subarray(heapAt, end));
  view.setUint32(end, xxh32(bytes.subarray(0, end)), true);
  return bytes;
}

function putInode(view: DataView, at: number, each: NumberedNode, xattrs: number): void {
  const { node } = each;
  const isDirectory = node.type === FILETYPE_DIRECTORY;
  const size = node.type === FILETYPE_REGULAR_FILE ? sizeOf(node.content) : isDirectory ? 0 : each.count;
  view.setUint8(at + format.I_TYPE, node.type);
  view.setUint16(at + format.I_MODE, node.mode, true);
  view.setUint32(at + format.I_UID, node.uid, true);
  view.setUint32(at + format.I_GID, node.gid, true);
  view.setUint32(at + format.I_LINKS, each.links, true);
  setU64(view, at + format.I_SIZE, size);
  view.setBigInt64(at + format.I_MTIME, node.mtimeNs, true);
  view.setUint32(at + format.I_FIRST, each.first, true);
  view.setUint32(at + format.I_COUNT, each.count, true);
  view.setUint32(at + format.I_RDEV, node.rdev, true);
  view.setUint32(at + format.I_XATTRS, xattrs, true);
  view.setUint32(at + format.I_PARENT, isDirectory ? each.parent : 0, true);
  view.setUint32(at + format.I_ENTRY, isDirectory ? each.ownEntry : 0, true);
}

/** Numbers nodes level by level, so that a directory's entries are one run and its number is below those of directories in it. */
function numberNodes(root: TreeNode): { numbered: NumberedNode[]; entries: EntryRecord[] } {
  const numbered: NumberedNode[] = [];
  const numbers = new Map<TreeNode, number>();
  const entries: EntryRecord[] = [];
  const number = (node: TreeNode, parent: number, ownEntry: number): number => {
    const links = node.type === FILETYPE_DIRECTORY ? 2 : 0;
    numbered.push({ node, links, parent, ownEntry, first: 0, count: 0 });
    numbers.set(node, numbered.length);
    return numbered.length;
  };
  number(root, 1, 0);
  for (let ino = 1; ino <= numbered.length; ino++) {
    const dir = numbered[ino - 1]!;
    if (dir.node.type !== FILETYPE_DIRECTORY) continue;
    dir.first = entries.length;
    dir.count = dir.node.entries.size;
    const sorted = [...dir.node.entries].sort(([a], [b]) => (a < b ? -1 : 1));
    for (const [name, child] of sorted) {
      const childIno = numbers.get(child) ?? number(child, ino, entries.length);
      const { node } = numbered[childIno - 1]!;
      if (node.type === FILETYPE_DIRECTORY) dir.links++;
      else numbered[childIno - 1]!.links++;
      entries.push({ name: encodeName(name), ino: childIno, type: node.type });
    }
  }
  return { numbered, entries };
}

function encodeXattrs(xattrs: ReadonlyMap<string, Uint8Array>): Uint8Array {
  const pairs = [...xattrs].map(([name, value]) => ({ name: encodeName(name), value }));
  const size = pairs.reduce((total, { name, value }) => total + 6 + name.length + value.length, 2);
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, pairs.length, true);
  let at = 2;
  for (const { name, value } of pairs) {
    view.setUint16(at, name.length, true);
    bytes.set(name, at + 2);
    view.setUint32(at + 2 + name.length, value.length, true);
    bytes.set(value, at + 6 + name.length);
    at += 6 + name.length + value.length;
  }
  return bytes;
}

/** Texts one after the other, each once. */
class Heap {
  readonly #pieces: Uint8Array[] = [];
  readonly #offsets = new Map<string, number>();
  sizeBytes = 0;

  put(bytes: Uint8Array): number {
    const key = Buffer.from(bytes).toString("latin1");
    const known = this.#offsets.get(key);
    if (known !== undefined) return known;
    const offset = this.sizeBytes;
    this.#offsets.set(key, offset);
    this.#pieces.push(bytes);
    this.sizeBytes += bytes.length;
    return offset;
  }

  copyTo(out: Uint8Array): void {
    let at = 0;
    for (const piece of this.#pieces) {
      out.set(piece, at);
      at += piece.length;
    }
  }
}
