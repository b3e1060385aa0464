import type { Device, DeviceNode, DeviceSession, Driver } from "@cloudos/abi";

export const LOOPBACK_NODE: DeviceNode = {
  path: "/loopback",
  compatible: ["test,loopback"],
  status: "okay",
  permission: "none",
  properties: { lines: 1 },
};

/** What is written to /dev/loopN-in comes out of every open /dev/loopN-out. */
export class LoopbackDriver implements Driver {
  readonly name = "loopback";
  readonly compatible = ["test,loopback"];
  readonly readers = new Set<DeviceSession>();
  /** Opens of the sinks. */
  writers = 0;
  held = 0;
  removals = 0;

  async probe(): Promise<Device> {
    this.held++;
    return {
      properties: { probed: true },
      files: [
        {
          name: "loop*-out",
          kind: "source",
          open: (session) => {
            this.readers.add(session);
            return { closed: () => void this.readers.delete(session) };
          },
        },
        {
          name: "loop*-in",
          kind: "sink",
          open: () => {
            this.writers++;
            return {
              doorbell: async (data) => {
                await Promise.all([...this.readers].map((session) => session.write(data)));
              },
              closed: () => {
                this.writers--;
              },
            };
          },
        },
      ],
      remove: () => {
        this.held--;
        this.removals++;
      },
    };
  }

  /** A record for everyone, or nothing. */
  send(record: Uint8Array): void {
    for (const session of this.readers) session.offer(record);
  }
}
