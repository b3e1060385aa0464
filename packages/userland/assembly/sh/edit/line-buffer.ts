import { charLength, decodeAt } from "../../lib/utf8";
import { isNameChar } from "../chars";

/** The text being edited and where the cursor is in it, on character boundaries. */
export class LineBuffer {
  text: string = "";
  cursor: i32 = 0;
  /** What ^Y inserts. */
  private killed: string = "";
  private lastWasKill: bool = false;

  set(text: string): void {
    this.text = text;
    this.cursor = text.length;
  }

  insert(piece: string): void {
    this.text = this.text.substring(0, this.cursor) + piece + this.text.substring(this.cursor);
    this.cursor += piece.length;
  }

  /** Start of the character before `at`. */
  before(at: i32): i32 {
    let start = at - 1;
    while (start > 0 && at - start < 4 && (this.text.charCodeAt(start) & 0xc0) == 0x80) start--;
    return max(start, 0);
  }

  after(at: i32): i32 {
    if (at >= this.text.length) return this.text.length;
    decodeAt(this.text, at);
    return at + charLength;
  }

  private isWordByte(at: i32): bool {
    const c = this.text.charCodeAt(at);
    return isNameChar(c) || c >= 0x80;
  }

  wordStart(): i32 {
    let at = this.cursor;
    while (at > 0 && !this.isWordByte(at - 1)) at--;
    while (at > 0 && this.isWordByte(at - 1)) at--;
    return at;
  }

  wordEnd(): i32 {
    let at = this.cursor;
    while (at < this.text.length && !this.isWordByte(at)) at++;
    while (at < this.text.length && this.isWordByte(at)) at++;
    return at;
  }

  /** Start of the run of non-blanks before the cursor, what ^W takes. */
  blankStart(): i32 {
    let at = this.cursor;
    while (at > 0 && this.text.charCodeAt(at - 1) <= 0x20) at--;
    while (at > 0 && this.text.charCodeAt(at - 1) > 0x20) at--;
    return at;
  }

  erase(from: i32, to: i32): void {
    this.text = this.text.substring(0, from) + this.text.substring(to);
    this.cursor = from;
  }

  /** Erases for ^Y. Kills in a row add up. */
  kill(from: i32, to: i32): void {
    const piece = this.text.substring(from, to);
    const backwards = to == this.cursor;
    if (!this.lastWasKill) this.killed = piece;
    else this.killed = backwards ? piece + this.killed : this.killed + piece;
    this.lastWasKill = true;
    this.erase(from, to);
  }

  endKills(): void {
    this.lastWasKill = false;
  }

  yank(): void {
    this.insert(this.killed);
  }

  transpose(): void {
    const size = this.text.length;
    if (size == 0 || this.cursor == 0) return;
    const right = this.cursor == size ? this.before(size) : this.cursor;
    if (right == 0) return;
    const left = this.before(right);
    const end = this.after(right);
    this.text =
      this.text.substring(0, left) +
      this.text.substring(right, end) +
      this.text.substring(left, right) +
      this.text.substring(end);
    this.cursor = end;
  }
}
