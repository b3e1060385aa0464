import { FILETYPE_DIRECTORY, FILETYPE_REGULAR_FILE, FILETYPE_SYMBOLIC_LINK } from "@cloudos/abi/wasi";
import { Directory, Inode } from "../tree/inode.ts";
import { getU64, KIND_LINK, KIND_XATTR, keyLow, LINK_CHUNK, setU64, viewOf, XATTR_CHUNK } from "./format.ts";

//   0 type u8 | 1 zero | 2 mode u16 | 4 uid u32 | 8 gid u32 | 12 nlink u32 | 16 size u64 | 24 blocks u64 (512 B) | 32 atime i64 ns
//  40 mtime i64 | 48 ctime i64 | 56 parent u64 (directories) | 64 next cookie u64 (directories) | 72 flags u32 | 76 rdev u32
const INODE_SIZE = 80;
const FLAG_XATTRS = 1;

export function encodeInode(inode: Inode): Uint8Array {
  const bytes = new Uint8Array(INODE_SIZE);
  const view = viewOf(bytes);
  bytes[0] = inode.type;
  view.setUint16(2, inode.mode, true);
  view.setUint32(4, inode.uid, true);
  view.setUint32(8, inode.gid, true);
  view.setUint32(12, inode.nlink, true);
  setU64(view, 16, inode.size);
  setU64(view, 24, inode.blocks);
  view.setBigInt64(32, inode.atimeNs, true);
  view.setBigInt64(40, inode.mtimeNs, true);
  view.setBigInt64(48, inode.ctimeNs, true);
  setU64(view, 56, inode.directory?.parent ?? 0);
  setU64(view, 64, inode.directory?.nextCookie ?? 0);
  view.setUint32(72, hasXattrs(inode) ? FLAG_XATTRS : 0, true);
  view.setUint32(76, inode.rdev, true);
  return bytes;
}

function hasXattrs(inode: Inode): boolean {
  return inode.xattrs !== undefined && inode.xattrs.size > 0;
}

/** Whether the inode needs FEATURE_GUEST_ATTRIBUTES. */
export function isGuestInode(inode: Inode): boolean {
  return hasXattrs(inode) || inode.rdev !== 0 || !PLAIN_TYPES.has(inode.type);
}

const PLAIN_TYPES: ReadonlySet<number> = new Set([FILETYPE_DIRECTORY, FILETYPE_REGULAR_FILE, FILETYPE_SYMBOLIC_LINK]);

/** Whether an inode's item says that there are items of extended attributes. */
export function saysXattrs(item: Uint8Array): boolean {
  return (viewOf(item).getUint32(72, true) & FLAG_XATTRS) !== 0;
}

/** An inode's item with another size. */
export function resizedInode(item: Uint8Array, size: number, blocks: number): Uint8Array {
  const bytes = item.slice();
  setU64(viewOf(bytes), 16, size);
  setU64(viewOf(bytes), 24, blocks);
  return bytes;
}

