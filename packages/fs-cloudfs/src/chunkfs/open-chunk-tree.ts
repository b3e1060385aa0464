import { EIO } from "@cloudos/abi/errno";
import type { BlobSource } from "../imagefs/blob-source.ts";
import { httpBlobs } from "../imagefs/http-blobs.ts";
import { retryingBlobs } from "../imagefs/retrying-blobs.ts";
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
  /** Called when the network drops, and with undefined when it is back. */
  readonly onTrouble?: (text: string | undefined) => void;
}

/** Fetches a tree's file and mounts it; chunks come when they are read. Rejects with FsError EIO. */
export async function openChunkTree(location: ChunkTreeLocation): Promise<Chunkfs> {
  const { treeUrl } = location;
  let packed: Uint8Array<ArrayBuffer>;
  try {
    packed = await fetchFile(treeUrl);
  } catch (cause) {
    throw new FsError(EIO, `Cannot mount "${treeUrl}": ${(cause as Error).message}`, { cause });
  }
  const { onTrouble } = location;
  const blobs = retryingBlobs(httpBlobs(location.blobsUrl), onTrouble && { onTrouble });
  return await mountChunkTree(packed, blobs, treeUrl, location.id);
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

/** The file, from the browser's cache of blobs when the network is down. */
async function fetchFile(url: string): Promise<Uint8Array<ArrayBuffer>> {
  const kept = await globalThis.caches?.open("cloudos-trees").catch(() => undefined);
  try {
    const response = await fetch(url);
    if (!response.ok) throw new Error(`the server answered ${response.status}`);
    const bytes = new Uint8Array(await response.arrayBuffer());
    // Over quota: then it is not there without a network.
    await kept?.put(url, new Response(bytes)).catch(() => undefined);
    return bytes;
  } catch (error) {
    const response = await kept?.match(url);
    if (response === undefined) throw error;
    return new Uint8Array(await response.arrayBuffer());
  }
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
