/**
 * The kernel's own tables, from KERNEL_BASE on (what lies below is in packages/abi/src/layout.ts).
 *
 *   KERNEL_BASE
 *   | cores    | globals | process  | fiber    | ttys    | ring queues | span table | fs tables | frame table | spans ...
 *   | 256 B x  | 4 KiB   | table    | table    | 64 x 4 B| 256 x 64 B  | 16 B x 8192| (assembly/| 16 B/frame  | 256 KiB each,
 *   | agents   |         | 4 B/pid  | 4 B/fiber|         |             |            |  fs)      | sized at    | grown on
 *   |          |         |          |          |         |             |            |           | boot        | demand
 *
 * Tables hold 4-byte addresses of objects in slabs; a zero entry is free. Addresses stay below 2 GiB, so
 * internal functions can return an address or a negative errno in one i32.
 */
import { KERNEL_BASE } from "../../abi/src/layout";
import { MAX_AGENTS, MAX_FIBERS, MAX_PROCESSES, MAX_RINGS, MAX_TTYS, MAX_VNODES } from "../../abi/src/params";

const ALIGN = 4096;

export const KCORES_BASE: usize = (KERNEL_BASE + ALIGN - 1) & ~(ALIGN - 1);
export const KCORE_STRIDE: usize = 256;
export const KCORES_SIZE: usize = MAX_AGENTS * KCORE_STRIDE;

export const GLOBALS_BASE: usize = KCORES_BASE + KCORES_SIZE;
export const GLOBALS_SIZE: usize = 4096;

/** Pids count up and wrap at PID_MAX; the table is indexed by pid % MAX_PROCESSES so a pid is not reused soon. */
export const PROCESS_TABLE_BASE: usize = GLOBALS_BASE + GLOBALS_SIZE;
export const PROCESS_TABLE_SIZE: usize = MAX_PROCESSES * 4;

export const FIBER_TABLE_BASE: usize = PROCESS_TABLE_BASE + PROCESS_TABLE_SIZE;
export const FIBER_TABLE_SIZE: usize = MAX_FIBERS * 4;

export const TTY_TABLE_BASE: usize = FIBER_TABLE_BASE + FIBER_TABLE_SIZE;
export const TTY_TABLE_SIZE: usize = MAX_TTYS * 4;

export const KRINGS_BASE: usize = TTY_TABLE_BASE + TTY_TABLE_SIZE;
export const KRING_STRIDE: usize = 64;
export const KRINGS_SIZE: usize = MAX_RINGS * KRING_STRIDE;

/** Physical memory is managed in spans of 64 frames (256 KiB, a pipe's buffer), see mem/spans.ts. */
export const SPAN_SHIFT: u32 = 18;
export const SPAN_SIZE: usize = 1 << SPAN_SHIFT;
export const MAX_SPANS: usize = (<usize>2 << 30) >> SPAN_SHIFT;
export const SPAN_TABLE_BASE: usize = KRINGS_BASE + KRINGS_SIZE;
export const SPAN_STRIDE: usize = 16;
export const SPAN_TABLE_SIZE: usize = MAX_SPANS * SPAN_STRIDE;

/** Vnode table and hash, request-slot bookkeeping; divided up in assembly/fs. */
export const FS_TABLES_BASE: usize = SPAN_TABLE_BASE + SPAN_TABLE_SIZE;
export const FS_TABLES_SIZE: usize = MAX_VNODES * 8 + 65536;

/** One record per frame of the largest memory the machine may reach; its end is rounded up to a span at boot. */
export const FRAME_TABLE_BASE: usize = FS_TABLES_BASE + FS_TABLES_SIZE;
export const FRAME_STRIDE: usize = 16;
