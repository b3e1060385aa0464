import type { BootErrorCode, DeviceTable, DiskOptions, Notice } from "@cloudos/abi";
import type { RegionNodes } from "@cloudos/fs-cloudfs";
import type { MemoryContents } from "@cloudos/hal-wasm/block/index";
import type { Board } from "./board.ts";

/** What the supervisor tells the services worker. */
export type ToServices =
  | {
      readonly type: "start";
      readonly board: Board;
      readonly storage: StorageConfig;
      /** One port per core, for questions about modules. */
      readonly cores: readonly MessagePort[];
      /** `HostFiles` over Comlink. */
      readonly files: MessagePort;
      readonly devices: DeviceTable;
    }
  /** Programs see these devices from now on; answered with the nodes of regions. */
  | { readonly type: "devices"; readonly request: number; readonly table: DeviceTable }
  /** Is it well? Answered. */
  | { readonly type: "ping"; readonly request: number }
  /** Stand still for ever, outside of the kernel; answered with "halted". */
  | { readonly type: "halt" }
  /** Sync and close the disk; answered with "stopped". */
  | { readonly type: "stop" };

export type FromServices =
  | { readonly type: "ready" }
  | { readonly type: "failed"; readonly code: BootErrorCode; readonly message: string }
  | { readonly type: "notice"; readonly notice: Notice }
  /** The service ended by a fault of its own after it was ready. */
  | { readonly type: "died"; readonly reason: string }
  | { readonly type: "answer"; readonly request: number; readonly regions: RegionNodes }
  | { readonly type: "halted" }
  | { readonly type: "stopped" };

/** Where files live, in words that can be posted. */
export interface StorageConfig {
  readonly disk: DiskOptions;
  /** Contents of a disk in memory, kept by whoever restarts the services. */
  readonly contents: MemoryContents | undefined;
  /** What the services must tell a successor if they are killed (fs-cloudfs's Journal): of `/` and of `/tmp`. */
  readonly journals: { readonly root: MemoryContents; readonly tmp: MemoryContents };
  /** Where kernel.wasm, gate.wasm and image/ are. */
  readonly osUrl: string;
  /** How many services of this machine there were before: 0 at boot. */
  readonly generation: number;
}
