import * as protocol from "../src/ninep/protocol.ts";

/** What the server answered with Rlerror. `errno` is Linux's. */
export class NinePError extends Error {
  readonly errno: number;
  constructor(errno: number) {
    super(`Rlerror ${errno}`);
    this.errno = errno;
  }
}

export interface Attr {
  readonly qidType: number;
  readonly qidPath: bigint;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly nlink: number;
  readonly rdev: number;
  readonly size: number;
  readonly mtimeNs: bigint;
}

export interface DirEntry {
  readonly name: string;
  readonly type: number;
  readonly offset: number;
  readonly qidPath: bigint;
}

/** Builds and reads messages on its own: nothing here is shared with the server but the numbers of messages. */
export class Pack {
  readonly #bytes: number[] = [];
  u8(value: number): this {
    this.#bytes.push(value & 0xff);
    return this;
  }
  u16(value: number): this {
    return this.u8(value).u8(value >>> 8);
  }
  u32(value: number): this {
    return this.u16(value & 0xffff).u16(value >>> 16);
  }
  u64(value: number | bigint): this {
    const big = BigInt.asUintN(64, BigInt(value));
    return this.u32(Number(big & 0xffffffffn)).u32(Number(big >> 32n));
  }
  s(text: string | Uint8Array): this {
    const bytes = typeof text === "string" ? new TextEncoder().encode(text) : text;
    this.u16(bytes.length);
    return this.raw(bytes);
  }
  raw(bytes: Uint8Array): this {
    for (const byte of bytes) this.#bytes.push(byte);
    return this;
  }
  message(type: number, tag: number): Uint8Array<ArrayBuffer> {
    const size = this.#bytes.length + 7;
    return Uint8Array.from([...new Pack().u32(size).u8(type).u16(tag).#bytes, ...this.#bytes]);
  }
}

type Handle = (message: Uint8Array) => Promise<Uint8Array | undefined>;

/** A 9P2000.L client for tests, over a function that carries messages. */
export class NinePClient {
  readonly #handle: Handle;
  #nextTag = 1;
  #nextFid: number;

  constructor(handle: Handle, firstFid = 100) {
    this.#handle = handle;
    this.#nextFid = firstFid;
  }

  newFid(): number {
    return this.#nextFid++;
  }

  /** The body of the reply; throws NinePError. */
  async call(type: number, fields: Pack): Promise<DataView> {
    const tag = this.#nextTag++ & 0x7fff;
    const reply = await this.#handle(fields.message(type, tag));
    if (reply === undefined) throw new Error("the request was flushed");
    const view = new DataView(reply.buffer, reply.byteOffset, reply.byteLength);
    if (view.getUint32(0, true) !== reply.length) throw new Error("the reply has a wrong size");
    if (view.getUint16(5, true) !== tag) throw new Error("the reply has a wrong tag");
    if (view.getUint8(4) === protocol.RLERROR) throw new NinePError(view.getUint32(7, true));
    if (view.getUint8(4) !== type + 1) throw new Error(`the reply is of type ${view.getUint8(4)}`);
    return new DataView(reply.buffer, reply.byteOffset + 7, reply.byteLength - 7);
  }

  async version(msize = 65536, text = "9P2000.L"): Promise<{ msize: number; text: string }> {
    const tag = protocol.NOTAG;
    const reply = await this.#handle(new Pack().u32(msize).s(text).message(protocol.TVERSION, tag));
    const view = new DataView(reply!.buffer, reply!.byteOffset);
    if (view.getUint8(4) === protocol.RLERROR) throw new NinePError(view.getUint32(7, true));
    return { msize: view.getUint32(7, true), text: new TextDecoder().decode(reply!.subarray(13)) };
  }

  async attach(uid = 0, aname = ""): Promise<number> {
    const fid = this.newFid();
    await this.call(protocol.TATTACH, new Pack().u32(fid).u32(protocol.NOFID).s("root").s(aname).u32(uid));
    return fid;
  }

  /** A new fid at the end of the path; how many names were found when not all were. */
  async tryWalk(
    fid: number,
    names: readonly string[],
    newFid = this.newFid(),
  ): Promise<{ fid: number; found: number }> {
    const fields = new Pack().u32(fid).u32(newFid).u16(names.length);
    for (const name of names) fields.s(name);
    const reply = await this.call(protocol.TWALK, fields);
    return { fid: newFid, found: reply.getUint16(0, true) };
  }

  async walk(fid: number, path: string): Promise<number> {
    const names = path.split("/").filter((name) => name !== "");
    const walked = await this.tryWalk(fid, names);
    if (walked.found !== names.length) throw new NinePError(2);
    return walked.fid;
  }

  async open(fid: number, flags = 0): Promise<number> {
    await this.call(protocol.TLOPEN, new Pack().u32(fid).u32(flags));
    return fid;
  }

  /** A new fid, open; `dir` stays as it is. */
  async create(dir: number, name: string, flags = 2, mode = 0o644, gid = 0): Promise<number> {
    const { fid } = await this.tryWalk(dir, []);
    await this.call(protocol.TLCREATE, new Pack().u32(fid).s(name).u32(flags).u32(mode).u32(gid));
    return fid;
  }

  async read(fid: number, offset: number | bigint, count: number): Promise<Uint8Array> {
    const reply = await this.call(protocol.TREAD, new Pack().u32(fid).u64(offset).u32(count));
    const length = reply.getUint32(0, true);
    if (length !== reply.byteLength - 4) throw new Error("Rread lies about its count");
    return new Uint8Array(reply.buffer, reply.byteOffset + 4, length);
  }

  async write(fid: number, offset: number | bigint, data: Uint8Array): Promise<number> {
    const reply = await this.call(protocol.TWRITE, new Pack().u32(fid).u64(offset).u32(data.length).raw(data));
    return reply.getUint32(0, true);
  }

  async clunk(fid: number): Promise<void> {
    await this.call(protocol.TCLUNK, new Pack().u32(fid));
  }

  async getattr(fid: number): Promise<Attr> {
    const view = await this.call(protocol.TGETATTR, new Pack().u32(fid).u64(0x7ff));
    const u64 = (at: number) => Number(view.getBigUint64(at, true));
    return {
      qidType: view.getUint8(8),
      qidPath: view.getBigUint64(13, true),
      mode: view.getUint32(21, true),
      uid: view.getUint32(25, true),
      gid: view.getUint32(29, true),
      nlink: u64(33),
      rdev: u64(41),
      size: u64(49),
      mtimeNs: view.getBigInt64(89, true) * 1_000_000_000n + view.getBigInt64(97, true),
    };
  }

  async setattr(
    fid: number,
    valid: number,
    values: Partial<{ mode: number; uid: number; gid: number; size: number; mtimeNs: bigint }>,
  ) {
    const { mode = 0, uid = 0, gid = 0, size = 0, mtimeNs = 0n } = values;
    const fields = new Pack().u32(fid).u32(valid).u32(mode).u32(uid).u32(gid).u64(size).u64(0).u64(0);
    await this.call(protocol.TSETATTR, fields.u64(mtimeNs / 1_000_000_000n).u64(mtimeNs % 1_000_000_000n));
  }

  async readdirAt(fid: number, offset: number | bigint, count: number): Promise<DirEntry[]> {
    const view = await this.call(protocol.TREADDIR, new Pack().u32(fid).u64(offset).u32(count));
    const entries: DirEntry[] = [];
    for (let at = 4; at < view.byteLength; ) {
      const length = view.getUint16(at + 22, true);
      entries.push({
        qidPath: view.getBigUint64(at + 5, true),
        offset: Number(view.getBigUint64(at + 13, true)),
        type: view.getUint8(at + 21),
        name: new TextDecoder().decode(new Uint8Array(view.buffer, view.byteOffset + at + 24, length)),
      });
      at += 24 + length;
    }
    return entries;
  }

  /** All names of an open directory, "." and ".." first. */
  async readdir(fid: number, count = 4096): Promise<string[]> {
    const names: string[] = [];
    for (let offset = 0; ; ) {
      const entries = await this.readdirAt(fid, offset, count);
      if (entries.length === 0) return names;
      names.push(...entries.map(({ name }) => name));
      offset = entries.at(-1)!.offset;
    }
  }

  async mkdir(dir: number, name: string, mode = 0o755): Promise<void> {
    await this.call(protocol.TMKDIR, new Pack().u32(dir).s(name).u32(mode).u32(0));
  }

  async symlink(dir: number, name: string, target: string): Promise<void> {
    await this.call(protocol.TSYMLINK, new Pack().u32(dir).s(name).s(target).u32(0));
  }

  async readlink(fid: number): Promise<string> {
    const view = await this.call(protocol.TREADLINK, new Pack().u32(fid));
    return new TextDecoder().decode(new Uint8Array(view.buffer, view.byteOffset + 2, view.byteLength - 2));
  }

  async mknod(dir: number, name: string, mode: number, major = 0, minor = 0): Promise<void> {
    await this.call(protocol.TMKNOD, new Pack().u32(dir).s(name).u32(mode).u32(major).u32(minor).u32(0));
  }

  async link(dir: number, fid: number, name: string): Promise<void> {
    await this.call(protocol.TLINK, new Pack().u32(dir).u32(fid).s(name));
  }

  async unlink(dir: number, name: string, flags = 0): Promise<void> {
    await this.call(protocol.TUNLINKAT, new Pack().u32(dir).s(name).u32(flags));
  }

  async rename(fromDir: number, from: string, toDir: number, to: string): Promise<void> {
    await this.call(protocol.TRENAMEAT, new Pack().u32(fromDir).s(from).u32(toDir).s(to));
  }

  async getxattr(fid: number, name: string): Promise<Uint8Array> {
    const reader = this.newFid();
    const view = await this.call(protocol.TXATTRWALK, new Pack().u32(fid).u32(reader).s(name));
    const value = (await this.read(reader, 0, Number(view.getBigUint64(0, true)))).slice();
    await this.clunk(reader);
    return value;
  }

  async setxattr(fid: number, name: string, value: Uint8Array, flags = 0): Promise<void> {
    const { fid: writer } = await this.tryWalk(fid, []);
    await this.call(protocol.TXATTRCREATE, new Pack().u32(writer).s(name).u64(value.length).u32(flags));
    if (value.length > 0) await this.write(writer, 0, value);
    await this.clunk(writer);
  }

  /** 0 granted, 1 blocked. */
  async lock(fid: number, type: number, start: number, length: number, pid: number, client = "guest"): Promise<number> {
    const fields = new Pack().u32(fid).u8(type).u32(0).u64(start).u64(length).u32(pid).s(client);
    return (await this.call(protocol.TLOCK, fields)).getUint8(0);
  }

  async getlock(
    fid: number,
    type: number,
    start: number,
    length: number,
    pid: number,
  ): Promise<{ type: number; pid: number }> {
    const fields = new Pack().u32(fid).u8(type).u64(start).u64(length).u32(pid).s("guest");
    const view = await this.call(protocol.TGETLOCK, fields);
    return { type: view.getUint8(0), pid: view.getUint32(17, true) };
  }
}
