import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { ImageBlob } from "../../packages/abi/src/image.ts";

/** Below this a request's overhead outweighs what compression saves. */
const COMPRESS_FROM_BYTES = 1024;

/** Writes blobs under the SHA-256 of their bytes; equal contents share one. */
export class BlobStore {
  readonly blobs: Record<string, ImageBlob> = {};
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
  }

  add(data: Uint8Array): string {
    const name = createHash("sha256").update(data).digest("hex");
    if (this.blobs[name] !== undefined) return name;
    const gzip = data.length >= COMPRESS_FROM_BYTES ? gzipSync(data, { level: 9 }) : null;
    const compressed = gzip !== null && gzip.length < data.length * 0.9 ? gzip : null;
    const stored = compressed ?? data;
    writeFileSync(join(this.#directory, name), stored);
    this.blobs[name] = {
      sizeBytes: data.length,
      transferBytes: stored.length,
      encoding: compressed === null ? "identity" : "gzip",
    };
    return name;
  }
}
