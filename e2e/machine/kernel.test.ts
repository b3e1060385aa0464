import { type Machine, SIGKILL } from "@cloudos/abi";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bootForTest, CONFIGURATIONS, exited, launch, run, signaled } from "./harness.ts";

/** The kernel's promises, seen from a shell on a whole machine. */
describe.each(CONFIGURATIONS)("kernel on $name", ({ options }) => {
  let machine: Machine;

  beforeAll(async () => {
    machine = await bootForTest(options);
  });
  afterAll(() => machine.shutdown());

  const sh = (script: string) => run(machine, ["sh", "-c", script]);

  it("a long pipeline loses and invents no byte", async () => {
    const { stdout, status } = await sh(
      "seq 20000 | cat | tee /tmp/copy | sort -n | tail -n 1; cmp /tmp/copy - <<E\n$(seq 20000)\nE",
    );
    expect(status).toEqual(exited(0));
    expect(stdout).toBe("20000\n");
  });

  it("forty processes at once all end, and their parent hears of each", async () => {
    const script = "i=0; while [ $i -lt 40 ]; do (sleep 0.01; exit 3) & i=$((i+1)); done; wait; echo $?; jobs";
    expect(await sh(script)).toEqual({ status: exited(0), stdout: "0\n", stderr: "" });
  });

  it("an interactive process goes on beside eight that never stop", async () => {
    const hogs = await launch(machine, [
      "sh",
      "-c",
      "for i in 1 2 3 4 5 6 7 8; do while :; do :; done & done; echo busy; wait",
    ]);
    await hogs.printed("busy");
    expect((await sh("echo a | tr a b")).stdout).toBe("b\n");
    await hogs.process.kill(SIGKILL);
    expect(await hogs.process.exited).toEqual(signaled(SIGKILL));
    // The whole job went with it: nothing of it is left in the list.
    expect((await sh("ps -e -o args | grep -c '[w]hile'")).stdout.trim()).toBe("0");
  });

  it("the truth about processes is in /proc: state, children, nice value, time", async () => {
    const script =
      "sleep 5 & nice -n 7 cat /proc/self/stat | cut -d' ' -f19; ps -o stat= -p $! | cut -c1; kill %1; cut -d' ' -f1 /proc/uptime";
    const [nice, state, uptime] = (await sh(script)).stdout.trim().split("\n");
    expect([nice, state]).toEqual(["7", "S"]);
    expect(Number(uptime)).toBeGreaterThan(0);
  });

  it("a process killed in the middle of a call gives back what it held", async () => {
    const held = async () => /^MemFree: +(\d+)/m.exec((await sh("cat /proc/meminfo")).stdout)?.[1];
    const victims =
      "i=0; while [ $i -lt 10 ]; do cat < /dev/zero | head -c 100000000 > /dev/null & i=$((i+1)); done; kill -9 $(jobs -p); wait";
    await sh(victims);
    const before = Number(await held());
    for (let round = 0; round < 5; round++) await sh(victims);
    // Caches of names and programs may settle by a few pages; buffers of pipes (256 KiB each) may not stay.
    expect(Number(await held())).toBeGreaterThan(before - 512);
  });
});
