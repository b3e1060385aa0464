/** The VGA card's text mode: cells, cursor and font, drawn as pixels. */

const CELL_HEIGHT_MAX = 32;
const GLYPH_STRIDE = 32;
/** A glyph's ninth column repeats the eighth for the line-drawing characters. */
const LINE_FIRST = 0xc0;
const LINE_LAST = 0xdf;

export class TextScreen {
  columns = 80;
  rows = 25;
  cellWidth = 9;
  cellHeight = 16;
  #copyColumn = true;
  #font: Uint8Array = new Uint8Array(256 * GLYPH_STRIDE);
  #cells = new Int32Array(80 * 25 * 3);
  #cursor = { row: 0, column: 0, start: 14, end: 15, on: true };
  /** Something changed since it was last drawn. */
  dirty = true;

  get width(): number {
    return this.columns * this.cellWidth;
  }
  get height(): number {
    return this.rows * this.cellHeight;
  }

  resize(columns: number, rows: number): void {
    if (columns === this.columns && rows === this.rows) return;
    this.columns = columns;
    this.rows = rows;
    this.#cells = new Int32Array(columns * rows * 3);
    this.dirty = true;
  }

  put(row: number, column: number, code: number, background: number, foreground: number): void {
    if (row >= this.rows || column >= this.columns) return;
    this.#cells.set([code, background, foreground], (row * this.columns + column) * 3);
    this.dirty = true;
  }

  cursorAt(row: number, column: number): void {
    this.#cursor.row = row;
    this.#cursor.column = column;
    this.dirty = true;
  }

  cursorShape(start: number, end: number, on: boolean): void {
    Object.assign(this.#cursor, { start, end, on });
    this.dirty = true;
  }

  /** `bitmap` holds 32 bytes per character, one per line. */
  font(height: number, nineWide: boolean, copyColumn: boolean, bitmap: Uint8Array): void {
    this.cellHeight = Math.min(height, CELL_HEIGHT_MAX);
    this.cellWidth = nineWide ? 9 : 8;
    this.#copyColumn = copyColumn;
    this.#font = bitmap.slice(0, 256 * GLYPH_STRIDE);
    this.dirty = true;
  }

  /** The characters, one line a row, trailing blanks cut. Codes beyond ASCII become "?". */
  text(): string {
    const lines: string[] = [];
    for (let row = 0; row < this.rows; row++) {
      let line = "";
      for (let column = 0; column < this.columns; column++) {
        const code = this.#cells[(row * this.columns + column) * 3] as number;
        line += code === 0 ? " " : code >= 32 && code < 127 ? String.fromCharCode(code) : "?";
      }
      lines.push(line.trimEnd());
    }
    return lines.join("\n");
  }

  /** Draws into `out`: width * height pixels, one 32-bit word each, as in ImageData. */
  draw(out: Uint32Array): void {
    for (let row = 0; row < this.rows; row++)
      for (let column = 0; column < this.columns; column++) this.#drawCell(out, row, column);
    this.dirty = false;
  }

  #drawCell(out: Uint32Array, row: number, column: number): void {
    const at = (row * this.columns + column) * 3;
    const code = this.#cells[at] as number;
    const background = pixel(this.#cells[at + 1] as number);
    const foreground = pixel(this.#cells[at + 2] as number);
    const cursor = this.#cursor.on && this.#cursor.row === row && this.#cursor.column === column;
    for (let y = 0; y < this.cellHeight; y++) {
      const bits = this.#font[(code & 0xff) * GLYPH_STRIDE + y] as number;
      const line = (row * this.cellHeight + y) * this.width + column * this.cellWidth;
      const underCursor = cursor && y >= this.#cursor.start && y <= this.#cursor.end;
      for (let x = 0; x < this.cellWidth; x++) {
        const isLine = this.#copyColumn && code >= LINE_FIRST && code <= LINE_LAST;
        const bit = x < 8 ? (bits >> (7 - x)) & 1 : isLine ? bits & 1 : 0;
        out[line + x] = bit === 1 || underCursor ? foreground : background;
      }
    }
  }
}

/** 0xRRGGBB to a little-endian ImageData word. */
function pixel(rgb: number): number {
  return (0xff000000 | ((rgb & 0xff) << 16) | (rgb & 0xff00) | ((rgb >> 16) & 0xff)) >>> 0;
}
