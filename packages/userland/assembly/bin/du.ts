/** du: room that files and trees take. */
import { FILETYPE_DIRECTORY } from "../../../abi/src/wasi";
import { die, dieUsage, finish, warnErrno } from "../lib/exit";
import { DirectoryEntry, readDirectory } from "../lib/directory";
import { fnmatch } from "../lib/fnmatch";
import * as fs from "../lib/fs";
import { stdout } from "../lib/io";
import { formatUnsigned, parseFailed, parseUnsigned } from "../lib/numbers";
import { Options } from "../lib/options";
import { joinPath } from "../lib/path";
import { quoteProse, quoteShell } from "../lib/quote";
import { humanSize, parseSize, sizeFailed, unitSuffix } from "../lib/sizes";

const USAGE = `Usage: du [OPTION]... [FILE]...
Show the room each FILE takes, directories with everything in them.

  -0, --null            NUL instead of newlines
  -a, --all             files too, not just directories
      --apparent-size   sizes of files, not the blocks they take
  -b, --bytes           --apparent-size --block-size=1
  -B, --block-size=SIZE in units of SIZE
  -c, --total           a total at the end
  -d, --max-depth=N     only N levels down
      --exclude=PATTERN leave out files that match
  -h, --human-readable  sizes like 1K 234M 2G
      --si              the same in powers of 1000
  -k, -m                in units of 1K, 1M
  -l, --count-links     files with several names each time
  -L, --dereference     follow links
  -s, --summarize       only a total for each FILE
  -S, --separate-dirs   directories without their subdirectories
  -x, --one-file-system stay on one file system`;

let unit: u64 = 1024;
let suffix = "";
let human: u64 = 0;
let apparent = false;
let all = false;
let withTotal = false;
let depthLimit = i32.MAX_VALUE;
let follow = false;
let countLinks = false;
let separate = false;
let oneFileSystem = false;
let delimiter = 10;
let status = 0;
const excludes: string[] = [];
/** Files with several names that have been counted: device and inode. */
const counted = new Set<u64>();

function show(bytes: u64, path: string): void {
  stdout.write(human != 0 ? humanSize(bytes, human) : formatUnsigned((bytes + unit - 1) / unit) + suffix);
  stdout.write("\t" + path);
  stdout.writeByte(delimiter);
}

function excluded(path: string, name: string): bool {
  for (let i = 0; i < excludes.length; i++) {
    if (fnmatch(excludes[i], name, 0) || fnmatch(excludes[i], path, 0)) return true;
  }
  return false;
}

/** Bytes of `path` and what is below, or 0 for what has been counted or cannot be looked at. */
function measure(path: string, name: string, depth: i32, device: u64): u64 {
  if (excluded(path, name)) return 0;
  const st = new fs.Stat();
  const error = follow ? fs.stat(path, st) : fs.lstat(path, st);
  if (error != 0) {
    warnErrno("cannot access " + quoteShell(path), error);
    status = 1;
    return 0;
  }
  if (oneFileSystem && depth > 0 && st.dev != device) return 0;
  if (!countLinks && (st.nlink > 1 || follow) && !st.isDirectory) {
    const key = (st.dev << 48) ^ st.ino;
    if (counted.has(key)) return 0;
    counted.add(key);
  }
  let own = apparent ? st.size : st.blocks * 512;
  if (!st.isDirectory) {
    if ((all || depth == 0) && depth <= depthLimit) show(own, path);
    return own;
  }
  const entries: DirectoryEntry[] = [];
  const listed = readDirectory(path, entries);
  if (listed != 0) {
    warnErrno("cannot read directory " + quoteShell(path), listed);
    status = 1;
  }
  let below: u64 = 0;
  for (let i = 0; i < entries.length; i++) {
    const child = entries[i].name;
    if (child == "." || child == "..") continue;
    const bytes = measure(joinPath(path, child), child, depth + 1, depth == 0 ? st.dev : device);
    if (separate && entries[i].type == FILETYPE_DIRECTORY) below += bytes;
    else own += bytes;
  }
  if (depth <= depthLimit) show(own, path);
  return own + below;
}

const options = new Options(
  "0abB:cd:hHkmlLsSxD",
  "null=0 all=a apparent-size bytes=b block-size:=B total=c max-depth:=d exclude: human-readable=h si count-links=l dereference=L summarize=s separate-dirs=S one-file-system=x",
  USAGE,
);
let summarize = false;
while (options.next()) {
  switch (options.name) {
    case "0":
      delimiter = 0;
      break;
    case "a":
      all = true;
      break;
    case "apparent-size":
      apparent = true;
      break;
    case "b":
      apparent = true;
      unit = 1;
      human = 0;
      break;
    case "B":
      unit = parseSize(options.value);
      if (sizeFailed || unit == 0) die("invalid -B argument '" + options.value + "'");
      suffix = unitSuffix(options.value);
      human = 0;
      break;
    case "c":
      withTotal = true;
      break;
    case "d": {
      const depth = parseUnsigned(options.value);
      if (parseFailed) dieUsage("invalid maximum depth " + quoteProse(options.value));
      depthLimit = <i32>min<u64>(depth, i32.MAX_VALUE);
      break;
    }
    case "exclude":
      excludes.push(options.value);
      break;
    case "h":
      human = 1024;
      break;
    case "si":
      human = 1000;
      break;
    case "k":
      unit = 1024;
      human = 0;
      break;
    case "m":
      unit = 1048576;
      human = 0;
      break;
    case "l":
      countLinks = true;
      break;
    case "L":
      follow = true;
      break;
    case "s":
      summarize = true;
      break;
    case "S":
      separate = true;
      break;
    case "x":
      oneFileSystem = true;
      break;
  }
}
if (summarize) {
  if (all) dieUsage("cannot both summarize and show all entries");
  if (depthLimit != i32.MAX_VALUE && depthLimit != 0) {
    dieUsage("warning: summarizing conflicts with --max-depth=" + formatUnsigned(depthLimit));
  }
  depthLimit = 0;
}
const files = options.operands.length > 0 ? options.operands : ["."];
let total: u64 = 0;
for (let i = 0; i < files.length; i++) total += measure(files[i], files[i], 0, 0);
if (withTotal) show(total, "total");
finish(status);
