/**
 * The seam between kernel.wasm (with posix.wasm, the personality beside it) and the HAL. Both import `env.memory` (shared), `env.table` (funcref, one per
 * kernel instance) and the functions of `HalImports` from module "hal"; it exports `KernelExports`.
 * Numbers are i32 unless the comment says otherwise; i64 reach JS as bigint; addresses are unsigned (`>>> 0`).
 *
 * WASI functions are exported too, as `p1_<name>` (wasi_snapshot_preview1), `u_<name>` where wasi_unstable differs
 * (fd_seek, fd_filestat_get, path_filestat_get, poll_oneoff) and `c1_<name>` (cloudos_v1). The gate
 * links a program's imports to them; `we_<name>` are WasmEdge's sockets. They act on the fiber that is current on the core that runs the instance.
 */
export interface HalImports {
  /** WebAssembly.Suspending. Parks the current fiber until `Core` resumes it. Rejects to unwind a killed fiber. */
  suspend(fiber: number): void;
  /** Unwinds the current fiber: throws; never returns. Called after exit / fatal signal. */
  unwind(fiber: number): void;
  /** Monotonic microseconds since boot (f64), the same zero in every worker (performance.timeOrigin corrected). */
  now_us(): number;
  /** Wall clock, milliseconds since the Unix epoch (f64). */
  wall_ms(): number;
  /** Fill kernel memory [addr, addr+len) with cryptographic randomness. */
  entropy(addr: number, len: number): void;
  /** The kernel is beyond help: the epitaph is written. Throws; never returns. */
  panic(code: number): void;
}

/** Per-process gate functions, put by the HAL in the core's table at `gateSlot + n` before the fiber first runs. Each
 *  returns 0 or EFAULT and never traps; `user` is unsigned. */
export const GATE_COPY_IN = 0; // (kernelAddr, userAddr, len) -> errno
export const GATE_COPY_OUT = 1; // (userAddr, kernelAddr, len) -> errno
export const GATE_FILL = 2; // (userAddr, byte, len) -> errno
export const GATE_LOAD32 = 3; // (userAddr) -> i64: value, or -1 when out of range
export const GATE_STORE32 = 4; // (userAddr, value) -> errno
export const GATE_STORE64 = 5; // (userAddr, i64 value) -> errno
export const GATE_SIZE = 6; // () -> bytes of the linear memory (u32; 0xffffffff for 4 GiB)
export const GATE_LOAD64 = 7; // (userAddr, kernelAddr) -> errno: copies 8 bytes to the kernel address
export const GATE_SLOTS = 8;

/** What `core_next` wants done with the fiber it returns. */
export const ACTION_IDLE = 0;
/** New process: load module `fiber_module(f)`, instantiate, `fiber_bind`, then run `_start` under `promising`. */
export const ACTION_START = 1;
/** Resolve the promise `suspend` returned for it. */
export const ACTION_RESUME = 2;
/** It was killed while parked: reject its promise so the stack unwinds; then `fiber_exited(f, EXIT_UNWOUND, 0)`. */
export const ACTION_UNWIND = 3;

/** How a fiber's entry call ended, for `fiber_exited`. */
export const EXIT_RETURN = 0; // _start returned: exit status 0
export const EXIT_UNWOUND = 1; // after `unwind` or ACTION_UNWIND: status already recorded
export const EXIT_TRAP = 2; // a Wasm trap: `detail` is the signal (SIGSEGV, SIGFPE, SIGILL, SIGABRT; stack overflow SIGSEGV)

export interface KernelExports {
  abi_version(): number;
  /** Once per machine, before any core: lay out memory from the boot info at BOOT_BASE. 0 or errno. */
  boot(): number;
  /** Once per instance: this instance speaks for core / agent `id`. */
  core_init(id: number): void;

