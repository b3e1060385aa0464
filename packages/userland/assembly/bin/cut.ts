import { EISDIR } from "../../../abi/src/errno";
import { Options } from "../lib/options";
import { Reader, stdin, stdout } from "../lib/io";
import { Stat, close, fstat, openRead } from "../lib/fs";
import { byteAt, isAllDigits } from "../lib/bytes";
import { dieUsage, finish, warnErrno } from "../lib/exit";
import { parseOverflowed, parseUnsigned } from "../lib/numbers";
import { quoteProse } from "../lib/quote";

const USAGE = `Usage: cut OPTION... [FILE]...
Print selected parts of lines.

  -b LIST, -c LIST, -f LIST  bytes, characters, fields
  -d DELIM                   instead of TAB between fields
  -s                         no lines without delimiters
  --complement               everything but what LIST names
  --output-delimiter=STRING  instead of the input delimiter
  -z                         lines end in NUL
`;

/** Sorted, disjoint ranges, numbered from 1. */
const lows: Array<u32> = [];
const highs: Array<u32> = [];

let list = "";
let byFields = false;
let delimiter = 9;
let onlyDelimited = false;
let complement = false;
let outputDelimiter: string | null = null;
let separator: u8 = 10;
let lists = 0;
let delimiterGiven = false;

const options = new Options("b:c:f:d:nsz", "bytes:=b characters:=c fields:=f delimiter:=d only-delimited=s complement output-delimiter: zero-terminated=z", USAGE);
while (options.next()) {
  const name = options.name;
  if (name == "b" || name == "c" || name == "f") {
    if (lists++ > 0) dieUsage("only one list may be specified");
    list = options.value;
    byFields = name == "f";
  } else if (name == "d") {
    if (options.value.length > 1) dieUsage("the delimiter must be a single character");
    // An empty delimiter is NUL, as in GNU cut.
    delimiter = options.value.length == 0 ? 0 : byteAt(options.value, 0);
    delimiterGiven = true;
  } else if (name == "s") onlyDelimited = true;
  else if (name == "complement") complement = true;
  else if (name == "output-delimiter") outputDelimiter = options.value;
  else if (name == "z") separator = 0;
}
if (lists == 0) dieUsage("you must specify a list of bytes, characters, or fields");
if (!byFields && delimiterGiven) dieUsage("an input delimiter may be specified only when operating on fields");
if (!byFields && onlyDelimited) dieUsage("suppressing non-delimited lines makes sense\n\tonly when operating on fields");

function bound(text: string): u32 {
  if (!isAllDigits(text)) {
    dieUsage((byFields ? "invalid field value " : "invalid byte/character position ") + quoteProse(text));
  }
  const n = parseUnsigned(text);
  if (parseOverflowed || n >= <u64>u32.MAX_VALUE) {
    dieUsage((byFields ? "field number " : "byte/character offset ") + quoteProse(text) + " is too large");
  }
  if (n == 0) dieUsage(byFields ? "fields are numbered from 1" : "byte/character positions are numbered from 1");
  return <u32>n;
}

function parseList(text: string): void {
  const items = text.replaceAll(" ", ",").split(",");
  for (let i = 0; i < items.length; i++) {
    const item = items[i];
    if (item.length == 0) dieUsage(byFields ? "fields are numbered from 1" : "byte/character positions are numbered from 1");
    const dash = item.indexOf("-");
    if (dash < 0) {
      const n = bound(item);
      lows.push(n);
      highs.push(n);
      continue;
    }
    if (item == "-") dieUsage("invalid range with no endpoint: -");
    const low: u32 = dash == 0 ? 1 : bound(item.substring(0, dash));
    const high: u32 = dash == item.length - 1 ? u32.MAX_VALUE : bound(item.substring(dash + 1));
    if (high < low) dieUsage("invalid decreasing range");
    lows.push(low);
    highs.push(high);
  }
  normalize();
}

/** Sorts the ranges and merges those that overlap. */
function normalize(): void {
  for (let i = 1; i < lows.length; i++) {
    const low = lows[i];
    const high = highs[i];
    let k = i - 1;
    for (; k >= 0 && lows[k] > low; k--) {
      lows[k + 1] = lows[k];
      highs[k + 1] = highs[k];
    }
    lows[k + 1] = low;
    highs[k + 1] = high;
  }
  let out = 0;
  for (let i = 0; i < lows.length; i++) {
    if (out > 0 && lows[i] <= highs[out - 1]) {
      highs[out - 1] = max(highs[out - 1], highs[i]);
    } else {
      lows[out] = lows[i];
      highs[out++] = highs[i];
    }
  }
  lows.length = out;
  highs.length = out;
}

/** Walks the ranges along with a rising position. */
let range = 0;
/** The position begins a range: an output delimiter goes before it. */
let beginsRange = false;

function selected(position: u32): bool {
  while (range < lows.length && position > highs[range]) range++;
  const inside = range < lows.length && position >= lows[range];
  beginsRange = inside && position == lows[range];
  return inside != complement;
}

function cutBytes(line: string): void {
  range = 0;
  let any = false;
  let wasSelected = false;
  for (let i = 0; i < line.length; i++) {
    const now = selected(<u32>i + 1);
    if (now) {
      const gap = complement ? !wasSelected : beginsRange;
      if (outputDelimiter !== null && any && gap) stdout.write(outputDelimiter!);
      stdout.writeByte(byteAt(line, i));
      any = true;
    }
    wasSelected = now;
  }
  stdout.writeByte(separator);
}

function cutFields(line: string): void {
  const first = line.indexOf(String.fromCharCode(delimiter));
  if (first < 0) {
    if (onlyDelimited) return;
    stdout.write(line);
    stdout.writeByte(separator);
    return;
  }
  range = 0;
  let field: u32 = 1;
  let start = 0;
  let any = false;
  for (let i = 0; i <= line.length; i++) {
    if (i < line.length && byteAt(line, i) != delimiter) continue;
    if (selected(field++)) {
      if (any) {
        if (outputDelimiter !== null) stdout.write(outputDelimiter!);
        else stdout.writeByte(delimiter);
      }
      stdout.write(line.substring(start, i));
      any = true;
    }
    start = i + 1;
  }
  stdout.writeByte(separator);
}

let failed = false;

function cutFile(name: string): void {
  let reader = stdin;
  if (name != "-") {
    const fd = openRead(name);
    const st = new Stat();
    const error = fd < 0 ? -fd : fstat(fd, st) == 0 && st.isDirectory ? EISDIR : 0;
    if (error != 0) {
      warnErrno(name, error);
      failed = true;
      return;
    }
    reader = new Reader(fd);
  }
  for (let line = reader.readLine(separator); line !== null; line = reader.readLine(separator)) {
    if (byFields) cutFields(line);
    else cutBytes(line);
  }
  if (reader.error != 0) {
    warnErrno(name, reader.error);
    failed = true;
  }
  if (name != "-") {
    close(reader.fd);
    reader.free();
  }
}

parseList(list);
const files = options.operands;
if (files.length == 0) files.push("-");
for (let i = 0; i < files.length; i++) cutFile(files[i]);
finish(failed ? 1 : 0);
