/**
 * A fuzz run in one thread: puppets on several cores make random calls, one core's turn after the other, in an order that
 * the seed alone decides. So a failure is reproduced by its seed, and the last calls are on record.
 */

import { SIGKILL } from "@cloudos/abi";
import { baseline, type Footprint } from "../leak/footprint.ts";
import { Arguments } from "./arguments.ts";
import { FuzzHost } from "./fuzz-host.ts";
import { PUPPET_END, puppetModule, type Strings } from "./puppet.ts";
import { Random } from "./random.ts";
import { type Call, systemCalls } from "./signatures.ts";

export interface SessionOptions {
  readonly seed: number;
  readonly calls: number;
  readonly cores: number;
  /** Puppets that the host keeps alive; those start others. */
  readonly puppets?: number;
  readonly maxPages?: number;
  /** Word 0: calls made; word 1: number of the call in progress. For whoever watches from another thread. */
  readonly progress?: Int32Array;
}

export interface SessionReport {
  readonly calls: number;
  /** How often each call was made, and how often it succeeded. */
  readonly made: ReadonlyMap<string, readonly [number, number]>;
  /** Traps and panics, with the calls that led to the first. */
  readonly failures: readonly string[];
  readonly before: Footprint;
  readonly after: Footprint;
}

/** Calls a puppet makes before it returns, at most. */
const LIFE = 600;
const RECORD = 40;
/** Rounds of starting, waking and killing puppets without a single call made: they cannot be started any more. */
const IDLE_ROUNDS = 100;

export async function session(options: SessionOptions): Promise<SessionReport> {
  const random = new Random(options.seed);
  const calls = systemCalls();
  const failures: string[] = [];
  const record: string[] = [];
  const made = new Map<string, [number, number]>(calls.map(({ name }) => [name, [0, 0]]));
  let total = 0;
  let known: readonly number[] = [0];
  const progress = options.progress ?? new Int32Array(2);

  const host = new FuzzHost({
    cores: options.cores,
    processLimit: 48,
    maxPages: options.maxPages ?? 1024,
    imports: (pid, memory) => ({ puppet: strings(pid, memory) as unknown as WebAssembly.ModuleImports }),
    trapped: (pid, error) => {
      failures.push(`Process ${pid}: ${error.stack}\n${record.join("\n")}`);
    },
  });
  host.tickUs = 3;
  host.programs.set("/bin/puppet", { kind: "module", module: puppetModule(calls), id: 1 });
  const before = baseline(host);

  function strings(pid: number, memory: WebAssembly.Memory): Strings {
    const own = new Random(random.bits());
    const prepared = new Arguments(own, memory, { pids: () => known, nowUs: () => host.nowUs });
    let left = own.below(LIFE);
    return {
      next: () => {
        if (left-- === 0 || total >= options.calls || failures.length > 0) return PUPPET_END;
        const index = chooseCall(own, calls);
        const call = calls[index]!;
        const values = prepared.prepare(call);
        if (record.push(`${pid}: ${call.name}(${values.join(", ")})`) > RECORD) record.shift();
        made.get(call.name)![0]++;
        progress[0] = ++total;
        progress[1] = index;
        return index;
      },
      done: (index, result) => {
        if (result === 0n) made.get(calls[index]!.name)![1]++;
        prepared.learn(calls[index]!, result);
      },
    };
  }

  const enough = options.puppets ?? 2 * options.cores + 2;
  for (let seen = 0, idle = 0; total < options.calls && failures.length === 0; ) {
    idle = total === seen ? idle + 1 : 0;
    seen = total;
    if (idle > IDLE_ROUNDS) failures.push(`Nothing runs any more; processes: ${known}\n${record.join("\n")}`);
    known = host.pids();
    for (let alive = known.length; alive < enough; alive++) host.begin();
    known = [0, ...known];
    await host.settle();
    // At rest: everyone waits for something.
    const what = random.below(8);
    if (what < 2) host.feed(new Uint8Array(random.below(200)));
    else if (what < 6) host.nowUs += random.pick([1000, 100_000, 10_000_000]);
    else host.resumeAll();
    if (random.oneIn(3)) {
      for (const pid of host.pids()) if (random.below(3) === 0) host.agent.host_kill(pid, SIGKILL);
    }
  }
  // A kill must end whatever a process waits for.
  if (failures.length === 0) {
    host.killAll();
    await host.settle();
    const left = host.pids();
    if (left.length > 0) failures.push(`Processes ${left.join(", ")} survive SIGKILL\n${record.join("\n")}`);
  }
  return { calls: total, made, failures, before, after: host.footprint() };
}

/** Ends of the process are rarer than other calls. */
export function chooseCall(random: Random, calls: readonly Call[]): number {
  for (;;) {
    const index = random.below(calls.length);
    const { name } = calls[index]!;
    if (/^proc_(exit|raise|kill)$|job_kill/.test(name) && !random.oneIn(20)) continue;
    if (/^(fd_(close|dup2|renumber)|handle_(close|revoke)|call_mask)$/.test(name) && !random.oneIn(3)) continue;
    return index;
  }
}
