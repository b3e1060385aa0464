import type { DeviceTable, HostFiles, ModuleService } from "@cloudos/abi";
import type { RegionNodes } from "@cloudos/fs-cloudfs";

/** The services of a machine, running on some thread. */
export interface Services {
  readonly files: HostFiles;
  readonly modules: ModuleService;
  /** Programs see these devices from now on. Returns the node ids of region files. */
  setDevices(table: DeviceTable): RegionNodes;
  /** Resolves when they were stopped; rejects with what they died of. */
  readonly served: Promise<void>;
  /** Syncs and closes the disk. */
  stop(): Promise<void>;
  /** Closes the disk as it is: what was not synced is lost, as when the worker is killed. */
  abandon(): Promise<void>;
}
