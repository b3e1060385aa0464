/** Copying files and trees, for cp, mv (across file systems) and install. */
import { EEXIST, EINTR, ENOENT } from "../../../abi/src/errno";
import {
  FILETYPE_CHARACTER_DEVICE,
  FSTFLAGS_ATIM,
  FSTFLAGS_MTIM,
} from "../../../abi/src/wasi";
import { readNames } from "./directory";
import { warn, warnErrno } from "./exit";
import * as fs from "./fs";
import { BLOCK_SIZE, readInto, stdout, writeAll } from "./io";
import { UMASK } from "./mode";
import { joinPath } from "./path";
import { confirm } from "./prompt";
import { quoteShell } from "./quote";

export const DEREFERENCE_NEVER = 0;
export const DEREFERENCE_OPERANDS = 1;
export const DEREFERENCE_ALWAYS = 2;

export class Copier {
  recursive: bool = false;
  dereference: i32 = DEREFERENCE_ALWAYS;
  preserveMode: bool = false;
  preserveTimes: bool = false;
  preserveLinks: bool = false;
  /** Remove a target that cannot be opened, and try again. */
  force: bool = false;
  /** Remove every target first. */
  removeFirst: bool = false;
  interactive: bool = false;
  /** Leave existing targets alone. */
  noClobber: bool = false;
  /** Only when the source is newer or the target missing. */
  update: bool = false;
  verbose: bool = false;
  hardLink: bool = false;
  symbolicLink: bool = false;
  failed: bool = false;
  private block: usize = 0;
  /** "dev:ino" of sources with several links, and where their first copy is. */
  private copies: Map<u64, string> = new Map<u64, string>();
  /** Directories made by this run, by inode: a tree is never copied into itself. */
  private made: Set<u64> = new Set<u64>();

  private fail(message: string, error: i32): bool {
    warnErrno(message, error);
    this.failed = true;
    return false;
  }

  private refuse(message: string): bool {
    warn(message);
    this.failed = true;
    return false;
  }

  /** Copies `from` to the name `to`: true when nothing went wrong. */
  copy(from: string, to: string, operand: bool): bool {
    const source = new fs.Stat();
    const follow = this.dereference == DEREFERENCE_ALWAYS || (operand && this.dereference == DEREFERENCE_OPERANDS);
    let error = follow ? fs.stat(from, source) : fs.lstat(from, source);
    if (error != 0) return this.fail("cannot stat " + quoteShell(from), error);
    if (source.isDirectory && !this.recursive) {
      return this.refuse("-r not specified; omitting directory " + quoteShell(from));
    }
    const target = new fs.Stat();
    error = source.isSymlink || this.removeFirst ? fs.lstat(to, target) : fs.stat(to, target);
    let exists = error == 0;
    if (error == ENOENT && fs.exists(to)) {
      if (!this.removeFirst && !this.force) return this.refuse("not writing through dangling symlink " + quoteShell(to));
      exists = fs.lstat(to, target) == 0;
    }
    if (exists) {
      if (target.sameFile(source) && !(this.force && this.hardLink)) {
        if (this.hardLink) return true;
        return this.refuse(quoteShell(from) + " and " + quoteShell(to) + " are the same file");
      }
      if (this.noClobber && !source.isDirectory) return true;
      if (this.update && !source.isDirectory && target.mtim >= source.mtim) return true;
      if (target.isDirectory && !source.isDirectory) {
        return this.refuse("cannot overwrite directory " + quoteShell(to) + " with non-directory" + (operand ? "" : " " + quoteShell(from)));
      }
      if (source.isDirectory && !target.isDirectory) {
        return this.refuse("cannot overwrite non-directory " + quoteShell(to) + " with directory " + quoteShell(from));
      }
      if (this.interactive && !source.isDirectory && !confirm("overwrite " + quoteShell(to) + "? ")) return true;
    }
    if (source.isDirectory) return this.copyDirectory(from, to, source, exists);
    if (exists && (this.removeFirst || source.isSymlink || this.hardLink || this.symbolicLink)) {
      const replace = this.removeFirst || this.force || (source.isSymlink && !this.symbolicLink && !this.hardLink);
      if (replace) {
        error = fs.unlink(to);
        if (error != 0 && error != ENOENT) return this.fail("cannot remove " + quoteShell(to), error);
        exists = false;
      }
    }
    return this.copyLeaf(from, to, source, exists);
  }

