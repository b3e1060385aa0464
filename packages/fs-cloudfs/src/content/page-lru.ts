import { PAGE_SIZE } from "@cloudos/abi/params";
import type { FileSystem } from "../vfs/file-system.ts";

interface CachedFile {
  /** `FileSystem.version` the pages are of. */
  version: number;
  /** Whole pages; never changed once they are here. */
  readonly pages: Map<number, Uint8Array>;
}

/** Clean pages of files, by the version of their content: a change by anybody makes them void. Least recently used files go first. */
export class PageLru {
  readonly #limitPages: number;
  readonly #files = new Map<FileSystem, Map<number, CachedFile>>();
  /** All files, least recently used first. */
  readonly #order = new Map<CachedFile, { readonly files: Map<number, CachedFile>; readonly ino: number }>();
  #pages = 0;

  constructor(limitBytes: number) {
    this.#limitPages = Math.max(1, Math.floor(limitBytes / PAGE_SIZE));
  }

  /** The page, if it is here and still what the file holds. */
  get(fs: FileSystem, ino: number, index: number): Uint8Array | undefined {
    const file = this.#files.get(fs)?.get(ino);
    if (file === undefined) return undefined;
    if (file.version !== fs.version(ino)) {
      this.#forget(file);
      return undefined;
    }
    return file.pages.get(index);
  }

  /** Keeps a whole page read (or written) when the content had this version. */
  put(fs: FileSystem, ino: number, version: number, index: number, page: Uint8Array): void {
    let files = this.#files.get(fs);
    if (files === undefined) {
      files = new Map();
      this.#files.set(fs, files);
    }
    let file = files.get(ino);
    if (file !== undefined && file.version !== version) {
      this.#forget(file);
      file = undefined;
    }
    if (file === undefined) {
      file = { version, pages: new Map() };
      files.set(ino, file);
    } else this.#order.delete(file);
    this.#order.set(file, { files, ino });
    if (!file.pages.has(index)) this.#pages++;
    file.pages.set(index, page);
    this.#shrink(file);
  }

  /** The holder changed the content itself: pages other than those it puts next are still right. */
  carryOver(fs: FileSystem, ino: number, from: number, to: number): void {
    const file = this.#files.get(fs)?.get(ino);
    if (file !== undefined && file.version === from) file.version = to;
  }

  drop(fs: FileSystem, ino: number): void {
    const file = this.#files.get(fs)?.get(ino);
    if (file !== undefined) this.#forget(file);
  }

  #shrink(current: CachedFile): void {
    for (const file of this.#order.keys()) {
      if (this.#pages <= this.#limitPages) return;
      if (file !== current) this.#forget(file);
    }
    for (const index of current.pages.keys()) {
      if (this.#pages <= this.#limitPages) return;
      current.pages.delete(index);
      this.#pages--;
    }
  }

  #forget(file: CachedFile): void {
    const place = this.#order.get(file);
    this.#order.delete(file);
    this.#pages -= file.pages.size;
    if (place?.files.get(place.ino) === file) place.files.delete(place.ino);
  }
}
