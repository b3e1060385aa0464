import { EBUSY, EEXIST, EINVAL, EISDIR, ENOENT, ENOTDIR, ENOTEMPTY } from "@cloudos/abi/errno";
import { FileError, type HostFiles, type HostStat, type TreeExport } from "@cloudos/abi/machine";
import { PAGE_SIZE } from "@cloudos/abi/params";
import { OPEN_WRITE, REPLY_PINNED } from "@cloudos/abi/vfs-protocol";
import {
  FILETYPE_CHARACTER_DEVICE,
  FILETYPE_DIRECTORY,
  FILETYPE_REGULAR_FILE,
  FILETYPE_SYMBOLIC_LINK,
  OFLAGS_CREAT,
} from "@cloudos/abi/wasi";
import { copyTree } from "../vfs/copy-tree.ts";
import { errnoName, errnoText } from "../vfs/errno-text.ts";
import { FsError, fail, settle } from "../vfs/errors.ts";
import { checkHostPath } from "../vfs/names.ts";
import * as operations from "../vfs/operations.ts";
import { packTree, unpackTree } from "../vfs/pack-tree.ts";
import { emptyTree } from "../vfs/remove-tree.ts";
import { Place } from "../vfs/walk.ts";
import { errnoOf } from "./errno-of.ts";
import type { FileService } from "./file-service.ts";
import { fileNode, wallNs } from "./requests.ts";
import { TreeExports } from "./tree-exports.ts";

/** Pages handed to a file system at a time: 8 MiB. */
const WRITE_PAGES = 2048;

/** The host's view of the files: the same tree programs see, coherent with their page cache. */
export class ServiceHostFiles implements HostFiles {
  readonly #service: FileService;
  readonly #exports: TreeExports;

  constructor(service: FileService) {
    this.#service = service;
    this.#exports = new TreeExports(service, this);
  }

