import { EIO, ENOSPC } from "@cloudos/abi/errno";
import { FsError, fail, settle } from "../vfs/errors.ts";
import type { PageSink, WriteBack } from "../vfs/file-system.ts";
import { CorruptError, hex } from "./corrupt.ts";
import { FileExtents } from "./file-extents.ts";
import { BLOCK_SIZE, EXTENT_MAX } from "./format.ts";
import type { Extent } from "./items.ts";
import type { Volume } from "./volume.ts";
import { xxh32 } from "./xxh32.ts";

type Page = WriteBack["pages"][number];
const HOLE = new Uint8Array(0);
/** Blocks of a file handled at a time when it is cut: bounds what must be in memory at once. */
const CUT_STEP = 64 * EXTENT_MAX;

/** A block of a file on the device. */
interface Location {
  readonly page: number;
  readonly block: number;
  readonly hash: number;
}

/** Bytes of files: reading and verifying, and writing to new places. */
export class FileData {
  readonly #volume: Volume;
  readonly #extents: FileExtents;

  constructor(volume: Volume) {
    this.#volume = volume;
    this.#extents = new FileExtents(volume);
  }

  read(ino: number, first: number, count: number, sink: PageSink): void | Promise<void> {
    const missing: Location[] = [];
    const located = this.#locate(ino, first, count);
    for (let page = first; page < first + count; page++) {
      const location = located[page - first];
      const waiting = location && this.#volume.pendingBlock(location.block);
      if (location === undefined) sink(page, HOLE);
      else if (waiting !== undefined) sink(page, waiting);
      else missing.push(location);
    }
    if (missing.length > 0) return this.#fetch(ino, missing, sink);
  }

  /** Writes pages and returns by how many blocks the file grew. */
  async write(ino: number, change: WriteBack): Promise<number> {
    let grown = 0;
    for (let from = 0; from < change.pages.length; ) {
      let to = from + 1;
      while (
        to < change.pages.length &&
        to - from < EXTENT_MAX &&
        change.pages[to]!.index === change.pages[to - 1]!.index + 1
      ) {
        to++;
      }
      const run = change.pages.slice(from, to);
      for (const page of run) clearTail(page, change.size);
      grown += await this.#writeRun(ino, run);
      from = to;
    }
    return grown;
  }

  /**
   * Cuts the file at `size`: drops whole blocks past it and clears the rest of the block it lies in, unless that is among
   * the pages about to be written. Returns by how many blocks the file grew (less than nothing).
   */
  async cut(ino: number, size: number, pages: readonly Page[]): Promise<number> {
    const firstGone = Math.ceil(size / BLOCK_SIZE);
    let grown = await this.#drop(ino, firstGone);
    const last = Math.floor(size / BLOCK_SIZE);
    if (size % BLOCK_SIZE === 0 || pages.some((page) => page.index === last)) return grown;
    if ((await settle(() => this.#locate(ino, last, 1)))[0] === undefined) return grown;
    const bytes = new Uint8Array(BLOCK_SIZE);
    await settle(() => this.read(ino, last, 1, (_index, found) => bytes.set(found)));
    const page = { index: last, bytes };
    clearTail(page, size);
    grown += await this.#writeRun(ino, [page]);
    return grown;
  }

  /** Frees all blocks of a file. */
  async removeAll(ino: number): Promise<void> {
    await this.#drop(ino, 0);
  }

  /** Removes the map of all blocks from `from` on. */
  async #drop(ino: number, from: number): Promise<number> {
    let grown = 0;
    for (;;) {
      const next = await settle(() => this.#extents.first(ino, from));
      if (next === undefined) return grown;
      const start = Math.max(from, next.fileBlock);
      grown += await settle(() => this.#extents.replace(ino, start, start + CUT_STEP, []));
    }
  }

  async #writeRun(ino: number, run: readonly Page[]): Promise<number> {
    const extents: Extent[] = [];
    for (let done = 0; done < run.length; ) {
      const place = this.#volume.space.allocate(run.length - done) ?? fail(ENOSPC);
      const hashes: number[] = [];
      for (let at = 0; at < place.count; at++) {
        const { bytes } = run[done + at]!;
        hashes.push(xxh32(bytes));
        this.#volume.writeLater(place.start + at, bytes);
      }
      extents.push({ fileBlock: run[done]!.index, block: place.start, hashes });
      done += place.count;
    }
    const first = run[0]!.index;
    return await settle(() => this.#extents.replace(ino, first, first + run.length, extents));
  }

  /** Where the pages are; undefined for holes. */
  #locate(ino: number, first: number, count: number): (Location | undefined)[] {
    const located: (Location | undefined)[] = new Array(count).fill(undefined);
    for (const extent of this.#extents.find(ino, first, first + count)) {
      const from = Math.max(first, extent.fileBlock);
      const to = Math.min(first + count, extent.fileBlock + extent.hashes.length);
      for (let page = from; page < to; page++) {
        const at = page - extent.fileBlock;
        located[page - first] = { page, block: extent.block + at, hash: extent.hashes[at]! };
      }
    }
    return located;
  }

  async #fetch(ino: number, wanted: readonly Location[], sink: PageSink): Promise<void> {
    const runs: Location[][] = [];
    for (const location of wanted) {
      const run = runs.at(-1);
      if (run !== undefined && run.at(-1)!.block + 1 === location.block) run.push(location);
      else runs.push([location]);
    }
    await Promise.all(runs.map((run) => this.#fetchRun(ino, run, sink)));
  }

  async #fetchRun(ino: number, run: readonly Location[], sink: PageSink): Promise<void> {
    const bytes = new Uint8Array(run.length * BLOCK_SIZE);
    await this.#volume.device.read(run[0]!.block, bytes);
    for (let at = 0; at < run.length; at++) {
      const page = bytes.subarray(at * BLOCK_SIZE, (at + 1) * BLOCK_SIZE);
      const location = run[at]!;
      const found = xxh32(page);
      if (found === location.hash) sink(location.page, page);
      else await this.#fetchAgain(ino, location, found, sink);
    }
  }

  /** The hash was wrong: either the page was written to another place while it was read, or the disk lost it. */
  async #fetchAgain(ino: number, was: Location, found: number, sink: PageSink): Promise<void> {
    const now = (await settle(() => this.#locate(ino, was.page, 1)))[0];
    if (now !== undefined && now.block === was.block && now.hash === was.hash) {
      const what = `page ${was.page} of inode ${ino}`;
      throw new CorruptError(what, was.block, `its hash is ${hex(found)}, expected ${hex(was.hash)}`);
    }
    await settle(() => this.read(ino, was.page, 1, sink));
  }
}

/** Bytes past the end of the file are zeros on disk, so that a file that grows again reads as zeros there. */
function clearTail(page: Page, size: number): void {
  const kept = size - page.index * BLOCK_SIZE;
  if (page.bytes.length !== BLOCK_SIZE) throw new FsError(EIO, `Cannot write a page of ${page.bytes.length} bytes`);
  if (kept < BLOCK_SIZE) page.bytes.fill(0, Math.max(0, kept));
}
