import { afterEach, describe, expect, it } from "vitest";
import { MemoryDevicePort } from "../src/devices/memory-port.ts";
import { DeviceRegistry } from "../src/devices/registry.ts";
import { RemoteDevicePort, serveDevices } from "../src/devices/remote-port.ts";
import { LOOPBACK_NODE, LoopbackDriver } from "./loopback-driver.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (data: Uint8Array) => new TextDecoder().decode(data);
/** Messages cross, both ways and more than once. */
const turns = async () => {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
};

describe("devices over messages", () => {
  const channels: MessageChannel[] = [];
  afterEach(() => {
    for (const { port1 } of channels.splice(0)) port1.close();
  });

  /** A machine at one end, the registry at the other. */
  async function setUp() {
    const channel = new MessageChannel();
    channels.push(channel);
    const machine = new MemoryDevicePort();
    serveDevices(machine, channel.port1);
    const driver = new LoopbackDriver();
    const registry = new DeviceRegistry(new RemoteDevicePort(channel.port2));
    registry.addDriver(driver);
    registry.plug(LOOPBACK_NODE);
    await registry.settled();
    return { machine, driver, registry };
  }

  it("the machine knows the table once the registry has settled", async () => {
    const { machine } = await setUp();
    expect(machine.table.entries.map(({ name }) => name)).toEqual(["loop0-out", "loop0-in"]);
  });

  it("bytes come back in order and whole", async () => {
    const { machine } = await setUp();
    const out = machine.open("loop0-out", 1 << 20);
    const into = machine.open("loop0-in");
    await turns();
    let expected = "";
    for (let n = 0; n < 50; n++) {
      expected += `line ${n}\n`;
      await into.send(bytes(`line ${n}\n`));
    }
    expect(text(await out.read(expected.length))).toBe(expected);
  });

  it("a program that does not read holds back the one that writes", async () => {
    const { machine } = await setUp();
    const out = machine.open("loop0-out", 64);
    const into = machine.open("loop0-in");
    await turns();
    let taken = false;
    const sent = into.send(new Uint8Array(200)).then(() => {
      taken = true;
    });
    await turns();
    expect(taken).toBe(false);
    for (let read = 0; read < 200; ) read += (await out.read()).length;
    await sent;
  });

  it("records beyond what a program's buffer holds are refused, not queued without end", async () => {
    const { machine, driver } = await setUp();
    machine.open("loop0-out", 0);
    await turns();
    const [session] = driver.readers;
    let accepted = 0;
    while (session!.offer(new Uint8Array(512))) accepted++;
    expect(accepted).toBe(8);
  });

  it("a device that is pulled out is gone for the machine's programs", async () => {
    const { machine, registry, driver } = await setUp();
    const out = machine.open("loop0-out");
    const into = machine.open("loop0-in");
    await turns();
    registry.unplug(LOOPBACK_NODE.path);
    await registry.settled();
    await turns();
    expect([out.state, into.state]).toEqual(["removed", "removed"]);
    expect(machine.table.entries).toEqual([]);
    expect(driver.held).toBe(0);
  });

  it("a program that closes is forgotten, also with bytes on the way", async () => {
    const { machine, driver } = await setUp();
    const out = machine.open("loop0-out", 8);
    await turns();
    const [session] = driver.readers;
    const written = session!.write(new Uint8Array(100));
    await turns();
    out.close();
    await written;
    await turns();
    expect(driver.readers.size).toBe(0);
  });

  it("an open of something that is not there is refused", async () => {
    const { machine, registry } = await setUp();
    const { table } = machine;
    registry.unplug(LOOPBACK_NODE.path);
    await registry.settled();
    machine.table = table;
    const late = machine.open("loop0-out");
    await turns();
    expect(late.state).toBe("removed");
  });
});
