import { AGENT_VFS, CORE_O_DOORBELL, coreBlock, EIO, SLOT_O_ERRNO, vfsSlot } from "@cloudos/abi";
import { createClock, instantiateAgent, KernelMemory } from "@cloudos/hal-wasm";
import type { Board } from "./board.ts";

/** Any bit wakes the loop; this one is no interrupt of the kernel's. */
const WAKE = 1 << 30;

/**
 * Stands in for a file service that was given up: every request is answered with EIO, so that programs end with an error instead
 * of waiting for ever. Returns how to stop, when there is a service again.
 */
export function refuseFiles(board: Board): () => void {
  const memory = new KernelMemory(board.memory);
  const clock = createClock(board.originMs);
  const kernel = instantiateAgent({ agent: AGENT_VFS, modules: board.modules.kernel, memory, clock });
  const bell = coreBlock(AGENT_VFS) + CORE_O_DOORBELL;
  let stopped = false;
  const serve = async () => {
    kernel.vfs_attach();
    while (!stopped) {
      // ORDER: the bell is cleared before the queue is looked at, so a request queued meanwhile rings again.
      Atomics.exchange(memory.words, bell >>> 2, 0);
      for (let slot = kernel.vfs_next(); slot >= 0; slot = kernel.vfs_next()) {
        memory.setU32(vfsSlot(slot) + SLOT_O_ERRNO, EIO);
        kernel.vfs_complete(slot);
      }
      const rung = Atomics.waitAsync(memory.words, bell >>> 2, 0);
      if (rung.async) await rung.value;
    }
  };
  void serve();
  return () => {
    stopped = true;
    memory.ring(bell, WAKE);
  };
}
