import { EILSEQ, EINVAL } from "@cloudos/abi/errno";
import { fail } from "../vfs/errors.ts";
import { HEADER_SIZE } from "./protocol.ts";

/** A message that is not what its type says: too short, too long, a count that lies. `offset` is where it went wrong. */
export class Malformed extends Error {
  readonly offset: number;
  constructor(offset: number, message: string) {
    super(message);
    this.name = "Malformed";
    this.offset = offset;
  }
}

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** A checked view of a request. Every getter moves on and throws `Malformed` at the end of the message. */
export class MessageReader {
  readonly bytes: Uint8Array;
  readonly #view: DataView;
  #at = HEADER_SIZE;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  u8(): number {
    return this.#view.getUint8(this.#take(1));
  }

  u16(): number {
    return this.#view.getUint16(this.#take(2), true);
  }

  u32(): number {
    return this.#view.getUint32(this.#take(4), true);
  }

  /** Exact below 2^53; anything above stays above. */
  u64(): number {
    const at = this.#take(8);
    return this.#view.getUint32(at + 4, true) * 0x1_0000_0000 + this.#view.getUint32(at, true);
  }

  /** Seconds and nanoseconds as nanoseconds. */
  time(): bigint {
    const at = this.#take(16);
    return this.#view.getBigInt64(at, true) * 1_000_000_000n + this.#view.getBigInt64(at + 8, true);
  }

  /** Names and link texts: EINVAL with a NUL, EILSEQ when not UTF-8. */
  string(): string {
    const length = this.u16();
    const at = this.#take(length);
    let text = "";
    for (let i = at; i < at + length; i++) {
      const byte = this.bytes[i]!;
      if (byte === 0) fail(EINVAL);
      if (byte >= 0x80) return decode(this.bytes.subarray(at, at + length));
      text += String.fromCharCode(byte);
    }
    return text;
  }

  data(length: number): Uint8Array {
    const at = this.#take(length);
    return this.bytes.subarray(at, at + length);
  }

  end(): void {
    if (this.#at !== this.bytes.length) throw new Malformed(this.#at, "the message is longer than its fields");
  }

  #take(length: number): number {
    const at = this.#at;
    if (at + length > this.bytes.length) throw new Malformed(at, "the message ends within a field");
    this.#at = at + length;
    return at;
  }
}

function decode(bytes: Uint8Array): string {
  // TextDecoder refuses shared memory, which others could also change meanwhile.
  const copy = bytes.slice();
  if (copy.includes(0)) fail(EINVAL);
  try {
    return decoder.decode(copy);
  } catch {
    fail(EILSEQ);
  }
}

const encoder = new TextEncoder();

/** Builds replies one at a time in memory of its own; `finish` hands out a copy of the exact size. */
export class MessageWriter {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(capacity: number) {
    this.#bytes = new Uint8Array(capacity);
    this.#view = new DataView(this.#bytes.buffer);
  }

  begin(type: number, tag: number): this {
    this.#view.setUint8(4, type);
    this.#view.setUint16(5, tag, true);
    this.#at = HEADER_SIZE;
    return this;
  }

  get length(): number {
    return this.#at;
  }

  /** Back to an earlier `length`. */
  rewind(length: number): void {
    this.#at = length;
  }

  u8(value: number): this {
    this.#view.setUint8(this.#at, value);
    this.#at += 1;
    return this;
  }

  u16(value: number): this {
    this.#view.setUint16(this.#at, value, true);
    this.#at += 2;
    return this;
  }

  u32(value: number): this {
    this.#view.setUint32(this.#at, value, true);
    this.#at += 4;
    return this;
  }

  u64(value: number): this {
    this.#view.setUint32(this.#at, value % 0x1_0000_0000, true);
    this.#view.setUint32(this.#at + 4, Math.floor(value / 0x1_0000_0000), true);
    this.#at += 8;
    return this;
  }

  /** Nanoseconds since the epoch as seconds and nanoseconds. */
  time(ns: bigint): this {
    let seconds = ns / 1_000_000_000n;
    let rest = ns % 1_000_000_000n;
    if (rest < 0n) {
      seconds -= 1n;
      rest += 1_000_000_000n;
    }
    this.#view.setBigInt64(this.#at, seconds, true);
    this.#view.setBigInt64(this.#at + 8, rest, true);
    this.#at += 16;
    return this;
  }

  string(text: string): this {
    const { written } = encoder.encodeInto(text, this.#bytes.subarray(this.#at + 2));
    this.#view.setUint16(this.#at, written, true);
    this.#at += 2 + written;
    return this;
  }

  setU16(at: number, value: number): void {
    this.#view.setUint16(at, value, true);
  }

  setU32(at: number, value: number): void {
    this.#view.setUint32(at, value, true);
  }

  finish(): Uint8Array<ArrayBuffer> {
    this.#view.setUint32(0, this.#at, true);
    const message = new Uint8Array(this.#at);
    message.set(this.#bytes.subarray(0, this.#at));
    return message;
  }
}
