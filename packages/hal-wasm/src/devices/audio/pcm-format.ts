/** How samples are written. */
export interface PcmFormat {
  readonly rate: number;
  readonly channels: number;
  /** 8: unsigned bytes; 16: signed, little-endian; 32: floats, little-endian. */
  readonly bits: 8 | 16 | 32;
}

/** What /dev/dsp takes when a stream does not begin with a WAV header. */
export const DEFAULT_FORMAT: PcmFormat = { rate: 48_000, channels: 2, bits: 16 };

const RIFF = 0x46464952;
const WAVE = 0x45564157;
const FMT = 0x20746d66;
const DATA = 0x61746164;
const PCM = 1;
const FLOAT = 3;
const EXTENSIBLE = 0xfffe;
/** A header longer than this is not one. */
const HEADER_MAX = 65_536;

export type WavHeader =
  /** No WAV: samples begin at the start. */
  | { readonly kind: "raw" }
  /** The header may go on: look again with more bytes. */
  | { readonly kind: "partial" }
  | { readonly kind: "wav"; readonly format: PcmFormat; readonly dataOffset: number }
  | { readonly kind: "unsupported"; readonly reason: string };

/** Reads the header of a RIFF WAVE file at the start of a stream (Multimedia Programming Interface 1.0, "WAVE"). */
export function readWavHeader(bytes: Uint8Array): WavHeader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length >= 4 && view.getUint32(0, true) !== RIFF) return { kind: "raw" };
  if (bytes.length < 12) return { kind: "partial" };
  if (view.getUint32(8, true) !== WAVE) return { kind: "raw" };
  let format: PcmFormat | undefined;
  for (let at = 12; ; ) {
    if (at > HEADER_MAX) return { kind: "unsupported", reason: "its header has no end" };
    if (bytes.length < at + 8) return { kind: "partial" };
    const chunk = view.getUint32(at, true);
    const length = view.getUint32(at + 4, true);
    if (chunk === DATA) {
      if (!format) return { kind: "unsupported", reason: "samples come before their format" };
      return { kind: "wav", format, dataOffset: at + 8 };
    }
    if (chunk === FMT) {
      if (length < 16) return { kind: "unsupported", reason: "its format is cut short" };
      if (bytes.length < at + 24) return { kind: "partial" };
      const tag = view.getUint16(at + 8, true);
      const channels = view.getUint16(at + 10, true);
      const rate = view.getUint32(at + 12, true);
      const bits = view.getUint16(at + 22, true);
      const known =
        (bits === 8 || bits === 16) && tag !== FLOAT ? bits : bits === 32 && tag === FLOAT ? bits : undefined;
      if (known === undefined || (tag !== PCM && tag !== FLOAT && tag !== EXTENSIBLE)) {
        return { kind: "unsupported", reason: `samples of ${bits} bits with format ${tag} are not played` };
      }
      if (channels < 1 || channels > 8 || rate < 4000 || rate > 192_000) {
        return { kind: "unsupported", reason: `${channels} channels at ${rate} Hz are not played` };
      }
      format = { rate, channels, bits: known };
    }
    // Chunks are padded to an even length.
    at += 8 + length + (length & 1);
  }
}
