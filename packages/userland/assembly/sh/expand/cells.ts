// The result of expansion before splitting and globbing: one cell per byte, which knows where the byte came from.
import { BACKSLASH, LBRACKET, QUESTION, RBRACKET, STAR } from "../chars";
import { TextBuilder } from "../text";

/** Protected by quotes. */
export const QUOTED: u16 = 0x100;
/** Result of an unquoted expansion: subject to field splitting. */
export const SPLITTABLE: u16 = 0x200;
/** No byte: a field ends here ("$@"). */
export const FIELD_MARK: u16 = 0x400;
/** No byte: the field exists even if it stays empty (""). */
export const NULL_MARK: u16 = 0x800;

export class Cells {
  private data: StaticArray<u16> = new StaticArray<u16>(32);
  length: i32 = 0;

  @inline
  at(index: i32): u16 {
    return unchecked(this.data[index]);
  }

  push(cell: u16): void {
    if (this.length == this.data.length) {
      const grown = new StaticArray<u16>(this.length * 2);
      memory.copy(changetype<usize>(grown), changetype<usize>(this.data), (<usize>this.length) << 1);
      this.data = grown;
    }
    unchecked((this.data[this.length++] = cell));
  }

  append(text: string, flags: u16): void {
    for (let i = 0; i < text.length; i++) this.push(<u16>text.charCodeAt(i) | flags);
  }

  /** Plain bytes; marks vanish. */
  text(): string {
    const out = new TextBuilder();
    for (let i = 0; i < this.length; i++) {
      const cell = this.at(i);
      if (!(cell & (FIELD_MARK | NULL_MARK))) out.push(cell & 0xff);
    }
    return out.toString();
  }

  /** The same as a pattern: quoted bytes that mean something to `matches` are escaped. */
  pattern(): string {
    const out = new TextBuilder();
    for (let i = 0; i < this.length; i++) {
      const cell = this.at(i);
      if (cell & (FIELD_MARK | NULL_MARK)) continue;
      const c = cell & 0xff;
      if (cell & QUOTED && isPatternChar(c)) out.push(BACKSLASH);
      out.push(c);
    }
    return out.toString();
  }

  /** An unquoted `*` or `?` is in it, or `[` with a `]` after it. */
  mayBePattern(): bool {
    let open = false;
    for (let i = 0; i < this.length; i++) {
      const cell = this.at(i);
      if (cell & QUOTED) continue;
      const c = cell & 0xff;
      if (c == STAR || c == QUESTION || (open && c == RBRACKET)) return true;
      if (c == LBRACKET) open = true;
    }
    return false;
  }
}

function isPatternChar(c: i32): bool {
  // * ? [ ] \ and the characters with a meaning inside brackets: ! - ^
  return (
    c == STAR ||
    c == QUESTION ||
    c == LBRACKET ||
    c == RBRACKET ||
    c == BACKSLASH ||
    c == 0x21 ||
    c == 0x2d ||
    c == 0x5e
  );
}
