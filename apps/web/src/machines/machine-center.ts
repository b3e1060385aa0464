/** The x86 machines of this page: one runtime, the `vm` command's other end, and what the shell shows of them. */
import type { HostConnection, Machine, Notice } from "@cloudos/abi";
import { sha256 } from "@cloudos/fs-cloudfs/imagefs/sha256";
import type { SupervisedMachine } from "@cloudos/hal-wasm/machine/supervisor";
import {
  CommandSession,
  type Digest,
  type EnvironmentInfo,
  HttpBlobs,
  ImageCatalogue,
  type LiveMachine,
  MachineRuntime,
  parseRequest,
  runVm,
  subtleDigest,
} from "@cloudos/runtime";
import { Checkpoints } from "./checkpoints.ts";
import { ServedFiles } from "./machine-files.ts";
import { WebBoard } from "./web-board.ts";

export interface MachineCenterOptions {
  readonly machine: Machine;
  readonly osUrl: string;
  readonly onChange: (machines: readonly EnvironmentInfo[]) => void;
  readonly onNotice: (text: string) => void;
}

export class MachineCenter {
  readonly images: ImageCatalogue;
  readonly runtime: MachineRuntime;
  readonly blobs: HttpBlobs;
  readonly #options: MachineCenterOptions;
  readonly #board: WebBoard;
  readonly #files: ServedFiles;

  constructor(options: MachineCenterOptions) {
    const { machine, osUrl } = options;
    const imagesUrl = new URL("images/", osUrl).href;
    this.#options = options;
    this.#board = new WebBoard(osUrl);
    this.#files = new ServedFiles(machine.files, imagesUrl);
    this.images = new ImageCatalogue(imagesUrl);
    this.blobs = new HttpBlobs(imagesUrl, digest);
    this.runtime = new MachineRuntime({
      kind: "microvm",
      board: this.#board,
      images: this.images,
      blobs: this.blobs,
      files: machine.files,
      machineFiles: this.#files,
      network: null,
      entropy: (bytes) => crypto.getRandomValues(bytes),
      wallMs: Date.now,
      digest,
      onChange: () => void this.#changed(),
    });
  }

  /** A program opened a stream to the page. Ours are those of `vm`; others are hung up. */
  connect(connection: HostConnection): void {
    const request = parseRequest(connection.text, "vm");
    if (request === null) {
      connection.close();
      return;
    }
    this.#board.prepare();
    void runVm({
      session: new CommandSession(connection, request),
      runtime: this.runtime,
      images: this.images,
      files: this.#options.machine.files,
    });
  }

  /** Saves states from now on, so that machines outlive the page. */
  keepStates(): void {
    new Checkpoints(this.runtime, this.#options.onNotice);
  }

  /** Machines that ran when the page went away go on. Resolves with their names. */
  async resumeInterrupted(): Promise<readonly string[]> {
    const resumed: string[] = [];
    for (const name of await this.runtime.interrupted()) {
      try {
        await this.runtime.resume(name);
        resumed.push(name);
      } catch (error) {
        this.#options.onNotice(error instanceof Error ? error.message : String(error));
      }
    }
    return resumed;
  }

  async noticed(notice: Notice): Promise<void> {
    if (notice.code !== "service-restarted") return;
    for (const [name, live] of await this.#live()) {
      await this.#files.reconnect(name, live.device as SupervisedMachine);
    }
  }

  async #live(): Promise<readonly (readonly [string, LiveMachine])[]> {
    const running = (await this.runtime.list()).filter(({ state }) => state.name === "running");
    return Promise.all(running.map(async ({ name }) => [name, await this.runtime.live(name)] as const));
  }

  async #changed(): Promise<void> {
    this.#options.onChange(await this.runtime.list());
  }
}

const digest: Digest = (bytes) =>
  globalThis.crypto?.subtle === undefined ? Promise.resolve(sha256(bytes)) : subtleDigest(bytes);
