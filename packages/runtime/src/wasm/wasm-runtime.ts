import type { Machine, SpawnOptions } from "@cloudos/abi/machine";
import type {
  EnvironmentInfo,
  EnvironmentSpec,
  EnvironmentStats,
  ExecRequest,
  Execution,
  Runtime,
  SavedState,
} from "../runtime.ts";
import { RuntimeError } from "../runtime-error.ts";
import { type EnvironmentState, transition } from "../states.ts";
import { checkName } from "../store/machine-record.ts";

const SIGTERM = 15;
const SIGKILL = 9;

interface Container {
  readonly spec: EnvironmentSpec;
  readonly createdAtMs: number;
  state: EnvironmentState;
  readonly running: Set<{ kill(signal: number): Promise<void> }>;
}

export interface WasmRuntimeOptions {
  readonly spawn: Machine["spawn"];
  readonly wallMs: () => number;
  /** What programs of a container see; absent: all files. */
  readonly preopens?: (spec: EnvironmentSpec) => SpawnOptions["preopens"];
}

/**
 * Containers of the OS's own programs: they start in milliseconds and have no state beside their processes, so there is nothing to save.
 */
export class WasmRuntime implements Runtime {
  readonly kind = "wasm";
  readonly #options: WasmRuntimeOptions;
  readonly #containers = new Map<string, Container>();

  constructor(options: WasmRuntimeOptions) {
    this.#options = options;
  }

  async list(): Promise<readonly EnvironmentInfo[]> {
    return [...this.#containers.values()].map(({ spec, state, createdAtMs }) => ({
      name: spec.name,
      kind: "wasm",
      state,
      image: null,
      memoryMiB: spec.memoryMiB ?? 0,
      createdAtMs,
      savedAtMs: null,
      address: null,
    }));
  }

  async create(spec: EnvironmentSpec): Promise<void> {
    const wrong = checkName(spec.name);
    if (wrong !== null) throw new RuntimeError("invalid", `Cannot create "${spec.name}": ${wrong}`);
    if (this.#containers.has(spec.name)) {
      throw new RuntimeError("exists", `Cannot create "${spec.name}": there is a container of that name`);
    }
    const createdAtMs = this.#options.wallMs();
    this.#containers.set(spec.name, { spec, createdAtMs, state: { name: "created" }, running: new Set() });
  }

  async start(name: string): Promise<void> {
    const container = this.#find(name);
    container.state = transition(name, container.state, { type: "start" });
    container.state = transition(name, container.state, { type: "started" });
  }

  suspend(name: string): Promise<SavedState> {
    return this.#unsupported("suspend", name);
  }
  resume(name: string): Promise<void> {
    return this.#unsupported("resume", name);
  }
  snapshot(name: string): Promise<SavedState> {
    return this.#unsupported("save the state of", name);
  }
  clone(name: string): Promise<SavedState> {
    return this.#unsupported("clone", name);
  }

  async exec(name: string, request: ExecRequest): Promise<Execution> {
    const container = this.#find(name);
    if (container.state.name !== "running") {
      throw new RuntimeError("state", `Cannot run a program in "${name}": it is ${container.state.name}`);
    }
    const { spec } = container;
    const preopens = this.#options.preopens?.(spec);
    const process = await this.#options.spawn({
      argv: request.argv,
      ...(request.env && { env: request.env }),
      ...(request.cwd !== undefined && { cwd: request.cwd }),
      ...(spec.memoryMiB !== undefined && { memoryMiB: spec.memoryMiB }),
      ...(preopens && { preopens }),
      onStdout: request.onStdout,
      onStderr: request.onStderr,
    });
    container.running.add(process);
    const exited = process.exited.finally(() => container.running.delete(process));
    return {
      writeStdin: (bytes) => process.writeStdin(bytes),
      closeStdin: () => process.closeStdin(),
      signal: (signal) => void process.kill(signal).catch(() => undefined), // It has ended already.
      resize: () => undefined,
      exited,
    };
  }

  async stats(name: string): Promise<EnvironmentStats> {
    const { running } = this.#find(name);
    return { hostBytes: 0, busyMs: 0, load: 0, savedBytes: 0, detail: { processes: running.size } };
  }

  async stop(name: string, options: { readonly graceful?: boolean } = {}): Promise<void> {
    const container = this.#find(name);
    if (container.state.name !== "running") return;
    container.state = transition(name, container.state, { type: "stop" });
    const signal = options.graceful === true ? SIGTERM : SIGKILL;
    await Promise.allSettled([...container.running].map((process) => process.kill(signal)));
    container.state = transition(name, container.state, { type: "stopped" });
  }

  async remove(name: string): Promise<void> {
    await this.stop(name);
    this.#containers.delete(name);
  }

  #find(name: string): Container {
    const container = this.#containers.get(name);
    if (container === undefined) throw new RuntimeError("not-found", `There is no container "${name}"`);
    return container;
  }

  async #unsupported(action: string, name: string): Promise<never> {
    this.#find(name);
    throw new RuntimeError(
      "unsupported",
      `Cannot ${action} "${name}": a container of WebAssembly programs has no state to save`,
    );
  }
}
