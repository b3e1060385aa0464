/**
 * A directory as bytes, to carry a machine's files to another disk: owners, modes, times, devices, extended attributes, hard links.
 * Little-endian; a run is a u32 length and bytes, text is a run of UTF-8.
 *
 *     "CLOUDTRE" | u32 version | entries, parents before children | a zero byte
 *     entry: u8 type + 1 (WASI filetype; 255 a hard link) | text path | hard link: text path of the first name. Others:
 *            u32 mode, uid, gid, rdev | u64 mtime ns | u32 count, that many (text name, run value) | file: u64 size, bytes | link: text target
 */

import { EINVAL } from "@cloudos/abi/errno";
import { PAGE_SIZE } from "@cloudos/abi/params";
import { FILETYPE_DIRECTORY, FILETYPE_REGULAR_FILE, FILETYPE_SYMBOLIC_LINK } from "@cloudos/abi/wasi";
import type { TreePlace } from "./copy-tree.ts";
import { FsError, settle } from "./errors.ts";

const MAGIC = "CLOUDTRE";
const VERSION = 1;
const HARD_LINK = 255;
/** Pages read and written at a time: 4 MiB. */
const BATCH_PAGES = 1024;

export async function packTree(from: TreePlace): Promise<Uint8Array<ArrayBuffer>> {
  const writer = new Writer();
  writer.raw(new TextEncoder().encode(MAGIC));
  writer.u32(VERSION);
  const first = new Map<number, string>();
  const visit = async (ino: number, path: string): Promise<void> => {
    const known = first.get(ino);
    if (known !== undefined) {
      writer.u8(HARD_LINK);
      writer.text(path);
      writer.text(known);
      return;
    }
    const { fs } = from;
    const { attributes, xattrs, target } = await settle(() => {
      const inode = fs.attributes(ino);
      return {
        attributes: { ...pick(inode) },
        xattrs: new Map(fs.xattrs(ino)),
        target: inode.type === FILETYPE_SYMBOLIC_LINK ? fs.readlink(ino) : "",
      };
    });
    const { type, mode, uid, gid, rdev, mtimeNs, size } = attributes;
    writer.u8(type + 1);
    writer.text(path);
    for (const word of [mode, uid, gid, rdev]) writer.u32(word);
    writer.u64(mtimeNs);
    writer.u32(xattrs.size);
    for (const [name, value] of xattrs) {
      writer.text(name);
      writer.run(value);
    }
    if (type === FILETYPE_SYMBOLIC_LINK) writer.text(target);
    if (type === FILETYPE_REGULAR_FILE) {
      writer.u64(BigInt(size));
      writer.raw(await content({ fs, ino }, size));
    }
    if (type !== FILETYPE_DIRECTORY) {
      first.set(ino, path);
      return;
    }
    const entries: { name: string; ino: number }[] = [];
    await settle(() => {
      entries.length = 0;
      fs.readdir(ino, 0, (name, child) => entries.push({ name, ino: child }) > 0);
    });
    for (const entry of entries) await visit(entry.ino, path === "" ? entry.name : `${path}/${entry.name}`);
  };
  await visit(from.ino, "");
  writer.u8(0);
  return writer.finish();
}

/** Fills an empty directory. Throws FsError EINVAL for bytes that `packTree` did not write; what was made until then stays. */
export async function unpackTree(bytes: Uint8Array, to: TreePlace): Promise<void> {
  const reader = new Reader(bytes);
  if (new TextDecoder().decode(reader.take(MAGIC.length)) !== MAGIC || reader.u32() !== VERSION)
    malformed("its magic", 0);
  const made = new Map<string, number>([["", to.ino]]);
  const { fs } = to;
  for (let tag = reader.u8(); tag !== 0; tag = reader.u8()) {
    const at = reader.offset;
    const path = reader.text();
    const slash = path.lastIndexOf("/");
    const name = path.slice(slash + 1);
    const dir = made.get(slash < 0 ? "" : path.slice(0, slash));
    // A name may not lead out of the directory.
    if (dir === undefined || name === ".." || name === "." || (name === "" && path !== ""))
      malformed(`entry "${path}"`, at);
    if (tag === HARD_LINK) {
      const source = made.get(reader.text());
      if (source === undefined) malformed(`link "${path}"`, at);
      await settle(() => fs.link(dir, name, source));
      continue;
    }
    const type = tag - 1;
    const [mode, uid, gid, rdev] = [reader.u32(), reader.u32(), reader.u32(), reader.u32()];
    const mtimeNs = reader.u64();
    const xattrs = new Map<string, Uint8Array>();
    for (let count = reader.u32(); count > 0; count--) {
      const attribute = reader.text();
      xattrs.set(attribute, reader.run().slice());
    }
    const target = type === FILETYPE_SYMBOLIC_LINK ? { target: reader.text() } : {};
    if (path === "") {
      for (const [attribute, value] of xattrs) await settle(() => fs.setXattr(to.ino, attribute, value));
      continue;
    }
    const what = { type, mode, uid, gid, rdev, mtimeNs, atimeNs: mtimeNs, xattrs, ...target };
    const ino = await settle(() => fs.create(dir, name, what));
    made.set(path, ino);
    if (type === FILETYPE_REGULAR_FILE) await fill({ fs, ino }, reader.take(Number(reader.u64())), mtimeNs);
  }
}

