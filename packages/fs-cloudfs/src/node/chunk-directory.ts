import { readFile } from "node:fs/promises";
import type { Chunkfs } from "../chunkfs/chunkfs.ts";
import { mountChunkTree } from "../chunkfs/open-chunk-tree.ts";
import { directoryBlobs } from "./directory-blobs.ts";

/** Mounts a chunk tree from files of the host: the tree's file, and the directory `blobs/` lies in. For machines that run in Node. */
export async function openChunkDirectory(treeFile: string, blobsParent: string): Promise<Chunkfs> {
  return await mountChunkTree(await readFile(treeFile), directoryBlobs(blobsParent), treeFile);
}
