/**
 * Every limit of the system, in one place. Compiled by `asc` (kernel) and by `tsc` (everything else),
 * so only plain integer constants belong here.
 */

export const ABI_VERSION = 1;

/** Size of a physical frame and of a VMO page, in bytes. Wasm's own page is 64 KiB; files want less. */
export const PAGE_SIZE = 4096;
export const PAGE_SHIFT = 12;

/** Kernel instances that may share the memory: cores first, then agents (services, the page). */
export const MAX_CORES = 256;
/** Agent id of the worker that hosts the file service. Agents run no fibers. */
export const AGENT_VFS = 256;
/** Agent id of whoever boots the machine and speaks for the host (spawn requests, console set-up). */
export const AGENT_HOST = 257;
export const MAX_AGENTS = 264;

export const MAX_PROCESSES = 16384;
export const MAX_FIBERS = 16384;
/** Live processes one user session may have before spawn answers EAGAIN (the fork-bomb limit). */
export const DEFAULT_PROCESS_LIMIT = 512;
/** Entries of one process's handle table (WASI file descriptors are indexes into it). */
export const MAX_HANDLES = 4096;
export const MAX_VNODES = 65536;
export const MAX_RINGS = 256;
/** Rings that opens of host devices may take: the rest is for terminals and the host's own programs. */
export const MAX_DEVICE_RINGS = 160;
export const MAX_TTYS = 64;

/** Bytes of a pipe's buffer: large enough that 64 KiB writes are one copy. */
export const PIPE_CAPACITY = 262144;
/** Writes up to this size are atomic (POSIX PIPE_BUF). */
export const PIPE_BUF = 4096;
/** Canonical-mode line length (POSIX MAX_CANON). */
export const TTY_LINE_MAX = 4096;

export const PATH_MAX = 4096;
export const NAME_MAX = 255;
/** Symbolic links followed in one resolution before ELOOP. */
export const SYMLOOP_MAX = 40;
/** argv and environment together, in bytes, before E2BIG (POSIX ARG_MAX). */
export const ARG_MAX = 2097152;
export const IOV_MAX = 1024;

/** Longest time a fiber runs before its core looks after messages, in microseconds. Quanta of the scheduler: kernel/assembly/core/levels.ts. */
export const QUANTUM_US = 10000;
/** A process that could run does so within this time, whatever the others of its job do. */
export const BOOST_PERIOD_US = 1000000;
/** Real-time processes may use this much of each such period of a core while others want it. */
export const REALTIME_PERIOD_US = 20000;
export const REALTIME_BUDGET_US = 10000;
/** Jobs' hard caps are kept over periods of this length. */
export const JOB_CAP_PERIOD_US = 100000;
/** Default `maximum` of a process's linear memory, in 64 KiB Wasm pages (1 GiB). */
export const DEFAULT_MEMORY_PAGES = 16384;

/** A channel's message: bytes and handles. */
export const CHANNEL_MESSAGE_MAX = 65536;
export const CHANNEL_HANDLES_MAX = 16;
/** What may wait in one direction of a channel before writers get EAGAIN or wait. */
export const CHANNEL_QUEUE_MAX = 256;
export const CHANNEL_QUEUE_BYTES_MAX = 262144;
/** Numbers of system calls (SYSTEM_CALLS): bits of a call mask. */
export const SYSTEM_CALLS_MAX = 512;
/** Calls and replies up to this size, without handles, are copied once in and once out. */
export const CALL_INLINE_MAX = 128;
/** Objects a port may be bound to, and packets of programs that may wait in it. */
export const PORT_BINDS_MAX = 4096;
export const PORT_PACKETS_MAX = 1024;
