/** tar(1): the command line. */
import { ArchiveReader } from "./reader";
import { ArchiveWriter } from "./writer";
import { BLOCK, Header } from "./header";
import { ByteStream } from "./stream";
import { CREATE, READ, Stat, TRUNCATE, WRITE, chdir, close, fstat, open, openRead, seek } from "../fs";
import { Extractor } from "./extract";
import { FNM_LEADING_DIR, fnmatch } from "../fnmatch";
import { Filter } from "./filter";
import { Options } from "../options";
import { Reader, Writer, isTerminal, stdout, writeText } from "../io";
import { Settings } from "./settings";
import { args } from "../args";
import { dateSeconds, parseDate } from "../parse-date";
import { errorText } from "../errno-text";
import { finish } from "../exit";
import { groupId, userId } from "../accounts";
import { isAllDigits } from "../bytes";
import { localCalendar, localZone } from "../timezone";
import { memberLine } from "./listing";
import { now } from "../clock";
import { proc_exit } from "../wasi";

const USAGE = `Usage: tar [OPTION...] [FILE]...

  -c, -x, -t, -r             create, extract, list, append
  -f ARCHIVE                 the archive; "-" is standard input or output
  -z                         through gzip
  -C DIR                     work in DIR
  -v                         list what is done
  -p                         keep permissions (always on for root)
  -O                         extract to standard output
  -k                         do not replace files
  -m                         do not set modification times
  -h                         store what links point to
  -P                         keep leading "/" and ".."
  -T FILE                    names from FILE
  -X FILE, --exclude=GLOB    leave out what matches
  --strip-components=N       drop N leading parts of names
  --numeric-owner, --owner=NAME, --group=NAME, --mtime=DATE, --sort=name, --no-recursion, --remove-files
`;

const LONG =
  "create=c extract=x get=x list=t append=r file:=f gzip=z gunzip=z ungzip=z directory:=C verbose=v preserve-permissions=p same-permissions=p " +
  "to-stdout=O keep-old-files=k touch=m dereference=h absolute-names=P files-from:=T exclude-from:=X exclude: " +
  "strip-components: numeric-owner owner: group: mtime: sort: no-recursion remove-files null format:=H same-owner no-same-owner=o " +
  "no-same-permissions overwrite blocking-factor:=b wildcards auto-compress=a totals";

function fail(message: string): void {
  stdout.flush();
  writeText(2, "tar: " + message + "\n");
  proc_exit(2);
}

function usageError(message: string): void {
  writeText(2, "tar: " + message + "\nTry 'tar --help' or 'tar --usage' for more information.\n");
  proc_exit(2);
}

/** `tar cf a b`: the first word without its dash, its letters' values in the words that follow. */
function expandOldStyle(list: Array<string>): Array<string> {
  if (list.length == 0 || list[0].startsWith("-") || list[0].length == 0) return list;
  const out: Array<string> = [];
  let at = 1;
  for (let i = 0; i < list[0].length; i++) {
    const letter = list[0].charAt(i);
    out.push("-" + letter);
    if (!"fCTXbH".includes(letter)) continue;
    if (at >= list.length) usageError("Old option '" + letter + "' requires an argument.");
    out.push(list[at++]);
  }
  return out.concat(list.slice(at));
}

function readNamesFrom(file: string, separator: u8): Array<string> {
  const names: Array<string> = [];
  const fd = file == "-" ? 0 : openRead(file);
  if (fd < 0) fail(file + ": Cannot open: " + errorText(-fd));
  const reader = new Reader(fd);
  for (let line = reader.readLine(separator); line !== null; line = reader.readLine(separator)) if (line.length > 0) names.push(line);
  if (fd != 0) close(fd);
  return names;
}

class Tar {
  settings: Settings = new Settings();
  /** Names to store or to take out; "\0DIR" changes the directory. */
  names: Array<string> = [];
  private matched: Array<bool> = [];

  private enter(directory: string): void {
    const error = chdir(directory);
    if (error != 0) fail(directory + ": Cannot open: " + errorText(error));
  }

  run(): void {
    const s = this.settings;
    if (s.operation == "c" || s.operation == "r") this.write(s.operation == "r");
    else this.read();
    if (s.status != 0 && s.operation != "") {
      stdout.flush();
      writeText(2, "tar: Exiting with failure status due to previous errors\n");
    }
    finish(s.status, 2);
  }

