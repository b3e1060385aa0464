/** A fuzz run on cores in threads of their own. Seeds choose the calls; how the cores interleave is up to the machine. */
import { Worker } from "node:worker_threads";
import { AGENT_VFS, CORE_O_DOORBELL, coreBlock, SIGKILL } from "@cloudos/abi";
import { baseline, type Footprint } from "../leak/footprint.ts";
import { FuzzHost } from "./fuzz-host.ts";
import { puppetModule } from "./puppet.ts";
import type { RaceWork } from "./race-worker.ts";
import { Random } from "./random.ts";
import { systemCalls } from "./signatures.ts";

export interface RaceOptions {
  readonly seed: number;
  readonly calls: number;
  readonly cores: number;
  readonly maxPages?: number;
}

export interface RaceReport {
  readonly calls: number;
  readonly before: Footprint;
  readonly after: Footprint;
}

/** A machine in which nothing moves for this long hangs, however slow it is. */
const SILENCE_MS = 60_000;
const PIDS = 16;

export async function race({ seed, calls, cores, maxPages = 1024 }: RaceOptions): Promise<RaceReport> {
  const list = systemCalls();
  const random = new Random(seed);
  const host = new FuzzHost({ cores, remote: true, processLimit: 64, maxPages, quantumUs: 500 });
  const module = puppetModule(list);
  host.programs.set("/bin/puppet", { kind: "module", module, id: 1 });
  const before = baseline(host);
  host.nowUs = 0;

  const shared = (words: number) => new Int32Array(new SharedArrayBuffer(4 * words));
  const [stop, progress, pids] = [shared(1), shared(2 * cores), shared(PIDS)];
  const threads = Array.from({ length: cores }, (_, id) => {
    const workerData: RaceWork = {
      ...{ id, memory: host.memory, module, originMs: performance.timeOrigin, seed },
      ...{ stop, progress, pids },
    };
    const worker = new Worker(new URL("./race-worker.ts", import.meta.url), { workerData });
    const ended = new Promise<string[]>((resolve, reject) => {
      worker.once("message", resolve);
      worker.once("error", reject);
    });
    return { worker, ended };
  });
  let failed: string[] | undefined;
  for (const { ended } of threads) {
    ended.then(
      (failures) => {
        if (failures.length > 0) failed = failures;
      },
      (error: unknown) => {
        failed = [String(error)];
      },
    );
  }

  const made = () => Array.from({ length: cores }, (_, id) => Atomics.load(progress, 2 * id)).reduce((a, b) => a + b);
  const bell = (coreBlock(AGENT_VFS) + CORE_O_DOORBELL) >>> 2;
  let movedAt = performance.now();
  let seen = "";
  /** One turn of the services: requests, events, and a look whether anything moves. */
  const turn = async (what: () => string) => {
    Atomics.exchange(host.words, bell, 0);
    for (let slot = host.service.vfs_next(); slot >= 0; slot = host.service.vfs_next()) {
      if (host.files.service(host, slot)) host.service.vfs_complete(slot);
    }
    host.events();
    if (failed !== undefined) throw new Error(failed.join("\n"));
    const now = `${made()} ${what()}`;
    if (now !== seen) movedAt = performance.now();
    else if (performance.now() - movedAt > SILENCE_MS) {
      const last = Array.from({ length: cores }, (_, id) => list[Atomics.load(progress, 2 * id + 1)]!.name);
      throw new Error(`Nothing moves any more: ${now}; last calls ${last.join(", ")}`);
    }
    seen = now;
    const { async: pending, value } = Atomics.waitAsync(host.words, bell, 0, 1);
    if (pending) await value;
  };

  try {
    while (made() < calls) {
      const alive = host.pids();
      for (let i = 0; i < PIDS; i++) Atomics.store(pids, i, random.pick([0, ...alive]));
      for (let count = alive.length; count < 2 * cores + 2; count++) host.begin();
      // Those that wait for something: some of them get it, some are killed.
      if (random.oneIn(4)) host.feed(new Uint8Array(random.below(200)));
      if (random.oneIn(20)) host.resumeAll();
      for (const pid of alive) if (random.oneIn(6)) host.agent.host_kill(pid, SIGKILL);
      await turn(() => `${host.exits.size}`);
    }
    const total = made();
    Atomics.store(stop, 0, 1);
    for (let left = host.pids(); left.length > 0; left = host.pids()) {
      for (const pid of left) host.agent.host_kill(pid, SIGKILL);
      await turn(() => `processes ${left}`);
    }
    Atomics.store(stop, 0, 2);
    const failures = (await Promise.all(threads.map(({ ended }) => ended))).flat();
    if (failures.length > 0) throw new Error(failures.join("\n"));
    host.events();
    return { calls: total, before, after: host.footprint() };
  } finally {
    Atomics.store(stop, 0, 2);
    await Promise.all(threads.map(({ worker }) => worker.terminate()));
  }
}
