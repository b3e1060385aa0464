import { EIO } from "@cloudos/abi/errno";
import type { BlobSource } from "../imagefs/blob-source.ts";
import { httpBlobs } from "../imagefs/http-blobs.ts";
import { sha256Hex } from "../imagefs/sha256.ts";
import { FsError } from "../vfs/errors.ts";
import { Chunkfs } from "./chunkfs.ts";

export interface ChunkTreeLocation {
  /** URL of the tree's file. */
  readonly treeUrl: string;
  /** Chunks are at `<blobsUrl>blobs/<hash>`. */
  readonly blobsUrl: string;
  /** Hex SHA-256 the unpacked tree must have; absent: whatever is there. */
  readonly id?: string;
}

/** Fetches a tree's file and mounts it; chunks come when they are read. Rejects with FsError EIO. */
export async function openChunkTree(location: ChunkTreeLocation): Promise<Chunkfs> {
  const { treeUrl } = location;
  let packed: Uint8Array<ArrayBuffer>;
  try {
    const response = await fetch(treeUrl);
    if (!response.ok) throw new Error(`the server answered ${response.status}`);
    packed = new Uint8Array(await response.arrayBuffer());
  } catch (cause) {
    throw new FsError(EIO, `Cannot mount "${treeUrl}": ${(cause as Error).message}`, { cause });
  }
  return await mountChunkTree(packed, httpBlobs(location.blobsUrl), treeUrl, location.id);
}

/** Mounts a tree from the bytes of its file. */
export async function mountChunkTree(
  packed: Uint8Array,
  blobs: BlobSource,
  source = "chunks",
  id?: string,
): Promise<Chunkfs> {
  const tree = await unpack(packed, source);
  const found = id === undefined ? undefined : await sha256Hex(tree);
  if (found !== id) throw new FsError(EIO, `Cannot mount "${source}": its SHA-256 is ${found}, expected ${id}`);
  return new Chunkfs(tree, { blobs, source });
}

/** gzip; or, from a server that unpacks what it sends, the tree itself. */
async function unpack(packed: Uint8Array, source: string): Promise<Uint8Array> {
  if (packed[0] !== 0x1f || packed[1] !== 0x8b) return packed;
  try {
    const stream = new Blob([packed as Uint8Array<ArrayBuffer>]).stream().pipeThrough(new DecompressionStream("gzip"));
    return new Uint8Array(await new Response(stream).arrayBuffer());
  } catch (cause) {
    throw new FsError(EIO, `Cannot mount "${source}": its file is damaged`, { cause });
  }
}
