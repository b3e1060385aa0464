import { xxh32 } from "../cloudfs/xxh32.ts";
import { Malformed } from "./wire.ts";

/** "9PFD" as a little-endian u32. */
const MAGIC = 0x44465039;
export const FID_TABLE_VERSION = 1;
const HEADER_SIZE = 20;
const HASH_SIZE = 4;
const NO_PATH = 0xffff_ffff;

/** A 9P session at rest. The bytes are described in docs/machines/ninep.md. */
export interface SessionRecord {
  readonly msize: number;
  /** Inode numbers still mean the same files: the file service was restarted, nothing more. */
  readonly sameInodes: boolean;
  readonly fids: readonly FidRecord[];
}

export interface FidRecord {
  readonly fid: number;
  readonly uid: number;
  /** WASI filetype or FILETYPE_FIFO. */
  readonly type: number;
  /** O_RDONLY ... O_RDWR, or -1 when it is not open. */
  readonly access: number;
  readonly ino: number;
  /** Names below the guest's root, joined by slashes ("" is the root); undefined when it has none. */
  readonly path: string | undefined;
  readonly xattr: XattrRecord | undefined;
  /** Of an open file without a name; once per inode. */
  readonly content: ContentRecord | undefined;
  readonly locks: readonly LockRecord[];
}

export interface XattrRecord {
  readonly mode: "read" | "write";
  readonly name: string;
  readonly flags: number;
  readonly written: number;
  readonly bytes: Uint8Array;
}

export interface ContentRecord {
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly bytes: Uint8Array;
}

export interface LockRecord {
  readonly type: number;
  readonly start: number;
  readonly end: number;
  readonly processId: number;
  readonly clientId: string;
}

const HAS_XATTR_READ = 1;
const HAS_XATTR_WRITE = 2;
const HAS_CONTENT = 4;

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

export function encodeSession(session: SessionRecord): Uint8Array<ArrayBuffer> {
  const out = new ByteSink();
  out.u32(MAGIC);
  out.u32(FID_TABLE_VERSION);
  out.u32(session.msize);
  out.u32(session.sameInodes ? 1 : 0);
  out.u32(session.fids.length);
  for (const record of session.fids) putRecord(out, record);
  const bytes = out.finish(HASH_SIZE);
  const body = bytes.subarray(0, bytes.length - HASH_SIZE);
  new DataView(bytes.buffer).setUint32(body.length, xxh32(body), true);
  return bytes;
}

function putRecord(out: ByteSink, record: FidRecord): void {
  const { xattr, content } = record;
  out.u32(record.fid);
  out.u32(record.uid);
  out.u8(record.type);
  out.u8(record.access + 1);
  const kind = xattr === undefined ? 0 : xattr.mode === "read" ? HAS_XATTR_READ : HAS_XATTR_WRITE;
  out.u8(kind | (content === undefined ? 0 : HAS_CONTENT));
  out.f64(record.ino);
  if (record.path === undefined) out.u32(NO_PATH);
  else out.run(encoder.encode(record.path));
  if (xattr !== undefined) {
    out.run(encoder.encode(xattr.name));
    out.u32(xattr.flags);
    out.u32(xattr.written);
    out.run(xattr.bytes);
  }
  if (content !== undefined) {
    out.u32(content.mode);
    out.u32(content.uid);
    out.u32(content.gid);
    out.run(content.bytes);
  }
  out.u32(record.locks.length);
  for (const lock of record.locks) {
    out.u8(lock.type);
    out.f64(lock.start);
    out.f64(lock.end);
    out.u32(lock.processId);
    out.run(encoder.encode(lock.clientId));
  }
}

/** Throws Malformed, with the offset, for anything `encodeSession` did not write. */
export function decodeSession(bytes: Uint8Array): SessionRecord {
  if (bytes.length < HEADER_SIZE + HASH_SIZE)
    throw new Malformed(bytes.length, "Cannot restore fids: the table is cut short");
  const from = new ByteSource(bytes.slice(0, bytes.length - HASH_SIZE));
  if (from.u32() !== MAGIC) throw new Malformed(0, "Cannot restore fids: this is no table of fids");
  const version = from.u32();
  if (version !== FID_TABLE_VERSION) {
    throw new Malformed(4, `Cannot restore fids: the table's version is ${version}, expected ${FID_TABLE_VERSION}`);
  }
  const hash = new DataView(bytes.buffer, bytes.byteOffset).getUint32(bytes.length - HASH_SIZE, true);
  if (xxh32(bytes.subarray(0, bytes.length - HASH_SIZE)) !== hash) {
    throw new Malformed(bytes.length - HASH_SIZE, "Cannot restore fids: the table is damaged");
  }
  const msize = from.u32();
  const sameInodes = (from.u32() & 1) !== 0;
  const count = from.u32();
  const fids: FidRecord[] = [];
  for (let i = 0; i < count; i++) fids.push(takeRecord(from));
  from.end();
  return { msize, sameInodes, fids };
}

