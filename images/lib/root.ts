/** Root file systems: layers of chunk trees, and 9P servers over them for machines in this process. */
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { FILETYPE_DIRECTORY, type ImageLayer } from "@cloudos/abi";
import { buildChunkTree, type TreeImage } from "../../packages/fs-cloudfs/src/chunkfs/node/index.ts";
import { MountTable, NinePServer, PagedBytes, Tmpfs } from "../../packages/fs-cloudfs/src/index.ts";
import { openChunkDirectory } from "../../packages/fs-cloudfs/src/node/chunk-directory.ts";
import { Overlay } from "../../packages/fs-cloudfs/src/overlay/overlay.ts";
import type { ImageStore } from "./store.ts";

const nowNs = () => BigInt(Date.now()) * 1_000_000n;

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

/** A layer that takes minutes to make, made again only when what goes into it has changed. */
export async function cachedLayer(
  store: ImageStore,
  path: string,
  inputs: readonly string[],
  build: () => Promise<ImageLayer>,
): Promise<ImageLayer> {
  const hash = createHash("sha256").update(JSON.stringify(inputs)).digest("hex");
  const note = join(store.root, `${path}.json`);
  if (existsSync(note) && existsSync(join(store.root, path))) {
    const known = JSON.parse(readFileSync(note, "utf8")) as { inputs: string; layer: ImageLayer };
    if (known.inputs === hash) return known.layer;
  }
  const layer = await build();
  store.writeManifest(`${path}.json`, { inputs: hash, layer });
  return layer;
}

export interface ServedRoot {
  readonly server: NinePServer;
  /** Whether a guest has written anything. */
  isUntouched(): boolean;
}

/**
 * A root as machines get it: an overlay of the layers under an empty directory. A guest remembers inode numbers, so a snapshot must be taken over
 * the same kind of file system as it is restored on.
 */
export async function serveRoot(store: ImageStore, layers: readonly ImageLayer[]): Promise<ServedRoot> {
  const lower = [];
  for (const { path } of layers) {
    const fs = await openChunkDirectory(join(store.root, path), store.root);
    lower.push({ fs, ino: fs.rootIno });
  }
  const upper = new Tmpfs({ nowNs, rootMode: 0o755, memory: () => ({ totalBytes: 2 ** 30, freeBytes: 2 ** 30 }) });
  const overlay = await Overlay.open({ lower, upper: { fs: upper, ino: upper.rootIno } });
  const before = entriesBelow(upper, upper.rootIno);
  const mount = new MountTable(overlay).root;
  const bytes = new PagedBytes({ nowNs });
  return {
    server: new NinePServer({ mount, rootIno: mount.rootIno, bytes, nowNs }),
    isUntouched: () => entriesBelow(upper, upper.rootIno) === before,
  };
}

function entriesBelow(fs: Tmpfs, directory: number): number {
  let count = 0;
  fs.readdir(directory, 0, (_name, ino, type) => {
    count += 1 + (type === FILETYPE_DIRECTORY ? entriesBelow(fs, ino) : 0);
    return true;
  });
  return count;
}
