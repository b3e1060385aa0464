/** A machine whose cores are threads, each with a kernel instance of its own: what happens at the same time happens at the same time. */
import { Worker } from "node:worker_threads";
import { AGENT_VFS, CORE_O_DOORBELL, coreBlock } from "@cloudos/abi";
import type { Host } from "./host.ts";
import { answer } from "./service.ts";
import type { CoreWork } from "./stress-worker.ts";

export const CORES = 3;
const threads: { worker: Worker; ended: Promise<string>; stop: Int32Array }[] = [];

/** For afterEach: ends the threads of machines that were not stopped. */
export async function endThreads(): Promise<void> {
  for (const { stop } of threads) Atomics.store(stop, 0, 1);
  for (const { worker } of threads.splice(0)) await worker.terminate();
}

/** Starts the cores in threads; this thread answers requests and takes events when `until` is called. */
export function boot(host: Host): { until(done: () => boolean): Promise<void>; stop(): Promise<string[]> } {
  const stop = new Int32Array(new SharedArrayBuffer(4));
  for (let id = 0; id < CORES; id++) {
    const data: CoreWork = { id, memory: host.memory, programs: host.programs, originMs: performance.timeOrigin, stop };
    const worker = new Worker(new URL("./stress-worker.ts", import.meta.url), { workerData: data });
    const ended = new Promise<string>((resolve, reject) => {
      worker.once("message", resolve);
      worker.once("error", reject);
    });
    threads.push({ worker, ended, stop });
  }
  const bell = (agent: number) => (coreBlock(agent) + CORE_O_DOORBELL) >>> 2;
  return {
    async until(done) {
      while (!done()) {
        Atomics.exchange(host.words, bell(AGENT_VFS), 0);
        for (let slot = host.service.vfs_next(); slot >= 0; slot = host.service.vfs_next()) {
          answer(host, slot);
          host.service.vfs_complete(slot);
        }
        host.events();
        // Woken by a request or, at the latest, after a moment for the host's own events.
        const { async: pending, value } = Atomics.waitAsync(host.words, bell(AGENT_VFS), 0, 1);
        if (pending) await value;
      }
    },
    async stop() {
      Atomics.store(stop, 0, 1);
      return Promise.all(threads.map(({ ended }) => ended));
    },
  };
}
