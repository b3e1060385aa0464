/** Environments that are x86 machines: `microvm` (a kernel and layers, a terminal) and `vm` (a screen; any disk or CD). */
import type { HostFiles } from "@cloudos/abi/machine";
import type { VmImage } from "@cloudos/abi/vm-image";
import type { BlobStore, Progress } from "../images/blobs.ts";
import type { ImageCatalogue } from "../images/image-catalogue.ts";
import type {
  EnvironmentInfo,
  EnvironmentSpec,
  EnvironmentStats,
  ExecRequest,
  Execution,
  Runtime,
  RuntimeKind,
  SavedState,
} from "../runtime.ts";
import { RuntimeError } from "../runtime-error.ts";
import type { Digest } from "../snapshot/digest.ts";
import { type EnvironmentEvent, type EnvironmentState, isLive, transition } from "../states.ts";
import { checkName, type MachineRecord, RECORD_VERSION } from "../store/machine-record.ts";
import { MachineStore } from "../store/machine-store.ts";
import { addressText, type Entropy, freeHost, newIdentity } from "./identity.ts";
import type { LiveMachine } from "./live-machine.ts";
import type { MachineBoard, MachineFiles, MachineNetwork } from "./machine-board.ts";
import { Savior } from "./save-machine.ts";
import { Starter } from "./start-machine.ts";

export interface MachineRuntimeOptions {
  readonly kind: "microvm" | "vm";
  readonly board: MachineBoard;
  readonly images: ImageCatalogue;
  readonly blobs: BlobStore;
  readonly files: HostFiles;
  readonly machineFiles: MachineFiles;
  readonly network: MachineNetwork | null;
  readonly entropy: Entropy;
  readonly wallMs: () => number;
  readonly digest: Digest;
  /** Something changed: draw again. */
  readonly onChange?: () => void;
  /** Where a machine's picture goes; null: nowhere. */
  readonly canvas?: (name: string, image: VmImage | null) => OffscreenCanvas | null;
}

/** What 32-bit guests of this emulator can be given. */
const MEMORY_MIN_MIB = 16;
const MEMORY_MAX_MIB = 2047;
const GRACE_MS = 5000;

interface Entry {
  record: MachineRecord;
  state: EnvironmentState;
  live: LiveMachine | null;
  /** The operation under way: the next waits for it. */
  busy: Promise<unknown>;
}

export class MachineRuntime implements Runtime {
  readonly kind: RuntimeKind;
  readonly #options: MachineRuntimeOptions;
  readonly #store: MachineStore;
  readonly #starter: Starter;
  readonly #savior: Savior;
  readonly #entries = new Map<string, Entry>();
  #loaded: Promise<void> | null = null;

  constructor(options: MachineRuntimeOptions) {
    this.kind = options.kind;
    this.#options = options;
    this.#store = new MachineStore(options.files);
    this.#starter = new Starter(options, this.#store);
    this.#savior = new Savior(options, this.#store, this.#starter);
  }

