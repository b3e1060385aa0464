import type { HostFiles } from "@cloudos/abi/machine";
import type { Chunkfs } from "../chunkfs/chunkfs.ts";
import { decodePrefetch, encodePrefetch } from "../chunkfs/prefetch.ts";

const DIRECTORY = "/var/cache/chunks";
/** 12 MiB of a tree: a shell and an interpreter. More would compete with the guest for the processor. */
const CHUNKS_MAX = 96;
const AT_ONCE = 4;

/** Remembers on disk which chunks of a tree were read first, and fetches them before the next machine asks. */
export class LearnedPrefetch {
  readonly #files: HostFiles;
  /** By file: what is stored. */
  readonly #stored = new Map<string, string>();

  constructor(files: HostFiles) {
    this.#files = files;
  }

  /** Resolves when the chunks of the list given, or else of the one learned, were fetched. Never rejects: they are fetched on demand then. */
  async fetch(id: string, tree: Chunkfs, given: readonly number[] | undefined): Promise<void> {
    const list = given ?? (await this.#load(id));
    await tree.prefetch(list, AT_ONCE);
  }

  /** Stores what was read since the tree was mounted. Never rejects: it is a hint. */
  async learn(id: string, tree: Chunkfs): Promise<void> {
    const list = tree.touched.list().slice(0, CHUNKS_MAX);
    const path = pathOf(id);
    if (path === undefined) return;
    if (list.length === 0 || this.#stored.get(path) === list.join()) return;
    this.#stored.set(path, list.join());
    try {
      await this.#files.mkdir(DIRECTORY, { recursive: true });
      await this.#files.writeFile(path, encodePrefetch(list));
    } catch {
      // A full or read-only disk.
    }
  }

  async #load(id: string): Promise<readonly number[]> {
    const path = pathOf(id);
    if (path === undefined) return [];
    try {
      const list = decodePrefetch(await this.#files.readFile(path));
      this.#stored.set(path, list.join());
      return list.slice(0, CHUNKS_MAX);
    } catch {
      return [];
    }
  }
}

/** Undefined for what is no identity: it comes from a manifest. */
function pathOf(id: string): string | undefined {
  return /^[0-9a-f]{64}$/.test(id) ? `${DIRECTORY}/${id}.prefetch` : undefined;
}
