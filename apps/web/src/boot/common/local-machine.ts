import type {
  Clock,
  HostFiles,
  HostProcess,
  LogLine,
  Machine,
  MachineMode,
  MachineOptions,
  SpawnOptions,
  Terminal,
} from "@cloudos/abi";
import { Host, KlogReader, LOGIN_DIRECTORY, LOGIN_SHELL, loginEnvironment } from "@cloudos/hal-wasm";
import type { powerOn } from "./board.ts";

/** Ends what a machine consists of; differs between SMP and UP. */
export interface MachineLifecycle {
  killService(name: "vfs"): Promise<void>;
  /** Syncs the disk and ends workers. */
  stop(): Promise<void>;
}

/** A machine whose host agent runs on this thread. */
export class LocalMachine implements Machine {
  readonly mode: MachineMode;
  readonly cores: number;
  readonly files: HostFiles;
  readonly #host: Host;
  readonly #lifecycle: MachineLifecycle;
  readonly #flushLog: () => void;

  constructor(
    powered: ReturnType<typeof powerOn>,
    files: HostFiles,
    lifecycle: MachineLifecycle,
    options: Pick<MachineOptions, "onLog" | "onPost" | "onConnect">,
  ) {
    this.mode = powered.board.mode;
    this.cores = powered.board.cores;
    this.files = files;
    this.#lifecycle = lifecycle;
    const klog = new KlogReader(powered.memory);
    this.#flushLog = () => {
      for (const line of klog.take()) options.onLog?.(line);
    };
    this.#host = new Host({
      kernel: powered.kernel,
      memory: powered.memory,
      onPost: (pid, text) => options.onPost?.(pid, text),
      ...(options.onConnect && { onConnect: options.onConnect }),
      onActivity: this.#flushLog,
    });
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
      onData: async (chunk) => (await listening.promise)(chunk),
    });
    return { ...terminal, onData: listening.resolve };
  }

  spawn(options: SpawnOptions): Promise<HostProcess> {
    return this.#host.spawn(options);
  }

  killService(name: "vfs"): Promise<void> {
    return this.#lifecycle.killService(name);
  }

  async shutdown(): Promise<void> {
    await this.#lifecycle.stop();
    this.#flushLog();
    this.#host.stop();
  }
}

/** Log lines of the boot sequence, on the machine's clock. */
export function bootLog(
  clock: Clock,
  onLog: MachineOptions["onLog"],
): (text: string, level?: LogLine["level"]) => void {
  return (text, level = "info") => onLog?.({ level, atUs: clock.nowUs(), text });
}
