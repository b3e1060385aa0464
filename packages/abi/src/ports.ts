/**
 * Ports: what the layers above the board may ask of the platform. Declared once here; the board
 * (`packages/hal-wasm`) implements them, tests wrap them (`FaultyBlockDevice`, `TracerBlockDevice`).
 */

export type BlockErrorCode = "out-of-range" | "no-space" | "closed" | "blocked" | "lost" | "read-only" | "io";

/** What a block device throws. The device is unchanged unless the method says otherwise. */
export class BlockError extends Error {
  readonly code: BlockErrorCode;
  constructor(code: BlockErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = "BlockError";
    this.code = code;
  }
}

/** A write of whole blocks. `data.length` is a positive multiple of the block size; it is copied before `submit` returns. */
export interface BlockWrite {
  readonly block: number;
  readonly data: Uint8Array;
}

/**
 * A persistent array of fixed-size blocks.
 *
 * Blocks never written read as zeros. A `write` may be torn or lost until a `flush` that was called after it resolves;
 * `writeAtomic` is all or nothing even across a crash. Calls may overlap; writes to the same block take
 * effect in call order. After `close` every method rejects with `closed`.
 */
export interface BlockDevice {
  readonly kind: "indexeddb" | "opfs" | "memory";
  readonly blockSizeBytes: number;
  /** Capacity in blocks. Backing space may run out before (`no-space`). */
  readonly blockCount: number;
  readonly readOnly: boolean;
  /** Largest `writeAtomic` in blocks; 0 when the device has no such thing (OPFS). */
  readonly atomicBlocks: number;
  /** Reads `out.length / blockSizeBytes` blocks from `block` into `out` (owned by the caller). */
  read(block: number, out: Uint8Array): Promise<void>;
  write(writes: readonly BlockWrite[]): Promise<void>;
  writeAtomic(writes: readonly BlockWrite[]): Promise<void>;
  /** Resolves when everything written before the call is durable. */
  flush(): Promise<void>;
  /** Forget contents: blocks read as zeros afterwards; may free backing space. */
  discard(block: number, count: number): Promise<void>;
  close(): Promise<void>;
}

export interface Clock {
  /** Microseconds since boot, never backwards. */
  nowUs(): number;
  /** Milliseconds since the Unix epoch. */
  wallMs(): number;
}

export interface Entropy {
  /** Fills `out` (not a shared buffer). */
  fill(out: Uint8Array): void;
}

/** A module the loader can start. Ids are given by the file service at EXEC. */
export interface LoadableModule {
  readonly module: WebAssembly.Module;
  /** Initial size the program asks for, in 64 KiB pages. */
  readonly memoryMinPages: number;
  readonly name: string;
}
export type ModuleResult =
  | { readonly ok: true; readonly value: LoadableModule }
  | { readonly ok: false; readonly errno: number; readonly message: string };

/** Answers what EXEC's module ids stand for. Lives beside the file service; cores ask it once per id. */
export interface ModuleService {
  get(moduleId: number, onProgress: (text: string) => void): Promise<ModuleResult>;
}
