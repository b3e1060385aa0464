import type { KernelExports } from "@cloudos/abi";
import {
  type ExitStatus,
  HOST_SPAWN_CONFINED,
  HOST_SPAWN_SEARCH,
  type HostConnection,
  type HostProcess,
  SIGKILL,
  type SpawnOptions,
  type Terminal,
} from "@cloudos/abi";
import type { KernelMemory } from "../kernel/kernel-memory.ts";
import type { ChunkListener } from "../ring/ring-reader.ts";
import { AgentHandles } from "./agent-handles.ts";
import { hostError } from "./host-error.ts";
import { HostEvents } from "./host-events.ts";
import { HostStreams } from "./host-streams.ts";
import { loginEnvironment } from "./login.ts";
import { type SpawnRequest, stageSpawn } from "./spawn-request.ts";

export interface HostOptions {
  /** The instance of agent AGENT_HOST, on this thread. */
  readonly kernel: KernelExports;
  readonly memory: KernelMemory;
  readonly onPost: (pid: number, text: string) => void;
  /** A process wants a stream to the page; left unanswered its reads wait until it ends. */
  readonly onConnect?: (connection: HostConnection) => void;
  /** A process opened a device of the host's: its ring is served and freed by whoever answers. Absent: there are no devices. */
  readonly onDevice?: (device: number, ring: number, pid: number) => void;
  /** After every batch of events: a good moment to read the log. */
  readonly onActivity: () => void;
}

interface Deferred<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
}

export interface TerminalRequest {
  readonly columns: number;
  readonly rows: number;
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly onData: ChunkListener;
}

const PAGES_PER_MIB = 16;

/** The host's side of a running machine: starts its first processes and carries their bytes. */
export class Host {
  readonly #kernel: KernelExports;
  readonly #memory: KernelMemory;
  readonly #streams: HostStreams;
  readonly #events: HostEvents;
  #handles: AgentHandles | undefined;
  readonly #spawning = new Map<number, (result: number) => void>();
  readonly #exits = new Map<number, Deferred<ExitStatus>>();

  constructor(options: HostOptions) {
    const { kernel, memory } = options;
    this.#kernel = kernel;
    this.#memory = memory;
    this.#streams = new HostStreams(kernel, memory);
    this.#events = new HostEvents(
      memory,
      {
        spawned: (token, result) => {
          // The exit may follow in the same batch, before the spawner's promise has run.
          if (result > 0) this.#exits.set(result, Promise.withResolvers<ExitStatus>());
          this.#spawning.get(token)?.(result);
          this.#spawning.delete(token);
        },
        exited: (pid, status) => {
          this.#exits.get(pid)?.resolve(status);
          this.#exits.delete(pid);
        },
        posted: options.onPost,
        connected: (pid, text, toProcess, fromProcess) => {
          const connection = this.#connection(pid, text, toProcess, fromProcess);
          if (options.onConnect) options.onConnect(connection);
          else connection.close();
        },
        deviceOpened: (device, ring, pid) => {
          if (options.onDevice) options.onDevice(device, ring, pid);
          else kernel.ring_free(ring);
        },
        needsFileService: () => undefined,
        settled: () => {
          while (this.#handles?.dispatch());
          options.onActivity();
        },
      },
      (address) => kernel.event_done(address),
    );
    void this.#events.run();
  }

  stop(): void {
    this.#events.stop();
  }

  /** Kernel objects in the host's own hands: channels to programs, ports, what the next program starts with. */
  get handles(): AgentHandles {
    this.#handles ??= new AgentHandles(this.#kernel, this.#memory);
    return this.#handles;
  }

