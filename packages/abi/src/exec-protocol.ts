/**
 * What the `cloudos exec` command and the page it drives (exec.html) say to each other over HTTP on loopback. All paths are below
 * `/__host/<token>/`.
 *
 *   GET  config            -> ExecConfig
 *   POST booted            <- ExecBooted | ExecBootFailed
 *   GET  next              -> ExecJob, or null: nothing more to do (the page shuts the machine down, then POSTs done)
 *   GET  mount/JOB/N       -> a pack (below) for mount N of the job
 *   PUT  mount/JOB/N       <- the pack of the tree afterwards (only with syncBack)
 *   GET  stdin/JOB         -> bytes, streamed; its end is end of file
 *   POST out/JOB/1, /2     <- a chunk of standard output or error; the answer is the flow control
 *   POST exit/JOB          <- ExecExit
 *   POST log               <- a line for the command's standard error
 *
 * A *pack* is u32 little-endian length of a JSON text, the JSON text (PackEntry[]), then the contents of its files in order.
 */
import type { ExitStatus } from "./machine.ts";

export interface ExecConfig {
  readonly mode: "auto" | "smp" | "up";
  readonly cores: number | null;
  readonly disk: { readonly kind: "indexeddb"; readonly name: string };
}
export interface ExecBooted {
  readonly ok: true;
  readonly mode: "smp" | "up";
  readonly cores: number;
}
export interface ExecBootFailed {
  readonly ok: false;
  readonly code: string;
  readonly message: string;
}
/** An x86 machine made for the job. */
export interface ExecEnvironment {
  readonly image: string;
  /** Package layers. */
  readonly packages: readonly string[];
  readonly memoryMiB: number | null;
}
export interface ExecJob {
  readonly id: string;
  /** null: a process of the OS itself. */
  readonly environment: ExecEnvironment | null;
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string | null;
  readonly mounts: readonly { readonly guest: string }[];
  readonly syncBack: boolean;
  readonly preopens: readonly { readonly guest: string; readonly name: string }[] | null;
  readonly memoryMiB: number | null;
  readonly timeoutMs: number | null;
  /** Whether anything will come on stdin; false is an empty one. */
  readonly stdin: boolean;
}
export type ExecExit =
  | { readonly kind: "ended"; readonly status: ExitStatus; readonly ms: number }
  | { readonly kind: "timed-out"; readonly ms: number }
  /** It could not be started: a FileError. */
  | { readonly kind: "not-started"; readonly errno: number; readonly message: string; readonly ms: number };

export type PackEntry =
  | { readonly type: "dir"; readonly path: string; readonly mode: number }
  | { readonly type: "file"; readonly path: string; readonly mode: number; readonly sizeBytes: number }
  | { readonly type: "symlink"; readonly path: string; readonly target: string };

export interface PackItem {
  readonly entry: PackEntry;
  /** Content of a file; empty otherwise. */
  readonly data: Uint8Array;
}

export function writePack(items: readonly PackItem[]): Uint8Array<ArrayBuffer> {
  const header = new TextEncoder().encode(JSON.stringify(items.map((item) => item.entry)));
  const size = items.reduce((sum, item) => sum + item.data.length, 4 + header.length);
  const pack = new Uint8Array(size);
  new DataView(pack.buffer).setUint32(0, header.length, true);
  pack.set(header, 4);
  let at = 4 + header.length;
  for (const item of items) {
    pack.set(item.data, at);
    at += item.data.length;
  }
  return pack;
}

/** Throws RangeError when the pack is cut short. The items view `pack`. */
export function readPack(pack: Uint8Array): readonly PackItem[] {
  const headerLength = new DataView(pack.buffer, pack.byteOffset, pack.byteLength).getUint32(0, true);
  const entries = JSON.parse(new TextDecoder().decode(pack.subarray(4, 4 + headerLength))) as readonly PackEntry[];
  let at = 4 + headerLength;
  return entries.map((entry) => {
    const size = entry.type === "file" ? entry.sizeBytes : 0;
    if (at + size > pack.length)
      throw new RangeError(`Cannot read pack: "${entry.path}" ends at ${at + size}, the pack at ${pack.length}`);
    const data = pack.subarray(at, at + size);
    at += size;
    return { entry, data };
  });
}
