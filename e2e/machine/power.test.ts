import type { Machine } from "@cloudos/abi";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bootForTest, CONFIGURATIONS, exited, launch, run } from "./harness.ts";

describe.each(CONFIGURATIONS)("power: $name", ({ options }) => {
  let machine: Machine;
  const states: boolean[] = [];
  const waiting: (() => void)[] = [];
  beforeAll(async () => {
    machine = await bootForTest({
      ...options,
      onSuspended: (suspended) => {
        states.push(suspended);
        for (const wake of waiting.splice(0)) wake();
      },
    });
  });
  afterAll(() => machine.shutdown());
  const suspended = async () => {
    while (states.at(-1) !== true) await new Promise<void>((resolve) => waiting.push(resolve));
  };
  /** Time in which a machine that ran would do something. */
  const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

  it("a suspended machine runs nothing; everything goes on after", async () => {
    const counter = await launch(machine, ["sh", "-c", "i=0; while :; do i=$((i+1)); echo $i; done"]);
    await counter.printed("\n100\n");
    await machine.suspend();
    // What was on its way arrives; then there is silence.
    await pause(50);
    const before = counter.stdout().length;
    await pause(100);
    expect(counter.stdout().length).toBe(before);
    const asked = run(machine, ["echo", "later"]);
    await machine.resume();
    expect((await asked).stdout).toBe("later\n");
    while (counter.stdout().length === before) await pause(1);
    await counter.process.kill(9);
    await counter.process.exited;
  });

  it("timers that fall due meanwhile fire once it goes on, none is lost", async () => {
    const sleepers = await Promise.all(
      [0.01, 0.02, 0.05, 0.1].map((seconds) => launch(machine, ["sleep", String(seconds)])),
    );
    await machine.suspend();
    await pause(200);
    await machine.resume();
    for (const { process } of sleepers) expect(await process.exited).toEqual(exited(0));
  });

  it("the suspend command stops the machine after its files are on disk", async () => {
    states.length = 0;
    const command = await launch(machine, ["sh", "-c", "echo kept > /home/user/kept; suspend; echo back"]);
    await suspended();
    await pause(50);
    expect(command.stdout()).toBe("");
    await machine.resume();
    expect(await command.process.exited).toEqual(exited(0));
    expect(command.stdout()).toBe("back\n");
    expect(states).toEqual([true, false]);
  });

  it("suspending twice and resuming twice is once", async () => {
    states.length = 0;
    await Promise.all([machine.suspend(), machine.suspend()]);
    await Promise.all([machine.resume(), machine.resume()]);
    await machine.resume();
    expect(states).toEqual([true, false]);
    expect((await run(machine, ["echo", "alive"])).stdout).toBe("alive\n");
  });

  it("a hidden page makes timers late, loses none, and does not hold back what is asked", async () => {
    machine.setHidden(true);
    const sleeps = await run(machine, ["sh", "-c", "for i in 1 2 3 4 5; do sleep 0.01 & done; wait; echo all"]);
    expect(sleeps.stdout).toBe("all\n");
    const cat = await launch(machine, ["cat"]);
    await cat.process.writeStdin(new TextEncoder().encode("through"));
    await cat.printed("through");
    await cat.process.closeStdin();
    await cat.process.exited;
    machine.setHidden(false);
    expect((await run(machine, ["sleep", "0.001"])).status).toEqual(exited(0));
  });
});
