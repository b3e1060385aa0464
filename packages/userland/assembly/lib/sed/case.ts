/** \U \L \u \l \E in a replacement: letter case of what is appended. */
import { ByteBuffer } from "../byte-buffer";
import { charLength, decodeAt, encodePoint } from "../utf8";
import { fromMemory } from "../bytes";
import { isUpper, otherCase } from "../regex/unicode";

const UPPER: i32 = 85;
const LOWER: i32 = 76;
const END: i32 = 69;
const UPPER_ONE: i32 = 117;

export class CaseChange {
  private lasting: i32 = 0;
  private once: i32 = 0;

  constructor(
    private out: ByteBuffer,
    private utf8: bool,
  ) {}

  /** `letter` as it stands behind the backslash. */
  mode(letter: i32): void {
    if (letter == UPPER || letter == LOWER) this.lasting = letter;
    else if (letter == END) this.lasting = 0;
    else this.once = letter == UPPER_ONE ? UPPER : LOWER;
  }

  bytes(from: usize, length: i32): void {
    this.text(fromMemory(from, length));
  }

  text(text: string): void {
    let at = 0;
    while (at < text.length) {
      const point = decodeAt(text, at);
      const width = this.utf8 || point < 128 ? charLength : 1;
      const wanted = this.once != 0 ? this.once : this.lasting;
      this.once = 0;
      const cased = point >= 0 && (this.utf8 || point < 128) && otherCase(point) != point;
      if (cased && wanted != 0 && isUpper(point) != (wanted == UPPER)) this.out.appendText(encodePoint(otherCase(point)));
      else this.out.appendText(text.substring(at, at + width));
      at += width;
    }
  }
}
