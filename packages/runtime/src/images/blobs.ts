import type { BlobReference } from "@cloudos/abi/vm-image";
import { RuntimeError } from "../runtime-error.ts";
import { concat } from "../snapshot/compress.ts";
import { type Digest, subtleDigest, toHex } from "../snapshot/digest.ts";

/** Bytes so far and of all. */
export type Progress = (doneBytes: number, totalBytes: number) => void;

export interface BlobStore {
  /** The decoded content, checked; the caller owns it. Rejects with RuntimeError "download". */
  load(blob: BlobReference, onProgress?: Progress): Promise<ArrayBuffer>;
  /** Bytes that came over the network so far. */
  readonly fetchedBytes: number;
}

const CACHE_NAME = "cloudos-images";
const ATTEMPTS = 4;
const FIRST_PAUSE_MS = 300;

/**
 * Blobs of `<imagesUrl>blobs/`, kept in the Cache API where there is one. A transfer that breaks off goes on where it stopped (range
 * requests), up to ATTEMPTS times.
 */
export class HttpBlobs implements BlobStore {
  readonly #base: string;
  readonly #digest: Digest;
  fetchedBytes = 0;

  constructor(imagesUrl: string, digest: Digest = subtleDigest) {
    this.#base = new URL("blobs/", imagesUrl).href;
    this.#digest = digest;
  }

  async load(blob: BlobReference, onProgress: Progress = () => undefined): Promise<ArrayBuffer> {
    const url = new URL(blob.sha256, this.#base).href;
    const cache = await openCache();
    const hit = await cache?.match(url);
    if (hit !== undefined) {
      onProgress(blob.storedBytes, blob.storedBytes);
      // What is in the cache was checked when it was put there; a damaged one is fetched again.
      const kept = await decode(hit.body, blob).catch(() => null);
      if (kept !== null) return kept;
    }
    const stored = await this.#fetch(url, blob, onProgress);
    const digest = toHex(await this.#digest(stored));
    if (digest !== blob.sha256) {
      const found = `its digest is ${digest.slice(0, 12)}, expected ${blob.sha256.slice(0, 12)}`;
      throw new RuntimeError("download", `Cannot use ${url}: ${found}`);
    }
    // Over quota: it is fetched again next time.
    await cache?.put(url, new Response(stored)).catch(() => undefined);
    return decode(new Response(stored).body, blob);
  }

  async #fetch(url: string, blob: BlobReference, onProgress: Progress): Promise<Uint8Array<ArrayBuffer>> {
    const chunks: Uint8Array[] = [];
    let done = 0;
    let failure: unknown;
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      if (attempt > 0) await new Promise((resolve) => setTimeout(resolve, FIRST_PAUSE_MS * 2 ** attempt));
      try {
        const response = await fetch(url, done === 0 ? {} : { headers: { Range: `bytes=${done}-` } });
        if (!response.ok) throw new Error(`the server answered ${response.status}`);
        if (done > 0 && response.status !== 206) {
          // A server without ranges starts over.
          chunks.length = 0;
          done = 0;
        }
        for await (const chunk of response.body as ReadableStream<Uint8Array>) {
          chunks.push(chunk);
          done += chunk.length;
          this.fetchedBytes += chunk.length;
          onProgress(done, blob.storedBytes);
        }
        if (done >= blob.storedBytes) return concat(chunks, done);
        throw new Error(`the transfer ended at ${done} of ${blob.storedBytes} bytes`);
      } catch (error) {
        failure = error;
      }
    }
    const reason = failure instanceof Error ? failure.message : String(failure);
    throw new RuntimeError("download", `Cannot download ${url}: ${reason}`, { cause: failure });
  }
}

async function decode(body: ReadableStream<Uint8Array> | null, blob: BlobReference): Promise<ArrayBuffer> {
  let stream = body as ReadableStream<Uint8Array<ArrayBuffer>>;
  if (blob.compression === "gzip") stream = stream.pipeThrough(new DecompressionStream("gzip"));
  // The size is known: no growing, no second copy.
  const out = new Uint8Array(blob.sizeBytes);
  let at = 0;
  for await (const chunk of stream) {
    if (at + chunk.length > out.length) break;
    out.set(chunk, at);
    at += chunk.length;
  }
  if (at !== out.length)
    throw new RuntimeError("download", `Cannot use blob ${blob.sha256}: it has another size than said`);
  return out.buffer;
}

async function openCache(): Promise<Cache | null> {
  try {
    return await caches.open(CACHE_NAME);
  } catch {
    return null; // No storage for this page, or no Cache API.
  }
}
