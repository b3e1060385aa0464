/** Buffered reading and writing over descriptors. Lines and blocks are byte strings or raw memory. */
import { EAGAIN, EBADF, EINTR, EISDIR } from "../../../abi/src/errno";
import { FILETYPE_DIRECTORY } from "../../../abi/src/wasi";
import { fromMemory, toMemory } from "./bytes";
import { tty_get } from "./cloudos";
import { fd_fdstat_get, fd_read, fd_write, poll_oneoff } from "./wasi";

/** Size of a Reader's and a Writer's buffer: large enough that a pipe's 256 KiB moves in four calls. */
export const BUFFER_SIZE: i32 = 65536;
/** Largest number of bytes asked for or given in one call. */
export const BLOCK_SIZE: i32 = 262144;

const IOV = memory.data(8);
const COUNT = memory.data(8);
const TERMIOS = memory.data(48, 8);
const SUBSCRIPTION = memory.data(48, 8);
const EVENT = memory.data(32, 8);
const FDSTAT = memory.data(24, 8);

export function isTerminal(fd: i32): bool {
  return tty_get(fd, TERMIOS) == 0;
}

/** Waits until a non-blocking descriptor (inherited that way) is ready. `type` 1 read, 2 write. */
function waitReady(fd: i32, type: u8): void {
  memory.fill(SUBSCRIPTION, 0, 48);
  store<u8>(SUBSCRIPTION, type, 8);
  store<u32>(SUBSCRIPTION, fd, 16);
  poll_oneoff(SUBSCRIPTION, EVENT, 1, COUNT);
}

/** WASI takes the right to read from directories, so reading one says EBADF where POSIX has EISDIR. */
function isDirectoryFd(fd: i32): bool {
  return fd_fdstat_get(fd, FDSTAT) == 0 && load<u8>(FDSTAT) == FILETYPE_DIRECTORY;
}

/** Reads at most `length` bytes: their number, 0 at the end, or -errno. EINTR reaches the caller (signals are queued). */
export function readInto(fd: i32, to: usize, length: i32): i32 {
  while (true) {
    store<u32>(IOV, <u32>to);
    store<u32>(IOV, length, 4);
    const error = fd_read(fd, IOV, 1, COUNT);
    if (error == 0) return load<i32>(COUNT);
    if (error == EBADF && isDirectoryFd(fd)) return -EISDIR;
    if (error != EAGAIN) return -(<i32>error);
    waitReady(fd, 1);
  }
}

/** Writes all of it: 0 or errno. */
export function writeAll(fd: i32, from: usize, length: i32): i32 {
  while (length > 0) {
    store<u32>(IOV, <u32>from);
    store<u32>(IOV, length, 4);
    const error = fd_write(fd, IOV, 1, COUNT);
    if (error == EAGAIN) {
      waitReady(fd, 2);
    } else if (error != 0 && error != EINTR) {
      return error;
    } else if (error == 0) {
      const written = load<i32>(COUNT);
      from += written;
      length -= written;
    }
  }
  return 0;
}

/** Writes a text unbuffered: 0 or errno. */
export function writeText(fd: i32, text: string): i32 {
  const bytes = heap.alloc(text.length);
  toMemory(text, bytes);
  const error = writeAll(fd, bytes, text.length);
  heap.free(bytes);
  return error;
}

export class Reader {
  private buffer: usize = 0;
  private position: i32 = 0;
  private end: i32 = 0;
  /** The errno that ended reading, 0 for a proper end of file. */
  error: i32 = 0;
  atEnd: bool = false;
  /** The line `readLine` returned last ended in its delimiter. */
  terminated: bool = false;

  constructor(public fd: i32) {}

  /** Refills the empty buffer; false at the end of the file or on an error. */
  fill(): bool {
    if (this.atEnd) return false;
    if (this.buffer == 0) this.buffer = heap.alloc(BUFFER_SIZE);
    let count = readInto(this.fd, this.buffer, BUFFER_SIZE);
    while (count == -EINTR) count = readInto(this.fd, this.buffer, BUFFER_SIZE);
    this.position = 0;
    this.end = max(count, 0);
    if (count < 0) this.error = -count;
    if (count <= 0) this.atEnd = true;
    return count > 0;
  }

  /** Address of the bytes at hand. */
  get data(): usize {
    return this.buffer + this.position;
  }

  /** Number of bytes at hand. */
  get available(): i32 {
    return this.end - this.position;
  }

  /** Takes `count` of the bytes at hand. */
  skip(count: i32): void {
    this.position += count;
  }

  /** The next byte, or -1. */
  readByte(): i32 {
    if (this.position >= this.end && !this.fill()) return -1;
    return load<u8>(this.buffer + this.position++);
  }

