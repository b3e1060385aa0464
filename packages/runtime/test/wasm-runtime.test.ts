import type { ExitStatus, SpawnOptions } from "@cloudos/abi/machine";
import { describe, expect, it } from "vitest";
import { WasmRuntime } from "../src/wasm/wasm-runtime.ts";

/** Programs that print their arguments and end with the number of them, or when they are killed ("wait"). */
function model() {
  const spawned: SpawnOptions[] = [];
  const runtime = new WasmRuntime({
    wallMs: () => 7,
    preopens: ({ name }) => [{ guest: `/env/${name}`, name: "/" }],
    spawn: async (options) => {
      spawned.push(options);
      const exited = Promise.withResolvers<ExitStatus>();
      const [program] = options.argv;
      if (program !== "wait") {
        await options.onStdout(new TextEncoder().encode(options.argv.join(" ")));
        exited.resolve({ kind: "exited", code: options.argv.length });
      }
      return {
        pid: spawned.length,
        writeStdin: async () => undefined,
        closeStdin: async () => undefined,
        kill: async (signal) => exited.resolve({ kind: "signaled", signal }),
        exited: exited.promise,
      };
    },
  });
  return { runtime, spawned };
}

describe("containers of the OS's own programs", () => {
  it("run programs confined to their directory", async () => {
    const { runtime, spawned } = model();
    await runtime.create({ name: "box", memoryMiB: 64 });
    await expect(runtime.exec("box", { argv: ["x"], onStdout() {}, onStderr() {} })).rejects.toMatchObject({
      code: "state",
    });
    await runtime.start("box");
    let said = "";
    const { exited } = await runtime.exec("box", {
      argv: ["echo", "hi"],
      onStdout: (bytes) => {
        said += new TextDecoder().decode(bytes);
      },
      onStderr() {},
    });
    expect(await exited).toEqual({ kind: "exited", code: 2 });
    expect(said).toBe("echo hi");
    expect(spawned[0]).toMatchObject({ memoryMiB: 64, preopens: [{ guest: "/env/box", name: "/" }] });
  });

  it("stopping ends their programs", async () => {
    const { runtime } = model();
    await runtime.create({ name: "box" });
    await runtime.start("box");
    const { exited } = await runtime.exec("box", { argv: ["wait"], onStdout() {}, onStderr() {} });
    expect((await runtime.stats("box")).detail).toEqual({ processes: 1 });
    await runtime.stop("box");
    expect(await exited).toEqual({ kind: "signaled", signal: 9 });
    expect(await runtime.list()).toMatchObject([{ name: "box", kind: "wasm", state: { name: "stopped" } }]);
    await runtime.remove("box");
    expect(await runtime.list()).toEqual([]);
  });

  it("have nothing to save, and say so", async () => {
    const { runtime } = model();
    await runtime.create({ name: "box" });
    for (const refused of [runtime.suspend("box"), runtime.snapshot("box"), runtime.clone("box")]) {
      await expect(refused).rejects.toMatchObject({ code: "unsupported" });
    }
    await expect(runtime.create({ name: "box" })).rejects.toMatchObject({ code: "exists" });
  });
});
