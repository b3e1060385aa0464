/** A terminal's screen as far as a line editor uses it: printing with deferred wrap, CR, LF, BS and the CSI sequences A C H J m h l. */
export class Screen {
  readonly columns: number;
  private readonly rows: string[][] = [[]];
  private row = 0;
  private column = 0;
  private pending = "";

  constructor(columns: number) {
    this.columns = columns;
  }

  write(text: string): void {
    let rest = this.pending + text;
    this.pending = "";
    while (rest !== "") {
      if (rest[0] === "\x1b") {
        const sequence = /^\[([?\d;]*)([A-Za-z])/.exec(rest.slice(1));
        if (!sequence) {
          this.pending = rest;
          return;
        }
        this.control(sequence[1]!, sequence[2]!);
        rest = rest.slice(1 + sequence[0].length);
        continue;
      }
      const character = String.fromCodePoint(rest.codePointAt(0)!);
      this.print(character);
      rest = rest.slice(character.length);
    }
  }

  private control(parameters: string, final: string): void {
    const count = Number(parameters) || 1;
    if (final === "A") this.row = Math.max(0, this.row - count);
    else if (final === "C") this.column = Math.min(this.columns - 1, this.column + count);
    else if (final === "H") {
      this.row = 0;
      this.column = 0;
    } else if (final === "J") this.clear(parameters === "2");
  }

  private clear(all: boolean): void {
    if (all) {
      this.rows.length = 0;
      this.rows.push([]);
      return;
    }
    this.current().length = Math.min(this.current().length, this.column);
    this.rows.length = this.row + 1;
  }

  private current(): string[] {
    while (this.rows.length <= this.row) this.rows.push([]);
    return this.rows[this.row]!;
  }

  private print(character: string): void {
    if (character === "\r") this.column = 0;
    else if (character === "\n") this.row++;
    else if (character === "\b") this.column = Math.max(0, this.column - 1);
    else if (character >= " ")
      this.put(character, /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uff00-\uff60]/.test(character) ? 2 : 1);
  }

  private put(character: string, width: number): void {
    // The wrap happens with the character that does not fit, not with the one that fills the row.
    if (this.column + width > this.columns) {
      this.row++;
      this.column = 0;
    }
    const cells = this.current();
    while (cells.length < this.column) cells.push(" ");
    cells[this.column] = character;
    if (width === 2) cells[this.column + 1] = "";
    this.column += width;
  }

  /** Rows without the blanks at their ends. */
  lines(): string[] {
    return this.rows.map((cells) => cells.join("").trimEnd());
  }

  get cursor(): { row: number; column: number } {
    return { row: this.row, column: this.column };
  }
}
