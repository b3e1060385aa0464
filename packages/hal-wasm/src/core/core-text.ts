import { AGENT_HOST, type KernelExports, OBJECT_TTY, SCRATCH_STRIDE, scratchOf } from "@cloudos/abi";
import type { KernelMemory } from "../kernel/kernel-memory.ts";

/** Scratch block the cores share for texts they hand to the kernel: a lock word, then the text. */
const BLOCK = scratchOf(AGENT_HOST + 1);
const TEXT = BLOCK + 8;
const CAPACITY = SCRATCH_STRIDE - 8;

/**
 * Puts `text` into kernel memory for the duration of `call(address, length)`. The kernel copies it before it returns and
 * no core parks inside, so spinning on the lock is short.
 */
export function withCoreText(
  memory: KernelMemory,
  text: string,
  call: (address: number, length: number) => void,
): void {
  const encoded = new TextEncoder().encode(text).subarray(0, CAPACITY);
  while (Atomics.compareExchange(memory.words, BLOCK >>> 2, 0, 1) !== 0);
  try {
    memory.bytes.set(encoded, TEXT);
    call(TEXT, encoded.length);
  } finally {
    Atomics.store(memory.words, BLOCK >>> 2, 0);
  }
}

/** Whether a process's standard error is a terminal: who redirects it wants the program's words alone. */
export function errorsGoToTerminal(memory: KernelMemory, kernel: KernelExports, pid: number): boolean {
  let terminal = false;
  withCoreText(memory, "", (address) => {
    terminal = kernel.proc_fd(pid, 2, address) === 0 && memory.u32(address) === OBJECT_TTY;
  });
  return terminal;
}