  readFile(path: string): Promise<Uint8Array> {
    return this.#named("read", path, async () => {
      const place = await this.#walk(path, true);
      const inode = await settle(() => operations.existing(place));
      if (inode.type === FILETYPE_DIRECTORY) fail(EISDIR);
      if (inode.type !== FILETYPE_REGULAR_FILE) fail(EINVAL);
      const fs = place.mount.fs;
      const ino = await settle(() => fs.open(place.ino));
      try {
        return await this.#service.content.whole(fs, ino, fileNode(place.mount, ino));
      } finally {
        if (ino !== place.ino) fs.release(ino);
      }
    });
  }

  writeFile(path: string, data: Uint8Array, mode = 0o644): Promise<void> {
    return this.#named("write", path, async () => {
      const place = await this.#walk(path, true);
      if (place.ino !== 0 && this.#isKernelOwned(place)) await settle(() => this.#unlink(place));
      await settle(() => operations.open(place, OFLAGS_CREAT, OPEN_WRITE, mode));
      await this.#replaceContent(place, data);
    });
  }

  readdir(path: string): Promise<readonly { readonly name: string; readonly type: HostStat["type"] }[]> {
    return this.#named("list", path, async () => {
      const place = await this.#walk(path, true);
      return await settle(() => {
        if (operations.existing(place).type !== FILETYPE_DIRECTORY) fail(ENOTDIR);
        const entries: { name: string; type: HostStat["type"] }[] = [];
        place.mount.fs.readdir(place.ino, 0, (name, _ino, type) => entries.push({ name, type: hostType(type) }) > 0);
        return entries;
      });
    });
  }

  stat(path: string): Promise<HostStat> {
    return this.#named("examine", path, async () => {
      const place = await this.#walk(path, true);
      return await settle(() => {
        const inode = operations.existing(place);
        const regular = inode.type === FILETYPE_REGULAR_FILE;
        const { content } = this.#service;
        const node = fileNode(place.mount, place.ino);
        const mtimeNs = regular ? content.mtimeNs(place.mount.fs, place.ino, node) : inode.mtimeNs;
        return {
          type: hostType(inode.type),
          sizeBytes: regular ? content.size(place.mount.fs, place.ino, node) : inode.size,
          mode: inode.mode,
          mtimeMs: Number(mtimeNs / 1000n) / 1000,
        };
      });
    });
  }

  mkdir(path: string, options?: { readonly recursive?: boolean }): Promise<void> {
    return this.#named("create directory", path, async () => {
      if (options?.recursive !== true) {
        const place = await this.#walk(path, false);
        await settle(() => operations.makeDirectory(place, 0o755));
        return;
      }
      let at = "";
      for (const name of path.split("/")) {
        if (name === "") continue;
        at += `/${name}`;
        const place = await this.#walk(at, true);
        await settle(() => {
          if (place.ino === 0) operations.makeDirectory(place, 0o755);
          else if (operations.existing(place).type !== FILETYPE_DIRECTORY) fail(EEXIST);
        });
      }
    });
  }

  remove(path: string, options?: { readonly recursive?: boolean }): Promise<void> {
    return this.#named("remove", path, () => this.#remove(path, options?.recursive === true));
  }

  rename(from: string, to: string): Promise<void> {
    return this.#named("rename", from, async () => {
      const source = await this.#walk(from, false);
      const target = await this.#walk(to, false);
      await settle(() => {
        const { mount } = target;
        const orphan = operations.rename(source, target);
        if (orphan === 0) return;
        this.#service.cache.drop(fileNode(mount, orphan));
        mount.fs.release(orphan);
      });
    });
  }

  symlink(target: string, path: string): Promise<void> {
    return this.#named("create link", path, async () => {
      checkHostPath(target);
      const place = await this.#walk(path, false);
      await settle(() => operations.makeSymlink(place, target));
    });
  }

  readlink(path: string): Promise<string> {
    return this.#named("read link", path, async () => {
      const place = await this.#walk(path, false);
      return await settle(() => {
        operations.existing(place);
        return place.mount.fs.readlink(place.ino);
      });
    });
  }

  chmod(path: string, mode: number): Promise<void> {
    return this.#named("change mode of", path, async () => {
      const place = await this.#walk(path, true);
      await settle(() => operations.setMode(place, mode));
    });
  }

  async mountMemory(path: string): Promise<void> {
    await this.mkdir(path, { recursive: true });
    await this.#named("mount memory on", path, async () => {
      const place = await this.#walk(path, true);
      const fs = this.#service.newTmpfs(0o755, "host");
      await settle(() => this.#service.vfs.attach(fs, fs.rootIno, place, false));
    });
  }

  unmount(path: string): Promise<void> {
    return this.#named("unmount", path, async () => {
      const place = await this.#walk(path, true);
      const mount = await settle(() => this.#service.vfs.mountAt(place));
      if (mount.system) fail(EBUSY);
      await this.#service.unmount(mount);
    });
  }

  copyTree(from: string, to: string): Promise<void> {
    return this.#named("copy", from, async () => {
      await this.mkdir(to, { recursive: true });
      await this.#service.writeBack.all();
      const source = await this.#walk(from, true);
      const target = await this.#walk(to, true);
      await settle(() => {
        for (const place of [source, target]) if (operations.existing(place).type !== FILETYPE_DIRECTORY) fail(ENOTDIR);
        target.mount.fs.readdir(target.ino, 0, () => fail(ENOTEMPTY));
      });
      await copyTree({ fs: source.mount.fs, ino: source.ino }, { fs: target.mount.fs, ino: target.ino });
    });
  }

  packTree(path: string): Promise<Uint8Array<ArrayBuffer>> {
    return this.#named("pack", path, async () => {
      await this.#service.writeBack.all();
      const place = await this.#walk(path, true);
      return packTree({ fs: place.mount.fs, ino: place.ino });
    });
  }

  unpackTree(path: string, bytes: Uint8Array): Promise<void> {
    return this.#named("unpack to", path, async () => {
      await this.mkdir(path, { recursive: true });
      const place = await this.#walk(path, true);
      await settle(() => place.mount.fs.readdir(place.ino, 0, () => fail(ENOTEMPTY)));
      await unpackTree(bytes, { fs: place.mount.fs, ino: place.ino });
    });
  }

  emptyTree(path: string): Promise<void> {
    return this.#named("empty", path, async () => {
      await this.#service.writeBack.all();
      const place = await this.#walk(path, false);
      await settle(() => {
        if (operations.existing(place).type !== FILETYPE_DIRECTORY) fail(ENOTDIR);
      });
      const { fs } = place.mount;
      await emptyTree(fs, place.ino, (ino) => {
        this.#service.cache.drop(fileNode(place.mount, ino));
        fs.release(ino);
      });
    });
  }

  exportTree(tree: TreeExport, port: MessagePort): Promise<void> {
    return this.#named("export", tree.writable, () => this.#exports.export(tree, port));
  }

  exportedFids(name: string): Promise<Uint8Array<ArrayBuffer>> {
    return this.#named("save open files of", name, () => this.#exports.fids(name));
  }

  async endExport(name: string): Promise<void> {
    this.#exports.close(name);
  }

  sync(): Promise<void> {
    return this.#named("sync", "/", () => this.#service.writeBack.all());
  }

  /** Pages of such a file live in the kernel alone; the host gives the name a new file instead of changing them. */
  #isKernelOwned(place: Place): boolean {
    const fs = place.mount.fs;
    if (fs.attributes(place.ino).type !== FILETYPE_REGULAR_FILE) return false;
    return (
      (fs.openFlags(place.ino) & REPLY_PINNED) !== 0 && this.#service.cache.find(fileNode(place.mount, place.ino)) !== 0
    );
  }

  async #replaceContent(place: Place, data: Uint8Array): Promise<void> {
    const { fs } = place.mount;
    const { cache, writeBack, clock } = this.#service;
    const node = fileNode(place.mount, place.ino);
    // Dirty pages would come down on top of the new content.
    if (cache.find(node) !== 0) await writeBack.file(node);
    const mtimeNs = wallNs(clock);
    let validSize = 0;
    for (let at = 0; at === 0 || at < data.length; at += WRITE_PAGES * PAGE_SIZE) {
      const end = Math.min(data.length, at + WRITE_PAGES * PAGE_SIZE);
      const pages: { index: number; bytes: Uint8Array }[] = [];
      for (let start = at; start < end; start += PAGE_SIZE) {
        const bytes = new Uint8Array(PAGE_SIZE);
        bytes.set(data.subarray(start, Math.min(end, start + PAGE_SIZE)));
        pages.push({ index: start / PAGE_SIZE, bytes });
      }
      const change = { size: end, mtimeNs, validSize, pages };
      await settle(() => fs.writeBack(place.ino, change));
      validSize = end;
    }
    if (cache.find(node) !== 0) cache.invalidate(node, data.length);
  }

  async #remove(path: string, recursive: boolean): Promise<void> {
    const place = await this.#walk(path, false);
    const type = await settle(() => operations.existing(place).type);
    if (type !== FILETYPE_DIRECTORY) {
      await settle(() => this.#unlink(place));
      return;
    }
    if (recursive) {
      const names: string[] = [];
      await settle(() => place.mount.fs.readdir(place.ino, 0, (name) => names.push(name) > 0));
      for (const name of names) await this.#remove(`${path}/${name}`, true);
    }
    await settle(() => operations.removeDirectory(place));
  }

  /** Removes a name; a file without names leaves the page cache and is freed. */
  #unlink(place: Place): void {
    const orphan = operations.unlink(place);
    if (orphan !== 0) {
      this.#service.cache.drop(fileNode(place.mount, orphan));
      place.mount.fs.release(orphan);
    }
    place.ino = 0;
  }

  #walk(path: string, follow: boolean): Promise<Place> {
    checkHostPath(path);
    if (!path.startsWith("/")) throw new FsError(ENOENT, "host paths start with a slash");
    return settle(() => {
      const place = new Place();
      this.#service.vfs.callerPid = 0;
      this.#service.vfs.walkFromRoot(path, follow, place);
      return place;
    });
  }

  /** Every failure names the action, the path and the reason. */
  async #named<T>(action: string, path: string, operation: () => Promise<T>): Promise<T> {
    try {
      return await operation();
    } catch (error) {
      if (error instanceof FileError) throw error;
      const errno = errnoOf(error);
      const everyday = `${errnoText(errno)} (${errnoName(errno)})`;
      const reason = error instanceof FsError ? error.message : `${everyday}: ${(error as Error).message}`;
      throw new FileError(errno, `Cannot ${action} "${path}": ${reason}`);
    }
  }
}

function hostType(type: number): HostStat["type"] {
  switch (type) {
    case FILETYPE_DIRECTORY:
      return "dir";
    case FILETYPE_SYMBOLIC_LINK:
      return "symlink";
    case FILETYPE_CHARACTER_DEVICE:
      return "device";
    default:
      return "file";
  }
}
