import type { StateParts } from "@cloudos/abi/saved-state";
import { concat, deflate } from "./compress.ts";
import { type Digest, subtleDigest, toHex } from "./digest.ts";
import {
  encodePrefix,
  encodeSection,
  SECTION_DEFLATED,
  SECTION_END,
  SECTION_FIDS,
  SECTION_FILES,
  SECTION_INFO,
  SECTION_PAGES,
  type SnapshotHeader,
} from "./format.ts";
import { diffSpace, type PageCounts } from "./pages.ts";

export interface SnapshotContent {
  readonly header: Omit<SnapshotHeader, "emulator" | "spaces">;
  readonly state: StateParts;
  /** The parts of the state `header.base` names; null when that is null. */
  readonly base: StateParts | null;
  /** The 9P server's table of open files; null without one. */
  readonly fids: Uint8Array<ArrayBuffer> | null;
  /** What the guest wrote to its file system; null leaves it out. */
  readonly files?: Uint8Array<ArrayBuffer> | null;
}

const FILES_PER_SECTION = 4 << 20;

export interface WrittenSnapshot {
  /** SHA-256 that vouches for all of it, in hexadecimal. */
  readonly id: string;
  readonly sizeBytes: number;
  readonly pages: Readonly<PageCounts>;
}

/**
 * Hands the bytes of a snapshot to `sink`, piece by piece and in order; the next piece comes when its promise has resolved. Rejects
 * with what `sink` rejects with. Pieces belong to `sink`.
 */
export async function writeSnapshot(
  content: SnapshotContent,
  sink: (piece: Uint8Array<ArrayBuffer>) => void | Promise<void>,
  digest: Digest = subtleDigest,
): Promise<WrittenSnapshot> {
  const { state, base, fids } = content;
  const header: SnapshotHeader = {
    ...content.header,
    emulator: state.emulator,
    spaces: state.spaces.map((space) => space.sizeBytes),
  };
  const covered: Uint8Array[] = [];
  const pages: PageCounts = { literal: 0, same: 0, zeroed: 0 };
  let sizeBytes = 0;
  const put = async (piece: Uint8Array<ArrayBuffer>) => {
    sizeBytes += piece.length;
    await sink(piece);
  };
  const section = async (type: number, raw: Uint8Array<ArrayBuffer>) => {
    const deflated = await deflate(raw);
    const isSmaller = deflated.length < raw.length;
    const stored = isSmaller ? deflated : raw;
    const head = encodeSection({
      type,
      flags: isSmaller ? SECTION_DEFLATED : 0,
      rawBytes: raw.length,
      storedBytes: stored.length,
      digest: await digest(stored),
    });
    covered.push(head.slice());
    await put(head);
    await put(stored);
  };

  const prefix = encodePrefix(header);
  covered.push(prefix.slice());
  await put(prefix);
  await section(SECTION_INFO, new Uint8Array(state.info));
  if (fids !== null) await section(SECTION_FIDS, fids);
  for (const [index, space] of state.spaces.entries()) {
    const below = base?.spaces[index];
    // A buffer of another size is another buffer.
    const same = below?.sizeBytes === space.sizeBytes ? below : null;
    for (const record of diffSpace(index, space, same, pages)) await section(SECTION_PAGES, record);
  }
  const files = content.files ?? new Uint8Array();
  for (let at = 0; at < files.length; at += FILES_PER_SECTION) {
    await section(SECTION_FILES, files.slice(at, at + FILES_PER_SECTION));
  }
  const id = await digest(
    concat(
      covered,
      covered.reduce((sum, piece) => sum + piece.length, 0),
    ),
  );
  const end = { type: SECTION_END, flags: 0, rawBytes: id.length, storedBytes: id.length, digest: id };
  await put(encodeSection(end));
  await put(id.slice());
  return { id: toHex(id), sizeBytes, pages };
}
