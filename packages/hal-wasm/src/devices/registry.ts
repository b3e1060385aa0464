import {
  DEVICE_SINK_BASE,
  DEVICE_SOURCE_BASE,
  type Device,
  type DeviceBus,
  type DeviceEntry,
  DeviceError,
  type DeviceFile,
  type DeviceNode,
  type DeviceStreamFile,
  type Driver,
  type Hardware,
  type HardwareEvent,
} from "@cloudos/abi";
import type { DevicePort, DeviceStream } from "./device-port.ts";
import { DeviceSessions } from "./sessions.ts";

/** Device numbers of each direction. */
const NUMBERS = DEVICE_SINK_BASE - DEVICE_SOURCE_BASE;

interface BoundFile {
  readonly file: DeviceFile;
  /** With `*` replaced. */
  readonly name: string;
  /** Of a region: its number among regions. */
  readonly device: number;
}

interface Slot {
  node: DeviceNode;
  /** The node as it was plugged in: what a retry starts from. */
  readonly found: DeviceNode;
  device: Device | undefined;
  files: readonly BoundFile[];
  /** Changes with every probe and removal: an answer from before is void. */
  epoch: number;
  probing: boolean;
}

/**
 * The device tree, its drivers and the files they offer. A `*` in the name of a file becomes the lowest number that is free
 * ("input/event*"). Whatever a driver throws costs its own device only.
 */
export class DeviceRegistry implements Hardware {
  readonly #port: DevicePort;
  readonly #slots = new Map<string, Slot>();
  readonly #drivers: Driver[] = [];
  readonly #listeners = new Set<(event: HardwareEvent) => void>();
  readonly #sessions = new DeviceSessions();
  readonly #lastNumber = { source: -1, sink: -1 };
  #nextRegion = 0;
  #probes = 0;
  #dirty = false;
  #publishing: Promise<void> = Promise.resolve();
  #stopped = false;
  #settledWaiters: (() => void)[] = [];

  constructor(port: DevicePort) {
    this.#port = port;
    port.onOpen = (device, stream) => this.#opened(device, stream);
  }

