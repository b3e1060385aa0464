import { createHash } from "node:crypto";
import { mkdir, open, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { FILETYPE_DIRECTORY, FILETYPE_REGULAR_FILE } from "@cloudos/abi/wasi";
import { CHUNK_BYTES_MAX, DEFAULT_CHUNK_BYTES, NO_CHUNK } from "../format.ts";
import { ChunkStore } from "./chunk-store.ts";
import { type ExtentRecord, encodeTree } from "./encode-tree.ts";
import { type FileContent, sizeOf, type TreeImage, type TreeNode } from "./tree-image.ts";

export interface BuildOptions {
  /** Where the tree's file goes (gzip). */
  readonly treeFile: string;
  /** Directory of the chunks; several trees may share one. */
  readonly blobs: string;
  readonly chunkBytes?: number;
  /** Of gzip, 1 to 9. Default 6: 9 takes twice as long for 1% less. */
  readonly level?: number;
}

export interface BuiltTree {
  /** Hex SHA-256 of the tree's file, unpacked: the tree's identity, chunks included. */
  readonly id: string;
  readonly files: number;
  /** Bytes of all files. */
  readonly sizeBytes: number;
  readonly chunks: number;
  /** Bytes of all chunks as stored, shared ones included. */
  readonly storedBytes: number;
  /** Bytes of the tree's file. */
  readonly treeBytes: number;
}

/** Files up to this share chunks with their neighbours. */
const PACKED_SHARE = 0.5;

/** Writes a tree as chunks and a file that names them (docs/cloudfs/CHUNKTREE.md). The same tree gives the same bytes. */
export async function buildChunkTree(tree: TreeImage, options: BuildOptions): Promise<BuiltTree> {
  const chunkBytes = options.chunkBytes ?? DEFAULT_CHUNK_BYTES;
  if (chunkBytes % 4096 !== 0 || chunkBytes > CHUNK_BYTES_MAX) {
    throw new RangeError(`Cannot build chunks of ${chunkBytes} bytes: expected whole pages up to ${CHUNK_BYTES_MAX}`);
  }
  const store = new ChunkStore(options.blobs, options.level ?? 6);
  const packer = new Packer(store, chunkBytes);
  const extents = new Map<TreeNode, readonly ExtentRecord[]>();
  let sizeBytes = 0;
  for (const node of filesOf(tree.root)) {
    if (extents.has(node)) continue;
    sizeBytes += sizeOf(node.content);
    extents.set(node, await packer.put(node.content));
  }
  await packer.finish();
  await store.finish();

  const bytes = encodeTree(tree.root, extents, store.chunks, chunkBytes, sizeBytes);
  const packed = await promisify(gzip)(bytes, { level: 9 });
  await mkdir(dirname(options.treeFile), { recursive: true });
  await writeFile(options.treeFile, packed);
  return {
    id: createHash("sha256").update(bytes).digest("hex"),
    files: extents.size,
    sizeBytes,
    chunks: store.chunks.length,
    storedBytes: store.chunks.reduce((total, chunk) => total + chunk.storedBytes, 0),
    treeBytes: packed.length,
  };
}

/** Regular files, directory by directory: what lies together is read together. */
function* filesOf(dir: TreeNode): Generator<TreeNode> {
  for (const child of dir.entries.values()) if (child.type === FILETYPE_REGULAR_FILE) yield child;
  for (const child of dir.entries.values()) if (child.type === FILETYPE_DIRECTORY) yield* filesOf(child);
}

/** Cuts files into chunks and packs small ones. */
class Packer {
  readonly #store: ChunkStore;
  readonly #chunkBytes: number;
  #pack: Uint8Array;
  #used = 0;
  /** Extents of the pack that is being filled; they learn its number when it is full. */
  #pending: { chunk: number }[] = [];
  /** Small contents by hash: many packages ship the same file. */
  readonly #known = new Map<string, ExtentRecord>();

  constructor(store: ChunkStore, chunkBytes: number) {
    this.#store = store;
    this.#chunkBytes = chunkBytes;
    this.#pack = new Uint8Array(chunkBytes);
  }

  async put(content: FileContent): Promise<readonly ExtentRecord[]> {
    const size = sizeOf(content);
    const extents: ExtentRecord[] = [];
    for (let at = 0; at < size; at += this.#chunkBytes) {
      const bytes = await slice(content, at, Math.min(size, at + this.#chunkBytes));
      if (bytes.every((byte) => byte === 0)) extents.push({ chunk: NO_CHUNK, offset: 0, length: bytes.length });
      else if (bytes.length <= this.#chunkBytes * PACKED_SHARE) extents.push(await this.#packed(bytes));
      else extents.push({ chunk: await this.#store.put(bytes), offset: 0, length: bytes.length });
    }
    return extents;
  }

  async finish(): Promise<void> {
    if (this.#used === 0) return;
    const chunk = await this.#store.put(this.#pack.slice(0, this.#used));
    for (const extent of this.#pending) extent.chunk = chunk;
    this.#pending = [];
    this.#used = 0;
  }

  async #packed(bytes: Uint8Array): Promise<ExtentRecord> {
    const hash = createHash("sha256").update(bytes).digest("hex");
    const known = this.#known.get(hash);
    if (known !== undefined) return known;
    if (this.#used + bytes.length > this.#chunkBytes) await this.finish();
    const extent = { chunk: NO_CHUNK, offset: this.#used, length: bytes.length };
    this.#pack.set(bytes, this.#used);
    this.#used += bytes.length;
    this.#pending.push(extent);
    this.#known.set(hash, extent);
    return extent;
  }
}

async function slice(content: FileContent, from: number, to: number): Promise<Uint8Array> {
  if (content instanceof Uint8Array) return content.slice(from, to);
  const bytes = new Uint8Array(to - from);
  const file = await open(content.path);
  try {
    let at = 0;
    while (at < bytes.length) {
      const { bytesRead } = await file.read(bytes, at, bytes.length - at, content.offset + from + at);
      if (bytesRead === 0) throw new Error(`Cannot read "${content.path}": it became shorter`);
      at += bytesRead;
    }
  } finally {
    await file.close();
  }
  return bytes;
}
