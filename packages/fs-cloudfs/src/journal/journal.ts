/**
 * What changed since the last commit, in memory that outlives the file service: if its worker is killed, its successor makes the
 * same changes again. Nothing here survives the tab; that is what commits are for.
 *
 *   0 active u32 (0 or 1) | 4 start u32, end u32 | 12 start u32, end u32 | 20 zero | 32 records ...
 *
 * The state is the pair `active` names; a change writes the other pair and then `active`, so that a kill in between changes
 * nothing. Records are read only up to `end`, which moves after the last record of a whole operation is in place.
 */
const O_ACTIVE = 0;
const O_PAIRS = 4;
const HEADER = 32;
/** length u32, kind u8, 3 zero, high f64, low f64 */
const RECORD_HEADER = 24;
const STEP_BYTES = 256 * 1024;

export const RECORD_PUT = 1;
export const RECORD_REMOVE = 2;
/** The inode `high` is gone with all that belongs to it. */
export const RECORD_DESTROY = 3;
/** Inode numbers below `high` were given out. */
export const RECORD_NEXT_INO = 4;

export interface JournalRecord {
  readonly kind: number;
  readonly high: number;
  readonly low: number;
  readonly value: Uint8Array;
}

export type JournalBuffer = SharedArrayBuffer | ArrayBuffer;

const NOTHING = new Uint8Array(0);

export class Journal {
  readonly #buffer: JournalBuffer;
  #view: DataView;
  #bytes: Uint8Array;
  /** Where the next record goes; beyond the published end while an operation is being written. */
  #cursor: number;

  /** `buffer` is resizable; a new one is empty. */
  constructor(buffer: JournalBuffer) {
    this.#buffer = buffer;
    if (buffer.byteLength < HEADER) resize(buffer, Math.min(STEP_BYTES, buffer.maxByteLength));
    this.#view = new DataView(buffer);
    this.#bytes = new Uint8Array(buffer);
    if (this.#end === 0) this.#publish(HEADER, HEADER);
    this.#cursor = this.#end;
  }

  /** Bytes of published records. */
  get sizeBytes(): number {
    return this.#end - this.#start;
  }

  /** Bytes of records it can ever hold. */
  get capacityBytes(): number {
    return this.#buffer.maxByteLength - HEADER;
  }

  hasRoom(bytes: number): boolean {
    return this.#cursor + bytes <= this.#buffer.maxByteLength;
  }

  append(kind: number, high: number, low: number, value: Uint8Array = NOTHING): void {
    const length = RECORD_HEADER + value.length;
    this.#reserve(length);
    this.#view.setUint32(this.#cursor, length, true);
    this.#view.setUint32(this.#cursor + 4, kind, true);
    this.#view.setFloat64(this.#cursor + 8, high, true);
    this.#view.setFloat64(this.#cursor + 16, low, true);
    this.#bytes.set(value, this.#cursor + RECORD_HEADER);
    this.#cursor += length;
  }

  /** What was appended is a whole operation. Returns a mark for `dropTo`. */
  publish(): number {
    if (this.#cursor !== this.#end) this.#publish(this.#start, this.#cursor);
    return this.#cursor;
  }

  /** Forgets everything before a mark. */
  dropTo(mark: number): void {
    if (mark < this.#end) {
      this.#publish(mark, this.#end);
      return;
    }
    this.#publish(HEADER, HEADER);
    this.#cursor = HEADER;
  }

  /** Puts `records` in place of all there are. False, and nothing done, when there is no room. */
  replaceAll(records: readonly JournalRecord[]): boolean {
    const size = records.reduce((total, { value }) => total + RECORD_HEADER + value.length, 0);
    // The old ones count until the new ones are in place: these go where the old ones are not.
    const fitsBefore = HEADER + size <= this.#start;
    if (!fitsBefore && !this.hasRoom(size)) return false;
    const start = fitsBefore ? HEADER : this.#cursor;
    this.#cursor = start;
    for (const { kind, high, low, value } of records) this.append(kind, high, low, value);
    this.#publish(start, this.#cursor);
    return true;
  }

  *records(): Generator<JournalRecord> {
    const end = this.#end;
    for (let at = this.#start; at < end; ) {
      const length = this.#view.getUint32(at, true);
      yield {
        kind: this.#view.getUint32(at + 4, true),
        high: this.#view.getFloat64(at + 8, true),
        low: this.#view.getFloat64(at + 16, true),
        value: this.#bytes.slice(at + RECORD_HEADER, at + length),
      };
      at += length;
    }
  }

  get #start(): number {
    return this.#view.getUint32(O_PAIRS + 8 * this.#active, true);
  }

  get #end(): number {
    return this.#view.getUint32(O_PAIRS + 8 * this.#active + 4, true);
  }

  get #active(): number {
    return this.#view.getUint32(O_ACTIVE, true) & 1;
  }

  #publish(start: number, end: number): void {
    const other = 1 - this.#active;
    this.#view.setUint32(O_PAIRS + 8 * other, start, true);
    this.#view.setUint32(O_PAIRS + 8 * other + 4, end, true);
    // ORDER: the records and the pair are in place before they count.
    Atomics.store(new Uint32Array(this.#buffer, O_ACTIVE, 1), 0, other);
  }

  #reserve(length: number): void {
    const wanted = this.#cursor + length;
    if (wanted <= this.#buffer.byteLength) return;
    const size = Math.ceil(wanted / STEP_BYTES) * STEP_BYTES;
    resize(this.#buffer, Math.min(size, this.#buffer.maxByteLength));
    this.#view = new DataView(this.#buffer);
    this.#bytes = new Uint8Array(this.#buffer);
  }
}

function resize(buffer: JournalBuffer, size: number): void {
  if (buffer instanceof ArrayBuffer) buffer.resize(size);
  else buffer.grow(size);
}
