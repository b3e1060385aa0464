import { createHash } from "node:crypto";
import { mkdir, rename, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { CHUNK_GZIP, CHUNK_IDENTITY } from "../format.ts";

/** Compressed chunks must be at least this much smaller: unpacking costs as much as reading what it saves. */
const WORTH_COMPRESSING = 0.95;

export interface StoredChunk {
  readonly hash: Buffer;
  readonly sizeBytes: number;
  readonly storedBytes: number;
  readonly encoding: number;
}

const compress = promisify(gzip);

/** Writes chunks as `<directory>/<hex SHA-256 of the decoded bytes>`; one that is there already is not written again. */
export class ChunkStore {
  readonly chunks: StoredChunk[] = [];
  readonly #directory: string;
  readonly #level: number;
  readonly #indexes = new Map<string, number>();
  readonly #writing = new Set<Promise<void>>();
  /** Bytes this store wrote, as stored. */
  writtenBytes = 0;

  constructor(directory: string, level: number) {
    this.#directory = directory;
    this.#level = level;
  }

  /** Index of the chunk with these bytes, which must not change afterwards. */
  async put(bytes: Uint8Array): Promise<number> {
    const hash = createHash("sha256").update(bytes).digest();
    const name = hash.toString("hex");
    const known = this.#indexes.get(name);
    if (known !== undefined) return known;
    const index = this.chunks.length;
    this.#indexes.set(name, index);
    this.chunks.push({ hash, sizeBytes: bytes.length, storedBytes: 0, encoding: CHUNK_IDENTITY });
    const writing = this.#write(index, name, hash, bytes).finally(() => this.#writing.delete(writing));
    this.#writing.add(writing);
    // Two at a time: one compresses while the other is read and hashed.
    if (this.#writing.size > 2) await Promise.race(this.#writing);
    return index;
  }

  async finish(): Promise<void> {
    await Promise.all(this.#writing);
  }

  async #write(index: number, name: string, hash: Buffer, bytes: Uint8Array): Promise<void> {
    const packed = await compress(bytes, { level: this.#level });
    const isSmaller = packed.length < bytes.length * WORTH_COMPRESSING;
    const stored = isSmaller ? packed : bytes;
    const encoding = isSmaller ? CHUNK_GZIP : CHUNK_IDENTITY;
    this.chunks[index] = { hash, sizeBytes: bytes.length, storedBytes: stored.length, encoding };
    const path = join(this.#directory, name);
    const there = await stat(path).catch(() => undefined);
    if (there?.size === stored.length) return;
    await mkdir(this.#directory, { recursive: true });
    // A build that is interrupted leaves no half chunk under its name.
    await writeFile(`${path}.part`, stored);
    await rename(`${path}.part`, path);
    this.writtenBytes += stored.length;
  }
}
