import { BITS_PER_CHUNK, BLOCK_SIZE, chunkCount, firstFreeBlock } from "./format.ts";

const WORD_BITS = 32;
const FULL = 0xffffffff;

/**
 * Which blocks are free. A block freed by the transaction under way stays taken here until the transaction is durable: the last
 * committed state may still need it.
 */
export class Space {
  readonly blocks: number;
  readonly #bits: Uint32Array;
  readonly #leaving: number[] = [];
  readonly changedChunks = new Set<number>();
  #free: number;
  #cursor: number;

  constructor(blocks: number) {
    this.blocks = blocks;
    this.#bits = new Uint32Array((chunkCount(blocks) * BITS_PER_CHUNK) / WORD_BITS).fill(FULL);
    this.#free = 0;
    this.#cursor = firstFreeBlock(blocks);
  }

  /** Blocks that can be allocated now. */
  get free(): number {
    return this.#free;
  }

  /** Blocks that can be allocated once the transaction is durable. */
  get leaving(): number {
    return this.#leaving.length;
  }

  /** Blocks in use, without the fixed ones at the start. */
  get taken(): number {
    return this.blocks - firstFreeBlock(this.blocks) - this.#free;
  }

  isTaken(block: number): boolean {
    return ((this.#bits[Math.floor(block / WORD_BITS)]! >>> (block % WORD_BITS)) & 1) === 1;
  }

  /** A run of at most `wanted` free blocks; undefined when the device is full. */
  allocate(wanted: number): { readonly start: number; readonly count: number } | undefined {
    if (this.#free === 0) return undefined;
    const start = this.#findFree(this.#cursor) ?? this.#findFree(firstFreeBlock(this.blocks));
    if (start === undefined) return undefined;
    let count = 0;
    while (count < wanted && start + count < this.blocks && !this.isTaken(start + count)) {
      this.#take(start + count);
      count++;
    }
    this.#cursor = start + count;
    return { start, count };
  }

  /** Frees a block once the transaction under way is durable. */
  release(block: number): void {
    this.#leaving.push(block);
    this.changedChunks.add(Math.floor(block / BITS_PER_CHUNK));
  }

  /** How many blocks the transaction under way has freed so far: what `settle` may be given. */
  settle(count: number): readonly number[] {
    const settled = this.#leaving.splice(0, count);
    for (const block of settled) this.markFree(block);
    return settled;
  }

  /** A chunk as it is to be on disk after the transaction. */
  encodeChunk(chunk: number): Uint8Array {
    const words = BLOCK_SIZE / 4;
    const copy = this.#bits.slice(chunk * words, (chunk + 1) * words);
    for (const block of this.#leaving) {
      const bit = block - chunk * BITS_PER_CHUNK;
      if (bit < 0 || bit >= BITS_PER_CHUNK) continue;
      copy[Math.floor(bit / WORD_BITS)]! &= ~(1 << (bit % WORD_BITS));
    }
    const bytes = new Uint8Array(BLOCK_SIZE);
    const view = new DataView(bytes.buffer);
    for (const [index, word] of copy.entries()) view.setUint32(index * 4, word, true);
    return bytes;
  }

  decodeChunk(chunk: number, bytes: Uint8Array): void {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const first = (chunk * BLOCK_SIZE) / 4;
    for (let index = 0; index < BLOCK_SIZE / 4; index++) {
      const before = this.#bits[first + index]!;
      const after = view.getUint32(index * 4, true);
      this.#free += ones(before) - ones(after);
      this.#bits[first + index] = after;
    }
  }

  markFree(block: number): void {
    if (!this.isTaken(block)) return;
    this.#bits[Math.floor(block / WORD_BITS)]! &= ~(1 << (block % WORD_BITS));
    this.#free++;
    this.changedChunks.add(Math.floor(block / BITS_PER_CHUNK));
  }

  /** All blocks but the fixed ones are free. */
  clear(): void {
    for (let block = firstFreeBlock(this.blocks); block < this.blocks; block++) this.markFree(block);
  }

  markTaken(block: number): void {
    if (!this.isTaken(block)) this.#take(block);
  }

  #take(block: number): void {
    this.#bits[Math.floor(block / WORD_BITS)]! |= 1 << (block % WORD_BITS);
    this.#free--;
    this.changedChunks.add(Math.floor(block / BITS_PER_CHUNK));
  }

  #findFree(from: number): number | undefined {
    for (let block = from; block < this.blocks; ) {
      if (block % WORD_BITS === 0 && this.#bits[block / WORD_BITS] === FULL) {
        block += WORD_BITS;
        continue;
      }
      if (!this.isTaken(block)) return block;
      block++;
    }
    return undefined;
  }
}

function ones(word: number): number {
  let count = 0;
  for (let rest = word >>> 0; rest !== 0; rest = (rest & (rest - 1)) >>> 0) count++;
  return count;
}
