/** tail: the last part of files, and what is added to them. */
import { WHENCE_CUR, WHENCE_END, WHENCE_SET } from "../../../abi/src/wasi";
import { args } from "../lib/args";
import { byteAt, isDigit } from "../lib/bytes";
import { sleep } from "../lib/clock";
import { die, finish, warn } from "../lib/exit";
import { scanFloat } from "../lib/float";
import * as fs from "../lib/fs";
import { checkReading, closeInput, inputFailed, inputs, openForReading } from "../lib/input";
import { indexOfByte, Reader, stdout } from "../lib/io";
import { Options } from "../lib/options";
import { quoteProse, quoteShell } from "../lib/quote";
import { parseSize, sizeFailed, sizeOverflowed } from "../lib/sizes";
import { TailQueue } from "../lib/tail-queue";

const USAGE = `Usage: tail [OPTION]... [FILE]...
Print the last 10 lines of each file, with a header when there are several.

  -c, --bytes=[+]N   the last N bytes; with +, from byte N on
  -f, --follow[=name|descriptor]  go on with what is added to the file
  -F                 the same as --follow=name --retry
  -n, --lines=[+]N   the last N lines; with +, from line N on
  -q, --quiet, --silent  no headers
      --retry        keep trying a file that is not there
  -s, --sleep-interval=N  with -f, look every N seconds (default 1)
  -v, --verbose      always headers
  -z, --zero-terminated  lines end in NUL`;

let bytes = false;
let fromStart = false;
let count: u64 = 10;
let delimiter: u8 = 10;
let follow = false;
let byName = false;
let interval: u64 = 1000000000;
let header = -1;
/** Name of the file the output is of: a header announces the next one. */
let current = "";
let shown = 0;

class Followed {
  fd: i32;
  size: u64 = 0;
  ino: u64 = 0;
  constructor(
    public name: string,
    fd: i32,
  ) {
    this.fd = fd;
  }
}

function setCount(text: string): void {
  fromStart = text.startsWith("+");
  const number = fromStart || text.startsWith("-") ? text.substring(1) : text;
  count = parseSize(number);
  if (sizeFailed || sizeOverflowed) die("invalid number of " + (bytes ? "bytes" : "lines") + ": " + quoteProse(number));
}

/** tail +5, tail -5, tail -5c, tail -20f: the old form. */
function modernize(list: string[]): string[] {
  if (list.length == 0 || list.length > 2) return list;
  const first = list[0];
  if (first.length < 2 || (!first.startsWith("-") && !first.startsWith("+"))) return list;
  let end = 1;
  while (end < first.length && isDigit(byteAt(first, end))) end++;
  if (end == 1) return list;
  let tail = first.substring(end);
  const unit = tail.startsWith("c") || tail.startsWith("b") ? "-c" : "-n";
  const block = tail.startsWith("b") ? "b" : "";
  if (tail.length > 0 && "bcl".includes(tail.charAt(0))) tail = tail.substring(1);
  if (tail != "" && tail != "f") return list;
  const out = [unit, (first.startsWith("+") ? "+" : "") + first.substring(1, end) + block];
  if (tail == "f") out.push("-f");
  return out.concat(list.slice(1));
}

function announce(name: string): void {
  if (header != 1 || current == name) return;
  stdout.writeLine((shown > 0 ? "\n==> " : "==> ") + (name == "-" ? "standard input" : name) + " <==");
  current = name;
  shown++;
}

function copyRest(reader: Reader): u64 {
  let total: u64 = 0;
  while (reader.available > 0 || reader.fill()) {
    total += reader.available;
    stdout.writeMemory(reader.data, reader.available);
    reader.skip(reader.available);
  }
  return total;
}

function copyFromStart(reader: Reader): void {
  let left = count > 0 ? count - 1 : 0;
  while (left > 0 && (reader.available > 0 || reader.fill())) {
    if (bytes) {
      const take = <i32>min<u64>(left, reader.available);
      reader.skip(take);
      left -= take;
      continue;
    }
    const at = indexOfByte(reader.data, reader.available, delimiter);
    reader.skip(at < 0 ? reader.available : at + 1);
    if (at >= 0) left--;
  }
  copyRest(reader);
}

