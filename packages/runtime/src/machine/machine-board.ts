/** What machines are made of. The composition root joins these to hal-wasm, the file service and the network. */
import type {
  MachineConfig,
  MachineDisplay,
  MachineEndReason,
  MachineInput,
  MachineStats,
} from "@cloudos/abi/machine-device";
import type { StateParts } from "@cloudos/abi/saved-state";
import type { ImageLayer } from "@cloudos/abi/vm-image";

export interface MachineEnd {
  readonly reason: MachineEndReason;
  readonly message: string;
}

/** One machine in its supervised worker. Every promise rejects once it has ended. */
export interface MachineDevice {
  start(): Promise<void>;
  pause(): Promise<void>;
  resume(): Promise<void>;
  /** Pauses first, and stays paused. */
  save(): Promise<ArrayBuffer>;
  stats(): Promise<MachineStats>;
  /** PNG. */
  screenshot(): Promise<ArrayBuffer>;
  reset(): Promise<void>;
  input(events: readonly MachineInput[]): void;
  setCpuShare(share: number): void;
  setVisible(visible: boolean): void;
  resizeConsole(columns: number, rows: number): void;
  /** Ends the worker; `ended` follows. */
  stop(): void;
  onDisplay(listener: (display: MachineDisplay) => void): void;
  readonly ended: Promise<MachineEnd>;
}

export interface MachineBoard {
  /** Emulator and version of its states, as StateParts name it. */
  readonly emulator: string;
  /** Rejects with an error whose `code` is a MachineErrorCode. */
  create(config: Omit<MachineConfig, "emulator">): Promise<MachineDevice>;
  split(state: ArrayBuffer): StateParts;
  join(parts: StateParts): ArrayBuffer;
}

/** The root file system of one machine, behind a 9P port. */
export interface RootExport {
  /** Transferred to the machine. */
  readonly port: MessagePort;
  /** The guest's open files and directories; ask while the machine is paused. */
  exportFids(): Promise<Uint8Array<ArrayBuffer>>;
  close(): void;
}

export interface RootSpec {
  readonly name: string;
  /** Read-only, lowest first. */
  readonly layers: readonly ImageLayer[];
  /** Directory in the OS's files that takes what the guest writes. It exists. */
  readonly writable: string;
  /** Open files to go on with. */
  readonly fids: Uint8Array | null;
}

export interface MachineFiles {
  exportRoot(root: RootSpec): Promise<RootExport>;
  /** Copies all of a writable directory, owners, devices and attributes included. */
  copyWritable(from: string, to: string): Promise<void>;
  /** The same as bytes, and back into a directory that is empty. */
  packWritable(path: string): Promise<Uint8Array<ArrayBuffer>>;
  unpackWritable(path: string, bytes: Uint8Array): Promise<void>;
}

/** A network segment in the page. */
export interface MachineNetwork {
  /** A port for MachinePorts.network. */
  connect(name: string): MessagePort;
}
