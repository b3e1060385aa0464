import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { BlobSource } from "../imagefs/blob-source.ts";

/** Blobs from a directory of the host (`build/image`), for machines that run in Node. */
export function directoryBlobs(imageDirectory: string): BlobSource {
  return {
    async load() {
      return undefined;
    },
    async store() {},
    async fetch(name) {
      const file = await readFile(join(imageDirectory, "blobs", name));
      return { from: 0, chunks: once(file) };
    },
  };
}

async function* once(file: Uint8Array): AsyncGenerator<Uint8Array> {
  yield file;
}
