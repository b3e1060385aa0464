import type {
  BootErrorCode,
  Crash,
  ExitStatus,
  LogLine,
  MachineOptions,
  Notice,
  ServiceStatus,
  SpawnOptions,
} from "@cloudos/abi";

/** What the page tells the UP worker, over Comlink. Functions can cross only as arguments of their own. */
export interface UpApi {
  boot(options: UpBootOptions, events: (event: UpEvent) => void): Promise<UpBooted>;
  /** `HostFiles` on a port of its own. */
  files(port: MessagePort): void;
  /** A port for the registry of devices, which is the page's. */
  devices(port: MessagePort): void;
  showDisplay(canvas: OffscreenCanvas): void;
  openTerminal(
    columns: number,
    rows: number,
    options: {
      readonly argv?: readonly string[];
      readonly cwd?: string;
      readonly env?: Readonly<Record<string, string>>;
    },
    onData: (chunk: Uint8Array) => Promise<void>,
  ): Promise<UpStream>;
  spawn(
    options: Omit<SpawnOptions, "onStdout" | "onStderr">,
    onStdout: (chunk: Uint8Array) => Promise<void>,
    onStderr: (chunk: Uint8Array) => Promise<void>,
  ): Promise<UpStream>;
  /** Takes a program's stream to the page (event "connect"). */
  accept(stream: number, onData: (chunk: Uint8Array) => Promise<void>): void;
  /** Resolves when the program stopped writing to its stream. */
  ended(stream: number): Promise<void>;
  /** Gives up a program's stream. */
  hangUp(stream: number): void;
  /** Bytes for a terminal, a standard input or a program's stream. */
  write(stream: number, data: Uint8Array): Promise<void>;
  resize(stream: number, columns: number, rows: number): void;
  /** Hangs up a terminal; ends a standard input or a program's stream. */
  close(stream: number): Promise<void>;
  kill(stream: number, signal: number): Promise<void>;
  exited(stream: number): Promise<ExitStatus>;
  services(): Promise<readonly ServiceStatus[]>;
  killService(name: string): Promise<void>;
  startService(name: string): Promise<void>;
  setHidden(hidden: boolean): void;
  suspend(): Promise<void>;
  resume(): Promise<void>;
  shutdown(): Promise<void>;
}

/** A terminal or a process's stdio in the worker's table. */
export interface UpStream {
  readonly stream: number;
  readonly pid: number;
}

export type UpBootOptions = Pick<MachineOptions, "memoryMiB" | "disk" | "osUrl" | "services">;

/** Errors lose their class on the way: a boot error comes as a value. */
export type UpBooted =
  | { readonly ok: true }
  | { readonly ok: false; readonly code: BootErrorCode; readonly message: string };

export type UpEvent =
  | { readonly type: "log"; readonly line: LogLine }
  | { readonly type: "crash"; readonly crash: Crash }
  | { readonly type: "post"; readonly pid: number; readonly text: string }
  | { readonly type: "connect"; readonly stream: number; readonly pid: number; readonly text: string }
  | { readonly type: "suspended"; readonly suspended: boolean }
  | { readonly type: "notice"; readonly notice: Notice };
