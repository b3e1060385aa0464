/** A line of text as rows on the screen: tabs, control characters, wide characters, colours, search hits. */
import { Regex } from "../regex/regex";
import { addressOf, byteAt, fromByte, padStart, toBytes } from "../bytes";
import { charLength, columnsOf, decodeAt } from "../utf8";
import { formatPadded } from "../numbers";

const INVERSE = "\x1b[7m";
const NORMAL = "\x1b[27m";
const RESET = "\x1b[m";

export class Layout {
  columns: i32 = 80;
  tab: i32 = 8;
  /** Cut long lines instead of wrapping them (-S), and how far they are shifted left. */
  chop: bool = false;
  shift: i32 = 0;
  numbers: bool = false;
  /** Let colour sequences through (-R). */
  colors: bool = false;
  highlight: Regex | null = null;
  utf8: bool = true;

  private rows: Array<string> = [];
  private row: string = "";
  private column: i32 = 0;
  /** Columns of the text still to be passed over (-S, shifted). */
  private hidden: i32 = 0;
  private width: i32 = 0;
  /** Colour sequences in force, repeated at the start of a wrapped row. */
  private style: string = "";

  /** `number`: the line's number, from 1. At least one row. */
  lay(text: string, number: i32): Array<string> {
    const prefix = this.numbers ? padStart(number.toString(), 7) + " " : "";
    this.width = max(this.columns - prefix.length, 1);
    this.rows = [];
    this.row = prefix;
    this.column = 0;
    this.hidden = this.chop ? this.shift : 0;
    this.style = "";
    const hits = this.hits(text);
    let hit = 0;
    let inHit = false;
    let at = 0;
    while (at < text.length) {
      while (hit < hits.length && at >= hits[hit + 1]) hit += 2;
      const now = hit < hits.length && at >= hits[hit];
      if (now != inHit) this.row += now ? INVERSE : NORMAL;
      inHit = now;
      at += this.unit(text, at, inHit);
    }
    if (inHit) this.row += NORMAL;
    if (this.style.length > 0) this.row += RESET;
    this.rows.push(this.row);
    return this.rows;
  }

  private hits(text: string): Array<i32> {
    const found: Array<i32> = [];
    const regex = this.highlight;
    if (regex === null) return found;
    const bytes = toBytes(text);
    let at = 0;
    while (at <= text.length && regex.search(addressOf(bytes), text.length, at, false)) {
      const start = regex.caps[0];
      const end = regex.caps[1];
      if (end > start) {
        found.push(start);
        found.push(end);
      }
      at = end > start ? end : start + 1;
    }
    return found;
  }

  /** Shows what begins at `at` and returns how many bytes that was. */
  private unit(text: string, at: i32, inHit: bool): i32 {
    const byte = byteAt(text, at);
    if (byte == 9) {
      const to = this.tab - ((this.column + (this.chop ? this.shift - this.hidden : 0)) % this.tab);
      for (let i = 0; i < to; i++) this.put(" ", 1);
      return 1;
    }
    if (byte == 27 && this.colors) {
      const end = colorEnd(text, at);
      if (end > 0) {
        const code = text.substring(at, end);
        this.style = code == RESET || code == "\x1b[0m" ? "" : this.style + code;
        this.row += code;
        return end - at;
      }
    }
    if (byte < 32 || byte == 127) {
      this.control("^" + fromByte(byte ^ 64), inHit);
      return 1;
    }
    if (byte < 128) {
      this.put(fromByte(byte), 1);
      return 1;
    }
    const point = this.utf8 ? decodeAt(text, at) : -1;
    const columns = point < 0 ? -1 : columnsOf(point);
    if (columns < 0) {
      this.control("<" + formatPadded(byte, 2, 16).toUpperCase() + ">", inHit);
      return 1;
    }
    const length = charLength;
    this.put(text.substring(at, at + length), columns);
    return length;
  }

  private control(shown: string, inHit: bool): void {
    this.row += inHit ? NORMAL : INVERSE;
    for (let i = 0; i < shown.length; i++) this.put(shown.charAt(i), 1);
    this.row += inHit ? INVERSE : NORMAL;
  }

  private put(text: string, columns: i32): void {
    if (this.hidden > 0) {
      this.hidden -= columns;
      return;
    }
    if (this.column + columns > this.width) {
      if (this.chop) return;
      this.rows.push(this.style.length > 0 ? this.row + RESET : this.row);
      this.row = (this.numbers ? "        " : "") + this.style;
      this.column = 0;
    }
    this.row += text;
    this.column += columns;
  }
}

/** Index behind an SGR sequence at `at`, or -1. */
function colorEnd(text: string, at: i32): i32 {
  if (at + 1 >= text.length || byteAt(text, at + 1) != 91) return -1;
  for (let i = at + 2; i < text.length; i++) {
    const c = byteAt(text, i);
    if (c == 109) return i + 1;
    if (c < 48 || c > 59) return -1;
  }
  return -1;
}
