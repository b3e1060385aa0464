/** A file or pipe read as far as needed, by lines. */
import { EAGAIN, EINTR } from "../../../../abi/src/errno";
import { ByteBuffer } from "../byte-buffer";
import { close, openRead } from "../fs";
import { fromMemory } from "../bytes";
import { readInto } from "../io";

const CHUNK: i32 = 65536;

export class Document {
  /** Everything was read. */
  complete: bool = false;
  error: i32 = 0;
  private bytes: ByteBuffer = new ByteBuffer();
  /** Where every line begins; the last one may still grow. */
  private starts: Array<i32> = [0];
  private scanned: i32 = 0;

  constructor(
    public name: string,
    /** -1 once it is closed. */
    public fd: i32,
  ) {}

  /** Lines known so far; one without a newline at the end counts. */
  get lines(): i32 {
    const last = this.starts[this.starts.length - 1];
    return this.bytes.length > last ? this.starts.length : this.starts.length - 1;
  }

  get size(): i32 {
    return this.bytes.length;
  }

  /** Reads one piece; false at the end. Blocks when the input is slow: poll first. */
  readMore(): bool {
    if (this.complete) return false;
    const to = this.bytes.reserve(CHUNK);
    const count = readInto(this.fd, to, CHUNK);
    if (count == -EINTR || count == -EAGAIN) return true;
    if (count <= 0) {
      this.error = -count;
      this.complete = true;
      if (this.fd > 2) close(this.fd);
      this.fd = -1;
      return false;
    }
    this.bytes.length += count;
    for (; this.scanned < this.bytes.length; this.scanned++) {
      if (load<u8>(this.bytes.data + this.scanned) == 10) this.starts.push(this.scanned + 1);
    }
    return true;
  }

  /** The text of line `index` (from 0) without its newline. */
  line(index: i32): string {
    const start = this.starts[index];
    let end = index + 1 < this.starts.length ? this.starts[index + 1] - 1 : this.bytes.length;
    if (end > start && load<u8>(this.bytes.data + end - 1) == 13) end--;
    return fromMemory(this.bytes.data + start, end - start);
  }

  /** Byte offset where line `index` begins. */
  offset(index: i32): i32 {
    return this.starts[min(index, this.starts.length - 1)];
  }
}

/** Null, with the errno in `openError`, when the file cannot be opened. */
export function openDocument(name: string): Document | null {
  const fd = name == "-" ? 0 : openRead(name);
  openError = -fd;
  return fd < 0 ? null : new Document(name, fd);
}
export let openError: i32 = 0;