function pick<
  T extends { type: number; mode: number; uid: number; gid: number; rdev: number; mtimeNs: bigint; size: number },
>({ type, mode, uid, gid, rdev, mtimeNs, size }: T) {
  return { type, mode, uid, gid, rdev, mtimeNs, size };
}

async function content(from: TreePlace, size: number): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(size);
  const count = Math.ceil(size / PAGE_SIZE);
  for (let first = 0; first < count; first += BATCH_PAGES) {
    const take = (index: number, page: Uint8Array) => {
      const at = index * PAGE_SIZE;
      bytes.set(page.subarray(0, Math.min(page.length, size - at)), at);
    };
    await settle(() => from.fs.readPages(from.ino, first, Math.min(BATCH_PAGES, count - first), take));
  }
  return bytes;
}

async function fill(to: TreePlace, bytes: Uint8Array, mtimeNs: bigint): Promise<void> {
  const count = Math.ceil(bytes.length / PAGE_SIZE);
  for (let first = 0; first === 0 || first < count; first += BATCH_PAGES) {
    const pages: { index: number; bytes: Uint8Array }[] = [];
    for (let index = first; index < Math.min(count, first + BATCH_PAGES); index++) {
      const page = new Uint8Array(PAGE_SIZE);
      page.set(bytes.subarray(index * PAGE_SIZE, (index + 1) * PAGE_SIZE));
      pages.push({ index, bytes: page });
    }
    const validSize = first === 0 ? 0 : first * PAGE_SIZE;
    await settle(() => to.fs.writeBack(to.ino, { size: bytes.length, mtimeNs, validSize, pages }));
  }
}

class Writer {
  readonly #pieces: Uint8Array[] = [];
  #size = 0;

  raw(bytes: Uint8Array): void {
    this.#pieces.push(bytes);
    this.#size += bytes.length;
  }
  u8(value: number): void {
    this.raw(Uint8Array.of(value));
  }
  u32(value: number): void {
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setUint32(0, value, true);
    this.raw(bytes);
  }
  u64(value: bigint): void {
    const bytes = new Uint8Array(8);
    new DataView(bytes.buffer).setBigUint64(0, value, true);
    this.raw(bytes);
  }
  run(bytes: Uint8Array): void {
    this.u32(bytes.length);
    this.raw(bytes);
  }
  text(text: string): void {
    this.run(new TextEncoder().encode(text));
  }
  finish(): Uint8Array<ArrayBuffer> {
    const all = new Uint8Array(this.#size);
    let at = 0;
    for (const piece of this.#pieces) {
      all.set(piece, at);
      at += piece.length;
    }
    return all;
  }
}

class Reader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  offset = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }
  take(length: number): Uint8Array {
    if (!(length >= 0 && length <= this.#bytes.length - this.offset)) malformed(`${length} bytes`, this.offset);
    this.offset += length;
    return this.#bytes.subarray(this.offset - length, this.offset);
  }
  u8(): number {
    return this.take(1)[0]!;
  }
  u32(): number {
    this.take(4);
    return this.#view.getUint32(this.offset - 4, true);
  }
  u64(): bigint {
    this.take(8);
    return this.#view.getBigUint64(this.offset - 8, true);
  }
  run(): Uint8Array {
    return this.take(this.u32());
  }
  text(): string {
    return new TextDecoder().decode(this.run());
  }
}

function malformed(what: string, offset: number): never {
  throw new FsError(EINVAL, `Cannot unpack the tree: ${what} at byte ${offset}`);
}
