import { EROFS } from "@cloudos/abi/errno";
import type { FileBytes } from "../content/file-bytes.ts";
import { errnoOf, isUnexpected } from "../service/errno-of.ts";
import { fail, Miss, settle } from "../vfs/errors.ts";
import type { Mount } from "../vfs/mounts.ts";
import { handlerOf } from "./dispatch.ts";
import { FIDS_MAX, type Fid, type FidPlace, FidTable } from "./fid.ts";
import { exportFids, importFids } from "./fid-table.ts";
import { isHeld } from "./held-files.ts";
import { LINUX_EAGAIN, LINUX_EMSGSIZE, LINUX_EPROTO, linuxErrno } from "./linux.ts";
import { HEADER_SIZE, IO_HEADER_SIZE, NOTAG, RLERROR, TFLUSH, TVERSION } from "./protocol.ts";
import { releaseLocks } from "./record-locks.ts";
import { LinuxError, type Reply, type Request } from "./request.ts";
import { Malformed, MessageReader, MessageWriter } from "./wire.ts";

/** Linux's virtio transport takes up to this for 128 descriptors of 4 KiB. */
export const MSIZE_MAX = 512 * 1024;
/** A message of 4 KiB holds the longest path component in any request. */
export const MSIZE_MIN = 4096;
/** Requests taken and not answered. v86's queue holds 32; a guest that ignores answers must not fill the tab's memory. */
export const IN_FLIGHT_MAX = 256;

/** A directory entry is written before it is known to fit: 255 bytes of name and 24 of the rest. */
const ENTRY_ROOM = 512;

export interface NinePOptions {
  /** The directory that is the guest's root: `rootIno` of what `mount` shows. Mounts below it are part of the tree. */
  readonly mount: Mount;
  readonly rootIno: number;
  readonly bytes: FileBytes;
  readonly nowNs: () => bigint;
  readonly readOnly?: boolean;
  /** Largest `msize` granted, in bytes. Default and maximum MSIZE_MAX. */
  readonly msizeMax?: number;
  readonly fidsMax?: number;
  /** Owner of new files of a client that names no uid. Default 0. */
  readonly defaultUid?: number;
  readonly onLog?: (level: "warn" | "error", text: string) => void;
}

/** Counts since the server was made. */
export interface NinePStatistics {
  requests: number;
  /** Answered before `receive` returned. */
  atOnce: number;
  bytesIn: number;
  bytesOut: number;
  /** Requests by T-message number. */
  readonly byType: Map<number, number>;
}

interface InFlight {
  readonly type: number;
  /** Its answer is no longer wanted. */
  dropped: boolean;
  /** Tflush requests that wait for its answer. */
  readonly flushes: (() => void)[];
}

/**
 * A 9P2000.L server over a directory of the VFS: one per machine and mount tag. It acts as the guest's root does: permission bits are the
 * guest kernel's to check, nothing outside the root directory can be named.
 *
 * Requests are carried out as they come; answers may leave in another order. Nothing a guest sends can throw out of `receive`.
 */
export class NinePServer {
  readonly root: FidPlace;
  readonly bytes: FileBytes;
  readonly nowNs: () => bigint;
  readonly readOnly: boolean;
  readonly defaultUid: number;
  readonly fids: FidTable;
  /** Negotiated; 0 before Tversion. */
  msize = 0;
  readonly statistics: NinePStatistics = { requests: 0, atOnce: 0, bytesIn: 0, bytesOut: 0, byType: new Map() };
  readonly #options: NinePOptions;
  readonly #writer: MessageWriter;
  readonly #inFlight = new Map<number, InFlight>();
  #whenSettled: (() => void)[] = [];
  /** Fids that came, changed or went since `takeChangedFids`; undefined while nobody asks. */
  #changed: Set<number> | undefined;

  constructor(options: NinePOptions) {
    this.#options = options;
    const { mount, rootIno } = options;
    this.root = { mount, ino: rootIno, parentMount: mount, parentIno: rootIno, name: "" };
    this.bytes = options.bytes;
    this.nowNs = options.nowNs;
    this.readOnly = options.readOnly === true;
    this.defaultUid = options.defaultUid ?? 0;
    this.fids = new FidTable(options.fidsMax ?? FIDS_MAX);
    this.#writer = new MessageWriter(this.msizeMax + ENTRY_ROOM);
  }

