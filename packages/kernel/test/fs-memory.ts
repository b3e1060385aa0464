/** A file service for the tests: a tree in JavaScript that speaks the whole protocol the kernel's file half uses, and keeps a log. */
import * as abi from "@cloudos/abi";
import type { Host } from "./host.ts";
import { answer as programs } from "./service.ts";

const PAGE = abi.PAGE_SIZE;

export interface Inode {
  readonly node: number;
  type: number;
  mode: number;
  nlink: number;
  size: number;
  mtimeNs: bigint;
  atimeNs: bigint;
  /** Content at rest, by page. */
  readonly pages: Map<number, Uint8Array>;
  readonly entries: Map<string, number>;
  target: string;
  device: number;
}

class Errno extends Error {
  readonly errno: number;
  constructor(errno: number) {
    super(`errno ${errno}`);
    this.errno = errno;
  }
}
function fail(errno: number): never {
  throw new Errno(errno);
}

export class MemoryFiles {
  readonly inodes = new Map<number, Inode>();
  readonly log: string[] = [];
  /** Operations to hold back; `release` answers them. */
  readonly hold = new Set<number>();
  readonly held: number[] = [];
  /** Operations that fail with an errno. */
  readonly failing = new Map<number, number>();
  openFlags = 0;
  #next = 2;

  constructor() {
    this.#make(abi.FILETYPE_DIRECTORY, 1);
  }

