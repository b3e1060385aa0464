import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { bootNodeMachine } from "../../e2e/machine/node.ts";
import { guestDirectory } from "./guests.ts";

export interface NodeMachineSetup {
  readonly cores: number;
  /** Live processes the program may have. */
  readonly processes?: number;
  /** Memory of the machine in MiB. */
  readonly memoryMiB?: number;
}

/** Runs a program on a machine in this process, in threads of Node; it answers one number a line. Throws when it fails. */
export async function measureInNodeMachine(setup: NodeMachineSetup, argv: readonly string[]): Promise<number[]> {
  const { cores, processes, memoryMiB } = setup;
  const machine = await bootNodeMachine({
    mode: "smp",
    cores,
    ...(memoryMiB === undefined ? {} : { memoryMiB }),
    onCrash: (crash) => {
      throw new Error(`The machine crashed: ${crash.text}`);
    },
  });
  try {
    await machine.files.mkdir("/bench");
    for (const name of readdirSync(guestDirectory)) {
      if (!name.endsWith(".wasm")) continue;
      await machine.files.writeFile(`/bench/${name}`, readFileSync(join(guestDirectory, name)), 0o755);
    }
    let stdout = "";
    let stderr = "";
    const decode = (chunk: Uint8Array) => new TextDecoder().decode(chunk);
    const child = await machine.spawn({
      argv,
      ...(processes === undefined ? {} : { processes }),
      onStdout: (chunk) => {
        stdout += decode(chunk);
      },
      onStderr: (chunk) => {
        stderr += decode(chunk);
      },
    });
    await child.closeStdin();
    const status = await child.exited;
    if (status.kind !== "exited" || status.code !== 0) {
      throw new Error(`Bench program ${argv.join(" ")} ended with ${JSON.stringify(status)}: ${stderr}`);
    }
    return stdout.trim().split("\n").map(Number);
  } finally {
    await machine.shutdown();
  }
}
