import type { Device, DeviceFile, Driver } from "@cloudos/abi";

/** What goes wrong. Counted from 1; absent: never. */
export interface DriverFaults {
  /** Probe number n rejects. */
  readonly probe?: number;
  /** Open number n throws. */
  readonly open?: number;
  /** Doorbell number n throws. */
  readonly doorbell?: number;
  /** Doorbell number n never resolves. */
  readonly hang?: number;
  /** Removal number n throws. */
  readonly remove?: number;
}

/** A driver that fails as told: middleware for tests of what is above it. */
export function faultyDriver(driver: Driver, faults: DriverFaults): Driver {
  const counts = { probe: 0, open: 0, doorbell: 0, remove: 0 };
  const fail = (what: keyof typeof counts) => {
    counts[what]++;
    if (counts[what] === faults[what]) throw new Error(`injected: ${what} ${counts[what]}`);
  };
  const wrap = (file: DeviceFile): DeviceFile => {
    if (file.kind === "region") return file;
    return {
      ...file,
      open: (session) => {
        fail("open");
        const handlers = file.open(session);
        return {
          ...handlers,
          doorbell: (data) => {
            fail("doorbell");
            if (counts.doorbell === faults.hang) return new Promise(() => undefined);
            return handlers.doorbell?.(data);
          },
        };
      },
    };
  };
  return {
    ...driver,
    name: driver.name,
    compatible: driver.compatible,
    probe: async (node, bus): Promise<Device> => {
      fail("probe");
      const device = await driver.probe(node, bus);
      return {
        ...device,
        files: device.files.map(wrap),
        remove: () => {
          device.remove();
          fail("remove");
        },
      };
    },
  };
}
