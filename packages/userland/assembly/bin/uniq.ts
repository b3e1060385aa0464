import { Options } from "../lib/options";
import { Reader, Writer, stdin, stdout } from "../lib/io";
import { byteAt, padStart, toLowerByte } from "../lib/bytes";
import { die, dieErrno, dieUsage, finish } from "../lib/exit";
import { openRead, openWrite } from "../lib/fs";
import { parseFailed, parseUnsigned } from "../lib/numbers";
import { quoteProse } from "../lib/quote";

const USAGE = `Usage: uniq [OPTION]... [INPUT [OUTPUT]]
Filter adjacent matching lines.

  -c                         prefix lines by the number of occurrences
  -d, -D, -u                 only repeated lines, all of them, only unique lines
  -f N, -s N, -w N           skip N fields, skip N bytes, compare at most N bytes
  -i                         ignore case
  -z                         lines end in NUL
`;

function count(text: string, what: string): i32 {
  const n = parseUnsigned(text);
  if (parseFailed) die(text + ": invalid number of " + what);
  return <i32>min(n, <u64>i32.MAX_VALUE);
}

let counts = false;
let repeatedOnly = false;
let uniqueOnly = false;
/** -D and --all-repeated: 0 off, 1 plain, 2 a separator before each group, 3 between groups. */
let allRepeated = 0;
/** --group: 0 off, else where empty lines go: 1 separate, 2 prepend, 3 append, 4 both. */
let group = 0;
let fields = 0;
let bytes = 0;
let width = i32.MAX_VALUE;
let fold = false;
let separator: u8 = 10;

const options = new Options("cdDuf:s:w:iz", "count=c repeated=d all-repeated? group? unique=u skip-fields:=f skip-chars:=s check-chars:=w ignore-case=i zero-terminated=z", USAGE);
while (options.next()) {
  const name = options.name;
  if (name == "c") counts = true;
  else if (name == "d") repeatedOnly = true;
  else if (name == "u") uniqueOnly = true;
  else if (name == "D") allRepeated = 1;
  else if (name == "all-repeated") {
    allRepeated = options.value == "prepend" ? 2 : options.value == "separate" ? 3 : 1;
  } else if (name == "group") {
    group = ["separate", "prepend", "append", "both"].indexOf(options.hasValue ? options.value : "separate") + 1;
    if (group == 0) dieUsage("invalid argument " + quoteProse(options.value) + " for " + quoteProse("--group"));
  } else if (name == "f") fields = count(options.value, "fields to skip");
  else if (name == "s") bytes = count(options.value, "bytes to skip");
  else if (name == "w") width = count(options.value, "bytes to compare");
  else if (name == "i") fold = true;
  else if (name == "z") separator = 0;
}

const operands = options.operands;
if (operands.length > 2) dieUsage("extra operand " + quoteProse(operands[2]));
if (group != 0 && (counts || repeatedOnly || uniqueOnly || allRepeated != 0)) dieUsage("--group is mutually exclusive with -c/-d/-D/-u");
if (allRepeated != 0 && counts) dieUsage("printing all duplicated lines and repeat counts is meaningless");

/** The part of the line that is compared. */
function keyOf(line: string): string {
  let at = 0;
  for (let i = 0; i < fields && at < line.length; i++) {
    while (at < line.length && (byteAt(line, at) == 32 || byteAt(line, at) == 9)) at++;
    while (at < line.length && byteAt(line, at) != 32 && byteAt(line, at) != 9) at++;
  }
  at = min(at + min(bytes, line.length), line.length);
  const end = width < line.length - at ? at + width : line.length;
  const key = at == 0 && end == line.length ? line : line.substring(at, end);
  if (!fold) return key;
  let out = "";
  for (let i = 0; i < key.length; i++) out += String.fromCharCode(toLowerByte(byteAt(key, i)));
  return out;
}

let reader: Reader = stdin;
let writer: Writer = stdout;
if (operands.length > 0 && operands[0] != "-") {
  const fd = openRead(operands[0]);
  if (fd < 0) dieErrno(operands[0], -fd);
  reader = new Reader(fd);
}
if (operands.length > 1 && operands[1] != "-") {
  const fd = openWrite(operands[1]);
  if (fd < 0) dieErrno(operands[1], -fd);
  writer = new Writer(fd);
}

function put(line: string): void {
  writer.write(line);
  writer.writeByte(separator);
}

/** Ends a run: `line` came `times` times in a row. */
function endRun(line: string, times: i64): void {
  if (allRepeated != 0 || group != 0) return;
  if (times == 1 ? repeatedOnly : uniqueOnly) return;
  if (counts) writer.write(padStart(times.toString(), 7) + " ");
  put(line);
}

let first: string | null = null;
let firstKey = "";
let times: i64 = 0;
let groups = 0;
for (let line = reader.readLine(separator); line !== null; line = reader.readLine(separator)) {
  const key = keyOf(line);
  if (first !== null && key == firstKey) {
    times++;
    if (allRepeated != 0) {
      if (times == 2) {
        if (allRepeated == 2 || (allRepeated == 3 && groups > 0)) writer.writeByte(separator);
        groups++;
        put(first!);
      }
      put(line);
    } else if (group != 0) put(line);
    continue;
  }
  if (first !== null) endRun(first!, times);
  if (group != 0) {
    if (first === null ? group == 2 || group == 4 : true) writer.writeByte(separator);
    put(line);
  }
  first = line;
  firstKey = key;
  times = 1;
}
if (first !== null) {
  endRun(first!, times);
  if (group >= 3) writer.writeByte(separator);
}
if (reader.error != 0) dieErrno(operands.length > 0 ? operands[0] : "-", reader.error);
const failed = writer.flush();
if (failed != 0) dieErrno("write error", failed);
finish(0);
