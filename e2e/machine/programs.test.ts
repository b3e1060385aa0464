import { type Machine, SIGABRT, SIGFPE, SIGKILL, SIGSEGV, SIGTERM } from "@cloudos/abi";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { guest, guestNames } from "./guests.ts";
import { bootForTest, CONFIGURATIONS, exited, launch, run, signaled } from "./harness.ts";

describe.each(CONFIGURATIONS)("$name", ({ options }) => {
  let machine: Machine;

  beforeAll(async () => {
    machine = await bootForTest(options);
    for (const name of guestNames) await machine.files.writeFile(`/tmp/${name}`, guest(name), 0o755);
  });
  afterAll(() => machine.shutdown());

  it("runs a program", async () => {
    expect(await run(machine, ["/tmp/hello"])).toEqual({ status: exited(0), stdout: "hello\n", stderr: "" });
  });

  it("reports the exit status", async () => {
    expect((await run(machine, ["/tmp/exit-42"])).status).toEqual(exited(42));
  });

  it("runs a start function before the entry point", async () => {
    expect((await run(machine, ["/tmp/early"])).stdout).toBe("early\n");
  });

  it("carries standard input to standard output", async () => {
    const text = "line\n".repeat(100_000);
    expect((await run(machine, ["cat"], { stdin: text })).stdout).toBe(text);
  });

  it.each([
    ["unreachable", SIGABRT],
    ["out-of-bounds", SIGSEGV],
    ["divide-by-zero", SIGFPE],
    ["recursion", SIGSEGV],
  ])("ends %s with its signal", async (name, signal) => {
    expect((await run(machine, [`/tmp/${name}`])).status).toEqual(signaled(signal));
  });

  it("keeps the kernel whole when a stack overflows inside a call", async () => {
    for (let round = 0; round < 20; round++) {
      expect((await run(machine, ["/tmp/recursion-into-kernel"])).status).toEqual(signaled(SIGSEGV));
    }
    expect((await run(machine, ["/tmp/hello"])).stdout).toBe("hello\n");
  });

  it("answers bad pointers with EFAULT", async () => {
    expect((await run(machine, ["/tmp/bad-pointers"])).status).toEqual(exited(0));
  });

  it.each(["spin", "stubborn"])("kills %s while others run", async (name) => {
    const loops = await Promise.all(Array.from({ length: 3 }, () => launch(machine, [`/tmp/${name}`])));
    await Promise.all(loops.map((loop) => loop.printed("spin")));
    expect((await run(machine, ["/tmp/hello"])).stdout).toBe("hello\n");
    for (const [index, signal] of [SIGTERM, SIGKILL, SIGTERM].entries()) await loops[index]!.process.kill(signal);
    expect(await Promise.all(loops.map((loop) => loop.process.exited))).toEqual(
      [SIGTERM, SIGKILL, SIGTERM].map(signaled),
    );
  });

  it("kills with a program whatever it has started, also when it has ended before", async () => {
    const nest = "sleep 1000 & sh -c 'sleep 1000 & sleep 1000 & wait' & sh -c 'while :; do :; done' & sleep 0.05";
    const bomb = await launch(machine, ["sh", "-c", nest]);
    await bomb.process.exited;
    const left = async () =>
      (await run(machine, ["ps", "-A", "-o", "args="])).stdout
        .split("\n")
        .filter((line) => /sleep 1000|while/.test(line));
    expect((await left()).length).toBeGreaterThanOrEqual(4);
    await bomb.process.kill(SIGKILL);
    // Those that run notice at their next check; the last ones may still be on their way out when the first look comes.
    for (let looks = 0; looks < 50 && (await left()).length > 0; looks++) await run(machine, ["true"]);
    expect(await left()).toEqual([]);
    await expect(bomb.process.kill(SIGKILL)).rejects.toThrow("Cannot kill a job");
  });

  it.each([
    ["unknown-import", 'it imports the function "env.emscripten_sleep", which this system does not have'],
    ["own-shared-memory", "shared"],
    ["too-large", "memory to start, the limit is"],
  ])("refuses %s and says why", async (name, reason) => {
    let stderr = "";
    const decoder = new TextDecoder();
    const spawned = machine.spawn({
      argv: [`/tmp/${name}`],
      onStdout: () => undefined,
      onStderr: (chunk) => {
        stderr += decoder.decode(chunk);
      },
    });
    await expect(spawned).rejects.toMatchObject({ name: "FileError" });
    expect(stderr).toContain(reason);
  });

  it("ends the largest program of a job that outgrows its memory, and nothing else", async () => {
    const script = "yes | head -c 20000000 | sort | tail -n 1; echo after; exit 3";
    const { status, stdout, stderr } = await run(machine, ["job", "-m", "8", "sh", "-c", script]);
    expect(stderr).toContain("Killed: its job is out of memory\n");
    expect(stdout).toBe("after\n");
    expect(status).toEqual(exited(3));
  });

  it("refuses what is no program", async () => {
    await machine.files.writeFile("/tmp/text", new TextEncoder().encode("neither Wasm nor a script\n"), 0o755);
    await expect(run(machine, ["/tmp/text"])).rejects.toThrow('Cannot run "/tmp/text": it is not a program');
    await expect(run(machine, ["/tmp/missing"])).rejects.toThrow("no such file or directory");
    await expect(run(machine, ["/tmp"])).rejects.toThrow("it is a directory");
  });

  it("frees everything over 1,000 processes", async () => {
    for (let round = 0; round < 1000; round++) {
      expect((await run(machine, ["/tmp/exit-42"])).status).toEqual(exited(42));
    }
  });

  it("runs 64 processes at once", async () => {
    const results = await Promise.all(Array.from({ length: 64 }, () => run(machine, ["cat"], { stdin: "x" })));
    expect(results.every(({ stdout }) => stdout === "x")).toBe(true);
  });
});
