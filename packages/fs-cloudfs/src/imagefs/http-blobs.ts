import type { BlobSource, BlobTransfer } from "./blob-source.ts";

const CACHE_NAME = "cloudos-blobs";

/** Blobs from `<imageUrl>blobs/`, kept in the Cache API where there is one. */
export function httpBlobs(imageUrl: string): BlobSource {
  const urlOf = (name: string) => new URL(`blobs/${name}`, imageUrl).href;
  return {
    async load(name) {
      const cache = await openCache();
      const hit = await cache?.match(decodedKey(urlOf(name)));
      return hit === undefined ? undefined : new Uint8Array(await hit.arrayBuffer());
    },
    async store(name, bytes) {
      try {
        const cache = await openCache();
        await cache?.put(decodedKey(urlOf(name)), new Response(bytes as Uint8Array<ArrayBuffer>));
      } catch {
        // Over quota: the blob is fetched again next time.
      }
    },
    async fetch(name, from): Promise<BlobTransfer> {
      const headers: HeadersInit = from > 0 ? { Range: `bytes=${from}-` } : {};
      const response = await fetch(urlOf(name), { headers });
      if (!response.ok || response.body === null) throw new Error(`the server answered ${response.status}`);
      return { from: response.status === 206 ? from : 0, chunks: chunksOf(response.body) };
    },
  };
}

/** What is kept is the decoded blob, not the file at the URL: a key of its own. */
function decodedKey(url: string): string {
  return `${url}?decoded`;
}

/** Undefined where there is no Cache API (Node, insecure contexts) or the browser forbids it (private windows). */
async function openCache(): Promise<Cache | undefined> {
  try {
    return await globalThis.caches?.open(CACHE_NAME);
  } catch {
    return undefined;
  }
}

async function* chunksOf(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = body.getReader();
  try {
    for (;;) {
      const step = await reader.read();
      if (step.done) return;
      yield step.value;
    }
  } finally {
    await reader.cancel();
  }
}
