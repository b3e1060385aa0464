import { ItemSource } from "../lib/xargs/source";
import { Options } from "../lib/options";
import { Reader, stdin, writeText } from "../lib/io";
import { Runner } from "../lib/xargs/runner";
import { byteAt, isAllDigits } from "../lib/bytes";
import { dieUsage, finish, die } from "../lib/exit";
import { errorText } from "../lib/errno-text";
import { openRead } from "../lib/fs";
import { decodeEscape } from "../lib/sed/escape";
import { environment } from "../lib/args";
import { quoteProse } from "../lib/quote";

const USAGE = `Usage: xargs [OPTION]... COMMAND [INITIAL-ARGS]...
Run COMMAND with arguments INITIAL-ARGS and more arguments read from input.

  -0, -d CHAR                items end in NUL, in CHAR
  -a FILE                    read from FILE
  -E STRING                  stop at an item equal to STRING
  -I R                       replace R in INITIAL-ARGS by each input line
  -L N, -n N, -s N           at most N lines, arguments, characters per command
  -P N                       N commands at a time, 0 for as many as possible
  -p, -t                     ask before each command; show it
  -r                         no command for empty input
  -x                         stop when -s is exceeded
`;

/** ARG_MAX (packages/abi/src/params.ts) less POSIX's margin for the command to change its environment. */
const LIMIT: i32 = 2097152 - 2048;
/** Characters per command when -s does not say. */
const DEFAULT_SIZE: i32 = 131072;

function number(text: string, letter: string, least: i32): i32 {
  if (!isAllDigits(text)) dieUsage('invalid number "' + text + '" for -' + letter + " option");
  const n = <i32>min(i64.parse(text), <i64>i32.MAX_VALUE);
  if (n < least) dieUsage("value " + text + " for -" + letter + " option should be >= " + least.toString());
  return n;
}

function delimiterOf(text: string): i32 {
  if (text.length == 1) return byteAt(text, 0);
  if (text.startsWith("\\")) {
    if (text == "\\n") return 10;
    if (text == "\\0") return 0;
    if (text == "\\\\") return 92;
    const c = decodeEscape(text, 1);
    if (c >= 0) return c;
  }
  die("Invalid input delimiter specification " + text + ": the delimiter must be either a single character or an escape sequence starting with \\.");
  return -1;
}

let delimiter = -1;
let endMarker = "";
let replace = "";
let maxLines = 0;
let maxItems = 0;
let maxSize = DEFAULT_SIZE;
let parallel = 1;
let skipEmpty = false;
let exitIfTooLong = false;
let file = "";
let trace = false;
let ask = false;
let keepStdin = false;

const options = new Options(
  "+0a:d:E:e::I:i::L:l::n:P:prs:txo",
  "null=0 arg-file:=a delimiter:=d eof?=e replace?=i max-lines?=l max-args:=n max-procs:=P interactive=p no-run-if-empty=r max-chars:=s verbose=t exit=x open-tty=o",
  USAGE,
);
while (options.next()) {
  const name = options.name;
  const value = options.value;
  if (name == "0") delimiter = 0;
  else if (name == "a") file = value;
  else if (name == "d") delimiter = delimiterOf(value);
  else if (name == "E" || name == "e") endMarker = value;
  else if (name == "I" || name == "i") {
    replace = value.length > 0 ? value : "{}";
    maxItems = 0;
    maxLines = 0;
  } else if (name == "L" || name == "l") {
    maxLines = options.hasValue ? number(value, "L", 1) : 1;
    maxItems = 0;
    replace = "";
  } else if (name == "n") {
    maxItems = number(value, "n", 1);
    maxLines = 0;
    // findutils: -n 1 goes together with -I.
    if (replace.length > 0 && maxItems != 1) {
      writeText(2, "xargs: warning: options --replace and --max-args/-n are mutually exclusive, ignoring previous --replace value\n");
      replace = "";
    }
    if (replace.length > 0) maxItems = 0;
  } else if (name == "P") parallel = number(value, "P", 0);
  else if (name == "s") maxSize = min(number(value, "s", 1), LIMIT);
  else if (name == "p") ask = true;
  else if (name == "r") skipEmpty = true;
  else if (name == "t") trace = true;
  else if (name == "x") exitIfTooLong = true;
  else if (name == "o") keepStdin = true;
}

const command = options.operands.length > 0 ? options.operands : ["echo"];
let reader: Reader = stdin;
if (file.length > 0 && file != "-") {
  const fd = openRead(file);
  if (fd < 0) die("Cannot open input file " + quoteProse(file) + ": " + errorText(-fd));
  reader = new Reader(fd);
  keepStdin = true;
}
const source = new ItemSource(reader, delimiter, endMarker, replace.length > 0);
const runner = new Runner(parallel);
runner.trace = trace;
runner.ask = ask;
runner.keepStdin = keepStdin;

function sizeOf(list: Array<string>): i32 {
  let n = 0;
  for (let i = 0; i < list.length; i++) n += list[i].length + 1;
  return n;
}

function tooLong(): void {
  runner.finish();
  die("argument line too long");
}

/** -I: one command per line, with the line in place of every `replace`. */
function runReplacing(): void {
  for (let item = source.next(); item !== null && !runner.aborted; item = source.next()) {
    const argv: Array<string> = [command[0]];
    for (let i = 1; i < command.length; i++) argv.push(command[i].split(replace).join(item!));
    if (sizeOf(argv) > maxSize) tooLong();
    runner.start(argv);
  }
}

function runBatches(): void {
  const base = sizeOf(command);
  // The environment counts against the system's limit.
  const room = min(maxSize, LIMIT - sizeOf(environment()));
  if (base > room) tooLong();
  let argv = command.slice(0);
  let size = base;
  let lines = 0;
  let ran = false;
  for (let item = source.next(); item !== null && !runner.aborted; item = source.next()) {
    const items = argv.length - command.length;
    if (size + item.length + 1 > room) {
      if (exitIfTooLong) {
        runner.finish();
        die("argument list too long");
      }
      if (items == 0) tooLong();
      runner.start(argv);
      ran = true;
      argv = command.slice(0);
      size = base;
      lines = 0;
    }
    if (base + item.length + 1 > room) tooLong();
    argv.push(item);
    size += item.length + 1;
    if (source.endsLine) lines++;
    if ((maxItems > 0 && argv.length - command.length >= maxItems) || (maxLines > 0 && lines >= maxLines)) {
      runner.start(argv);
      ran = true;
      argv = command.slice(0);
      size = base;
      lines = 0;
    }
  }
  if (!runner.aborted && (argv.length > command.length || (!ran && !skipEmpty))) runner.start(argv);
}

if (replace.length > 0) runReplacing();
else runBatches();
runner.finish();
finish(runner.status);
