import { EINVAL, ENOENT, ENOTDIR, EPERM, EROFS, ESTALE } from "@cloudos/abi/errno";
import {
  OBJECT_DEVICE,
  OBJECT_DIR,
  OBJECT_FILE,
  OBJECT_NONE,
  OBJECT_PIPE_READ,
  OBJECT_PIPE_WRITE,
  OBJECT_TTY,
} from "@cloudos/abi/kernel-interface";
import { MAX_HANDLES, PAGE_SIZE } from "@cloudos/abi/params";
import { REPLY_READ_ONLY, REPLY_VOLATILE } from "@cloudos/abi/vfs-protocol";
import { FILETYPE_DIRECTORY, FILETYPE_REGULAR_FILE, FILETYPE_SYMBOLIC_LINK } from "@cloudos/abi/wasi";
import { FIRST_COOKIE } from "../tree/inode.ts";
import { FsError, fail } from "../vfs/errors.ts";
import type { Attributes, EntrySink, FileSystem, FsStatistics, PageSink, Xattrs } from "../vfs/file-system.ts";
import { encodeName } from "../vfs/names.ts";
import { mappings, mapsText, smapsText } from "./memory-map.ts";
import { PROCESS_FILES } from "./process-files.ts";
import type { DescriptorInfo, ProcessTable } from "./process-table.ts";
import { SystemFiles } from "./system-files.ts";

/** What procfs must ask of the rest of the file service. */
export interface ProcfsView {
  callerPid(): number;
  /** Absolute path of a node, or a text in Linux's form for one without. */
  pathOfNode(node: bigint): string;
  /** Text of /proc/<pid>/mounts. */
  mountsText(): string;
}

// Inode numbers: pid in bits 16.., what it is below. pid 0 is /proc itself; contents of open files count up from 2^47.
const PID_STRIDE = 0x10000;
const CODE_DIR = 1;
const CODE_FD_DIR = 2;
const CODE_FILES = 16;
const CODE_FD = 0x1000;
const CODE_INFO_DIR = 3;
const CODE_FDINFO = 0x4000;
const CONTENT_INO = 2 ** 47;

const PROCESS_LINKS = ["cwd", "root", "exe"] as const;
const PROCESS_NAMES = [...Object.keys(PROCESS_FILES), "maps", "smaps", "mounts", ...PROCESS_LINKS];
const ROOT_LINKS: Readonly<Record<string, string>> = { self: "", mounts: "self/mounts" };

/** Processes and the machine as files. Content is made when a file is opened and lives until it is closed. */
export class Procfs implements FileSystem {
  readonly type = "proc";
  readonly source = "proc";
  readonly readOnly = true;
  readonly rootIno = CODE_DIR;
  readonly dirty = false;
  readonly #table: ProcessTable;
  readonly #view: ProcfsView;
  readonly #system: SystemFiles;
  readonly #rootNames: readonly string[];
  readonly #contents = new Map<number, Uint8Array>();
  #nextContent = CONTENT_INO;

  constructor(
    table: ProcessTable,
    view: ProcfsView,
    fileSystemTypes: readonly { readonly name: string; readonly device: boolean }[],
    /** Files of other parts of the system, by name. */
    more: Readonly<Record<string, () => string>> = {},
  ) {
    this.#table = table;
    this.#view = view;
    this.#system = new SystemFiles(table, fileSystemTypes, more);
    this.#rootNames = [...Object.keys(this.#system.files), ...Object.keys(ROOT_LINKS)];
  }

  attributes(ino: number): Attributes {
    if (ino >= CONTENT_INO) {
      const content = this.#contents.get(ino) ?? fail(ESTALE);
      return this.#inode(ino, FILETYPE_REGULAR_FILE, 0o444, content.length);
    }
    const { pid, code } = split(ino);
    if (pid !== 0) this.#requireProcess(pid);
    if (code === CODE_DIR) return this.#inode(ino, FILETYPE_DIRECTORY, 0o555, 0);
    if (pid !== 0 && (code === CODE_FD_DIR || code === CODE_INFO_DIR)) {
      return this.#inode(ino, FILETYPE_DIRECTORY, 0o500, 0);
    }
    if (pid !== 0 && code >= CODE_FDINFO) return this.#inode(ino, FILETYPE_REGULAR_FILE, 0o400, 0);
    if (pid !== 0 && code >= CODE_FD) return this.#inode(ino, FILETYPE_SYMBOLIC_LINK, 0o700, 0);
    const name = this.#nameOfCode(pid, code);
    const isLink = pid === 0 ? name in ROOT_LINKS : isProcessLink(name);
    if (isLink) return this.#inode(ino, FILETYPE_SYMBOLIC_LINK, 0o777, 0);
    return this.#inode(ino, FILETYPE_REGULAR_FILE, name === "environ" ? 0o400 : 0o444, 0);
  }

