import type { Hardware } from "./device.ts";
import type { ServiceStatus } from "./service.ts";

/**
 * What the shell (apps/web), the embed and the `cloudos` command see of a running machine. Implemented in
 * apps/web/src/boot (browser) and e2e/machine (Node, for fast tests).
 */
export type MachineMode = "smp" | "up";

export interface DiskOptions {
  readonly kind: "indexeddb" | "opfs" | "memory";
  /** Name of the database or directory; two machines must not share one. */
  readonly name: string;
}

export interface MachineOptions {
  /** "auto": SMP when cross-origin isolated, else UP. */
  readonly mode: MachineMode | "auto";
  /** Default navigator.hardwareConcurrency, at most 8. */
  readonly cores?: number;
  /** Ceiling of the kernel's memory (page cache, pipes, tables). Default 512. */
  readonly memoryMiB?: number;
  readonly disk: DiskOptions;
  /** Start the programs of /etc/services.d. Default: only what the machine itself needs runs. */
  readonly services?: boolean;
  /** Where kernel.wasm, gate.wasm and image/ are, absolute, with a trailing slash. */
  readonly osUrl: string;
  readonly onLog?: (line: LogLine) => void;
  readonly onCrash?: (crash: Crash) => void;
  /** JSON texts programs hand to the page (`host_post`). */
  readonly onPost?: (pid: number, text: string) => void;
  /** A program opened a stream to the page (`host_connect`). */
  readonly onConnect?: (connection: HostConnection) => void;
  /** The machine was suspended (by the page, or by the `suspend` command) or goes on. */
  readonly onSuspended?: (suspended: boolean) => void;
  /** A plain sentence about the disk or mode the person should see (read-only second tab, UP mode ...). */
  readonly onNotice?: (notice: Notice) => void;
}

export interface LogLine {
  readonly level: "debug" | "info" | "warn" | "error";
  /** Microseconds since boot. */
  readonly atUs: number;
  readonly text: string;
}
export interface Notice {
  readonly code: "up-mode" | "disk-read-only" | "disk-in-memory" | "disk-lost" | "disk-full" | "service-restarted";
  readonly text: string;
}
export interface Crash {
  readonly code: number;
  readonly text: string;
  readonly core: number;
  readonly process: number;
}

/** Why a machine did not boot. `code` is stable, `message` is for people. */
export type BootErrorCode =
  | "no-jspi"
  | "no-wasm-features"
  | "disk-busy"
  | "disk-failed"
  | "download-failed"
  | "kernel-failed";

export type ExitStatus =
  | { readonly kind: "exited"; readonly code: number }
  | { readonly kind: "signaled"; readonly signal: number };

export interface Terminal {
  readonly pid: number;
  /** Bytes typed. Resolves when the machine has taken them. */
  write(data: Uint8Array): Promise<void>;
  /** One listener; chunks arrive in order. The machine waits while the promise is pending (flow control). */
  onData(listener: (chunk: Uint8Array) => void | Promise<void>): void;
  resize(columns: number, rows: number): void;
  readonly exited: Promise<ExitStatus>;
  /** Hang up (SIGHUP) and free. */
  close(): Promise<void>;
}

export interface SpawnOptions {
  readonly argv: readonly string[];
  /** NAME=VALUE pairs; default: a login environment. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Guest path and the name the program sees; absent: "/" and ".". Present: the program is confined to these. */
  readonly preopens?: readonly { readonly guest: string; readonly name: string }[];
  readonly memoryMiB?: number;
  /** Live processes it and what it starts may be; default DEFAULT_PROCESS_LIMIT. */
  readonly processes?: number;
  /** Where output goes; a pending promise holds the program back. */
  readonly onStdout: (chunk: Uint8Array) => void | Promise<void>;
  readonly onStderr: (chunk: Uint8Array) => void | Promise<void>;
}

export interface HostProcess {
  readonly pid: number;
  writeStdin(data: Uint8Array): Promise<void>;
  closeStdin(): Promise<void>;
  /** To the program; SIGKILL takes everything it has started with it, also what outlived it. */
  kill(signal: number): Promise<void>;
  /** Settles after the last output chunk was delivered. */
  readonly exited: Promise<ExitStatus>;
}

/** A stream each way between a process and the page, opened by the process. */
export interface HostConnection {
  readonly pid: number;
  /** What for: a JSON text. It comes from a program: anything may be in it. */
  readonly text: string;
  /** One listener; chunks arrive in order. The process waits while the promise is pending (flow control). */
  onData(listener: (chunk: Uint8Array) => void | Promise<void>): void;
  /** Resolves when the machine has taken the bytes, or the process has stopped reading. */
  write(data: Uint8Array): Promise<void>;
  /** End of file after everything written so far. */
  end(): Promise<void>;
  /** Resolves when the process closed its writing end, or ended, and everything was delivered. */
  readonly ended: Promise<void>;
  /** Gives up both directions: the process reads end of file and gets EPIPE. */
  close(): void;
}

