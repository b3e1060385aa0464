import { EIO } from "@cloudos/abi/errno";
import type { BlockDevice } from "@cloudos/abi/ports";
import { FsError } from "../vfs/errors.ts";
import { BLOCK_SIZE, chunkBlock, chunkCount, firstFreeBlock, MAX_BLOCKS, SUPERBLOCK_COUNT } from "./format.ts";
import { reclaimSpace } from "./reclaim-space.ts";
import { Space } from "./space.ts";
import { decodeSuperblock, KNOWN_INCOMPATIBLE, KNOWN_READ_ONLY, type Superblock } from "./superblock.ts";
import { TreeNode } from "./tree-node.ts";
import { Volume } from "./volume.ts";
import { xxh32 } from "./xxh32.ts";

/** Room for a root directory and something in it. */
const MIN_BLOCKS = 64;

export interface OpenVolume {
  readonly volume: Volume;
  readonly readOnly: boolean;
  /** Just formatted: the tree is empty. */
  readonly fresh: boolean;
}

/** Finds the newest committed state of a device, or makes the first one. */
export async function openVolume(device: BlockDevice, format: boolean): Promise<OpenVolume> {
  if (device.blockSizeBytes !== BLOCK_SIZE) {
    throw refusal(`its blocks have ${device.blockSizeBytes} bytes, expected ${BLOCK_SIZE}`);
  }
  // Superblocks and bitmaps in one read: a transaction costs more than the bytes.
  const blocks = Math.min(device.blockCount, MAX_BLOCKS);
  const head = new Uint8Array(Math.min(firstFreeBlock(blocks), blocks) * BLOCK_SIZE);
  await device.read(0, head);
  const found = Array.from({ length: SUPERBLOCK_COUNT }, (_, index) => decodeSuperblock(blockOf(head, index)));
  const newest = found
    .filter((superblock) => typeof superblock !== "string")
    .reduce<Superblock | undefined>(
      (best, each) => (best && best.generation > each.generation ? best : each),
      undefined,
    );
  if (newest !== undefined) return await openExisting(device, newest, head);

  if (found.includes("foreign")) throw refusal("it holds something that is not CloudFS");
  if (found.includes("version")) throw refusal("it was written by a newer CloudFS");
  // A format that was cut short leaves one torn superblock and nothing else; two torn ones were a file system once.
  if (found.every((problem) => problem === "torn")) throw refusal("both superblocks are damaged");
  if (!format || device.readOnly) throw refusal("it is not formatted");
  return formatVolume(device);
}

async function openExisting(device: BlockDevice, superblock: Superblock, head: Uint8Array): Promise<OpenVolume> {
  if ((superblock.incompatible & ~KNOWN_INCOMPATIBLE) !== 0n) {
    throw refusal(`it uses features this version does not know: 0x${superblock.incompatible.toString(16)}`);
  }
  if (superblock.blocks > device.blockCount) {
    throw refusal(`it has ${superblock.blocks} blocks, the device only ${device.blockCount}`);
  }
  if (superblock.chunks.length !== chunkCount(superblock.blocks))
    throw refusal("its free-space table has a wrong size");
  const unknown = (superblock.readOnlyCompatible & ~KNOWN_READ_ONLY) !== 0n;
  const readOnly = device.readOnly || unknown;

  const space = new Space(superblock.blocks);
  const volume = new Volume(device, superblock, space);
  let intact = true;
  for (const [chunk, { place, hash }] of superblock.chunks.entries()) {
    const bytes = blockOf(head, chunkBlock(chunk, place));
    if (xxh32(bytes) === hash) space.decodeChunk(chunk, bytes);
    else intact = false;
  }
  space.changedChunks.clear();
  // A commit that failed half way may have left a bitmap of a state that never was; the tree tells what is in use.
  if (!intact && !readOnly) await reclaimSpace(volume);
  return { volume, readOnly, fresh: false };
}

function formatVolume(device: BlockDevice): OpenVolume {
  const blocks = Math.min(device.blockCount, MAX_BLOCKS);
  if (blocks < MIN_BLOCKS) throw refusal(`it has ${blocks} blocks, expected at least ${MIN_BLOCKS}`);
  const space = new Space(blocks);
  space.clear();
  const superblock: Superblock = {
    generation: 0,
    blocks,
    id: crypto.getRandomValues(new Uint8Array(16)),
    compatible: 0n,
    incompatible: 0n,
    readOnlyCompatible: 0n,
    root: { block: firstFreeBlock(blocks), hash: 0, level: 0 },
    nextIno: 2,
    inodes: 0,
    chunks: Array.from({ length: chunkCount(blocks) }, () => ({ place: 1, hash: 0 })),
  };
  const volume = new Volume(device, superblock, space);
  volume.tree.root = { block: 0, hash: 0, node: new TreeNode(0), loading: undefined };
  return { volume, readOnly: false, fresh: true };
}

function blockOf(head: Uint8Array, block: number): Uint8Array {
  return head.subarray(block * BLOCK_SIZE, (block + 1) * BLOCK_SIZE);
}

function refusal(reason: string): FsError {
  return new FsError(EIO, `Cannot mount the disk: ${reason}`);
}