  #make(type: number, node = this.#next++): Inode {
    const inode: Inode = {
      node,
      type,
      mode: 0o644,
      nlink: 1,
      size: 0,
      mtimeNs: 5n,
      atimeNs: 4n,
      pages: new Map(),
      entries: new Map(),
      target: "",
      device: 0,
    };
    this.inodes.set(node, inode);
    return inode;
  }

  /** Adds a file at rest under the root. */
  add(name: string, data: Uint8Array): Inode {
    const inode = this.#make(abi.FILETYPE_REGULAR_FILE);
    inode.size = data.length;
    for (let at = 0; at < data.length; at += PAGE) inode.pages.set(at / PAGE, data.slice(at, at + PAGE));
    this.inodes.get(1)!.entries.set(name, inode.node);
    return inode;
  }
  addDevice(name: string, device: number): void {
    const inode = this.#make(abi.FILETYPE_CHARACTER_DEVICE);
    inode.device = device;
    this.inodes.get(1)!.entries.set(name, inode.node);
  }
  addLink(name: string, target: string): void {
    const inode = this.#make(abi.FILETYPE_SYMBOLIC_LINK);
    inode.target = target;
    this.inodes.get(1)!.entries.set(name, inode.node);
  }
  /** Content at rest. */
  content(name: string): Uint8Array {
    const inode = this.inodes.get(this.inodes.get(1)!.entries.get(name)!)!;
    const out = new Uint8Array(inode.size);
    for (const [page, bytes] of inode.pages) {
      if (page * PAGE < out.length)
        out.set(bytes.subarray(0, Math.min(bytes.length, out.length - page * PAGE)), page * PAGE);
    }
    return out;
  }

  /** The Host's file service. */
  readonly service = (host: Host, slot: number): boolean => {
    const at = abi.vfsSlot(slot);
    const op = host.view.getUint32(at + abi.SLOT_O_OP, true);
    if (this.hold.has(op)) {
      this.held.push(slot);
      return false;
    }
    this.serve(host, slot);
    return true;
  };
  /** Answers what was held back. */
  release(host: Host): void {
    for (const slot of this.held.splice(0)) {
      this.serve(host, slot);
      host.service.vfs_complete(slot);
    }
  }

  serve(host: Host, slot: number): void {
    const at = abi.vfsSlot(slot);
    const { view } = host;
    const op = view.getUint32(at + abi.SLOT_O_OP, true);
    if (op === abi.VFS_EXEC) {
      programs(host, slot);
      return;
    }
    let errno = this.failing.get(op) ?? 0;
    try {
      if (errno === 0) this.#do(host, at, op);
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      errno = error.errno;
    }
    view.setUint32(at + abi.SLOT_O_ERRNO, errno, true);
  }

  #walk(
    host: Host,
    at: number,
    second: boolean,
    follow: boolean,
  ): { dir: Inode; name: string; inode: Inode | undefined } {
    const { view, bytes } = host;
    const length = view.getUint32(at + (second ? abi.SLOT_O_LEN2 : abi.SLOT_O_LEN1), true);
    const buffer = at + (second ? abi.SLOT_O_BUF2 : abi.SLOT_O_BUF1);
    let dir = this.inodes.get(Number(view.getBigUint64(at + (second ? abi.SLOT_O_NODE2 : abi.SLOT_O_NODE), true)))!;
    if (length === 0 && !second) return { dir, name: "", inode: dir };
    let rest = new TextDecoder().decode(bytes.slice(buffer, buffer + length));
    const flags = view.getUint32(at + abi.SLOT_O_FLAGS, true);
    if (rest.startsWith("/")) {
      if (flags & (second ? abi.WALK_CONFINED2 : abi.WALK_CONFINED)) fail(abi.ENOTCAPABLE);
      dir = this.inodes.get(1)!;
    }
    // The directory was removed while it was open, or the descriptor is a file's.
    if (dir === undefined) fail(abi.ENOENT);
    if (dir.type !== abi.FILETYPE_DIRECTORY) fail(abi.ENOTDIR);
    for (let links = 0; ; ) {
      const [name = "", ...more] = rest.split("/").filter((part) => part !== "" && part !== ".");
      const inode = name === "" ? dir : this.inodes.get(dir.entries.get(name) ?? 0);
      if (inode?.type === abi.FILETYPE_SYMBOLIC_LINK && (more.length > 0 || follow)) {
        if (++links > 40) fail(abi.ELOOP);
        rest = [inode.target, ...more].join("/");
        continue;
      }
      if (more.length === 0) return { dir, name, inode };
      if (!inode) fail(abi.ENOENT);
      if (inode.type !== abi.FILETYPE_DIRECTORY) fail(abi.ENOTDIR);
      dir = inode;
      rest = more.join("/");
    }
  }

  #stat(view: DataView, at: number, inode: Inode): void {
    view.setBigUint64(at + abi.SLOT_O_NODE, BigInt(inode.node), true);
    view.setBigUint64(at + abi.SLOT_O_DEV, 7n, true);
    view.setUint32(at + abi.SLOT_O_TYPE, inode.type, true);
    view.setUint32(at + abi.SLOT_O_RMODE, inode.mode, true);
    view.setUint32(at + abi.SLOT_O_DEVICE, inode.device, true);
    view.setBigUint64(at + abi.SLOT_O_SIZE, BigInt(inode.size), true);
    view.setBigUint64(at + abi.SLOT_O_NLINK, BigInt(inode.nlink), true);
    view.setBigUint64(at + abi.SLOT_O_ATIME, inode.atimeNs, true);
    view.setBigUint64(at + abi.SLOT_O_MTIME, inode.mtimeNs, true);
    view.setBigUint64(at + abi.SLOT_O_CTIME, inode.mtimeNs, true);
  }

  #do(host: Host, at: number, op: number): void {
    const { view, bytes } = host;
    const flags = view.getUint32(at + abi.SLOT_O_FLAGS, true);
    const first = () => this.#walk(host, at, false, (flags & abi.WALK_FOLLOW) !== 0);
    const existing = () => first().inode ?? fail(abi.ENOENT);
    const node = () => this.inodes.get(Number(view.getBigUint64(at + abi.SLOT_O_NODE, true))) ?? fail(abi.EIO);
    const text = (data: Uint8Array) => {
      bytes.set(data, at + abi.SLOT_O_BUF1);
      view.setUint32(at + abi.SLOT_O_LEN1, data.length, true);
    };
    const create = (type: number) => {
      const { dir, name, inode } = first();
      if (inode) fail(abi.EEXIST);
      const made = this.#make(type);
      dir.entries.set(name, made.node);
      return made;
    };
    switch (op) {
      case abi.VFS_OPEN: {
        const oflags = view.getUint32(at + abi.SLOT_O_OFLAGS, true);
        let { dir, name, inode } = first();
        if (inode?.type === abi.FILETYPE_SYMBOLIC_LINK) fail(abi.ELOOP);
        if (inode && oflags & abi.OFLAGS_CREAT && oflags & abi.OFLAGS_EXCL) fail(abi.EEXIST);
        let reply = this.openFlags;
        if (!inode) {
          if (!(oflags & abi.OFLAGS_CREAT)) fail(abi.ENOENT);
          inode = this.#make(abi.FILETYPE_REGULAR_FILE);
          dir.entries.set(name, inode.node);
          reply |= abi.REPLY_CREATED;
        }
        if (oflags & abi.OFLAGS_DIRECTORY && inode.type !== abi.FILETYPE_DIRECTORY) fail(abi.ENOTDIR);
        this.#stat(view, at, inode);
        view.setUint32(at + abi.SLOT_O_FLAGS, reply, true);
        return;
      }
      case abi.VFS_STAT:
        this.#stat(view, at, existing());
        return;
      case abi.VFS_SET_TIMES: {
        const inode = existing();
        const given = view.getUint32(at + abi.SLOT_O_FSTFLAGS, true);
        if (given & abi.FSTFLAGS_ATIM) inode.atimeNs = view.getBigUint64(at + abi.SLOT_O_ATIME, true);
        if (given & abi.FSTFLAGS_MTIM) inode.mtimeNs = view.getBigUint64(at + abi.SLOT_O_MTIME, true);
        this.#stat(view, at, inode);
        return;
      }
      case abi.VFS_CHMOD:
        existing().mode = view.getUint32(at + abi.SLOT_O_MODE, true);
        return;
      case abi.VFS_MKDIR:
        create(abi.FILETYPE_DIRECTORY);
        return;
      case abi.VFS_SYMLINK:
        create(abi.FILETYPE_SYMBOLIC_LINK).target = new TextDecoder().decode(
          bytes.slice(at + abi.SLOT_O_BUF2, at + abi.SLOT_O_BUF2 + view.getUint32(at + abi.SLOT_O_LEN2, true)),
        );
        return;
      case abi.VFS_READLINK: {
        const inode = existing();
        if (inode.type !== abi.FILETYPE_SYMBOLIC_LINK) fail(abi.EINVAL);
        text(new TextEncoder().encode(inode.target));
        return;
      }
      case abi.VFS_RMDIR:
      case abi.VFS_UNLINK: {
        const { dir, name, inode } = first();
        if (!inode) fail(abi.ENOENT);
        if (inode.node === 1) fail(abi.EBUSY);
        const isDir = inode.type === abi.FILETYPE_DIRECTORY;
        if (isDir !== (op === abi.VFS_RMDIR)) fail(isDir ? abi.EISDIR : abi.ENOTDIR);
        dir.entries.delete(name);
        inode.nlink--;
        view.setBigUint64(at + abi.SLOT_O_NODE2, inode.nlink === 0 && !isDir ? BigInt(inode.node) : 0n, true);
        return;
      }
      case abi.VFS_RENAME: {
        const from = first();
        const to = this.#walk(host, at, true, false);
        if (!from.inode) fail(abi.ENOENT);
        if (from.inode.node === 1 || to.inode?.node === 1) fail(abi.EBUSY);
        from.dir.entries.delete(from.name);
        to.dir.entries.set(to.name, from.inode.node);
        if (to.inode) to.inode.nlink--;
        view.setBigUint64(at + abi.SLOT_O_NODE2, to.inode && to.inode.nlink === 0 ? BigInt(to.inode.node) : 0n, true);
        return;
      }
      case abi.VFS_LINK: {
        const from = existing();
        const to = this.#walk(host, at, true, false);
        if (to.inode) fail(abi.EEXIST);
        to.dir.entries.set(to.name, from.node);
        from.nlink++;
        return;
      }
      case abi.VFS_READDIR:
        text(this.#records(node(), Number(view.getBigUint64(at + abi.SLOT_O_COOKIE, true))));
        return;
      case abi.VFS_PAGE_IN: {
        const inode = node();
        const page = view.getUint32(at + abi.SLOT_O_PAGE, true);
        const count = view.getUint32(at + abi.SLOT_O_COUNT, true);
        this.log.push(`in ${page}+${count}`);
        for (let i = 0; i < count; i++) {
          const frame = view.getUint32(at + abi.SLOT_O_FRAMES + 4 * i, true);
          bytes.fill(0, frame, frame + PAGE);
          bytes.set(inode.pages.get(page + i) ?? [], frame);
        }
        return;
      }
      case abi.VFS_FSYNC:
        this.log.push("fsync");
        if (!this.writeBack(host, host.service.vnode_find(BigInt(node().node)))) fail(abi.ENOSPC);
        return;
      case abi.VFS_SYNC:
        this.log.push("sync");
        for (let v = host.service.vnode_dirty_next(0); v !== 0; v = host.service.vnode_dirty_next(v))
          this.writeBack(host, v);
        return;
      case abi.VFS_RELEASE: {
        const inode = node();
        this.log.push(`release ${inode.node}`);
        this.inodes.delete(inode.node);
        return;
      }
      case abi.VFS_CHDIR:
      case abi.VFS_ALLOCATE:
      case abi.VFS_ACCESS: {
        const inode = existing();
        if (op === abi.VFS_CHDIR && inode.type !== abi.FILETYPE_DIRECTORY) fail(abi.ENOTDIR);
        view.setBigUint64(at + abi.SLOT_O_NODE, BigInt(inode.node), true);
        return;
      }
      case abi.VFS_REALPATH:
        text(new TextEncoder().encode(node().node === 1 ? "/" : "/dir"));
        return;
      case abi.VFS_STATFS:
        for (let i = 0; i < 4; i++) view.setBigUint64(at + abi.SLOT_O_FS_TOTAL + 8 * i, BigInt(i + 1) << 40n, true);
        return;
      default:
        fail(abi.ENOSYS);
    }
  }

  /** Pages that fail to be written, for tests of write-back errors. */
  full = false;

  writeBack(host: Host, vnode: number): boolean {
    if (vnode === 0) return true;
    const k = host.service;
    const inode = this.inodes.get(Number(k.vnode_node(vnode)))!;
    const size = k.vnode_size(vnode);
    const mtime = BigInt.asUintN(64, k.vnode_mtime_ns(vnode));
    const valid = k.vnode_clean_size(vnode);
    const scratch = abi.scratchOf(abi.AGENT_VFS);
    for (let after = -1; ; ) {
      const count = k.vnode_take_dirty(vnode, after, scratch, 16);
      if (this.full) {
        k.vnode_written(vnode, scratch, count, -abi.ENOSPC);
        return false;
      }
      if (after === -1) {
        // Cut what is at rest at the smallest size the file has had.
        for (const [page, bytes] of inode.pages) {
          if (page * PAGE >= valid) inode.pages.delete(page);
          else if (page * PAGE + bytes.length > valid) inode.pages.set(page, bytes.slice(0, valid - page * PAGE));
        }
      }
      for (let i = 0; i < count; i++) {
        const page = host.view.getUint32(scratch + 8 * i, true);
        const frame = host.view.getUint32(scratch + 8 * i + 4, true);
        inode.pages.set(page, host.bytes.slice(frame, frame + PAGE));
        after = page;
      }
      k.vnode_written(vnode, scratch, count, 1);
      if (count === 0) break;
    }
    inode.size = size;
    inode.mtimeNs = mtime;
    k.vnode_set_clean_size(vnode, size);
    return true;
  }

  #records(dir: Inode, cookie: number): Uint8Array {
    const entries = [[".", dir.node], ["..", 1], ...dir.entries] as [string, number][];
    const out = new Uint8Array(2 * abi.SLOT_BUF_SIZE);
    const view = new DataView(out.buffer);
    let used = 0;
    for (let i = cookie; i < entries.length; i++) {
      const [name, node] = entries[i]!;
      const encoded = new TextEncoder().encode(name);
      if (used + 24 + encoded.length > out.length) break;
      view.setBigUint64(used, BigInt(i + 1), true);
      view.setBigUint64(used + 8, BigInt(node), true);
      view.setUint32(used + 16, encoded.length, true);
      view.setUint8(used + 20, this.inodes.get(node)?.type ?? abi.FILETYPE_UNKNOWN);
      out.set(encoded, used + 24);
      used += 24 + encoded.length;
    }
    return out.slice(0, used);
  }
}
