/** Removing files and trees, for rm and for mv across file systems. */
import { EACCES, ENOENT, ENOTDIR, ENOTEMPTY } from "../../../abi/src/errno";
import { warn, warnErrno } from "./exit";
import { readNames } from "./directory";
import * as fs from "./fs";
import { isTerminal, stdout } from "./io";
import { typeName } from "./mode";
import { baseName, joinPath, stripSlashes } from "./path";
import { confirm } from "./prompt";
import { quoteShell } from "./quote";

export class Remover {
  recursive: bool = false;
  /** Missing files are no error and nothing is asked. */
  force: bool = false;
  /** Ask before each removal. */
  interactive: bool = false;
  emptyDirectories: bool = false;
  verbose: bool = false;
  preserveRoot: bool = true;
  failed: bool = false;
  private answersFromTerminal: bool = isTerminal(0);

  private fail(path: string, error: i32): bool {
    warnErrno("cannot remove " + quoteShell(path), error);
    this.failed = true;
    return false;
  }

  private say(path: string, directory: bool): void {
    if (this.verbose) stdout.writeLine((directory ? "removed directory " : "removed ") + quoteShell(path));
  }

  /** A name given by the user: refuses ".", ".." and "/". True when the file is gone. */
  removeNamed(path: string): bool {
    const last = baseName(path);
    if (this.recursive && (last == "." || last == "..")) {
      warn("refusing to remove '.' or '..' directory: skipping " + quoteShell(path));
      this.failed = true;
      return false;
    }
    if (this.recursive && this.preserveRoot && isRoot(path)) {
      const same = stripSlashes(path) == "/" ? "" : " (same as '/')";
      warn("it is dangerous to operate recursively on " + quoteShell(path) + same);
      warn("use --no-preserve-root to override this failsafe");
      this.failed = true;
      return false;
    }
    return this.remove(path);
  }

  /** Removes a file or tree: true when it is gone. */
  remove(path: string): bool {
    const st = new fs.Stat();
    const error = fs.lstat(path, st);
    if (error != 0) {
      if (this.force && (error == ENOENT || error == ENOTDIR)) return true;
      return this.fail(path, error);
    }
    return st.isDirectory ? this.removeDirectory(path) : this.removeFile(path, st);
  }

  private removeFile(path: string, st: fs.Stat): bool {
    if (!this.mayRemove(path, "remove " + typeName(st) + " ", !st.isSymlink)) return false;
    const error = fs.unlink(path);
    if (error != 0) return this.fail(path, error);
    this.say(path, false);
    return true;
  }

  /** Asks when asked to ask, or when the file is write-protected and a person is there. */
  private mayRemove(path: string, question: string, checkAccess: bool): bool {
    if (this.force) return true;
    const isProtected = checkAccess && this.answersFromTerminal && fs.access(path, 2) == EACCES;
    if (!this.interactive && !isProtected) return true;
    const text = isProtected ? question.replace("remove ", "remove write-protected ") : question;
    return confirm(text + quoteShell(path) + "? ");
  }

  private removeDirectory(path: string): bool {
    if (!this.recursive && !this.emptyDirectories) {
      warn("cannot remove " + quoteShell(path) + ": Is a directory");
      this.failed = true;
      return false;
    }
    const names: string[] = [];
    const listed = fs.isDirectory(path) ? readNames(path, names) : 0;
    if (this.recursive && names.length > 0) {
      if (this.interactive && !confirm("descend into directory " + quoteShell(path) + "? ")) return false;
      let all = true;
      for (let i = 0; i < names.length; i++) if (!this.remove(joinPath(path, names[i]))) all = false;
      // Something inside was kept or has been reported.
      if (!all) return false;
    } else if (listed != 0 && this.recursive) {
      // An unreadable directory can still be removed when it is empty.
      if (fs.rmdir(path) == 0) return true;
      return this.fail(path, listed);
    }
    if (!this.mayRemove(path, "remove directory ", true)) return false;
    const error = names.length > 0 && !this.recursive ? ENOTEMPTY : fs.rmdir(path);
    if (error != 0) return this.fail(path, error);
    this.say(path, true);
    return true;
  }
}

function isRoot(path: string): bool {
  const root = new fs.Stat();
  const st = new fs.Stat();
  return fs.lstat(path, st) == 0 && fs.stat("/", root) == 0 && st.isDirectory && st.sameFile(root);
}
