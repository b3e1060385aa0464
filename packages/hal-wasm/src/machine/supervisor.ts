/**
 * A machine in a worker, from outside. The worker beats twice a second; one that stays silent while its machine should run is hung
 * inside the emulator and is ended, that machine alone.
 */
import type {
  MachineConfig,
  MachineDisk,
  MachineDisplay,
  MachineEndReason,
  MachineEvent,
  MachineInput,
  MachineReply,
  MachineRequest,
  MachineStats,
} from "@cloudos/abi";
import { MachineFailure } from "./machine-error.ts";

/** Silence that ends a machine. Long: a tab in the background or a busy computer may hold everything up for seconds. */
const HUNG_MS = 30_000;
const CHECK_MS = 1000;

/** What is used of a Worker. */
export interface MachineWorkerHandle {
  postMessage(message: MachineRequest, transfer: Transferable[]): void;
  terminate(): void;
  onmessage: ((event: MessageEvent<MachineEvent>) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
}

export interface MachineEnd {
  readonly reason: MachineEndReason;
  readonly message: string;
}

/** What can be asked of a machine; every promise rejects with MachineFailure ("ended") once it has ended. */
export class SupervisedMachine {
  readonly ended: Promise<MachineEnd>;
  readonly #worker: MachineWorkerHandle;
  readonly #waiting = new Map<number, { resolve: (reply: MachineReply) => void; reject: (error: Error) => void }>();
  readonly #displayListeners: ((display: MachineDisplay) => void)[] = [];
  #resolveEnded!: (end: MachineEnd) => void;
  #end: MachineEnd | undefined;
  #nextId = 1;
  #running = false;
  #lastSeen = performance.now();
  #lastCheck = performance.now();
  #timer: ReturnType<typeof setInterval>;
  /** Of the last heartbeat. */
  load = 0;
  idleMs = 0;

  /** Starts a machine in `worker`, which runs `serveMachine`. Canvas, ports and boot buffers are transferred. */
  static async create(worker: MachineWorkerHandle, config: MachineConfig): Promise<SupervisedMachine> {
    const machine = new SupervisedMachine(worker);
    try {
      await machine.#ask({ type: "create", id: machine.#nextId++, config }, transferables(config));
    } catch (error) {
      machine.#finish("stopped", "It could not be created");
      throw error;
    }
    return machine;
  }

