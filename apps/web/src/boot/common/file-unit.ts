import {
  DEFAULT_STOP_TIMEOUT_MS,
  type DeviceTable,
  type HostFiles,
  type LaunchContext,
  type Notice,
  type ServiceEnd,
  type ServiceInstance,
  type ServiceSpec,
  type ServiceUnit,
} from "@cloudos/abi";
import type { RegionNodes } from "@cloudos/fs-cloudfs";
import type { Board } from "./board.ts";
import { BootError } from "./boot-error.ts";
import type { Platform, WorkerHandle } from "./platform.ts";
import { refuseFiles } from "./refuse-files.ts";
import { RelayedFiles } from "./relayed-files.ts";
import type { FromServices, StorageConfig, ToServices } from "./services-protocol.ts";

/** How long a worker may take to come to a halt. */
const HALT_MS = 500;

/** The file service, with the module service beside it: the one service without which nothing can be started. */
export const FILE_SERVICE: ServiceSpec = {
  name: "vfs",
  description: "Files, program modules and mounts",
  needs: [],
  kind: "daemon",
  restart: "always",
  // Programs wait for it, so the first restarts come at once; a disk that is gone does not come back by asking for ever.
  backoff: { firstMs: 5, maxMs: 1000, attempts: 8, healthyMs: 500 },
  // Patient: on a computer that is short of everything a worker may be late by many seconds and well.
  health: { intervalMs: 20_000, timeoutMs: 60_000 },
  stopTimeoutMs: DEFAULT_STOP_TIMEOUT_MS,
  essential: true,
  enabled: true,
};

export interface FileUnitOptions {
  readonly platform: Platform;
  /** Each core's port to the module service of a new worker. */
  readonly connectCores: (ports: readonly MessagePort[]) => void;
  readonly onNotice: (notice: Notice) => void;
  /** A running service died: true when it is worth starting another. */
  readonly worthRestarting: () => boolean;
}

/** The services worker as a service: each life is a worker; cores and host are connected to whichever is alive. */
export class FileUnit implements ServiceUnit {
  readonly spec = FILE_SERVICE;
  readonly #options: FileUnitOptions;
  readonly #relay = new RelayedFiles();
  /** Loads its script before the board is there. */
  #next: WorkerHandle | undefined;
  #life: ServicesLife | undefined;
  #board: Board | undefined;
  #storage: Omit<StorageConfig, "generation"> | undefined;
  #devices: DeviceTable = { entries: [], nodes: [] };
  #lastEnd = "";
  #down = false;
  /** Ends what answers in place of a service that was given up. */
  #standIn: () => void = () => undefined;

  constructor(options: FileUnitOptions) {
    this.#options = options;
    this.#next = this.#spawn();
  }

  get files(): HostFiles {
    return this.#relay.files;
  }

  /** Before the first launch. */
  configure(board: Board, storage: Omit<StorageConfig, "generation">): void {
    this.#board = board;
    this.#storage = storage;
  }

