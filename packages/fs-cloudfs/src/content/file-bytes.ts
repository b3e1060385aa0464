import type { Mount } from "../vfs/mounts.ts";

/**
 * Bytes of regular files at any offset, over the page-wise `FileSystem`. Whoever serves files to a machine uses this; it keeps
 * what it reads and writes coherent with other readers and writers of the same files.
 *
 * Methods may throw `FsError`, and `Miss` before anything changed. A result that is no promise was at hand.
 */
export interface FileBytes {
  /** Size of the file in bytes, as programs see it now. */
  size(mount: Mount, ino: number): number;
  mtimeNs(mount: Mount, ino: number): bigint;
  /** Fills `out` from byte `offset` on; returns how many bytes there were, fewer than asked only at the end of the file. */
  read(mount: Mount, ino: number, offset: number, out: Uint8Array): number | Promise<number>;
  /** Writes all of `data`, which must not change until this is done. Writes to one file take effect in call order. */
  write(mount: Mount, ino: number, offset: number, data: Uint8Array): void | Promise<void>;
  /** Cuts the file, or makes it longer with zeros. */
  truncate(mount: Mount, ino: number, size: number): void | Promise<void>;
  /** What was written to the file, and its name, are durable when it resolves. */
  sync(mount: Mount, ino: number): Promise<void>;
  /** The last name of the file went and nobody holds it: frees it. */
  release(mount: Mount, ino: number): void;
}
