/**
 * 9P between a machine's worker and the file service, over a MessagePort. The machine's side is `NinePPort`; the service answers with
 * `serveNineP` (packages/fs-cloudfs). Messages of 9P travel whole, their buffers transferred.
 *
 * The service may die and be restarted: whoever supervises it gives the machine a port to the successor (`reconnect`). The machine's side
 * knows the guest's fids as opaque records, hands them to the successor and asks again for what was not answered.
 */

import { MAILBOX_REPLY_MAX, NinePMailbox } from "./ninep-mailbox.ts";

export type FidRecordEntry = readonly [fid: number, record: Uint8Array | undefined];

/** Machine -> service. */
export type ToNineP =
  /** A request of the guest. With a ticket the machine blocks for the reply in the mailbox. */
  | { readonly type: "request"; readonly message: Uint8Array<ArrayBuffer>; readonly ticket?: number }
  /** Where replies to requests with a ticket go. */
  | { readonly type: "mailbox"; readonly buffer: SharedArrayBuffer }
  /** First on a new port: fids of the session so far, from `fids` of earlier replies. */
  | { readonly type: "adopt"; readonly fids: readonly Uint8Array[] }
  /** The session as bytes for a snapshot; send it when the machine is paused. */
  | { readonly type: "export"; readonly id: number }
  /** Puts an exported session in place. */
  | { readonly type: "import"; readonly id: number; readonly table: Uint8Array };

/** Service -> machine. */
export type FromNineP =
  | {
      readonly type: "reply";
      readonly message: Uint8Array<ArrayBuffer>;
      /** Fids that this and earlier requests changed, and what a successor must know of them; undefined when gone. */
      readonly fids: readonly FidRecordEntry[];
    }
  /** What a reply in the mailbox had no room for. */
  | { readonly type: "fids"; readonly fids: readonly FidRecordEntry[] }
  /** The request with this tag was flushed and gets no reply. */
  | { readonly type: "dropped"; readonly tag: number }
  | { readonly type: "exported"; readonly id: number; readonly table: Uint8Array<ArrayBuffer> }
  | { readonly type: "imported"; readonly id: number }
  | { readonly type: "failed"; readonly id: number; readonly message: string };

/** Tflush, Tgetattr ... : requests that may be carried out twice. The others answer EIO when the service died over them. */
const REPEATABLE: ReadonlySet<number> = new Set([8, 22, 24, 26, 40, 50, 52, 54, 108, 116, 118]);
const RLERROR = 7;
const LINUX_EIO = 5;
const TVERSION = 100;
const TFLUSH = 108;
const TFSYNC = 50;
const TREADDIR = 40;
const TREAD = 116;
/** Tread and Treaddir: header, fid[4] offset[8] count[4]. */
const READ_COUNT_AT = 19;

/** A reply that is at hand comes in a tenth of this; waiting longer holds up the guest's other processes. */
const BLOCK_MS = 1;
/** After so many replies in a row that did not come in time, so many requests do not block. */
const MISSES_MAX = 3;
const UNBLOCKED_REQUESTS = 32;

interface Waiting {
  readonly type: number;
  /** A copy: the original is transferred. Undefined for requests that are not sent twice. */
  readonly message: Uint8Array<ArrayBuffer> | undefined;
  readonly reply: (message: Uint8Array<ArrayBuffer>) => void;
  readonly dropped: (() => void) | undefined;
}

/** The machine's end. `handle` has the shape of a virtio-9p device's callback. */
export class NinePPort {
  #port: MessagePort | undefined;
  readonly #waiting = new Map<number, Waiting>();
  readonly #records = new Map<number, Uint8Array>();
  readonly #calls = new Map<number, { resolve: (table: Uint8Array) => void; reject: (error: Error) => void }>();
  /** Requests that came while there was no service. */
  #held: Uint8Array<ArrayBuffer>[] = [];
  #nextId = 1;
  readonly #mailbox: NinePMailbox | undefined;
  #misses = 0;
  #unblocked = 0;

  /**
   * With `blocks` a request may block this thread for up to a millisecond, and mostly has its reply when `handle` returns. For a worker whose
   * service runs on another thread, where there is shared memory.
   */
  constructor(port: MessagePort, options: { readonly blocks?: boolean } = {}) {
    this.#mailbox = options.blocks === true ? new NinePMailbox() : undefined;
    this.#attach(port);
  }

  /** `handle` as a value: the reply itself when it is there already; undefined (in time) for a request that was flushed. */
  ask(request: Uint8Array): Uint8Array<ArrayBuffer> | Promise<Uint8Array<ArrayBuffer> | undefined> {
    let now: Uint8Array<ArrayBuffer> | undefined;
    let later: ((reply: Uint8Array<ArrayBuffer> | undefined) => void) | undefined;
    const answered = (reply: Uint8Array<ArrayBuffer> | undefined) => {
      if (later === undefined) now = reply;
      else later(reply);
    };
    this.handle(request, answered, () => answered(undefined));
    return now ?? new Promise((resolve) => (later = resolve));
  }

