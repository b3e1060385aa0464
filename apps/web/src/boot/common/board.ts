import { AGENT_HOST, type Clock, type MachineMode } from "@cloudos/abi";
import {
  type BoardModules,
  createClock,
  instantiateAgent,
  type KernelFunctions,
  KernelMemory,
  preciseWallMs,
  writeBootInfo,
} from "@cloudos/hal-wasm";
import { BootError } from "./boot-error.ts";

/** What every worker of a machine is told when it starts. Posted as it is. */
export interface Board {
  readonly mode: MachineMode;
  readonly cores: number;
  readonly memory: WebAssembly.Memory;
  readonly modules: BoardModules;
  /** Unix time of the machine's monotonic zero. */
  readonly originMs: number;
}

export interface PowerOnOptions {
  readonly mode: MachineMode;
  readonly cores: number;
  readonly memoryMiB: number;
  readonly modules: BoardModules;
}

const PAGES_PER_MIB = 16;
/** The kernel's own minimum and maximum (`--initialMemory`, `--maximumMemory` in packages/kernel/build.ts). */
const KERNEL_MIN_PAGES = 64;
const KERNEL_MAX_PAGES = 32768;

/** Lays out the kernel's memory and boots it. The returned instance is the host's agent, on this thread. */
export function powerOn(options: PowerOnOptions): {
  readonly board: Board;
  readonly clock: Clock;
  readonly kernel: KernelFunctions;
  readonly memory: KernelMemory;
} {
  const { mode, cores, modules } = options;
  const maxPages = Math.min(options.memoryMiB * PAGES_PER_MIB, KERNEL_MAX_PAGES);
  const originMs = preciseWallMs();
  let wasmMemory: WebAssembly.Memory;
  try {
    wasmMemory = new WebAssembly.Memory({ initial: KERNEL_MIN_PAGES, maximum: maxPages, shared: true });
  } catch (cause) {
    throw new BootError("kernel-failed", `Cannot reserve ${options.memoryMiB} MiB of memory for the machine`, {
      cause,
    });
  }
  const memory = new KernelMemory(wasmMemory);
  writeBootInfo(memory, { mode, cores, maxPages, originMs });
  const clock = createClock(originMs);
  const kernel = instantiateAgent({ agent: AGENT_HOST, modules: modules.kernel, memory, clock, boot: true });
  return { board: { mode, cores, memory: wasmMemory, modules, originMs }, clock, kernel, memory };
}
