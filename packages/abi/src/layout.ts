/**
 * The kernel's memory map. One shared `WebAssembly.Memory`; every kernel instance (a core, or an agent such as
 * the file service) sees the same bytes. Compiled by `asc` and by `tsc`.
 *
 *   0        4 KiB   68 KiB   +16K    +64K     +128K      +66K        +..        +1.2M      +2M       ...
 *   | null   | boot  | epitaph| klog  | cores   | scratch  | vfs queue | vfs slots| rings    | kernel's own tables | frames ->
 *   | guard  | info  |        |       |         | per agent|           |          | headers  | (packages/kernel)   |
 *
 * No imports: `asc` and Node disagree about file extensions, so shared sources stand alone (a test checks the
 * literals below against params.ts). Regions chain: BASE = PREVIOUS_BASE + PREVIOUS_SIZE. What only the kernel touches (process table, frame
 * table ...) continues from KERNEL_BASE in packages/kernel/assembly/layout.ts.
 */
export const NULL_GUARD_SIZE = 4096;

// --- boot info: written by the HAL before `boot`, read-only afterwards -----------------------------------------
//   0 magic u32 | 4 abi version u32 | 8 cores u32 | 12 flags u32 (BOOT_*) | 16 max memory pages (64 KiB) u32
//   20 process limit u32 | 24 wall clock at monotonic 0, ms f64 | 32 quantum us u32
export const BOOT_BASE = NULL_GUARD_SIZE;
export const BOOT_SIZE = 4096;
export const BOOT_MAGIC = 0x534f4c43; // "CLOS"
export const BOOT_O_MAGIC = 0;
export const BOOT_O_ABI = 4;
export const BOOT_O_CORES = 8;
export const BOOT_O_FLAGS = 12;
export const BOOT_O_MAX_PAGES = 16;
export const BOOT_O_PROCESS_LIMIT = 20;
export const BOOT_O_WALL_EPOCH_MS = 24;
export const BOOT_O_QUANTUM_US = 32;
/** One core worker does everything: cores must hand control back to the event loop often. */
export const BOOT_UP = 1;

// --- epitaph: what the kernel leaves when it panics -------------------------------------------------------------
//   0 magic u32 | 4 code u32 | 8 core u32 | 12 fiber u32 | 16 process u32 | 20 line u32 | 24 arg0 u32 | 28 arg1 u32
//   32 file name, NUL-terminated ASCII (64 bytes)
export const EPITAPH_BASE = BOOT_BASE + BOOT_SIZE;
export const EPITAPH_SIZE = 4096;
export const EPITAPH_MAGIC = 0x50495452; // "RTIP"

// --- klog: byte ring of UTF-8 lines "<level digit><monotonic us in decimal> text\n"; 0 u32 total bytes ever written
export const KLOG_BASE = EPITAPH_BASE + EPITAPH_SIZE;
export const KLOG_SIZE = 65536;
export const KLOG_O_TOTAL = 0;
export const KLOG_O_DATA = 64;

// --- core / agent blocks: one cache-line-friendly block per kernel instance ---------------------------------------
//   0 doorbell i32 (atomic: IRQ_* bits; the owner waits on this word being 0)
//   4 state u32 (CORE_*)  | 8 current fiber u32 | 12 current process u32 | 16 switches u64 | 24 idle us f64 | 32 busy us f64
//   40 now us f64: the clock as the core last read it, at every switch and every check of a running program
export const CORES_BASE = KLOG_BASE + KLOG_SIZE;
export const CORE_STRIDE = 256;
export const CORES_SIZE = 264 * CORE_STRIDE; // MAX_AGENTS blocks
export const CORE_O_DOORBELL = 0;
export const CORE_O_STATE = 4;
export const CORE_O_FIBER = 8;
export const CORE_O_PROCESS = 12;
export const CORE_O_SWITCHES = 16;
export const CORE_O_IDLE_US = 24;
export const CORE_O_BUSY_US = 32;
export const CORE_O_NOW_US = 40;
export const CORE_OFFLINE = 0;
export const CORE_IDLE = 1;
export const CORE_RUNNING = 2;

/** Doorbell bits. Set with Atomics.or, then Atomics.notify on the word. */
export const IRQ_RESCHED = 1; // the run queue changed
export const IRQ_HOST = 2; // a host ring moved, or a tty window changed size (core 0 only)
export const IRQ_TIMER = 4; // an earlier deadline was armed
export const IRQ_KILL = 8; // a fiber of this core has a signal to look at
export const IRQ_VFS = 16; // on AGENT_VFS: requests are queued
export const IRQ_HOST_EVENT = 32; // on AGENT_HOST: events are queued (process exits, posts)
export const IRQ_PORT = 64; // on an agent: a port of its own has packets

