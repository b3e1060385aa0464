/** Remembers the last lines or bytes of a stream in blocks, forgetting what can no longer matter. */
import { indexOfByte, Reader, stdout } from "./io";

class Block {
  lines: u64 = 0;
  constructor(
    public bytes: StaticArray<u8>,
  ) {}
}

export class TailQueue {
  private blocks: Block[] = [];
  private first: i32 = 0;
  private totalBytes: u64 = 0;
  private totalLines: u64 = 0;
  private endsInLine: bool = true;

  /** Keeps the last `count` bytes or lines. */
  constructor(
    private count: u64,
    private inBytes: bool,
    private delimiter: u8,
  ) {}

  private countLines(from: usize, length: i32): u64 {
    let lines: u64 = 0;
    let at = indexOfByte(from, length, this.delimiter);
    while (at >= 0) {
      lines++;
      from += at + 1;
      length -= at + 1;
      at = indexOfByte(from, length, this.delimiter);
    }
    return lines;
  }

  private push(from: usize, length: i32): void {
    const block = new Block(new StaticArray<u8>(length));
    memory.copy(changetype<usize>(block.bytes), from, length);
    if (!this.inBytes) {
      block.lines = this.countLines(from, length);
      this.endsInLine = load<u8>(from + length - 1) == this.delimiter;
    }
    this.totalBytes += length;
    this.totalLines += block.lines;
    this.blocks.push(block);
  }

  /** The first block can no longer be part of the tail. */
  private droppable(): bool {
    if (this.first >= this.blocks.length) return false;
    const block = this.blocks[this.first];
    if (this.inBytes) return this.totalBytes - block.bytes.length >= this.count;
    // One newline more than asked for marks where the tail starts.
    return this.totalLines - block.lines > this.count;
  }

  private drop(): void {
    const block = this.blocks[this.first++];
    this.totalBytes -= block.bytes.length;
    this.totalLines -= block.lines;
    if (this.first > 64) {
      this.blocks = this.blocks.slice(this.first);
      this.first = 0;
    }
  }

  /** Reads the stream to its end, writing out what falls off the front if `copy`. */
  private consume(reader: Reader, copy: bool): void {
    while (reader.available > 0 || reader.fill()) {
      this.push(reader.data, reader.available);
      reader.skip(reader.available);
      while (this.droppable()) {
        if (copy) this.write(this.blocks[this.first], 0, this.blocks[this.first].bytes.length);
        this.drop();
      }
    }
  }

  private write(block: Block, start: i32, end: i32): void {
    if (end > start) stdout.writeMemory(changetype<usize>(block.bytes) + start, end - start);
  }

  /** Splits what is kept at the start of the tail: writes the part before it or the part after it. */
  private emit(before: bool): void {
    let skipBytes: u64 = 0;
    let skipLines: u64 = 0;
    if (this.inBytes) skipBytes = this.totalBytes > this.count ? this.totalBytes - this.count : 0;
    else {
      const lines = this.totalLines + (this.endsInLine ? 0 : 1);
      skipLines = lines > this.count ? lines - this.count : 0;
    }
    for (; this.first < this.blocks.length; this.first++) {
      const block = this.blocks[this.first];
      const length = block.bytes.length;
      let split = 0;
      if (this.inBytes) split = <i32>min<u64>(skipBytes, length);
      else {
        for (let i: u64 = 0; i < skipLines && split < length; i++) {
          const at = indexOfByte(changetype<usize>(block.bytes) + split, length - split, this.delimiter);
          split = at < 0 ? length : split + at + 1;
        }
        skipLines -= min<u64>(skipLines, block.lines);
        // What remains to skip is an unfinished last line, which only an empty tail leaves out.
      }
      skipBytes -= min<u64>(skipBytes, split);
      if (before) this.write(block, 0, split);
      else this.write(block, split, length);
    }
  }

  /** Writes the stream without its tail. */
  copyAllBut(reader: Reader): void {
    this.consume(reader, true);
    this.emit(true);
  }

  /** Writes the tail of the stream. */
  copyTail(reader: Reader): void {
    this.consume(reader, false);
    this.emit(false);
  }
}
