import { DEFAULT_FORMAT, type PcmFormat, readWavHeader } from "./pcm-format.ts";

const NOTHING = new Float32Array(0);

/**
 * Turns what a program writes into interleaved stereo floats at the output's rate. Chunks may end anywhere: in a header, in a
 * sample, between two that a new one is made from.
 */
export class PcmStream {
  readonly #outputRate: number;
  #format: PcmFormat | undefined;
  #rest: Uint8Array = new Uint8Array(0);
  /** The last frame of the previous chunk, to go on from. */
  #left = 0;
  #right = 0;
  /** Place of the next output frame, in input frames after that one. */
  #phase = 1;

  constructor(outputRate: number) {
    this.#outputRate = outputRate;
  }

  /** Throws a RangeError when the stream is a WAV file of a kind that is not played. */
  push(chunk: Uint8Array): Float32Array {
    let bytes = chunk;
    if (this.#rest.length > 0) {
      bytes = new Uint8Array(this.#rest.length + chunk.length);
      bytes.set(this.#rest);
      bytes.set(chunk, this.#rest.length);
      this.#rest = new Uint8Array(0);
    }
    if (!this.#format) {
      const header = readWavHeader(bytes);
      if (header.kind === "unsupported") throw new RangeError(`Cannot play the sound: ${header.reason}`);
      if (header.kind === "partial") {
        this.#rest = bytes.slice();
        return NOTHING;
      }
      this.#format = header.kind === "wav" ? header.format : DEFAULT_FORMAT;
      if (header.kind === "wav") bytes = bytes.subarray(header.dataOffset);
    }
    const frameBytes = (this.#format.channels * this.#format.bits) / 8;
    const frames = Math.floor(bytes.length / frameBytes);
    this.#rest = bytes.slice(frames * frameBytes);
    return this.#resample(bytes.subarray(0, frames * frameBytes), frames, this.#format);
  }

  /** Straight lines between samples: cheap, and enough for beeps and speech. */
  #resample(bytes: Uint8Array, frames: number, format: PcmFormat): Float32Array {
    if (frames === 0) return NOTHING;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const sample = (frame: number, channel: number) =>
      frame < 0
        ? channel === 0
          ? this.#left
          : this.#right
        : sampleAt(view, format, frame, Math.min(channel, format.channels - 1));
    const step = format.rate / this.#outputRate;
    const count = Math.max(0, Math.ceil((frames - this.#phase) / step) + 1);
    const out = new Float32Array(count * 2);
    let made = 0;
    // Frame -1 is the last one of the chunk before.
    for (; this.#phase <= frames; this.#phase += step) {
      const at = Math.floor(this.#phase) - 1;
      const share = this.#phase - 1 - at;
      for (let channel = 0; channel < 2; channel++) {
        const next = share > 0 ? sample(Math.min(at + 1, frames - 1), channel) : 0;
        out[made++] = sample(at, channel) * (1 - share) + next * share;
      }
    }
    this.#phase -= frames;
    this.#left = sampleAt(view, format, frames - 1, 0);
    this.#right = sampleAt(view, format, frames - 1, Math.min(1, format.channels - 1));
    return out.subarray(0, made);
  }
}

function sampleAt(view: DataView, { channels, bits }: PcmFormat, frame: number, channel: number): number {
  const at = ((frame * channels + channel) * bits) / 8;
  if (bits === 8) return (view.getUint8(at) - 128) / 128;
  if (bits === 16) return view.getInt16(at, true) / 32_768;
  return view.getFloat32(at, true);
}
