/** diff(1): the command line, files and directories. */
import { Change, changesOf, printContext, printNormal, printUnified } from "./hunks";
import { Equality, Lines } from "./lines";
import { Options } from "../options";
import { Reader, stdin, stdout, writeText } from "../io";
import { Stat, close, fstat, lstat, openRead, stat } from "../fs";
import { args, programName } from "../args";
import { baseName, joinPath } from "../path";
import { compareBytes, isAllDigits } from "../bytes";
import { dieUsage, finish } from "../exit";
import { errorText } from "../errno-text";
import { fnmatch } from "../fnmatch";
import { format } from "../strftime";
import { localCalendar, localZone } from "../timezone";
import { now } from "../clock";
import { readNames } from "../directory";

const USAGE = `Usage: diff [OPTION]... FILES
Compare FILES line by line.

  -u, -U NUM, -c, -C NUM     unified, copied context (default 3 lines)
  -q, -s                     only whether files differ; report identical ones
  -r, -N                     compare subdirectories; absent files as empty
  -i, -w, -b, -Z, -B         ignore case, all white space, its amount, at line ends, blank lines
  -x GLOB                    leave out files that match
  -a                         treat all files as text
  --label LABEL, --strip-trailing-cr, --color=never
`;

const NORMAL: i32 = 0;
const UNIFIED: i32 = 1;
const CONTEXT: i32 = 2;

class Input {
  st: Stat = new Stat();
  /** null: absent (-N). */
  reader: Reader | null = null;
  constructor(public name: string) {}
}

export class Diff {
  style: i32 = NORMAL;
  context: i32 = 3;
  brief: bool = false;
  reportSame: bool = false;
  recurse: bool = false;
  newFiles: bool = false;
  ignoreBlank: bool = false;
  text: bool = false;
  labels: Array<string> = [];
  exclude: Array<string> = [];
  /** Options as given, for the lines between files of a directory. */
  commandLine: string = "";
  status: i32 = 0;

  constructor(public equality: Equality) {}

  private trouble(name: string, error: i32): void {
    stdout.flush();
    writeText(2, programName + ": " + name + ": " + errorText(error) + "\n");
    this.status = 2;
  }

  private raise(status: i32): void {
    this.status = max(this.status, status);
  }

  /** Two operands of the command line. */
  operands(a: string, b: string): void {
    const stA = new Stat();
    const stB = new Stat();
    const errorA = a == "-" ? fstat(0, stA) : stat(a, stA);
    const errorB = b == "-" ? fstat(0, stB) : stat(b, stB);
    if (errorA != 0 && !(this.newFiles && errorB == 0)) this.trouble(a, errorA);
    if (errorB != 0 && !(this.newFiles && errorA == 0)) this.trouble(b, errorB);
    if (this.status == 2) return;
    if (stA.isDirectory && stB.isDirectory) this.directories(a, b);
    else if (stA.isDirectory && b != "-") this.files(joinPath(a, baseName(b)), b, false);
    else if (stB.isDirectory && a != "-") this.files(a, joinPath(b, baseName(a)), false);
    else this.files(a, b, false);
  }

  private names(path: string): Array<string> {
    const names: Array<string> = [];
    const error = readNames(path, names);
    if (error != 0) this.trouble(path, error);
    const kept: Array<string> = [];
    for (let i = 0; i < names.length; i++) {
      let out = false;
      for (let k = 0; k < this.exclude.length; k++) if (fnmatch(this.exclude[k], names[i], 0)) out = true;
      if (!out) kept.push(names[i]);
    }
    kept.sort(compareBytes);
    return kept;
  }

  private directories(a: string, b: string): void {
    const left = this.names(a);
    const right = this.names(b);
    let i = 0;
    let k = 0;
    while (i < left.length || k < right.length) {
      const order = i == left.length ? 1 : k == right.length ? -1 : compareBytes(left[i], right[k]);
      if (order != 0 && !this.newFiles) {
        stdout.writeLine(order < 0 ? "Only in " + a + ": " + left[i++] : "Only in " + b + ": " + right[k++]);
        this.raise(1);
        continue;
      }
      const name = order <= 0 ? left[i] : right[k];
      if (order <= 0) i++;
      if (order >= 0) k++;
      this.pair(joinPath(a, name), joinPath(b, name));
    }
  }

  /** Entries of the same name in two directories. */
  private pair(a: string, b: string): void {
    const stA = new Stat();
    const stB = new Stat();
    const absentA = stat(a, stA) != 0;
    const absentB = stat(b, stB) != 0;
    const directoryA = absentA ? stB.isDirectory : stA.isDirectory;
    const directoryB = absentB ? stA.isDirectory : stB.isDirectory;
    if (directoryA && directoryB) {
      if (!this.recurse) stdout.writeLine("Common subdirectories: " + a + " and " + b);
      else if (absentA || absentB) this.absentDirectory(a, b, absentA);
      else this.directories(a, b);
    } else if (directoryA != directoryB) {
      stdout.writeLine("File " + a + " is a " + kind(stA) + " while file " + b + " is a " + kind(stB));
      this.raise(1);
    } else this.files(a, b, true);
  }

  /** -N: a directory on one side only; everything in it is compared with nothing. */
  private absentDirectory(a: string, b: string, absentA: bool): void {
    const names = this.names(absentA ? b : a);
    for (let i = 0; i < names.length; i++) this.pair(joinPath(a, names[i]), joinPath(b, names[i]));
  }

  private open(name: string): Input | null {
    const input = new Input(name);
    if (name == "-") {
      fstat(0, input.st);
      input.reader = stdin;
      return input;
    }
    const fd = openRead(name);
    if (fd < 0) {
      const st = new Stat();
      if (this.newFiles && lstat(name, st) != 0) return input;
      this.trouble(name, -fd);
      return null;
    }
    fstat(fd, input.st);
    input.reader = new Reader(fd);
    return input;
  }

