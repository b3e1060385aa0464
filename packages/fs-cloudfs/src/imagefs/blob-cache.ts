import { EIO } from "@cloudos/abi/errno";
import type { ImageBlob } from "@cloudos/abi/image";
import { FsError } from "../vfs/errors.ts";
import type { ProgressSink } from "../vfs/file-system.ts";
import type { BlobSource } from "./blob-source.ts";
import { downloadBlob } from "./download.ts";
import { sha256Hex } from "./sha256.ts";

/** Room for the largest blobs there are (clang, 31 MB, and its sysroot) without holding everything ever used. */
const CACHE_BYTES = 96 * 1024 * 1024;

/** Blobs in memory, least recently used out first; one download at a time for each. */
export class BlobCache {
  readonly #source: BlobSource;
  readonly #blobOf: (name: string) => ImageBlob | undefined;
  readonly #limitBytes: number;
  readonly #held = new Map<string, Uint8Array>();
  readonly #coming = new Map<string, Promise<Uint8Array>>();
  #heldBytes = 0;

  /** `blobs` tells what is to be known of a blob before it is fetched. */
  constructor(
    source: BlobSource,
    blobs: Readonly<Record<string, ImageBlob>> | ((name: string) => ImageBlob | undefined),
    limitBytes: number = CACHE_BYTES,
  ) {
    this.#source = source;
    this.#blobOf = typeof blobs === "function" ? blobs : (name) => blobs[name];
    this.#limitBytes = limitBytes;
  }

  /** The bytes if they are in memory. */
  peek(name: string): Uint8Array | undefined {
    const bytes = this.#held.get(name);
    if (bytes !== undefined) {
      this.#held.delete(name);
      this.#held.set(name, bytes);
    }
    return bytes;
  }

  /** Rejects with FsError EIO; the next call tries again. */
  get(name: string, progress?: ProgressSink): Promise<Uint8Array> {
    const held = this.peek(name);
    if (held !== undefined) return Promise.resolve(held);
    let coming = this.#coming.get(name);
    if (coming === undefined) {
      coming = this.#obtain(name, progress).finally(() => this.#coming.delete(name));
      this.#coming.set(name, coming);
    }
    return coming;
  }

  async #obtain(name: string, progress: ProgressSink | undefined): Promise<Uint8Array> {
    const blob = this.#blobOf(name);
    if (blob === undefined) throw new FsError(EIO, `Cannot read blob ${name}: the image does not list it`);
    const stored = await this.#source.load(name).catch(() => undefined);
    if (stored !== undefined && stored.length === blob.sizeBytes && (await sha256Hex(stored)) === name) {
      return this.#hold(name, stored);
    }
    const bytes = await downloadBlob(this.#source, name, blob, progress);
    // Nobody waits for the bytes to be kept.
    void this.#source.store(name, bytes);
    return this.#hold(name, bytes);
  }

  #hold(name: string, bytes: Uint8Array): Uint8Array {
    this.#held.set(name, bytes);
    this.#heldBytes += bytes.length;
    for (const [oldest, old] of this.#held) {
      if (this.#heldBytes <= this.#limitBytes || oldest === name) break;
      this.#held.delete(oldest);
      this.#heldBytes -= old.length;
    }
    return bytes;
  }
}
