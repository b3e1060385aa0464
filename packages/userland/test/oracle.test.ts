/** The scripts under cases/ give the same bytes and the same exit status on the host and in CloudOS. */
import { join } from "node:path";
import type { Machine, MachineOptions } from "@cloudos/abi";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadCases, type RunResult } from "./oracle/cases.ts";
import { difference } from "./oracle/compare.ts";
import { runOnGuest } from "./oracle/guest.ts";
import { hostUnfit, runOnHost } from "./oracle/host.ts";
import { pooled } from "./oracle/pool.ts";

const CASE_TIMEOUT_MS = 60_000;
/** Cases in flight on each side. */
const LANES = 4;

const filter = process.env.CLOUDOS_CASES;
const cases = loadCases(join(import.meta.dirname, "cases")).filter(
  (test) => filter === undefined || test.name.includes(filter),
);
const unfit = hostUnfit();

/** The machine is composed outside this package; tests may reach for it, its types stay out of this project. */
interface MachineModule {
  bootNodeMachine(options: Omit<MachineOptions, "mode" | "disk" | "osUrl"> & { mode: "smp" | "up" }): Promise<Machine>;
}
const machineModule = new URL("../../../e2e/machine/node.ts", import.meta.url).href;

describe.skipIf(unfit !== undefined)(`same as the host${unfit === undefined ? "" : ` (skipped: ${unfit})`}`, () => {
  const runs = cases.filter((test) => test.skip === undefined);
  const results = new Map<string, Promise<readonly [RunResult, RunResult]>>();
  let machine: Machine;

  beforeAll(async () => {
    const { bootNodeMachine } = (await import(machineModule)) as MachineModule;
    machine = await bootNodeMachine({ mode: "smp", cores: 2 });
    const directory = (index: number) => `/tmp/cloudos-oracle-${process.pid}/${index}`;
    const tasks = runs.map((test, index) => async () => {
      const host = runOnHost(test, directory(index));
      const guest = runOnGuest(machine, test, directory(index), CASE_TIMEOUT_MS);
      return await Promise.all([host, guest]);
    });
    pooled(tasks, LANES).forEach((result, index) => {
      results.set(runs[index]!.name, result);
    });
  });
  afterAll(async () => {
    await Promise.allSettled(results.values());
    await machine?.shutdown();
  });

  for (const test of cases) {
    it.skipIf(test.skip !== undefined)(
      test.skip === undefined ? test.name : `${test.name} (skipped: ${test.skip})`,
      async () => {
        const [host, guest] = await results.get(test.name)!;
        expect(difference(test, host, guest)).toBeNull();
      },
    );
  }
});
