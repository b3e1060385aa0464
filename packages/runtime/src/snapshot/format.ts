/**
 * The bytes of a snapshot (docs/machines/snapshot-format.md). Little-endian.
 *
 *     0   magic "CLOUDSNP"   8   version u32   12   header length u32   16   header, JSON in UTF-8
 *     then sections:  type u32 | flags u32 | raw length u64 | stored length u64 | SHA-256 of the stored bytes (32) | stored bytes
 *
 * The last section is END; its stored bytes are the SHA-256 of everything before it except the other sections' stored bytes, which
 * their own digests cover. So one digest, the snapshot's *id*, vouches for all of it, and yet nothing has to be held back to check it.
 */
import { corrupt, SnapshotError } from "./malformed.ts";

export const SNAPSHOT_MAGIC = "CLOUDSNP";
export const SNAPSHOT_VERSION = 1;
export const PREFIX_SIZE = 16;
export const SECTION_SIZE = 56;
export const DIGEST_SIZE = 32;
/** A header says what the machine is, not what is in it. */
export const HEADER_MAX = 1 << 20;
/** Largest raw length of a section. Writers stay far below; a reader must not be made to allocate what a length field says. */
export const SECTION_MAX = 64 << 20;

export const SECTION_END = 0;
/** StateParts.info. */
export const SECTION_INFO = 1;
/** Some pages of one space, see pages.ts. */
export const SECTION_PAGES = 2;
/** Open files of the guest: the 9P server's table, in its own format. */
export const SECTION_FIDS = 3;
/** What the guest wrote to its file system (HostFiles.packTree), in pieces: exported snapshots only. */
export const SECTION_FILES = 4;
/** Stored as a zlib stream (RFC 1950). */
export const SECTION_DEFLATED = 1;

export interface SnapshotHeader {
  /** StateParts.emulator. */
  readonly emulator: string;
  /** `hardwareId` of the machine: a state fits equal hardware only. */
  readonly hardware: string;
  readonly memoryMiB: number;
  /** Sizes of the spaces, in bytes. */
  readonly spaces: readonly number[];
  /** What pages are relative to: the id of the image's booted state; null: zeros. */
  readonly base: string | null;
  /** The image the machine was made from. */
  readonly image: { readonly name: string; readonly id: string } | null;
  /** Name of the machine. */
  readonly name: string;
  /** Unix milliseconds. */
  readonly savedAtMs: number;
  /** Told apart for "two resumes of one snapshot": drawn anew by every save. */
  readonly generation: string;
}

export interface SectionHeader {
  readonly type: number;
  readonly flags: number;
  readonly rawBytes: number;
  readonly storedBytes: number;
  readonly digest: Uint8Array;
}

export function encodePrefix(header: SnapshotHeader): Uint8Array<ArrayBuffer> {
  const json = new TextEncoder().encode(JSON.stringify(header));
  const bytes = new Uint8Array(PREFIX_SIZE + json.length);
  bytes.set(new TextEncoder().encode(SNAPSHOT_MAGIC));
  const view = new DataView(bytes.buffer);
  view.setUint32(8, SNAPSHOT_VERSION, true);
  view.setUint32(12, json.length, true);
  bytes.set(json, PREFIX_SIZE);
  return bytes;
}

/** Length of the header that follows the prefix. */
export function decodePrefix(bytes: Uint8Array): number {
  if (new TextDecoder("latin1").decode(bytes.subarray(0, 8)) !== SNAPSHOT_MAGIC) {
    throw new SnapshotError("foreign", `Cannot read the snapshot: it does not start with ${SNAPSHOT_MAGIC}`, 0);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const version = view.getUint32(8, true);
  if (version !== SNAPSHOT_VERSION) {
    const message = `Cannot read the snapshot: its format version is ${version}, expected ${SNAPSHOT_VERSION}`;
    throw new SnapshotError("version", message, 8);
  }
  const length = view.getUint32(12, true);
  if (length > HEADER_MAX) corrupt(`a header of ${length} bytes`, 12);
  return length;
}

export function decodeHeader(json: Uint8Array): SnapshotHeader {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(json));
  } catch {
    corrupt("a header that is no JSON", PREFIX_SIZE);
  }
  if (!isHeader(value)) corrupt("a header with missing or wrong fields", PREFIX_SIZE);
  return value;
}

export function encodeSection(header: SectionHeader): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(SECTION_SIZE);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, header.type, true);
  view.setUint32(4, header.flags, true);
  view.setBigUint64(8, BigInt(header.rawBytes), true);
  view.setBigUint64(16, BigInt(header.storedBytes), true);
  bytes.set(header.digest, 24);
  return bytes;
}

/** `offset` is for messages. */
export function decodeSection(bytes: Uint8Array, offset: number): SectionHeader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const rawBytes = Number(view.getBigUint64(8, true));
  const storedBytes = Number(view.getBigUint64(16, true));
  const flags = view.getUint32(4, true);
  // Deflate never adds more than this to data it cannot shrink.
  if (rawBytes > SECTION_MAX || storedBytes > SECTION_MAX + 65536) {
    corrupt(`a section of ${Math.max(rawBytes, storedBytes)} bytes`, offset);
  }
  if ((flags & ~SECTION_DEFLATED) !== 0) corrupt(`a section with unknown flags ${flags}`, offset);
  return { type: view.getUint32(0, true), flags, rawBytes, storedBytes, digest: bytes.slice(24, SECTION_SIZE) };
}

function isHeader(value: unknown): value is SnapshotHeader {
  if (typeof value !== "object" || value === null) return false;
  const header = value as Partial<Record<keyof SnapshotHeader, unknown>>;
  const isCount = (x: unknown) => Number.isSafeInteger(x) && (x as number) >= 0;
  const image = header.image as { name?: unknown; id?: unknown } | null | undefined;
  return (
    [header.emulator, header.hardware, header.name, header.generation].every((text) => typeof text === "string") &&
    isCount(header.memoryMiB) &&
    isCount(header.savedAtMs) &&
    Array.isArray(header.spaces) &&
    header.spaces.length > 0 &&
    header.spaces.length <= 4096 &&
    header.spaces.every((size) => isCount(size) && size <= 2 ** 32) &&
    (header.base === null || typeof header.base === "string") &&
    (image === null || (typeof image?.name === "string" && typeof image.id === "string"))
  );
}
