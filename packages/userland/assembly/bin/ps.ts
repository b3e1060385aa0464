/** ps: processes. */
import { args } from "../lib/args";
import { padEnd, padStart } from "../lib/bytes";
import { proc_getpid } from "../lib/cloudos";
import { die, dieUsage, finish } from "../lib/exit";
import { isTerminal, stdout } from "../lib/io";
import { formatUnsigned, parseFailed, parseUnsigned } from "../lib/numbers";
import { Options } from "../lib/options";
import { Process, readProcess, readProcesses } from "../lib/proc/process";
import { addColumns, canonical, Column, cpuPercent, field, isLeft } from "../lib/proc/columns";
import { outputColumns } from "../lib/terminal";
import { userName } from "../lib/users";

const USAGE = `Usage: ps [OPTION]...
Show processes; without options, those of this terminal.

  -A, -e, ax     all processes
  -a             all with a terminal, but session leaders
  -f             full format
  -l             long format
  u              by use: aux shows everything
  -o, -O FORMAT  these columns: pid ppid pgid sid tty stat state s user uid pri ni nice vsz rss size
                 pcpu %cpu pmem %mem etime etimes time cputime start lstart comm ucmd args cmd command psr nlwp tpgid
                 cls (TS or RR) rtprio wchan job;
                 NAME=TITLE gives a title, NAME= none
  -p PID,...     these processes
  -t TTY,...     of these terminals
  -u USER,...    of these users
  -C NAME,...    with these names
  --no-headers   without a title line
  --sort=KEY     in this order; -KEY backwards
  -w             wide lines`;

function numbers(list: string): i32[] {
  const out: i32[] = [];
  const words = list.replaceAll(" ", ",").split(",");
  for (let i = 0; i < words.length; i++) {
    const value = parseUnsigned(words[i]);
    if (parseFailed) die("error: process ID list syntax error");
    out.push(<i32>value);
  }
  return out;
}

/** "aux", "ax", "-ef", "-p 1": BSD letters come without a dash. */
function modernize(list: string[]): string[] {
  if (list.length == 0 || list[0].startsWith("-")) return list;
  const out: string[] = [];
  const first = list[0];
  const value = parseUnsigned(first);
  if (!parseFailed && value > 0) return ["-p"].concat(list);
  for (let i = 0; i < first.length; i++) {
    switch (first.charAt(i)) {
      case "a": out.push("--bsd-all"); break;
      case "x": out.push("--bsd-no-tty"); break;
      case "u": out.push("--bsd-user"); break;
      case "l": out.push("-l"); break;
      case "e": case "w": case "f": break;
      case "o": out.push("-o"); break;
      default: return list;
    }
  }
  return out.concat(list.slice(1));
}

const options = new Options(
  "AeafljwHNdTo:O:p:t:u:U:C:g:s:",
  "bsd-all bsd-no-tty bsd-user no-headers no-heading headers sort: format:=o pid:=p tty:=t user:=u ppid: forest columns: cols:",
  USAGE,
  1,
  modernize(args),
);
const columns: Column[] = [];
let all = false;
let withTty = false;
let bsdAll = false;
let bsdNoTty = false;
let layout = "";
let headers = true;
let wide = false;
let sortKey = "";
let pids: i32[] = [];
let parents: i32[] = [];
let ttys: string[] = [];
let users: string[] = [];
let names: string[] = [];
while (options.next()) {
  switch (options.name) {
    case "A":
    case "e":
      all = true;
      break;
    case "a":
    case "d":
      withTty = true;
      break;
    case "f":
    case "l":
    case "j":
      layout = options.name;
      break;
    case "bsd-all":
      bsdAll = true;
      break;
    case "bsd-no-tty":
      bsdNoTty = true;
      break;
    case "bsd-user":
      layout = "u";
      break;
    case "o":
      addColumns(columns, options.value);
      break;
    case "O":
      addColumns(columns, "pid," + options.value + ",s,tty,time,args");
      break;
    case "p":
      pids = pids.concat(numbers(options.value));
      break;
    case "ppid":
      parents = parents.concat(numbers(options.value));
      break;
    case "t":
      ttys = ttys.concat(options.value.split(","));
      break;
    case "u":
    case "U":
      users = users.concat(options.value.split(","));
      break;
    case "C":
      names = names.concat(options.value.split(","));
      break;
    case "no-headers":
    case "no-heading":
      headers = false;
      break;
    case "sort":
      sortKey = options.value;
      break;
    case "w":
      wide = true;
      break;
  }
}
if (options.operands.length > 0) {
  if (!options.operands[0].startsWith("-")) pids = pids.concat(numbers(options.operands.join(",")));
  else dieUsage("error: unsupported option");
}
if (columns.length == 0) {
  switch (layout) {
    case "f":
      addColumns(columns, "user=UID,pid,ppid,c,stime,tty=TTY,time,cmd");
      break;
    case "l":
      addColumns(columns, "f,s,uid,pid,ppid,c,pri,ni,addr,sz,wchan,tty=TTY,time,comm=CMD");
      break;
    case "j":
      addColumns(columns, "pid,pgid,sid,tty=TTY,time,comm=CMD");
      break;
    case "u":
      addColumns(columns, "user,pid,%cpu,%mem,vsz,rss,tty=TTY,stat,stime=START,time,args");
      break;
    default:
      if (bsdAll || bsdNoTty) addColumns(columns, "pid,tty=TTY,stat,time,args");
      else addColumns(columns, "pid,tty=TTY,time,comm=CMD");
  }
}

