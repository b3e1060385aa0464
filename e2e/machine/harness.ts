import type { ExitStatus, HostProcess, Machine, SpawnOptions } from "@cloudos/abi";
import { bootNodeMachine, type NodeMachineOptions } from "./node.ts";

/** The machines every test of the whole runs on. */
export const CONFIGURATIONS: readonly { readonly name: string; readonly options: NodeMachineOptions }[] = [
  { name: "UP", options: { mode: "up" } },
  { name: "SMP, 1 core", options: { mode: "smp", cores: 1 } },
  { name: "SMP, 2 cores", options: { mode: "smp", cores: 2 } },
  { name: "SMP, 4 cores", options: { mode: "smp", cores: 4 } },
];

/** Boots one; a crash fails whatever test is waiting. */
export async function bootForTest(options: NodeMachineOptions): Promise<Machine> {
  return bootNodeMachine({
    ...options,
    onCrash: (crash) => {
      throw new Error(`The machine crashed: ${crash.text}`);
    },
  });
}

export interface Running {
  readonly process: HostProcess;
  /** Everything written so far. */
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** Resolves once standard output contains `text`. */
  printed(text: string): Promise<void>;
}

export interface Finished {
  readonly status: ExitStatus;
  readonly stdout: string;
  readonly stderr: string;
}

type Launch = Partial<Omit<SpawnOptions, "argv" | "onStdout" | "onStderr">> & { readonly stdin?: string };

/** Starts a program and keeps what it writes. Standard input is ended after `stdin`, if that is given. */
export async function launch(machine: Machine, argv: readonly string[], options: Launch = {}): Promise<Running> {
  const { stdin, ...spawn } = options;
  const output = { stdout: "", stderr: "" };
  const waiting: { readonly text: string; readonly resolve: () => void }[] = [];
  const collect = (name: keyof typeof output) => {
    const decoder = new TextDecoder();
    return (chunk: Uint8Array) => {
      output[name] += decoder.decode(chunk, { stream: true });
      for (const each of waiting) if (output.stdout.includes(each.text)) each.resolve();
    };
  };
  const process = await machine.spawn({ ...spawn, argv, onStdout: collect("stdout"), onStderr: collect("stderr") });
  if (stdin !== undefined) {
    await process.writeStdin(new TextEncoder().encode(stdin));
    await process.closeStdin();
  }
  return {
    process,
    stdout: () => output.stdout,
    stderr: () => output.stderr,
    printed: (text) =>
      output.stdout.includes(text)
        ? Promise.resolve()
        : new Promise((resolve) => {
            waiting.push({ text, resolve });
          }),
  };
}

export async function run(machine: Machine, argv: readonly string[], options: Launch = {}): Promise<Finished> {
  const running = await launch(machine, argv, { stdin: "", ...options });
  const status = await running.process.exited;
  return { status, stdout: running.stdout(), stderr: running.stderr() };
}

export const exited = (code: number): ExitStatus => ({ kind: "exited", code });
export const signaled = (signal: number): ExitStatus => ({ kind: "signaled", signal });
