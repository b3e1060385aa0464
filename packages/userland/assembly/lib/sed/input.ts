/** The input files as one stream of lines, or one after the other with -s and -i. */
import { ByteBuffer } from "../byte-buffer";
import { Output } from "./output";
import { READ, CREATE, EXCLUSIVE, Stat, WRITE, chmod, close, fstat, open, openRead, rename } from "../fs";
import { Reader, indexOfByte, writeText } from "../io";
import { EISDIR } from "../../../../abi/src/errno";
import { baseName, dirName, joinPath } from "../path";
import { errorText } from "../errno-text";
import { proc_exit, random_get } from "../wasi";

const RANDOM = memory.data(8);

export class Input {
  lineNumber: i64 = 0;
  /** The last line read ended in the separator. */
  terminated: bool = true;
  /** Name of the file the last line came from. */
  name: string = "-";
  failed: bool = false;
  /** With -i: where output goes now. */
  edited: Output | null = null;
  private index: i32 = 0;
  private reader: Reader | null = null;
  private openName: string = "";
  private temporary: string = "";

  constructor(
    private files: Array<string>,
    private separator: u8,
    private separate: bool,
    /** null: not in place; else the suffix of the copies kept. */
    private suffix: string | null,
  ) {}

  /** Makes sure a byte can be read, going on to the next file when `advance`; false at the end. */
  private ready(advance: bool): bool {
    while (true) {
      const reader = this.reader;
      if (reader !== null) {
        if (reader.peekByte() >= 0) return true;
        if (!advance) return false;
        if (reader.error != 0) this.complain(reader.error);
        this.finishFile();
      }
      if (this.index >= this.files.length) return false;
      this.openNext();
    }
  }

  private openNext(): void {
    const name = this.files[this.index++];
    this.openName = name;
    if (name == "-" && this.suffix === null) {
      this.reader = new Reader(0);
      return;
    }
    const fd = openRead(name);
    const st = new Stat();
    if (fd < 0) {
      writeText(2, "sed: can't read " + name + ": " + errorText(-fd) + "\n");
      this.failed = true;
    } else if (fstat(fd, st) == 0 && st.isDirectory) {
      writeText(2, this.suffix === null ? "sed: couldn't read " + name + ": " + errorText(EISDIR) + "\n" : "sed: couldn't edit " + name + ": not a regular file\n");
      this.failed = true;
      close(fd);
    } else {
      this.reader = new Reader(fd);
      if (this.separate) this.lineNumber = 0;
      if (this.suffix !== null) this.beginEdit(name);
    }
  }

  private beginEdit(name: string): void {
    random_get(RANDOM, 4);
    this.temporary = joinPath(dirName(name), "sed" + load<u32>(RANDOM).toString(36));
    const fd = open(this.temporary, READ | WRITE | CREATE | EXCLUSIVE);
    if (fd < 0) {
      writeText(2, "sed: couldn't open temporary file " + this.temporary + ": " + errorText(-fd) + "\n");
      proc_exit(4);
    }
    this.edited = new Output(this.temporary, fd);
  }

  /** Closes the current file; an edited one takes its place. */
  finishFile(): void {
    const reader = this.reader;
    if (reader === null) return;
    const st = new Stat();
    const known = fstat(reader.fd, st) == 0;
    if (reader.fd != 0) close(reader.fd);
    reader.free();
    this.reader = null;
    const edited = this.edited;
    if (edited === null) return;
    edited.close();
    this.edited = null;
    if (known) chmod(this.temporary, st.mode);
    const suffix = this.suffix!;
    if (suffix.length > 0) {
      const base = baseName(this.openName);
      const copy = suffix.includes("*") ? suffix.split("*").join(base) : base + suffix;
      rename(this.openName, copy.includes("/") ? copy : joinPath(dirName(this.openName), copy));
    }
    const error = rename(this.temporary, this.openName);
    if (error != 0) {
      writeText(2, "sed: cannot rename " + this.temporary + ": " + errorText(error) + "\n");
      proc_exit(4);
    }
  }

  private complain(error: i32): void {
    writeText(2, "sed: read error on " + this.openName + ": " + errorText(error) + "\n");
    this.failed = true;
  }

  /** Appends the next line to `into`; false at the end of the input. */
  next(into: ByteBuffer): bool {
    if (!this.ready(true)) return false;
    const reader = this.reader!;
    this.name = this.openName;
    this.lineNumber++;
    this.terminated = false;
    do {
      const at = indexOfByte(reader.data, reader.available, this.separator);
      const length = at < 0 ? reader.available : at;
      into.append(reader.data, length);
      reader.skip(length);
      if (at >= 0) {
        reader.skip(1);
        this.terminated = true;
        return true;
      }
    } while (reader.peekByte() >= 0);
    return true;
  }

  /** No line follows: in the whole input, or with -s and -i in this file. */
  isLast(): bool {
    const reader = this.reader;
    if (reader !== null && reader.peekByte() >= 0) return false;
    if (this.separate) return true;
    return !this.ready(true);
  }

  /** No line follows in any file. */
  isEnd(): bool {
    const reader = this.reader;
    if (reader !== null && reader.peekByte() >= 0) return false;
    return this.separate ? this.index >= this.files.length : !this.ready(true);
  }
}
