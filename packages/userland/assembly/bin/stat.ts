/** stat: what is known about files and file systems. */
import { die, dieUsage, finish, warnErrno } from "../lib/exit";
import { Directive } from "../lib/directive";
import { expandEscapes } from "../lib/escapes";
import * as fs from "../lib/fs";
import { stdout } from "../lib/io";
import { modeText, typeBits, typeName } from "../lib/mode";
import { formatPadded, formatUnsigned } from "../lib/numbers";
import { mountPoint, mountType } from "../lib/mounts";
import { Options } from "../lib/options";
import { quoteIfNeeded, quoteShell } from "../lib/quote";
import { format } from "../lib/strftime";
import { localCalendar, localZone } from "../lib/timezone";
import { groupName, userName } from "../lib/users";

const USAGE = `Usage: stat [OPTION]... FILE...
Show what is known about files.

  -L, --dereference    follow links
  -f, --file-system    about the file system a file is on
  -c, --format=FORMAT  in this form, a newline after each
      --printf=FORMAT  the same with backslash escapes and no newline
  -t, --terse          in one line

FORMAT for files: %a %A permissions (octal, text), %b blocks, %B their size, %d %D device, %f raw mode,
%F type, %g %G group, %h links, %i inode, %m mount point, %n name, %N quoted name and link, %o I/O size,
%s size, %t %T device type, %u %U owner, %w %W birth, %x %X access, %y %Y modification, %z %Z change.
FORMAT for file systems: %a %b %c %d %f %i %l %n %s %S %t %T.`;

const DEFAULT = `  File: %N
  Size: %-10s\tBlocks: %-10b IO Block: %-6o %F
Device: %Hd,%Ld\tInode: %-11i Links: %h
Access: (%04a/%10.10A)  Uid: (%5u/%8U)   Gid: (%5g/%8G)
Access: %x
Modify: %y
Change: %z
 Birth: %w
`;
const DEFAULT_DEVICE = DEFAULT.replace("Links: %h", "Links: %-5h Device type: %Hr,%Lr");
const TERSE = "%n %s %b %f %u %g %D %i %h %t %T %X %Y %Z %W %o\n";
const DEFAULT_SYSTEM = `  File: "%n"
    ID: %-8i Namelen: %-7l Type: %T
Block size: %-10s Fundamental block size: %S
Blocks: Total: %-10b Free: %-10f Available: %a
Inodes: Total: %-10c Free: %d
`;
const TERSE_SYSTEM = "%n %i %l %t %s %S %b %f %a %c %d\n";

/** Longest file name (NAME_MAX of packages/abi/src/params.ts). */
const NAME_MAX = 255;
const FIGURES = memory.data(40, 8);

const zone = localZone();
let follow = false;
let fileSystem = false;

function timeText(time: u64): string {
  return format("%Y-%m-%d %H:%M:%S.%N %z", localCalendar(zone, time));
}

/** Seconds, with as many decimals as the precision asks for. */
function secondsText(time: u64, directive: Directive): string {
  const whole = formatUnsigned(time / 1000000000);
  if (directive.precision < 0) return directive.string(whole);
  const digits = formatPadded(time % 1000000000, 9);
  const decimals = directive.precision == 0 ? 9 : directive.precision;
  const fraction = decimals <= 9 ? digits.substring(0, decimals) : digits + "0".repeat(decimals - 9);
  directive.precision = -1;
  return directive.string(whole + "." + fraction);
}

function number(directive: Directive, letter: i32, value: u64): string {
  directive.conversion = letter;
  return directive.integer(value, false);
}

function major(device: u64): u64 {
  return (device >> 8) & 0xfff;
}

function minor(device: u64): u64 {
  return (device & 0xff) | ((device >> 12) & 0xfff00);
}

/** The default form quotes only what needs it. */
function quoted(name: string): string {
  return pattern.length > 0 ? quoteShell(name) : quoteIfNeeded(name);
}

function nameAndTarget(name: string, st: fs.Stat): string {
  if (!st.isSymlink || fs.readlink(name) != 0) return quoted(name);
  return quoted(name) + " -> " + quoted(fs.text);
}

