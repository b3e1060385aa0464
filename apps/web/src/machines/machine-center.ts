/** The x86 machines of this page: one runtime, the `vm` command's other end, and what the shell shows of them. */
import type { HostConnection, Machine, MachineDisplay, MachineInput, Notice } from "@cloudos/abi";
import { sha256 } from "@cloudos/fs-cloudfs/imagefs/sha256";
import { EthernetSwitch } from "@cloudos/hal-wasm/machine/ethernet-switch";
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
  /** A machine with a screen runs. */
  readonly onScreen: (name: string) => void;
}

export class MachineCenter {
  readonly images: ImageCatalogue;
  readonly runtime: MachineRuntime;
  readonly blobs: HttpBlobs;
  readonly #options: MachineCenterOptions;
  readonly #board: WebBoard;
  readonly #files: ServedFiles;
  /** The machines of this page are on one segment. */
  readonly #lan = new EthernetSwitch();
  /** Screens of machines that have one; their pictures are drawn by the machines' workers. */
  readonly #canvases = new Map<string, HTMLCanvasElement>();
  /** What runs, for calls that cannot wait. */
  readonly #running = new Map<string, LiveMachine>();

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
      network: { connect: () => this.#lan.connect() },
      entropy: (bytes) => crypto.getRandomValues(bytes),
      wallMs: Date.now,
      digest,
      onChange: () => void this.#changed(),
      canvas: (name, image) => {
        if (image === null || image.boot.display === null) return null;
        const canvas = document.createElement("canvas");
        this.#canvases.set(name, canvas);
        return canvas.transferControlToOffscreen();
      },
    });
  }

  /** A person looks at the images: have ready what a start would wait for. */
  prepare(): void {
    this.#board.prepare();
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

  /** The element a machine's picture is in; undefined for machines without screen. */
  canvas(name: string): HTMLCanvasElement | undefined {
    return this.#canvases.get(name);
  }

  input(name: string, events: readonly MachineInput[]): void {
    this.#running.get(name)?.device.input(events);
  }
  setVisible(name: string, visible: boolean): void {
    this.#running.get(name)?.device.setVisible(visible);
  }
  async screenshot(name: string): Promise<ArrayBuffer> {
    return (await this.runtime.live(name)).device.screenshot();
  }
  async ended(name: string): Promise<void> {
    await this.#running.get(name)?.ended;
  }
  /** Hears the size of the machine's picture, now and when it changes. Returns the undoing. */
  watchDisplay(name: string, listener: (display: MachineDisplay) => void): () => void {
    let current = true;
    const live = this.#running.get(name);
    if (live?.display) listener(live.display);
    live?.device.onDisplay((display) => {
      if (current) listener(display);
    });
    return () => {
      current = false;
    };
  }
  /** Tells the machine's X server what is printed on the keys. `layout` is an XKB name. */
  async chooseLayout(name: string, layout: string): Promise<void> {
    let said = "";
    const hear = (bytes: Uint8Array) => {
      said += new TextDecoder().decode(bytes);
    };
    const execution = await this.runtime.exec(name, {
      argv: ["setxkbmap", layout],
      env: { DISPLAY: ":0", HOME: "/root", PATH: "/usr/local/bin:/usr/bin:/bin" },
      onStdout: hear,
      onStderr: hear,
    });
    const status = await execution.exited;
    if (status.kind === "exited" && status.code === 0) return;
    throw new Error(`Cannot change the keyboard layout of "${name}": ${said.trim() || "setxkbmap is not there"}`);
  }

  async #changed(): Promise<void> {
    const machines = await this.runtime.list();
    for (const { name, state } of machines) {
      if (state.name !== "running") {
        this.#running.delete(name);
        continue;
      }
      if (this.#running.has(name)) continue;
      const live = await this.runtime.live(name).catch(() => null);
      if (live === null) continue;
      this.#running.set(name, live);
      if (this.#canvases.has(name)) this.#options.onScreen(name);
    }
    this.#options.onChange(machines);
  }
}

const digest: Digest = (bytes) =>
  globalThis.crypto?.subtle === undefined ? Promise.resolve(sha256(bytes)) : subtleDigest(bytes);
