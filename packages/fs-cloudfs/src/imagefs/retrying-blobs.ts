import type { BlobSource, BlobTransfer } from "./blob-source.ts";

/** Waits between attempts, in milliseconds: about a minute in all. Whoever reads waits meanwhile, as on a disk that is slow. */
const DELAYS_MS = [250, 500, 1000, 2000, 4000, 8000, 15_000, 30_000] as const;

export interface RetryOptions {
  readonly delaysMs?: readonly number[];
  readonly wait?: (ms: number) => Promise<void>;
  /** The first failure in a row, and the success that ends it. */
  readonly onTrouble?: (text: string | undefined) => void;
}

/** A source that goes on trying when the network drops. An answer of the server that says no (404) ends it at once. */
export function retryingBlobs(source: BlobSource, options: RetryOptions = {}): BlobSource {
  const delaysMs = options.delaysMs ?? DELAYS_MS;
  const wait = options.wait ?? ((ms) => new Promise((resolve) => setTimeout(resolve, ms)));
  let isInTrouble = false;
  const told = (text: string | undefined) => {
    if (isInTrouble === (text !== undefined)) return;
    isInTrouble = text !== undefined;
    options.onTrouble?.(text);
  };
  return {
    load: (name) => source.load(name),
    store: (name, bytes) => source.store(name, bytes),
    async fetch(name, from): Promise<BlobTransfer> {
      for (let attempt = 0; ; attempt++) {
        try {
          const transfer = await source.fetch(name, from);
          told(undefined);
          return transfer;
        } catch (error) {
          const reason = error instanceof Error ? error.message : String(error);
          const delay = delaysMs[attempt];
          if (delay === undefined || /answered 4\d\d/.test(reason)) throw error;
          told(reason);
          await wait(delay);
        }
      }
    },
  };
}
