/** From a record to a running machine: blobs, files, ports, device, agent, identity. */
import { hardwareId, type MachineBoot, type MachineHardware } from "@cloudos/abi/machine-device";
import type { StateParts } from "@cloudos/abi/saved-state";
import type { ImageLayer, VmImage } from "@cloudos/abi/vm-image";
import { AgentClient } from "../agent/agent-client.ts";
import { PortChannel } from "../agent/byte-channel.ts";
import { type BiosMedium, biosImage, biosMedium, isIso } from "../images/bios-machine.ts";
import type { Progress } from "../images/blobs.ts";
import { baseId } from "../images/image-catalogue.ts";
import type { EnvironmentSpec } from "../runtime.ts";
import { RuntimeError } from "../runtime-error.ts";
import { checkSnapshot } from "../snapshot/check-snapshot.ts";
import { readSnapshot } from "../snapshot/read-snapshot.ts";
import type { MachineRecord } from "../store/machine-record.ts";
import type { MachineStore } from "../store/machine-store.ts";
import { ByteTail, GuestConsole } from "./guest-console.ts";
import { renewIdentity } from "./identity.ts";
import type { LiveMachine } from "./live-machine.ts";
import type { RootExport } from "./machine-board.ts";
import type { MachineRuntimeOptions } from "./machine-runtime.ts";

const LOG_BYTES = 64 * 1024;
/** Booted states kept in memory, for clones and saves: each is as large as the image's used memory. */
const STATES_KEPT = 2;
/** Where a guest finds its directory when its root is not on 9P. */
const SHARED = "/mnt/host";
const MOUNT_SHARED = `mkdir -p ${SHARED} && mount -t 9p -o trans=virtio,version=9p2000.L,msize=512000,access=client host9p ${SHARED}`;

export class Starter {
  readonly #options: MachineRuntimeOptions;
  readonly #store: MachineStore;
  /** By id, least recently used first. */
  readonly #states = new Map<string, Promise<ArrayBuffer>>();

  constructor(options: MachineRuntimeOptions, store: MachineStore) {
    this.#options = options;
    this.#store = store;
  }

  /** What a machine of this spec has. Rejects as ImageCatalogue.image does. */
  async hardware(spec: EnvironmentSpec): Promise<MachineHardware> {
    const image = await this.image(spec);
    return { ...image.hardware, memoryMiB: spec.memoryMiB ?? image.hardware.memoryMiB };
  }

  async image(spec: EnvironmentSpec): Promise<VmImage> {
    if (spec.disk !== undefined) return biosImage(spec, isIso(await this.#options.files.readFile(spec.disk)));
    if (spec.image === undefined) {
      throw new RuntimeError("invalid", `Cannot use "${spec.name}": it names no image`);
    }
    return this.#options.images.image(spec.image);
  }

  /** The parts of an image's booted state. */
  async baseParts(image: VmImage): Promise<StateParts> {
    return this.#options.board.split(await this.#bootedState(image, () => undefined));
  }

  async start(record: MachineRecord, restore: boolean, onProgress: Progress): Promise<LiveMachine> {
    const { spec, identity } = record;
    const image = await this.image(spec);
    const hardware = { ...image.hardware, memoryMiB: spec.memoryMiB ?? image.hardware.memoryMiB };
    const medium = spec.disk === undefined ? null : await this.#medium(spec.disk);
    const isBooted = spec.coldBoot !== true && hardwareId(hardware) === hardwareId(image.hardware);
    const source = restore
      ? await this.#savedBoot(record, image, hardware)
      : medium !== null
        ? { boot: medium.boot, fids: null, isRestored: false }
        : this.#imageBoot(image, isBooted, onProgress);
    const { isRestored } = source;
    // The tree is mounted while the state, which is far larger, still comes.
    const [boot, root] = await Promise.all([
      source.boot,
      hardware.nineP ? this.#root(record, image, await source.fids) : null,
    ]);
    const [console_, agent, serial] = [new MessageChannel(), new MessageChannel(), new MessageChannel()];
    const network = hardware.network === null ? null : (this.#options.network?.connect(spec.name) ?? null);
    const log = new ByteTail(LOG_BYTES);
    serial.port1.onmessage = ({ data }: MessageEvent<ArrayBuffer>) => log.push(new Uint8Array(data));
    try {
      const device = await this.#options.board.create({
        name: spec.name,
        hardware,
        boot,
        disk: medium?.disk ?? null,
        cdrom: medium?.cdrom ?? null,
        mac: Uint8Array.from(identity.mac),
        canvas: this.#options.canvas?.(spec.name, image) ?? null,
        ports: {
          console: console_.port2,
          agent: agent.port2,
          serial: serial.port2,
          nineP: root?.port ?? null,
          network,
          audio: null,
        },
        cpuShare: spec.cpuShare ?? 1,
      });
      const before = restore ? await this.#store.readConsole(spec.name) : new Uint8Array();
      const live: { -readonly [Field in keyof LiveMachine]: LiveMachine[Field] } = {
        device,
        console: new GuestConsole(new PortChannel(console_.port1), before),
        log,
        root,
        agent: new Promise(() => undefined),
        connectedAgent: null,
        ended: device.ended,
        warnings: [],
        display: null,
      };
      device.onDisplay((display) => {
        live.display = display;
      });
      // What was told while it was created was told to nobody.
      live.display = (await device.stats()).display;
      await device.start();
      live.agent =
        spec.disk !== undefined
          ? noAgent(spec.name)
          : this.#agent(record, live, new PortChannel(agent.port1), isRestored, image);
      live.agent.then(
        (connected) => {
          live.connectedAgent = connected;
        },
        () => undefined,
      );
      return live;
    } catch (error) {
      root?.close();
      throw error;
    }
  }

  /** Connects to the guest's agent and makes the guest the machine its record says. */
  async #agent(
    record: MachineRecord,
    live: LiveMachine,
    channel: PortChannel,
    isRestored: boolean,
    image: VmImage,
  ): Promise<AgentClient> {
    const { entropy, wallMs } = this.#options;
    const session = new DataView(entropy(new Uint8Array(4)).buffer).getUint32(0);
    const gone = live.ended.then(({ message }) => {
      throw new RuntimeError("ended", `Cannot reach "${record.spec.name}": ${message}`);
    });
    const agent = await Promise.race([AgentClient.connect(channel, session), gone]);
    const network = image.hardware.network !== null;
    live.warnings.push(...(await renewIdentity(agent, record.identity, { entropy, wallMs: wallMs(), network })));
    // A root in the RAM disk has its directory beside it; a restored machine has it mounted already.
    const mounts = live.root !== null && image.layers.length === 0 && !(isRestored && record.saved !== null);
    if (mounts) live.warnings.push(...(await mountShared(agent)));
    return agent;
  }