function fileField(letter: string, part: string, d: Directive, name: string, st: fs.Stat): string {
  switch (letter) {
    case "a": return number(d, 111, st.mode);
    case "A": return d.string(modeText(st));
    case "b": return number(d, 117, st.blocks);
    case "B": return number(d, 117, 512);
    case "d": return number(d, 117, part == "H" ? major(st.dev) : part == "L" ? minor(st.dev) : st.dev);
    case "D": return number(d, 120, st.dev);
    case "f": return number(d, 120, st.mode | typeBits(st));
    case "F": return d.string(typeName(st));
    case "g": return number(d, 117, st.gid);
    case "G": return d.string(groupName(st.gid));
    case "h": return number(d, 117, st.nlink);
    case "i": return number(d, 117, st.ino);
    case "m": return d.string(mountPoint(name));
    case "n": return d.string(name);
    case "N": return d.string(nameAndTarget(name, st));
    case "o": return number(d, 117, st.blockSize == 0 ? 4096 : st.blockSize);
    case "r": return number(d, 117, part == "H" ? major(st.device) : part == "L" ? minor(st.device) : st.device);
    case "s": return number(d, 117, st.size);
    case "t": return number(d, 120, major(st.device));
    case "T": return number(d, 120, minor(st.device));
    case "u": return number(d, 117, st.uid);
    case "U": return d.string(userName(st.uid));
    // No file system here records when a file was made.
    case "w": return d.string("-");
    case "W": return number(d, 117, 0);
    case "x": return d.string(timeText(st.atim));
    case "X": return secondsText(st.atim, d);
    case "y": return d.string(timeText(st.mtim));
    case "Y": return secondsText(st.mtim, d);
    case "z": return d.string(timeText(st.ctim));
    case "Z": return secondsText(st.ctim, d);
    default: return "?";
  }
}

function systemField(letter: string, d: Directive, name: string): string {
  const unit = max<u64>(load<u64>(FIGURES, 32), 1);
  switch (letter) {
    case "a":
    case "f": return number(d, 117, load<u64>(FIGURES, 8) / unit);
    case "b": return number(d, 117, load<u64>(FIGURES) / unit);
    case "c": return number(d, 117, load<u64>(FIGURES, 16));
    case "d": return number(d, 117, load<u64>(FIGURES, 24));
    case "i": return number(d, 120, 0);
    case "l": return number(d, 117, NAME_MAX);
    case "n": return d.string(name);
    case "s":
    case "S": return number(d, 117, unit);
    case "t": return number(d, 120, 0);
    case "T": return d.string(mountType(name));
    default: return "?";
  }
}

function show(pattern: string, name: string, st: fs.Stat): void {
  let at = 0;
  while (at < pattern.length) {
    const percent = pattern.indexOf("%", at);
    stdout.write(percent < 0 ? pattern.substring(at) : pattern.substring(at, percent));
    if (percent < 0) return;
    if (pattern.charAt(percent + 1) == "%" || percent + 1 == pattern.length) {
      stdout.writeByte(37);
      at = percent + 2;
      continue;
    }
    const directive = new Directive(pattern, percent, false);
    let letter = String.fromCharCode(directive.conversion);
    let part = "";
    at = directive.end;
    if ((letter == "H" || letter == "L") && at < pattern.length && "dr".includes(pattern.charAt(at))) {
      part = letter;
      letter = pattern.charAt(at++);
    }
    stdout.write(fileSystem ? systemField(letter, directive, name) : fileField(letter, part, directive, name, st));
  }
}

const options = new Options(
  "c:fLt",
  "dereference=L file-system=f format:=c printf: terse=t cached:",
  USAGE,
);
let pattern = "";
let newline = true;
let terse = false;
while (options.next()) {
  switch (options.name) {
    case "c":
      pattern = options.value;
      newline = true;
      break;
    case "f":
      fileSystem = true;
      break;
    case "L":
      follow = true;
      break;
    case "printf":
      pattern = expandEscapes(options.value, true);
      newline = false;
      break;
    case "t":
      terse = true;
      break;
  }
}
if (options.operands.length == 0) dieUsage("missing operand");
let status = 0;
for (let i = 0; i < options.operands.length; i++) {
  const name = options.operands[i];
  const st = new fs.Stat();
  if (fileSystem) {
    if (name == "-") die("using '-' to denote standard input does not work in file system mode");
    const error = fs.statfs(name, FIGURES);
    if (error != 0) {
      warnErrno("cannot read file system information for " + quoteShell(name), error);
      status = 1;
      continue;
    }
  } else {
    const error = name == "-" ? fs.fstat(0, st) : follow ? fs.stat(name, st) : fs.lstat(name, st);
    if (error != 0) {
      warnErrno("cannot " + (name == "-" ? "stat standard input" : "statx " + quoteShell(name)), error);
      status = 1;
      continue;
    }
  }
  if (pattern.length > 0) {
    show(pattern, name, st);
    if (newline) stdout.writeByte(10);
    continue;
  }
  if (fileSystem) show(terse ? TERSE_SYSTEM : DEFAULT_SYSTEM, name, st);
  else show(terse ? TERSE : st.device != 0 ? DEFAULT_DEVICE : DEFAULT, name, st);
}
finish(status);
