import { EIO } from "@cloudos/abi/errno";
import { IMAGE_VERSION, type ImageEntry, type ImageManifest, type ProgramInfo } from "@cloudos/abi/image";
import { PAGE_SIZE } from "@cloudos/abi/params";
import { REPLY_READ_ONLY } from "@cloudos/abi/vfs-protocol";
import { FILETYPE_DIRECTORY, FILETYPE_REGULAR_FILE, FILETYPE_SYMBOLIC_LINK } from "@cloudos/abi/wasi";
import type { Inode } from "../tree/inode.ts";
import { StaticTree } from "../tree/static-tree.ts";
import { FsError, fail } from "../vfs/errors.ts";
import type { FsStatistics, PageSink, ProgressSink } from "../vfs/file-system.ts";
import { encodeName } from "../vfs/names.ts";
import type { BlobCache } from "./blob-cache.ts";

interface Extent {
  readonly blob: string;
  readonly offset: number;
  readonly program: ProgramInfo | undefined;
}

/** The read-only system image; bytes are fetched when they are first read. */
export class Imagefs extends StaticTree {
  readonly type = "imagefs";
  readonly source = "image";
  readonly #extents = new Map<number, Extent>();
  readonly #programs = new Map<string, ProgramInfo>();
  readonly #cache: BlobCache;
  readonly #manifest: ImageManifest;

  constructor(manifest: ImageManifest, cache: BlobCache) {
    super();
    this.#cache = cache;
    this.#manifest = manifest;
    if (manifest.version !== IMAGE_VERSION) {
      throw new FsError(EIO, `Cannot mount the image: its version is ${manifest.version}, expected ${IMAGE_VERSION}`);
    }
    for (const entry of manifest.entries) this.#add(entry);
  }

  override openFlags(): number {
    return REPLY_READ_ONLY;
  }

  /** The program a file is, already rewritten, if it is one. */
  program(ino: number): { readonly blob: string; readonly info: ProgramInfo } | undefined {
    const extent = this.#extents.get(ino);
    return extent?.program === undefined ? undefined : { blob: extent.blob, info: extent.program };
  }

  /** The program whose blob has this hash. */
  programByHash(blob: string): ProgramInfo | undefined {
    return this.#programs.get(blob);
  }

  blob(name: string, progress: ProgressSink | undefined): Promise<Uint8Array> {
    return this.#cache.get(name, progress);
  }

  title(name: string): string | undefined {
    return this.#manifest.blobs[name]?.title;
  }

  readPages(ino: number, first: number, count: number, sink: PageSink, progress?: ProgressSink): void | Promise<void> {
    const inode = this.regularFile(ino);
    const extent = this.#extents.get(ino) ?? fail(EIO);
    const held = this.#cache.peek(extent.blob);
    if (held !== undefined) return copyPages(held, extent, inode.size, first, count, sink);
    return this.#cache
      .get(extent.blob, progress)
      .then((bytes) => copyPages(bytes, extent, inode.size, first, count, sink));
  }

  override statistics(): FsStatistics {
    let totalBytes = 0;
    for (const blob of Object.values(this.#manifest.blobs)) totalBytes += blob.sizeBytes;
    return { ...super.statistics(), totalBytes };
  }

  #add(entry: ImageEntry): void {
    const cut = entry.path.lastIndexOf("/");
    const name = entry.path.slice(cut + 1);
    const parent = this.#directoryAt(entry.path.slice(0, cut));
    if (name === "") return;
    switch (entry.type) {
      case "dir":
        this.put(parent, name, FILETYPE_DIRECTORY, entry.mode);
        return;
      case "symlink": {
        const inode = this.put(parent, name, FILETYPE_SYMBOLIC_LINK, 0o777);
        inode.target = entry.target;
        inode.size = encodeName(entry.target).length;
        return;
      }
      case "file": {
        const inode = this.put(parent, name, FILETYPE_REGULAR_FILE, entry.mode);
        inode.size = entry.sizeBytes;
        inode.blocks = Math.ceil(entry.sizeBytes / 512);
        this.#extents.set(inode.ino, { blob: entry.blob, offset: entry.offset, program: entry.program });
        if (entry.program !== undefined) this.#programs.set(entry.blob, entry.program);
        return;
      }
    }
  }

  #directoryAt(path: string): Inode {
    let inode = this.root;
    for (const name of path.split("/")) {
      if (name === "") continue;
      const ino = this.lookup(inode.ino, name);
      if (ino === 0) throw new FsError(EIO, `Cannot mount the image: "${path}" comes after what lies in it`);
      inode = this.inode(ino);
    }
    return inode;
  }
}

function copyPages(blob: Uint8Array, extent: Extent, size: number, first: number, count: number, sink: PageSink): void {
  if (extent.offset + size > blob.length) fail(EIO);
  for (let index = first; index < first + count; index++) {
    const start = Math.min(index * PAGE_SIZE, size);
    const end = Math.min(start + PAGE_SIZE, size);
    sink(index, blob.subarray(extent.offset + start, extent.offset + end));
  }
}
