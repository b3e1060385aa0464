/** What a, r and R put out once the cycle is over. */
import { Output } from "./output";
import { Reader } from "../io";
import { close, openRead } from "../fs";

const TEXT: i32 = 0;
const FILE: i32 = 1;

/** Files that R reads line by line. */
class LineFile {
  constructor(
    public name: string,
    public reader: Reader | null,
  ) {}
}

export class Appends {
  private kinds: Array<i32> = [];
  private values: Array<string> = [];
  private files: Array<LineFile> = [];

  constructor(private separator: i32) {}

  addText(text: string): void {
    this.kinds.push(TEXT);
    this.values.push(text);
  }

  addFile(name: string): void {
    this.kinds.push(FILE);
    this.values.push(name);
  }

  addLine(name: string): void {
    let file: LineFile | null = null;
    for (let i = 0; i < this.files.length; i++) if (this.files[i].name == name) file = this.files[i];
    if (file === null) {
      const fd = name == "/dev/stdin" ? 0 : openRead(name);
      file = new LineFile(name, fd < 0 ? null : new Reader(fd));
      this.files.push(file);
    }
    const reader = file.reader;
    if (reader === null) return;
    const line = reader.readLine(<u8>this.separator);
    if (line !== null) this.addText(line + String.fromCharCode(this.separator));
  }

  flush(output: Output): void {
    for (let i = 0; i < this.kinds.length; i++) {
      if (this.kinds[i] == TEXT) output.text(this.values[i], this.separator);
      else this.copy(this.values[i], output);
    }
    this.kinds.length = 0;
    this.values.length = 0;
  }

  /** A file that cannot be read counts as empty (POSIX). */
  private copy(name: string, output: Output): void {
    const fd = name == "/dev/stdin" ? 0 : openRead(name);
    if (fd < 0) return;
    const reader = new Reader(fd);
    while (reader.peekByte() >= 0) {
      output.bytes(reader.data, reader.available, this.separator);
      reader.skip(reader.available);
    }
    reader.free();
    if (fd != 0) close(fd);
  }
}
