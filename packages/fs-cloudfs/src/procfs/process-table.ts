/** What /proc shows, as plain values. The service reads them out of the kernel (kernel-process-table.ts). */
export interface ProcessInfo {
  readonly pid: number;
  readonly ppid: number;
  readonly pgid: number;
  readonly sid: number;
  /** One of R S T Z C. */
  readonly state: string;
  readonly core: number;
  readonly memoryBytes: number;
  readonly userUs: number;
  readonly systemUs: number;
  readonly startUs: number;
  readonly switches: number;
  readonly descriptors: number;
  /** Controlling terminal, -1 without one. */
  readonly tty: number;
  readonly nice: number;
  readonly threads: number;
  readonly name: string;
  /** Bit n-1 is signal n. */
  readonly pending: number;
  readonly ignored: number;
  readonly queued: number;
  /** Foreground process group of the terminal. */
  readonly foreground: number;
}

/** What the scheduler knows of a process. */
export interface SchedulingInfo {
  /** 0: not of the real-time class; else 1 (least) .. 8. */
  readonly realtime: number;
  /** Level of the feedback queue, 0 the highest. */
  readonly level: number;
  readonly job: number;
  /** Ready, but another one ran. */
  readonly waitUs: number;
  /** Switches it wanted, and those it did not. */
  readonly voluntary: number;
  readonly involuntary: number;
  /** WCHAN_*. */
  readonly waitsFor: number;
  /** Of children it has waited for. */
  readonly childUserUs: number;
  readonly childSystemUs: number;
  /** Cores it may be placed on, bit n is core n; 0: any. */
  readonly affinity: bigint;
}

export interface JobInfo {
  readonly id: number;
  /** 0: the root job. */
  readonly parent: number;
  readonly processes: number;
  /** 0xffffffff: none. */
  readonly processLimit: number;
  readonly shares: number;
  /** Percent of one core; 0: none. */
  readonly cap: number;
  readonly frozen: boolean;
  readonly killed: boolean;
  readonly memoryBytes: number;
  /** 0: none. */
  readonly memoryLimitBytes: number;
  readonly userUs: number;
  readonly systemUs: number;
  readonly waitUs: number;
  readonly switches: number;
  /** Periods in which the cap held it back. */
  readonly capped: number;
}

export interface DescriptorInfo {
  /** OBJECT_*. */
  readonly object: number;
  /** RIGHT_*. */
  readonly rights: number;
  /** Of a kernel object: the handle's badge. */
  readonly node: bigint;
  /** Of a kernel object: the handle value. */
  readonly offset: number;
  readonly fdflags: number;
  /** Pipe or terminal number; of a kernel object: references to it. */
  readonly aux: number;
}

export interface MemoryInfo {
  readonly totalBytes: number;
  readonly freeBytes: number;
  readonly cacheBytes: number;
  readonly tableBytes: number;
  readonly dirtyBytes: number;
  readonly processes: number;
  readonly vnodes: number;
  readonly handles: number;
  /** The part of the cache that exists nowhere else (tmpfs). */
  readonly pinnedBytes: number;
  /** Pages of VMOs. */
  readonly vmoBytes: number;
}

/** A part of a process's linear memory. */
export interface RegionInfo {
  readonly start: number;
  readonly end: number;
  readonly writable: boolean;
  /** REGION_*. */
  readonly kind: number;
  readonly offset: number;
  /** Of a window on a file; 0 for others. */
  readonly node: bigint;
  /** Of a window's VMO, in memory. */
  readonly presentBytes: number;
}

export interface CoreInfo {
  readonly busyUs: number;
  readonly idleUs: number;
  readonly switches: number;
}

export interface ProcessTable {
  /** Next live pid after `pid`, or 0. */
  next(pid: number): number;
  info(pid: number): ProcessInfo | undefined;
  scheduling(pid: number): SchedulingInfo | undefined;
  /** In the order in which they were made, the root job first. */
  jobs(): readonly JobInfo[];
  /** NUL-separated arguments or environment. */
  block(pid: number, which: "arguments" | "environment"): Uint8Array;
  cwd(pid: number): bigint;
  root(pid: number): bigint;
  descriptor(pid: number, fd: number): DescriptorInfo | undefined;
  /** Regions of its linear memory, whole and parts. */
  regions(pid: number): readonly RegionInfo[];
  memory(): MemoryInfo;
  cores(): readonly CoreInfo[];
  nowUs(): number;
  bootWallMs(): number;
}