  private write(append: bool): void {
    const s = this.settings;
    if (this.names.length == 0 && !append) usageError("Cowardly refusing to create an empty archive");
    let fd = 1;
    let base: u64 = 0;
    if (s.archive != "-") {
      fd = open(s.archive, append ? READ | WRITE | CREATE : READ | WRITE | CREATE | TRUNCATE);
      if (fd < 0) fail(s.archive + ": Cannot open: " + errorText(-fd) + "\ntar: Error is not recoverable: exiting now");
    } else if (isTerminal(1)) fail("Refusing to write archive contents to terminal (missing -f option?)\ntar: Error is not recoverable: exiting now");
    if (append) {
      if (s.gzip) usageError("Cannot update compressed archives");
      base = this.endOf(fd);
      seek(fd, base, 0);
    }
    const st = new Stat();
    const known = fd != 1 && fstat(fd, st) == 0;
    const filter = s.gzip ? new Filter(fd, false) : null;
    const out = filter === null ? (fd == 1 ? stdout : new Writer(fd)) : new Writer(filter.fd);
    const writer = new ArchiveWriter(s, out, fd == 1 ? 2 : 1, known ? st : null);
    for (let i = 0; i < this.names.length; i++) {
      const name = this.names[i];
      if (name.startsWith("\0")) this.enter(name.substring(1));
      else writer.add(name.length > 1 && name.endsWith("/") ? trimmed(name) : name);
    }
    writer.finish(base);
    const error = out.flush();
    if (error != 0) fail(s.archive + ": Cannot write: " + errorText(error));
    if (filter !== null && !filter.finish(false)) fail("Child returned status 1\ntar: Error is not recoverable: exiting now");
  }

  /** Where the members of an archive end. */
  private endOf(fd: i32): u64 {
    const st = new Stat();
    if (fstat(fd, st) == 0 && st.size == 0) return 0;
    const reader = new ArchiveReader(new ByteStream(fd), this.settings);
    let end: u64 = 0;
    for (let h: Header | null = reader.next(); h !== null; h = reader.next()) {
      end = reader.offset + ((h.size + BLOCK - 1) / BLOCK) * BLOCK;
    }
    return end;
  }

  private read(): void {
    const s = this.settings;
    let fd = 0;
    if (s.archive != "-") {
      fd = openRead(s.archive);
      if (fd < 0) fail(s.archive + ": Cannot open: " + errorText(-fd) + "\ntar: Error is not recoverable: exiting now");
    }
    let stream = new ByteStream(fd);
    if (!s.gzip && stream.looksCompressed()) {
      if (seek(fd, 0, 0) != 0) fail("Archive is compressed. Use -z option\ntar: Error is not recoverable: exiting now");
      s.gzip = true;
    }
    const filter = s.gzip ? new Filter(fd, true) : null;
    if (filter !== null) stream = new ByteStream(filter.fd);
    const wanted = this.wantedNames();
    const reader = new ArchiveReader(stream, s);
    const extractor = s.operation == "x" ? new Extractor(s, reader) : null;
    for (let h: Header | null = reader.next(); h !== null; h = reader.next()) {
      if (s.excludes(h.name) || !this.wants(wanted, h.name)) continue;
      if (extractor === null) {
        s.relative(h.name, "member names");
        stdout.writeLine(s.verbose > 0 ? memberLine(h, s) : h.name);
      } else {
        if (s.verbose > 0 && extractor.stripped(h.name).length > 0) {
          const line = (s.verbose > 1 ? memberLine(h, s) : h.name) + "\n";
          if (s.toStdout) writeText(2, line);
          else stdout.write(line);
        }
        extractor.extract(h);
      }
    }
    if (extractor !== null) extractor.finish();
    if (stream.error != 0) s.complain(s.archive + ": Cannot read: " + errorText(stream.error));
    for (let i = 0; i < wanted.length; i++) {
      if (!this.matched[i]) {
        stdout.flush();
        s.complain(wanted[i] + ": Not found in archive");
      }
    }
    if (filter !== null) {
      // What follows the end mark is passed over, so that gzip sees the end of its own input.
      stream.skip(u64.MAX_VALUE);
      if (!filter.finish(false)) {
        s.complain("Child returned status 1");
        writeText(2, "tar: Error is not recoverable: exiting now\n");
        proc_exit(2);
      }
    }
  }

