import type { HostFiles, Notice } from "@cloudos/abi";
import type { Board } from "./board.ts";
import { BootError } from "./boot-error.ts";
import type { Platform, WorkerHandle } from "./platform.ts";
import { RelayedFiles } from "./relayed-files.ts";
import type { FromServices, StorageConfig, ToServices } from "./services-protocol.ts";

/** Restarts in a row without a service that came up before the disk is given up. */
const MAX_ATTEMPTS = 5;

/** Keeps a services worker alive: a dead one is replaced, and cores and host are connected to its successor. */
export class ServicesSupervisor {
  readonly #platform: Platform;
  readonly #board: Board;
  readonly #storage: Omit<StorageConfig, "generation">;
  readonly #connectCores: (ports: readonly MessagePort[]) => void;
  readonly #relay = new RelayedFiles();
  #worker: WorkerHandle | undefined;
  #generation = 0;
  #stopped: (() => void) | undefined;
  onNotice: (notice: Notice) => void = () => undefined;

  constructor(
    platform: Platform,
    board: Board,
    storage: Omit<StorageConfig, "generation">,
    connectCores: (ports: readonly MessagePort[]) => void,
  ) {
    this.#platform = platform;
    this.#board = board;
    this.#storage = storage;
    this.#connectCores = connectCores;
  }

  get files(): HostFiles {
    return this.#relay.files;
  }

  /** Resolves when the disk is mounted; rejects with the BootError that kept it from that. */
  start(): Promise<void> {
    const worker = this.#platform.spawnWorker("services", "services");
    this.#worker = worker;
    const channels = Array.from({ length: this.#board.cores }, () => new MessageChannel());
    const files = new MessageChannel();
    const started = new Promise<void>((resolve, reject) => {
      worker.port.onmessage = ({ data }: MessageEvent<FromServices>) => {
        switch (data.type) {
          case "ready":
            this.#relay.attach(files.port2);
            this.#connectCores(channels.map(({ port2 }) => port2));
            resolve();
            break;
          case "failed":
            reject(new BootError(data.code, data.message));
            break;
          case "notice":
            this.onNotice(data.notice);
            break;
          case "stopped":
            this.#stopped?.();
            break;
        }
      };
      void worker.failed.then((reason) => {
        reject(new BootError("kernel-failed", `Cannot start the file service: ${reason}`));
        if (this.#worker === worker) void this.restart(`it failed: ${reason}`);
      });
    });
    const cores = channels.map(({ port1 }) => port1);
    const message: ToServices = {
      type: "start",
      board: this.#board,
      storage: { ...this.#storage, generation: this.#generation },
      cores,
      files: files.port1,
    };
    worker.port.postMessage(message, [...cores, files.port1]);
    return started;
  }

  /** Ends the worker, if it still lives, and starts another. What programs asked meanwhile waits in the kernel's queue. */
  async restart(reason: string): Promise<void> {
    this.#worker?.terminate();
    this.#relay.detach();
    for (let attempt = 1; ; attempt++) {
      this.#generation++;
      try {
        await this.start();
        this.onNotice({ code: "service-restarted", text: `The file service was restarted because ${reason}.` });
        return;
      } catch (error) {
        if (attempt === MAX_ATTEMPTS) {
          const text = error instanceof Error ? error.message : String(error);
          this.onNotice({ code: "disk-lost", text: `The file service does not start any more. ${text}` });
          return;
        }
        this.#worker?.terminate();
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
