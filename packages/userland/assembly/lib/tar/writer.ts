/** Puts files into an archive. */
import { BLOCK, Header, TYPE_DIRECTORY, TYPE_FILE, TYPE_LINK, TYPE_LONG_LINK, TYPE_LONG_NAME, TYPE_SYMLINK, formatHeader } from "./header";
import { Reader, Writer, writeText } from "../io";
import { Stat, close, lstat, openRead, readlink, rmdir, stat, text as linkText, unlink } from "../fs";
import { Settings } from "./settings";
import { groupName, userName } from "../accounts";
import { errorText } from "../errno-text";
import { joinPath } from "../path";
import { memberLine } from "./listing";
import { readNames } from "../directory";
import { toMemory } from "../bytes";

const HEADER = memory.data(512, 8);
/** Archives are padded to 20 blocks, the record of a tape (POSIX pax, -b). */
const RECORD: i32 = 20 * BLOCK;

export class ArchiveWriter {
  private written: u64 = 0;
  /** First names of files with several links. */
  private linkKeys: Array<string> = [];
  private linkNames: Array<string> = [];

  constructor(
    private settings: Settings,
    private out: Writer,
    /** Where -v goes: standard error when the archive is standard output. */
    private log: i32,
    private archiveStat: Stat | null,
  ) {}

  private block(): void {
    this.out.writeMemory(HEADER, BLOCK);
    this.written += BLOCK;
  }

  private pad(length: u64): void {
    memory.fill(HEADER, 0, BLOCK);
    const rest = <i32>(length % BLOCK);
    if (rest == 0) return;
    this.out.writeMemory(HEADER, BLOCK - rest);
    this.written += BLOCK - rest;
  }

  /** A name that does not fit its field goes before the header as a member of its own. */
  private longText(type: i32, value: string): void {
    const h = new Header();
    h.name = "././@LongLink";
    h.type = type;
    h.size = <u64>value.length + 1;
    h.user = "root";
    h.group = "root";
    formatHeader(h, HEADER);
    this.block();
    const bytes = heap.alloc(value.length + 1);
    toMemory(value, bytes);
    store<u8>(bytes + value.length, 0);
    this.out.writeMemory(bytes, value.length + 1);
    this.written += value.length + 1;
    heap.free(bytes);
    this.pad(h.size);
  }

  private header(h: Header): void {
    if (h.linkName.length > 100) this.longText(TYPE_LONG_LINK, h.linkName);
    if (h.name.length > 100) this.longText(TYPE_LONG_NAME, h.name);
    formatHeader(h, HEADER);
    this.block();
    if (this.settings.verbose > 0) {
      writeText(this.log, (this.settings.verbose > 1 ? memberLine(h, this.settings) : h.name) + "\n");
    }
  }

  /** `path` and, when it is a directory, all below. */
  add(path: string): void {
    const settings = this.settings;
    if (settings.excludes(path)) return;
    const st = new Stat();
    const error = settings.dereference ? stat(path, st) : lstat(path, st);
    if (error != 0) {
      settings.complain(path + ": Cannot stat: " + errorText(error));
      return;
    }
    const own = this.archiveStat;
    if (own !== null && own.sameFile(st)) {
      writeText(2, "tar: " + path + ": file is the archive; not dumped\n");
      return;
    }
    const h = this.describe(path, st);
    if (st.isDirectory) this.directory(path, h);
    else if (st.isSymlink) {
      readlink(path);
      h.linkName = linkText;
      h.type = TYPE_SYMLINK;
      this.header(h);
    } else if (st.isRegular) this.file(path, st, h);
    else {
      writeText(2, "tar: " + path + ": socket or device ignored\n");
      return;
    }
    if (settings.removeFiles) st.isDirectory ? rmdir(path) : unlink(path);
  }

  private describe(path: string, st: Stat): Header {
    const settings = this.settings;
    const h = new Header();
    h.name = settings.relative(path, "member names");
    h.mode = st.mode & 0o7777;
    h.uid = settings.owner >= 0 ? <u32>settings.owner : st.uid;
    h.gid = settings.group >= 0 ? <u32>settings.group : st.gid;
    h.mtime = settings.mtime >= 0 ? settings.mtime : <i64>(st.mtim / 1000000000);
    if (!settings.numericOwner) {
      h.user = userName(h.uid);
      h.group = groupName(h.gid);
    }
    return h;
  }

  private directory(path: string, h: Header): void {
    if (!h.name.endsWith("/")) h.name += "/";
    h.type = TYPE_DIRECTORY;
    this.header(h);
    if (!this.settings.recurse) return;
    const names: Array<string> = [];
    const error = readNames(path, names);
    if (error != 0) this.settings.complain(path + ": Cannot open: " + errorText(error));
    if (this.settings.sortNames) names.sort();
    for (let i = 0; i < names.length; i++) this.add(joinPath(path, names[i]));
  }

  private file(path: string, st: Stat, h: Header): void {
    h.type = TYPE_FILE;
    if (st.nlink > 1) {
      const key = st.dev.toString() + ":" + st.ino.toString();
      const at = this.linkKeys.indexOf(key);
      if (at >= 0) {
        h.type = TYPE_LINK;
        h.linkName = this.linkNames[at];
        this.header(h);
        return;
      }
      this.linkKeys.push(key);
      this.linkNames.push(h.name);
    }
    const fd = openRead(path);
    if (fd < 0) {
      this.settings.complain(path + ": Cannot open: " + errorText(-fd));
      return;
    }
    h.size = st.size;
    this.header(h);
    this.content(path, fd, h.size);
    close(fd);
  }

  private content(path: string, fd: i32, size: u64): void {
    const reader = new Reader(fd);
    let left = size;
    while (left > 0 && (reader.available > 0 || reader.fill())) {
      const count = <i32>min<u64>(left, reader.available);
      this.out.writeMemory(reader.data, count);
      reader.skip(count);
      left -= count;
    }
    this.written += size - left;
    reader.free();
    if (left > 0) {
      // The header has promised `size` bytes: zeros make up for what is gone.
      this.settings.complain(path + ": File shrank by " + left.toString() + " bytes; padding with zeros");
      for (; left > 0; left--) this.out.writeByte(0);
      this.written = this.written + left;
    }
    this.pad(size);
  }

  /** `base`: bytes already in the archive (-r). */
  finish(base: u64): void {
    memory.fill(HEADER, 0, BLOCK);
    this.block();
    this.block();
    while ((base + this.written) % RECORD != 0) this.block();
  }
}
