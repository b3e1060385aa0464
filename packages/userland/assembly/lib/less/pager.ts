/** What is on the screen, and moving through the text. */
import { Document } from "./document";
import { Layout } from "./layout";
import { READY_INPUT, READY_KEY, Terminal } from "./terminal";
import { Regex } from "../regex/regex";
import { addressOf, toBytes } from "../bytes";
import { writeText } from "../io";

export class Pager {
  /** First line on the screen, and which of its rows comes first. */
  top: i32 = 0;
  topRow: i32 = 0;
  message: string = "";
  /** The screen is not full and more may come. */
  wantsMore: bool = false;
  /** Line behind the last one on the screen. */
  private bottomLine: i32 = 0;
  private bottomReached: bool = false;

  constructor(
    public document: Document,
    public terminal: Terminal,
    public layout: Layout,
    /** Several files: "(file 1 of 3)". */
    public label: string,
  ) {}

  get page(): i32 {
    return this.terminal.rows - 1;
  }

  /** Reads until line `index` is known, the text ends, or a key is typed (then false). */
  need(index: i32): bool {
    const document = this.document;
    while (document.lines <= index && !document.complete) {
      const ready = this.terminal.wait(document.fd);
      if ((ready & READY_INPUT) != 0) document.readMore();
      else if ((ready & READY_KEY) != 0) return false;
    }
    return true;
  }

  private rowsOf(index: i32): Array<string> {
    return this.layout.lay(this.document.line(index), index + 1);
  }

  draw(): void {
    const terminal = this.terminal;
    terminal.resized = false;
    this.layout.columns = terminal.columns;
    let out = "\x1b[H";
    let used = 0;
    let line = this.top;
    let skip = this.topRow;
    while (used < this.page) {
      if (line >= this.document.lines) break;
      const rows = this.rowsOf(line);
      // Erased first: behind a row as wide as the screen the cursor still stands on its last column.
      for (let i = skip; i < rows.length && used < this.page; i++, used++) out += "\x1b[K" + rows[i] + "\n";
      skip = 0;
      line++;
    }
    this.bottomLine = line;
    this.bottomReached = this.document.complete && line >= this.document.lines && used < this.page + 1;
    this.wantsMore = used < this.page && !this.document.complete;
    for (; used < this.page; used++) out += this.wantsMore ? "\x1b[K\n" : "\x1b[K~\n";
    writeText(1, out + this.prompt());
  }

  private prompt(): string {
    let text = this.message;
    this.message = "";
    if (text.length == 0) {
      if (this.atEnd()) text = this.label.length > 0 ? this.label + " (END)" : "(END)";
      else if (this.label.length > 0) text = this.label;
      else return ":\x1b[K";
    }
    return "\x1b[7m" + text + "\x1b[27m\x1b[K";
  }

  /** The last row of the text is on the screen. */
  atEnd(): bool {
    if (!this.bottomReached) return false;
    let rows = 0;
    for (let i = this.top; i < this.document.lines; i++) {
      rows += this.rowsOf(i).length - (i == this.top ? this.topRow : 0);
      if (rows > this.page) return false;
    }
    return true;
  }

  /** Down by rows; the last page stays full. */
  down(count: i32): void {
    for (let i = 0; i < count; i++) {
      // One row more than the screen holds must exist.
      if (!this.hasBelow()) return;
      if (this.topRow + 1 < this.rowsOf(this.top).length) this.topRow++;
      else {
        this.top++;
        this.topRow = 0;
      }
    }
  }

  private hasBelow(): bool {
    let rows = -this.topRow;
    for (let line = this.top; rows <= this.page; line++) {
      if (line >= this.document.lines && (!this.need(line) || line >= this.document.lines)) return false;
      rows += this.rowsOf(line).length;
    }
    return true;
  }

  up(count: i32): void {
    for (let i = 0; i < count; i++) {
      if (this.topRow > 0) this.topRow--;
      else if (this.top > 0) {
        this.top--;
        this.topRow = this.rowsOf(this.top).length - 1;
      } else return;
    }
  }

  /** To line `index` (from 0), as far as there is one. */
  goTo(index: i32): void {
    this.need(index);
    if (index >= this.document.lines) {
      this.end();
      return;
    }
    this.top = max(index, 0);
    this.topRow = 0;
  }

  /** To the last page. */
  end(): void {
    this.need(i32.MAX_VALUE);
    this.top = max(this.document.lines - 1, 0);
    this.topRow = this.document.lines > 0 ? this.rowsOf(this.top).length - 1 : 0;
    this.up(this.page - 1);
  }

  /** To the `count`th line with a match after (or before) the first on the screen; false when there is none. */
  search(regex: Regex, forward: bool, count: i32, includeTop: bool): bool {
    let line = includeTop ? this.top : forward ? this.top + 1 : this.top - 1;
    while (line >= 0) {
      if (forward && line >= this.document.lines && (!this.need(line) || line >= this.document.lines)) return false;
      const text = this.document.line(line);
      const bytes = toBytes(text);
      if (regex.search(addressOf(bytes), text.length, 0, false) && --count == 0) {
        this.top = line;
        this.topRow = 0;
        return true;
      }
      line += forward ? 1 : -1;
    }
    return false;
  }

  /** What `=` tells. */
  position(): string {
    const document = this.document;
    const last = min(this.bottomLine, document.lines);
    let text = document.name + " lines " + (this.top + 1).toString() + "-" + last.toString();
    if (document.complete) text += "/" + document.lines.toString();
    text += " byte " + document.offset(last).toString();
    if (document.complete) {
      text += "/" + document.size.toString();
      if (document.size > 0) text += " " + (<i64>document.offset(last) * 100 / document.size).toString() + "%";
    }
    return text;
  }

  /** F: keeps showing the end as it grows, until a key is typed. */
  follow(): void {
    this.end();
    while (!this.terminal.resized) {
      this.message = "Waiting for data... (interrupt to abort)";
      this.draw();
      const ready = this.terminal.wait(this.document.complete ? -1 : this.document.fd);
      if ((ready & READY_KEY) != 0) {
        this.terminal.key();
        return;
      }
      if ((ready & READY_INPUT) != 0) this.document.readMore();
      this.end();
    }
  }
}
