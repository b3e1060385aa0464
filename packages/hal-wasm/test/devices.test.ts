import type { DeviceNode, Driver, HardwareEvent } from "@cloudos/abi";
import { describe, expect, it } from "vitest";
import { faultyDriver } from "../src/devices/faulty-driver.ts";
import { MemoryDevicePort } from "../src/devices/memory-port.ts";
import { DeviceRegistry } from "../src/devices/registry.ts";
import { SYSTEM_LOG_NODE, SystemLog } from "../src/devices/system-log.ts";
import { describeDriver } from "./describe-driver.ts";
import { LOOPBACK_NODE, LoopbackDriver } from "./loopback-driver.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (data: Uint8Array) => new TextDecoder().decode(data);

describeDriver("loopback", () => {
  const driver = new LoopbackDriver();
  return {
    driver,
    node: LOOPBACK_NODE,
    stimulate: () => driver.send(bytes("12345678")),
    recordBytes: 8,
    sample: bytes("x".repeat(5000)),
    held: () => driver.held,
  };
});

describeDriver("system log", () => {
  const driver = new SystemLog();
  return {
    driver,
    node: SYSTEM_LOG_NODE,
    // Sequence numbers below 10: records of one size.
    stimulate: () => driver.add({ level: "info", atUs: 1, text: "something" }),
    recordBytes: 1,
  };
});

async function setUp(driver: Driver = new LoopbackDriver()) {
  const port = new MemoryDevicePort();
  const registry = new DeviceRegistry(port);
  const events: HardwareEvent["type"][] = [];
  registry.onChange(({ type }) => events.push(type));
  registry.addDriver(driver);
  registry.plug(LOOPBACK_NODE);
  await registry.settled();
  return { port, registry, events };
}

