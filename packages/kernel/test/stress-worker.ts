/** A core in a thread of its own, as packages/hal-wasm runs them: sleeps on its doorbell when it has nothing to do. */
import { parentPort, workerData } from "node:worker_threads";
import { CORE_O_DOORBELL, coreBlock } from "@cloudos/abi";
import { Core } from "./core.ts";
import type { Program } from "./service.ts";

export interface CoreWork {
  readonly id: number;
  readonly memory: WebAssembly.Memory;
  readonly programs: ReadonlyMap<string, Program>;
  /** performance.timeOrigin-corrected zero of the machine's clock. */
  readonly originMs: number;
  /** Set to 1 to end the thread. */
  readonly stop: Int32Array;
}

const { id, memory, programs, originMs, stop } = workerData as CoreWork;
const board = {
  memory,
  programs,
  memories: new Map(),
  nowUs: () => (performance.timeOrigin + performance.now() - originMs) * 1000,
};
const core = new Core(board, id);
const doorbell = (coreBlock(id) + CORE_O_DOORBELL) >>> 2;
try {
  while (Atomics.load(stop, 0) === 0) {
    if (!(await core.turn())) Atomics.wait(new Int32Array(memory.buffer), doorbell, 0, 2);
  }
  parentPort!.postMessage("ended");
} catch (error) {
  parentPort!.postMessage(String(error));
}
