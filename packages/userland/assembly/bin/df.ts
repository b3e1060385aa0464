/** df: room on file systems. */
import { die, finish, warnErrno } from "../lib/exit";
import * as fs from "../lib/fs";
import { Mount, mountOf, readMounts } from "../lib/mounts";
import { formatUnsigned } from "../lib/numbers";
import { Options } from "../lib/options";
import { quoteIfNeeded } from "../lib/quote";
import { humanSize, parseSize, sizeFailed, unitSuffix } from "../lib/sizes";
import { writeTable } from "../lib/table";

const USAGE = `Usage: df [OPTION]... [FILE]...
Show the room on file systems: of all, or those FILEs are on.

  -a, --all             those without blocks too
  -B, --block-size=SIZE in units of SIZE
  -h, --human-readable  sizes like 1K 234M 2G
  -H, --si              the same in powers of 1000
  -i, --inodes          files instead of blocks
  -k                    in units of 1024 bytes
  -P, --portability     as POSIX has it
  -t, --type=TYPE       only file systems of TYPE
  -T, --print-type      the type of each
  -x, --exclude-type=TYPE  not those of TYPE
      --total           a line with sums`;

const FIGURES = memory.data(40, 8);

let unit: u64 = 1024;
let suffix = "";
let human: u64 = 0;
let inodes = false;
let all = false;
let portable = false;
let showType = false;
let withTotal = false;
const types: string[] = [];
const excluded: string[] = [];
const rows: string[][] = [];
let totalSize: u64 = 0;
let totalFree: u64 = 0;

function size(bytes: u64): string {
  if (human != 0) return humanSize(bytes, human);
  return inodes ? formatUnsigned(bytes) : formatUnsigned((bytes + unit - 1) / unit) + suffix;
}

function percent(used: u64, total: u64): string {
  return total == 0 ? "-" : formatUnsigned((used * 100 + total - 1) / total) + "%";
}

function addRow(source: string, type: string, total: u64, free: u64, target: string): void {
  const used = total - min(free, total);
  const row = [source];
  if (showType) row.push(type);
  row.push(size(total));
  row.push(size(used));
  row.push(size(free));
  row.push(percent(used, total));
  row.push(target);
  rows.push(row);
}

/** `named`: the user asked for this one, so it shows even when it has no blocks. */
function show(mount: Mount, named: bool): i32 {
  if (types.length > 0 && !types.includes(mount.type)) return 0;
  if (excluded.includes(mount.type)) return 0;
  const error = fs.statfs(mount.target, FIGURES);
  if (error != 0) return error;
  const total = load<u64>(FIGURES + (inodes ? 16 : 0));
  const free = load<u64>(FIGURES + (inodes ? 24 : 8));
  if (load<u64>(FIGURES) == 0 && !all && !named) return 0;
  addRow(mount.source, mount.type, total, free, mount.target);
  totalSize += total;
  totalFree += free;
  return 0;
}

function blockTitle(): string {
  if (inodes) return "Inodes";
  if (human != 0) return "Size";
  if (portable) return formatUnsigned(unit) + "-blocks";
  if (unit == 1024) return "1K-blocks";
  return (unit % 1024 == 0 ? humanSize(unit).replace(".0", "") : formatUnsigned(unit) + "B") + "-blocks";
}

const options = new Options(
  "aB:hHikPt:Tx:l",
  "all=a block-size:=B human-readable=h si=H inodes=i local=l portability=P type:=t print-type=T exclude-type:=x total sync no-sync",
  USAGE,
);
while (options.next()) {
  switch (options.name) {
    case "a":
      all = true;
      break;
    case "B":
      unit = parseSize(options.value);
      if (sizeFailed || unit == 0) die("invalid -B argument '" + options.value + "'");
      suffix = unitSuffix(options.value);
      human = 0;
      break;
    case "h":
      human = 1024;
      break;
    case "H":
      human = 1000;
      break;
    case "i":
      inodes = true;
      break;
    case "k":
      unit = 1024;
      human = 0;
      break;
    case "P":
      portable = true;
      break;
    case "t":
      types.push(options.value);
      break;
    case "T":
      showType = true;
      break;
    case "x":
      excluded.push(options.value);
      break;
    case "total":
      withTotal = true;
      break;
  }
}
const title = ["Filesystem"];
if (showType) title.push("Type");
title.push(blockTitle());
title.push(inodes ? "IUsed" : "Used");
title.push(inodes ? "IFree" : human != 0 && !portable ? "Avail" : "Available");
title.push(inodes ? "IUse%" : portable ? "Capacity" : "Use%");
title.push("Mounted on");
rows.push(title);
let status = 0;
const files = options.operands;
for (let i = 0; i < files.length; i++) {
  const st = new fs.Stat();
  let error = fs.stat(files[i], st);
  if (error == 0) {
    const mount = mountOf(files[i]);
    if (mount !== null) error = show(mount, true);
  }
  if (error != 0) {
    warnErrno(quoteIfNeeded(files[i]), error);
    status = 1;
  }
}
if (files.length == 0) {
  const mounts = readMounts();
  for (let i = 0; i < mounts.length; i++) {
    const error = show(mounts[i], false);
    if (error != 0) {
      warnErrno(quoteIfNeeded(mounts[i].target), error);
      status = 1;
    }
  }
}
if (rows.length == 1) {
  if (status == 0) die("no file systems processed");
  finish(status);
}
if (withTotal) addRow("total", "-", totalSize, totalFree, "-");
writeTable(rows, showType ? "llrrrrl" : "lrrrrl", showType ? [14, 4, 5, 5, 5, 4, 0] : [14, 5, 5, 5, 4, 0]);
finish(status);