function ownTty(): i32 {
  const self = readProcess(proc_getpid());
  return self === null ? 0 : self.tty;
}

const terminal = ownTty();
const selective = pids.length + parents.length + ttys.length + users.length + names.length > 0;

function ttyMatches(p: Process): bool {
  for (let i = 0; i < ttys.length; i++) {
    if (p.ttyName == ttys[i] || "/dev/" + p.ttyName == ttys[i] || p.ttyName == "pts/" + ttys[i]) return true;
  }
  return false;
}

function chosen(p: Process): bool {
  if (all) return true;
  if (selective) {
    return (
      pids.includes(p.pid) ||
      parents.includes(p.ppid) ||
      names.includes(p.name) ||
      users.includes(userName(p.uid)) ||
      users.includes(formatUnsigned(p.uid)) ||
      ttyMatches(p)
    );
  }
  if (bsdAll && bsdNoTty) return true;
  if (bsdAll) return p.tty != 0;
  if (bsdNoTty) return true;
  if (withTty) return p.tty != 0 && p.sid != p.pid;
  return p.tty == terminal;
}

function compareBy(a: Process, b: Process): i32 {
  const backwards = sortKey.startsWith("-");
  const key = canonical(backwards || sortKey.startsWith("+") ? sortKey.substring(1) : sortKey);
  let order = 0;
  if (key == "pcpu") order = cpuPercent(a) < cpuPercent(b) ? -1 : cpuPercent(a) > cpuPercent(b) ? 1 : 0;
  else if (key == "pmem" || key == "rss" || key == "vsz") order = a.memoryBytes < b.memoryBytes ? -1 : a.memoryBytes > b.memoryBytes ? 1 : 0;
  else if (key == "time") order = a.ticks < b.ticks ? -1 : a.ticks > b.ticks ? 1 : 0;
  else if (key == "ppid") order = a.ppid - b.ppid;
  else if (key == "comm" || key == "args") order = a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
  if (order == 0) order = a.pid - b.pid;
  return backwards ? -order : order;
}

const shown: Process[] = readProcesses().filter((p) => chosen(p));
if (sortKey.length > 0) shown.sort(compareBy);
const rows: string[][] = [];
for (let i = 0; i < shown.length; i++) {
  const row: string[] = [];
  for (let j = 0; j < columns.length; j++) {
    const text = field(shown[i], columns[j].key);
    columns[j].width = max(columns[j].width, text.length);
    row.push(text);
  }
  rows.push(row);
}
/** procps gives ids at least seven columns, so that lists of one day line up with the next. */
for (let j = 0; j < columns.length; j++) {
  const key = columns[j].key;
  if (key == "pid" || key == "ppid" || key == "pgid" || key == "sid") columns[j].width = max(columns[j].width, 7);
  if (key == "user" || key == "tty") columns[j].width = max(columns[j].width, 8);
  if (key == "ni") columns[j].width = max(columns[j].width, 3);
  if (key == "time") columns[j].width = max(columns[j].width, 8);
}

const limit = wide || !isTerminal(1) ? i32.MAX_VALUE : outputColumns(1);

function writeRow(row: string[]): void {
  let line = "";
  for (let j = 0; j < columns.length; j++) {
    const last = j == columns.length - 1;
    const left = isLeft(columns[j].key);
    line += left ? (last ? row[j] : padEnd(row[j], columns[j].width)) : padStart(row[j], columns[j].width);
    if (!last) line += " ";
  }
  stdout.writeLine(line.length > limit ? line.substring(0, limit) : line);
}

if (headers && columns.some((column) => column.title.length > 0)) {
  writeRow(columns.map<string>((column) => column.title));
}
for (let i = 0; i < rows.length; i++) writeRow(rows[i]);
finish(selective && rows.length == 0 ? 1 : 0);
