import { EROFS } from "@cloudos/abi/errno";
import { REPLY_READ_ONLY } from "@cloudos/abi/vfs-protocol";
import { fail } from "./errors.ts";
import type { Attributes, EntrySink, FileSystem, FsStatistics, PageSink, ProgressSink, Xattrs } from "./file-system.ts";

/** A file system that nobody changes: what changes answers EROFS. */
export abstract class ReadOnlyFileSystem implements FileSystem {
  abstract readonly type: string;
  abstract readonly source: string;
  abstract readonly rootIno: number;
  readonly readOnly = true;
  readonly dirty = false;

  abstract attributes(ino: number): Attributes;
  abstract lookup(dir: number, name: string): number;
  abstract parent(dir: number): number;
  abstract nameOf(dir: number): string;
  abstract readdir(dir: number, after: number, sink: EntrySink): void;
  abstract readlink(ino: number): string;
  abstract xattrs(ino: number): Xattrs;
  abstract readPages(
    ino: number,
    first: number,
    count: number,
    sink: PageSink,
    progress?: ProgressSink,
  ): void | Promise<void>;
  abstract statistics(): FsStatistics;

  open(ino: number): number {
    return ino;
  }

  openFlags(): number {
    return REPLY_READ_ONLY;
  }

  version(): number {
    return 0;
  }

  create(): never {
    fail(EROFS);
  }

  link(): never {
    fail(EROFS);
  }

  unlink(): never {
    fail(EROFS);
  }

  rmdir(): never {
    fail(EROFS);
  }

  rename(): never {
    fail(EROFS);
  }

  setMode(): never {
    fail(EROFS);
  }

  setTimes(): never {
    fail(EROFS);
  }

  setOwner(): never {
    fail(EROFS);
  }

  setXattr(): never {
    fail(EROFS);
  }

  release(): void {}

  writeBack(): never {
    fail(EROFS);
  }

  reserve(): never {
    fail(EROFS);
  }

  async sync(): Promise<void> {}

  pinnedFiles(): Iterable<number> {
    return [];
  }
}
