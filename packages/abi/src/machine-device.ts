/**
 * The x86 machine as a device: what whoever owns a machine (the runtime) and the worker in which it runs say to each other.
 * One worker holds one machine. The first message is `create`; from then on requests with an `id` get exactly one `reply` each, in any order.
 * Bytes (terminal, 9P, frames) go through message ports of their own, so that nothing here is ever behind them.
 *
 *     created --start--> running <--resume/pause--> paused --save--> paused
 *         any state --stop, guest powers off, crash--> ended        (the worker may be terminated at any time)
 */

/** Devices and sizes of a machine. A saved state fits only a machine with equal hardware: see `hardwareId`. */
export interface MachineHardware {
  /** 16 to 2047. */
  readonly memoryMiB: number;
  /** 1 to 32: enough for the largest picture (1024x768 at 32 bits needs 4). */
  readonly videoMemoryMiB: number;
  /** A virtio network card. `mtu` 576 to 16384; larger ones make TCP faster inside the page. */
  readonly network: { readonly mtu: number } | null;
  /** A virtio 9P device with the mount tag "host9p". */
  readonly nineP: boolean;
  /** An IDE disk (first channel). A CD drive (second channel) is always there. */
  readonly disk: boolean;
}

/** Names hardware, for snapshots: equal exactly when a state of the one can be restored on the other. */
export function hardwareId(hardware: MachineHardware): string {
  const { memoryMiB, videoMemoryMiB, network, nineP, disk } = hardware;
  return `pc-1:memory=${memoryMiB},video=${videoMemoryMiB},network=${network?.mtu ?? 0},9p=${+nineP},disk=${+disk}`;
}

/** What a machine starts from. Buffers may be transferred. */
export type MachineBoot =
  /** No BIOS: the kernel (a bzImage) is entered directly. `display` gives it a linear frame buffer (vesafb) of 32 bits per pixel. */
  | {
      readonly kind: "kernel";
      readonly kernel: ArrayBuffer;
      readonly initrd: ArrayBuffer | null;
      readonly commandLine: string;
      readonly display: { readonly width: number; readonly height: number } | null;
    }
  /** A state that `save` gave, of equal hardware. It goes on exactly where it was, clock and identity included: renew them through the agent. */
  | { readonly kind: "state"; readonly state: ArrayBuffer }
  /** A BIOS (SeaBIOS) and VGA BIOS boot the CD or the disk. */
  | {
      readonly kind: "bios";
      readonly bios: ArrayBuffer;
      readonly videoBios: ArrayBuffer;
      readonly from: "cdrom" | "disk";
    };

/** Content of a disk or CD. */
export type MachineDisk =
  | { readonly kind: "bytes"; readonly bytes: ArrayBuffer }
  /** Read by HTTP range requests as needed; written blocks stay in memory (and in the saved state). */
  | { readonly kind: "url"; readonly url: string; readonly sizeBytes: number }
  /** A file of the VFS behind a port: DiskRequest out, DiskReply back. */
  | { readonly kind: "port"; readonly port: MessagePort; readonly sizeBytes: number; readonly readOnly: boolean };

/** `offset` and `length` are multiples of 512 bytes. */
export type DiskRequest =
  | { readonly id: number; readonly type: "read"; readonly offset: number; readonly length: number }
  | { readonly id: number; readonly type: "write"; readonly offset: number; readonly data: ArrayBuffer };
/** `data` for reads. `error` is a sentence; the guest sees an I/O error (reads as zeros). */
export interface DiskReply {
  readonly id: number;
  readonly data?: ArrayBuffer;
  readonly error?: string;
}

/**
 * Ends of message channels; each carries ArrayBuffers (transferred), one message a piece:
 * - console, agent: bytes in both directions, any grouping. To the guest they are paced by the guest's buffers; MachinePortRoom comes
 *   back as bytes are taken over, so that the sender can hold back (begin with MACHINE_PORT_WINDOW).
 * - serial: bytes from the guest (the kernel's log), and to it.
 * - nineP: the machine's end of ninep-port.ts.
 * - network: one Ethernet frame (14 to mtu + 14 bytes, no checksum) each way.
 * - audio: Float32Array buffers from the guest, see MachineAudio.
 */
export interface MachinePorts {
  readonly console: MessagePort | null;
  readonly agent: MessagePort | null;
  readonly serial: MessagePort | null;
  readonly nineP: MessagePort | null;
  readonly network: MessagePort | null;
  readonly audio: MessagePort | null;
}

/** On console and agent ports, from the machine: so many bytes reached the guest. */
export interface MachinePortRoom {
  readonly room: number;
}
/** Bytes a sender may have under way on a console or agent port. */
export const MACHINE_PORT_WINDOW = 256 * 1024;

/** On the audio port. Samples are -1 to 1; left and right have the same length. */
export type MachineAudio =
  | { readonly type: "samples"; readonly left: Float32Array; readonly right: Float32Array; readonly rateHz: number }
  | { readonly type: "beep"; readonly frequencyHz: number; readonly on: boolean };