  // --- the core's loop -----------------------------------------------------------------------------------------
  /** Take doorbell bits, fire due timers, run interrupt work, pick the next fiber of this core, make it current.
   *  Returns fiber index << 2 | ACTION_*; ACTION_IDLE when nothing is runnable (core state becomes CORE_IDLE). */
  core_next(): number;
  /** Monotonic us of the next timer of this core (f64), Infinity when none. */
  core_deadline_us(): number;
  fiber_module(fiber: number): number;
  fiber_process(fiber: number): number;
  /** Limit of the process's linear memory in 64 KiB pages. */
  process_memory_limit(pid: number): number;
  /** The gate's table slots are in place. Wakes the spawner with success and queues the fiber: the first ACTION_RESUME runs
   *  `_start`. A process killed while it loads, or before that first run, comes back with ACTION_UNWIND instead. */
  fiber_bind(fiber: number, gateSlot: number): void;
  /** Before `fiber_bind`: where the program's data, stack and heap are, user addresses; 0 where that is not known. */
  fiber_layout(fiber: number, dataStart: number, dataEnd: number, stackTop: number, heapBase: number): void;
  /** Loading failed: `errno`; message of `len` UTF-8 bytes at `addr` goes to the process's fd 2; the spawner gets the errno. */
  fiber_load_failed(fiber: number, errno: number, addr: number, len: number): void;
  /** Text (progress of a download) for the process's fd 2 if that is a terminal; dropped if it would block. */
  fiber_notice(fiber: number, addr: number, len: number): void;
  fiber_exited(fiber: number, how: number, detail: number): void;
  /** Called by rewritten code when its fuel runs out; may park the fiber. Goes into the program's preempt table. */
  preempt(): void;

  // --- host: rings, terminals, first processes (agent AGENT_HOST; the HAL serialises these calls) ------------------
  /** New host ring, `toHost` 1 when the kernel produces. Ring index >= 0 or -errno. */
  ring_create(capacity: number, toHost: number): number;
  ring_free(ring: number): void;
  /** New terminal over two rings. Tty index or -errno. */
  tty_create(inRing: number, outRing: number, cols: number, rows: number): number;
  /** Hang up: SIGHUP to the session, readers see end of file. */
  tty_hangup(tty: number): void;
  /**
   * Start a process for the host. Request at HOST_STAGE_BASE:
   *   0 path len | 4 argv len | 8 env len | 12 cwd len | 16 flags (HOST_SPAWN_*) | 20 tty index or -1
   *   24 stdin ring or -1 | 28 stdout ring or -1 | 32 stderr ring or -1 | 36 memory limit (64 KiB pages, 0 = default)
   *   40 preopen block len | 44 process limit | 48.. path, argv (NUL-terminated strings), env (same), cwd, preopens
   *   ("GUEST\0NAME\0"... ; empty block: "/" as "/" and cwd as ".")
   * With a tty: new session, tty is its controlling terminal and stdio. Asynchronous: the result is an EVENT_SPAWNED
   * with the request's token. Returns a token > 0 or -errno. The stage may be reused once this returns.
   */
  host_spawn(): number;
  host_kill(pid: number, signal: number): number;
  /** SIGKILL to every process of the job that `host_spawn` made with this token, and of the jobs inside it; nothing can be started
   *  in it afterwards. 0, or -ESRCH when nothing of it is left. */
  host_job_kill(token: number): number;
  /** Stop the machine: no core runs a fiber until `os_resume`. Interrupts of the host are held. Time goes on: timers that fall due
   *  meanwhile fire once it resumes; no process is charged for it. */
  os_suspend(): void;
  os_resume(): void;
  /** The text of an EVENT_POST (its address `c`) has been read: free it. */
  event_done(address: number): void;

  // --- agents with handles (any agent): channels, ports and the rest of cloudos_v1's calls on handles as c1_*, with kernel addresses
  // for pointers. Nothing waits: EAGAIN. A port's packets ring IRQ_PORT on the agent's doorbell. bootstrap_put is for host_spawn.
  /** Address of a buffer of 256 KiB for what the agent passes and gets, the same at every call, or -ENOMEM. */
  agent_attach(): number;
  /** A trace reader for the events in a bit set (TRACE_*): its handle value goes to the u32 at `out`. 0 or errno. */
  trace_open(events: number, out: number): number;

  // --- loader
  /** 1: the process may make some calls only; its imports go through stubs that ask `call_allowed`. */
  process_masked(pid: number): number;
  /** May the current process make the call with this number (SYSTEM_CALLS)? 1 or 0 (the stub answers EPERM). May end the process. */
  call_allowed(number: number): number;

