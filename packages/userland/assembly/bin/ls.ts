/** ls: lists directories. */
import { choose } from "../lib/choice";
import { die, dieUsage, finish } from "../lib/exit";
import { isTerminal } from "../lib/io";
import { loadColors, terminalHasColors } from "../lib/ls/color";
import { listOperands, listStatus } from "../lib/ls/list";
import * as ls from "../lib/ls/settings";
import { settings } from "../lib/ls/settings";
import { parseFailed, parseUnsigned } from "../lib/numbers";
import { Options } from "../lib/options";
import { quoteProse } from "../lib/quote";
import { parseSize, sizeFailed, unitSuffix } from "../lib/sizes";
import { outputColumns } from "../lib/terminal";

const USAGE = `Usage: ls [OPTION]... [FILE]...
List files (default: what is in the working directory), in order of name.

  -a, --all             names that start with a dot too
  -A, --almost-all      the same without . and ..
      --author          with -l, the author of each file
  -b, --escape          C escapes for bytes that do not print
  -B, --ignore-backups  leave out names that end in ~
  -c                    with -lt: sort by and show the time of change of status
  -C                    in columns
      --color[=WHEN]    colours: always, auto, never
  -d, --directory       directories themselves, not what is in them
  -f                    in the order of the directory, all names
  -F, --classify        append one of */=@| for the type
      --file-type       the same without *
  -g                    as -l, without the owner
  -G, --no-group        with -l, without the group
      --group-directories-first
  -h, --human-readable  sizes like 1K 234M 2G
      --si              the same in powers of 1000
  -H, --dereference-command-line  follow links given as FILE
  -i, --inode           the number of each file
  -I, --ignore=PATTERN  leave out names that match PATTERN
  -k, --kibibytes       blocks of 1024 bytes
  -l                    long format
  -L, --dereference     follow all links
  -m                    a list with commas
  -n, --numeric-uid-gid as -l, with numbers for owner and group
  -N, --literal         names without quotes
  -o                    as -l, without the group
  -p                    append / to directories
  -q, --hide-control-chars  ? for bytes that do not print
  -Q, --quote-name      names in double quotes
      --quoting-style=WORD  literal, shell, shell-always, shell-escape, shell-escape-always, c, escape, locale
  -r, --reverse         in reverse order
  -R, --recursive       directories in directories too
  -s, --size            blocks each file takes
  -S                    in order of size, largest first
      --sort=WORD       none, size, time, version, extension, width
      --time=WORD       atime, access, use; ctime, status; mtime
      --time-style=STYLE  full-iso, long-iso, iso, locale, +FORMAT
      --full-time       -l --time-style=full-iso
  -t                    in order of time, newest first
  -T, --tabsize=COLS    assume tab stops at each COLS
  -u                    with -lt: sort by and show the time of access
  -U                    in the order of the directory
  -v                    numbers within names in order
  -w, --width=COLS      columns of the screen
  -x                    in lines instead of columns
  -X                    in order of extension
  -Z, --context         (ignored)
  -1                    one file per line
      --zero            end each line with NUL

Status: 0, 1 for minor trouble (a subdirectory), 2 for serious trouble (an operand).`;

const SORTS: StaticArray<i32> = [ls.SORT_NONE, ls.SORT_TIME, ls.SORT_SIZE, ls.SORT_EXTENSION, ls.SORT_VERSION, ls.SORT_WIDTH];
const TIMES: StaticArray<i32> = [ls.TIME_ACCESSED, ls.TIME_CHANGED, ls.TIME_MODIFIED];
const FORMATS: StaticArray<i32> = [ls.FORMAT_LONG, ls.FORMAT_COMMAS, ls.FORMAT_ACROSS, ls.FORMAT_COLUMNS, ls.FORMAT_ONE];
const QUOTINGS: StaticArray<i32> = [
  ls.QUOTE_LITERAL,
  ls.QUOTE_SHELL,
  ls.QUOTE_SHELL_ALWAYS,
  ls.QUOTE_SHELL_ESCAPE,
  ls.QUOTE_SHELL_ESCAPE_ALWAYS,
  ls.QUOTE_C,
  ls.QUOTE_C_MAYBE,
  ls.QUOTE_ESCAPE,
  ls.QUOTE_LOCALE,
  ls.QUOTE_LOCALE,
];