/** A large file is read from its end: moves to where a tail of this many bytes may start. */
function skipAhead(fd: i32): void {
  const st = new fs.Stat();
  if (fromStart || fs.fstat(fd, st) != 0 || !st.isRegular) return;
  if (fs.seek(fd, 0, WHENCE_CUR) != 0) return;
  if (bytes && count < st.size) fs.seek(fd, -(<i64>count), WHENCE_END);
  if (bytes || st.size < 1 << 20) return;
  // Blocks backwards until enough line ends have been seen.
  const size: u64 = 65536;
  const block = heap.alloc(<usize>size);
  let start = st.size;
  let lines: u64 = 0;
  while (start > 0 && lines <= count) {
    const from = start > size ? start - size : 0;
    fs.seek(fd, from, WHENCE_SET);
    const reader = new Reader(fd);
    const length = reader.readExact(block, <i32>(start - from));
    for (let i = 0; i < length; i++) if (load<u8>(block + i) == delimiter) lines++;
    reader.free();
    start = from;
  }
  heap.free(block);
  fs.seek(fd, start, WHENCE_SET);
}

function showTail(fd: i32, name: string): void {
  current = "";
  announce(name);
  skipAhead(fd);
  const reader = new Reader(fd);
  if (fromStart) copyFromStart(reader);
  else if (count > 0) new TailQueue(count, bytes, delimiter).copyTail(reader);
  else if (!follow) copyNothing(reader);
  else fs.seek(fd, 0, WHENCE_END);
  checkReading(name, reader.error);
  reader.free();
}

/** Reads all the same, so that errors show and a writer is not cut off. */
function copyNothing(reader: Reader): void {
  while (reader.fill()) reader.skip(reader.available);
}

/** Copies what was added since; notices truncation, and with --follow=name a new file of that name. */
function checkFile(file: Followed): void {
  const st = new fs.Stat();
  if (byName && file.name != "-") reopen(file, st);
  if (file.fd < 0) return;
  if (fs.fstat(file.fd, st) == 0 && st.isRegular) {
    if (st.size < file.size) {
      warn(file.name + ": file truncated");
      fs.seek(file.fd, 0, WHENCE_SET);
    }
    const changed = st.size != file.size;
    file.size = st.size;
    if (!changed) return;
  }
  const reader = new Reader(file.fd);
  if (reader.fill()) announce(file.name);
  copyRest(reader);
  reader.free();
}

function reopen(file: Followed, st: fs.Stat): void {
  if (fs.stat(file.name, st) != 0) {
    if (file.fd < 0) return;
    warn(quoteShell(file.name) + " has become inaccessible: No such file or directory");
    fs.close(file.fd);
    file.fd = -1;
    return;
  }
  if (file.fd >= 0 && st.ino == file.ino) return;
  const fd = fs.openRead(file.name);
  if (fd < 0) return;
  warn(quoteShell(file.name) + (file.fd < 0 ? " has appeared;  following new file" : " has been replaced;  following new file"));
  if (file.fd >= 0) fs.close(file.fd);
  file.fd = fd;
  file.ino = st.ino;
  file.size = 0;
}

const options = new Options(
  "c:fFn:qs:vz",
  "bytes:=c follow? lines:=n quiet=q silent=q retry sleep-interval:=s verbose=v zero-terminated=z pid:",
  USAGE,
  1,
  modernize(args),
);
let retry = false;
while (options.next()) {
  switch (options.name) {
    case "c":
      bytes = true;
      setCount(options.value);
      break;
    case "f":
      follow = true;
      break;
    case "F":
      follow = byName = retry = true;
      break;
    case "follow":
      follow = true;
      byName = options.value == "name";
      break;
    case "n":
      bytes = false;
      setCount(options.value);
      break;
    case "q":
      header = 0;
      break;
    case "retry":
      retry = true;
      break;
    case "s":
      interval = <u64>(scanFloat(options.value).toF64() * 1e9);
      break;
    case "v":
      header = 1;
      break;
    case "z":
      delimiter = 0;
      break;
  }
}
const files = inputs(options.operands);
if (header < 0) header = files.length > 1 ? 1 : 0;
const followed: Followed[] = [];
for (let i = 0; i < files.length; i++) {
  const name = files[i];
  const fd = openForReading(name);
  if (fd >= 0) showTail(fd, name);
  if (!follow) {
    closeInput(fd);
    continue;
  }
  const st = new fs.Stat();
  const file = new Followed(name, fd);
  if (fd >= 0 && fs.fstat(fd, st) == 0) {
    // A pipe that ended has nothing more to come.
    if (!st.isRegular && name == "-") continue;
    file.size = st.size;
    file.ino = st.ino;
  }
  if (fd >= 0 || (byName && retry)) followed.push(file);
}
if (follow && followed.length == 0 && inputFailed) warn("no files remaining");
while (followed.length > 0) {
  stdout.flush();
  if (stdout.error != 0) break;
  sleep(interval);
  for (let i = 0; i < followed.length; i++) checkFile(followed[i]);
}
finish(inputFailed ? 1 : 0);
