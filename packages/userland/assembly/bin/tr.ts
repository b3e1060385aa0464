import { CLASS_LOWER, CLASS_NONE, CLASS_OTHER, CLASS_UPPER, CharList, parseSet, setError } from "../lib/tr/set";
import { Options } from "../lib/options";
import { die, dieErrno, finish, warn } from "../lib/exit";
import { proc_exit } from "../lib/wasi";
import { programName } from "../lib/args";
import { quoteProse } from "../lib/quote";
import { stdin, stdout, writeText } from "../lib/io";

const USAGE = `Usage: tr [OPTION]... STRING1 [STRING2]
Translate, squeeze or delete characters of standard input.

  -c, -C                     use the complement of STRING1
  -d                         delete characters of STRING1
  -s                         squeeze repeats of characters of the last STRING
  -t                         cut STRING1 to the length of STRING2
`;

function usageError(message: string, more: string): void {
  warn(message);
  writeText(2, (more.length > 0 ? more + "\n" : "") + "Try '" + programName + " --help' for more information.\n");
  proc_exit(1);
}

function parse(text: string, second: bool): CharList {
  const list = parseSet(text, second);
  if (list === null) die(setError);
  return list!;
}

/** All bytes not in `list`, in order. */
function complementOf(list: CharList): CharList {
  const member = membership(list);
  const out = new CharList();
  for (let c = 0; c < 256; c++) if (!member[c]) out.add(c, CLASS_NONE);
  return out;
}

function membership(list: CharList): StaticArray<bool> {
  const member = new StaticArray<bool>(256);
  for (let i = 0; i < list.bytes.length; i++) member[list.bytes[i]] = true;
  return member;
}

let complement = false;
let deletes = false;
let squeezes = false;
let truncates = false;
const options = new Options("+cCdst", "complement=c delete=d squeeze-repeats=s truncate-set1=t", USAGE);
while (options.next()) {
  if (options.name == "d") deletes = true;
  else if (options.name == "s") squeezes = true;
  else if (options.name == "t") truncates = true;
  else complement = true;
}
const operands = options.operands;
const translates = operands.length == 2 && !deletes;
const wanted = deletes == squeezes ? 2 : 1;
if (operands.length == 0) usageError("missing operand", "");
if (operands.length < wanted) {
  usageError(
    "missing operand after " + quoteProse(operands[0]),
    squeezes ? "Two strings must be given when both deleting and squeezing repeats." : "Two strings must be given when translating.",
  );
}
const most = deletes && !squeezes ? 1 : 2;
if (operands.length > most) {
  usageError(
    "extra operand " + quoteProse(operands[most]),
    operands.length == 2 ? "Only one string may be given when deleting without squeezing repeats." : "",
  );
}

let set1 = parse(operands[0], false);
if (complement) set1 = complementOf(set1);
let set2 = new CharList();
const map = new StaticArray<u8>(256);
for (let c = 0; c < 256; c++) map[c] = <u8>c;

/** In a translation `[:upper:]` and `[:lower:]` may stand only opposite each other. */
function checkClasses(): void {
  for (let i = 0; i < set2.bytes.length; i++) {
    const kind = set2.classes[i];
    if (kind == CLASS_OTHER) {
      die("when translating, the only character classes that may appear in\nstring2 are 'upper' and 'lower'");
    }
    if (kind != CLASS_UPPER && kind != CLASS_LOWER) continue;
    const opposite = i < set1.bytes.length ? set1.classes[i] : CLASS_NONE;
    if (opposite != CLASS_UPPER && opposite != CLASS_LOWER) die("misaligned [:upper:] and/or [:lower:] construct");
  }
}

function buildMap(): void {
  set2.fill(set1.bytes.length);
  checkClasses();
  if (truncates) {
    set1.bytes.length = min(set1.bytes.length, set2.bytes.length);
  } else if (set2.bytes.length == 0) {
    if (set1.bytes.length == 0) return;
    die("when not truncating set1, string2 must be non-empty");
  }
  const last = set2.bytes.length - 1;
  for (let i = 0; i < set1.bytes.length; i++) map[set1.bytes[i]] = <u8>set2.bytes[min(i, last)];
}

if (operands.length == 2) {
  set2 = parse(operands[1], true);
  if (translates) buildMap();
}
const deleted = deletes ? membership(set1) : new StaticArray<bool>(256);
const squeezed = squeezes ? membership(operands.length == 2 ? set2 : set1) : new StaticArray<bool>(256);

let previous = -1;
while (stdin.available > 0 || stdin.fill()) {
  const data = stdin.data;
  const length = stdin.available;
  let out = 0;
  // Never longer than what was read, so it is rewritten in place.
  for (let i = 0; i < length; i++) {
    const from = load<u8>(data + i);
    if (unchecked(deleted[from])) continue;
    const c = <i32>unchecked(map[from]);
    if (c == previous && unchecked(squeezed[c])) continue;
    previous = c;
    store<u8>(data + out++, c);
  }
  stdout.writeMemory(data, out);
  stdin.skip(length);
}
if (stdin.error != 0) dieErrno("read error", stdin.error);
finish(0);
