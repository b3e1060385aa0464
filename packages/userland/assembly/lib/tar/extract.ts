/** Takes members out of an archive. Nothing is written outside the directory tar runs in. */
import { ArchiveReader } from "./reader";
import {
  Header, TYPE_BLOCK, TYPE_CHARACTER, TYPE_CONTIGUOUS, TYPE_DIRECTORY, TYPE_FIFO, TYPE_FILE, TYPE_LINK, TYPE_SYMLINK,
} from "./header";
import {
  CREATE, EXCLUSIVE, NOFOLLOW, Stat, WRITE, chmod, close, link, lstat, mkdir, open, realpath, setTimes, symlink, text as resolved, unlink,
} from "../fs";
import { EEXIST, ENOENT } from "../../../../abi/src/errno";
import { FSTFLAGS_MTIM } from "../../../../abi/src/wasi";
import { Settings } from "./settings";
import { dirName } from "../path";
import { errorText } from "../errno-text";
import { stdout, writeAll } from "../io";

const BUFFER: usize = memory.data(65536);

/** A directory whose times and mode are set once everything below it is there. */
class Finish {
  constructor(
    public path: string,
    public mode: u32,
    public mtime: i64,
  ) {}
}

/** What the process takes away from modes when it does not keep them (-p); the system has no umask of its own. */
const UMASK: u32 = 0o022;

export class Extractor {
  private directories: Array<Finish> = [];
  /** Where everything must stay, with a trailing slash. */
  private root: string = "";
  /** Parents found to be inside. */
  private checked: string = "";

  constructor(
    private settings: Settings,
    private reader: ArchiveReader,
  ) {
    if (realpath(".") == 0) this.root = resolved.endsWith("/") ? resolved : resolved + "/";
  }

  private complain(path: string, what: string, error: i32): void {
    this.settings.complain(path + ": " + what + ": " + errorText(error));
  }

  /** The name with --strip-components taken off; "" when nothing is left. */
  stripped(name: string): string {
    let at = 0;
    for (let i = 0; i < this.settings.strip; i++) {
      while (at < name.length && name.charAt(at) == "/") at++;
      const slash = name.indexOf("/", at);
      if (slash < 0) return "";
      at = slash + 1;
    }
    while (at < name.length && at > 0 && name.charAt(at) == "/") at++;
    return name.substring(at);
  }

  /** Whether `path` may be written: no parent may lead outside through a symbolic link. */
  private inside(path: string): bool {
    if (this.settings.absoluteNames) return true;
    const parent = dirName(path);
    if (parent == "." || parent == this.checked) return true;
    if (realpath(parent) != 0) return true;
    if ((resolved + "/").startsWith(this.root)) {
      this.checked = parent;
      return true;
    }
    this.settings.complain(path + ": Refusing to write outside the working directory, to " + resolved);
    return false;
  }

  extract(h: Header): void {
    const settings = this.settings;
    const short = this.stripped(h.name);
    if (short.length == 0) return;
    if (settings.toStdout) {
      if (h.type == TYPE_FILE || h.type == TYPE_CONTIGUOUS) this.content(1, h);
      return;
    }
    let path = settings.relative(short, "member names");
    if (!settings.absoluteNames && hasDotDot(short)) {
      settings.complain(h.name + ": Member name contains '..'");
      return;
    }
    if (path.endsWith("/") && path.length > 1) path = path.substring(0, path.length - 1);
    this.makeParents(path);
    if (!this.inside(path)) return;
    if (h.type == TYPE_DIRECTORY) this.directory(path, h);
    else if (h.type == TYPE_SYMLINK) this.symlink(path, h);
    else if (h.type == TYPE_LINK) this.link(path, h);
    else if (h.type == TYPE_CHARACTER || h.type == TYPE_BLOCK || h.type == TYPE_FIFO) {
      settings.complain(path + ": Cannot make a device or a fifo here");
    } else this.file(path, h);
  }

