import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { ImageBlob } from "@cloudos/abi/image";

/** Compressed below this share of the original, or not at all: unpacking costs the reader time. */
const WORTH_COMPRESSING = 0.95;

/**
 * Blobs on disk, named by the SHA-256 of their decoded bytes. Compression is what takes long in a build, so what an earlier build
 * compressed is kept and only what is no longer used is removed.
 */
export class BlobStore {
  readonly #folder: string;
  readonly #indexPath: string;
  readonly #known: Record<string, ImageBlob>;
  readonly #used: Record<string, ImageBlob> = {};

  constructor(folder: string) {
    this.#folder = join(folder, "blobs");
    this.#indexPath = join(folder, "blobs.json");
    mkdirSync(this.#folder, { recursive: true });
    this.#known = existsSync(this.#indexPath) ? JSON.parse(readFileSync(this.#indexPath, "utf8")) : {};
  }

  /** Returns the blob's name. `title` for those that are large enough to show progress for. */
  add(data: Uint8Array, title?: string): string {
    const name = createHash("sha256").update(data).digest("hex");
    if (this.#used[name]) return name;
    const path = join(this.#folder, name);
    let blob = existsSync(path) ? this.#known[name] : undefined;
    if (!blob) {
      const gzip = gzipSync(data, { level: 9 });
      const compressed = gzip.length < data.length * WORTH_COMPRESSING;
      const stored = compressed ? gzip : data;
      writeFileSync(path, stored);
      blob = {
        sizeBytes: data.length,
        transferBytes: stored.length,
        encoding: compressed ? "gzip" : "identity",
      };
    }
    const { title: _, ...sizes } = blob;
    this.#used[name] = title === undefined ? sizes : { ...sizes, title };
    return name;
  }

  /** Removes what is not used any more. */
  finish(): Readonly<Record<string, ImageBlob>> {
    for (const name of readdirSync(this.#folder)) {
      if (!this.#used[name]) rmSync(join(this.#folder, name));
    }
    writeFileSync(this.#indexPath, JSON.stringify(this.#used));
    return this.#used;
  }
}