function takeRecord(from: ByteSource): FidRecord {
  const fid = from.u32();
  const uid = from.u32();
  const type = from.u8();
  const access = from.u8() - 1;
  const flags = from.u8();
  const ino = from.f64();
  const path = from.run(true);
  let xattr: XattrRecord | undefined;
  if ((flags & (HAS_XATTR_READ | HAS_XATTR_WRITE)) !== 0) {
    xattr = {
      mode: (flags & HAS_XATTR_READ) !== 0 ? "read" : "write",
      name: from.text(),
      flags: from.u32(),
      written: from.u32(),
      bytes: from.run(false)!,
    };
    if (xattr.written > xattr.bytes.length) throw from.malformed("more of a value was written than it has");
  }
  let content: ContentRecord | undefined;
  if ((flags & HAS_CONTENT) !== 0) {
    content = { mode: from.u32(), uid: from.u32(), gid: from.u32(), bytes: from.run(false)! };
  }
  const locks: LockRecord[] = [];
  for (let left = from.u32(); left > 0; left--) {
    locks.push({ type: from.u8(), start: from.f64(), end: from.f64(), processId: from.u32(), clientId: from.text() });
  }
  if (access > 2) throw from.malformed("an access mode is none");
  return { fid, uid, type, access, ino, path: path && decoder.decode(path), xattr, content, locks };
}

class ByteSink {
  #bytes = new Uint8Array(4096);
  #view = new DataView(this.#bytes.buffer);
  #at = 0;

  u8(value: number): void {
    const at = this.#room(1);
    this.#view.setUint8(at, value);
  }

  u32(value: number): void {
    const at = this.#room(4);
    this.#view.setUint32(at, value, true);
  }

  f64(value: number): void {
    const at = this.#room(8);
    this.#view.setFloat64(at, value, true);
  }

  run(bytes: Uint8Array): void {
    this.u32(bytes.length);
    const at = this.#room(bytes.length);
    this.#bytes.set(bytes, at);
  }

  finish(spare: number): Uint8Array<ArrayBuffer> {
    this.#room(spare);
    return this.#bytes.slice(0, this.#at);
  }

  /** Where the next bytes go. Growing makes another view: call it before touching that. */
  #room(length: number): number {
    const at = this.#at;
    if (at + length > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(this.#bytes.length * 2, at + length));
      grown.set(this.#bytes);
      this.#bytes = grown;
      this.#view = new DataView(grown.buffer);
    }
    this.#at = at + length;
    return at;
  }
}

class ByteSource {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  u8(): number {
    return this.#view.getUint8(this.#take(1));
  }

  u32(): number {
    return this.#view.getUint32(this.#take(4), true);
  }

  f64(): number {
    return this.#view.getFloat64(this.#take(8), true);
  }

  /** Length and bytes; undefined for no path. */
  run(optional: boolean): Uint8Array | undefined {
    const length = this.u32();
    if (optional && length === NO_PATH) return undefined;
    const at = this.#take(length);
    return this.#bytes.slice(at, at + length);
  }

  text(): string {
    const at = this.#at;
    try {
      return decoder.decode(this.run(false));
    } catch (error) {
      if (error instanceof Malformed) throw error;
      throw new Malformed(at, "Cannot restore fids: a name is not UTF-8");
    }
  }

  end(): void {
    if (this.#at !== this.#bytes.length) throw this.malformed("there is more than the table says");
  }

  malformed(reason: string): Malformed {
    return new Malformed(this.#at, `Cannot restore fids: ${reason}`);
  }

  #take(length: number): number {
    const at = this.#at;
    if (at + length > this.#bytes.length) throw this.malformed("the table ends within a record");
    this.#at = at + length;
    return at;
  }
}
