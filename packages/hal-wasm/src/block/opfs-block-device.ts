import { type BlockDevice, BlockError, type BlockWrite } from "@cloudos/abi";
import { BLOCK_SIZE, checkRange, checkWrites } from "./geometry.ts";
import { storageError } from "./storage-error.ts";

/** The part of FileSystemSyncAccessHandle used here; TypeScript declares it for workers only. */
interface SyncAccessHandle {
  read(out: Uint8Array, options: { at: number }): number;
  write(data: Uint8Array, options: { at: number }): number;
  truncate(size: number): void;
  getSize(): number;
  flush(): void;
  close(): void;
}

const FILE_NAME = "disk.img";
const ZEROS = new Uint8Array(64 * 1024);

export interface OpfsBlockDeviceOptions {
  readonly blockCount: number;
  readonly readOnly?: boolean;
}

/**
 * Blocks in one file of the origin private file system. Workers only. Fast, but a write may be torn by a crash, so there is no
 * `writeAtomic`: CloudFS orders its writes by `flush` here.
 */
export class OpfsBlockDevice implements BlockDevice {
  readonly kind = "opfs";
  readonly blockSizeBytes = BLOCK_SIZE;
  readonly blockCount: number;
  readonly readOnly: boolean;
  readonly atomicBlocks = 0;
  readonly #handle: SyncAccessHandle;
  #closed = false;

  private constructor(handle: SyncAccessHandle, options: OpfsBlockDeviceOptions) {
    this.#handle = handle;
    this.blockCount = options.blockCount;
    this.readOnly = options.readOnly === true;
  }

  /** Opens or creates the file in a directory of that name. Rejects with `blocked` while another tab has it open. */
  static async open(name: string, options: OpfsBlockDeviceOptions): Promise<OpfsBlockDevice> {
    try {
      const root = await navigator.storage.getDirectory();
      const directory = await root.getDirectoryHandle(name, { create: true });
      const file = (await directory.getFileHandle(FILE_NAME, { create: true })) as unknown as {
        createSyncAccessHandle(): Promise<SyncAccessHandle>;
      };
      return new OpfsBlockDevice(await file.createSyncAccessHandle(), options);
    } catch (cause) {
      throw storageError(`open disk "${name}"`, cause);
    }
  }

  async read(block: number, out: Uint8Array): Promise<void> {
    this.#requireOpen();
    checkRange(this, block, out.length);
    const got = this.#attempt(`read block ${block}`, () => this.#handle.read(out, { at: block * BLOCK_SIZE }));
    // Past the end of the file: never written.
    out.fill(0, got);
  }

  async write(writes: readonly BlockWrite[]): Promise<void> {
    this.#requireOpen();
    checkWrites(this, writes);
    for (const { block, data } of writes) {
      const put = this.#attempt(`write block ${block}`, () => this.#handle.write(data, { at: block * BLOCK_SIZE }));
      if (put !== data.length) throw new BlockError("no-space", `Cannot write block ${block}: ${put} bytes fit`);
    }
  }

  async writeAtomic(): Promise<void> {
    throw new BlockError("out-of-range", "Cannot write atomically: the origin private file system has no such thing");
  }

  async flush(): Promise<void> {
    this.#requireOpen();
    this.#attempt("flush the disk", () => this.#handle.flush());
  }

  async discard(block: number, count: number): Promise<void> {
    this.#requireOpen();
    checkRange(this, block, count * BLOCK_SIZE);
    if (this.readOnly) throw new BlockError("read-only", "Cannot discard: the device is read-only");
    this.#attempt(`discard block ${block}`, () => {
      const start = block * BLOCK_SIZE;
      const size = this.#handle.getSize();
      const end = Math.min(start + count * BLOCK_SIZE, size);
      if (start < size && end === size) this.#handle.truncate(start);
      else for (let at = start; at < end; at += ZEROS.length) this.#handle.write(zeros(end - at), { at });
    });
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#handle.close();
  }

  #attempt<T>(action: string, operation: () => T): T {
    try {
      return operation();
    } catch (cause) {
      throw storageError(action, cause);
    }
  }

  #requireOpen(): void {
    if (this.#closed) throw new BlockError("closed", "Cannot use the disk: it is closed");
  }
}

function zeros(bytes: number): Uint8Array {
  return bytes >= ZEROS.length ? ZEROS : ZEROS.subarray(0, bytes);
}
