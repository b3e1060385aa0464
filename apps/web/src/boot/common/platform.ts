import type { Notice } from "@cloudos/abi";
import type { Board } from "./board.ts";
import type { Services } from "./services.ts";
import type { StorageConfig } from "./services-protocol.ts";

/** A worker of the machine: one message port, and word of its death. */
export interface WorkerHandle {
  readonly port: MessagePort;
  /** Resolves with the reason when the worker ends on its own; never after `terminate`. */
  readonly failed: Promise<string>;
  terminate(): void;
}

export type WorkerKind = "core" | "services";

/** What a machine takes from where it runs: a page and its workers, or Node. */
export interface Platform {
  spawnWorker(kind: WorkerKind, name: string): WorkerHandle;
  /** Reads a file of the board: "kernel.wasm", "gate.wasm" ... */
  readFile(file: string): Promise<Uint8Array<ArrayBuffer>>;
}

/** Runs the file and module services on the calling thread. The browser's and Node's differ in disks and blobs. */
export type StartServices = (
  board: Board,
  config: StorageConfig,
  onNotice: (notice: Notice) => void,
) => Promise<Services>;
