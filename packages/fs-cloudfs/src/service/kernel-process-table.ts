import { VMO_PROT_WRITE } from "@cloudos/abi/cloudos-v1";
import { type KernelExports, REGION_SIZE } from "@cloudos/abi/kernel-interface";
import {
  BOOT_BASE,
  BOOT_O_CORES,
  BOOT_O_WALL_EPOCH_MS,
  CORE_O_BUSY_US,
  CORE_O_IDLE_US,
  CORE_O_SWITCHES,
  coreBlock,
  SCRATCH_STRIDE,
  scratchOf,
} from "@cloudos/abi/layout";
import { AGENT_VFS } from "@cloudos/abi/params";
import type { Clock } from "@cloudos/abi/ports";
import type {
  CoreInfo,
  DescriptorInfo,
  JobInfo,
  MemoryInfo,
  ProcessInfo,
  ProcessTable,
  RegionInfo,
  SchedulingInfo,
} from "../procfs/process-table.ts";
import { decodeName } from "../vfs/names.ts";
import type { KernelMemory } from "./kernel-memory.ts";

const SCRATCH = scratchOf(AGENT_VFS);
const NAME_OFFSET = 80;
const NAME_SIZE = 32;

/** Reads the process table through the kernel's exports (records: kernel-interface.ts). */
export class KernelProcessTable implements ProcessTable {
  readonly #kernel: KernelExports;
  readonly #memory: KernelMemory;
  readonly #clock: Clock;

  constructor(kernel: KernelExports, memory: KernelMemory, clock: Clock) {
    this.#kernel = kernel;
    this.#memory = memory;
    this.#clock = clock;
  }

  next(pid: number): number {
    return this.#kernel.proc_next(pid);
  }

