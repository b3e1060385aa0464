/**
 * How much a program may do between two calls of the kernel. Code is measured in bytes of Wasm along a path; 64 KiB of it
 * run in roughly 10 us. Every way a program can take spends fuel, so the worst case is FUEL times the most that may lie
 * between two units: 64 MB of code, a few milliseconds.
 */

/**
 * Units of fuel between two calls of the kernel: turns of loops with calls, and entries into recursion. A call of the kernel costs
 * about as much as a hundred of them, so at 1,000 an interpreter that does little per turn spends 4% of its time asking.
 */
export const FUEL = 2000;

/** Leaf loops count in a local and spend LEAF_CHARGE units each LEAF_STEPS turns: 65,536 turns per call of the kernel. */
export const LEAF_STEPS = 2048;
export const LEAF_CHARGE = 64;

/** A turn of a leaf loop counts one step, and one more for each of these bytes on its longest path. */
export const LEAF_STEP_BYTES = 16;

/**
 * The longest path without an ask; a longer one gets an ask where it grows past this, before a call or branch. Shorter, and
 * QuickJS asks a third more often, for nothing: real paths are far shorter than the longest.
 */
export const PATH_BYTES = 32768;

/** A loop may call functions no longer than this (without loops or asks of their own) and still be a leaf loop. */
export const INLINE_BYTES = 512;

/** What a memory.copy or memory.fill of up to one block, and a call of the kernel, count as in bytes of code. */
export const BULK_BYTES = 256;
export const SYSCALL_BYTES = 64;

/** memory.copy and memory.fill are cut into blocks of this many bytes, LEAF_CHARGE units each. */
export const BULK_BLOCK = 65536;
