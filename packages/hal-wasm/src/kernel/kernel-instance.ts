import { ABI_VERSION, type Clock, type HalImports, type KernelExports } from "@cloudos/abi";
import { fillWithEntropy } from "./entropy.ts";
import type { KernelMemory } from "./kernel-memory.ts";

/** Every function the kernel exports, the system calls (`p1_`, `u_`, `c1_`) among them. */
export type KernelFunctions = KernelExports & Readonly<Record<string, WebAssembly.ExportValue>>;

/** What differs between a core, which runs fibers, and an agent, which runs none. */
export type ControlImports = Pick<HalImports, "suspend" | "unwind" | "panic">;

/** kernel.wasm and, beside it, the personality that gives programs files, terminals and WASI: posix.wasm. */
export interface KernelModules {
  readonly kernel: WebAssembly.Module;
  readonly posix: WebAssembly.Module;
}

export interface KernelInstanceOptions {
  readonly modules: KernelModules;
  readonly memory: KernelMemory;
  readonly table: WebAssembly.Table;
  readonly clock: Clock;
  readonly control: { readonly [K in keyof ControlImports]: WebAssembly.ImportValue };
}

/** Instantiates the kernel on its memory. The caller calls `core_init` next (or `boot`, once per machine). */
export function instantiateKernel(options: KernelInstanceOptions): KernelFunctions {
  const { modules, memory, table, clock, control } = options;
  const env = { memory: memory.memory, table };
  const hal = {
    ...control,
    now_us: clock.nowUs,
    wall_ms: clock.wallMs,
    entropy: (address: number, length: number) => fillWithEntropy(memory, address >>> 0, length >>> 0),
  };
  const core = new WebAssembly.Instance(modules.kernel, { env, hal }).exports;
  // Its functions that the kernel calls go into the table as it is instantiated.
  const posix = new WebAssembly.Instance(modules.posix, { env, hal, kernel: core }).exports;
  const kernel = { ...core, ...posix } as unknown as KernelFunctions;
  const version = kernel.abi_version();
  if (version !== ABI_VERSION) {
    throw new Error(`Cannot start the kernel: its ABI version is ${version}, expected ${ABI_VERSION}`);
  }
  return kernel;
}

/** Thrown by `panic`: the epitaph says why. */
export class KernelPanic extends Error {
  readonly code: number;
  constructor(code: number) {
    super(`Kernel panic ${code}`);
    this.name = "KernelPanic";
    this.code = code;
  }
}

/** Slots of a core's function table below this belong to the kernel's own element segment. */
export const FIRST_GATE_SLOT = 1024;

export interface AgentOptions extends Omit<KernelInstanceOptions, "table" | "control"> {
  /** AGENT_* */
  readonly agent: number;
  /** Lay out the machine's memory first; by one agent, before there is any core. */
  readonly boot?: boolean;
}

/** An agent's kernel instance: the file service's or the host's. It has no fibers, so nothing may park. */
export function instantiateAgent(options: AgentOptions): KernelFunctions {
  const refuse = () => {
    throw new Error(`Agent ${options.agent} has no fiber to suspend`);
  };
  const kernel = instantiateKernel({
    ...options,
    table: new WebAssembly.Table({ element: "anyfunc", initial: FIRST_GATE_SLOT }),
    control: {
      suspend: refuse,
      unwind: refuse,
      panic: (code: number) => {
        throw new KernelPanic(code);
      },
    },
  });
  if (options.boot) {
    const errno = kernel.boot();
    if (errno !== 0) throw new Error(`Cannot boot the kernel: it refused its boot information with error ${errno}`);
  }
  kernel.core_init(options.agent);
  return kernel;
}
