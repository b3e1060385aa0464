import type {
  Clock,
  DeviceTable,
  Hardware,
  HostConnection,
  HostFiles,
  HostProcess,
  LogLine,
  Machine,
  MachineMode,
  MachineOptions,
  ServiceStatus,
  SpawnOptions,
  Terminal,
} from "@cloudos/abi";
import type { RegionNodes } from "@cloudos/fs-cloudfs";
import {
  DeviceRegistry,
  DISPLAY_FILE,
  Host,
  type KernelFunctions,
  type KernelMemory,
  KlogReader,
  LOGIN_DIRECTORY,
  LOGIN_SHELL,
  LocalDevicePort,
  loginEnvironment,
  Scanout,
} from "@cloudos/hal-wasm";
import type { Init } from "@cloudos/init";
import type { powerOn } from "./board.ts";
import { declareServices } from "./service-directory.ts";
import { answerSvc, svcArguments } from "./svc-connection.ts";

/** What a machine consists of beside kernel and host; differs between SMP and UP. */
export interface MachineParts {
  readonly files: HostFiles;
  /** The file service is up. */
  readonly init: Init;
  setDevices(table: DeviceTable): Promise<RegionNodes>;
  /** Cores may let timers be late: nobody looks. */
  setSaving(saving: boolean): void;
  /** Syncs the disk and ends workers. */
  stop(): Promise<void>;
}

/** Services start after this long even when nobody starts anything else. */
const SERVICES_WAIT_MS = 1000;

/** A machine whose host agent runs on this thread. */
export class LocalMachine implements Machine {
  readonly mode: MachineMode;
  readonly cores: number;
  readonly files: HostFiles;
  /** For a registry of devices that is elsewhere. `hardware` takes it for itself. */
  readonly devicePort: LocalDevicePort;
  readonly #host: Host;
  readonly #kernel: KernelFunctions;
  readonly #memory: KernelMemory;
  readonly #parts: MachineParts;
  readonly #flushLog: () => void;
  readonly #onSuspended: MachineOptions["onSuspended"];
  /** A terminal has shown something, or a program was started. */
  readonly #inUse = Promise.withResolvers<void>();
  #suspended = false;
  #whenResumed: (() => void)[] = [];
  #hardware: DeviceRegistry | undefined;
  #regions: RegionNodes = {};
  #scanout: Scanout | undefined;