describe("the registry", () => {
  it("shows driver, files and properties in the node", async () => {
    const { registry, events } = await setUp();
    expect(registry.nodes).toEqual([
      {
        ...LOOPBACK_NODE,
        driver: "loopback",
        files: ["/dev/loop0-out", "/dev/loop0-in"],
        properties: { lines: 1, probed: true },
      },
    ]);
    expect(events).toEqual(["added", "changed"]);
  });

  it("numbers devices by the lowest number that is free", async () => {
    const { registry, port } = await setUp();
    registry.plug({ ...LOOPBACK_NODE, path: "/loopback@1" });
    registry.plug({ ...LOOPBACK_NODE, path: "/loopback@2" });
    await registry.settled();
    registry.unplug("/loopback@1");
    registry.plug({ ...LOOPBACK_NODE, path: "/loopback@3" });
    await registry.settled();
    expect(port.table.entries.map(({ name }) => name).sort()).toEqual(
      ["0", "1", "2"].flatMap((n) => [`loop${n}-in`, `loop${n}-out`]),
    );
  });

  it("carries bytes both ways", async () => {
    const { port } = await setUp();
    const out = port.open("loop0-out");
    await port.open("loop0-in").send(bytes("there and back"));
    expect(text(await out.read())).toBe("there and back");
  });

  it("a driver added later finds nodes that wait for it", async () => {
    const registry = new DeviceRegistry(new MemoryDevicePort());
    registry.plug(LOOPBACK_NODE);
    expect(registry.nodes[0]?.driver).toBeUndefined();
    registry.addDriver(new LoopbackDriver());
    await registry.settled();
    expect(registry.nodes[0]?.driver).toBe("loopback");
  });

  it("absent hardware is not probed and says why", async () => {
    const absent: DeviceNode = { ...LOOPBACK_NODE, status: "absent", reason: "No such thing here." };
    const driver = new LoopbackDriver();
    const registry = new DeviceRegistry(new MemoryDevicePort());
    registry.addDriver(driver);
    registry.plug(absent);
    await registry.settled();
    expect(registry.nodes).toEqual([absent]);
    expect(driver.held).toBe(0);
  });

  it("a probe that fails leaves a node with the reason; a retry starts it", async () => {
    const { registry } = await setUp(faultyDriver(new LoopbackDriver(), { probe: 1 }));
    expect(registry.nodes[0]).toMatchObject({ status: "failed", reason: "injected: probe 1" });
    registry.retry(LOOPBACK_NODE.path);
    await registry.settled();
    expect(registry.nodes[0]?.status).toBe("okay");
    expect(registry.nodes[0]?.reason).toBeUndefined();
  });

  it("an open that fails is that program's alone", async () => {
    const { port } = await setUp(faultyDriver(new LoopbackDriver(), { open: 1 }));
    expect(port.open("loop0-out").state).toBe("removed");
    expect(port.open("loop0-out").state).toBe("open");
  });

  it("a doorbell that throws takes the device down, not the others", async () => {
    const { port, registry } = await setUp(faultyDriver(new LoopbackDriver(), { doorbell: 1 }));
    registry.plug({ ...LOOPBACK_NODE, path: "/other" });
    await registry.settled();
    const reader = port.open("loop0-out");
    const writer = port.open("loop0-in");
    await writer.send(bytes("x"));
    expect(writer.state).toBe("removed");
    expect((await reader.read()).length).toBe(0);
    await registry.settled();
    expect(registry.nodes.map(({ status }) => status)).toEqual(["failed", "okay"]);
    expect(registry.nodes[0]?.reason).toBe("The driver of /dev/loop*-in failed: injected: doorbell 1");
  });

  it("a doorbell that hangs does not keep a removal waiting", async () => {
    const { port, registry } = await setUp(faultyDriver(new LoopbackDriver(), { hang: 1 }));
    const writer = port.open("loop0-in");
    const sent = writer.send(bytes("x"));
    registry.unplug(LOOPBACK_NODE.path);
    await sent;
    expect(writer.state).toBe("removed");
  });

  it("a removal that throws is reported and the node is gone all the same", async () => {
    const { registry } = await setUp(faultyDriver(new LoopbackDriver(), { remove: 1 }));
    registry.unplug(LOOPBACK_NODE.path);
    expect(registry.nodes).toEqual([]);
  });

  it("an open of a number that is gone is refused", async () => {
    const { port, registry } = await setUp();
    const { entries } = port.table;
    registry.unplug(LOOPBACK_NODE.path);
    port.table = { entries, nodes: [] };
    expect(port.open("loop0-out").state).toBe("removed");
  });

  it("a thousand plugs and pulls leave nothing behind", async () => {
    const driver = new LoopbackDriver();
    const { registry, port } = await setUp(driver);
    for (let round = 0; round < 1000; round++) {
      registry.unplug(LOOPBACK_NODE.path);
      registry.plug(LOOPBACK_NODE);
      if (round % 7 === 0) await registry.settled();
    }
    await registry.settled();
    expect(driver.held).toBe(1);
    expect(port.table.entries.map(({ name }) => name)).toEqual(["loop0-out", "loop0-in"]);
  });
});

describe("the system log", () => {
  it("gives what is kept, then what comes, and counts what a slow reader lost", async () => {
    const log = new SystemLog();
    log.add({ level: "info", atUs: 5, text: "before" });
    const port = new MemoryDevicePort();
    const registry = new DeviceRegistry(port);
    registry.addDriver(log);
    registry.plug(SYSTEM_LOG_NODE);
    await registry.settled();
    const reader = port.open("kmsg", 16);
    expect(text(await reader.read(15))).toBe("6,0,5,-;before\n");
    log.add({ level: "warn", atUs: 7, text: "on the way" });
    await new Promise((resolve) => setTimeout(resolve, 0));
    for (let n = 0; n < 600; n++) log.add({ level: "error", atUs: 7, text: `${n}` });
    let all = "";
    while (!all.endsWith(",7,-;599\n")) all += text(await reader.read());
    const [first, lost, oldest] = all.split("\n");
    expect(first).toBe("4,1,7,-;on the way");
    expect(lost).toBe("4,101,0,-;100 lines of the log were lost");
    expect(oldest).toBe("3,102,7,-;100");
  });
});
