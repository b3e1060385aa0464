/** Root file systems as chunk trees, and a 9P server over one for a machine in this process. */
import { join } from "node:path";
import type { ImageLayer } from "@cloudos/abi";
import { buildChunkTree, type TreeImage } from "../../packages/fs-cloudfs/src/chunkfs/node/index.ts";
import { type FileSystem, MountTable, NinePServer, PagedBytes } from "../../packages/fs-cloudfs/src/index.ts";
import { openChunkDirectory } from "../../packages/fs-cloudfs/src/node/chunk-directory.ts";
import type { ImageStore } from "./store.ts";

/** Writes the tree as `<path>` (relative to the store) and its chunks beside the store's other blobs. */
export async function storeLayer(store: ImageStore, tree: TreeImage, name: string, path: string): Promise<ImageLayer> {
  const built = await buildChunkTree(tree, { treeFile: join(store.root, path), blobs: join(store.root, "blobs") });
  return {
    name,
    path,
    id: built.id,
    files: built.files,
    sizeBytes: built.sizeBytes,
    storedBytes: built.storedBytes + built.treeBytes,
  };
}

export function openLayer(store: ImageStore, layer: ImageLayer) {
  return openChunkDirectory(join(store.root, layer.path), store.root);
}

/** A server whose root is the root of `fs`. */
export function serveRoot(fs: FileSystem): NinePServer {
  const nowNs = () => BigInt(Date.now()) * 1_000_000n;
  const mount = new MountTable(fs).root;
  return new NinePServer({ mount, rootIno: mount.rootIno, bytes: new PagedBytes({ nowNs }), nowNs });
}