  async launch({ generation, signal }: LaunchContext): Promise<ServiceInstance> {
    this.#standIn();
    this.#relay.renew();
    const worker = this.#next ?? this.#spawn();
    this.#next = undefined;
    const life = new ServicesLife(worker, this.#options.onNotice);
    this.#life = life;
    try {
      const board = this.#board!;
      const channels = Array.from({ length: board.cores }, () => new MessageChannel());
      const files = new MessageChannel();
      const aborted = new Promise<never>((_resolve, reject) => {
        signal.addEventListener("abort", () => reject(new Error("It was ended while it started")));
      });
      const start: ToServices = {
        type: "start",
        board,
        storage: { ...this.#storage!, generation },
        cores: channels.map(({ port1 }) => port1),
        files: files.port1,
        devices: this.#devices,
      };
      await Promise.race([life.start(start, [...start.cores, files.port1]), aborted]);
      this.#relay.attach(files.port2);
      this.#options.connectCores(channels.map(({ port2 }) => port2));
    } catch (error) {
      await life.end();
      throw error;
    }
    if (generation > 0) {
      const text = `The file service was restarted because ${this.#lastEnd || "it did not start"}.`;
      this.#options.onNotice({ code: "service-restarted", text });
    }
    return this.#instance(life);
  }

  /** Programs see these devices from now on. Waits for a service that is being restarted. */
  async setDevices(table: DeviceTable): Promise<RegionNodes> {
    this.#devices = table;
    return (await this.#life?.setDevices(table)) ?? {};
  }

  /** It does not come back: calls that wait for it are answered. */
  givenUp(reason: string): void {
    this.#relay.fail(reason);
    if (this.#board && !this.#down) this.#standIn = refuseFiles(this.#board);
    this.#options.onNotice({ code: "disk-lost", text: `The file service does not start any more. ${reason}` });
  }

  /** Syncs and closes the disk, then ends the worker. */
  async shutdown(): Promise<void> {
    this.#down = true;
    await this.#life?.shutdown();
    this.abandon();
  }

  /** Ends the worker as it is. */
  abandon(): void {
    this.#down = true;
    this.#standIn();
    this.#next?.terminate();
    this.#life?.worker.terminate();
  }

  #spawn(): WorkerHandle {
    return this.#options.platform.spawnWorker("services", "services");
  }

  #instance(life: ServicesLife): ServiceInstance {
    const { promise: ended, resolve } = Promise.withResolvers<ServiceEnd>();
    const end = async (why: string) => {
      if (this.#down || this.#life !== life) return;
      this.#life = undefined;
      this.#lastEnd = why;
      this.#relay.detach();
      await life.end();
      resolve({ ok: false, text: why });
    };
    void life.died.then((reason) => {
      if (!this.#down && this.#options.worthRestarting()) void end(`it failed: ${reason}`);
    });
    return {
      identity: "worker",
      ended,
      stop: () => void end("it was stopped"),
      kill: () => void end("it was killed"),
      check: () => life.ping(),
    };
  }
}

/** One services worker and the conversation with it. */
class ServicesLife {
  readonly worker: WorkerHandle;
  readonly #onNotice: (notice: Notice) => void;
  readonly #ready = Promise.withResolvers<void>();
  readonly #died = Promise.withResolvers<string>();
  readonly #halted = Promise.withResolvers<void>();
  readonly #stopped = Promise.withResolvers<void>();
  readonly #questions = new Map<number, (answer: RegionNodes) => void>();
  #lastQuestion = 0;

  constructor(worker: WorkerHandle, onNotice: (notice: Notice) => void) {
    this.worker = worker;
    this.#onNotice = onNotice;
    worker.port.onmessage = ({ data }: MessageEvent<FromServices>) => this.#take(data);
    void worker.failed.then((reason) => this.#fail(reason));
    this.#ready.promise.catch(() => undefined);
  }

  /** Resolves with the reason when it ends by a fault of its own. */
  get died(): Promise<string> {
    return this.#died.promise;
  }

  /** Resolves when the disk is mounted; rejects with the BootError that kept it from that. */
  start(message: ToServices, transfer: Transferable[]): Promise<void> {
    this.worker.port.postMessage(message, transfer);
    return this.#ready.promise;
  }

  /** Answered with nothing when the worker ends first: its successor is told anyway. */
  setDevices(table: DeviceTable): Promise<RegionNodes> {
    return this.#ask((request) => ({ type: "devices", request, table }));
  }

  async ping(): Promise<void> {
    await this.#ask((request) => ({ type: "ping", request }));
  }

  async shutdown(): Promise<void> {
    this.#tell({ type: "stop" });
    await Promise.race([this.#stopped.promise, this.died]);
  }

  /** Out of the kernel first: a worker that ends in the middle of a call would keep the locks it holds. */
  async end(): Promise<void> {
    this.#tell({ type: "halt" });
    let timer: ReturnType<typeof setTimeout> | undefined;
    const patience = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, HALT_MS);
    });
    await Promise.race([this.#halted.promise, patience]);
    clearTimeout(timer);
    this.worker.terminate();
    for (const answer of this.#questions.values()) answer({});
    this.#questions.clear();
  }

  #ask(question: (request: number) => ToServices): Promise<RegionNodes> {
    return new Promise((resolve) => {
      const request = ++this.#lastQuestion;
      this.#questions.set(request, resolve);
      this.#tell(question(request));
    });
  }

  #tell(message: ToServices): void {
    this.worker.port.postMessage(message);
  }

  #fail(reason: string): void {
    this.#ready.reject(new BootError("kernel-failed", `Cannot start the file service: ${reason}`));
    this.#died.resolve(reason);
  }

  #take(message: FromServices): void {
    switch (message.type) {
      case "ready":
        this.#ready.resolve();
        break;
      case "failed":
        this.#ready.reject(new BootError(message.code, message.message));
        break;
      case "notice":
        this.#onNotice(message.notice);
        break;
      case "died":
        this.#fail(message.reason);
        break;
      case "answer":
        this.#questions.get(message.request)?.(message.regions);
        this.#questions.delete(message.request);
        break;
      case "halted":
        this.#halted.resolve();
        break;
      case "stopped":
        this.#stopped.resolve();
        break;
    }
  }
}