/** The inode without its extended attributes, which are items of their own. */
export function decodeInode(ino: number, bytes: Uint8Array): Inode | undefined {
  if (bytes.length !== INODE_SIZE) return undefined;
  const view = viewOf(bytes);
  const inode = new Inode(ino, bytes[0]!, view.getUint16(2, true));
  inode.uid = view.getUint32(4, true);
  inode.gid = view.getUint32(8, true);
  inode.nlink = view.getUint32(12, true);
  inode.size = getU64(view, 16);
  inode.blocks = getU64(view, 24);
  inode.atimeNs = view.getBigInt64(32, true);
  inode.mtimeNs = view.getBigInt64(40, true);
  inode.ctimeNs = view.getBigInt64(48, true);
  inode.rdev = view.getUint32(76, true);
  if (inode.type === FILETYPE_DIRECTORY) {
    inode.directory = new Directory(getU64(view, 56), "");
    inode.directory.nextCookie = getU64(view, 64);
  }
  return inode;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

//   0 inode u64 | 8 type u8 | 9 name
const ENTRY_NAME = 9;

export function encodeEntry(name: string, ino: number, type: number): Uint8Array {
  const text = encoder.encode(name);
  const bytes = new Uint8Array(ENTRY_NAME + text.length);
  setU64(viewOf(bytes), 0, ino);
  bytes[8] = type;
  bytes.set(text, ENTRY_NAME);
  return bytes;
}

export function decodeEntry(bytes: Uint8Array): { name: string; ino: number; type: number } | undefined {
  if (bytes.length <= ENTRY_NAME) return undefined;
  try {
    return { name: decoder.decode(bytes.subarray(ENTRY_NAME)), ino: getU64(viewOf(bytes), 0), type: bytes[8]! };
  } catch {
    return undefined;
  }
}

/** The text of a symbolic link, which never changes, in pieces. */
export function linkItems(inode: Inode): { readonly low: number; readonly value: Uint8Array }[] {
  if (inode.target === "") return [];
  const text = encoder.encode(inode.target);
  const items: { low: number; value: Uint8Array }[] = [];
  for (let at = 0; at < text.length; at += LINK_CHUNK) {
    items.push({ low: keyLow(KIND_LINK, at / LINK_CHUNK), value: text.slice(at, at + LINK_CHUNK) });
  }
  return items;
}

export function joinLinkText(pieces: readonly Uint8Array[]): string {
  return decoder.decode(joined(pieces));
}

/**
 * Extended attributes in pieces: u16 count, then each u16 length, name, u32 length, value. Items that are no longer needed come without a
 * value.
 */
export function xattrItems(inode: Inode): { readonly low: number; readonly value: Uint8Array | undefined }[] {
  const bytes = hasXattrs(inode) ? encodeXattrs(inode.xattrs!) : new Uint8Array(0);
  const count = Math.ceil(bytes.length / XATTR_CHUNK);
  inode.xattrItems = Math.max(inode.xattrItems, count);
  return Array.from({ length: inode.xattrItems }, (_, index) => ({
    low: keyLow(KIND_XATTR, index),
    value: index < count ? bytes.slice(index * XATTR_CHUNK, (index + 1) * XATTR_CHUNK) : undefined,
  }));
}

/** Gives an inode the attributes of its items. False when they are malformed. */
export function takeXattrs(inode: Inode, pieces: readonly Uint8Array[]): boolean {
  inode.xattrItems = pieces.length;
  inode.xattrs = decodeXattrs(joined(pieces));
  return inode.xattrs !== undefined;
}

function encodeXattrs(xattrs: ReadonlyMap<string, Uint8Array>): Uint8Array {
  const pairs = [...xattrs].map(([name, value]) => ({ name: encoder.encode(name), value }));
  const bytes = new Uint8Array(pairs.reduce((total, { name, value }) => total + 6 + name.length + value.length, 2));
  const view = viewOf(bytes);
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

function decodeXattrs(bytes: Uint8Array): Map<string, Uint8Array> | undefined {
  const view = viewOf(bytes);
  const xattrs = new Map<string, Uint8Array>();
  try {
    let at = 2;
    for (let left = view.getUint16(0, true); left > 0; left--) {
      const nameEnd = at + 2 + view.getUint16(at, true);
      const valueEnd = nameEnd + 4 + view.getUint32(nameEnd, true);
      if (valueEnd > bytes.length) return undefined;
      xattrs.set(decoder.decode(bytes.subarray(at + 2, nameEnd)), bytes.slice(nameEnd + 4, valueEnd));
      at = valueEnd;
    }
    return at === bytes.length ? xattrs : undefined;
  } catch {
    return undefined;
  }
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const text = new Uint8Array(pieces.reduce((total, piece) => total + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    text.set(piece, at);
    at += piece.length;
  }
  return text;
}

/** Consecutive blocks of a file in consecutive blocks of the device, with a hash for each. */
export interface Extent {
  readonly fileBlock: number;
  readonly block: number;
  readonly hashes: readonly number[];
}

//   0 flags u16 (zero) | 2 blocks u16 | 4 zero u32 | 8 device block u64 | 16 hashes u32[blocks]
const EXTENT_HASHES = 16;

export function encodeExtent(extent: Extent): Uint8Array {
  const bytes = new Uint8Array(EXTENT_HASHES + extent.hashes.length * 4);
  const view = viewOf(bytes);
  view.setUint16(2, extent.hashes.length, true);
  setU64(view, 8, extent.block);
  for (const [index, hash] of extent.hashes.entries()) view.setUint32(EXTENT_HASHES + index * 4, hash, true);
  return bytes;
}

export function decodeExtent(fileBlock: number, bytes: Uint8Array): Extent | undefined {
  if (bytes.length < EXTENT_HASHES) return undefined;
  const view = viewOf(bytes);
  const count = view.getUint16(2, true);
  // Flags are for encodings this version does not know (SPEC.md, "Extents").
  if (view.getUint16(0, true) !== 0 || count === 0 || bytes.length !== EXTENT_HASHES + count * 4) return undefined;
  const hashes = Array.from({ length: count }, (_, index) => view.getUint32(EXTENT_HASHES + index * 4, true));
  return { fileBlock, block: getU64(view, 8), hashes };
}
