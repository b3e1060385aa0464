/** Content-addressed files of images and the manifests that name them: `build/images/<name>/manifest.json`, `build/images/blobs/<sha256>`. */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import type { BlobReference } from "@cloudos/abi";

export class ImageStore {
  readonly root: string;
  constructor(root: string) {
    this.root = root;
    mkdirSync(join(root, "blobs"), { recursive: true });
  }

  /** Stores bytes, gzip-compressed if asked. Both hashes are of what is stored. */
  put(bytes: Uint8Array, compression: "gzip" | "none"): BlobReference {
    const stored = compression === "gzip" ? gzipSync(bytes, { level: 9 }) : bytes;
    const hash = createHash("sha256").update(stored).digest("hex");
    const path = join(this.root, "blobs", hash);
    if (!existsSync(path)) {
      writeFileSync(`${path}.partial`, stored);
      renameSync(`${path}.partial`, path);
    }
    return { sha256: hash, sizeBytes: bytes.length, storedBytes: stored.length, compression };
  }

  /** Written last: an image without manifest is not there. `path` is relative to the store. */
  writeManifest(path: string, manifest: object): void {
    const full = join(this.root, path);
    mkdirSync(dirname(full), { recursive: true });
    writeFileSync(`${full}.partial`, `${JSON.stringify(manifest, null, 2)}\n`);
    renameSync(`${full}.partial`, full);
  }
}