  async openTerminal(request: TerminalRequest): Promise<Omit<Terminal, "onData">> {
    const input = this.#streams.input();
    const output = this.#streams.output(request.onData);
    const tty = this.#kernel.tty_create(input.ring.index, output.ring.index, request.columns, request.rows);
    if (tty < 0) {
      input.release();
      output.release();
      throw hostError(-tty, "Cannot open a terminal");
    }
    try {
      const { pid, exit } = await this.#start({
        path: request.argv[0] ?? "",
        argv: request.argv,
        env: request.env,
        cwd: request.cwd,
        flags: HOST_SPAWN_SEARCH,
        stdio: { tty },
        preopens: [],
        memoryPages: 0,
      });
      return {
        pid,
        write: (data) => input.writer.write(data),
        resize: (columns, rows) => input.ring.resize(columns, rows),
        exited: exit.then(async (status) => {
          await output.reader.drained();
          return status;
        }),
        close: async () => {
          output.reader.discard();
          this.#kernel.tty_hangup(tty);
        },
      };
    } catch (error) {
      await output.reader.drained();
      this.#kernel.tty_hangup(tty);
      throw error;
    }
  }

  async spawn(options: SpawnOptions): Promise<HostProcess> {
    const { argv, preopens } = options;
    const input = this.#streams.input();
    const outputs = [this.#streams.output(options.onStdout), this.#streams.output(options.onStderr)] as const;
    const drained = () => Promise.all(outputs.map(({ reader }) => reader.drained()));
    try {
      const { pid, exit, token } = await this.#start({
        path: argv[0] ?? "",
        argv,
        env: options.env ?? loginEnvironment(options.cwd),
        cwd: options.cwd ?? "/home/user",
        flags: HOST_SPAWN_SEARCH | (preopens === undefined ? 0 : HOST_SPAWN_CONFINED),
        stdio: { stdin: input.ring.index, stdout: outputs[0].ring.index, stderr: outputs[1].ring.index },
        preopens: preopens ?? [],
        memoryPages: (options.memoryMiB ?? 0) * PAGES_PER_MIB,
        processLimit: options.processes ?? 0,
      });
      return {
        pid,
        writeStdin: (data) => input.writer.write(data),
        closeStdin: () => input.writer.end(),
        // SIGKILL is for the whole job: whatever the program has started must not outlive it.
        kill: async (signal) => (signal === SIGKILL ? this.#killJob(token) : this.kill(pid, signal)),
        exited: exit.then(async (status) => {
          await drained();
          return status;
        }),
      };
    } catch (error) {
      // A load failure's story was written to the program's standard error.
      await drained();
      for (const stream of [input, ...outputs]) stream.release();
      throw error;
    }
  }

  #connection(pid: number, text: string, toProcess: number, fromProcess: number): HostConnection {
    const listening = Promise.withResolvers<ChunkListener>();
    const input = this.#streams.input(toProcess);
    const output = this.#streams.output(async (chunk) => (await listening.promise)(chunk), fromProcess);
    return {
      pid,
      text,
      onData: listening.resolve,
      write: (data) => input.writer.write(data),
      end: () => input.writer.end(),
      ended: output.reader.ended,
      close: () => {
        listening.resolve(() => undefined);
        input.release();
        output.release();
      },
    };
  }

  kill(pid: number, signal: number): void {
    const result = this.#kernel.host_kill(pid, signal);
    if (result !== 0) throw hostError(Math.abs(result), `Cannot send signal ${signal} to process ${pid}`);
  }

  #killJob(token: number): void {
    const result = this.#kernel.host_job_kill(token);
    if (result !== 0) throw hostError(-result, "Cannot kill a job");
  }

  async #start(
    request: SpawnRequest,
  ): Promise<{ readonly pid: number; readonly exit: Promise<ExitStatus>; readonly token: number }> {
    const action = `Cannot run "${request.path}"`;
    const staged = stageSpawn(this.#memory, request);
    const token = staged === 0 ? this.#kernel.host_spawn() : -staged;
    if (token < 0) throw hostError(-token, action);
    const { pid, exit } = await new Promise<{ pid: number; exit: Promise<ExitStatus> | undefined }>((resolve) => {
      // Looked up in the same turn as the event: the process may have exited by the next.
      this.#spawning.set(token, (result) => resolve({ pid: result, exit: this.#exits.get(result)?.promise }));
    });
    if (exit === undefined) throw hostError(-pid, action);
    return { pid, exit, token };
  }
}
