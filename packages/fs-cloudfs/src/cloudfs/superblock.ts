import {
  BLOCK_SIZE,
  FEATURE_GUEST_ATTRIBUTES,
  FORMAT_VERSION,
  getU64,
  MAX_CHUNKS,
  SUPERBLOCK_MAGIC,
  setU64,
  viewOf,
} from "./format.ts";
import { xxh32 } from "./xxh32.ts";

/** Features this code knows; each set has its own rule for unknown bits (SPEC.md, "Features"). */
export const KNOWN_INCOMPATIBLE = 0n;
export const KNOWN_READ_ONLY = FEATURE_GUEST_ATTRIBUTES;

export interface Superblock {
  readonly generation: number;
  readonly blocks: number;
  readonly id: Uint8Array;
  readonly compatible: bigint;
  readonly incompatible: bigint;
  readonly readOnlyCompatible: bigint;
  /** The tree's root node. */
  readonly root: { readonly block: number; readonly hash: number; readonly level: number };
  /** Numbers from here on were never given to an inode. */
  readonly nextIno: number;
  readonly inodes: number;
  /** Per bitmap chunk: the current place (0 or 1) and the hash of its bytes. */
  readonly chunks: readonly { readonly place: number; readonly hash: number }[];
}

//   0 magic u32 | 4 version u32 | 8 generation u64 | 16 blocks u64 | 24 block size u32 | 28 chunks u32 | 32 id u8[16]
//  48 compatible u64 | 56 incompatible u64 | 64 read-only compatible u64 | 72 root block u64 | 80 root hash u32 | 84 root level u32
//  88 next inode u64 | 96 inodes u64 | 104 zero | 256 chunk hashes u32[896] | 3840 chunk places, a bit each | 3952 zero | 4092 hash u32
const O_HASHES = 256;
const O_PLACES = O_HASHES + MAX_CHUNKS * 4;
const O_HASH = BLOCK_SIZE - 4;

export function encodeSuperblock(superblock: Superblock): Uint8Array {
  const bytes = new Uint8Array(BLOCK_SIZE);
  const view = viewOf(bytes);
  view.setUint32(0, SUPERBLOCK_MAGIC, true);
  view.setUint32(4, FORMAT_VERSION, true);
  setU64(view, 8, superblock.generation);
  setU64(view, 16, superblock.blocks);
  view.setUint32(24, BLOCK_SIZE, true);
  view.setUint32(28, superblock.chunks.length, true);
  bytes.set(superblock.id, 32);
  view.setBigUint64(48, superblock.compatible, true);
  view.setBigUint64(56, superblock.incompatible, true);
  view.setBigUint64(64, superblock.readOnlyCompatible, true);
  setU64(view, 72, superblock.root.block);
  view.setUint32(80, superblock.root.hash, true);
  view.setUint32(84, superblock.root.level, true);
  setU64(view, 88, superblock.nextIno);
  setU64(view, 96, superblock.inodes);
  superblock.chunks.forEach((chunk, index) => {
    view.setUint32(O_HASHES + index * 4, chunk.hash, true);
    if (chunk.place === 1) bytes[O_PLACES + (index >> 3)]! |= 1 << (index & 7);
  });
  view.setUint32(O_HASH, xxh32(bytes.subarray(0, O_HASH)), true);
  return bytes;
}

export type SuperblockProblem = "empty" | "foreign" | "torn" | "version";

/** A superblock, or what is wrong with the block. */
export function decodeSuperblock(bytes: Uint8Array): Superblock | SuperblockProblem {
  const view = viewOf(bytes);
  const magic = view.getUint32(0, true);
  if (magic === 0 && bytes.every((byte) => byte === 0)) return "empty";
  if (magic !== SUPERBLOCK_MAGIC) return "foreign";
  if (view.getUint32(O_HASH, true) !== xxh32(bytes.subarray(0, O_HASH))) return "torn";
  if (view.getUint32(4, true) !== FORMAT_VERSION || view.getUint32(24, true) !== BLOCK_SIZE) return "version";
  const count = view.getUint32(28, true);
  if (count > MAX_CHUNKS) return "torn";
  const chunks = Array.from({ length: count }, (_, index) => ({
    hash: view.getUint32(O_HASHES + index * 4, true),
    place: (bytes[O_PLACES + (index >> 3)]! >> (index & 7)) & 1,
  }));
  return {
    generation: getU64(view, 8),
    blocks: getU64(view, 16),
    id: bytes.slice(32, 48),
    compatible: view.getBigUint64(48, true),
    incompatible: view.getBigUint64(56, true),
    readOnlyCompatible: view.getBigUint64(64, true),
    root: { block: getU64(view, 72), hash: view.getUint32(80, true), level: view.getUint32(84, true) },
    nextIno: getU64(view, 88),
    inodes: getU64(view, 96),
    chunks,
  };
}