  // --- file service (agent AGENT_VFS) --------------------------------------------------------------------------------
  /** The service (re)started. Queued requests stay queued; taken ones: idempotent requeued, others answered EIO. */
  vfs_attach(): void;
  /** Take a queued request: slot index or -1. */
  vfs_next(): number;
  vfs_complete(slot: number): void;
  /** Mount roots the kernel must know: node ids (i64 bigint) of "/" . Set once, before the first spawn. */
  vfs_set_root(node: bigint): void;
  /** Next vnode with dirty pages or dirty size/mtime after `cursor` (0 = first), or 0. */
  vnode_dirty_next(cursor: number): number;
  /** Find the cached vnode of a node id: index or 0. */
  vnode_find(node: bigint): number;
  vnode_node(vnode: number): bigint;
  /** Size in bytes (f64). */
  vnode_size(vnode: number): number;
  vnode_mtime_ns(vnode: number): bigint;
  /** Bytes the service has on disk count as valid up to this size: pages at or past it are born zero. */
  vnode_set_clean_size(vnode: number, size: number): void;
  /** The smallest size the file has had since `vnode_set_clean_size`: the service cuts the bytes at rest there before it writes
   *  back, so that a file truncated and grown again reads as zeros in between (f64). */
  vnode_clean_size(vnode: number): number;
  /** Collect up to `max` dirty pages starting after page `after` (-1 = first): writes (u32 page, u32 frame address) pairs at
   *  `out`, clears their dirty bits, pins the frames until `vnode_written`. Returns the count. */
  vnode_take_dirty(vnode: number, after: number, out: number, max: number): number;
  /** Unpin. `ok` 1; else mark them dirty again, and the next fsync or close of the file reports it: -errno, or 0 for EIO.
   *  `pairs` as returned above. */
  vnode_written(vnode: number, pairs: number, count: number, ok: number): void;
  /** Address of a cached page's frame or 0; the caller copies in the same turn. */
  vnode_page(vnode: number, page: number): number;
  /** Address of a page's frame of a region file (device.ts), or 0: any agent, at any time. The bytes change as programs write them. */
  region_page(vnode: number, page: number): number;
  /** The file changed under the cache (host wrote it): drop clean pages, set size. */
  vnode_invalidate(node: bigint, size: number): void;
  /** Forget a deleted node's pages and vnode. */
  vnode_drop(node: bigint): void;

  // --- /proc (any agent) -----------------------------------------------------------------------------------------------
  /** Next live pid after `pid` (0 = first), or 0. */
  proc_next(pid: number): number;
  /** 128-byte record at `out`: 0 pid 4 ppid 8 pgid 12 sid 16 state ('R','S','T','Z','C' as u32) 20 core 24 memory bytes u32
   *  28 exit status 32 user us f64 40 system us f64 48 start us f64 56 switches u64 64 fds u32 68 tty (index + 1, 0 none) 72 nice i32
   *  76 threads u32 80 name, NUL-terminated (32) 112 signals pending u32 116 ignored u32 120 queued u32 124 fg pgid of tty. 0 or ESRCH. */
  proc_info(pid: number, out: number): number;
  /** argv block (NUL-separated) at `out`, at most `cap` bytes; returns length or -errno. `which` 0 argv, 1 environment. */
  proc_args(pid: number, which: number, out: number, cap: number): number;
  /** What the scheduler knows: SCHED record (cloudos-v1.ts) at `out`. 0 or -ESRCH. */
  proc_sched(pid: number, out: number): number;
  /** Id of the next job after `id` (0 = first) in the order of ids, or 0. */
  job_next(id: number): number;
  /** JOB record (cloudos-v1.ts) at `out`. 0 or -ESRCH. */
  job_read(id: number, out: number): number;
  proc_cwd(pid: number): bigint;
  proc_root(pid: number): bigint;
  /** 32-byte record: 0 object type (OBJECT_*), 4 rights, 8 node u64, 16 offset f64, 24 fdflags, 28 aux (pipe id, tty).
   *  Of kernel objects (OBJECT_CHANNEL and up): 8 badge u64, 16 handle value f64, 28 references. 0 or EBADF. */
  proc_fd(pid: number, fd: number, out: number): number;
  /** Regions of the linear memory, in no order, as records of REGION_SIZE bytes at `out`, at most `capacity` bytes: 0 start u32 | 4 end u32 |
   *  8 VMO_PROT_* u32 | 12 REGION_* u32 | 16 offset u64 | 24 node of the file u64, 0 none | 32 bytes of the VMO in memory u64. Bytes written, or
   *  -ESRCH. REGION_MEMORY is the whole; the others are parts of it. */
  proc_regions(pid: number, out: number, capacity: number): number;
  /** 80 bytes: f64 total, free, page cache, kernel tables, dirty, processes, vnodes, handles, pinned (the part of the page cache that
   *  exists nowhere else: tmpfs, at most half of total), pages of VMOs (shared ones once for each). */
  mem_info(out: number): void;
}

