/** Splits the input of xargs(1) into items. */
import { Reader, writeText } from "../io";
import { ByteBuffer } from "../byte-buffer";
import { proc_exit } from "../wasi";

export class ItemSource {
  /** The item `next` read was the last of its line (-L). */
  endsLine: bool = false;
  /** The item being read: strings grown byte by byte would keep the collector busy. */
  private item: ByteBuffer = new ByteBuffer();

  constructor(
    private reader: Reader,
    /** Byte between items; -1: blanks and newlines, with quotes. */
    private delimiter: i32,
    /** Item that ends the input; "" none. */
    private endMarker: string,
    /** Items are whole lines (-I). */
    private wholeLines: bool,
  ) {}

  next(): string | null {
    const item = this.delimiter >= 0 ? this.reader.readLine(<u8>this.delimiter) : this.quoted();
    if (this.delimiter >= 0) this.endsLine = true;
    if (item !== null && this.delimiter < 0 && this.endMarker.length > 0 && item == this.endMarker) return null;
    return item;
  }

  private isEnd(c: i32): bool {
    return c == 10 || (!this.wholeLines && (c == 32 || c == 9));
  }

  private quoted(): string | null {
    const reader = this.reader;
    let c = reader.readByte();
    // Blanks before an item, and empty lines, are nothing.
    while (c == 32 || c == 9 || c == 10) c = reader.readByte();
    if (c < 0) return null;
    const item = this.item;
    item.clear();
    while (c >= 0 && !this.isEnd(c)) {
      if (c == 39 || c == 34) {
        const quote = c;
        for (c = reader.readByte(); c != quote; c = reader.readByte()) {
          if (c < 0 || c == 10) unmatched(quote);
          item.appendByte(c);
        }
      } else if (c == 92) {
        c = reader.readByte();
        if (c >= 0) item.appendByte(c);
      } else item.appendByte(c);
      c = reader.readByte();
    }
    // A blank at the end of a line joins the next line to it (POSIX, -L).
    this.endsLine = c == 10 || c < 0;
    while (!this.wholeLines && !this.endsLine && (reader.peekByte() == 32 || reader.peekByte() == 9)) reader.readByte();
    return item.toText();
  }
}

function unmatched(quote: i32): void {
  writeText(
    2,
    "xargs: unmatched " + (quote == 39 ? "single" : "double") +
      " quote; by default quotes are special to xargs unless you use the -0 option\n",
  );
  proc_exit(1);
}