  private copyLeaf(from: string, to: string, source: fs.Stat, exists: bool): bool {
    const key = (source.dev << 48) ^ source.ino;
    if (this.preserveLinks && source.nlink > 1) {
      if (this.copies.has(key)) {
        if (exists) fs.unlink(to);
        const error = fs.link(this.copies.get(key), to);
        if (error != 0) return this.fail("cannot create hard link " + quoteShell(to) + " to " + quoteShell(this.copies.get(key)), error);
        this.say(from, to);
        return true;
      }
      this.copies.set(key, to);
    }
    if (this.symbolicLink || this.hardLink) {
      const error = this.symbolicLink ? fs.symlink(from, to) : fs.link(from, to);
      if (error != 0) {
        const kind = this.symbolicLink ? "symbolic" : "hard";
        return this.fail("cannot create " + kind + " link " + quoteShell(to) + " to " + quoteShell(from), error);
      }
      this.say(from, to);
      return true;
    }
    if (source.isSymlink) return this.copySymlink(from, to, source);
    return this.copyContents(from, to, source, exists);
  }

  private say(from: string, to: string): void {
    if (this.verbose) stdout.writeLine(quoteShell(from) + " -> " + quoteShell(to));
  }

  private copySymlink(from: string, to: string, source: fs.Stat): bool {
    let error = fs.readlink(from);
    if (error != 0) return this.fail("cannot read symbolic link " + quoteShell(from), error);
    error = fs.symlink(fs.text, to);
    if (error != 0) return this.fail("cannot create symbolic link " + quoteShell(to), error);
    this.say(from, to);
    if (this.preserveTimes) fs.setTimes(to, false, source.atim, source.mtim, FSTFLAGS_ATIM | FSTFLAGS_MTIM);
    return true;
  }

  private copyContents(from: string, to: string, source: fs.Stat, exists: bool): bool {
    const input = fs.openRead(from);
    if (input < 0) return this.fail("cannot open " + quoteShell(from) + " for reading", -input);
    let output = fs.openWrite(to);
    if (output < 0 && exists && this.force) {
      const error = fs.unlink(to);
      if (error != 0) {
        fs.close(input);
        return this.fail("cannot remove " + quoteShell(to), error);
      }
      exists = false;
      output = fs.open(to, fs.WRITE | fs.CREATE | fs.EXCLUSIVE);
    }
    if (output < 0) {
      fs.close(input);
      return this.fail("cannot create regular file " + quoteShell(to), -output);
    }
    this.say(from, to);
    let ok = this.copyBytes(input, output, from, to);
    fs.close(input);
    const error = fs.close(output);
    if (error != 0) ok = this.fail("failed to close " + quoteShell(to), error);
    if (this.preserveMode) fs.chmod(to, source.mode);
    else if (!exists && source.type != FILETYPE_CHARACTER_DEVICE) fs.chmod(to, source.mode & 0o777 & ~UMASK);
    if (this.preserveTimes) fs.setTimes(to, true, source.atim, source.mtim, FSTFLAGS_ATIM | FSTFLAGS_MTIM);
    return ok;
  }

  private copyBytes(input: i32, output: i32, from: string, to: string): bool {
    if (this.block == 0) this.block = heap.alloc(BLOCK_SIZE);
    while (true) {
      const count = readInto(input, this.block, BLOCK_SIZE);
      if (count == -EINTR) continue;
      if (count < 0) return this.fail("error reading " + quoteShell(from), -count);
      if (count == 0) return true;
      const error = writeAll(output, this.block, count);
      if (error != 0) return this.fail("error writing " + quoteShell(to), error);
    }
  }

  private copyDirectory(from: string, to: string, source: fs.Stat, exists: bool): bool {
    if (this.made.has(source.ino)) {
      return this.refuse("cannot copy a directory, " + quoteShell(from) + ", into itself, " + quoteShell(to));
    }
    if (!exists) {
      const error = fs.mkdir(to);
      if (error != 0 && error != EEXIST) return this.fail("cannot create directory " + quoteShell(to), error);
      const made = new fs.Stat();
      if (fs.stat(to, made) == 0) this.made.add(made.ino);
      this.say(from, to);
    }
    const names: string[] = [];
    const listed = readNames(from, names);
    if (listed != 0) this.fail("cannot access " + quoteShell(from), listed);
    let ok = listed == 0;
    for (let i = 0; i < names.length; i++) {
      const inner = joinPath(from, names[i]);
      const st = new fs.Stat();
      if (fs.lstat(inner, st) == 0 && st.isDirectory && this.made.has(st.ino)) {
        ok = this.refuse("cannot copy a directory, " + quoteShell(from) + ", into itself, " + quoteShell(to));
        continue;
      }
      if (!this.copy(inner, joinPath(to, names[i]), false)) ok = false;
    }
    if (this.preserveMode) fs.chmod(to, source.mode);
    else if (!exists) fs.chmod(to, source.mode & 0o777 & ~UMASK);
    if (this.preserveTimes) fs.setTimes(to, true, source.atim, source.mtim, FSTFLAGS_ATIM | FSTFLAGS_MTIM);
    return ok;
  }
}