export interface MachineConfig {
  /** For messages. */
  readonly name: string;
  /** The emulator, compiled once by the owner and shared by its machines. */
  readonly emulator: WebAssembly.Module;
  readonly hardware: MachineHardware;
  readonly boot: MachineBoot;
  readonly disk: MachineDisk | null;
  readonly cdrom: MachineDisk | null;
  /** Six bytes. The card of a restored guest has it, the guest's driver the old one until the agent sets it. */
  readonly mac: Uint8Array;
  /** Where the picture goes; null: nowhere (it is still computed on `screenshot`). */
  readonly canvas: OffscreenCanvas | null;
  readonly ports: MachinePorts;
  /** Part of a core this machine may use, above 0 to 1. */
  readonly cpuShare: number;
}

export type MachineRequest =
  | { readonly type: "create"; readonly id: number; readonly config: MachineConfig }
  | { readonly type: "start"; readonly id: number }
  | { readonly type: "pause"; readonly id: number }
  | { readonly type: "resume"; readonly id: number }
  /** Pauses first, and stays paused. Waits until no 9P request and no input is under way. */
  | { readonly type: "save"; readonly id: number }
  | { readonly type: "stats"; readonly id: number }
  /** PNG of the screen; text mode too. Needs OffscreenCanvas. */
  | { readonly type: "screenshot"; readonly id: number }
  /** Ctrl+Alt+Del is a key sequence (`input`); this is the reset button. */
  | { readonly type: "reset"; readonly id: number }
  | { readonly type: "eject"; readonly id: number }
  | { readonly type: "insert"; readonly id: number; readonly cdrom: MachineDisk }
  /** Target size of the guest's memory: the balloon takes the rest. */
  | { readonly type: "balloon"; readonly id: number; readonly memoryMiB: number }
  /** Ends the machine at once, as pulling the plug. */
  | { readonly type: "stop"; readonly id: number }
  /** The file service was restarted; this is a port to its successor. */
  | { readonly type: "reconnect-nine-p"; readonly port: MessagePort }
  | { readonly type: "cpu-share"; readonly share: number }
  /** Nobody looks: no picture is drawn. */
  | { readonly type: "visible"; readonly visible: boolean }
  /** Size of the terminal on console port 0. */
  | { readonly type: "console-size"; readonly rows: number; readonly columns: number }
  | { readonly type: "input"; readonly events: readonly MachineInput[] };

export type MachineInput =
  /** Scan code set 1 as the keyboard sends it (0xE0 first for extended keys, 0x80 set on release). See keyboard layouts in hal-wasm. */
  | { readonly kind: "scancodes"; readonly codes: readonly number[] }
  /** Position in pixels of the guest's picture; reaches guests with an absolute pointer. */
  | { readonly kind: "pointer"; readonly x: number; readonly y: number; readonly buttons: number }
  /** Movement, for guests without one. Buttons: 1 left, 2 right, 4 middle. */
  | { readonly kind: "mouse"; readonly dx: number; readonly dy: number; readonly buttons: number }
  /** Lines, positive away from the user. */
  | { readonly kind: "wheel"; readonly lines: number };

export interface MachineStats {
  readonly state: "created" | "running" | "paused" | "ended";
  /** Since creation: wall time running, and time spent emulating. */
  readonly runningMs: number;
  readonly busyMs: number;
  /** busyMs over wall time of the last second, 0 to 1. */
  readonly load: number;
  /** Milliseconds since load was last above 0.1 or input came. */
  readonly idleMs: number;
  /** Emulated instructions (a 32-bit counter of the emulator, unwrapped). */
  readonly instructions: number;
  /** All memory of the emulator, and the guest's part of it. */
  readonly hostBytes: number;
  readonly guestBytes: number;
  /** Bytes to and from the guest. */
  readonly console: readonly [number, number];
  readonly agent: readonly [number, number];
  /** Requests, bytes to the server, bytes to the guest. */
  readonly nineP: readonly [number, number, number];
  /** Frames and bytes out of the guest, frames and bytes into it, frames dropped. */
  readonly network: readonly [number, number, number, number, number];
  readonly display: MachineDisplay;
}

export interface MachineDisplay {
  readonly mode: "text" | "graphics";
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  /** The guest takes `pointer` events. */
  readonly absolutePointer: boolean;
}

export type MachineEndReason =
  /** The guest powered off or halted with interrupts off. */
  | "halted"
  /** The guest asked for a reset; microVMs do not restart by themselves. */
  | "rebooted"
  /** Its kernel panicked: the message holds the last lines of the log. */
  | "panicked"
  /** The emulator failed (a bad guest can do that). */
  | "crashed"
  /** No heartbeat for too long; the supervisor ended the worker. */
  | "hung"
  /** `stop`, or the worker was killed. */
  | "stopped";

export type MachineErrorCode = "invalid" | "no-memory" | "state-mismatch" | "state-corrupt" | "emulator" | "ended";
export interface MachineError {
  readonly code: MachineErrorCode;
  readonly message: string;
}

/** `value`: ArrayBuffer for save and screenshot, MachineStats for stats, absent otherwise. */
export type MachineReply =
  | { readonly type: "reply"; readonly id: number; readonly ok: true; readonly value?: ArrayBuffer | MachineStats }
  | { readonly type: "reply"; readonly id: number; readonly ok: false; readonly error: MachineError };

export type MachineEvent =
  | MachineReply
  /** Twice a second while the worker lives, with a load of 0 while paused. */
  | { readonly type: "heartbeat"; readonly load: number; readonly idleMs: number }
  | { readonly type: "display"; readonly display: MachineDisplay }
  | { readonly type: "ended"; readonly reason: MachineEndReason; readonly message: string };
