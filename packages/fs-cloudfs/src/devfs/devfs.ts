import { EINVAL, ENOENT } from "@cloudos/abi/errno";
import { MAX_HANDLES } from "@cloudos/abi/params";
import {
  DEVICE_FD_BASE,
  DEVICE_FULL,
  DEVICE_NULL,
  DEVICE_RANDOM,
  DEVICE_TTY,
  DEVICE_URANDOM,
  DEVICE_ZERO,
} from "@cloudos/abi/vfs-protocol";
import { FILETYPE_CHARACTER_DEVICE, FILETYPE_DIRECTORY, FILETYPE_SYMBOLIC_LINK } from "@cloudos/abi/wasi";
import type { ProcessTable } from "../procfs/process-table.ts";
import { FIRST_COOKIE, Inode } from "../tree/inode.ts";
import { StaticTree } from "../tree/static-tree.ts";
import { fail } from "../vfs/errors.ts";
import type { EntrySink } from "../vfs/file-system.ts";

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

/** Names of the devices; the kernel implements them. `/dev/fd` lists the caller's own descriptors. */
export class Devfs extends StaticTree {
  readonly type = "devfs";
  readonly source = "devfs";
  readonly #fdDir: Inode;
  readonly #processes: ProcessTable;
  readonly #callerPid: () => number;
  readonly #bootNs: bigint;

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

  readPages(): void {
    fail(EINVAL);
  }

  protected override inode(ino: number): Inode {
    if (ino < FD_INO_BASE) return super.inode(ino);
    const fd = ino - FD_INO_BASE;
    if (!this.#isOpen(fd)) fail(ENOENT);
    const inode = new Inode(ino, FILETYPE_CHARACTER_DEVICE, 0o600);
    inode.uid = 1000;
    inode.gid = 1000;
    inode.device = DEVICE_FD_BASE + fd;
    this.#stamp(inode);
    return inode;
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
