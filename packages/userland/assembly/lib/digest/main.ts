/** md5sum, sha1sum and sha256sum: printing and checking sums. */
import { Digest } from "./digest";
import { EISDIR } from "../../../../abi/src/errno";
import { Options } from "../options";
import { Reader, stdin, stdout } from "../io";
import { Stat, close, fstat, openRead } from "../fs";
import { dieUsage, finish, warn, warnErrno } from "../exit";
import { errorText } from "../errno-text";
import { quoteIfNeeded } from "../quote";

const USAGE = `Usage: PROGRAM [OPTION]... [FILE]...
Print or check checksums.

  -b, -t                     mark files as binary, as text
  -c                         read checksums from FILEs and check them
  --tag                      BSD style
  -z                         end lines with NUL, names are not escaped
  --ignore-missing, --quiet, --status, --strict, -w   ways of checking
`;

class Sums {
  binary: bool = false;
  tag: bool = false;
  zero: bool = false;
  quiet: bool = false;
  silent: bool = false;
  strict: bool = false;
  warns: bool = false;
  ignoreMissing: bool = false;
  failed: bool = false;

  constructor(
    private digest: Digest,
    private title: string,
    private hexLength: i32,
  ) {}

  /** Sum of a file, or "" after reporting why not; `error` keeps the errno. */
  private sum(name: string): string {
    this.error = 0;
    let reader = stdin;
    if (name != "-") {
      const fd = openRead(name);
      const st = new Stat();
      if (fd >= 0 && fstat(fd, st) == 0 && st.isDirectory) this.error = EISDIR;
      if (fd < 0) this.error = -fd;
      if (this.error != 0) return "";
      reader = new Reader(fd);
    }
    this.digest.begin();
    while (reader.available > 0 || reader.fill()) {
      this.digest.update(reader.data, reader.available);
      reader.skip(reader.available);
    }
    this.error = reader.error;
    if (name != "-") {
      close(reader.fd);
      reader.free();
    }
    return this.error == 0 ? this.digest.finish() : "";
  }

  private error: i32 = 0;

  print(name: string): void {
    const hex = this.sum(name);
    if (this.error != 0) {
      warnErrno(quoteIfNeeded(name), this.error);
      this.failed = true;
      return;
    }
    const escaped = !this.zero && (name.includes("\n") || name.includes("\\") || name.includes("\r"));
    const shown = escaped ? name.split("\\").join("\\\\").split("\n").join("\\n").split("\r").join("\\r") : name;
    if (escaped) stdout.write("\\");
    if (this.tag) stdout.write(this.title + " (" + shown + ") = " + hex);
    else stdout.write(hex + (this.binary ? " *" : "  ") + shown);
    stdout.writeByte(this.zero ? 0 : 10);
  }

  /** Checks every line of the list `file`. */
  check(file: string): void {
    let reader = stdin;
    const label = file == "-" ? "standard input" : file;
    if (file != "-") {
      const fd = openRead(file);
      if (fd < 0) {
        warnErrno(quoteIfNeeded(file), -fd);
        this.failed = true;
        return;
      }
      reader = new Reader(fd);
    }
    let proper = 0;
    let malformed = 0;
    let mismatched = 0;
    let unreadable = 0;
    let verified = 0;
    let number = 0;
    for (let line = reader.readLine(); line !== null; line = reader.readLine()) {
      number++;
      if (line.startsWith("#")) continue;
      if (!this.parse(line)) {
        malformed++;
        if (this.warns) {
          stdout.flush();
          warn(quoteIfNeeded(label) + ": " + number.toString() + ": improperly formatted " + this.title + " checksum line");
        }
        continue;
      }
      proper++;
      const name = this.name;
      const want = this.want;
      const hex = this.sum(name);
      if (this.error != 0) {
        if (this.ignoreMissing) continue;
        unreadable++;
        if (!this.silent) {
          stdout.flush();
          warn(quoteIfNeeded(name) + ": " + errorText(this.error));
          stdout.writeLine(quoteIfNeeded(name) + ": FAILED open or read");
        }
      } else if (hex != want) {
        mismatched++;
        verified++;
        if (!this.silent) stdout.writeLine(quoteIfNeeded(name) + ": FAILED");
      } else {
        verified++;
        if (!this.silent && !this.quiet) stdout.writeLine(quoteIfNeeded(name) + ": OK");
      }
    }
    stdout.flush();
    if (file != "-") close(reader.fd);
    if (proper == 0) {
      warn(quoteIfNeeded(label) + ": no properly formatted checksum lines found");
      this.failed = true;
      return;
    }
    if (!this.silent) {
      if (malformed > 0) warn("WARNING: " + plural(malformed, "line is", "lines are") + " improperly formatted");
      if (unreadable > 0) warn("WARNING: " + plural(unreadable, "listed file", "listed files") + " could not be read");
      if (mismatched > 0) warn("WARNING: " + plural(mismatched, "computed checksum", "computed checksums") + " did NOT match");
      if (this.ignoreMissing && verified == 0) warn(quoteIfNeeded(label) + ": no file was verified");
    }
    if (unreadable > 0 || mismatched > 0 || (this.strict && malformed > 0) || (this.ignoreMissing && verified == 0)) this.failed = true;
  }

