import type { StateParts } from "@cloudos/abi/saved-state";
import { ByteSource } from "./byte-source.ts";
import { concat, inflate } from "./compress.ts";
import { type Digest, subtleDigest, toHex } from "./digest.ts";
import {
  decodeHeader,
  decodePrefix,
  decodeSection,
  PREFIX_SIZE,
  SECTION_DEFLATED,
  SECTION_END,
  SECTION_FIDS,
  SECTION_FILES,
  SECTION_INFO,
  SECTION_PAGES,
  SECTION_SIZE,
  type SectionHeader,
  type SnapshotHeader,
} from "./format.ts";
import { corrupt } from "./malformed.ts";
import { SpaceBuilder } from "./pages.ts";

export type SnapshotBytes = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

export interface ReadSnapshot {
  readonly header: SnapshotHeader;
  readonly id: string;
  readonly state: StateParts;
  readonly fids: Uint8Array<ArrayBuffer> | null;
  /** What the guest wrote to its file system; null when it is not in the snapshot. */
  readonly files: Uint8Array<ArrayBuffer> | null;
}

export interface ReadOptions {
  /** Looks at the header before anything else is read; throws to refuse (see check-snapshot.ts). */
  readonly check?: (header: SnapshotHeader) => void;
  /** The parts of the state that a header's `base` names. */
  readonly base: (id: string) => Promise<StateParts>;
  readonly digest?: Digest;
}

/** The header alone: what a list of snapshots needs. Nothing behind it is checked. */
export async function readSnapshotHeader(bytes: SnapshotBytes): Promise<SnapshotHeader> {
  return (await readPrefix(new ByteSource(bytes))).header;
}

/**
 * Reads a snapshot from a stream and checks all of it. Throws SnapshotError: "foreign", "version", "corrupt", or
 * what `check` and `base` throw.
 */
export async function readSnapshot(bytes: SnapshotBytes, options: ReadOptions): Promise<ReadSnapshot> {
  const digest = options.digest ?? subtleDigest;
  const source = new ByteSource(bytes);
  const { header, prefix } = await readPrefix(source);
  options.check?.(header);
  const base = header.base === null ? null : await options.base(header.base);
  const builders = header.spaces.map((sizeBytes, index) => {
    const below = base?.spaces[index];
    return new SpaceBuilder(sizeBytes, below?.sizeBytes === sizeBytes ? below : null);
  });
  const covered: Uint8Array[] = [prefix];
  let info: Uint8Array | null = null;
  let fids: Uint8Array<ArrayBuffer> | null = null;
  const files: Uint8Array[] = [];
  for (;;) {
    const at = source.offset;
    const head = await source.take(SECTION_SIZE, "a section's header");
    const section = decodeSection(head, at);
    const stored = await source.take(section.storedBytes, "a section");
    if (section.type === SECTION_END) {
      const id = toHex(await digest(joined(covered)));
      if (id !== toHex(stored)) corrupt("a digest that does not fit what it covers", at);
      if (!(await source.atEnd())) corrupt("more bytes after the end", source.offset);
      if (info === null) corrupt("no device states", at);
      const spaces = builders.map((builder) => builder.finish());
      return {
        header,
        id,
        state: { emulator: header.emulator, info, spaces },
        fids,
        files: files.length === 0 ? null : joined(files),
      };
    }
    covered.push(head);
    const raw = await unpack(section, stored, digest, at);
    switch (section.type) {
      case SECTION_INFO:
        info = raw;
        break;
      case SECTION_FIDS:
        fids = raw;
        break;
      case SECTION_FILES:
        files.push(raw);
        break;
      case SECTION_PAGES: {
        if (raw.length < 8) corrupt("a page record cut short", at);
        const space = new DataView(raw.buffer).getUint32(0, true);
        const builder = builders[space];
        if (builder === undefined) corrupt(`pages of space ${space} of ${builders.length}`, at);
        builder.apply(raw, at);
        break;
      }
      default:
        corrupt(`a section of unknown type ${section.type}`, at);
    }
  }
}

async function readPrefix(source: ByteSource): Promise<{ header: SnapshotHeader; prefix: Uint8Array }> {
  const start = await source.take(PREFIX_SIZE, "the first sixteen bytes");
  const json = await source.take(decodePrefix(start), "the header");
  return { header: decodeHeader(json), prefix: joined([start, json]) };
}

/** Checks a section's stored bytes and gives the raw ones. */
async function unpack(
  section: SectionHeader,
  stored: Uint8Array<ArrayBuffer>,
  digest: Digest,
  at: number,
): Promise<Uint8Array<ArrayBuffer>> {
  if (toHex(await digest(stored)) !== toHex(section.digest)) corrupt("a section with a wrong digest", at);
  if ((section.flags & SECTION_DEFLATED) === 0) {
    if (section.rawBytes !== section.storedBytes) corrupt("a plain section with two lengths", at);
    return stored;
  }
  try {
    return await inflate(stored, section.rawBytes);
  } catch (error) {
    return corrupt(`a section that does not inflate (${error instanceof Error ? error.message : error})`, at);
  }
}

function joined(pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return concat(
    pieces,
    pieces.reduce((sum, piece) => sum + piece.length, 0),
  );
}