  get msizeMax(): number {
    return Math.min(this.#options.msizeMax ?? MSIZE_MAX, MSIZE_MAX);
  }

  /** Bytes one Tread or Twrite may carry. */
  get ioUnit(): number {
    return this.msize - IO_HEADER_SIZE;
  }

  /**
   * Carries out one request. `reply` is called once with the answer, at once when everything needed is in memory; never for a request that
   * was flushed: then `dropped` is, when its work has ended. `message` is read until then and must not change.
   */
  receive(message: Uint8Array, reply: (message: Reply) => void, dropped?: () => void): void {
    const tag = message.length >= HEADER_SIZE ? message[5]! | (message[6]! << 8) : NOTAG;
    const type = message[4] ?? 0;
    if (!this.#isAcceptable(message)) {
      reply(this.#error(tag, message.length > this.#largest() ? LINUX_EMSGSIZE : LINUX_EPROTO));
      return;
    }
    if (type === TFLUSH) {
      this.#flush(message, tag, reply);
      return;
    }
    // A tag in use has an answer coming; a second one with the same tag could only confuse whoever waits for it.
    if (this.#inFlight.has(tag)) {
      reply(this.#error(tag, LINUX_EPROTO));
      return;
    }
    if (this.#inFlight.size >= IN_FLIGHT_MAX) {
      reply(this.#error(tag, LINUX_EAGAIN));
      return;
    }
    const flight: InFlight = { type, dropped: false, flushes: [] };
    this.#inFlight.set(tag, flight);
    const { statistics } = this;
    statistics.requests++;
    statistics.bytesIn += message.length;
    statistics.byType.set(type, (statistics.byType.get(type) ?? 0) + 1);
    let returned = false;
    this.#carryOut(message, type, tag, (answer) => {
      statistics.bytesOut += answer.length;
      if (!returned) statistics.atOnce++;
      // A new session (Tversion) forgets all requests of the old one.
      if (this.#inFlight.get(tag) === flight) this.#inFlight.delete(tag);
      if (flight.dropped) dropped?.();
      else reply(answer);
      for (const flushed of flight.flushes) flushed();
      if (this.#inFlight.size === 0) for (const settled of this.#whenSettled.splice(0)) settled();
    });
    returned = true;
  }

  /** `receive` as a value: the reply itself when it is there at once; undefined (in time) for a request that was flushed. */
  ask(message: Uint8Array): Reply | Promise<Reply | undefined> {
    let now: Reply | undefined;
    let later: ((reply: Reply | undefined) => void) | undefined;
    const answered = (reply: Reply | undefined) => {
      if (later === undefined) now = reply;
      else later(reply);
    };
    this.receive(message, answered, () => answered(undefined));
    return (
      now ??
      new Promise((resolve) => {
        later = resolve;
      })
    );
  }

  /** `receive` as a promise; undefined for a request that was flushed. */
  handle(message: Uint8Array): Promise<Reply | undefined> {
    return new Promise((resolve) => {
      this.receive(message, resolve, () => resolve(undefined));
    });
  }

  /** Resolves when no request is under way: what a snapshot needs after the machine was paused. */
  settled(): Promise<void> {
    if (this.#inFlight.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.#whenSettled.push(resolve));
  }

  /** The session as bytes (docs/machines/ninep.md), with the content of open files that have no name left. */
  async export(): Promise<Uint8Array<ArrayBuffer>> {
    await this.settled();
    return exportFids(this);
  }

  /** Takes over an exported session, in place of this one. Fids whose files cannot be found answer ESTALE. Rejects with Malformed. */
  async import(bytes: Uint8Array): Promise<void> {
    await this.settled();
    await importFids(this, bytes);
  }

  /** From now on `takeChangedFids` tells which fids changed. */
  trackFids(): void {
    this.#changed ??= new Set();
  }

  get hasChangedFids(): boolean {
    return this.#changed !== undefined && this.#changed.size > 0;
  }

  takeChangedFids(): readonly number[] {
    if (this.#changed === undefined || this.#changed.size === 0) return [];
    const changed = [...this.#changed];
    this.#changed.clear();
    return changed;
  }

  fidChanged(number: number): void {
    this.#changed?.add(number);
  }

  /** Starts the reply to a request. */
  reply(request: Request): MessageWriter {
    return this.#writer.begin(request.type + 1, request.tag);
  }

  putFid(fid: Fid, type: number): void {
    fid.hold(type);
    this.fids.put(fid);
    this.fidChanged(fid.number);
  }

  /** The fid is gone, and with it locks, generated content and a file that had no name left. */
  dropFid(fid: Fid): void {
    this.fids.delete(fid.number);
    this.fidChanged(fid.number);
    if (fid.stale) return;
    const { fs } = fid.mount;
    if (fid.hasLocks) {
      releaseLocks(fs, fid.ino, (owner) => owner.server === this && owner.fid === fid.number);
    }
    if (fid.isOpen && fid.openIno !== fid.ino) fs.release(fid.openIno);
    if (!fid.letGo()) return;
    this.inBackground("Freeing a file", () => {
      if (!isHeld(fs, fid.ino) && exists(fid) && fs.attributes(fid.ino).nlink === 0)
        this.bytes.release(fid.mount, fid.ino);
    });
  }

  /** A file lost its last name: freed, unless a fid stands for it. */
  orphaned(mount: Mount, ino: number): void {
    if (ino === 0 || isHeld(mount.fs, ino)) return;
    this.inBackground("Freeing a file", () => this.bytes.release(mount, ino));
  }

  /** Ends the session: every fid is gone. */
  reset(): void {
    for (const fid of [...this.fids]) this.dropFid(fid);
    for (const flight of this.#inFlight.values()) if (flight.type !== TVERSION) flight.dropped = true;
    this.msize = 0;
  }

  requireWritable(mount: Mount): void {
    if (this.readOnly || mount.readOnly) fail(EROFS);
  }

  /** Runs a restartable operation nobody waits for. */
  inBackground(what: string, operation: () => void): void {
    try {
      operation();
    } catch (thrown) {
      const failed = (error: unknown) => {
        if (isUnexpected(error)) this.#log(what, error);
      };
      if (thrown instanceof Miss) thrown.ready.then(() => settle(operation)).catch(failed);
      else failed(thrown);
    }
  }

  #largest(): number {
    return this.msize === 0 ? MSIZE_MIN : this.msize;
  }

  #isAcceptable(message: Uint8Array): boolean {
    if (message.length < HEADER_SIZE || message.length > this.#largest()) return false;
    const size = new DataView(message.buffer, message.byteOffset, 4).getUint32(0, true);
    return size === message.length && (this.msize !== 0 || message[4] === TVERSION);
  }

  #carryOut(message: Uint8Array, type: number, tag: number, answer: (reply: Reply) => void): void {
    try {
      const result = handlerOf(type)(this, { type, tag, fields: new MessageReader(message) });
      if (result instanceof Uint8Array) answer(result);
      else
        result.then(answer, (error: unknown) => {
          if (error instanceof Miss) this.#again(error, message, type, tag, answer);
          else answer(this.#failed(type, tag, error));
        });
    } catch (thrown) {
      if (thrown instanceof Miss) this.#again(thrown, message, type, tag, answer);
      else answer(this.#failed(type, tag, thrown));
    }
  }

  #again(miss: Miss, message: Uint8Array, type: number, tag: number, answer: (reply: Reply) => void): void {
    miss.ready.then(
      () => this.#carryOut(message, type, tag, answer),
      (error: unknown) => answer(this.#failed(type, tag, error)),
    );
  }

  /**
   * Tflush oldtag[2]. A request that only reads is forgotten at once; one that changes something is answered first, so that the guest
   * knows what happened.
   */
  #flush(message: Uint8Array, tag: number, reply: (message: Reply) => void): void {
    if (message.length !== HEADER_SIZE + 2) {
      reply(this.#error(tag, LINUX_EPROTO));
      return;
    }
    const flushed = () => reply(this.#writer.begin(TFLUSH + 1, tag).finish());
    const old = this.#inFlight.get(message[7]! | (message[8]! << 8));
    if (old === undefined) flushed();
    else if (READ_ONLY_REQUESTS.has(old.type)) {
      old.dropped = true;
      flushed();
    } else old.flushes.push(flushed);
  }

  #failed(type: number, tag: number, error: unknown): Reply {
    if (error instanceof LinuxError) return this.#error(tag, error.errno);
    if (error instanceof Malformed) return this.#error(tag, LINUX_EPROTO);
    if (isUnexpected(error)) this.#log(`9P request ${type}`, error);
    return this.#error(tag, linuxErrno(errnoOf(error)));
  }

  #error(tag: number, errno: number): Reply {
    return this.#writer.begin(RLERROR, tag).u32(errno).finish();
  }

  #log(what: string, error: unknown): void {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    this.#options.onLog?.("error", `${what} failed: ${text}`);
  }
}

/** Treadlink, Tgetattr, Treaddir, Tgetlock, Tread, Tstatfs. */
const READ_ONLY_REQUESTS: ReadonlySet<number> = new Set([8, 22, 24, 40, 54, 116]);

function exists(fid: Fid): boolean {
  try {
    fid.mount.fs.attributes(fid.ino);
    return true;
  } catch (thrown) {
    if (thrown instanceof Miss) throw thrown;
    return false;
  }
}