export interface HostStat {
  readonly type: "file" | "dir" | "symlink" | "device";
  readonly sizeBytes: number;
  readonly mode: number;
  readonly mtimeMs: number;
}

/** A chunk tree (docs/cloudfs/CHUNKTREE.md). URLs are absolute. */
export interface TreeLayer {
  /** Of the tree's file. */
  readonly treeUrl: string;
  /** Chunks are at `<blobsUrl>blobs/<hash>`; ends in a slash. */
  readonly blobsUrl: string;
  /** Hex SHA-256 of the unpacked tree; another is refused. */
  readonly id?: string;
  /** Chunks to fetch before they are asked for. */
  readonly prefetch?: readonly number[];
}

/** A directory as the file system of an x86 machine. */
export interface TreeExport {
  /** Of the machine. */
  readonly name: string;
  /** Absolute path of the directory the machine writes to. */
  readonly writable: string;
  /** Chunk trees below it, lowest first: the directory holds what an overlay changes. Empty: the directory alone. */
  readonly layers: readonly TreeLayer[];
  /** The open files of a saved machine that goes on. */
  readonly fids: Uint8Array | null;
}

/** Files as the host sees them: coherent with what programs see. Rejects with FileError. */
export interface HostFiles {
  readFile(path: string): Promise<Uint8Array>;
  /** Creates or replaces; parents must exist. */
  writeFile(path: string, data: Uint8Array, mode?: number): Promise<void>;
  readdir(path: string): Promise<readonly { readonly name: string; readonly type: HostStat["type"] }[]>;
  stat(path: string): Promise<HostStat>;
  mkdir(path: string, options?: { readonly recursive?: boolean }): Promise<void>;
  remove(path: string, options?: { readonly recursive?: boolean }): Promise<void>;
  /** Replaces what is at `to`, in one step. */
  rename(from: string, to: string): Promise<void>;
  symlink(target: string, path: string): Promise<void>;
  readlink(path: string): Promise<string>;
  chmod(path: string, mode: number): Promise<void>;
  /** A fresh in-memory tree at `path` (created when missing); for `--mount`. */
  mountMemory(path: string): Promise<void>;
  unmount(path: string): Promise<void>;
  /** Everything written so far survives a reload once this resolves. */
  sync(): Promise<void>;
  /** Serves a tree over 9P (ninep-port.ts) on `port`, which is transferred. Ends with the file service: then export it anew. */
  exportTree(tree: TreeExport, port: MessagePort): Promise<void>;
  /** The machine's open files, for `TreeExport.fids`. The machine is paused. */
  exportedFids(name: string): Promise<Uint8Array<ArrayBuffer>>;
  endExport(name: string): Promise<void>;
  /** Copies what is in a directory into another (made when missing; empty) as it is: owners, devices, attributes, hard links, holes. */
  copyTree(from: string, to: string): Promise<void>;
  /** All that is in a directory, as bytes for another disk: owners, devices, attributes included. */
  packTree(path: string): Promise<Uint8Array<ArrayBuffer>>;
  /** The other way; the directory is made, and must be empty when it is there. */
  unpackTree(path: string, bytes: Uint8Array): Promise<void>;
  /** Deletes all that is in a directory of a machine, whoever owns it there. */
  emptyTree(path: string): Promise<void>;
}

/** `errno` is the WASI number; `message` names path, action and reason. */
export class FileError extends Error {
  readonly errno: number;
  constructor(errno: number, message: string) {
    super(message);
    this.name = "FileError";
    this.errno = errno;
  }
}

export interface Machine {
  readonly mode: MachineMode;
  readonly cores: number;
  readonly files: HostFiles;
  /** A login shell (or `argv`) on a new terminal. */
  openTerminal(
    columns: number,
    rows: number,
    options?: {
      readonly argv?: readonly string[];
      readonly cwd?: string;
      readonly env?: Readonly<Record<string, string>>;
    },
  ): Promise<Terminal>;
  /** Rejects with FileError: ENOENT (no such program), ENOEXEC, EACCES ... */
  spawn(options: SpawnOptions): Promise<HostProcess>;
  /** Devices and their drivers. */
  readonly hardware: Hardware;
  /** Shows /dev/fb0 on `canvas` from now on, in place of an earlier one; the canvas is given away for good. */
  showDisplay(canvas: OffscreenCanvas): void;
  /** What runs behind the programs ("vfs" is the file service). */
  services(): Promise<readonly ServiceStatus[]>;
  /** Ends a service at once, as a crash would. Resolves when it runs again, or will not; rejects when there is none of that name. */
  killService(name: string): Promise<void>;
  /** Starts a service that was stopped or given up; resolves when it runs. */
  startService(name: string): Promise<void>;
  /** Whether the page is hidden: cores may be late with timers then, by a quarter of a second. No time and no wake-up is lost. */
  setHidden(hidden: boolean): void;
  /** Stops every program where it is, after the disk was synced. Time goes on: timers that fall due fire after `resume`. */
  suspend(): Promise<void>;
  resume(): Promise<void>;
  /** Syncs, then ends all workers. */
  shutdown(): Promise<void>;
}
