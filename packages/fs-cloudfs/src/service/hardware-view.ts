import type { DeviceTable } from "@cloudos/abi/device";
import type { Devfs } from "../devfs/devfs.ts";
import { hardwareText } from "../sysfs/hardware-text.ts";
import type { Sysfs } from "../sysfs/sysfs.ts";
import { type Mount, nodeId } from "../vfs/mounts.ts";
import type { PageCache } from "./page-cache.ts";

interface Attached {
  readonly devfs: Devfs;
  readonly sysfs: Sysfs;
  /** Where `devfs` is mounted. */
  readonly devices: Mount;
}

/** Node ids of region files by name: what a driver finds their pages by. */
export type RegionNodes = Readonly<Record<string, bigint>>;

/** What programs see of the hardware: /dev, /sys and /proc/hardware. The table is the host's. */
export class HardwareView {
  readonly #cache: PageCache;
  #table: DeviceTable = { entries: [], nodes: [] };
  #attached: Attached | undefined;
  /** /proc/hardware */
  text = "";

  constructor(cache: PageCache) {
    this.#cache = cache;
  }

  attach(attached: Attached): void {
    this.#attached = attached;
    this.set(this.#table);
  }

  /** The hardware is this from now on. */
  set(table: DeviceTable): RegionNodes {
    this.#table = table;
    this.text = hardwareText(table.nodes);
    if (this.#attached === undefined) return {};
    const { devfs, sysfs, devices } = this.#attached;
    // Memory of a device that is gone goes as well: nobody could map it again.
    for (const ino of devfs.setDevices(table.entries)) this.#cache.drop(nodeId(devices.fsId, ino));
    sysfs.setNodes(table.nodes);
    const regions: Record<string, bigint> = {};
    for (const ino of devfs.pinnedFiles()) regions[devfs.regionName(ino)] = nodeId(devices.fsId, ino);
    return regions;
  }
}