  private wantedNames(): Array<string> {
    const wanted: Array<string> = [];
    for (let i = 0; i < this.names.length; i++) {
      const name = this.names[i];
      if (name.startsWith("\0")) this.enter(name.substring(1));
      else {
        wanted.push(trimmed(name));
        this.matched.push(false);
      }
    }
    return wanted;
  }

  private wants(wanted: Array<string>, name: string): bool {
    if (wanted.length == 0) return true;
    const plain = trimmed(name);
    let found = false;
    for (let i = 0; i < wanted.length; i++) {
      const prefix = plain == wanted[i] || plain.startsWith(wanted[i] + "/");
      if (!prefix && !(this.wildcards && fnmatch(wanted[i], plain, FNM_LEADING_DIR))) continue;
      this.matched[i] = true;
      found = true;
    }
    return found;
  }

  wildcards: bool = false;
}

function trimmed(name: string): string {
  let end = name.length;
  while (end > 1 && name.charAt(end - 1) == "/") end--;
  return name.substring(0, end);
}

function account(text: string, group: bool): i64 {
  if (text.startsWith("+") || isAllDigits(text)) return i64.parse(text);
  const id = group ? groupId(text) : userId(text);
  if (id < 0) fail(text + ": Invalid " + (group ? "group" : "owner"));
  return id;
}

export function tar(): void {
  const program = new Tar();
  const s = program.settings;
  let separator: u8 = 10;
  const options = new Options("cxtrf:zC:vpOkmhPT:X:H:ob:aS", LONG, USAGE, 2, expandOldStyle(args));
  while (options.next()) {
    const name = options.name;
    const value = options.value;
    if (name.length == 1 && "cxtr".includes(name)) {
      if (s.operation.length > 0 && s.operation != name) usageError("You may not specify more than one '-Acdtrux', '--delete' or  '--test-label' option");
      s.operation = name;
    } else if (name == "f") s.archive = value;
    else if (name == "z") s.gzip = true;
    else if (name == "C") {
      // Names before -C belong to the directory before it.
      program.names = program.names.concat(options.operands);
      options.operands = [];
      program.names.push("\0" + value);
    } else if (name == "v") s.verbose++;
    else if (name == "p") s.keepPermissions = true;
    else if (name == "no-same-permissions") s.keepPermissions = false;
    else if (name == "O") s.toStdout = true;
    else if (name == "k") s.keepOldFiles = true;
    else if (name == "m") s.touch = true;
    else if (name == "h") s.dereference = true;
    else if (name == "P") s.absoluteNames = true;
    else if (name == "null") separator = 0;
    else if (name == "T") program.names = program.names.concat(readNamesFrom(value, separator));
    else if (name == "X") s.exclude = s.exclude.concat(readNamesFrom(value, 10));
    else if (name == "exclude") s.exclude.push(value);
    else if (name == "strip-components") s.strip = <i32>i64.parse(isAllDigits(value) ? value : "0");
    else if (name == "numeric-owner") s.numericOwner = true;
    else if (name == "owner") s.owner = account(value, false);
    else if (name == "group") s.group = account(value, true);
    else if (name == "mtime") {
      const zone = localZone();
      if (!parseDate(value, localCalendar(zone, now()), zone)) fail("Invalid date: " + value);
      s.mtime = dateSeconds;
    } else if (name == "sort") s.sortNames = value == "name";
    else if (name == "no-recursion") s.recurse = false;
    else if (name == "remove-files") s.removeFiles = true;
    else if (name == "wildcards") program.wildcards = true;
    else if (name == "a") s.autoCompress = true;
  }
  program.names = program.names.concat(options.operands);
  if (s.operation.length == 0) usageError("You must specify one of the '-Acdtrux', '--delete' or '--test-label' options");
  if (s.autoCompress && s.operation == "c" && (s.archive.endsWith(".gz") || s.archive.endsWith(".tgz"))) s.gzip = true;
  program.run();
}
