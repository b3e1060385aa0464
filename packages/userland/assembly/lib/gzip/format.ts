/** The gzip container (RFC 1952) around DEFLATE. */
import { Deflater } from "../deflate/deflate";
import { INFLATE_OK, INFLATE_TRUNCATED, Inflater } from "../deflate/inflate";
import { Reader, Writer } from "../io";
import { Sink, Source } from "../deflate/sink";
import { crc32 } from "../crc32";
import { fromByte } from "../bytes";

export const GZIP_OK: i32 = 0;
/** The first bytes are not those of a gzip file. */
export const GZIP_FOREIGN: i32 = 1;
export const GZIP_TRUNCATED: i32 = 2;
export const GZIP_BAD_DATA: i32 = 3;
export const GZIP_BAD_CRC: i32 = 4;
export const GZIP_BAD_LENGTH: i32 = 5;
export const GZIP_BAD_METHOD: i32 = 6;
/** Everything was decompressed; something else follows. */
export const GZIP_TRAILING: i32 = 7;

const FLAG_HEADER_CRC: i32 = 2;
const FLAG_EXTRA: i32 = 4;
const FLAG_NAME: i32 = 8;
const FLAG_COMMENT: i32 = 16;
const OS_UNIX: i32 = 3;

/** Reads a file, counting and summing. */
export class SummingSource extends Source {
  crc: u32 = 0;
  total: u64 = 0;

  constructor(private reader: Reader) {
    super();
  }

  read(to: usize, length: i32): i32 {
    if (this.reader.available == 0 && !this.reader.fill()) return 0;
    const count = min(length, this.reader.available);
    memory.copy(to, this.reader.data, count);
    this.reader.skip(count);
    this.crc = crc32(this.crc, to, count);
    this.total += count;
    return count;
  }
}

/** Writes to a descriptor, counting and summing; null writes nowhere (-t). */
export class SummingSink extends Sink {
  crc: u32 = 0;
  total: u64 = 0;

  constructor(private writer: Writer | null) {
    super();
  }

  write(from: usize, length: i32): void {
    this.crc = crc32(this.crc, from, length);
    this.total += length;
    const writer = this.writer;
    if (writer !== null) writer.writeMemory(from, length);
  }
}

class PlainSink extends Sink {
  constructor(private writer: Writer) {
    super();
  }
  write(from: usize, length: i32): void {
    this.writer.writeMemory(from, length);
  }
}

/** Sizes of the last stream compressed or decompressed. */
export let plainBytes: u64 = 0;
export let packedBytes: u64 = 0;

export function setPacked(size: u64): void {
  packedBytes = size;
}

function writeNumber(writer: Writer, value: u32): void {
  for (let i = 0; i < 4; i++) writer.writeByte((value >> (i * 8)) & 0xff);
}

/** `name` "" and `seconds` 0 leave those fields out. */
export function compress(reader: Reader, writer: Writer, level: i32, name: string, seconds: u32): void {
  writer.writeByte(0x1f);
  writer.writeByte(0x8b);
  writer.writeByte(8);
  writer.writeByte(name.length > 0 ? FLAG_NAME : 0);
  writeNumber(writer, seconds);
  writer.writeByte(level == 9 ? 2 : level == 1 ? 4 : 0);
  writer.writeByte(OS_UNIX);
  if (name.length > 0) {
    writer.write(name);
    writer.writeByte(0);
  }
  const source = new SummingSource(reader);
  const size = new Deflater(source, new PlainSink(writer), level).run();
  writeNumber(writer, source.crc);
  writeNumber(writer, <u32>source.total);
  plainBytes = source.total;
  packedBytes = 10 + (name.length > 0 ? name.length + 1 : 0) + size + 8;
}

/** Name and time stored in the first member `decompress` read. */
export let storedName: string = "";
export let storedSeconds: u32 = 0;

function skipText(reader: Reader): string {
  let text = "";
  for (let c = reader.readByte(); c > 0; c = reader.readByte()) text += fromByte(c);
  return text;
}

/** The header behind the magic bytes. */
function readHeader(reader: Reader, first: bool): i32 {
  const method = reader.readByte();
  const flags = reader.readByte();
  let seconds: u32 = 0;
  for (let i = 0; i < 4; i++) seconds |= (<u32>reader.readByte() & 0xff) << (i * 8);
  reader.readByte();
  const system = reader.readByte();
  if (system < 0) return GZIP_TRUNCATED;
  if (method != 8 || (flags & 0xe0) != 0) return GZIP_BAD_METHOD;
  if ((flags & FLAG_EXTRA) != 0) {
    const low = reader.readByte();
    for (let n = low | (reader.readByte() << 8); n > 0; n--) reader.readByte();
  }
  let name = "";
  if ((flags & FLAG_NAME) != 0) name = skipText(reader);
  if ((flags & FLAG_COMMENT) != 0) skipText(reader);
  if ((flags & FLAG_HEADER_CRC) != 0) {
    reader.readByte();
    reader.readByte();
  }
  if (first) {
    storedName = name;
    storedSeconds = seconds;
  }
  return reader.atEnd ? GZIP_TRUNCATED : GZIP_OK;
}

/** The eight bytes behind the data. */
function checkTrailer(inflater: Inflater, sink: SummingSink): i32 {
  let crc: u32 = 0;
  let length: u32 = 0;
  for (let i = 0; i < 8; i++) {
    const byte = inflater.alignedByte();
    if (byte < 0) return GZIP_TRUNCATED;
    if (i < 4) crc |= <u32>byte << (i * 8);
    else length |= <u32>byte << ((i - 4) * 8);
  }
  storedCrc = crc;
  lengthDiffers = length != <u32>sink.total;
  if (crc != sink.crc) return GZIP_BAD_CRC;
  return lengthDiffers ? GZIP_BAD_LENGTH : GZIP_OK;
}
/** The length in the trailer of the last member was wrong. */
export let lengthDiffers: bool = false;

/** Sum in the trailer of the last member. */
export let storedCrc: u32 = 0;

/** Decompresses all members of the file; `writer` null only tests. */
export function decompress(reader: Reader, writer: Writer | null): i32 {
  plainBytes = 0;
  let first = true;
  while (true) {
    const a = reader.readByte();
    if (a < 0) return first ? GZIP_TRUNCATED : GZIP_OK;
    const b = reader.readByte();
    if (a != 0x1f || b != 0x8b) {
      if (first) return b < 0 && a == 0x1f ? GZIP_TRUNCATED : GZIP_FOREIGN;
      // Zeros behind the last member are padding (tapes), anything else is not ours.
      let c = a == 0 ? b : a;
      while (c == 0) c = reader.readByte();
      return c < 0 ? GZIP_OK : GZIP_TRAILING;
    }
    const header = readHeader(reader, first);
    if (header != GZIP_OK) return header;
    first = false;
    const sink = new SummingSink(writer);
    const inflater = new Inflater(reader, sink);
    const result = inflater.run();
    plainBytes += sink.total;
    if (result != INFLATE_OK) {
      inflater.free();
      return result == INFLATE_TRUNCATED ? GZIP_TRUNCATED : GZIP_BAD_DATA;
    }
    const trailer = checkTrailer(inflater, sink);
    inflater.free();
    if (trailer != GZIP_OK) return trailer;
  }
}