  /** The next byte without taking it, or -1. */
  peekByte(): i32 {
    if (this.position >= this.end && !this.fill()) return -1;
    return load<u8>(this.buffer + this.position);
  }

  /** The next line without its delimiter, or null at the end. An unfinished last line counts. */
  readLine(delimiter: u8 = 10): string | null {
    let line = "";
    let any = false;
    this.terminated = false;
    while (this.position < this.end || this.fill()) {
      any = true;
      const start = this.buffer + this.position;
      const at = indexOfByte(start, this.end - this.position, delimiter);
      const length = at < 0 ? this.end - this.position : at;
      const piece = fromMemory(start, length);
      line = line.length == 0 ? piece : line + piece;
      this.position += length;
      if (at >= 0) {
        this.position++;
        this.terminated = true;
        break;
      }
    }
    return any ? line : null;
  }

  /** Everything up to the end. */
  readAll(): string {
    let text = "";
    while (this.position < this.end || this.fill()) {
      text += fromMemory(this.data, this.available);
      this.position = this.end;
    }
    return text;
  }

  /** Exactly `length` bytes unless the file ends: the number stored at `to`. */
  readExact(to: usize, length: i32): i32 {
    let done = 0;
    while (done < length && (this.position < this.end || this.fill())) {
      const count = min(length - done, this.available);
      memory.copy(to + done, this.data, count);
      this.position += count;
      done += count;
    }
    return done;
  }

  free(): void {
    if (this.buffer != 0) heap.free(this.buffer);
    this.buffer = 0;
    this.position = this.end = 0;
    this.atEnd = true;
  }
}

/** Index of `byte` in [start, start + length), or -1. Eight at a time: "has a zero byte" of the XOR (Hacker's Delight 6-1). */
export function indexOfByte(start: usize, length: i32, byte: u8): i32 {
  const pattern: u64 = <u64>byte * 0x0101010101010101;
  let i = 0;
  for (; i + 8 <= length; i += 8) {
    const x = load<u64>(start + i) ^ pattern;
    if (((x - 0x0101010101010101) & ~x & 0x8080808080808080) != 0) break;
  }
  for (; i < length; i++) if (load<u8>(start + i) == byte) return i;
  return -1;
}

export class Writer {
  private buffer: usize = 0;
  private length: i32 = 0;
  /** The first errno of a write; later output is dropped. */
  error: i32 = 0;
  /** 1 flush after every line (terminals), 0 only when full, -1 not known yet. */
  private lineBuffered: i32 = -1;

  constructor(public fd: i32) {}

  private open(): void {
    this.buffer = heap.alloc(BUFFER_SIZE);
    if (this.lineBuffered < 0) this.lineBuffered = isTerminal(this.fd) ? 1 : 0;
  }

  /** Overrides the choice made from the descriptor. */
  setLineBuffered(on: bool): void {
    this.lineBuffered = on ? 1 : 0;
  }

  write(text: string): void {
    if (this.buffer == 0) this.open();
    const length = text.length;
    if (length > BUFFER_SIZE - this.length) {
      this.flush();
      if (length > BUFFER_SIZE) {
        if (this.error == 0) this.error = writeText(this.fd, text);
        return;
      }
    }
    const to = this.buffer + this.length;
    toMemory(text, to);
    this.length += length;
    if (this.lineBuffered == 1 && indexOfByte(to, length, 10) >= 0) this.flush();
  }

  writeLine(text: string): void {
    this.write(text);
    this.writeByte(10);
  }

  writeByte(byte: i32): void {
    if (this.buffer == 0) this.open();
    if (this.length == BUFFER_SIZE) this.flush();
    store<u8>(this.buffer + this.length++, byte);
    if (byte == 10 && this.lineBuffered == 1) this.flush();
  }

  writeMemory(from: usize, length: i32): void {
    if (this.buffer == 0) this.open();
    if (length > BUFFER_SIZE - this.length) {
      this.flush();
      if (length >= BUFFER_SIZE) {
        if (this.error == 0) this.error = writeAll(this.fd, from, length);
        return;
      }
    }
    const to = this.buffer + this.length;
    memory.copy(to, from, length);
    this.length += length;
    if (this.lineBuffered == 1 && indexOfByte(to, length, 10) >= 0) this.flush();
  }

  /** Gives everything to the kernel: 0 or the first errno. */
  flush(): i32 {
    if (this.length > 0 && this.error == 0) this.error = writeAll(this.fd, this.buffer, this.length);
    this.length = 0;
    return this.error;
  }
}

export const stdin: Reader = new Reader(0);
export const stdout: Writer = new Writer(1);
