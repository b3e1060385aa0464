import { EIO } from "@cloudos/abi/errno";
import { FsError } from "../vfs/errors.ts";

/** Chunks of a tree in the order they were first read. */
export class TouchedChunks {
  readonly #seen: Uint8Array;
  readonly #order: number[] = [];

  constructor(chunks: number) {
    this.#seen = new Uint8Array(chunks);
  }

  add(chunk: number): void {
    if (this.#seen[chunk] !== 0) return;
    this.#seen[chunk] = 1;
    this.#order.push(chunk);
  }

  list(): readonly number[] {
    return this.#order.slice();
  }
}

/** "CTPF" as a little-endian u32. */
const MAGIC = 0x46505443;
const VERSION = 1;

/** A prefetch list at rest: magic u32, version u32, then chunk numbers u32. It belongs to the tree it was recorded with. */
export function encodePrefetch(chunks: readonly number[]): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Uint32Array.of(MAGIC, VERSION, ...chunks).buffer);
}

/** Throws FsError EIO for anything else. Numbers past the tree's chunks are ignored by whoever fetches. */
export function decodePrefetch(bytes: Uint8Array): readonly number[] {
  const words = bytes.length % 4 === 0 ? new Uint32Array(bytes.slice().buffer) : new Uint32Array(0);
  if (words[0] !== MAGIC || words[1] !== VERSION) throw new FsError(EIO, "Cannot read the prefetch list: it is none");
  return Array.from(words.subarray(2));
}
