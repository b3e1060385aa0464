import type { ImageEntry } from "@cloudos/abi/image";
import type { BlobStore } from "./store.ts";

export interface PackFile {
  readonly path: string;
  readonly mode: number;
  readonly data: Uint8Array;
}

/** Puts files one after the other into one blob, in order of path so that neighbours compress together. */
export function pack(files: readonly PackFile[], store: BlobStore, title?: string): ImageEntry[] {
  const sorted = [...files].sort((a, b) => (a.path < b.path ? -1 : 1));
  const whole = new Uint8Array(sorted.reduce((sum, { data }) => sum + data.length, 0));
  const offsets: number[] = [];
  let offset = 0;
  for (const { data } of sorted) {
    whole.set(data, offset);
    offsets.push(offset);
    offset += data.length;
  }
  const blob = store.add(whole, title);
  return sorted.map(({ path, mode, data }, i) => ({
    type: "file",
    path,
    mode,
    sizeBytes: data.length,
    blob,
    offset: offsets[i]!,
  }));
}
