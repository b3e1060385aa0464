/** Which files grep reads: operands, and directory trees with -r. */
import { FNM_LEADING_DIR, fnmatch } from "../fnmatch";
import { EISDIR } from "../../../../abi/src/errno";
import { Stat, close, fstat, lstat, openRead, stat } from "../fs";
import { Scan } from "./scan";
import { Settings } from "./settings";
import { baseName, joinPath } from "../path";
import { errorText } from "../errno-text";
import { finish } from "../exit";
import { readNames } from "../directory";
import { stdout, writeText } from "../io";

/** Directories inside directories before a tree is taken for a loop. */
const MAX_DEPTH: i32 = 256;

export class Files {
  matched: bool = false;
  failed: bool = false;
  private depth: i32 = 0;

  constructor(
    private settings: Settings,
    private scan: Scan,
  ) {}

  /** One operand of the command line. */
  operand(name: string): void {
    if (name == "-") {
      this.read(0, this.settings.label);
      return;
    }
    const st = new Stat();
    const error = stat(name, st);
    if (error != 0) this.complain(name, error);
    else if (st.isDirectory) {
      if (this.settings.recurse == 0) {
        if (!this.settings.skipDirectories) this.complain(name, EISDIR);
      } else if (!excluded(name, this.settings.excludeDirectories, true)) this.directory(name);
    } else if (this.wanted(name, true)) this.file(name);
  }

  /** The names in `path`; "" is the working directory, whose files are shown without a prefix. */
  directory(path: string): void {
    const names: string[] = [];
    const error = readNames(path.length == 0 ? "." : path, names);
    if (error != 0) {
      this.complain(path, error);
      return;
    }
    if (++this.depth <= MAX_DEPTH) for (let i = 0; i < names.length; i++) this.entry(joinPath(path, names[i]));
    this.depth--;
  }

  private entry(path: string): void {
    const st = new Stat();
    const follow = this.settings.recurse == 2;
    const error = follow ? stat(path, st) : lstat(path, st);
    if (error != 0) this.complain(path, error);
    else if (st.isDirectory) {
      if (!excluded(baseName(path), this.settings.excludeDirectories, false)) this.directory(path);
    } else if (st.isRegular && this.wanted(path, false)) this.file(path);
  }

  private wanted(path: string, operand: bool): bool {
    const s = this.settings;
    if (excluded(path, s.exclude, operand) || excluded(baseName(path), s.exclude, operand)) return false;
    if (s.include.length == 0) return true;
    return excluded(baseName(path), s.include, operand) || excluded(path, s.include, operand);
  }

  private file(path: string): void {
    const fd = openRead(path);
    if (fd < 0) {
      this.complain(path, -fd);
      return;
    }
    this.read(fd, path);
    close(fd);
  }

  private read(fd: i32, name: string): void {
    const s = this.settings;
    if (fd == 0 && s.recurse == 0) {
      const st = new Stat();
      if (fstat(0, st) == 0 && st.isDirectory) {
        this.complain(name, EISDIR);
        return;
      }
    }
    const scan = this.scan;
    scan.run(fd, name);
    if (scan.error != 0) this.complain(name, scan.error);
    const found = scan.selected > 0;
    if (found) this.matched = true;
    if (s.quiet) {
      if (found) finish(0);
      return;
    }
    if (s.count) {
      if (s.withNames == 1) this.name(name, ":");
      stdout.writeLine(scan.selected.toString());
    }
    if ((s.list == 1 && found) || (s.list == 2 && !found)) this.name(name, "\n");
    if (s.lineBuffered) stdout.flush();
  }

  private name(name: string, end: string): void {
    stdout.write(this.settings.color ? "\x1b[35m\x1b[K" + name + "\x1b[m\x1b[K" : name);
    if (this.settings.zeroAfterName) stdout.writeByte(0);
    else if (this.settings.color && end == ":") stdout.write("\x1b[36m\x1b[K:\x1b[m\x1b[K");
    else stdout.write(end);
  }

  private complain(name: string, error: i32): void {
    this.failed = true;
    if (this.settings.silent) return;
    stdout.flush();
    writeText(2, "grep: " + name + ": " + errorText(error) + "\n");
  }
}

/** Whether a glob of the list matches `name`, or for an operand one of its trailing parts. */
function excluded(name: string, globs: string[], operand: bool): bool {
  for (let i = 0; i < globs.length; i++) {
    if (fnmatch(globs[i], name, operand ? FNM_LEADING_DIR : 0)) return true;
  }
  return false;
}
