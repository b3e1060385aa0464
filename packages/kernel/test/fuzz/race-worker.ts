/** A core in a thread of its own that runs puppets: their random calls meet those of the other cores at any instant. */
import { parentPort, workerData } from "node:worker_threads";
import { CORE_O_DOORBELL, coreBlock } from "@cloudos/abi";
import { Core } from "../core.ts";
import { Arguments } from "./arguments.ts";
import { PUPPET_END, type Strings } from "./puppet.ts";
import { Random } from "./random.ts";
import { chooseCall } from "./session.ts";
import { systemCalls } from "./signatures.ts";

export interface RaceWork {
  readonly id: number;
  readonly memory: WebAssembly.Memory;
  readonly module: WebAssembly.Module;
  readonly originMs: number;
  readonly seed: number;
  /** Set to 1 to end the thread. */
  readonly stop: Int32Array;
  /** Calls made and number of the last call, by core. */
  readonly progress: Int32Array;
  /** Pids that calls may name; the host keeps it up to date. */
  readonly pids: Int32Array;
}

/** Calls a puppet makes before it returns, at most. */
const LIFE = 600;
const ASKS = /^(path_|fs_|fd_(sync|datasync|readdir|filestat|allocate)|host_)/;

const { id, memory, module, originMs, seed, stop, progress, pids } = workerData as RaceWork;
const calls = systemCalls();
const random = new Random(seed + id);
const nowUs = () => (performance.timeOrigin + performance.now() - originMs) * 1000;
const failures: string[] = [];

function strings(program: WebAssembly.Memory): Strings {
  const own = new Random(random.bits());
  const prepared = new Arguments(own, program, { pids: () => [...pids], nowUs });
  let left = own.below(LIFE);
  return {
    next: () => {
      if (left-- === 0 || Atomics.load(stop, 0) === 1) return PUPPET_END;
      let index = chooseCall(own, calls);
      // What asks the file service waits for the one thread that all cores share: races are elsewhere.
      while (ASKS.test(calls[index]!.name) && !own.oneIn(8)) index = chooseCall(own, calls);
      prepared.prepare(calls[index]!);
      Atomics.store(progress, 2 * id + 1, index);
      Atomics.add(progress, 2 * id, 1);
      return index;
    },
    done: (index, result) => prepared.learn(calls[index]!, result),
  };
}

/** Keeps nothing: thousands of puppets come and go, and nobody looks at their memories afterwards. */
class Forgetful extends Map<number, WebAssembly.Memory> {
  override set(): this {
    return this;
  }
}

/** The engine frees dead programs only between tasks. */
const TURNS_PER_TASK = 256;

const core = new Core(
  {
    memory,
    programs: new Map([["/bin/puppet", { kind: "module", module, id: 1 }]]),
    memories: new Forgetful(),
    nowUs,
    imports: (_pid, program) => ({ puppet: strings(program) as unknown as WebAssembly.ModuleImports }),
    trapped: (pid, error) => {
      const call = calls[Atomics.load(progress, 2 * id + 1)]!;
      failures.push(`Process ${pid} on core ${id}, last call here ${call.name}: ${error.stack}`);
    },
  },
  id,
);
const doorbell = (coreBlock(id) + CORE_O_DOORBELL) >>> 2;
try {
  // 2: leave the loop. 1: no new calls, but processes still end.
  for (let turns = 1; Atomics.load(stop, 0) !== 2 && failures.length === 0; turns++) {
    if (turns % TURNS_PER_TASK === 0) await new Promise(setImmediate);
    if (!(await core.turn())) Atomics.wait(new Int32Array(memory.buffer), doorbell, 0, 2);
  }
  parentPort!.postMessage(failures);
} catch (error) {
  parentPort!.postMessage([...failures, String((error as Error).stack)]);
}