// --- scratch: 16 KiB per agent for in/out parameters of kernel calls made from JS ---------------------------------
export const SCRATCH_BASE = CORES_BASE + CORES_SIZE;
export const SCRATCH_STRIDE = 16384;
export const SCRATCH_AGENTS = 8; // agents AGENT_VFS .. AGENT_VFS+7; block index = agent - 256
export const SCRATCH_SIZE = SCRATCH_AGENTS * SCRATCH_STRIDE;
/** A larger staging area for spawn requests by the host (path + argv + environment), one at a time. */
export const HOST_STAGE_BASE = SCRATCH_BASE + SCRATCH_SIZE;
export const HOST_STAGE_SIZE = 2162688; // ARG_MAX + 64 KiB

// --- vfs request slots (see vfs-protocol.ts) ----------------------------------------------------------------------
export const VFS_SLOTS_BASE = HOST_STAGE_BASE + HOST_STAGE_SIZE;
export const VFS_SLOT_COUNT = 128;
export const VFS_SLOT_SIZE = 9216; // 1 KiB header + two 4 KiB buffers
export const VFS_SLOTS_SIZE = VFS_SLOT_COUNT * VFS_SLOT_SIZE;

// --- host events: kernel -> host; ring of 64-byte records, see host-events in kernel-interface.ts ------------------
export const EVENTS_BASE = VFS_SLOTS_BASE + VFS_SLOTS_SIZE;
export const EVENT_COUNT = 1024;
export const EVENT_SIZE = 64;
export const EVENTS_SIZE = 65536 + 4096; // header page (0 head u32, 4 tail u32), then the records
export const EVENTS_O_HEAD = 0;
export const EVENTS_O_TAIL = 4;
export const EVENTS_O_DATA = 4096;

// --- host rings: byte streams between the kernel and the host (console input and output, exec's stdio) -------------
// Single producer, single consumer, one side kernel, other side host.
//   0 head u32 (atomic, bytes ever consumed, wraps) | 4 tail u32 (atomic, bytes ever produced, wraps)
//   8 capacity u32 (power of two) | 12 data address u32 | 16 flags u32 (RING_*) | 20 tty u32 (0 none, else tty index + 1)
//   24 cols u32 | 28 rows u32 (host writes, then sets RING_RESIZED and rings IRQ_HOST on core 0)
//   32 doorbell for the host i32 (kernel increments + notifies when a ring the host reads gains bytes, or one it writes drains)
// Host protocol: producing: copy, store tail, Atomics.or(flags, RING_KICK), Atomics.or(core 0 doorbell, IRQ_HOST), notify.
// Consuming: copy, store head, and the same kick (a blocked writer may go on). EOF from host: RING_EOF. From kernel: RING_HANGUP.
export const RINGS_BASE = EVENTS_BASE + EVENTS_SIZE;
export const RING_STRIDE = 64;
export const RINGS_SIZE = 256 * RING_STRIDE; // MAX_RINGS
export const RING_O_HEAD = 0;
export const RING_O_TAIL = 4;
export const RING_O_CAPACITY = 8;
export const RING_O_DATA = 12;
export const RING_O_FLAGS = 16;
export const RING_O_TTY = 20;
export const RING_O_COLS = 24;
export const RING_O_ROWS = 28;
export const RING_O_BELL = 32;
export const RING_USED = 1;
export const RING_TO_HOST = 2; // the kernel produces
export const RING_KICK = 4;
export const RING_RESIZED = 8;
export const RING_EOF = 16; // host: no more bytes will come
export const RING_HANGUP = 32; // kernel: last writer closed / reader gone
export const RING_GONE = 64; // host, with RING_EOF: the device behind the ring was removed (ENODEV instead of an end of file)

/** First address the kernel lays out for itself. */
export const KERNEL_BASE = RINGS_BASE + RINGS_SIZE;

export function coreBlock(agent: i32): i32 {
  return CORES_BASE + agent * CORE_STRIDE;
}
export function ringHeader(ring: i32): i32 {
  return RINGS_BASE + ring * RING_STRIDE;
}
export function vfsSlot(slot: i32): i32 {
  return VFS_SLOTS_BASE + slot * VFS_SLOT_SIZE;
}
export function scratchOf(agent: i32): i32 {
  return SCRATCH_BASE + (agent - 256) * SCRATCH_STRIDE;
}
