import { EIO } from "@cloudos/abi/errno";
import type { ImageBlob } from "@cloudos/abi/image";
import { PAGE_SIZE } from "@cloudos/abi/params";
import { FILETYPE_DIRECTORY } from "@cloudos/abi/wasi";
import { getU64, viewOf } from "../cloudfs/format.ts";
import { xxh32 } from "../cloudfs/xxh32.ts";
import { FsError } from "../vfs/errors.ts";
import type { Xattrs } from "../vfs/file-system.ts";
import * as format from "./format.ts";

export interface ChunkEntry {
  readonly name: string;
  readonly ino: number;
  readonly type: number;
}

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** A checked view of a tree's file: records by index. Inode numbers are record numbers plus 1. */
export class ChunkTree {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly chunkBytes: number;
  readonly inodes: number;
  readonly entries: number;
  readonly extents: number;
  readonly chunks: number;
  /** Bytes of all regular files. */
  readonly totalBytes: number;
  /** XXH32 of the tree's file. */
  readonly hash: number;
  readonly #entriesAt: number;
  readonly #extentsAt: number;
  readonly #chunksAt: number;
  readonly #heapAt: number;
  readonly #heapEnd: number;

  /** Throws FsError EIO naming what is wrong with the bytes. */
  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.view = viewOf(bytes);
    const { view } = this;
    if (bytes.length < format.HEADER_SIZE + format.HASH_SIZE) throw refusal("it is cut short");
    if (view.getUint32(0, true) !== format.TREE_MAGIC) throw refusal("this is no chunk tree");
    const version = view.getUint32(4, true);
    if (version !== format.TREE_VERSION) throw refusal(`its version is ${version}, expected ${format.TREE_VERSION}`);
    this.chunkBytes = view.getUint32(format.H_CHUNK_BYTES, true);
    this.inodes = view.getUint32(format.H_INODES, true);
    this.entries = view.getUint32(format.H_ENTRIES, true);
    this.extents = view.getUint32(format.H_EXTENTS, true);
    this.chunks = view.getUint32(format.H_CHUNKS, true);
    this.totalBytes = getU64(view, format.H_TOTAL);
    const { chunkBytes } = this;
    if (chunkBytes === 0 || chunkBytes % PAGE_SIZE !== 0 || chunkBytes > format.CHUNK_BYTES_MAX) {
      throw refusal(`its chunks have ${chunkBytes} bytes, expected pages up to ${format.CHUNK_BYTES_MAX}`);
    }
    this.#entriesAt = format.HEADER_SIZE + this.inodes * format.INODE_SIZE;
    this.#extentsAt = this.#entriesAt + this.entries * format.ENTRY_SIZE;
    this.#chunksAt = this.#extentsAt + this.extents * format.EXTENT_SIZE;
    this.#heapAt = this.#chunksAt + this.chunks * format.CHUNK_SIZE;
    this.#heapEnd = this.#heapAt + view.getUint32(format.H_HEAP, true);
    if (this.#heapEnd + format.HASH_SIZE !== bytes.length) throw refusal("its tables do not fill it");
    this.hash = view.getUint32(this.#heapEnd, true);
    if (xxh32(bytes.subarray(0, this.#heapEnd)) !== this.hash) throw refusal("its checksum is wrong");
    this.#checkDirectories();
  }

  /** Offset of an inode's record; -1 when there is no such inode. */
  inodeAt(ino: number): number {
    return ino >= 1 && ino <= this.inodes ? format.HEADER_SIZE + (ino - 1) * format.INODE_SIZE : -1;
  }

  entry(index: number): ChunkEntry {
    const at = this.#entriesAt + index * format.ENTRY_SIZE;
    const { view } = this;
    return {
      name: this.text(view.getUint32(at, true), view.getUint16(at + 8, true)),
      ino: view.getUint32(at + 4, true),
      type: view.getUint8(at + 10),
    };
  }

  extent(index: number): { readonly chunk: number; readonly offset: number; readonly length: number } {
    if (index >= this.extents) throw refusal("a file has more extents than the tree");
    const at = this.#extentsAt + index * format.EXTENT_SIZE;
    const { view } = this;
    return {
      chunk: view.getUint32(at, true),
      offset: view.getUint32(at + 4, true),
      length: view.getUint32(at + 8, true),
    };
  }

  /** Hex SHA-256 of the chunk's bytes. */
  chunkName(index: number): string {
    if (index >= this.chunks) throw refusal("an extent lies in a chunk that does not exist");
    const at = this.#chunksAt + index * format.CHUNK_SIZE;
    let name = "";
    for (let i = at; i < at + 32; i++) name += HEX[this.bytes[i]!];
    return name;
  }

  chunkBlob(index: number): ImageBlob {
    const at = this.#chunksAt + index * format.CHUNK_SIZE;
    const { view } = this;
    return {
      sizeBytes: view.getUint32(at + 32, true),
      transferBytes: view.getUint32(at + 36, true),
      encoding: view.getUint32(at + 40, true) === format.CHUNK_GZIP ? "gzip" : "identity",
    };
  }

  text(offset: number, length: number): string {
    const at = this.#heapAt + offset;
    if (at + length > this.#heapEnd) throw refusal("a name lies outside of it");
    const { bytes } = this;
    let text = "";
    for (let i = at; i < at + length; i++) {
      const byte = bytes[i]!;
      if (byte >= 0x80) return decoder.decode(bytes.subarray(at, at + length));
      text += String.fromCharCode(byte);
    }
    return text;
  }

  /** u16 count, then each: u16 length, name, u32 length, value. */
  xattrs(offset: number): Xattrs {
    const { view } = this;
    let at = this.#heapAt + offset;
    const take = (length: number) => {
      const from = at;
      at += length;
      if (at > this.#heapEnd) throw refusal("an extended attribute lies outside of it");
      return from;
    };
    const xattrs = new Map<string, Uint8Array>();
    for (let left = view.getUint16(take(2), true); left > 0; left--) {
      const nameLength = view.getUint16(take(2), true);
      const name = this.text(take(nameLength) - this.#heapAt, nameLength);
      const valueLength = view.getUint32(take(4), true);
      const value = take(valueLength);
      xattrs.set(name, this.bytes.slice(value, value + valueLength));
    }
    return xattrs;
  }

  /** Parents come before their directories, so that every way up ends at the root; entries lie within the table. */
  #checkDirectories(): void {
    const { view } = this;
    const root = this.inodeAt(format.ROOT_INO);
    if (root < 0 || view.getUint8(root) !== FILETYPE_DIRECTORY) throw refusal("it has no root directory");
    for (let ino = 1; ino <= this.inodes; ino++) {
      const at = this.inodeAt(ino);
      if (view.getUint8(at) !== FILETYPE_DIRECTORY) continue;
      const parent = view.getUint32(at + format.I_PARENT, true);
      if (ino === format.ROOT_INO ? parent !== ino : parent >= ino || parent < 1)
        throw refusal(`directory ${ino} has no parent`);
      const first = view.getUint32(at + format.I_FIRST, true);
      if (first + view.getUint32(at + format.I_COUNT, true) > this.entries)
        throw refusal(`directory ${ino} has no entries`);
    }
  }
}

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

function refusal(reason: string): FsError {
  return new FsError(EIO, `Cannot mount the chunk tree: ${reason}`);
}
