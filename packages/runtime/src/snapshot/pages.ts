/**
 * Pages of a space as a difference to a base. A record in a PAGES section:
 *
 *     space u32 | count u32 | count times (page u32, source u32) | contents of the LITERAL pages, in that order
 *
 * Pages that no record names are as in the base, or zeros without one.
 */
import { STATE_PAGE_SIZE, type StateSpace } from "@cloudos/abi/saved-state";
import { corrupt } from "./malformed.ts";

export const SOURCE_LITERAL = 0xffffffff;
/** All zeros, where the base is not. */
export const SOURCE_ZERO = 0xfffffffe;
/** With this bit the other bits are a page of the same space that an earlier entry gave. */
export const SOURCE_SAME = 0x80000000;

/** Literal pages per record: 2 MiB, so that a reader works on small pieces. */
const LITERALS_PER_RECORD = 512;
const ENTRIES_PER_RECORD = 65536;

export interface PageCounts {
  /** Stored in full. */
  literal: number;
  /** Told by reference to another page of the snapshot. */
  same: number;
  zeroed: number;
}

/** The records that turn `base` into `space`. `counts` is added to. */
export function* diffSpace(
  index: number,
  space: StateSpace,
  base: StateSpace | null,
  counts: PageCounts,
): Generator<Uint8Array<ArrayBuffer>> {
  const record = new PageRecord(index);
  const seen = new Map<number, number[]>();
  let b = 0;
  const basePages = base?.pages ?? new Uint32Array();
  for (const [i, page] of space.pages.entries()) {
    for (; b < basePages.length && basePages[b]! < page; b++) {
      counts.zeroed++;
      record.add(basePages[b]!, SOURCE_ZERO);
      if (record.full) yield record.take();
    }
    const inBase = b < basePages.length && basePages[b] === page;
    const at = i * STATE_PAGE_SIZE;
    if (inBase && samePage(space.bytes, at, base!.bytes, b++ * STATE_PAGE_SIZE)) continue;
    const hash = hashPage(space.bytes, at);
    const twin = seen.get(hash)?.find((j) => samePage(space.bytes, at, space.bytes, j * STATE_PAGE_SIZE));
    if (twin !== undefined) {
      counts.same++;
      record.add(page, (SOURCE_SAME | space.pages[twin]!) >>> 0);
    } else {
      counts.literal++;
      record.add(page, SOURCE_LITERAL, space.bytes.subarray(at, at + STATE_PAGE_SIZE));
      const group = seen.get(hash);
      if (group === undefined) seen.set(hash, [i]);
      else group.push(i);
    }
    if (record.full) yield record.take();
  }
  for (; b < basePages.length; b++) {
    counts.zeroed++;
    record.add(basePages[b]!, SOURCE_ZERO);
    if (record.full) yield record.take();
  }
  if (!record.empty) yield record.take();
}

class PageRecord {
  readonly #space: number;
  #entries: number[] = [];
  #literals: Uint8Array[] = [];

  constructor(space: number) {
    this.#space = space;
  }
  get empty(): boolean {
    return this.#entries.length === 0;
  }
  get full(): boolean {
    return this.#literals.length >= LITERALS_PER_RECORD || this.#entries.length >= 2 * ENTRIES_PER_RECORD;
  }
  add(page: number, source: number, content?: Uint8Array): void {
    this.#entries.push(page, source);
    if (content !== undefined) this.#literals.push(content);
  }
  take(): Uint8Array<ArrayBuffer> {
    const table = 8 + this.#entries.length * 4;
    const bytes = new Uint8Array(table + this.#literals.length * STATE_PAGE_SIZE);
    const view = new DataView(bytes.buffer);
    view.setUint32(0, this.#space, true);
    view.setUint32(4, this.#entries.length / 2, true);
    for (const [i, word] of this.#entries.entries()) view.setUint32(8 + i * 4, word, true);
    for (const [i, content] of this.#literals.entries()) bytes.set(content, table + i * STATE_PAGE_SIZE);
    this.#entries = [];
    this.#literals = [];
    return bytes;
  }
}

/** Rebuilds a space: starts as the base, takes records, gives the result. */
export class SpaceBuilder {
  readonly #sizeBytes: number;
  readonly #pages = new Map<number, Uint8Array>();

  constructor(sizeBytes: number, base: StateSpace | null) {
    this.#sizeBytes = sizeBytes;
    for (const [i, page] of (base?.pages ?? new Uint32Array()).entries()) {
      this.#pages.set(page, base!.bytes.subarray(i * STATE_PAGE_SIZE, (i + 1) * STATE_PAGE_SIZE));
    }
  }

  /** `record` without its space number; it is kept, not copied. `offset` is for messages. */
  apply(record: Uint8Array, offset: number): void {
    const view = new DataView(record.buffer, record.byteOffset, record.byteLength);
    const count = view.getUint32(4, true);
    let literal = 8 + count * 8;
    if (literal > record.length) corrupt(`a page table of ${count} entries in ${record.length} bytes`, offset);
    const last = Math.ceil(this.#sizeBytes / STATE_PAGE_SIZE);
    for (let i = 0; i < count; i++) {
      const page = view.getUint32(8 + i * 8, true);
      const source = view.getUint32(12 + i * 8, true);
      if (page >= last) corrupt(`page ${page} of a space that has ${last}`, offset);
      if (source === SOURCE_LITERAL) {
        if (literal + STATE_PAGE_SIZE > record.length) corrupt(`page ${page} without its content`, offset);
        this.#pages.set(page, record.subarray(literal, literal + STATE_PAGE_SIZE));
        literal += STATE_PAGE_SIZE;
      } else if (source === SOURCE_ZERO) {
        this.#pages.delete(page);
      } else {
        const twin = (source & SOURCE_SAME) !== 0 ? this.#pages.get(source & 0x7fffffff) : undefined;
        if (twin === undefined) corrupt(`page ${page} as a copy of one that is not there`, offset);
        this.#pages.set(page, twin);
      }
    }
    if (literal !== record.length) corrupt(`${record.length - literal} bytes after the last page`, offset);
  }

  finish(): StateSpace {
    const pages = Uint32Array.from(this.#pages.keys()).sort();
    const bytes = new Uint8Array(pages.length * STATE_PAGE_SIZE);
    for (const [i, page] of pages.entries()) bytes.set(this.#pages.get(page)!, i * STATE_PAGE_SIZE);
    return { sizeBytes: this.#sizeBytes, pages, bytes };
  }
}

function samePage(a: Uint8Array, at: number, b: Uint8Array, bt: number): boolean {
  const x = new Uint32Array(a.buffer, a.byteOffset + at, STATE_PAGE_SIZE / 4);
  const y = new Uint32Array(b.buffer, b.byteOffset + bt, STATE_PAGE_SIZE / 4);
  for (let i = 0; i < x.length; i++) if (x[i] !== y[i]) return false;
  return true;
}

/** FNV-1a over words (Fowler, Noll, Vo): equal pages meet, and what else meets is told apart by comparing. */
function hashPage(bytes: Uint8Array, at: number): number {
  const words = new Uint32Array(bytes.buffer, bytes.byteOffset + at, STATE_PAGE_SIZE / 4);
  let hash = 0x811c9dc5;
  for (let i = 0; i < words.length; i++) hash = Math.imul(hash ^ words[i]!, 0x01000193);
  return hash;
}