  /** Carries a request of the guest, which is copied; `reply` is called once, or never for a request that was flushed: then `dropped` is. */
  handle(request: Uint8Array, reply: (message: Uint8Array<ArrayBuffer>) => void, dropped?: () => void): void {
    const message = Uint8Array.from(request);
    const type = message[4] ?? 0;
    const tag = (message[5] ?? 0xff) | ((message[6] ?? 0xff) << 8);
    if (type === TVERSION) this.#records.clear();
    this.#waiting.set(tag, { type, message: REPEATABLE.has(type) ? message.slice() : undefined, reply, dropped });
    if (this.#port === undefined) this.#held.push(message);
    else if (this.#mailbox !== undefined && this.#mayBlock(message)) this.#sendAndWait(this.#mailbox, message, tag);
    else this.#send({ type: "request", message }, message.buffer);
  }

  /** The session for a snapshot. Pause the machine first; requests under way are answered before. */
  exportFids(): Promise<Uint8Array> {
    return this.#call((id) => ({ type: "export", id }));
  }

  async importFids(table: Uint8Array): Promise<void> {
    await this.#call((id) => ({ type: "import", id, table }));
  }

  /** The service is gone. Requests wait for `reconnect`; snapshots under way fail. */
  disconnect(): void {
    if (this.#port !== undefined) this.#port.onmessage = null;
    this.#port?.close();
    this.#port = undefined;
    for (const { reject } of this.#calls.values()) reject(new Error("Cannot finish: the file service was restarted"));
    this.#calls.clear();
  }

  /** A port to the service's successor: the session goes on. */
  reconnect(port: MessagePort): void {
    this.disconnect();
    this.#attach(port);
    this.#send({ type: "adopt", fids: [...this.#records.values()] });
    const held = new Set(this.#held.map(tagOf));
    for (const [tag, { message, reply }] of [...this.#waiting]) {
      if (held.has(tag)) continue;
      if (message !== undefined) {
        const again = message.slice();
        this.#send({ type: "request", message: again }, again.buffer);
      } else {
        this.#waiting.delete(tag);
        reply(errorReply(tag));
      }
    }
    for (const message of this.#held.splice(0)) this.#send({ type: "request", message }, message.buffer);
  }

  close(): void {
    this.disconnect();
    this.#waiting.clear();
  }

  #attach(port: MessagePort): void {
    this.#port = port;
    port.onmessage = ({ data }: MessageEvent<FromNineP>) => this.#received(data);
    if (this.#mailbox !== undefined) this.#send({ type: "mailbox", buffer: this.#mailbox.buffer });
  }

  #received(data: FromNineP): void {
    switch (data.type) {
      case "reply": {
        this.#keep(data.fids);
        const tag = tagOf(data.message);
        const waiting = this.#waiting.get(tag);
        this.#waiting.delete(tag);
        waiting?.reply(data.message);
        return;
      }
      case "fids":
        this.#keep(data.fids);
        return;
      case "dropped": {
        const waiting = this.#waiting.get(data.tag);
        this.#waiting.delete(data.tag);
        waiting?.dropped?.();
        return;
      }
      case "exported":
        this.#answered(data.id)?.resolve(data.table);
        return;
      case "imported":
        this.#answered(data.id)?.resolve(new Uint8Array(0));
        return;
      case "failed":
        this.#answered(data.id)?.reject(new Error(data.message));
        return;
    }
  }

  #keep(fids: readonly FidRecordEntry[]): void {
    for (const [fid, record] of fids) {
      if (record === undefined) this.#records.delete(fid);
      else this.#records.set(fid, record);
    }
  }

  /** Not for what takes long, or is answered with more than the mailbox holds. */
  #mayBlock(message: Uint8Array): boolean {
    const type = message[4];
    if (type === TFLUSH || type === TFSYNC) return false;
    if ((type === TREAD || type === TREADDIR) && message.length >= READ_COUNT_AT + 4) {
      const count = new DataView(message.buffer, message.byteOffset).getUint32(READ_COUNT_AT, true);
      if (count > MAILBOX_REPLY_MAX - 11) return false;
    }
    if (this.#unblocked === 0) return true;
    this.#unblocked--;
    return false;
  }

  #sendAndWait(mailbox: NinePMailbox, message: Uint8Array<ArrayBuffer>, tag: number): void {
    const ticket = mailbox.open();
    this.#send({ type: "request", message, ticket }, message.buffer);
    const reply = mailbox.wait(BLOCK_MS);
    if (reply === undefined) {
      this.#misses++;
      if (this.#misses < MISSES_MAX) return;
      this.#misses = 0;
      this.#unblocked = UNBLOCKED_REQUESTS;
      return;
    }
    this.#misses = 0;
    const waiting = this.#waiting.get(tag);
    this.#waiting.delete(tag);
    waiting?.reply(reply);
  }

  #answered(id: number) {
    const call = this.#calls.get(id);
    this.#calls.delete(id);
    return call;
  }

  #call(message: (id: number) => ToNineP): Promise<Uint8Array> {
    return new Promise((resolve, reject) => {
      if (this.#port === undefined) {
        reject(new Error("Cannot reach the file service: it is being restarted"));
        return;
      }
      const id = this.#nextId++;
      this.#calls.set(id, { resolve, reject });
      this.#send(message(id));
    });
  }

  #send(message: ToNineP, ...transfer: ArrayBuffer[]): void {
    this.#port?.postMessage(message, transfer);
  }
}

function tagOf(message: Uint8Array): number {
  return message[5]! | (message[6]! << 8);
}

/** Rlerror tag[2] ecode[4] */
function errorReply(tag: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.of(11, 0, 0, 0, RLERROR, tag & 0xff, tag >>> 8, LINUX_EIO, 0, 0, 0);
}