  /** What `parse` read. */
  private want: string = "";
  private name: string = "";

  /** `HEX  NAME`, `HEX *NAME` or `TITLE (NAME) = HEX`. */
  private parse(line: string): bool {
    if (line.endsWith("\r")) line = line.substring(0, line.length - 1);
    const escaped = line.startsWith("\\");
    if (escaped) line = line.substring(1);
    if (line.startsWith(this.title + " (")) {
      const end = line.lastIndexOf(") = ");
      if (end < 0) return false;
      this.name = line.substring(this.title.length + 2, end);
      this.want = line.substring(end + 4);
    } else {
      const n = this.hexLength;
      if (line.length < n + 3 || line.charAt(n) != " " || (line.charAt(n + 1) != " " && line.charAt(n + 1) != "*")) return false;
      this.want = line.substring(0, n);
      this.name = line.substring(n + 2);
    }
    if (escaped) this.name = unescape(this.name);
    this.want = this.want.toLowerCase();
    if (this.want.length != this.hexLength) return false;
    for (let i = 0; i < this.want.length; i++) if (!"0123456789abcdef".includes(this.want.charAt(i))) return false;
    return true;
  }
}

function unescape(name: string): string {
  let out = "";
  for (let i = 0; i < name.length; i++) {
    if (name.charAt(i) != "\\" || i + 1 == name.length) out += name.charAt(i);
    else {
      const next = name.charAt(++i);
      out += next == "n" ? "\n" : next == "r" ? "\r" : next;
    }
  }
  return out;
}

function plural(n: i32, one: string, many: string): string {
  return n.toString() + " " + (n == 1 ? one : many);
}

export function digestMain(digest: Digest, title: string, hexLength: i32): void {
  const sums = new Sums(digest, title, hexLength);
  const options = new Options(
    "bctwz", "binary=b check=c tag text=t zero=z ignore-missing quiet status strict warn=w",
    USAGE.replace("PROGRAM", title.toLowerCase() + "sum"),
  );
  let check = false;
  while (options.next()) {
    const name = options.name;
    if (name == "b") sums.binary = true;
    else if (name == "t") sums.binary = false;
    else if (name == "c") check = true;
    else if (name == "tag") sums.tag = true;
    else if (name == "z") sums.zero = true;
    else if (name == "quiet") sums.quiet = true;
    else if (name == "status") sums.silent = true;
    else if (name == "strict") sums.strict = true;
    else if (name == "w") sums.warns = true;
    else if (name == "ignore-missing") sums.ignoreMissing = true;
  }
  if (!check && (sums.quiet || sums.silent || sums.strict || sums.warns || sums.ignoreMissing)) {
    const which = sums.ignoreMissing ? "--ignore-missing" : sums.silent ? "--status" : sums.warns ? "--warn" : sums.quiet ? "--quiet" : "--strict";
    dieUsage("the " + which + " option is meaningful only when verifying checksums");
  }
  const files = options.operands;
  if (files.length == 0) files.push("-");
  for (let i = 0; i < files.length; i++) {
    if (check) sums.check(files[i]);
    else sums.print(files[i]);
  }
  finish(sums.failed ? 1 : 0);
}