  async #medium(path: string): Promise<BiosMedium> {
    const { files, blobs, images } = this.#options;
    return biosMedium(path, files, blobs, await images.firmware());
  }

  async #root(record: MachineRecord, image: VmImage, fids: Uint8Array | null): Promise<RootExport> {
    const { spec } = record;
    const layers = await this.#layers(spec, image);
    const writable = this.#store.writable(spec.name);
    return this.#options.machineFiles.exportRoot({ name: spec.name, layers, writable, fids });
  }

  #imageBoot(image: VmImage, booted: boolean, onProgress: Progress): Boot {
    const { blobs } = this.#options;
    if (booted && image.snapshot !== null) {
      const { fids } = image.snapshot;
      const boot = this.#bootedState(image, onProgress).then(
        (state) => ({ kind: "state", state: state.slice(0) }) as const,
      );
      // Whoever waits for the open files first hears of their failure; this one must not count as unhandled.
      boot.catch(() => undefined);
      const table = fids === null ? null : blobs.load(fids).then((bytes) => new Uint8Array(bytes));
      return { boot, fids: table, isRestored: true };
    }
    return { boot: this.#kernelBoot(image, onProgress), fids: null, isRestored: false };
  }

  async #kernelBoot(image: VmImage, onProgress: Progress): Promise<MachineBoot> {
    const { blobs } = this.#options;
    const { commandLine, display } = image.boot;
    const [kernel, initrd] = await Promise.all([
      blobs.load(image.boot.kernel, onProgress),
      blobs.load(image.boot.initrd),
    ]);
    return { kind: "kernel", kernel, initrd, commandLine, display };
  }

  async #savedBoot(record: MachineRecord, image: VmImage, hardware: MachineHardware): Promise<Boot> {
    const { board, digest } = this.#options;
    const bytes = await this.#store.readState(record.spec.name);
    const target = { emulator: board.emulator, hardware: hardwareId(hardware), base: baseId(image) };
    const read = await readSnapshot([bytes], {
      check: (header) => checkSnapshot(header, target),
      base: () => this.baseParts(image),
      digest,
    });
    return { boot: { kind: "state", state: board.join(read.state) }, fids: read.fids, isRestored: true };
  }

  /** Shared between callers: take a copy of what is given away. */
  #bootedState(image: VmImage, onProgress: Progress): Promise<ArrayBuffer> {
    const state = image.snapshot?.state;
    if (state === undefined) {
      return Promise.reject(
        new RuntimeError("snapshot", `Cannot restore image "${image.name}": it has no booted state`),
      );
    }
    const known = this.#states.get(state.sha256);
    const loaded = known ?? this.#options.blobs.load(state, onProgress);
    this.#states.delete(state.sha256);
    this.#states.set(state.sha256, loaded);
    loaded.catch(() => this.#states.delete(state.sha256));
    if (this.#states.size > STATES_KEPT) this.#states.delete(this.#states.keys().next().value!);
    return loaded;
  }

  async #layers(spec: EnvironmentSpec, image: VmImage): Promise<readonly ImageLayer[]> {
    const packages = await Promise.all(
      (spec.packages ?? []).map((name) => this.#options.images.packageLayer(name, image.name)),
    );
    return [...image.layers, ...packages.map(({ layer }) => layer)];
  }
}

interface Boot {
  readonly boot: MachineBoot | Promise<MachineBoot>;
  readonly fids: Uint8Array | null | Promise<Uint8Array>;
  /** It goes on from a state, whoever's. */
  readonly isRestored: boolean;
}

function noAgent(name: string): Promise<AgentClient> {
  const message = `Cannot run a program in "${name}": a machine that boots its own disk has no agent of ours`;
  return Promise.reject(new RuntimeError("unsupported", message));
}

async function mountShared(agent: AgentClient): Promise<readonly string[]> {
  let said = "";
  const hear = (bytes: Uint8Array) => {
    said += new TextDecoder().decode(bytes);
  };
  const { exited } = agent.exec({ argv: ["/bin/sh", "-c", MOUNT_SHARED], onStdout: hear, onStderr: hear });
  const status = await exited;
  return status.kind === "exited" && status.code === 0 ? [] : [`Cannot mount ${SHARED} in the machine: ${said.trim()}`];
}
