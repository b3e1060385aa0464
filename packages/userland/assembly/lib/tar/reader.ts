/** Reads the members of an archive one after the other. */
import { BLOCK, Header, TYPE_LONG_LINK, TYPE_LONG_NAME, TYPE_PAX, TYPE_PAX_GLOBAL, isZeroBlock, parseHeader } from "./header";
import { Settings } from "./settings";
import { fromMemory } from "../bytes";
import { ByteStream } from "./stream";
import { parsePax } from "./pax";

const BLOCK_BUFFER = memory.data(512, 8);
/** Largest extended header that is believed: names are at most PATH_MAX. */
const MAX_EXTENDED: u64 = 1 << 20;

export class ArchiveReader {
  /** Bytes of members and headers read so far: where -r goes on. */
  offset: u64 = 0;
  private left: u64 = 0;
  private padding: i32 = 0;
  private global: Header = new Header();
  private first: bool = true;

  constructor(
    private stream: ByteStream,
    private settings: Settings,
  ) {}

  /** The next member, or null at the archive's end; what was left of the previous one is skipped. */
  next(): Header | null {
    let longName = "";
    let longLink = "";
    const extended = new Header();
    extended.mtime = i64.MIN_VALUE;
    extended.size = u64.MAX_VALUE;
    while (true) {
      this.skipRest();
      const count = this.stream.read(BLOCK_BUFFER, BLOCK);
      if (count == 0) {
        if (this.first) this.settings.complain("This does not look like a tar archive");
        return null;
      }
      if (count < BLOCK) {
        this.settings.complain(this.first ? "This does not look like a tar archive" : "Unexpected EOF in archive");
        return null;
      }
      if (isZeroBlock(BLOCK_BUFFER)) return null;
      const h = parseHeader(BLOCK_BUFFER);
      if (h === null) {
        if (this.first) {
          this.settings.complain("This does not look like a tar archive");
          this.first = false;
        }
        this.settings.complain("Skipping to next header");
        if (!this.resynchronize()) return null;
        continue;
      }
      this.first = false;
      this.offset += BLOCK;
      this.left = h.size;
      this.padding = <i32>((BLOCK - (h.size % BLOCK)) % BLOCK);
      if (h.type == TYPE_LONG_NAME) longName = this.text();
      else if (h.type == TYPE_LONG_LINK) longLink = this.text();
      else if (h.type == TYPE_PAX) parsePax(this.bytes(), extended);
      else if (h.type == TYPE_PAX_GLOBAL) parsePax(this.bytes(), this.global);
      else {
        if (longName.length > 0) h.name = longName;
        if (longLink.length > 0) h.linkName = longLink;
        this.apply(extended, h);
        return h;
      }
    }
  }

  /** pax records win over the fields of the block. */
  private apply(extended: Header, h: Header): void {
    if (extended.name.length > 0) h.name = extended.name;
    if (extended.linkName.length > 0) h.linkName = extended.linkName;
    if (extended.user.length > 0) h.user = extended.user;
    if (extended.group.length > 0) h.group = extended.group;
    if (extended.mtime != i64.MIN_VALUE) h.mtime = extended.mtime;
    if (extended.size != u64.MAX_VALUE) {
      h.size = extended.size;
      this.left = h.size;
      this.padding = <i32>((BLOCK - (h.size % BLOCK)) % BLOCK);
    }
  }

  /** Looks for the next block with a right checksum. */
  private resynchronize(): bool {
    while (this.stream.read(BLOCK_BUFFER, BLOCK) == BLOCK) {
      if (!isZeroBlock(BLOCK_BUFFER) && parseHeader(BLOCK_BUFFER) !== null) {
        this.stream.unread(BLOCK_BUFFER, BLOCK);
        return true;
      }
    }
    return false;
  }

  /** Content of the member: at most `length` bytes to `to`, 0 at its end, -1 when the archive ends first. */
  read(to: usize, length: i32): i32 {
    const want = <i32>min<u64>(this.left, length);
    if (want == 0) return 0;
    const count = this.stream.read(to, want);
    this.left -= count;
    this.offset += count;
    if (count > 0) return count;
    this.left = 0;
    this.padding = 0;
    return -1;
  }

  private bytes(): string {
    if (this.left > MAX_EXTENDED) {
      this.settings.complain("Extended header of " + this.left.toString() + " bytes ignored");
      return "";
    }
    const length = <i32>this.left;
    const buffer = heap.alloc(length + 1);
    let done = 0;
    while (done < length) {
      const count = this.read(buffer + done, length - done);
      if (count <= 0) break;
      done += count;
    }
    const text = fromMemory(buffer, done);
    heap.free(buffer);
    return text;
  }

  private text(): string {
    const bytes = this.bytes();
    const end = bytes.indexOf("\0");
    return end < 0 ? bytes : bytes.substring(0, end);
  }

  private skipRest(): void {
    const skipped = this.stream.skip(this.left + this.padding);
    this.offset += skipped;
    if (skipped < this.left) this.settings.complain("Unexpected EOF in archive");
    this.left = 0;
    this.padding = 0;
  }
}