  private read(input: Input): Lines {
    const reader = input.reader;
    if (reader === null) return new Lines();
    const lines = this.equality.read(reader);
    if (reader.error != 0) this.trouble(input.name, reader.error);
    if (reader.fd > 0) {
      close(reader.fd);
      reader.free();
    }
    return lines;
  }

  private files(a: string, b: string, inDirectory: bool): void {
    const inputA = this.open(a);
    const inputB = this.open(b);
    if (inputA === null || inputB === null) return;
    const binary = !this.text && (looksBinary(inputA.reader) || looksBinary(inputB.reader));
    const linesA = this.read(inputA);
    const linesB = this.read(inputB);
    let changes = changesOf(linesA, linesB);
    if (this.ignoreBlank) changes = withoutBlank(linesA, linesB, changes);
    if (changes.length == 0) {
      if (this.reportSame) stdout.writeLine("Files " + a + " and " + b + " are identical");
      return;
    }
    this.raise(1);
    if (this.brief || binary) {
      stdout.writeLine((binary ? "Binary files " : "Files ") + a + " and " + b + " differ");
      return;
    }
    if (inDirectory) stdout.writeLine("diff" + this.commandLine + " " + a + " " + b);
    if (this.style == NORMAL) {
      printNormal(linesA, linesB, changes);
      return;
    }
    const old = this.style == UNIFIED ? "--- " : "*** ";
    const fresh = this.style == UNIFIED ? "+++ " : "--- ";
    stdout.writeLine(old + this.heading(inputA, 0));
    stdout.writeLine(fresh + this.heading(inputB, 1));
    if (this.style == UNIFIED) printUnified(linesA, linesB, changes, this.context);
    else printContext(linesA, linesB, changes, this.context);
  }

  private heading(input: Input, side: i32): string {
    if (side < this.labels.length) return this.labels[side];
    const time = input.reader === null ? 0 : input.name == "-" && !input.st.isRegular ? now() : input.st.mtim;
    return input.name + "\t" + format("%Y-%m-%d %H:%M:%S.%N %z", localCalendar(localZone(), time));
  }
}

function kind(st: Stat): string {
  if (st.isDirectory) return "directory";
  return st.isRegular ? (st.size == 0 ? "regular empty file" : "regular file") : "special file";
}

/** A NUL among the first bytes. */
function looksBinary(reader: Reader | null): bool {
  if (reader === null || (reader.available == 0 && !reader.fill())) return false;
  const end = reader.data + reader.available;
  for (let p = reader.data; p < end; p++) if (load<u8>(p) == 0) return true;
  return false;
}

/** -B: changes that only insert or delete blank lines do not count. */
function withoutBlank(a: Lines, b: Lines, changes: Array<Change>): Array<Change> {
  const kept: Array<Change> = [];
  for (let i = 0; i < changes.length; i++) {
    const c = changes[i];
    let blank = true;
    for (let k = 0; k < c.deleted; k++) if (a.lines[c.line0 + k].length > 0) blank = false;
    for (let k = 0; k < c.inserted; k++) if (b.lines[c.line1 + k].length > 0) blank = false;
    if (!blank) kept.push(c);
  }
  return kept;
}

function contextLines(text: string): i32 {
  if (!isAllDigits(text)) dieUsage("invalid context length '" + text + "'", 2);
  return <i32>min(i64.parse(text), <i64>(1 << 30));
}

export function diff(): void {
  const diff = new Diff(new Equality());
  const options = new Options(
    "uU:cC:qsrNiwbZBx:aL:dt", "unified?=u context?=c brief=q report-identical-files=s recursive=r new-file=N ignore-case=i ignore-all-space=w " +
      "ignore-space-change=b ignore-trailing-space=Z ignore-blank-lines=B exclude:=x text=a label:=L strip-trailing-cr color? normal minimal=d " +
      "expand-tabs=t speed-large-files no-dereference",
    USAGE, 2,
  );
  while (options.next()) {
    const name = options.name;
    const value = options.value;
    if (name == "u" || name == "U") {
      diff.style = UNIFIED;
      if (options.hasValue) diff.context = contextLines(value);
    } else if (name == "c" || name == "C") {
      diff.style = CONTEXT;
      if (options.hasValue) diff.context = contextLines(value);
    } else if (name == "q") diff.brief = true;
    else if (name == "s") diff.reportSame = true;
    else if (name == "r") diff.recurse = true;
    else if (name == "N") diff.newFiles = true;
    else if (name == "i") diff.equality.ignoreCase = true;
    else if (name == "w") diff.equality.ignoreAllSpace = true;
    else if (name == "b") diff.equality.ignoreSpaceAmount = true;
    else if (name == "Z") diff.equality.ignoreTrailing = true;
    else if (name == "B") diff.ignoreBlank = true;
    else if (name == "x") diff.exclude.push(value);
    else if (name == "a") diff.text = true;
    else if (name == "L") diff.labels.push(value);
    else if (name == "strip-trailing-cr") diff.equality.stripReturn = true;
  }
  const operands = options.operands;
  if (operands.length < 2) dieUsage("missing operand after '" + (operands.length == 1 ? operands[0] : programName) + "'", 2);
  if (operands.length > 2) dieUsage("extra operand '" + operands[2] + "'", 2);
  for (let i = 0; i < args.length && args[i].startsWith("-") && args[i].length > 1; i++) diff.commandLine += " " + args[i];
  diff.operands(operands[0], operands[1]);
  finish(diff.status, 2);
}
