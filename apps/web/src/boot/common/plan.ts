import type { MachineMode, MachineOptions } from "@cloudos/abi";
import { type BoardModules, compileBoard } from "@cloudos/hal-wasm";
import { memoryContents } from "@cloudos/hal-wasm/block/index";
import { BootError } from "./boot-error.ts";
import type { Platform } from "./platform.ts";
import type { StorageConfig } from "./services-protocol.ts";

/** Kernel tables are sized for more, but past this a tab's cores only wait for each other. */
const MAX_AUTO_CORES = 8;
export const DEFAULT_MEMORY_MIB = 512;
/** 512 MiB: a disk in memory takes what was ever written to it. */
const MEMORY_DISK_BLOCKS = 131_072;
/** 16 MiB: changes between two commits. */
const ROOT_JOURNAL_BLOCKS = 4096;
/** 128 MiB: the names under /tmp, about half a million. */
const TMP_JOURNAL_BLOCKS = 32_768;

/** `MachineOptions` with every default filled in. */
export interface BootPlan {
  readonly mode: MachineMode;
  readonly cores: number;
  readonly memoryMiB: number;
  readonly modules: BoardModules;
  readonly storage: Omit<StorageConfig, "generation">;
}

/** Cores of an SMP machine. */
export function coreCount(options: MachineOptions, hardwareCores: number): number {
  return Math.max(1, options.cores ?? Math.min(hardwareCores, MAX_AUTO_CORES));
}

export async function planBoot(
  options: MachineOptions,
  platform: Platform,
  mode: MachineMode,
  cores: number,
): Promise<BootPlan> {
  let modules: BoardModules;
  try {
    modules = await compileBoard((file) => platform.readFile(file));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new BootError("download-failed", `Cannot load the kernel from ${options.osUrl}: ${reason}`, { cause });
  }
  return {
    mode,
    cores,
    memoryMiB: options.memoryMiB ?? DEFAULT_MEMORY_MIB,
    modules,
    storage: {
      disk: options.disk,
      contents: options.disk.kind === "memory" ? memoryContents(MEMORY_DISK_BLOCKS) : undefined,
      journals: { root: memoryContents(ROOT_JOURNAL_BLOCKS), tmp: memoryContents(TMP_JOURNAL_BLOCKS) },
      osUrl: options.osUrl,
    },
  };
}
