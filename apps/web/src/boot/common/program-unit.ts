import type {
  ExitStatus,
  HostProcess,
  LaunchContext,
  ServiceEnd,
  ServiceInstance,
  ServiceUnit,
  SpawnOptions,
} from "@cloudos/abi";
import { LineCutter, type ServiceFile } from "@cloudos/init";

const SIGKILL = 9;
const SIGTERM = 15;

/** A service that is a program of the machine: its pid is watched, what it prints goes to its log. */
export class ProgramUnit implements ServiceUnit {
  readonly #file: ServiceFile;
  readonly #spawn: (options: SpawnOptions) => Promise<HostProcess>;

  constructor(file: ServiceFile, spawn: (options: SpawnOptions) => Promise<HostProcess>) {
    this.#file = file;
    this.#spawn = spawn;
  }

  get spec() {
    return this.#file.spec;
  }

  async launch({ log }: LaunchContext): Promise<ServiceInstance> {
    const { check } = this.#file;
    const process = await this.#run(this.#file.argv, log);
    await process.closeStdin();
    // A check that hangs is what gets its service killed; it must not stay behind.
    let checking: HostProcess | undefined;
    const endCheck = () => checking && signal(checking, SIGKILL);
    void process.exited.then(endCheck);
    return {
      identity: `pid ${process.pid}`,
      ended: process.exited.then(endOf),
      stop: () => signal(process, SIGTERM),
      kill: () => signal(process, SIGKILL),
      ...(check && {
        check: () =>
          this.#check(check, (started) => {
            checking = started;
          }),
      }),
    };
  }

  async #check(argv: readonly string[], started: (process: HostProcess | undefined) => void): Promise<void> {
    const process = await this.#run(argv, () => undefined);
    started(process);
    void process.exited.then(() => started(undefined));
    await process.closeStdin();
    const end = endOf(await process.exited);
    if (!end.ok) throw new Error(`"${argv.join(" ")}" ${end.text}`);
  }

  #run(argv: readonly string[], line: (text: string) => void): Promise<HostProcess> {
    const { directory, env, spec } = this.#file;
    const stdout = new LineCutter(line);
    const stderr = new LineCutter(line);
    return this.#spawn({
      argv,
      cwd: directory,
      env: { PATH: "/bin:/usr/bin", HOME: "/root", SERVICE: spec.name, ...env },
      onStdout: (chunk) => stdout.push(chunk),
      onStderr: (chunk) => stderr.push(chunk),
    });
  }
}

function endOf(status: ExitStatus): ServiceEnd {
  if (status.kind === "signaled") {
    return { ok: status.signal === SIGTERM, text: `killed by signal ${status.signal}` };
  }
  return { ok: status.code === 0, text: `exited with status ${status.code}` };
}

/** One that is gone already needs no signal. */
function signal(process: HostProcess, number: number): void {
  process.kill(number).catch(() => undefined);
}
