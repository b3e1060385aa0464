import type { ExecStatus } from "./agent/agent-client.ts";
import type { EnvironmentState } from "./states.ts";

export type RuntimeKind = "wasm" | "microvm" | "vm";

/** What an environment is made of. Which fields a backend needs, it says itself. */
export interface EnvironmentSpec {
  /** Lower-case letters, digits, "-", "_" and "."; at most 63 bytes: it becomes the host name and a directory. */
  readonly name: string;
  /** microvm, vm: name of an image. */
  readonly image?: string;
  /** microvm: package layers to add. */
  readonly packages?: readonly string[];
  /** vm: path of an ISO or disk image in the OS's files. */
  readonly disk?: string;
  readonly memoryMiB?: number;
  /** Part of a core, above 0 to 1. Default 1. */
  readonly cpuShare?: number;
  /** Boot the kernel although there is a booted state to restore. */
  readonly coldBoot?: boolean;
  readonly network?: boolean;
}

export interface ExecRequest {
  readonly argv: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly user?: { readonly uid: number; readonly gid: number };
  readonly terminal?: { readonly columns: number; readonly rows: number };
  readonly onStdout: (bytes: Uint8Array) => void | Promise<void>;
  readonly onStderr: (bytes: Uint8Array) => void | Promise<void>;
}

/** A program in an environment. */
export interface Execution {
  writeStdin(bytes: Uint8Array): Promise<void>;
  closeStdin(): Promise<void>;
  signal(signal: number): void;
  resize(columns: number, rows: number): void;
  /** Settles after the last output; rejects when the environment goes away first. */
  readonly exited: Promise<ExecStatus>;
}

export interface EnvironmentInfo {
  readonly name: string;
  readonly kind: RuntimeKind;
  readonly state: EnvironmentState;
  readonly image: string | null;
  readonly memoryMiB: number;
  readonly createdAtMs: number;
  readonly savedAtMs: number | null;
  /** IPv4 on the machines' segment. */
  readonly address: string | null;
}

export interface EnvironmentStats {
  /** Bytes of the browser's memory it takes; 0 at rest. */
  readonly hostBytes: number;
  readonly busyMs: number;
  /** 0 to 1. */
  readonly load: number;
  /** The saved state, in bytes on disk. */
  readonly savedBytes: number;
  readonly detail: Readonly<Record<string, number | string>>;
}

export interface SavedState {
  readonly id: string;
  readonly sizeBytes: number;
  /** Pages stored in full, of those that differ from the image. */
  readonly pages: number;
  readonly ms: number;
}

/**
 * One kind of environment. Environments are named; every method rejects with RuntimeError: "not-found" for a name that is not there,
 * "state" when it cannot be done now (states.ts), else as said.
 */
export interface Runtime {
  readonly kind: RuntimeKind;
  list(): Promise<readonly EnvironmentInfo[]>;
  /** Rejects with "exists", "unknown-image", "not-built", "invalid", "memory". */
  create(spec: EnvironmentSpec): Promise<void>;
  /** Boots, or restores the image's booted state. Resolves when programs can be run in it. */
  start(name: string): Promise<void>;
  /** Saves the state, then ends the machine. Its memory is free when this resolves. */
  suspend(name: string): Promise<SavedState>;
  /** Goes on from the saved state. Rejects with "snapshot" when that does not fit any more. */
  resume(name: string): Promise<void>;
  /** Saves the state; the environment goes on. */
  snapshot(name: string): Promise<SavedState>;
  /** Another environment in the same state, with an identity and files of its own from then on. */
  clone(name: string, as: string): Promise<SavedState>;
  exec(name: string, request: ExecRequest): Promise<Execution>;
  stats(name: string): Promise<EnvironmentStats>;
  /** `graceful`: programs get a moment to end. Resolves when it has ended. */
  stop(name: string, options?: { readonly graceful?: boolean }): Promise<void>;
  /** Ends it if it runs, and deletes its files and saved state. */
  remove(name: string): Promise<void>;
}