  lookup(dir: number, name: string): number {
    const { pid, code } = split(dir);
    if (pid === 0) {
      const index = this.#rootNames.indexOf(name);
      if (index >= 0) return CODE_FILES + index;
      const number = decimal(name);
      return number > 0 && this.#table.info(number) !== undefined ? number * PID_STRIDE + CODE_DIR : 0;
    }
    if (code === CODE_FD_DIR || code === CODE_INFO_DIR) {
      const fd = decimal(name);
      if (fd < 0 || fd >= MAX_HANDLES || this.#table.descriptor(pid, fd) === undefined) return 0;
      return pid * PID_STRIDE + (code === CODE_FD_DIR ? CODE_FD : CODE_FDINFO) + fd;
    }
    if (code !== CODE_DIR) fail(ENOTDIR);
    if (name === "fd") return pid * PID_STRIDE + CODE_FD_DIR;
    if (name === "fdinfo") return pid * PID_STRIDE + CODE_INFO_DIR;
    const index = PROCESS_NAMES.indexOf(name);
    return index < 0 ? 0 : pid * PID_STRIDE + CODE_FILES + index;
  }

  parent(dir: number): number {
    const { pid, code } = split(dir);
    return code === CODE_DIR || pid === 0 ? CODE_DIR : pid * PID_STRIDE + CODE_DIR;
  }

  nameOf(dir: number): string {
    const { pid, code } = split(dir);
    if (code === CODE_FD_DIR) return "fd";
    if (code === CODE_INFO_DIR) return "fdinfo";
    return pid === 0 ? "" : String(pid);
  }

  readdir(dir: number, after: number, sink: EntrySink): void {
    const { pid, code } = split(dir);
    if (pid !== 0) this.#requireProcess(pid);
    if (code === CODE_FD_DIR || code === CODE_INFO_DIR) {
      for (let fd = Math.max(0, after - FIRST_COOKIE + 1); fd < MAX_HANDLES; fd++) {
        if (this.#table.descriptor(pid, fd) === undefined) continue;
        const isLink = code === CODE_FD_DIR;
        const ino = pid * PID_STRIDE + (isLink ? CODE_FD : CODE_FDINFO) + fd;
        if (!sink(String(fd), ino, isLink ? FILETYPE_SYMBOLIC_LINK : FILETYPE_REGULAR_FILE, fd + FIRST_COOKIE)) return;
      }
      return;
    }
    const names = pid === 0 ? this.#rootNames : ["fd", "fdinfo", ...PROCESS_NAMES];
    for (let index = Math.max(0, after - FIRST_COOKIE + 1); index < names.length; index++) {
      const ino = this.lookup(dir, names[index]!);
      if (!sink(names[index]!, ino, this.attributes(ino).type, index + FIRST_COOKIE)) return;
    }
    if (pid !== 0) return;
    // Processes follow the fixed names; their cookies are their pids above these.
    const base = FIRST_COOKIE + names.length;
    for (let next = this.#table.next(Math.max(0, after - base)); next !== 0; next = this.#table.next(next)) {
      if (!sink(String(next), next * PID_STRIDE + CODE_DIR, FILETYPE_DIRECTORY, base + next)) return;
    }
  }

  readlink(ino: number): string {
    const { pid, code } = split(ino);
    if (pid === 0) {
      const name = this.#nameOfCode(0, code);
      return name === "self" ? String(this.#view.callerPid()) : (ROOT_LINKS[name] ?? fail(EINVAL));
    }
    this.#requireProcess(pid);
    if (code >= CODE_FDINFO) fail(EINVAL);
    if (code >= CODE_FD) {
      const descriptor = this.#table.descriptor(pid, code - CODE_FD) ?? fail(ENOENT);
      return this.#descriptorText(descriptor);
    }
    switch (this.#nameOfCode(pid, code)) {
      case "cwd":
        return this.#view.pathOfNode(this.#table.cwd(pid));
      case "root":
        return this.#view.pathOfNode(this.#table.root(pid));
      case "exe":
        return this.#table.info(pid)?.name ?? fail(ENOENT);
      default:
        fail(EINVAL);
    }
  }

  open(ino: number): number {
    if (ino >= CONTENT_INO || this.attributes(ino).type !== FILETYPE_REGULAR_FILE) return ino;
    const { pid, code } = split(ino);
    const content = this.#contentOf(pid, code);
    const opened = this.#nextContent++;
    this.#contents.set(opened, typeof content === "string" ? encodeName(content) : content);
    return opened;
  }

  openFlags(): number {
    return REPLY_VOLATILE | REPLY_READ_ONLY;
  }

  release(ino: number): void {
    this.#contents.delete(ino);
  }

  readPages(ino: number, first: number, count: number, sink: PageSink): void {
    const content = this.#contents.get(ino) ?? fail(ESTALE);
    for (let index = first; index < first + count; index++) {
      sink(index, content.subarray(index * PAGE_SIZE, (index + 1) * PAGE_SIZE));
    }
  }

  pinnedFiles(): Iterable<number> {
    return [];
  }

  version(): number {
    return 0;
  }

  statistics(): FsStatistics {
    return { totalBytes: 0, freeBytes: 0, files: 0, freeFiles: 0 };
  }

  create(): number {
    fail(EROFS);
  }
  link(): void {
    fail(EROFS);
  }
  unlink(): number {
    fail(EROFS);
  }
  rmdir(): void {
    fail(EROFS);
  }
  rename(): number {
    fail(EROFS);
  }
  setMode(): void {
    fail(EROFS);
  }
  setOwner(): void {
    fail(EPERM);
  }

  xattrs(): Xattrs {
    return NO_XATTRS;
  }

  setXattr(): void {
    fail(EPERM);
  }

  setTimes(): void {
    fail(EROFS);
  }
  writeBack(): void {
    fail(EROFS);
  }
  reserve(): void {
    fail(EROFS);
  }
  async sync(): Promise<void> {}

  #contentOf(pid: number, code: number): string | Uint8Array {
    if (pid === 0) return this.#system.files[this.#nameOfCode(0, code)]?.() ?? fail(ENOENT);
    const found = this.#table.info(pid) ?? fail(ENOENT);
    // Whoever reads its own state runs; here it waits for this very answer.
    const process = pid === this.#view.callerPid() ? { ...found, state: "R" } : found;
    if (code >= CODE_FDINFO) {
      const descriptor = this.#table.descriptor(pid, code - CODE_FDINFO) ?? fail(ENOENT);
      return `pos:\t${descriptor.offset}\nflags:\t${descriptor.fdflags.toString(8).padStart(7, "0")}\nmnt_id:\t${descriptor.node >> 48n}\nino:\t${descriptor.node & 0xffffffffffffn}\n`;
    }
    const name = this.#nameOfCode(pid, code);
    if (name === "mounts") return this.#view.mountsText();
    if (name === "maps" || name === "smaps") {
      const list = mappings(this.#table.regions(pid), (node) => this.#view.pathOfNode(node));
      return name === "maps" ? mapsText(list) : smapsText(list);
    }
    const make = PROCESS_FILES[name] ?? fail(EINVAL);
    return make(this.#table, process, Math.max(64, process.descriptors));
  }

  #descriptorText(descriptor: DescriptorInfo): string {
    switch (descriptor.object) {
      case OBJECT_FILE:
      case OBJECT_DIR:
        return this.#view.pathOfNode(descriptor.node);
      case OBJECT_PIPE_READ:
      case OBJECT_PIPE_WRITE:
        return `pipe:[${descriptor.aux}]`;
      case OBJECT_TTY:
        return "/dev/tty";
      case OBJECT_DEVICE:
        return descriptor.node === 0n ? `device:[${descriptor.aux}]` : this.#view.pathOfNode(descriptor.node);
      case OBJECT_NONE:
        fail(ENOENT);
        break;
      default:
        return `ring:[${descriptor.aux}]`;
    }
  }

  #nameOfCode(pid: number, code: number): string {
    const names = pid === 0 ? this.#rootNames : PROCESS_NAMES;
    return names[code - CODE_FILES] ?? fail(ESTALE);
  }

  #requireProcess(pid: number): void {
    if (this.#table.info(pid) === undefined) fail(ENOENT);
  }

  #inode(ino: number, type: number, mode: number, size: number): Attributes {
    const pid = ino < CONTENT_INO ? Math.floor(ino / PID_STRIDE) : 0;
    const startUs = pid === 0 ? 0 : (this.#table.info(pid)?.startUs ?? 0);
    const now = BigInt(Math.floor(this.#table.bootWallMs() + startUs / 1000)) * 1_000_000n;
    const owner = ino < PID_STRIDE ? 0 : 1000;
    return {
      ino,
      type,
      mode,
      uid: owner,
      gid: owner,
      nlink: type === FILETYPE_DIRECTORY ? 2 : 1,
      size,
      blocks: 0,
      atimeNs: now,
      mtimeNs: now,
      ctimeNs: now,
      device: 0,
      rdev: 0,
    };
  }
}

const NO_XATTRS: Xattrs = new Map();

function split(ino: number): { pid: number; code: number } {
  if (ino >= CONTENT_INO) throw new FsError(ENOTDIR, "Cannot walk through the content of an open file");
  return { pid: Math.floor(ino / PID_STRIDE), code: ino % PID_STRIDE };
}

function isProcessLink(name: string): boolean {
  return (PROCESS_LINKS as readonly string[]).includes(name);
}

function decimal(name: string): number {
  return /^(0|[1-9][0-9]{0,9})$/.test(name) ? Number(name) : -1;
}
