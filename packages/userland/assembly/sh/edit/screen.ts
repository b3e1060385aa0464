// Draws the prompt and the line, over as many rows as they take.
import { charLength, columnsOf, decodeAt } from "../../lib/utf8";
import { writeError } from "../output";
import { TextBuilder } from "../text";

const ESCAPE: i32 = 0x1b;
const CLEAR_BELOW = "\x1b[J";

/** Where text drawn from the left edge ends, on a terminal that wraps at `width`. */
class Place {
  row: i32 = 0;
  column: i32 = 0;
  /** In an escape sequence, which takes no room. */
  private escaping: bool = false;

  constructor(private width: i32) {}

  advance(text: string): void {
    let at = 0;
    while (at < text.length) {
      const byte = text.charCodeAt(at);
      if (this.escaping) {
        if (byte >= 0x40 && byte != 0x5b) this.escaping = false;
        at++;
        continue;
      }
      if (byte == ESCAPE) {
        this.escaping = true;
        at++;
        continue;
      }
      if (byte == 0x0d) {
        at++;
        continue;
      }
      if (byte == 0x0a) {
        this.row++;
        this.column = 0;
        at++;
        continue;
      }
      const point = decodeAt(text, at);
      const columns = point < 0 ? 1 : columnsOf(point);
      this.take(columns < 0 ? 2 : columns);
      at += charLength;
    }
  }

  private take(columns: i32): void {
    if (this.column + columns > this.width) {
      this.row++;
      this.column = 0;
    }
    this.column += columns;
  }

  /** The last column is full: the cursor belongs on the next row. */
  wrap(): bool {
    if (this.column < this.width) return false;
    this.row++;
    this.column = 0;
    return true;
  }
}

/** Control characters as ^X; a newline moves to the next row. */
function visible(text: string): string {
  const out = new TextBuilder();
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c == 0x0a) out.append("\r\n");
    else if (c < 0x20) {
      out.push(0x5e);
      out.push(c + 0x40);
    } else if (c == 0x7f) out.append("^?");
    else out.push(c);
  }
  return out.toString();
}

export class Screen {
  /** Row of the cursor below the prompt's first. */
  private row: i32 = 0;
  width: i32 = 80;

  /** A new line begins where the cursor is. */
  reset(width: i32): void {
    this.row = 0;
    this.width = width;
  }

  draw(prompt: string, text: string, cursor: i32): void {
    const out = new TextBuilder();
    if (this.row > 0) out.append("\x1b[" + this.row.toString() + "A");
    out.append("\r");
    out.append(prompt.split("\n").join("\r\n"));
    out.append(visible(text));
    const end = new Place(this.width);
    end.advance(prompt);
    const target = new Place(this.width);
    target.advance(prompt);
    target.advance(visible(text.substring(0, cursor)));
    target.wrap();
    end.advance(visible(text));
    // A terminal waits with the wrap until the next character: make it now.
    if (end.wrap()) out.append("\r\n");
    out.append(CLEAR_BELOW);
    if (end.row > target.row) out.append("\x1b[" + (end.row - target.row).toString() + "A");
    out.append("\r");
    if (target.column > 0) out.append("\x1b[" + target.column.toString() + "C");
    this.row = target.row;
    writeError(out.toString());
  }

  /** Leaves the line: the cursor goes below all of it. */
  finish(prompt: string, text: string): void {
    this.draw(prompt, text, text.length);
    writeError("\r\n");
    this.row = 0;
  }
}
