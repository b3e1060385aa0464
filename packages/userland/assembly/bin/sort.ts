import { Key, keyError, parseKey, ORDER_RANDOM } from "../lib/sort/key";
import { Lines } from "../lib/sort/lines";
import { Options } from "../lib/options";
import { Order } from "../lib/sort/order";
import { Writer, stdout } from "../lib/io";
import { byteAt } from "../lib/bytes";
import { close, openRead, openWrite } from "../lib/fs";
import { die, dieErrno, dieUsage, finish } from "../lib/exit";
import { quoteProse } from "../lib/quote";
import { random_get } from "../lib/wasi";

const USAGE = `Usage: sort [OPTION]... [FILE]...
Write sorted concatenation of all FILEs to standard output.

  -b, -d, -f, -i             ignore leading blanks; blanks and alphanumerics only; fold case; printable only
  -g, -h, -M, -n, -R, -V     general numeric, human numeric, month, numeric, random, version order
  -r                         reverse
  -k KEYDEF, -t SEP          sort by a key F[.C][OPTS][,F[.C][OPTS]]; field separator
  -c, -C                     check for sorted input; without a message
  -m                         merge sorted files
  -s, -u                     stable; only the first of equal lines
  -o FILE                    write to FILE
  -z                         lines end in NUL
`;

const LONG =
  "ignore-leading-blanks=b dictionary-order=d ignore-case=f general-numeric-sort=g ignore-nonprinting=i month-sort=M " +
  "human-numeric-sort=h numeric-sort=n random-sort=R reverse=r sort: version-sort=V check? merge=m output:=o stable=s " +
  "key:=k field-separator:=t unique=u zero-terminated=z buffer-size:=S temporary-directory:=T parallel: batch-size:";

const SORT_NAMES: Array<string> = ["general-numeric", "human-numeric", "month", "numeric", "random", "version"];
const SORT_LETTERS: string = "ghMnRV";

function separatorOf(text: string): i32 {
  if (text.length == 0) die("empty tab", 2);
  if (text == "\\0") return 0;
  if (text.length > 1) die("multi-character tab " + quoteProse(text), 2);
  return byteAt(text, 0);
}

function readFile(lines: Lines, name: string): void {
  const fd = name == "-" ? 0 : openRead(name);
  if (fd < 0) dieErrno("cannot read: " + name, -fd, 2);
  const error = lines.read(fd);
  if (error != 0) dieErrno("read failed: " + name, error, 2);
  if (fd != 0) close(fd);
}

/** -c: the first line out of order, or -1. */
function disorder(lines: Lines, order: Order, unique: bool): i32 {
  for (let i = 1; i < lines.count; i++) {
    const c = order.compare(lines, i - 1, i);
    if (c > 0 || (unique && c == 0)) return i;
  }
  return -1;
}

const global = new Key();
const keys: Array<Key> = [];
let separator: u8 = 10;
let tab = -1;
let check = 0;
let unique = false;
let stable = false;
let output = "";


const options = new Options("bdfghik:Mmno:RrS:st:T:uVzcC", LONG, USAGE, 2);
while (options.next()) {
  const name = options.name;
  const value = options.value;
  if (name == "k") {
    const key = parseKey(value);
    if (key === null) die(keyError + ": invalid field specification " + quoteProse(value), 2);
    else keys.push(key);
  } else if (name == "t") tab = separatorOf(value);
  else if (name == "c" || name == "C") check = name == "c" ? 1 : 2;
  else if (name == "check") check = value == "quiet" || value == "silent" ? 2 : 1;
  else if (name == "o") output = value;
  else if (name == "u") unique = true;
  else if (name == "s") stable = true;
  else if (name == "z") separator = 0;
  else if (name == "sort") {
    const index = SORT_NAMES.indexOf(value);
    if (index < 0) dieUsage("invalid argument " + quoteProse(value) + " for " + quoteProse("--sort"), 2);
    global.option(byteAt(SORT_LETTERS, index), false);
  } else if (name.length == 1) global.option(byteAt(name, 0), false);
}

for (let i = 0; i < keys.length; i++) keys[i].inherit(global);
// Without -k the whole line is the key when an ordering was asked for.
if (keys.length == 0 && global.own) keys.push(global);
const order = new Order(keys, global.reverse);
order.tab = tab;
order.stable = (stable || unique) && keys.length > 0;
for (let i = 0; i < keys.length; i++) {
  if (keys[i].order != ORDER_RANDOM) continue;
  const salt = memory.data(8, 8);
  random_get(salt, 8);
  order.salt = load<u64>(salt);
}

const files = options.operands;
if (files.length == 0) files.push("-");
const lines = new Lines(separator);
if (check != 0) {
  if (files.length > 1) die("extra operand '" + files[1] + "' not allowed with -c", 2);
  readFile(lines, files[0]);
  const at = disorder(lines, order, unique);
  if (at < 0) finish(0, 2);
  if (check == 1) {
    let text = "";
    for (let p = lines.start(at); p < lines.end(at); p++) text += String.fromCharCode(load<u8>(p));
    die(files[0] + ":" + (at + 1).toString() + ": disorder: " + text, 1);
  }
  finish(1, 2);
}
for (let i = 0; i < files.length; i++) readFile(lines, files[i]);
const sorted = lines.sorted(order);
let out: Writer = stdout;
if (output.length > 0) {
  const fd = openWrite(output);
  if (fd < 0) dieErrno("open failed: " + output, -fd, 2);
  out = new Writer(fd);
}
for (let i = 0; i < sorted.length; i++) {
  const line = sorted[i];
  if (unique && i > 0 && order.compare(lines, sorted[i - 1], line) == 0) {
    // The first of equal lines stays the one to compare with.
    sorted[i] = sorted[i - 1];
    continue;
  }
  out.writeMemory(lines.start(line), <i32>(lines.end(line) + 1 - lines.start(line)));
}
const failed = out.flush();
if (output.length > 0 && failed != 0) dieErrno("write failed: " + output, failed, 2);
finish(0, 2);