function timeStyle(word: string): string {
  if (word.startsWith("+")) return word.substring(1);
  switch (choose("time-style", word, "full-iso long-iso iso locale")) {
    case 0: return "%Y-%m-%d %H:%M:%S.%N %z";
    case 1: return "%Y-%m-%d %H:%M";
    case 2: return "%Y-%m-%d \n%m-%d %H:%M";
    default: return "";
  }
}

/** always, never or auto. */
function whenWord(option: string): bool {
  if (!options.hasValue) return true;
  const choice = choose(option, options.value, "always|yes|force never|no|none auto|tty|if-tty");
  return choice == 0 || (choice == 2 && terminal);
}

function setWidth(word: string): void {
  const width = parseUnsigned(word);
  if (parseFailed) dieUsage("invalid line width: " + quoteProse(word), 2);
  settings.width = width == 0 || width > 100000 ? 100000 : <i32>width;
  widthSet = true;
}

const terminal = isTerminal(1);
let widthSet = false;
let formatSet = -1;
let sortSet = -1;
let timeSet = -1;
let followSet = -1;
let quotingSet = -1;

const options = new Options(
  "abcdfghiklmnopqrstuvw:xABCFGHI:LNQRST:UXZ1",
  "all=a almost-all=A author escape=b ignore-backups=B color? directory=d classify? file-type no-group=G " +
    "group-directories-first human-readable=h si dereference-command-line=H dereference-command-line-symlink-to-dir " +
    "inode=i ignore:=I hide:=I kibibytes=k dereference=L numeric-uid-gid=n literal=N hide-control-chars=q show-control-chars " +
    "quote-name=Q quoting-style: reverse=r recursive=R size=s sort: time: time-style: full-time format: tabsize:=T " +
    "width:=w context=Z zero block-size: indicator-style: hyperlink?",
  USAGE,
  2,
);
if (terminal) {
  settings.format = ls.FORMAT_COLUMNS;
  settings.quoting = ls.QUOTE_SHELL_ESCAPE;
  settings.hideControl = true;
}
while (options.next()) {
  switch (options.name) {
    case "a":
      settings.all = true;
      break;
    case "A":
      settings.almostAll = true;
      settings.all = false;
      break;
    case "author":
      settings.author = true;
      break;
    case "b":
      quotingSet = ls.QUOTE_ESCAPE;
      break;
    case "B":
      settings.ignoreBackups = true;
      break;
    case "c":
      timeSet = ls.TIME_CHANGED;
      break;
    case "C":
      formatSet = ls.FORMAT_COLUMNS;
      break;
    case "color":
      settings.color = whenWord("color");
      break;
    case "d":
      settings.directories = true;
      break;
    case "f":
      settings.all = true;
      sortSet = ls.SORT_NONE;
      if (formatSet == ls.FORMAT_LONG) formatSet = -1;
      settings.blocks = settings.color = false;
      break;
    case "F":
      settings.indicate = ls.INDICATE_CLASSIFY;
      break;
    case "classify":
      if (whenWord("classify")) settings.indicate = ls.INDICATE_CLASSIFY;
      break;
    case "file-type":
      settings.indicate = ls.INDICATE_TYPE;
      break;
    case "format":
      formatSet = FORMATS[choose("format", options.value, "verbose|long commas horizontal|across vertical single-column")];
      break;
    case "full-time":
      formatSet = ls.FORMAT_LONG;
      settings.timeFormat = timeStyle("full-iso");
      break;
    case "g":
      formatSet = ls.FORMAT_LONG;
      settings.owner = false;
      break;
    case "G":
      settings.group = false;
      break;
    case "group-directories-first":
      settings.directoriesFirst = true;
      break;
    case "h":
      settings.human = true;
      settings.humanUnit = 1024;
      break;
    case "si":
      settings.human = true;
      settings.humanUnit = 1000;
      break;
    case "H":
      followSet = ls.FOLLOW_OPERANDS;
      break;
    case "dereference-command-line-symlink-to-dir":
      followSet = ls.FOLLOW_OPERAND_DIRECTORIES;
      break;
    case "i":
      settings.inode = true;
      break;
    case "I":
      settings.ignorePatterns.push(options.value);
      break;
    case "indicator-style":
      settings.indicate = choose("indicator-style", options.value, "none slash file-type classify");
      break;
    case "k":
      settings.blockUnit = 1024;
      break;
    case "block-size":
      if (options.value == "human-readable") settings.human = true;
      else {
        const unit = parseSize(options.value);
        if (sizeFailed || unit == 0) die("invalid --block-size argument '" + options.value + "'", 2);
        settings.blockUnit = settings.sizeUnit = unit;
        settings.unitSuffix = unitSuffix(options.value);
      }
      break;
    case "l":
      formatSet = ls.FORMAT_LONG;
      break;
    case "L":
      followSet = ls.FOLLOW_ALWAYS;
      break;
    case "m":
      formatSet = ls.FORMAT_COMMAS;
      break;
    case "n":
      formatSet = ls.FORMAT_LONG;
      settings.numeric = true;
      break;
    case "N":
      quotingSet = ls.QUOTE_LITERAL;
      break;
    case "o":
      formatSet = ls.FORMAT_LONG;
      settings.group = false;
      break;
    case "p":
      settings.indicate = ls.INDICATE_SLASH;
      break;
    case "q":
      settings.hideControl = true;
      break;
    case "show-control-chars":
      settings.hideControl = false;
      break;
    case "Q":
      quotingSet = ls.QUOTE_C;
      break;
    case "quoting-style":
      quotingSet = QUOTINGS[choose("quoting-style", options.value, "literal shell shell-always shell-escape shell-escape-always c c-maybe escape locale clocale")];
      break;
    case "r":
      settings.reverse = true;
      break;
    case "R":
      settings.recursive = true;
      break;
    case "s":
      settings.blocks = true;
      break;
    case "S":
      sortSet = ls.SORT_SIZE;
      break;
    case "sort":
      sortSet = SORTS[choose("sort", options.value, "none time size extension version width")];
      break;
    case "t":
      sortSet = ls.SORT_TIME;
      break;
    case "time":
      timeSet = TIMES[choose("time", options.value, "atime|access|use ctime|status mtime|modification")];
      break;
    case "time-style":
      settings.timeFormat = timeStyle(options.value);
      break;
    case "T":
      settings.tabSize = <i32>parseUnsigned(options.value);
      if (parseFailed) dieUsage("invalid tab size: " + quoteProse(options.value), 2);
      break;
    case "u":
      timeSet = ls.TIME_ACCESSED;
      break;
    case "U":
      sortSet = ls.SORT_NONE;
      break;
    case "v":
      sortSet = ls.SORT_VERSION;
      break;
    case "w":
      setWidth(options.value);
      break;
    case "x":
      formatSet = ls.FORMAT_ACROSS;
      break;
    case "X":
      sortSet = ls.SORT_EXTENSION;
      break;
    case "1":
      if (formatSet != ls.FORMAT_LONG) formatSet = ls.FORMAT_ONE;
      break;
    case "zero":
      settings.delimiter = 0;
      settings.color = settings.hideControl = false;
      quotingSet = ls.QUOTE_LITERAL;
      if (formatSet != ls.FORMAT_LONG) formatSet = ls.FORMAT_ONE;
      break;
  }
}
if (formatSet >= 0) settings.format = formatSet;
if (quotingSet >= 0) settings.quoting = quotingSet;
if (timeSet >= 0) settings.time = timeSet;
// -c and -u alone sort by their time, unless a long listing only shows it.
settings.sort =
  sortSet >= 0 ? sortSet : timeSet >= 0 && settings.format != ls.FORMAT_LONG ? ls.SORT_TIME : ls.SORT_NAME;
if (!widthSet) settings.width = outputColumns(1);
settings.follow =
  followSet >= 0
    ? followSet
    : settings.directories || settings.indicate == ls.INDICATE_CLASSIFY || settings.format == ls.FORMAT_LONG
      ? ls.FOLLOW_NEVER
      : ls.FOLLOW_OPERAND_DIRECTORIES;
settings.color = settings.color && terminalHasColors();
if (settings.color) {
  loadColors();
  // Escape codes and tab stops do not go together on every terminal.
  settings.tabSize = 0;
}
listOperands(options.operands.length > 0 ? options.operands : ["."]);
finish(listStatus, 2);