  private constructor(worker: MachineWorkerHandle) {
    this.#worker = worker;
    const ended = Promise.withResolvers<MachineEnd>();
    this.ended = ended.promise;
    this.#resolveEnded = ended.resolve;
    worker.onmessage = ({ data }) => this.#heard(data);
    worker.onerror = (event) => this.#finish("crashed", `Its worker failed: ${event.message ?? "unknown reason"}`);
    this.#timer = setInterval(() => this.#check(), CHECK_MS);
    (this.#timer as { unref?: () => void }).unref?.();
  }

  async start(): Promise<void> {
    this.#running = true;
    await this.#request({ type: "start" });
  }
  async pause(): Promise<void> {
    await this.#request({ type: "pause" });
    this.#running = false;
  }
  resume(): Promise<void> {
    return this.start();
  }
  /** Pauses first, and stays paused. */
  async save(): Promise<ArrayBuffer> {
    const state = (await this.#request({ type: "save" })) as ArrayBuffer;
    this.#running = false;
    return state;
  }
  async stats(): Promise<MachineStats> {
    return (await this.#request({ type: "stats" })) as MachineStats;
  }
  /** PNG. */
  async screenshot(): Promise<ArrayBuffer> {
    return (await this.#request({ type: "screenshot" })) as ArrayBuffer;
  }
  async reset(): Promise<void> {
    await this.#request({ type: "reset" });
  }
  async eject(): Promise<void> {
    await this.#request({ type: "eject" });
  }
  async insert(cdrom: MachineDisk): Promise<void> {
    await this.#request({ type: "insert", cdrom }, diskTransfer(cdrom));
  }
  async balloon(memoryMiB: number): Promise<void> {
    await this.#request({ type: "balloon", memoryMiB });
  }
  input(events: readonly MachineInput[]): void {
    this.#tell({ type: "input", events });
  }
  setCpuShare(share: number): void {
    this.#tell({ type: "cpu-share", share });
  }
  setVisible(visible: boolean): void {
    this.#tell({ type: "visible", visible });
  }
  resizeConsole(columns: number, rows: number): void {
    this.#tell({ type: "console-size", rows, columns });
  }
  /** The file service was restarted: the guest's 9P session goes on at its successor. */
  reconnectNineP(port: MessagePort): void {
    if (this.#end === undefined) this.#worker.postMessage({ type: "reconnect-nine-p", port }, [port]);
  }
  onDisplay(listener: (display: MachineDisplay) => void): void {
    this.#displayListeners.push(listener);
  }
  /** Ends the machine and its worker at once. */
  stop(): void {
    this.#finish("stopped", "Stopped");
  }

  async #request(
    request: DistributiveOmit<Extract<MachineRequest, { id: number }>, "id">,
    transfer: Transferable[] = [],
  ) {
    const reply = await this.#ask(
      { ...request, id: this.#nextId++ } as Extract<MachineRequest, { id: number }>,
      transfer,
    );
    return reply.ok ? reply.value : undefined;
  }

  #ask(request: Extract<MachineRequest, { id: number }>, transfer: Transferable[]): Promise<MachineReply> {
    if (this.#end !== undefined) return Promise.reject(this.#gone());
    return new Promise((resolve, reject) => {
      this.#waiting.set(request.id, { resolve, reject });
      this.#worker.postMessage(request, transfer);
    });
  }

  #tell(request: Exclude<MachineRequest, { id: number }>): void {
    if (this.#end === undefined) this.#worker.postMessage(request, []);
  }

  #heard(event: MachineEvent): void {
    this.#lastSeen = performance.now();
    switch (event.type) {
      case "reply": {
        const waiting = this.#waiting.get(event.id);
        this.#waiting.delete(event.id);
        if (event.ok) waiting?.resolve(event);
        else waiting?.reject(new MachineFailure(event.error.code, event.error.message));
        return;
      }
      case "heartbeat":
        this.load = event.load;
        this.idleMs = event.idleMs;
        return;
      case "display":
        for (const listener of this.#displayListeners) listener(event.display);
        return;
      case "ended":
        this.#finish(event.reason, event.message);
        return;
    }
  }

  #check(): void {
    const now = performance.now();
    // When this thread itself was held up, nothing is known about the worker yet.
    if (now - this.#lastCheck > 3 * CHECK_MS) this.#lastSeen = now;
    this.#lastCheck = now;
    if (this.#running && now - this.#lastSeen > HUNG_MS)
      this.#finish("hung", `No sign of life for ${Math.round((now - this.#lastSeen) / 1000)} s`);
  }

  #finish(reason: MachineEndReason, message: string): void {
    if (this.#end !== undefined) return;
    this.#end = { reason, message };
    clearInterval(this.#timer);
    this.#worker.onmessage = null;
    this.#worker.onerror = null;
    this.#worker.terminate();
    for (const { reject } of this.#waiting.values()) reject(this.#gone());
    this.#waiting.clear();
    this.#resolveEnded(this.#end);
  }

  #gone(): MachineFailure {
    return new MachineFailure("ended", `The machine has ended: ${this.#end?.message ?? ""}`);
  }
}

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

function transferables(config: MachineConfig): Transferable[] {
  const { boot, ports, canvas } = config;
  const buffers =
    boot.kind === "kernel"
      ? [boot.kernel, ...(boot.initrd === null ? [] : [boot.initrd])]
      : boot.kind === "state"
        ? [boot.state]
        : [];
  return [
    ...buffers,
    ...Object.values(ports).filter((port: MessagePort | null) => port !== null),
    ...(canvas === null ? [] : [canvas]),
    ...diskTransfer(config.disk),
    ...diskTransfer(config.cdrom),
  ];
}

function diskTransfer(disk: MachineDisk | null): Transferable[] {
  return disk?.kind === "port" ? [disk.port] : disk?.kind === "bytes" ? [disk.bytes] : [];
}