  get nodes(): readonly DeviceNode[] {
    return [...this.#slots.values()].map(({ node }) => node).sort((a, b) => compare(a.path, b.path));
  }

  addDriver(driver: Driver): void {
    this.#drivers.push(driver);
    for (const slot of this.#slots.values()) if (slot.device === undefined && !slot.probing) this.#bind(slot);
  }

  plug(node: DeviceNode): void {
    const known = this.#slots.get(node.path);
    if (known) this.#release(known);
    const slot: Slot = { node, found: node, device: undefined, files: [], epoch: 0, probing: false };
    this.#slots.set(node.path, slot);
    this.#changed({ type: known ? "changed" : "added", node });
    this.#bind(slot);
  }

  unplug(path: string): void {
    const slot = this.#slots.get(path);
    if (!slot) return;
    this.#slots.delete(path);
    this.#release(slot);
    this.#changed({ type: "removed", node: slot.node });
  }

  retry(path: string): void {
    const slot = this.#slots.get(path);
    if (!slot || slot.device || slot.probing) return;
    const driver = this.#driverOf(slot.found);
    if (driver) void this.#probe(slot, driver);
  }

  onChange(listener: (event: HardwareEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async settled(): Promise<void> {
    while (this.#probes > 0) await new Promise<void>((resolve) => this.#settledWaiters.push(resolve));
    while (this.#dirty) await Promise.resolve();
    await this.#publishing;
  }

  /** The machine goes down: drivers let go, nothing is published any more. */
  stop(): void {
    this.#stopped = true;
    for (const slot of this.#slots.values()) this.#release(slot);
  }

  #driverOf(node: DeviceNode): Driver | undefined {
    for (const compatible of node.compatible) {
      const driver = this.#drivers.find((each) => each.compatible.includes(compatible));
      if (driver) return driver;
    }
    return undefined;
  }

  #bind(slot: Slot): void {
    const driver = this.#driverOf(slot.node);
    if (driver && slot.node.status === "okay") void this.#probe(slot, driver);
  }

  async #probe(slot: Slot, driver: Driver): Promise<void> {
    const epoch = ++slot.epoch;
    const current = () => slot.epoch === epoch && this.#slots.get(slot.found.path) === slot;
    const bus: DeviceBus = {
      update: ({ properties, permission }) => {
        if (!current()) return;
        this.#set(slot, {
          ...(properties && { properties: { ...slot.node.properties, ...properties } }),
          ...(permission && { permission }),
        });
      },
      lost: (reason) => {
        if (current()) this.#fail(slot, reason);
      },
    };
    slot.probing = true;
    this.#probes++;
    try {
      const device = await driver.probe(slot.found, bus);
      if (!current() || this.#stopped) {
        device.remove();
        return;
      }
      slot.device = device;
      slot.files = device.files.map((file) => this.#name(file));
      const { reason: _, ...found } = slot.found;
      slot.node = {
        ...found,
        permission: slot.node.permission,
        status: "okay",
        driver: driver.name,
        files: slot.files.map(({ name }) => `/dev/${name}`),
        properties: { ...slot.node.properties, ...device.properties },
      };
      this.#changed({ type: "changed", node: slot.node });
    } catch (error) {
      if (!current()) return;
      const status = error instanceof DeviceError && error.code !== "removed" ? error.code : "failed";
      this.#set(slot, { status, reason: messageOf(error) });
    } finally {
      slot.probing = false;
      if (--this.#probes === 0) for (const wake of this.#settledWaiters.splice(0)) wake();
    }
  }

  #fail(slot: Slot, reason: string): void {
    this.#release(slot);
    const { files: _files, driver: _driver, ...found } = slot.node;
    slot.node = { ...found, status: "failed", reason };
    this.#changed({ type: "changed", node: slot.node });
  }

  /** Sessions first, so that programs and the driver hear of the end before the hardware is let go. */
  #release(slot: Slot): void {
    slot.epoch++;
    const held = slot.device;
    for (const { file, device } of slot.files) if (file.kind !== "region") this.#sessions.removeAll(device);
    slot.device = undefined;
    slot.files = [];
    try {
      held?.remove();
    } catch (error) {
      console.error(`The driver of ${slot.node.path} failed while it let go:`, error);
    }
  }

  #set(slot: Slot, change: Partial<DeviceNode>): void {
    slot.node = { ...slot.node, ...change };
    this.#changed({ type: "changed", node: slot.node });
  }

  #name(file: DeviceFile): BoundFile {
    const taken = new Set<string>();
    for (const { files } of this.#slots.values()) for (const { name } of files) taken.add(name);
    let name = file.name;
    for (let n = 0; taken.has(name) || name.includes("*"); n++) {
      name = file.name.includes("*") ? file.name.replace("*", String(n)) : `${file.name}.${n + 1}`;
      if (!taken.has(name)) break;
    }
    return { file, name, device: file.kind === "region" ? this.#nextRegion++ : this.#number(file.kind) };
  }

  /** Numbers go round, so that one is not used again soon after its device went. */
  #number(kind: DeviceStreamFile["kind"]): number {
    const used = new Set<number>();
    for (const { files } of this.#slots.values()) for (const { device } of files) used.add(device);
    const base = kind === "source" ? DEVICE_SOURCE_BASE : DEVICE_SINK_BASE;
    for (let tries = 0; tries < NUMBERS; tries++) {
      this.#lastNumber[kind] = (this.#lastNumber[kind] + 1) % NUMBERS;
      const number = base + this.#lastNumber[kind];
      if (!used.has(number)) return number;
    }
    throw new DeviceError("failed", `Cannot name the device: all ${NUMBERS} numbers are in use`);
  }

  #opened(device: number, stream: DeviceStream): void {
    for (const slot of this.#slots.values()) {
      for (const bound of slot.files) {
        if (bound.device !== device || bound.file.kind === "region") continue;
        const epoch = slot.epoch;
        this.#sessions.open(device, bound.file, stream, (reason) => {
          if (slot.epoch === epoch) this.#fail(slot, reason);
        });
        return;
      }
    }
    stream.remove();
  }

  #changed(event: HardwareEvent): void {
    for (const listener of this.#listeners) listener(event);
    if (this.#dirty || this.#stopped) return;
    this.#dirty = true;
    // One message for all changes of a turn, in order behind the last.
    queueMicrotask(() => {
      this.#dirty = false;
      if (this.#stopped) return;
      const table = { entries: this.#entries(), nodes: this.nodes };
      this.#publishing = this.#publishing.then(() => this.#port.publish(table)).catch(() => undefined);
    });
  }

  #entries(): DeviceEntry[] {
    return [...this.#slots.values()].flatMap(({ files }) =>
      files.map(({ file, name, device }) => ({
        name,
        device,
        sizeBytes: file.kind === "region" ? file.sizeBytes : 0,
      })),
    );
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
