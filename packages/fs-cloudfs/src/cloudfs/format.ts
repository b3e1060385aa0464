/**
 * CloudFS on disk, version 1. The bytes are described in docs/cloudfs/SPEC.md; all integers are little-endian.
 */
export const BLOCK_SIZE = 4096;
export const FORMAT_VERSION = 1;
/** "CLFS" and "CLFN" as little-endian u32. */
export const SUPERBLOCK_MAGIC = 0x53464c43;
export const NODE_MAGIC = 0x4e464c43;

/** Two superblocks; a commit of generation g goes to block g % 2. */
export const SUPERBLOCK_COUNT = 2;
/** Blocks one block of the free-space bitmap speaks for. */
export const BITS_PER_CHUNK = BLOCK_SIZE * 8;
/** Each bitmap chunk has two places; the superblock says which is current. */
export const BITMAP_BASE = SUPERBLOCK_COUNT;

/** What fits the superblock's table of bitmap chunks: about 112 GiB. */
export const MAX_CHUNKS = 896;
export const MAX_BLOCKS = MAX_CHUNKS * BITS_PER_CHUNK;

export const ROOT_INO = 1;

/** Blocks of one extent item: its hashes (4 bytes each) must leave several items room in a node. */
export const EXTENT_MAX = 128;

// Item kinds: bits 48.. of the second half of a key. Others are free for later versions.
export const KIND_INODE = 1;
export const KIND_LINK = 2;
export const KIND_ENTRY = 3;
export const KIND_EXTENT = 4;
export const KIND_ORPHAN = 5;
export const KIND_XATTR = 6;
const KIND_STRIDE = 2 ** 48;

/** Bytes of a symbolic link's text per item. */
export const LINK_CHUNK = 1024;
/** Bytes of an inode's extended attributes per item. */
export const XATTR_CHUNK = 1024;

/** Read-only compatible feature: inodes have extended attributes, device numbers or types that version 1.0 did not write. */
export const FEATURE_GUEST_ATTRIBUTES = 1n;

/**
 * A key is (inode number, kind and offset), compared in that order. Both halves are below 2^53, so they are plain numbers.
 */
export function keyLow(kind: number, offset: number): number {
  return kind * KIND_STRIDE + offset;
}

export function kindOf(low: number): number {
  return Math.floor(low / KIND_STRIDE);
}

export function offsetOf(low: number): number {
  return low % KIND_STRIDE;
}

export function chunkCount(blocks: number): number {
  return Math.ceil(blocks / BITS_PER_CHUNK);
}

/** First block that may hold data or nodes. */
export function firstFreeBlock(blocks: number): number {
  return BITMAP_BASE + 2 * chunkCount(blocks);
}

/** Place 0 or 1 of a bitmap chunk. */
export function chunkBlock(chunk: number, place: number): number {
  return BITMAP_BASE + 2 * chunk + place;
}

export function getU64(view: DataView, at: number): number {
  return view.getUint32(at + 4, true) * 0x1_0000_0000 + view.getUint32(at, true);
}

export function setU64(view: DataView, at: number, value: number): void {
  view.setUint32(at, value % 0x1_0000_0000, true);
  view.setUint32(at + 4, Math.floor(value / 0x1_0000_0000), true);
}

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
