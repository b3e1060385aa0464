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

export interface DescriptorInfo {
  /** OBJECT_*. */
  readonly object: number;
  readonly node: bigint;
  readonly offset: number;
  readonly fdflags: number;
  /** Pipe or terminal number. */
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
  /** NUL-separated arguments or environment. */
  block(pid: number, which: "arguments" | "environment"): Uint8Array;
  cwd(pid: number): bigint;
  root(pid: number): bigint;
  descriptor(pid: number, fd: number): DescriptorInfo | undefined;
  memory(): MemoryInfo;
  cores(): readonly CoreInfo[];
  nowUs(): number;
  bootWallMs(): number;
}
