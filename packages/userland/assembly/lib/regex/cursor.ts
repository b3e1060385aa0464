/** Where bytes that are not UTF-8 are put among the code points: 0xdc80..0xdcff. */
export const STRAY_BYTE: i32 = 0xdc00;

/** Reads a pattern character by character. `text` holds bytes, one per code unit. */
export class Cursor {
  at: i32 = 0;
  error: string = "";

  constructor(
    public text: string,
    /** Report `[:space:]` outside brackets. */
    public strict: bool,
  ) {}

  get done(): bool {
    return this.at >= this.text.length;
  }

  /** The byte under the cursor, -1 at the end. */
  peek(): i32 {
    return this.peekAt(0);
  }

  peekAt(ahead: i32): i32 {
    const i = this.at + ahead;
    return i < this.text.length ? this.text.charCodeAt(i) : -1;
  }

  accept(byte: i32): bool {
    if (this.peek() != byte) return false;
    this.at++;
    return true;
  }

  /** Whether `byte` occurs between `from` and the cursor. */
  hasBetween(byte: i32, from: i32): bool {
    for (let i = from; i < this.at; i++) if (this.text.charCodeAt(i) == byte) return true;
    return false;
  }

  /**
   * Takes one character: a byte, or with `utf8` a code point. A byte that is not UTF-8 comes back as
   * STRAY_BYTE + byte (a lone surrogate, which no valid text contains). -1 at the end.
   */
  take(utf8: bool): i32 {
    const lead = this.peek();
    this.at++;
    if (!utf8 || lead < 0x80) return lead;
    if (lead < 0xc2 || lead > 0xf4) return STRAY_BYTE + lead;
    const extra = lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : 3;
    let c = lead & (0x3f >> extra);
    for (let i = 0; i < extra; i++) {
      const next = this.peekAt(i);
      if (next < 0x80 || next > 0xbf) return STRAY_BYTE + lead;
      c = (c << 6) | (next & 0x3f);
    }
    this.at += extra;
    return c;
  }
}
