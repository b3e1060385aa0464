import { EIO, ENOEXEC, ENOMEM } from "@cloudos/abi/errno";
import type { ProgramInfo } from "@cloudos/abi/image";
import type { Imagefs } from "../imagefs/imagefs.ts";
import { sha256Hex } from "../imagefs/sha256.ts";
import type { Content } from "../service/content.ts";
import { errnoOf } from "../service/errno-of.ts";
import type { FileSystem, ProgressSink } from "../vfs/file-system.ts";

/** What the rewriter made of a module (packages/hal-wasm; passed in, siblings do not import each other). */
export type RewriteResult =
  | { readonly ok: true; readonly bytes: Uint8Array; readonly memoryMinPages: number }
  | { readonly ok: false; readonly errno: number; readonly message: string };
export type Rewrite = (bytes: Uint8Array) => RewriteResult | Promise<RewriteResult>;

/** A module ready to be compiled: rewritten, with its memory as an import. */
export type ResolvedModule =
  | {
      readonly ok: true;
      /** "blob": a program of the image, the same bytes at every boot. */
      readonly kind: "blob" | "bytes";
      /** Hex SHA-256 of a blob; "" for bytes. */
      readonly hash: string;
      readonly bytes: Uint8Array;
      readonly memoryMinPages: number;
      readonly name: string;
    }
  | { readonly ok: false; readonly errno: number; readonly message: string };

type Entry =
  | { readonly kind: "blob"; readonly blob: string; readonly info: ProgramInfo; readonly name: string }
  | {
      readonly kind: "file";
      readonly fs: FileSystem;
      readonly ino: number;
      readonly node: bigint;
      readonly name: string;
    };

/** Larger modules than any engine compiles (V8: 1 GiB). */
const MODULE_MAX = 1024 * 1024 * 1024;

/** Ids are 31 bits: a service gives out up to a million, and 2,000 services can follow each other. */
const IDS_PER_GENERATION = 1 << 20;
const GENERATIONS = 1 << 11;

/** Gives out module ids at EXEC and answers what they stand for when a core loads one. */
export class ModuleStore {
  readonly #firstId: number;
  readonly #image: Imagefs | undefined;
  readonly #content: Content;
  readonly #rewrite: Rewrite;
  readonly #entries: Entry[] = [];
  readonly #ids = new Map<string, number>();

  /** `generation`: services of this machine before this one. An id one of them gave out must not mean another program here. */
  constructor(image: Imagefs | undefined, content: Content, rewrite: Rewrite, generation: number) {
    this.#firstId = (generation % GENERATIONS) * IDS_PER_GENERATION + 1;
    this.#image = image;
    this.#content = content;
    this.#rewrite = rewrite;
  }

  /** The id of a program of the image, or 0 if the file is none. */
  idOfProgram(fs: FileSystem, ino: number, name: string): number {
    if (fs !== this.#image) return 0;
    const program = this.#image.program(ino);
    if (program === undefined) return 0;
    return this.#idOf(`blob ${program.blob}`, { kind: "blob", ...program, name });
  }

  /** The id of a file's content as it is now: a file that changes gets another id. */
  idOfFile(fs: FileSystem, ino: number, node: bigint, name: string): number {
    const state = `${fs.version(ino)} ${this.#content.size(fs, ino, node)} ${this.#content.mtimeNs(fs, ino, node)}`;
    return this.#idOf(`file ${node} ${state}`, { kind: "file", fs, ino, node, name });
  }

  async resolve(id: number, onProgress: ProgressSink): Promise<ResolvedModule> {
    const entry = this.#entries[id - this.#firstId];
    if (entry === undefined) return { ok: false, errno: EIO, message: `Cannot load module ${id}: there is none` };
    try {
      return entry.kind === "blob"
        ? await this.#blob(entry.blob, entry.info, entry.name, onProgress)
        : await this.#file(entry, onProgress);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      return { ok: false, errno: errnoOf(error), message: `Cannot load ${entry.name}: ${reason}` };
    }
  }

  #idOf(key: string, entry: Entry): number {
    let id = this.#ids.get(key);
    if (id === undefined) {
      id = this.#firstId + this.#entries.push(entry) - 1;
      this.#ids.set(key, id);
    }
    return id;
  }

  async #blob(blob: string, info: ProgramInfo, name: string, onProgress: ProgressSink): Promise<ResolvedModule> {
    if (this.#image === undefined) return { ok: false, errno: EIO, message: `Cannot load ${name}: there is no image` };
    const bytes = await this.#image.blob(blob, onProgress);
    return { ok: true, kind: "blob", hash: blob, bytes, memoryMinPages: info.memoryMinPages, name };
  }

  async #file(entry: Extract<Entry, { kind: "file" }>, onProgress: ProgressSink): Promise<ResolvedModule> {
    const { fs, ino, node, name } = entry;
    const bytes = await this.#content.whole(fs, ino, node, onProgress);
    if (bytes.length > MODULE_MAX) {
      const size = `${bytes.length} bytes, expected at most ${MODULE_MAX}`;
      return { ok: false, errno: ENOMEM, message: `Cannot load ${name}: it has ${size}` };
    }
    if (bytes.length < 8) {
      return { ok: false, errno: ENOEXEC, message: `Cannot load ${name}: a WebAssembly module has at least 8 bytes` };
    }
    const hash = await sha256Hex(bytes);
    const shipped = this.#image?.programByHash(hash);
    if (shipped !== undefined) {
      return { ok: true, kind: "blob", hash, bytes, memoryMinPages: shipped.memoryMinPages, name };
    }
    const rewritten = await this.#rewrite(bytes);
    if (!rewritten.ok) {
      return { ok: false, errno: rewritten.errno, message: `Cannot load ${name}: ${rewritten.message}` };
    }
    return {
      ok: true,
      kind: "bytes",
      hash: "",
      bytes: rewritten.bytes,
      memoryMinPages: rewritten.memoryMinPages,
      name,
    };
  }
}
