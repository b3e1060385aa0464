/** The script's text, from -e and -f pieces, with places for error messages. */
import { byteAt } from "../bytes";
import { proc_exit } from "../wasi";
import { writeText } from "../io";

class Piece {
  constructor(
    public start: i32,
    /** File name of -f, "" for -e. */
    public file: string,
    public number: i32,
  ) {}
}

export class Source {
  text: string = "";
  at: i32 = 0;
  private pieces: Array<Piece> = [];
  private expressions: i32 = 0;

  add(text: string, file: string): void {
    if (this.pieces.length > 0) this.text += "\n";
    if (file.length == 0) this.expressions++;
    this.pieces.push(new Piece(this.text.length, file, this.expressions));
    this.text += text.endsWith("\n") && file.length > 0 ? text.substring(0, text.length - 1) : text;
  }

  /** The next byte, or -1. */
  next(): i32 {
    const c = this.peek();
    this.at++;
    return c;
  }

  peek(): i32 {
    return this.at < this.text.length ? byteAt(this.text, this.at) : -1;
  }

  back(): void {
    this.at--;
  }

  /** The next byte that is neither blank nor, with `lines`, a newline. */
  nextNonBlank(lines: bool): i32 {
    let c = this.next();
    while (c == 32 || (c >= 9 && c <= 13 && (c != 10 || lines))) c = this.next();
    return c;
  }

  /** The rest of the line, without its newline. */
  restOfLine(): string {
    const start = min(this.at, this.text.length);
    let end = start;
    while (end < this.text.length && byteAt(this.text, end) != 10) end++;
    this.at = end + 1;
    return this.text.substring(start, end);
  }

  /** Reports an error behind the last byte read (or at `char` when given) and ends the process. */
  fail(message: string, char: i32 = -1): void {
    const at = min(this.at, this.text.length);
    let piece = this.pieces[0];
    for (let i = 1; i < this.pieces.length; i++) if (this.pieces[i].start <= at) piece = this.pieces[i];
    let place = "";
    if (piece.file.length > 0) {
      let line = 1;
      for (let i = piece.start; i < at - 1; i++) if (byteAt(this.text, i) == 10) line++;
      place = "file " + piece.file + " line " + line.toString();
    } else {
      place = "-e expression #" + piece.number.toString() + ", char " + (char >= 0 ? char : at - piece.start).toString();
    }
    writeText(2, "sed: " + place + ": " + message + "\n");
    proc_exit(1);
  }
}
