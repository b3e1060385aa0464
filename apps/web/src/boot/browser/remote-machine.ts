import type {
  ExitStatus,
  HostConnection,
  HostFiles,
  HostProcess,
  Machine,
  MachineOptions,
  ServiceStatus,
  SpawnOptions,
  Terminal,
} from "@cloudos/abi";
import { DeviceRegistry, RemoteDevicePort } from "@cloudos/hal-wasm";
import * as Comlink from "comlink";
import { BootError } from "../common/boot-error.ts";
import { carryFileErrors } from "../common/comlink-errors.ts";
import type { WorkerHandle } from "../common/platform.ts";
import type { UpApi, UpEvent, UpStream } from "../common/up-api.ts";

type Listener = (chunk: Uint8Array) => void | Promise<void>;

/** UP mode as the page sees it: the whole machine is in one worker, and everything is a message. */
export class RemoteMachine implements Machine {
  readonly mode = "up";
  readonly cores = 1;
  readonly files: HostFiles;
  readonly hardware: DeviceRegistry;
  readonly #api: Comlink.Remote<UpApi>;
  readonly #worker: WorkerHandle;

  static async boot(worker: WorkerHandle, options: MachineOptions): Promise<RemoteMachine> {
    carryFileErrors();
    const api = Comlink.wrap<UpApi>(worker.port);
    void worker.failed.then((text) => options.onCrash?.({ code: 0, text, core: 0, process: 0 }));
    const { memoryMiB, disk, osUrl, services } = options;
    const booted = await Promise.race([
      api.boot(
        {
          ...(memoryMiB === undefined ? {} : { memoryMiB }),
          disk,
          osUrl,
          ...(services === undefined ? {} : { services }),
        },
        Comlink.proxy((event: UpEvent) => deliver(event, options, api)),
      ),
      worker.failed.then((message) => ({ ok: false, code: "kernel-failed", message }) as const),
    ]);
    if (!booted.ok) {
      worker.terminate();
      throw new BootError(booted.code, booted.message);
    }
    const files = new MessageChannel();
    await api.files(Comlink.transfer(files.port1, [files.port1]));
    const devices = new MessageChannel();
    await api.devices(Comlink.transfer(devices.port1, [devices.port1]));
    return new RemoteMachine(
      worker,
      api,
      Comlink.wrap<HostFiles>(files.port2) as unknown as HostFiles,
      new DeviceRegistry(new RemoteDevicePort(devices.port2)),
    );
  }

  private constructor(worker: WorkerHandle, api: Comlink.Remote<UpApi>, files: HostFiles, hardware: DeviceRegistry) {
    this.hardware = hardware;
    this.#worker = worker;
    this.#api = api;
    this.files = files;
  }

  async openTerminal(
    columns: number,
    rows: number,
    options: Parameters<Machine["openTerminal"]>[2] = {},
  ): Promise<Terminal> {
    const listening = Promise.withResolvers<Listener>();
    const onData = Comlink.proxy(async (chunk: Uint8Array) => (await listening.promise)(chunk));
    const opened = await this.#api.openTerminal(columns, rows, options, onData);
    return {
      pid: opened.pid,
      write: (data) => this.#api.write(opened.stream, data),
      onData: listening.resolve,
      resize: (newColumns, newRows) => void this.#api.resize(opened.stream, newColumns, newRows),
      exited: this.#exited(opened),
      close: () => this.#api.close(opened.stream),
    };
  }

  async spawn({ onStdout, onStderr, ...options }: SpawnOptions): Promise<HostProcess> {
    const asynchronous = (listener: Listener) => Comlink.proxy(async (chunk: Uint8Array) => listener(chunk));
    const spawned = await this.#api.spawn(options, asynchronous(onStdout), asynchronous(onStderr));
    return {
      pid: spawned.pid,
      writeStdin: (data) => this.#api.write(spawned.stream, data),
      closeStdin: () => this.#api.close(spawned.stream),
      kill: (signal) => this.#api.kill(spawned.stream, signal),
      exited: this.#exited(spawned),
    };
  }

  showDisplay(canvas: OffscreenCanvas): void {
    void this.#api.showDisplay(Comlink.transfer(canvas, [canvas]));
  }

  services(): Promise<readonly ServiceStatus[]> {
    return this.#api.services();
  }

  startService(name: string): Promise<void> {
    return this.#api.startService(name);
  }

  killService(name: string): Promise<void> {
    return this.#api.killService(name);
  }

  setHidden(hidden: boolean): void {
    void this.#api.setHidden(hidden);
  }

  suspend(): Promise<void> {
    return this.#api.suspend();
  }

  resume(): Promise<void> {
    return this.#api.resume();
  }

  async shutdown(): Promise<void> {
    this.hardware.stop();
    await this.#api.shutdown();
    this.#worker.terminate();
  }

  #exited(opened: UpStream): Promise<ExitStatus> {
    return this.#api.exited(opened.stream);
  }
}

function deliver(event: UpEvent, options: MachineOptions, api: Comlink.Remote<UpApi>): void {
  switch (event.type) {
    case "log":
      options.onLog?.(event.line);
      break;
    case "crash":
      options.onCrash?.(event.crash);
      break;
    case "post":
      options.onPost?.(event.pid, event.text);
      break;
    case "connect":
      if (options.onConnect) options.onConnect(remoteConnection(event.stream, event.pid, event.text, api));
      else void api.hangUp(event.stream);
      break;
    case "suspended":
      options.onSuspended?.(event.suspended);
      break;
    case "notice":
      options.onNotice?.(event.notice);
      break;
  }
}

function remoteConnection(stream: number, pid: number, text: string, api: Comlink.Remote<UpApi>): HostConnection {
  return {
    pid,
    text,
    onData: (listener) =>
      void api.accept(
        stream,
        Comlink.proxy(async (chunk: Uint8Array) => listener(chunk)),
      ),
    write: (data) => api.write(stream, data),
    end: () => api.close(stream),
    ended: api.ended(stream),
    close: () => void api.hangUp(stream),
  };
}