export const REGION_SIZE = 40;
export const REGION_MEMORY = 0;
export const REGION_DATA = 1;
export const REGION_HEAP = 2;
export const REGION_STACK = 3;
export const REGION_WINDOW = 4;

export const OBJECT_NONE = 0;
export const OBJECT_FILE = 1;
export const OBJECT_DIR = 2;
export const OBJECT_PIPE_READ = 3;
export const OBJECT_PIPE_WRITE = 4;
export const OBJECT_TTY = 5;
export const OBJECT_DEVICE = 6;
export const OBJECT_RING_READ = 7;
export const OBJECT_RING_WRITE = 8;
// Kernel objects: reached through handle values only (HANDLE_*), never by a plain descriptor number.
export const OBJECT_CHANNEL = 9;
export const OBJECT_PORT = 10;
export const OBJECT_EVENT = 11;
export const OBJECT_TIMER = 12;
export const OBJECT_VMO = 13;
export const OBJECT_PAGER = 14;
export const OBJECT_JOB = 15;
export const OBJECT_PROCESS = 16;
export const OBJECT_TRACE = 17;
/** What is left in a handle table where a handle was revoked, until its owner closes it. */
export const OBJECT_REVOKED = 255;

// Signals: what object_wait and port_bind wait for, a bit set.
export const SIGNAL_READABLE = 1;
export const SIGNAL_WRITABLE = 2;
/** Nobody is left at the other end. */
export const SIGNAL_PEER_CLOSED = 4;
/** An event is set; a timer is due. */
export const SIGNAL_SIGNALED = 8;
/** A process has ended. */
export const SIGNAL_EXITED = 16;
/** The handle a bind was made with has been revoked; always reported, once. */
export const SIGNAL_REVOKED = 32;
/** Meaning up to the programs: object_signal sets them, with SIGNALED, on events. */
export const SIGNAL_USER = 0xff000000;

/** A handle value is `generation << HANDLE_INDEX_BITS | index`; generations are 1..HANDLE_GENERATIONS. */
export const HANDLE_INDEX_BITS = 12;
export const HANDLE_GENERATIONS = 0x7ffff;

// host_spawn flags
export const HOST_SPAWN_SEARCH = 1; // search PATH of the request's environment (default /bin:/usr/bin) when the path has no slash
export const HOST_SPAWN_CONFINED = 2; // preopens only: no root, no cwd capability

// --- host events: 64-byte records: 0 type | 4 a | 8 b | 12 c | 16 text length | 20 text (44 bytes) or longer text at address c
export const EVENT_SPAWNED = 1; // a = token, b = pid or -errno
export const EVENT_EXITED = 2; // a = pid (a host_spawn'ed one), b = 0 exited / 1 signaled, c = code or signal
export const EVENT_POST = 3; // a = pid, b = length, c = address of a JSON text in kernel memory; free with event_done
/** a = pid, b = length, c = address of a JSON text in kernel memory (a multiple of 2^18; free with event_done) | ring the
 *  host writes | ring the host reads << 8. The host frees both rings (ring_free) when done with them. */
export const EVENT_CONNECT = 6;
export const EVENT_NEED_VFS = 4; // a request waits and no service is attached
/** A program opened a host device: a = DEVICE_*_BASE + number, b = ring, c = pid. The host serves the ring, and frees it once it
 *  is hung up; at once, when it has no such device. */
export const EVENT_DEVICE = 7;
