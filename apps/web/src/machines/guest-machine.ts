import type { ExecEnvironment, HostProcess, SpawnOptions } from "@cloudos/abi";
import type { MachineCenter } from "./machine-center.ts";

const SIGKILL = 9;
const ENOENT = 2;

/** A machine made for one job: created, used and deleted. */
export class GuestMachine {
  readonly #center: MachineCenter;
  readonly #name: string;

  /** It does not run yet. */
  static async create(center: MachineCenter, environment: ExecEnvironment, name: string): Promise<GuestMachine> {
    const { image, packages, memoryMiB } = environment;
    await center.runtime.create({ name, image, packages, ...(memoryMiB !== null && { memoryMiB }) });
    return new GuestMachine(center, name);
  }

  private constructor(center: MachineCenter, name: string) {
    this.#center = center;
    this.#name = name;
  }

  /** Starts it, and a program in it, which looks like a process of the OS. */
  async spawn(options: Pick<SpawnOptions, "argv" | "env" | "cwd" | "onStdout" | "onStderr">): Promise<HostProcess> {
    const { runtime } = this.#center;
    await runtime.start(this.#name);
    const hasEnv = Object.keys(options.env ?? {}).length > 0;
    const execution = await runtime.exec(this.#name, {
      argv: options.argv,
      ...(hasEnv && { env: { PATH: "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", HOME: "/root", ...options.env } }),
      ...(options.cwd !== undefined && { cwd: options.cwd }),
      onStdout: options.onStdout,
      onStderr: options.onStderr,
    });
    const exited = execution.exited.then(async (status) => {
      if (status.kind !== "not-started") return status;
      const reason = status.errno === ENOENT ? "no such program" : `error ${status.errno}`;
      await options.onStderr(new TextEncoder().encode(`cloudos: Cannot run "${options.argv[0]}": ${reason}\n`));
      return { kind: "exited", code: status.errno === ENOENT ? 127 : 126 } as const;
    });
    return {
      pid: 0,
      writeStdin: (bytes) => execution.writeStdin(bytes),
      closeStdin: () => execution.closeStdin(),
      // A guest that ignores signals still ends with its machine.
      kill: async (signal) => (signal === SIGKILL ? this.remove() : execution.signal(signal)),
      exited: exited.catch(() => ({ kind: "signaled", signal: SIGKILL }) as const),
    };
  }

  async remove(): Promise<void> {
    await this.#center.runtime.remove(this.#name).catch(() => undefined);
  }
}
