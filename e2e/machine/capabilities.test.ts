import type { Machine } from "@cloudos/abi";
import { SIGSYS } from "@cloudos/abi";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bootForTest, CONFIGURATIONS, run } from "./harness.ts";

describe.each(CONFIGURATIONS.filter(({ name }) => name !== "SMP, 1 core"))("capabilities on $name", ({ options }) => {
  let machine: Machine;
  beforeAll(async () => {
    machine = await bootForTest(options);
  });
  afterAll(() => machine.shutdown());

  it("handles shows what a process holds", async () => {
    const { stdout, status } = await run(machine, ["handles"]);
    expect(status).toEqual({ kind: "exited", code: 0 });
    expect(stdout).toMatch(/^PID VALUE TYPE +RIGHTS BADGE REFS\n/);
    expect(stdout).toMatch(/ 1 ring-write +rwd /);
  });

  it("restrict keeps a command and what it starts from what is not allowed", async () => {
    const denied = await run(machine, ["restrict", "-d", "path_open", "cat", "/etc/passwd"]);
    expect(denied.status).toEqual({ kind: "exited", code: 1 });
    expect(denied.stderr).toMatch(/not permitted/i);
    const inherited = await run(machine, ["restrict", "-d", "path_open", "sh", "-c", "cat /etc/passwd"]);
    expect(inherited.status).not.toEqual({ kind: "exited", code: 0 });
    const killed = await run(machine, ["restrict", "-k", "-d", "random_get,path_open", "cat", "/etc/passwd"]);
    expect(killed.status).toEqual({ kind: "exited", code: 128 + SIGSYS });
    const free = await run(machine, ["restrict", "-d", "sock_send", "echo", "fine"]);
    expect(free.stdout).toBe("fine\n");
  });

  it("trace shows what happens while a command runs", async () => {
    const { stdout } = await run(machine, ["trace", "restrict", "-d", "path_open", "cat", "/etc/passwd"]);
    expect(stdout).toMatch(/^\d+\.\d{6} \d+ \d+ spawn \d+ 0 0$/m);
    expect(stdout).toMatch(/ violation \d+ 1 0$/m);
    expect(stdout).toMatch(/ exit 0 1 0$/m);
  });
});
