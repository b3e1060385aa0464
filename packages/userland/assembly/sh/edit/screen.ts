// Draws the prompt and the line, over as many rows as they take.
import { charLength, columnsOf, decodeAt, displayWidth } from "../../lib/utf8";
import { writeError } from "../output";
import { TextBuilder } from "../text";

const ESCAPE: i32 = 0x1b;
const CLEAR_BELOW = "\x1b[J";
/** A reversed percent sign; where the cursor was at the left edge it is overwritten at once. */
const NO_NEWLINE_MARK = "\x1b[7m%\x1b[m";

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
  /** What is on the screen, to draw only what is new; the cursor stands at `drawnColumn` after all of it, -1: it does not. */
  private drawnText: string = "";
  private drawnColumn: i32 = -1;

  /** A new line begins where the cursor is. */
  reset(width: i32): void {
    this.row = 0;
    this.width = width;
    this.drawnColumn = -1;
  }

  /** Everything is to be drawn anew: the prompt has changed. */
  forget(): void {
    this.drawnColumn = -1;
  }

  /** Moves to a line of its own: output before may have ended without a newline, which then is marked. */
  startLine(): void {
    writeError(NO_NEWLINE_MARK + " ".repeat(this.width - 1) + "\r \r");
    this.reset(this.width);
  }

  /** Text typed at the end of the line needs no more than to be written. */
  private append(text: string, cursor: i32): bool {
    if (this.drawnColumn < 0 || cursor != text.length || !text.startsWith(this.drawnText)) return false;
    const more = text.substring(this.drawnText.length);
    for (let i = 0; i < more.length; i++) if (more.charCodeAt(i) < 0x20 || more.charCodeAt(i) == 0x7f) return false;
    const columns = displayWidth(more);
    if (this.drawnColumn + columns >= this.width) return false;
    this.drawnColumn += columns;
    this.drawnText = text;
    if (more.length > 0) writeError(more);
    return true;
  }

  draw(prompt: string, text: string, cursor: i32): void {
    if (this.append(text, cursor)) return;
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
    this.drawnText = text;
    this.drawnColumn = cursor == text.length ? target.column : -1;
    writeError(out.toString());
  }

  /** Leaves the line: the cursor goes below all of it, after `note`. */
  finish(prompt: string, text: string, note: string): void {
    this.draw(prompt, text, text.length);
    writeError(note + "\r\n");
    this.reset(this.width);
  }
}
