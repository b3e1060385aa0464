/** What tar was asked to do. */
import { FNM_LEADING_DIR, fnmatch } from "../fnmatch";
import { writeText } from "../io";

export class Settings {
  /** c, x, t, r or u. */
  operation: string = "";
  archive: string = "-";
  gzip: bool = false;
  verbose: i32 = 0;
  directory: string = "";
  keepPermissions: bool = true;
  toStdout: bool = false;
  strip: i32 = 0;
  exclude: Array<string> = [];
  absoluteNames: bool = false;
  keepOldFiles: bool = false;
  touch: bool = false;
  dereference: bool = false;
  recurse: bool = true;
  sortNames: bool = false;
  numericOwner: bool = false;
  autoCompress: bool = false;
  removeFiles: bool = false;
  /** Numbers that replace what the file system says; -1 not set. */
  owner: i64 = -1;
  group: i64 = -1;
  mtime: i64 = -1;
  status: i32 = 0;

  /** --exclude patterns match a whole name or what follows any slash in it. */
  excludes(name: string): bool {
    for (let i = 0; i < this.exclude.length; i++) {
      const pattern = this.exclude[i];
      if (fnmatch(pattern, name, FNM_LEADING_DIR)) return true;
      for (let at = name.indexOf("/"); at >= 0; at = name.indexOf("/", at + 1)) {
        if (fnmatch(pattern, name.substring(at + 1), FNM_LEADING_DIR)) return true;
      }
    }
    return false;
  }

  complain(message: string): void {
    writeText(2, "tar: " + message + "\n");
    this.status = 2;
  }

  private prefixesTold: Array<string> = [];

  /** The name without what would lead out of the tree: a leading "/" or anything up to the last "..". */
  relative(name: string, what: string): string {
    if (this.absoluteNames) return name;
    let start = 0;
    for (let at = name.indexOf("../"); at >= 0; at = name.indexOf("../", at + 3)) {
      if (at == 0 || name.charAt(at - 1) == "/") start = at + 3;
    }
    if (name == ".." || name.endsWith("/..")) start = name.length;
    while (start < name.length && name.charAt(start) == "/") start++;
    if (start == 0) return name;
    const prefix = name.substring(0, start);
    if (!this.prefixesTold.includes(prefix)) {
      this.prefixesTold.push(prefix);
      writeText(2, "tar: Removing leading `" + prefix + "' from " + what + "\n");
    }
    return start == name.length ? "." : name.substring(start);
  }
}
