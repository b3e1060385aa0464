import type { DeviceNode, Driver } from "@cloudos/abi";
import { MemoryDevicePort, type MemoryStream } from "./memory-port.ts";
import { DeviceRegistry } from "./registry.ts";

/** A driver under test and the hardware it drives. */
export interface DriverSubject {
  readonly driver: Driver;
  readonly node: DeviceNode;
  /** Makes the hardware produce something for the sources. Absent: there are none. */
  readonly stimulate?: () => void;
  /** Sources send whole records of this many bytes. */
  readonly recordBytes?: number;
  /** Something a program may write to the sinks. Absent: there are none. */
  readonly sample?: Uint8Array;
  /** What the hardware still holds for the driver (listeners, contexts): 0 when it was let go. */
  readonly held?: () => number;
  close?(): void;
}

export interface DriverCase {
  readonly name: string;
  run(subject: DriverSubject): Promise<void>;
}

const FILE_NAME = /^[a-z0-9][a-z0-9_.-]*(\/[a-z0-9][a-z0-9_.-]*)*$/;

/** What every driver must do, as cases for any test runner. Each throws on failure and gets a subject of its own. */
export const driverCases: readonly DriverCase[] = [
  {
    name: "offers files with fit names, once the machine knows of them",
    run: async (subject) => {
      const { registry, port } = await plugged(subject);
      const node = registry.nodes[0];
      check(node?.status === "okay", `the node is ${node?.status}: ${node?.reason}`);
      check(node?.driver === subject.driver.name, `its driver is ${node?.driver}`);
      check(port.table.entries.length > 0, "it has no files");
      for (const { name } of port.table.entries) check(FILE_NAME.test(name), `"${name}" is no name for a file`);
      registry.stop();
    },
  },
  {
    name: "sources send whole records to everyone who has them open",
    run: async (subject) => {
      const { stimulate, recordBytes = 1 } = subject;
      if (!stimulate) return;
      const { registry, port } = await plugged(subject);
      const readers = opened(port, "source").flatMap((name) => [port.open(name), port.open(name)]);
      stimulate();
      await turns();
      const heard = readers.filter(({ filled }) => filled > 0);
      check(heard.length >= 2, "nothing came");
      for (const reader of heard)
        check(reader.filled % recordBytes === 0, `${reader.filled} bytes are no whole records`);
      registry.stop();
    },
  },
  {
    name: "sends nothing to a program that has closed, and goes on for the others",
    run: async (subject) => {
      const { stimulate } = subject;
      if (!stimulate) return;
      const { registry, port } = await plugged(subject);
      const [closing, staying] = [streams(port, "source"), streams(port, "source")];
      for (const stream of closing) stream.close();
      await turns();
      stimulate();
      await turns();
      for (const stream of closing) check(stream.late === 0 && stream.filled === 0, "a closed stream was sent to");
      check(
        staying.some(({ filled }) => filled > 0),
        "the others got nothing",
      );
      registry.stop();
    },
  },
  {
    name: "a program that does not read holds up nobody and loses whole records",
    run: async (subject) => {
      const { stimulate, recordBytes = 1 } = subject;
      if (!stimulate) return;
      const { registry, port } = await plugged(subject);
      const names = opened(port, "source");
      const slow = names.map((name) => port.open(name, recordBytes * 2 + 1));
      const fast = names.map((name) => port.open(name, 1 << 20));
      for (let round = 0; round < 50; round++) stimulate();
      await turns();
      const most = Math.max(...fast.map(({ filled }) => filled));
      check(most > recordBytes * 2 + 1, "the one that reads got no more than the one that does not");
      for (const stream of slow) check(stream.filled % recordBytes === 0, "a record was cut");
      registry.stop();
    },
  },
  {
    name: "sinks take writes of any size",
    run: async (subject) => {
      const { sample } = subject;
      if (!sample) return;
      const { registry, port } = await plugged(subject);
      for (const name of opened(port, "sink")) {
        const stream = port.open(name);
        for (const length of [1, 3, sample.length]) await stream.send(sample.slice(0, length));
        check(stream.state === "open", `the driver gave up: ${registry.nodes[0]?.reason}`);
        stream.close();
      }
      await turns();
      registry.stop();
    },
  },
  {
    name: "pulled out while open: programs see the device gone, nothing is sent after, the hardware is let go",
    run: async (subject) => {
      const { registry, port } = await plugged(subject);
      const all = [...streams(port, "source"), ...streams(port, "sink")];
      const reading = all.map((stream) => stream.read());
      registry.unplug(subject.node.path);
      await Promise.all(reading);
      for (const stream of all) check(stream.state === "removed", `a stream is ${stream.state}`);
      subject.stimulate?.();
      await turns();
      for (const stream of all) check(stream.late === 0, "the driver sent to a removed device");
      check((subject.held?.() ?? 0) === 0, `the driver still holds ${subject.held?.()} of the hardware`);
      await registry.settled();
      check(port.table.entries.length === 0, "its files are still there");
      registry.stop();
    },
  },
  {
    name: "works again when it is plugged in again",
    run: async (subject) => {
      const { registry, port } = await plugged(subject);
      registry.unplug(subject.node.path);
      registry.plug(subject.node);
      await registry.settled();
      check(registry.nodes[0]?.status === "okay", `the node is ${registry.nodes[0]?.status}`);
      const readers = streams(port, "source");
      subject.stimulate?.();
      await turns();
      if (subject.stimulate)
        check(
          readers.some(({ filled }) => filled > 0),
          "nothing came",
        );
      registry.stop();
      check((subject.held?.() ?? 0) === 0, "the driver still holds the hardware");
    },
  },
  {
    name: "pulled out while it is being probed: lets go",
    run: async (subject) => {
      const port = new MemoryDevicePort();
      const registry = new DeviceRegistry(port);
      registry.addDriver(subject.driver);
      registry.plug(subject.node);
      registry.unplug(subject.node.path);
      await registry.settled();
      await turns();
      check(registry.nodes.length === 0, "the node is still there");
      check((subject.held?.() ?? 0) === 0, "the driver still holds the hardware");
      registry.stop();
    },
  },
];

async function plugged(subject: DriverSubject) {
  const port = new MemoryDevicePort();
  const registry = new DeviceRegistry(port);
  registry.addDriver(subject.driver);
  registry.plug(subject.node);
  await registry.settled();
  return { registry, port };
}

function opened(port: MemoryDevicePort, kind: "source" | "sink"): string[] {
  const isSink = (device: number) => device >= 2048;
  return port.table.entries
    .filter(({ device, sizeBytes }) => sizeBytes === 0 && isSink(device) === (kind === "sink"))
    .map(({ name }) => name);
}

function streams(port: MemoryDevicePort, kind: "source" | "sink"): MemoryStream[] {
  return opened(port, kind).map((name) => port.open(name));
}

/** Promise reactions that are ready, and one turn of the event loop. */
async function turns(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 0));
}

function check(holds: boolean, otherwise: string): void {
  if (!holds) throw new Error(otherwise);
}
