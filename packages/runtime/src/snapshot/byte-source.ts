import { concat } from "./compress.ts";
import { corrupt } from "./malformed.ts";

/** Reads exact lengths from a stream of chunks of any size. */
export class ByteSource {
  readonly #chunks: AsyncIterator<Uint8Array> | Iterator<Uint8Array>;
  #held: Uint8Array[] = [];
  #heldBytes = 0;
  /** Bytes taken so far. */
  offset = 0;

  constructor(chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>) {
    this.#chunks = Symbol.asyncIterator in chunks ? chunks[Symbol.asyncIterator]() : chunks[Symbol.iterator]();
  }

  /** Exactly `length` bytes, a copy; throws SnapshotError "corrupt" when the stream ends before. `what` names them in the message. */
  async take(length: number, what: string): Promise<Uint8Array<ArrayBuffer>> {
    while (this.#heldBytes < length && (await this.#fill()));
    if (this.#heldBytes < length) corrupt(`it ends in the middle of ${what}`, this.offset + this.#heldBytes);
    const held = concat(this.#held, this.#heldBytes);
    this.#held = [held.subarray(length)];
    this.#heldBytes -= length;
    this.offset += length;
    return held.slice(0, length);
  }

  async atEnd(): Promise<boolean> {
    while (this.#heldBytes === 0) if (!(await this.#fill())) return true;
    return false;
  }

  async #fill(): Promise<boolean> {
    const { done, value } = await this.#chunks.next();
    if (done === true) return false;
    this.#held.push(value);
    this.#heldBytes += value.length;
    return true;
  }
}
