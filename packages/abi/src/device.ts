/**
 * Hardware and its drivers. The board lists what there is as a tree of nodes; a driver takes a node and offers device files;
 * programs open these below /dev. Drivers run on the host's side, outside the kernel: a driver that fails takes its own device
 * with it and nothing else.
 */

/**
 * okay      there, and usable (by a driver, or by the kernel itself)
 * absent    this browser or computer has none, or does not let pages see it; `reason` says which
 * blocked   there, but a person must allow it first (`permission` "prompt") or has refused ("denied")
 * failed    the driver could not start it, or it stopped working; `reason` is the driver's
 */
export type DeviceStatus = "okay" | "absent" | "blocked" | "failed";

/** What the browser says about asking: "none" where nobody is asked. */
export type DevicePermission = "none" | "granted" | "prompt" | "denied";

export type DeviceProperty = string | number | boolean | readonly string[] | readonly number[];

/** A node of the device tree. Values are plain, so that a node can be posted. */
export interface DeviceNode {
  /** "/cpus/cpu0": a slash before each name; a node's parent need not be listed. */
  readonly path: string;
  /** What a driver looks for, the most specific first, as in a flattened device tree: "w3c,uievents-keyboard". */
  readonly compatible: readonly string[];
  readonly status: DeviceStatus;
  /** A sentence for a person; present unless the status is "okay". */
  readonly reason?: string;
  readonly permission: DevicePermission;
  /** Name of the bound driver. */
  readonly driver?: string;
  /** Device files it offers, absolute. */
  readonly files?: readonly string[];
  readonly properties: Readonly<Record<string, DeviceProperty>>;
}

export type DeviceErrorCode = "absent" | "blocked" | "failed" | "removed";

/** Why a driver cannot have its device; `message` becomes the node's reason. */
export class DeviceError extends Error {
  readonly code: DeviceErrorCode;
  constructor(code: DeviceErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = "DeviceError";
    this.code = code;
  }
}

/** Takes nodes of its kind. One driver may drive many devices. */
export interface Driver {
  readonly name: string;
  /** Any of these in a node's `compatible` makes it the driver's. */
  readonly compatible: readonly string[];
  /**
   * Takes hold of the hardware. Rejects with DeviceError when it cannot; then nothing is held. Called at most once at a time for a
   * node, and again after `remove`.
   */
  probe(node: DeviceNode, bus: DeviceBus): Promise<Device>;
}

/** What a driver may ask of the machine, for one device. */
export interface DeviceBus {
  /** The properties or the permission changed; what is left out stays. */
  update(change: { readonly properties?: DeviceNode["properties"]; readonly permission?: DevicePermission }): void;
  /** The hardware is gone or does not work any more: files close with ENODEV, the node says why, `remove` is called. */
  lost(reason: string): void;
}

/** A device that a driver holds. */
export interface Device {
  readonly files: readonly DeviceFile[];
  /** Properties to show in its node beside the node's own. */
  readonly properties?: DeviceNode["properties"];
  /**
   * Lets go of the hardware. Every session has been closed (`SessionHandlers.closed`) before; nothing may be sent after. Called once.
   */
  remove(): void;
}

/** A stream file: every open is a session of its own. */
export interface DeviceStreamFile {
  /** Below /dev: "input/event0". */
  readonly name: string;
  /** Programs read a source and write a sink. */
  readonly kind: "source" | "sink";
  /** A program opened it. Throwing refuses: the program's first read or write gets ENODEV. */
  open(session: DeviceSession): SessionHandlers;
}

/**
 * A region file: `sizeBytes` of memory that programs read, write and map as a file and the driver sees in place, page by page
 * (direct memory access: nothing is sent). Zero until written.
 */
export interface DeviceRegionFile {
  readonly name: string;
  readonly kind: "region";
  readonly sizeBytes: number;
}

export type DeviceFile = DeviceStreamFile | DeviceRegionFile;

/** One open of a stream file. Calls after the session was closed do nothing. */
export interface DeviceSession {
  /** Who opened it (descriptors may be handed on). */
  readonly pid: number;
  /** Source: puts in all of `record`, or nothing and returns false: the program does not keep up. Copies. */
  offer(record: Uint8Array): boolean;
  /** Source: resolves when the program's buffer has all of `data`, or the session is closed. In order. */
  write(data: Uint8Array): Promise<void>;
  /** Source: the end of the stream, after everything written. Sink: programs get EPIPE from now on. */
  end(): void;
}

export interface SessionHandlers {
  /**
   * The doorbell of a sink: a program wrote `data` (a copy, the driver's). While the promise is pending the program's buffer keeps
   * what comes next, and then the program waits.
   */
  doorbell?(data: Uint8Array): void | Promise<void>;
  /** The last descriptor was closed, its process died, or the device is being removed. Called once. */
  closed?(): void;
}

/** A device file as the file service must know it. Posted. */
export interface DeviceEntry {
  /** Below /dev. */
  readonly name: string;
  /** DEVICE_SOURCE_BASE + n or DEVICE_SINK_BASE + n; of a region its number below 1024, never given to another. */
  readonly device: number;
  /** Of a region, else 0. */
  readonly sizeBytes: number;
}

/** What programs see of the hardware: entries of /dev and the text of /proc/hardware. Posted whole at every change. */
export interface DeviceTable {
  readonly entries: readonly DeviceEntry[];
  readonly nodes: readonly DeviceNode[];
}

/** What happened to the tree. */
export type HardwareEvent =
  | { readonly type: "added"; readonly node: DeviceNode }
  | { readonly type: "changed"; readonly node: DeviceNode }
  | { readonly type: "removed"; readonly node: DeviceNode };

/** The machine's hardware as the page sees it. */
export interface Hardware {
  readonly nodes: readonly DeviceNode[];
  /** Probes every node it fits; nodes that come later too. */
  addDriver(driver: Driver): void;
  /** Hardware that was there at boot or was plugged in. A node with the same path is replaced, its device removed first. */
  plug(node: DeviceNode): void;
  /** Pulled out: its files close with ENODEV. */
  unplug(path: string): void;
  /** Tries a node's driver again (a person has given permission). */
  retry(path: string): void;
  /** Returns how to stop listening. */
  onChange(listener: (event: HardwareEvent) => void): () => void;
  /** Resolves when no probe is under way and the machine knows the current table. */
  settled(): Promise<void>;
}

/**
 * Input devices: what programs read is Linux's `struct input_event` (64-bit time), little-endian:
 *   0 seconds i64 | 8 microseconds i64 | 16 type u16 (EV_*) | 18 code u16 | 20 value i32
 * with the codes of Linux's input-event-codes.h. Times are wall time. A batch ends with EV_SYN / SYN_REPORT; after a batch that did
 * not fit the next one begins with SYN_DROPPED.
 */
export const INPUT_EVENT_SIZE = 24;
export const EV_SYN = 0;
export const EV_KEY = 1;
export const EV_REL = 2;
export const EV_ABS = 3;
export const SYN_REPORT = 0;
export const SYN_DROPPED = 3;