  constructor(
    powered: ReturnType<typeof powerOn>,
    parts: MachineParts,
    options: Pick<MachineOptions, "onLog" | "onPost" | "onConnect" | "onSuspended" | "services">,
  ) {
    this.mode = powered.board.mode;
    this.cores = powered.board.cores;
    this.files = parts.files;
    this.#parts = parts;
    this.#onSuspended = options.onSuspended;
    this.#kernel = powered.kernel;
    this.#memory = powered.memory;
    const klog = new KlogReader(powered.memory);
    this.#flushLog = () => {
      for (const line of klog.take()) options.onLog?.(line);
    };
    this.devicePort = new LocalDevicePort(powered.kernel, powered.memory, async (table) => {
      this.#regions = await parts.setDevices(table);
    });
    this.#host = new Host({
      kernel: powered.kernel,
      memory: powered.memory,
      onPost: (pid, text) => options.onPost?.(pid, text),
      onConnect: (connection) => this.#connected(connection, options.onConnect),
      onDevice: (device, ring, pid) => this.devicePort.opened(device, ring, pid),
      onActivity: this.#flushLog,
    });
    const log = bootLog(powered.clock, options.onLog);
    parts.init.follow(undefined, (name, { text }) => log(`${name}: ${text}`));
    void this.#startServices(options.services === true, log);
  }

  get hardware(): Hardware {
    this.#hardware ??= new DeviceRegistry(this.devicePort);
    return this.#hardware;
  }

  showDisplay(canvas: OffscreenCanvas): void {
    this.#scanout?.stop();
    this.#scanout = new Scanout({
      kernel: this.#kernel,
      memory: this.#memory,
      node: () => this.#regions[DISPLAY_FILE],
      canvas,
      nextFrame: (action) => void requestAnimationFrame(action),
    });
    this.#scanout.start();
  }

  /** Node ids of region files, by name below /dev. */
  get regions(): RegionNodes {
    return this.#regions;
  }

  async openTerminal(
    columns: number,
    rows: number,
    options: Parameters<Machine["openTerminal"]>[2] = {},
  ): Promise<Terminal> {
    const cwd = options.cwd ?? LOGIN_DIRECTORY;
    const listening = Promise.withResolvers<(chunk: Uint8Array) => void | Promise<void>>();
    const terminal = await this.#host.openTerminal({
      columns,
      rows,
      argv: options.argv ?? [LOGIN_SHELL, "-l"],
      cwd,
      env: options.env ?? loginEnvironment(cwd),
      // Output waits in the machine until someone listens.
      onData: async (chunk) => {
        await (await listening.promise)(chunk);
        this.#inUse.resolve();
      },
    });
    return { ...terminal, onData: listening.resolve };
  }

  async spawn(options: SpawnOptions): Promise<HostProcess> {
    const process = await this.#host.spawn(options);
    this.#inUse.resolve();
    return process;
  }

  async services(): Promise<readonly ServiceStatus[]> {
    return this.#parts.init.list();
  }

  killService(name: string): Promise<void> {
    return this.#parts.init.kill(name);
  }

  /** Starts a service that was stopped or given up. */
  startService(name: string): Promise<void> {
    return this.#parts.init.start(name);
  }

  setHidden(hidden: boolean): void {
    this.#parts.setSaving(hidden);
  }

  async suspend(): Promise<void> {
    if (this.#suspended) return;
    this.#suspended = true;
    // What is not on disk would be lost if the tab is closed meanwhile.
    await this.files.sync().catch(() => undefined);
    if (!this.#suspended) return;
    this.#kernel.os_suspend();
    this.#onSuspended?.(true);
  }

  async resume(): Promise<void> {
    if (!this.#suspended) return;
    this.#suspended = false;
    this.#kernel.os_resume();
    this.#onSuspended?.(false);
    for (const resumed of this.#whenResumed.splice(0)) resumed();
  }

  async shutdown(): Promise<void> {
    await this.resume();
    await this.#parts.init.stopAll();
    this.#hardware?.stop();
    this.#scanout?.stop();
    await this.#parts.stop();
    this.#flushLog();
    this.#host.stop();
  }

  async #startServices(programs: boolean, log: ReturnType<typeof bootLog>): Promise<void> {
    try {
      // What the person waits for comes first: services load once a program has shown something.
      if (programs) await Promise.race([this.#inUse.promise, pause(SERVICES_WAIT_MS)]);
      if (programs) for (const problem of await this.#declare()) log(problem, "warn");
      await this.#parts.init.startAll();
    } catch (error) {
      // A cycle: services that were declared stay as they are, and the log names it.
      log(error instanceof Error ? error.message : String(error), "error");
    }
  }

  #declare(): Promise<readonly string[]> {
    return declareServices(this.#parts.init, this.files, (options) => this.#host.spawn(options));
  }

  /** The command that asked ends when the machine goes on. */
  async #suspendFor(connection: HostConnection): Promise<void> {
    this.#whenResumed.push(() => connection.close());
    await this.suspend();
  }

  #connected(connection: HostConnection, otherwise: MachineOptions["onConnect"]): void {
    const argv = svcArguments(connection.text);
    if (isSuspendRequest(connection.text)) void this.#suspendFor(connection);
    else if (argv !== undefined) void answerSvc(connection, argv, this.#parts.init, () => this.#declare());
    else if (otherwise) otherwise(connection);
    else connection.close();
  }
}

/** Log lines of the boot sequence, on the machine's clock. */
export function bootLog(
  clock: Clock,
  onLog: MachineOptions["onLog"],
): (text: string, level?: LogLine["level"]) => void {
  return (text, level = "info") => onLog?.({ level, atUs: clock.nowUs(), text });
}

/** What the `suspend` command connects with. */
function isSuspendRequest(text: string): boolean {
  try {
    return (JSON.parse(text) as { type?: unknown } | null)?.type === "suspend";
  } catch {
    return false;
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
