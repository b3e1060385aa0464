import type { TreeLayer } from "@cloudos/abi/machine";
import type { Chunkfs } from "../chunkfs/chunkfs.ts";
import { openChunkTree } from "../chunkfs/open-chunk-tree.ts";

/** Chunk trees that are mounted, by identity: machines of one image share the tree and what was fetched of it. */
export class LayerCache {
  readonly #trees = new Map<string, Promise<Chunkfs>>();
  readonly #onLog: (text: string) => void;

  constructor(onLog: (text: string) => void) {
    this.#onLog = onLog;
  }

  /** Rejects with FsError EIO; the next call tries again. */
  get(layer: TreeLayer): Promise<Chunkfs> {
    const key = layer.id ?? layer.treeUrl;
    let tree = this.#trees.get(key);
    if (tree === undefined) {
      tree = openChunkTree({
        ...layer,
        onTrouble: (text) => {
          const what = text === undefined ? "goes on" : `waits for the network: ${text}`;
          this.#onLog(`Reading ${layer.treeUrl} ${what}`);
        },
      });
      this.#trees.set(key, tree);
      tree.catch(() => this.#trees.delete(key));
    }
    return tree;
  }
}