  info(pid: number): ProcessInfo | undefined {
    if (pid >= 2 ** 31 || this.#kernel.proc_info(pid, SCRATCH) !== 0) return undefined;
    this.#memory.refresh();
    const view = this.#memory.view;
    const u32 = (offset: number) => view.getUint32(SCRATCH + offset, true);
    const f64 = (offset: number) => view.getFloat64(SCRATCH + offset, true);
    return {
      pid: u32(0),
      ppid: u32(4),
      pgid: u32(8),
      sid: u32(12),
      state: String.fromCharCode(u32(16)),
      core: u32(20),
      memoryBytes: u32(24),
      userUs: f64(32),
      systemUs: f64(40),
      startUs: f64(48),
      switches: Number(view.getBigUint64(SCRATCH + 56, true)),
      descriptors: u32(64),
      tty: u32(68) - 1,
      nice: view.getInt32(SCRATCH + 72, true),
      threads: u32(76),
      name: this.#name(),
      pending: u32(112),
      ignored: u32(116),
      queued: u32(120),
      foreground: u32(124),
    };
  }

  scheduling(pid: number): SchedulingInfo | undefined {
    if (pid >= 2 ** 31 || this.#kernel.proc_sched(pid, SCRATCH) !== 0) return undefined;
    this.#memory.refresh();
    const view = this.#memory.view;
    const u32 = (offset: number) => view.getUint32(SCRATCH + offset, true);
    let affinity = 0n;
    for (let word = 3; word >= 0; word--) {
      affinity = (affinity << 64n) | view.getBigUint64(SCRATCH + 64 + word * 8, true);
    }
    return {
      realtime: u32(4),
      level: u32(12),
      job: u32(20),
      waitUs: view.getFloat64(SCRATCH + 40, true),
      voluntary: u32(48),
      involuntary: u32(52),
      waitsFor: u32(56),
      childUserUs: u32(60) * 1000,
      childSystemUs: u32(96) * 1000,
      affinity,
    };
  }

  jobs(): readonly JobInfo[] {
    const jobs: JobInfo[] = [];
    for (let id = this.#kernel.job_next(0); id !== 0; id = this.#kernel.job_next(id)) {
      if (this.#kernel.job_read(id, SCRATCH) !== 0) continue;
      this.#memory.refresh();
      const view = this.#memory.view;
      const u32 = (offset: number) => view.getUint32(SCRATCH + offset, true);
      const f64 = (offset: number) => view.getFloat64(SCRATCH + offset, true);
      jobs.push({
        id,
        parent: u32(4),
        processes: u32(8),
        processLimit: u32(12),
        shares: u32(16),
        cap: u32(20),
        frozen: u32(24) !== 0,
        killed: u32(28) !== 0,
        memoryBytes: Number(view.getBigUint64(SCRATCH + 32, true)),
        memoryLimitBytes: Number(view.getBigUint64(SCRATCH + 40, true)),
        userUs: f64(48),
        systemUs: f64(56),
        waitUs: f64(64),
        switches: f64(72),
        capped: u32(80),
      });
    }
    return jobs;
  }

  block(pid: number, which: "arguments" | "environment"): Uint8Array {
    const length = this.#kernel.proc_args(pid, which === "arguments" ? 0 : 1, SCRATCH, SCRATCH_STRIDE);
    this.#memory.refresh();
    return this.#memory.bytes.slice(SCRATCH, SCRATCH + Math.max(0, Math.min(length, SCRATCH_STRIDE)));
  }

  cwd(pid: number): bigint {
    return BigInt.asUintN(64, this.#kernel.proc_cwd(pid));
  }

  root(pid: number): bigint {
    return BigInt.asUintN(64, this.#kernel.proc_root(pid));
  }

  descriptor(pid: number, fd: number): DescriptorInfo | undefined {
    if (this.#kernel.proc_fd(pid, fd, SCRATCH) !== 0) return undefined;
    this.#memory.refresh();
    const view = this.#memory.view;
    return {
      object: view.getUint32(SCRATCH, true),
      rights: view.getUint32(SCRATCH + 4, true),
      node: view.getBigUint64(SCRATCH + 8, true),
      offset: view.getFloat64(SCRATCH + 16, true),
      fdflags: view.getUint32(SCRATCH + 24, true),
      aux: view.getUint32(SCRATCH + 28, true),
    };
  }

  regions(pid: number): readonly RegionInfo[] {
    const length = this.#kernel.proc_regions(pid, SCRATCH, SCRATCH_STRIDE);
    this.#memory.refresh();
    const view = this.#memory.view;
    return Array.from({ length: Math.max(0, length) / REGION_SIZE }, (_, i) => {
      const at = SCRATCH + i * REGION_SIZE;
      return {
        start: view.getUint32(at, true),
        end: view.getUint32(at + 4, true),
        writable: (view.getUint32(at + 8, true) & VMO_PROT_WRITE) !== 0,
        kind: view.getUint32(at + 12, true),
        offset: Number(view.getBigUint64(at + 16, true)),
        node: view.getBigUint64(at + 24, true),
        presentBytes: Number(view.getBigUint64(at + 32, true)),
      };
    });
  }

  memory(): MemoryInfo {
    this.#kernel.mem_info(SCRATCH);
    this.#memory.refresh();
    const f64 = (index: number) => this.#memory.view.getFloat64(SCRATCH + index * 8, true);
    return {
      totalBytes: f64(0),
      freeBytes: f64(1),
      cacheBytes: f64(2),
      tableBytes: f64(3),
      dirtyBytes: f64(4),
      processes: f64(5),
      vnodes: f64(6),
      handles: f64(7),
      pinnedBytes: f64(8),
      vmoBytes: f64(9),
    };
  }

  cores(): readonly CoreInfo[] {
    this.#memory.refresh();
    const view = this.#memory.view;
    const count = view.getUint32(BOOT_BASE + BOOT_O_CORES, true);
    return Array.from({ length: count }, (_, core) => {
      const block = coreBlock(core);
      return {
        busyUs: view.getFloat64(block + CORE_O_BUSY_US, true),
        idleUs: view.getFloat64(block + CORE_O_IDLE_US, true),
        switches: Number(view.getBigUint64(block + CORE_O_SWITCHES, true)),
      };
    });
  }

  nowUs(): number {
    return this.#clock.nowUs();
  }

  bootWallMs(): number {
    this.#memory.refresh();
    return this.#memory.view.getFloat64(BOOT_BASE + BOOT_O_WALL_EPOCH_MS, true);
  }

  /** The name is cut to fit, which may split a character: then the rest is dropped. */
  #name(): string {
    const start = SCRATCH + NAME_OFFSET;
    let end = start;
    while (end < start + NAME_SIZE && this.#memory.bytes[end] !== 0) end++;
    for (; end > start; end--) {
      try {
        return decodeName(this.#memory.bytes, start, end);
      } catch {
        // One byte less.
      }
    }
    return "";
  }
}
