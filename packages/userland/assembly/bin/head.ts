/** head: the first part of files. */
import { args } from "../lib/args";
import { isAllDigits } from "../lib/bytes";
import { die, finish } from "../lib/exit";
import { checkReading, closeInput, inputFailed, inputs, openForReading } from "../lib/input";
import { indexOfByte, Reader, stdout } from "../lib/io";
import { Options } from "../lib/options";
import { quoteProse } from "../lib/quote";
import { parseSize, sizeFailed, sizeOverflowed } from "../lib/sizes";
import { TailQueue } from "../lib/tail-queue";

const USAGE = `Usage: head [OPTION]... [FILE]...
Print the first 10 lines of each file, with a header when there are several.

  -c, --bytes=[-]N   the first N bytes; with -, all but the last N
  -n, --lines=[-]N   the first N lines; with -, all but the last N
  -q, --quiet, --silent  no headers
  -v, --verbose      always headers
  -z, --zero-terminated  lines end in NUL

N may have a suffix: b 512, kB 1000, K 1024, MB, M, and so on.`;

let bytes = false;
let fromEnd = false;
let count: u64 = 10;
let delimiter: u8 = 10;

function setCount(text: string): void {
  fromEnd = text.startsWith("-");
  const number = fromEnd ? text.substring(1) : text;
  count = parseSize(number);
  if (sizeFailed || sizeOverflowed) {
    die("invalid number of " + (bytes ? "bytes" : "lines") + ": " + quoteProse(number));
  }
}

function copyBytes(reader: Reader): void {
  let left = count;
  while (left > 0 && (reader.available > 0 || reader.fill())) {
    const take = <i32>min<u64>(left, reader.available);
    stdout.writeMemory(reader.data, take);
    reader.skip(take);
    left -= take;
  }
}

function copyLines(reader: Reader): void {
  let left = count;
  while (left > 0 && (reader.available > 0 || reader.fill())) {
    const at = indexOfByte(reader.data, reader.available, delimiter);
    const take = at < 0 ? reader.available : at + 1;
    stdout.writeMemory(reader.data, take);
    reader.skip(take);
    if (at >= 0) left--;
  }
}

/** `head -5` and `head -5c`: the old form. */
function modernize(list: string[]): string[] {
  if (list.length == 0) return list;
  const first = list[0];
  let digits = 1;
  while (digits < first.length && isAllDigits(first.substr(digits, 1))) digits++;
  if (!first.startsWith("-") || digits == 1) return list;
  const tail = first.substring(digits);
  const number = first.substring(1, digits);
  const rest = list.slice(1);
  if (tail == "") return ["-n", number].concat(rest);
  if (tail == "c" || tail == "n" || tail == "q" || tail == "v") {
    return tail == "c" ? ["-c", number].concat(rest) : ["-n", number, tail == "n" ? "-n" + number : "-" + tail].concat(rest);
  }
  return list;
}

const options = new Options(
  "c:n:qvz",
  "bytes:=c lines:=n quiet=q silent=q verbose=v zero-terminated=z",
  USAGE,
  1,
  modernize(args),
);
let header = -1;
while (options.next()) {
  switch (options.name) {
    case "c":
      bytes = true;
      setCount(options.value);
      break;
    case "n":
      bytes = false;
      setCount(options.value);
      break;
    case "q":
      header = 0;
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
let shown = 0;
for (let i = 0; i < files.length; i++) {
  const name = files[i];
  const fd = openForReading(name);
  if (fd < 0) continue;
  if (header == 1) {
    stdout.writeLine((shown > 0 ? "\n==> " : "==> ") + (name == "-" ? "standard input" : name) + " <==");
  }
  shown++;
  const reader = new Reader(fd);
  if (fromEnd) {
    const queue = new TailQueue(count, bytes, delimiter);
    queue.copyAllBut(reader);
  } else if (bytes) copyBytes(reader);
  else copyLines(reader);
  checkReading(name, reader.error);
  reader.free();
  closeInput(fd);
}
finish(inputFailed ? 1 : 0);
