import {
  ABI_VERSION,
  BOOT_BASE,
  BOOT_MAGIC,
  BOOT_O_ABI,
  BOOT_O_CORES,
  BOOT_O_FLAGS,
  BOOT_O_MAGIC,
  BOOT_O_MAX_PAGES,
  BOOT_O_PROCESS_LIMIT,
  BOOT_O_QUANTUM_US,
  BOOT_O_WALL_EPOCH_MS,
  BOOT_UP,
  DEFAULT_PROCESS_LIMIT,
  type MachineMode,
  QUANTUM_US,
} from "@cloudos/abi";
import type { KernelMemory } from "./kernel-memory.ts";

export interface BootInfo {
  readonly mode: MachineMode;
  readonly cores: number;
  /** Ceiling of the kernel's memory in 64 KiB pages. */
  readonly maxPages: number;
  /** Unix time of monotonic zero. */
  readonly originMs: number;
}

/** Writes what `boot` reads; before any kernel instance runs. */
export function writeBootInfo(memory: KernelMemory, info: BootInfo): void {
  const { view } = memory;
  const put = (offset: number, value: number) => view.setUint32(BOOT_BASE + offset, value, true);
  put(BOOT_O_MAGIC, BOOT_MAGIC);
  put(BOOT_O_ABI, ABI_VERSION);
  put(BOOT_O_CORES, info.cores);
  put(BOOT_O_FLAGS, info.mode === "up" ? BOOT_UP : 0);
  put(BOOT_O_MAX_PAGES, info.maxPages);
  put(BOOT_O_PROCESS_LIMIT, DEFAULT_PROCESS_LIMIT);
  put(BOOT_O_QUANTUM_US, QUANTUM_US);
  view.setFloat64(BOOT_BASE + BOOT_O_WALL_EPOCH_MS, info.originMs, true);
}
