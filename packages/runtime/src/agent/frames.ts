import { AGENT_FRAME_MAX } from "@cloudos/abi/guest-agent";

const LENGTH_SIZE = 4;
const HEADER_SIZE = 9;
/** Most payload of one frame. */
export const PAYLOAD_MAX = AGENT_FRAME_MAX - (HEADER_SIZE - LENGTH_SIZE);

export interface Frame {
  readonly type: number;
  readonly id: number;
  readonly payload: Uint8Array;
}

/** Throws RangeError when the payload does not fit into a frame. */
export function encodeFrame(type: number, id: number, payload: Uint8Array): Uint8Array<ArrayBuffer> {
  if (payload.length > PAYLOAD_MAX) {
    throw new RangeError(
      `Cannot send to the guest's agent: ${payload.length} bytes in one frame, at most ${PAYLOAD_MAX}`,
    );
  }
  const frame = new Uint8Array(HEADER_SIZE + payload.length);
  const view = new DataView(frame.buffer);
  view.setUint32(0, HEADER_SIZE - LENGTH_SIZE + payload.length, true);
  view.setUint8(4, type);
  view.setUint32(5, id, true);
  frame.set(payload, HEADER_SIZE);
  return frame;
}

/** Cuts a stream of bytes into frames. A guest may send anything: a length beyond the limit throws RangeError, once and for all. */
export class FrameReader {
  #held = new Uint8Array();

  push(bytes: Uint8Array): readonly Frame[] {
    const held = new Uint8Array(this.#held.length + bytes.length);
    held.set(this.#held);
    held.set(bytes, this.#held.length);
    const view = new DataView(held.buffer);
    const frames: Frame[] = [];
    let at = 0;
    while (held.length - at >= HEADER_SIZE) {
      const length = view.getUint32(at, true);
      if (length < HEADER_SIZE - LENGTH_SIZE || length > AGENT_FRAME_MAX) {
        throw new RangeError(
          `The guest's agent sent a frame of ${length} bytes, at most ${AGENT_FRAME_MAX} are allowed`,
        );
      }
      if (held.length - at < LENGTH_SIZE + length) break;
      const payload = held.slice(at + HEADER_SIZE, at + LENGTH_SIZE + length);
      frames.push({ type: view.getUint8(at + 4), id: view.getUint32(at + 5, true), payload });
      at += LENGTH_SIZE + length;
    }
    this.#held = held.slice(at);
    return frames;
  }
}

/** Builds payloads: little-endian numbers, strings with a final zero. */
export class Payload {
  readonly #bytes: number[] = [];

  u8(value: number): this {
    this.#bytes.push(value & 255);
    return this;
  }
  u16(value: number): this {
    return this.u8(value).u8(value >>> 8);
  }
  u32(value: number): this {
    return this.u16(value).u16(value >>> 16);
  }
  u64(value: bigint): this {
    return this.u32(Number(value & 0xffffffffn)).u32(Number(value >> 32n));
  }
  raw(bytes: Iterable<number>): this {
    for (const byte of bytes) this.#bytes.push(byte);
    return this;
  }
  /** Throws RangeError for a text with a zero in it: it would become two. */
  text(text: string): this {
    if (text.includes("\0")) throw new RangeError("Cannot send to the guest's agent: a text contains a zero byte");
    return this.raw(new TextEncoder().encode(text)).u8(0);
  }
  finish(): Uint8Array<ArrayBuffer> {
    return Uint8Array.from(this.#bytes);
  }
}
