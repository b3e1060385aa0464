import type { DeviceEntry } from "@cloudos/abi/device";
import { EINVAL, ENOENT } from "@cloudos/abi/errno";
import { MAX_HANDLES } from "@cloudos/abi/params";
import {
  DEVICE_FD_BASE,
  DEVICE_FULL,
  DEVICE_NULL,
  DEVICE_RANDOM,
  DEVICE_SINK_BASE,
  DEVICE_SOURCE_BASE,
  DEVICE_TTY,
  DEVICE_URANDOM,
  DEVICE_ZERO,
  REPLY_PINNED,
} from "@cloudos/abi/vfs-protocol";
import {
  FILETYPE_CHARACTER_DEVICE,
  FILETYPE_DIRECTORY,
  FILETYPE_REGULAR_FILE,
  FILETYPE_SYMBOLIC_LINK,
} from "@cloudos/abi/wasi";
import type { ProcessTable } from "../procfs/process-table.ts";
import { FIRST_COOKIE, Inode } from "../tree/inode.ts";
import { StaticTree } from "../tree/static-tree.ts";
import { fail } from "../vfs/errors.ts";
import type { EntrySink, PageSink } from "../vfs/file-system.ts";

const DEVICES: readonly (readonly [name: string, device: number, mode: number])[] = [
  ["null", DEVICE_NULL, 0o666],
  ["zero", DEVICE_ZERO, 0o666],
  ["full", DEVICE_FULL, 0o666],
  ["random", DEVICE_RANDOM, 0o666],
  ["urandom", DEVICE_URANDOM, 0o666],
  ["tty", DEVICE_TTY, 0o666],
];
const LINKS: readonly (readonly [name: string, target: string])[] = [
  ["stdin", "fd/0"],
  ["stdout", "fd/1"],
  ["stderr", "fd/2"],
];
/** Descriptors of whoever asks are numbered from here: far above the fixed entries. */
const FD_INO_BASE = 0x10000;
/** Devices of the host, by their numbers: a successor of this service gives them the same inodes. */
const HOST_INO_BASE = 0x1000;
const REGION_INO_BASE = 0x2000;

/**
 * Names of the devices; the kernel and the host's drivers implement them. `/dev/fd` lists the caller's own descriptors. A region
 * is a file of pages that a driver sees in place; they are the kernel's alone, as a tmpfs's are.
 */
export class Devfs extends StaticTree {
  readonly type = "devfs";
  readonly source = "devfs";
  readonly #fdDir: Inode;
  readonly #processes: ProcessTable;
  readonly #callerPid: () => number;
  readonly #bootNs: bigint;
  readonly #hosted = new Map<number, Inode>();
  #entriesNow: readonly DeviceEntry[] = [];
  /** Names below directories may come and go, which makes the tree one that can be written; only root could. */
  override readonly readOnly = false;

  constructor(processes: ProcessTable, callerPid: () => number, bootNs: bigint) {
    super();
    this.#processes = processes;
    this.#callerPid = callerPid;
    this.#bootNs = bootNs;
    for (const [name, device, mode] of DEVICES) {
      this.put(this.root, name, FILETYPE_CHARACTER_DEVICE, mode).device = device;
    }
    this.#fdDir = this.put(this.root, "fd", FILETYPE_DIRECTORY, 0o555);
    for (const [name, target] of LINKS) {
      const link = this.put(this.root, name, FILETYPE_SYMBOLIC_LINK, 0o777);
      link.target = target;
      link.size = target.length;
    }
    for (let ino = 1; ino <= this.statistics().files; ino++) {
      this.#stamp(this.inode(ino));
    }
  }