  async list(): Promise<readonly EnvironmentInfo[]> {
    await this.#load();
    return [...this.#entries.values()].map(({ record, state }) => ({
      name: record.spec.name,
      kind: record.kind,
      state,
      image: record.spec.image ?? record.spec.disk ?? null,
      memoryMiB: record.spec.memoryMiB ?? 0,
      createdAtMs: record.createdAtMs,
      savedAtMs: record.saved?.savedAtMs ?? null,
      address: record.identity.host > 0 ? addressText(record.identity.host) : null,
    }));
  }

  /** Machines that were running when the page went away and can go on from a saved state. */
  async interrupted(): Promise<readonly string[]> {
    await this.#load();
    const entries = [...this.#entries.values()];
    return entries
      .filter(({ record, state }) => record.wasRunning && state.name === "suspended")
      .map(({ record }) => record.spec.name);
  }

  async create(spec: EnvironmentSpec): Promise<void> {
    await this.#load();
    const wrong = checkName(spec.name);
    if (wrong !== null) throw new RuntimeError("invalid", `Cannot create "${spec.name}": ${wrong}`);
    if (this.#entries.has(spec.name) || (await this.#store.names()).includes(spec.name)) {
      throw new RuntimeError("exists", `Cannot create "${spec.name}": there is a machine of that name`);
    }
    const memoryMiB = spec.memoryMiB ?? (await this.#starter.hardware(spec)).memoryMiB;
    this.#checkMemory(spec.name, memoryMiB);
    for (const name of spec.packages ?? []) await this.#options.images.packageLayer(name, spec.image ?? "");
    const record: MachineRecord = {
      version: RECORD_VERSION,
      kind: this.#options.kind,
      spec: { ...spec, memoryMiB },
      identity: newIdentity(spec.name, this.#freeHost(), this.#options.entropy),
      createdAtMs: this.#options.wallMs(),
      saved: null,
      wasRunning: false,
    };
    await this.#store.writeRecord(record);
    this.#entries.set(spec.name, { record, state: { name: "created" }, live: null, busy: Promise.resolve() });
    this.#changed();
  }

  start(name: string, onProgress?: Progress): Promise<void> {
    return this.#exclusive(name, (entry) => this.#start(entry, false, onProgress));
  }

  resume(name: string, onProgress?: Progress): Promise<void> {
    return this.#exclusive(name, async (entry) => {
      if (entry.record.saved === null) {
        throw new RuntimeError("state", `Cannot resume "${name}": it has no saved state. Start it instead`);
      }
      await this.#start(entry, true, onProgress);
    });
  }

  suspend(name: string): Promise<SavedState> {
    return this.#exclusive(name, async (entry) => {
      this.#to(entry, { type: "suspend" });
      const live = entry.live!;
      try {
        const saved = await this.#savior.save(entry.record, live, { resume: false });
        await this.#keep(entry, { saved: saved.record, wasRunning: false });
        this.#to(entry, { type: "suspended" });
        entry.live = null;
        this.#dismiss(live);
        return saved.result;
      } catch (error) {
        // A machine that could not be saved must not be lost for it.
        if (entry.state.name === "suspending") {
          await live.device.resume().catch(() => undefined);
          this.#to(entry, { type: "suspend-failed" });
        }
        throw error;
      }
    });
  }

  snapshot(name: string): Promise<SavedState> {
    return this.#exclusive(name, async (entry) => {
      const live = this.#running(entry, "save the state of");
      const saved = await this.#savior.save(entry.record, live, { resume: true });
      await this.#keep(entry, { saved: saved.record });
      return saved.result;
    });
  }

  clone(name: string, as: string): Promise<SavedState> {
    return this.#exclusive(name, async (entry) => {
      const wrong = checkName(as);
      if (wrong !== null) throw new RuntimeError("invalid", `Cannot create "${as}": ${wrong}`);
      if (this.#entries.has(as))
        throw new RuntimeError("exists", `Cannot create "${as}": there is a machine of that name`);
      const { record } = entry;
      if (isLive(entry.state)) this.#running(entry, "clone");
      else if (record.saved === null) {
        throw new RuntimeError("state", `Cannot clone "${name}": it is ${entry.state.name} and has no saved state`);
      }
      const identity = newIdentity(as, this.#freeHost(), this.#options.entropy);
      const fresh: MachineRecord = {
        ...record,
        spec: { ...record.spec, name: as },
        identity,
        createdAtMs: this.#options.wallMs(),
        saved: null,
        wasRunning: false,
      };
      const saved = await this.#savior.clone(record, entry.live, fresh);
      const cloned = { ...fresh, saved: saved.record };
      await this.#store.writeRecord(cloned);
      this.#entries.set(as, { record: cloned, state: { name: "suspended" }, live: null, busy: Promise.resolve() });
      this.#changed();
      return saved.result;
    });
  }

  async exec(name: string, request: ExecRequest): Promise<Execution> {
    const entry = await this.#find(name);
    const agent = await this.#running(entry, "run a program in").agent;
    return agent.exec({
      argv: request.argv,
      ...(request.env && { env: request.env }),
      ...(request.cwd !== undefined && { cwd: request.cwd }),
      ...(request.user && { uid: request.user.uid, gid: request.user.gid }),
      ...(request.terminal && { terminal: request.terminal }),
      onStdout: request.onStdout,
      onStderr: request.onStderr,
    });
  }

  async stats(name: string): Promise<EnvironmentStats> {
    const { live, record } = await this.#find(name);
    const savedBytes = record.saved?.sizeBytes ?? 0;
    if (live === null) return { hostBytes: 0, busyMs: 0, load: 0, savedBytes, detail: {} };
    const stats = await live.device.stats();
    const { hostBytes, busyMs, load } = stats;
    const detail = {
      guestBytes: stats.guestBytes,
      instructions: stats.instructions,
      idleMs: Math.round(stats.idleMs),
      consoleOut: stats.console[0],
      consoleIn: stats.console[1],
      nineRequests: stats.nineP[0],
      nineOut: stats.nineP[1],
      nineIn: stats.nineP[2],
      framesOut: stats.network[0],
      framesIn: stats.network[2],
      framesDropped: stats.network[4],
    };
    return { hostBytes, busyMs, load, savedBytes, detail };
  }

  stop(name: string, options: { readonly graceful?: boolean } = {}): Promise<void> {
    return this.#exclusive(name, async (entry) => {
      if (!isLive(entry.state)) return;
      this.#to(entry, { type: "stop" });
      const live = entry.live!;
      if (options.graceful === true) await this.#powerOff(live);
      live.device.stop();
      await live.ended;
      entry.live = null;
      this.#to(entry, { type: "stopped" });
      await this.#keep(entry, { wasRunning: false });
    });
  }

  remove(name: string): Promise<void> {
    return this.#exclusive(name, async (entry) => {
      const { live } = entry;
      if (live !== null) {
        entry.live = null;
        this.#dismiss(live);
        await live.ended;
      }
      await this.#store.remove(name);
      this.#entries.delete(name);
      this.#changed();
    });
  }

  /** Whether it has a terminal and an agent of ours: not when it boots its own disk. */
  async isOurs(name: string): Promise<boolean> {
    return (await this.#find(name)).record.spec.disk === undefined;
  }

  /** What there is to attach to. Rejects with "state" unless it runs. */
  async live(name: string): Promise<LiveMachine> {
    return this.#running(await this.#find(name), "attach to");
  }

  /** The machine as a file: its state, the one it has now or the saved one, and the files it wrote. */
  export(name: string): Promise<Uint8Array<ArrayBuffer>> {
    return this.#exclusive(name, async ({ record, live, state }) => {
      if (live === null && record.saved === null) {
        throw new RuntimeError("state", `Cannot export "${name}": it is ${state.name} and has no saved state`);
      }
      return this.#savior.export(record, live);
    });
  }

  /** A machine from an exported file: checked whole before anything is kept. */
  async adopt(name: string, spec: EnvironmentSpec, state: Uint8Array): Promise<void> {
    await this.create({ ...spec, name });
    await this.#exclusive(name, async (entry) => {
      try {
        const saved = await this.#savior.adopt(entry.record, state);
        await this.#keep(entry, { saved });
        entry.state = { name: "suspended" };
        this.#changed();
      } catch (error) {
        await this.#store.remove(name);
        this.#entries.delete(name);
        throw error;
      }
    });
  }

  /** The directory its root file system writes to. */
  writable(name: string): string {
    return this.#store.writable(name);
  }

  async #start(entry: Entry, restore: boolean, onProgress: Progress = () => undefined): Promise<void> {
    const { name } = entry.record.spec;
    this.#to(entry, { type: "start" });
    try {
      const live = await this.#starter.start(entry.record, restore, onProgress);
      entry.live = live;
      void live.ended.then(({ reason, message }) => this.#ended(entry, live, reason === "halted" ? null : message));
      this.#to(entry, { type: "started" });
      await this.#keep(entry, { wasRunning: true });
    } catch (error) {
      if (entry.state.name === "starting") {
        const state: EnvironmentState = restore ? { name: "suspended" } : { name: "stopped" };
        entry.state = entry.record.saved === null || restore ? state : { name: "suspended" };
        this.#changed();
      }
      throw error instanceof RuntimeError ? error : wrap(name, error);
    }
  }

  #ended(entry: Entry, live: LiveMachine, reason: string | null): void {
    live.root?.close();
    live.console.close();
    live.agent.then(
      (agent) => agent.close(reason ?? "the machine has ended"),
      () => undefined,
    );
    if (entry.live !== live) return;
    if (entry.state.name !== "stopping") entry.live = null;
    this.#to(entry, { type: "ended", reason });
    void this.#keep(entry, { wasRunning: false }).catch(() => undefined);
  }

  #dismiss(live: LiveMachine): void {
    live.device.stop();
  }

  async #powerOff(live: LiveMachine): Promise<void> {
    const agent = await Promise.race([live.agent.catch(() => null), live.ended.then(() => null)]);
    if (agent === null) return;
    await agent.shutdown("power-off").catch(() => undefined);
    await Promise.race([live.ended, new Promise((resolve) => setTimeout(resolve, GRACE_MS))]);
  }

  #running(entry: Entry, action: string): LiveMachine {
    if (entry.state.name !== "running" || entry.live === null) {
      const { name } = entry.record.spec;
      throw new RuntimeError("state", `Cannot ${action} "${name}": it is ${entry.state.name}`);
    }
    return entry.live;
  }

  #to(entry: Entry, event: EnvironmentEvent): void {
    entry.state = transition(entry.record.spec.name, entry.state, event);
    this.#changed();
  }

  async #keep(entry: Entry, change: Partial<MachineRecord>): Promise<void> {
    entry.record = { ...entry.record, ...change };
    await this.#store.writeRecord(entry.record);
    // A state that was said to be saved survives the tab.
    if (change.saved !== undefined) await this.#options.files.sync();
    this.#changed();
  }

  #changed(): void {
    this.#options.onChange?.();
  }

  #freeHost(): number {
    return freeHost(new Set([...this.#entries.values()].map(({ record }) => record.identity.host)));
  }

  #checkMemory(name: string, memoryMiB: number): void {
    if (Number.isSafeInteger(memoryMiB) && memoryMiB >= MEMORY_MIN_MIB && memoryMiB <= MEMORY_MAX_MIB) return;
    const range = `${MEMORY_MIN_MIB} to ${MEMORY_MAX_MIB} MiB`;
    throw new RuntimeError(
      "memory",
      `Cannot create "${name}": ${memoryMiB} MiB of memory; a 32-bit machine here has ${range}`,
    );
  }

  /** One operation at a time per machine, in the order asked. */
  async #exclusive<T>(name: string, operation: (entry: Entry) => Promise<T>): Promise<T> {
    const entry = await this.#find(name);
    const mine = entry.busy.then(() => operation(entry));
    entry.busy = mine.catch(() => undefined);
    return mine;
  }

  async #find(name: string): Promise<Entry> {
    await this.#load();
    const entry = this.#entries.get(name);
    if (entry === undefined) throw new RuntimeError("not-found", `There is no machine "${name}"`);
    return entry;
  }

  #load(): Promise<void> {
    this.#loaded ??= (async () => {
      for (const name of await this.#store.names()) {
        const record = await this.#store.record(name);
        if (record === null || record.kind !== this.kind) continue;
        const state: EnvironmentState = { name: record.saved === null ? "stopped" : "suspended" };
        this.#entries.set(name, { record, state, live: null, busy: Promise.resolve() });
      }
    })();
    return this.#loaded;
  }
}

function wrap(name: string, cause: unknown): RuntimeError {
  const { code, message } = cause as { code?: unknown; message?: unknown };
  const text = typeof message === "string" ? message : String(cause);
  if (code === "no-memory") return new RuntimeError("memory", `Cannot start "${name}": ${text}`, { cause });
  if (typeof code === "string" && code.startsWith("state-")) return new RuntimeError("snapshot", text, { cause });
  return new RuntimeError("ended", `Cannot start "${name}": ${text}`, { cause });
}
