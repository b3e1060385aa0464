import { Worker, MessageChannel as WorkerChannel } from "node:worker_threads";
import { NinePPort } from "@cloudos/abi/ninep-port";
import { expect, test } from "vitest";
import { Cloudfs } from "../src/cloudfs/cloudfs.ts";
import { Journal } from "../src/journal/journal.ts";
import { TFSYNC } from "../src/ninep/protocol.ts";
import { serveNineP } from "../src/ninep/serve-port.ts";
import type { FileSystem } from "../src/vfs/file-system.ts";
import { TestDevice } from "./memory-device.ts";
import { NinePClient, Pack } from "./ninep-client.ts";
import { newTmpfs, nowNs, serverOver, text } from "./ninep-machine.ts";

/** A machine's end of a port to a server over `fs`. */
function connect(fs: FileSystem) {
  const { port1, port2 } = new MessageChannel();
  const served = serveNineP(port1, serverOver(fs));
  const machine = new NinePPort(port2);
  const client = new NinePClient((message) => new Promise((resolve) => machine.handle(message, resolve)));
  return { machine, client, served };
}

test("9P goes over a port, with snapshots of the session", async () => {
  const fs = newTmpfs();
  const { machine, client, served } = connect(fs);
  await client.version();
  const root = await client.attach();
  const file = await client.create(root, "file");
  await client.write(file, 0, text("over the port"));
  const table = await machine.exportFids();
  machine.close();
  served.close();

  const second = connect(fs);
  await expect(second.machine.importFids(table.slice(0, 30))).rejects.toThrow("Cannot restore fids");
  await second.machine.importFids(table);
  expect(await second.client.read(file, 0, 20)).toEqual(text("over the port"));
  second.machine.close();
  second.served.close();
});

test("a guest goes on when the file service is restarted", async () => {
  const device = new TestDevice(8192);
  const buffer = new ArrayBuffer(0, { maxByteLength: 1 << 20 });
  const mount = (restarted: boolean) =>
    Cloudfs.mount(device, { format: true, nowNs, journal: new Journal(buffer), restarted });
  const { machine, client } = connect(await mount(false));
  await client.version();
  const root = await client.attach();
  await client.mkdir(root, "home");
  const home = await client.walk(root, "home");
  const file = await client.create(home, "file");
  await client.write(file, 0, text("before"));
  const gone = await client.create(home, "gone");
  await client.write(gone, 0, text("nameless"));
  for (const fid of [file, gone]) await client.call(TFSYNC, new Pack().u32(fid).u32(0));
  await client.unlink(home, "gone");
  await client.rename(root, "home", root, "elsewhere");
  const dead = await client.create(home, "dead");
  await client.clunk(dead);

  // A worker that is killed tells nobody: its server lets go of nothing.
  machine.disconnect();
  // Asked while there is no service; answered by the next.
  const early = client.read(file, 0, 20);
  const { port1, port2 } = new MessageChannel();
  const next = serveNineP(port1, serverOver(await mount(true)));
  machine.reconnect(port2);
  expect(await early).toEqual(text("before"));
  expect(await client.read(gone, 0, 20)).toEqual(text("nameless"));
  await client.clunk(await client.create(home, "after"));
  expect(await client.readdir(await client.open(await client.walk(root, "elsewhere")))).toEqual([
    ".",
    "..",
    "file",
    "dead",
    "after",
  ]);
  await expect(client.clunk(dead)).rejects.toMatchObject({ errno: 9 });
  machine.close();
  next.close();
});

test("what cannot be asked twice answers EIO when the service died over it", async () => {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => undefined;
  const machine = new NinePPort(port2);
  const client = new NinePClient((message) => new Promise((resolve) => machine.handle(message, resolve)));
  const made = client.mkdir(1, "x");
  machine.disconnect();
  const second = new MessageChannel();
  const served = serveNineP(second.port1, serverOver(newTmpfs()));
  machine.reconnect(second.port2);
  await expect(made).rejects.toMatchObject({ errno: 5 });
  machine.close();
  served.close();
  port1.close();
});

test("a machine that blocks has most replies when it asked, whatever their size", async () => {
  const { port1, port2 } = new WorkerChannel();
  const worker = new Worker(new URL("./ninep-worker.ts", import.meta.url), {
    workerData: { port: port1 },
    transferList: [port1],
  });
  const machine = new NinePPort(port2 as unknown as MessagePort, { blocks: true });
  let atOnce = 0;
  const client = new NinePClient(async (message) => {
    const reply = machine.ask(message);
    if (reply instanceof Uint8Array) atOnce++;
    return reply;
  });
  await client.version(512 * 1024);
  const root = await client.attach();
  const file = await client.create(root, "file");
  const data = Uint8Array.from({ length: 300_000 }, (_, i) => i * 7);
  await client.write(file, 0, data);
  // More than the mailbox holds comes by message.
  expect(await client.read(file, 0, 300_000)).toEqual(data);
  for (let i = 0; i < 500; i++) {
    expect(await client.read(file, i * 10, 10)).toEqual(data.slice(i * 10, i * 10 + 10));
    await client.clunk(await client.walk(root, "file"));
  }
  expect(atOnce).toBeGreaterThan(0);
  machine.close();
  await worker.terminate();
});

test("a machine that blocks goes on when the service shares its thread, or dies", async () => {
  const { port1, port2 } = new MessageChannel();
  const served = serveNineP(port1, serverOver(newTmpfs()));
  const machine = new NinePPort(port2, { blocks: true });
  const client = new NinePClient(async (message) => machine.ask(message));
  await client.version();
  const root = await client.attach();
  for (let i = 0; i < 10; i++) await client.mkdir(root, `d${i}`);
  expect((await client.getattr(root)).nlink).toBe(12);
  machine.close();
  served.close();
});
