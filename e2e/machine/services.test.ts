import type { Machine, Notice } from "@cloudos/abi";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CONFIGURATIONS, exited, launch, run } from "./harness.ts";
import { bootNodeMachine } from "./node.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

describe.each(CONFIGURATIONS)("files and the file service: $name", ({ options }) => {
  let machine: Machine;
  const notices: Notice[] = [];

  beforeAll(async () => {
    machine = await bootNodeMachine({ ...options, onNotice: (notice) => notices.push(notice) });
  });
  afterAll(() => machine.shutdown());

  it("host and programs see the same files", async () => {
    await machine.files.writeFile("/home/user/from-host", encoder.encode("host\n"));
    expect((await run(machine, ["cat", "/home/user/from-host"])).stdout).toBe("host\n");
    expect((await run(machine, ["sh", "-c", "echo program > /home/user/from-program"])).status).toEqual(exited(0));
    expect(decoder.decode(await machine.files.readFile("/home/user/from-program"))).toBe("program\n");
  });

  it("rejects with the errno of what went wrong", async () => {
    await expect(machine.files.readFile("/nowhere/at/all")).rejects.toMatchObject({ name: "FileError", errno: 44 });
  });

  it("goes on after the file service was killed", async () => {
    await machine.files.writeFile("/home/user/kept", encoder.encode("kept"));
    await machine.files.sync();
    const reader = await launch(machine, ["cat"]);
    await machine.killService("vfs");
    expect(notices.map(({ code }) => code)).toContain("service-restarted");
    await reader.process.writeStdin(encoder.encode("still here"));
    await reader.process.closeStdin();
    expect(await reader.process.exited).toEqual(exited(0));
    expect(reader.stdout()).toBe("still here");
    expect((await run(machine, ["cat", "/home/user/kept"])).stdout).toBe("kept");
    expect(decoder.decode(await machine.files.readFile("/home/user/kept"))).toBe("kept");
  });

  it("programs that read and write while the service is killed finish or fail, but do not hang", async () => {
    const script =
      "i=0; while [ $i -lt 200 ]; do echo $i > /home/user/f$((i % 10)); cat /home/user/f$((i % 10)); i=$((i+1)); done; true";
    const busy = await launch(machine, ["sh", "-c", script]);
    await busy.printed("5\n");
    await machine.killService("vfs");
    expect((await busy.process.exited).kind).toBe("exited");
    expect((await run(machine, ["echo", "alive"])).stdout).toBe("alive\n");
  });
});