  /** The host's devices are these from now on. Returns the inodes of regions that are gone. */
  setDevices(entries: readonly DeviceEntry[]): readonly number[] {
    const same = (a: DeviceEntry, b: DeviceEntry) =>
      a.name === b.name && a.device === b.device && a.sizeBytes === b.sizeBytes;
    const goneRegions: number[] = [];
    for (const old of this.#entriesNow) {
      if (entries.some((entry) => same(entry, old))) continue;
      const { parent, name } = this.#place(old.name);
      this.entries(parent).entries.delete(name);
      this.#hosted.delete(inoOf(old));
      if (old.sizeBytes > 0) goneRegions.push(inoOf(old));
    }
    for (const entry of entries) {
      if (this.#entriesNow.some((old) => same(entry, old))) continue;
      const { parent, name } = this.#place(entry.name);
      const region = entry.sizeBytes > 0;
      const inode = new Inode(
        inoOf(entry),
        region ? FILETYPE_REGULAR_FILE : FILETYPE_CHARACTER_DEVICE,
        region ? 0o666 : entry.device >= DEVICE_SINK_BASE ? 0o222 : 0o444,
      );
      if (region) inode.size = entry.sizeBytes;
      else inode.device = entry.device;
      this.#stamp(inode);
      this.#hosted.set(inode.ino, inode);
      this.entries(parent).insert(name, inode.ino, inode.type);
    }
    this.#entriesNow = entries;
    return goneRegions;
  }

  /** Name of a region below /dev. */
  regionName(ino: number): string {
    return this.#entriesNow.find((entry) => entry.sizeBytes > 0 && inoOf(entry) === ino)?.name ?? fail(ENOENT);
  }

  override openFlags(ino: number): number {
    return ino >= REGION_INO_BASE && ino < FD_INO_BASE ? REPLY_PINNED : 0;
  }

  override lookup(dir: number, name: string): number {
    if (dir !== this.#fdDir.ino) return super.lookup(dir, name);
    if (!/^(0|[1-9][0-9]{0,4})$/.test(name)) return 0;
    const fd = Number(name);
    return fd < MAX_HANDLES && this.#isOpen(fd) ? FD_INO_BASE + fd : 0;
  }

  override readdir(dir: number, after: number, sink: EntrySink): void {
    if (dir !== this.#fdDir.ino) {
      super.readdir(dir, after, sink);
      return;
    }
    for (let fd = Math.max(0, after - FIRST_COOKIE + 1); fd < MAX_HANDLES; fd++) {
      if (!this.#isOpen(fd)) continue;
      if (!sink(String(fd), FD_INO_BASE + fd, FILETYPE_CHARACTER_DEVICE, fd + FIRST_COOKIE)) return;
    }
  }

  readPages(ino: number, first: number, count: number, sink: PageSink): void {
    if (this.inode(ino).type !== FILETYPE_REGULAR_FILE) fail(EINVAL);
    for (let page = first; page < first + count; page++) sink(page, NOTHING);
  }

  override *pinnedFiles(): Generator<number> {
    for (const inode of this.#hosted.values()) if (inode.type === FILETYPE_REGULAR_FILE) yield inode.ino;
  }

  protected override inode(ino: number): Inode {
    if (ino < HOST_INO_BASE) return super.inode(ino);
    if (ino < FD_INO_BASE) return this.#hosted.get(ino) ?? fail(ENOENT);
    const fd = ino - FD_INO_BASE;
    if (!this.#isOpen(fd)) fail(ENOENT);
    const inode = new Inode(ino, FILETYPE_CHARACTER_DEVICE, 0o600);
    inode.uid = 1000;
    inode.gid = 1000;
    inode.device = DEVICE_FD_BASE + fd;
    this.#stamp(inode);
    return inode;
  }

  /** The directory of "input/event0", made when it is missing, and the name in it. */
  #place(path: string): { readonly parent: Inode; readonly name: string } {
    const names = path.split("/");
    const name = names.pop()!;
    let parent = this.root;
    for (const each of names) {
      const ino = super.lookup(parent.ino, each);
      const child = ino === 0 ? this.put(parent, each, FILETYPE_DIRECTORY, 0o755) : this.inode(ino);
      if (ino === 0) this.#stamp(child);
      parent = child;
    }
    return { parent, name };
  }

  #stamp(inode: Inode): void {
    inode.atimeNs = this.#bootNs;
    inode.mtimeNs = this.#bootNs;
    inode.ctimeNs = this.#bootNs;
  }

  #isOpen(fd: number): boolean {
    return this.#processes.descriptor(this.#callerPid(), fd) !== undefined;
  }
}

const NOTHING = new Uint8Array(0);

function inoOf({ device, sizeBytes }: DeviceEntry): number {
  return sizeBytes > 0 ? REGION_INO_BASE + device : HOST_INO_BASE + device - DEVICE_SOURCE_BASE;
}
