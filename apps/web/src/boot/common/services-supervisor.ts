import type { HostFiles, Notice } from "@cloudos/abi";
import type { Board } from "./board.ts";
import { BootError } from "./boot-error.ts";
import type { Platform, WorkerHandle } from "./platform.ts";
import { RelayedFiles } from "./relayed-files.ts";
import type { FromServices, StorageConfig, ToServices } from "./services-protocol.ts";

/** Attempts to bring a service up before the disk is given up. */
const MAX_ATTEMPTS = 5;
/** How long a worker may take to come to a halt. */
const HALT_MS = 500;

export interface SupervisorOptions {
  readonly platform: Platform;
  /** Each core's port to the module service of a new worker. */
  readonly connectCores: (ports: readonly MessagePort[]) => void;
  readonly onNotice: (notice: Notice) => void;
  /** A running service died: true when it is worth starting another. */
  readonly worthRestarting: () => boolean;
}

/** Keeps a services worker alive: a dead one is replaced, and cores and host are connected to its successor. */
export class ServicesSupervisor {
  readonly #options: SupervisorOptions;
  readonly #relay = new RelayedFiles();
  /** The current worker; undefined once the machine is down. */
  #worker: WorkerHandle | undefined;
  #generation = 0;
  #restarting: Promise<void> | undefined;
  #start: (worker: WorkerHandle) => Promise<void> = () => Promise.reject(new Error("The services were not started"));
  #stopped: (() => void) | undefined;
  #halted: (() => void) | undefined;

  /** The worker's script loads from now on. */
  constructor(options: SupervisorOptions) {
    this.#options = options;
    this.#worker = this.#spawn();
  }

  get files(): HostFiles {
    return this.#relay.files;
  }

  /** Resolves when the disk is mounted; rejects with the BootError that kept it from that. */
  async start(board: Board, storage: Omit<StorageConfig, "generation">): Promise<void> {
    this.#start = (worker) => this.#begin(worker, board, { ...storage, generation: this.#generation });
    await this.#start(this.#worker!);
  }

  /** Ends the worker, if it still lives, and starts another. What programs asked meanwhile waits in the kernel's queue. */
  restart(reason: string): Promise<void> {
    this.#restarting ??= this.#replace(reason).finally(() => {
      this.#restarting = undefined;
    });
    return this.#restarting;
  }

  #spawn(): WorkerHandle {
    return this.#options.platform.spawnWorker("services", "services");
  }

  #begin(worker: WorkerHandle, board: Board, storage: StorageConfig): Promise<void> {
    const channels = Array.from({ length: board.cores }, () => new MessageChannel());
    const files = new MessageChannel();
    const started = new Promise<void>((resolve, reject) => {
      let ready = false;
      const died = (reason: string) => {
        reject(new BootError("kernel-failed", `Cannot start the file service: ${reason}`));
        if (ready && this.#worker === worker && this.#options.worthRestarting()) {
          void this.restart(`it failed: ${reason}`);
        }
      };
      worker.port.onmessage = ({ data }: MessageEvent<FromServices>) => {
        switch (data.type) {
          case "ready":
            ready = true;
            this.#relay.attach(files.port2);
            this.#options.connectCores(channels.map(({ port2 }) => port2));
            resolve();
            break;
          case "failed":
            reject(new BootError(data.code, data.message));
            break;
          case "notice":
            this.#options.onNotice(data.notice);
            break;
          case "died":
            died(data.reason);
            break;
          case "halted":
            this.#halted?.();
            break;
          case "stopped":
            this.#stopped?.();
            break;
        }
      };
      void worker.failed.then(died);
    });
    const cores = channels.map(({ port1 }) => port1);
    const message: ToServices = { type: "start", board, storage, cores, files: files.port1 };
    worker.port.postMessage(message, [...cores, files.port1]);
    return started;
  }

  /** Out of the kernel first: a worker that ends in the middle of a call would keep the locks it holds. */
  #halt(worker: WorkerHandle): Promise<void> {
    return new Promise((resolve) => {
      this.#halted = resolve;
      setTimeout(resolve, HALT_MS);
      worker.port.postMessage({ type: "halt" } satisfies ToServices);
    });
  }

  async #replace(reason: string): Promise<void> {
    const { onNotice } = this.#options;
    this.#relay.detach();
    for (let attempt = 1; this.#worker !== undefined; attempt++) {
      const last = this.#worker;
      await this.#halt(last);
      last.terminate();
      // Shut down meanwhile?
      if (this.#worker !== last) return;
      this.#worker = this.#spawn();
      this.#generation++;
      try {
        await this.#start(this.#worker);
        onNotice({ code: "service-restarted", text: `The file service was restarted because ${reason}.` });
        return;
      } catch (error) {
        if (attempt < MAX_ATTEMPTS) continue;
        const text = error instanceof Error ? error.message : String(error);
        onNotice({ code: "disk-lost", text: `The file service does not start any more. ${text}` });
        return;
      }
    }
  }

  /** Syncs and closes the disk, then ends the worker. */
  async stop(): Promise<void> {
    const stopped = new Promise<void>((resolve) => {
      this.#stopped = resolve;
    });
    this.#worker?.port.postMessage({ type: "stop" } satisfies ToServices);
    await stopped;
    this.abandon();
  }

  abandon(): void {
    const worker = this.#worker;
    this.#worker = undefined;
    worker?.terminate();
  }
}