  private makeParents(path: string): void {
    for (let at = path.indexOf("/", 1); at > 0; at = path.indexOf("/", at + 1)) {
      const parent = path.substring(0, at);
      const st = new Stat();
      if (lstat(parent, st) == ENOENT && this.inside(parent)) mkdir(parent);
    }
  }

  private modeOf(h: Header): u32 {
    return this.settings.keepPermissions ? h.mode : h.mode & ~UMASK;
  }

  private directory(path: string, h: Header): void {
    const error = mkdir(path);
    if (error == EEXIST) {
      const st = new Stat();
      lstat(path, st);
      if (st.isSymlink) {
        unlink(path);
        mkdir(path);
      } else if (!st.isDirectory) {
        this.complain(path, "Cannot mkdir", error);
        return;
      }
    } else if (error != 0) {
      this.complain(path, "Cannot mkdir", error);
      return;
    }
    this.checked = "";
    this.directories.push(new Finish(path, this.modeOf(h), h.mtime));
  }

  /** Clears the way for a member that is no directory; false when it must not be replaced. */
  private clear(path: string): bool {
    const st = new Stat();
    if (lstat(path, st) != 0) return true;
    if (this.settings.keepOldFiles) {
      this.complain(path, "Cannot open", EEXIST);
      return false;
    }
    if (!st.isDirectory) unlink(path);
    return true;
  }

  private symlink(path: string, h: Header): void {
    if (!this.clear(path)) return;
    const error = symlink(h.linkName, path);
    if (error != 0) this.complain(path, "Cannot create symlink to '" + h.linkName + "'", error);
    else if (!this.settings.touch) setTimes(path, false, 0, <u64>h.mtime * 1000000000, FSTFLAGS_MTIM);
    this.checked = "";
  }

  private link(path: string, h: Header): void {
    const target = this.settings.relative(this.stripped(h.linkName), "hard link targets");
    if (!this.inside(target) || !this.clear(path)) return;
    const error = link(target, path);
    if (error != 0) this.complain(path, "Cannot hard link to '" + target + "'", error);
  }

  private file(path: string, h: Header): void {
    if (!this.clear(path)) return;
    const fd = open(path, WRITE | CREATE | EXCLUSIVE | NOFOLLOW);
    if (fd < 0) {
      this.complain(path, "Cannot open", -fd);
      return;
    }
    const whole = this.content(fd, h);
    close(fd);
    if (!whole) return;
    chmod(path, this.modeOf(h));
    if (!this.settings.touch) setTimes(path, true, 0, <u64>h.mtime * 1000000000, FSTFLAGS_MTIM);
  }

  /** Copies the member's bytes; false when not all could be. */
  private content(fd: i32, h: Header): bool {
    while (true) {
      const count = this.reader.read(BUFFER, 65536);
      if (count == 0) return true;
      if (count < 0) {
        this.settings.complain("Unexpected EOF in archive");
        return false;
      }
      if (fd == 1) {
        stdout.writeMemory(BUFFER, count);
        continue;
      }
      const error = writeAll(fd, BUFFER, count);
      if (error != 0) {
        this.complain(h.name, "Cannot write", error);
        return false;
      }
    }
  }

  /** Modes and times of directories, inner ones first. */
  finish(): void {
    for (let i = this.directories.length - 1; i >= 0; i--) {
      const d = this.directories[i];
      const st = new Stat();
      if (lstat(d.path, st) != 0 || !st.isDirectory) continue;
      chmod(d.path, d.mode);
      if (!this.settings.touch) setTimes(d.path, true, 0, <u64>d.mtime * 1000000000, FSTFLAGS_MTIM);
    }
  }
}

/** A component of the name is "..". */
function hasDotDot(name: string): bool {
  const parts = name.split("/");
  for (let i = 0; i < parts.length; i++) if (parts[i] == "..") return true;
  return false;
}
