import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Machine } from "@cloudos/abi";
import { NinePPort } from "@cloudos/abi/ninep-port";
import * as Comlink from "comlink";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { buildChunkTree, TreeImage } from "../../packages/fs-cloudfs/src/chunkfs/node/index.ts";
import { NinePClient } from "../../packages/fs-cloudfs/test/ninep-client.ts";
import { bootForTest, exited, run } from "./harness.ts";

const text = (string: string) => new TextEncoder().encode(string);
const string = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

describe.each([
  { name: "UP", options: { mode: "up" } as const },
  { name: "SMP", options: { mode: "smp", cores: 2 } as const },
])("overlays and 9P exports, $name", ({ options }) => {
  let machine: Machine;
  beforeAll(async () => {
    machine = await bootForTest(options);
  });
  afterAll(() => machine.shutdown());

  const sh = async (script: string) => {
    const { status, stdout, stderr } = await run(machine, ["sh", "-c", script]);
    expect({ script, stderr }).toEqual({ script, stderr: "" });
    expect(status).toEqual(exited(0));
    return stdout;
  };
  const exported = async (name: string, writable: string) => {
    const { port1, port2 } = new MessageChannel();
    await machine.files.exportTree({ name, writable, layers: [], fids: null }, Comlink.transfer(port1, [port1]));
    return port2;
  };
  const clientOf = (port: NinePPort) =>
    new NinePClient((message) => new Promise((resolve) => port.handle(message, resolve)));

  it("mounts an overlay that programs use like any directory", async () => {
    await sh(
      "mkdir -p low/dir high/dir up on; echo low > low/file; echo low > low/dir/a; echo high > high/dir/b; seq 20000 > low/big",
    );
    await sh("mount -t overlay -o lowerdir=high:low,upperdir=up overlay on");
    expect(
      await sh(
        "cd on; ls . dir; cat file dir/b; echo more >> file; rm dir/a; mkdir new; mv dir moved; echo x > moved/c",
      ),
    ).toBe(".:\nbig\ndir\nfile\n\ndir:\na\nb\nlow\nhigh\n");
    expect(await sh("cd on; cat file; ls . moved; echo end >> big; tail -n 2 big; wc -l < big; cat ../low/file")).toBe(
      "low\nmore\n.:\nbig\nfile\nmoved\nnew\n\nmoved:\nb\nc\n20000\nend\n20001\nlow\n",
    );
    await sh("sync; umount on; mount -t overlay -o lowerdir=high:low,upperdir=up overlay on");
    expect(await sh("cd on; cat file; ls moved; tail -n 1 big; mount | grep -c overlay")).toBe(
      "low\nmore\nb\nc\nend\n1\n",
    );
    const { status } = await run(machine, [
      "sh",
      "-c",
      "mkdir o2; mount -t overlay -o lowerdir=low,upperdir=up overlay o2",
    ]);
    expect(status).toEqual(exited(32));
  });

  it("shows machines what programs write, and programs what machines write", async () => {
    await sh("mkdir shared; echo cached > shared/file; cat shared/file");
    const port = new NinePPort(await exported("shared", "/home/user/shared"));
    const client = clientOf(port);
    await client.version();
    const root = await client.attach();
    const file = await client.open(await client.walk(root, "file"), 2);
    expect(string(await client.read(file, 0, 100))).toBe("cached\n");
    await client.write(file, 7, text("by the guest\n"));
    expect(await sh("cat shared/file; echo by a program >> shared/file")).toBe("cached\nby the guest\n");
    expect(string(await client.read(file, 0, 100))).toBe("cached\nby the guest\nby a program\n");
    expect((await client.getattr(file)).size).toBe(33);
    await client.setattr(file, 8, { size: 3 });
    expect(await sh("cat shared/file; rm shared/file; ls shared")).toBe("cac");
    port.close();
    await machine.files.endExport("shared");
  });

  it("refuses a second machine on a directory; a session goes on when the file service is restarted", async () => {
    await sh("mkdir private");
    const port = new NinePPort(await exported("one", "/home/user/private"));
    await expect(exported("two", "/home/user/private")).rejects.toThrow('"one" has it');
    const client = clientOf(port);
    await client.version();
    const root = await client.attach();
    const file = await client.create(root, "file");
    await client.write(file, 0, text("before"));
    await machine.files.sync();
    port.disconnect();
    await machine.killService("vfs");
    const read = client.read(file, 0, 100);
    port.reconnect(await exported("one", "/home/user/private"));
    expect(string(await read)).toBe("before");
    await client.write(file, 6, text(" and after"));
    expect(await sh("cat private/file")).toBe("before and after");
    port.close();
    await machine.files.endExport("one");
  });

  it("copies a machine's directory as it is", async () => {
    await sh("mkdir -p from/sub; echo x > from/sub/a; ln from/sub/a from/b; ln -s sub/a from/l; chmod 640 from/b");
    await machine.files.copyTree("/home/user/from", "/home/user/to");
    expect(await sh("cd to; cat b; readlink l; [ b -ef sub/a ] && stat -c '%a %h' b")).toBe("x\nsub/a\n640 2\n");
    await expect(machine.files.copyTree("/home/user/from", "/home/user/to")).rejects.toThrow("not empty");
  });

  it("gives a machine layers over HTTP, and learns what it reads first", async () => {
    const scratch = mkdtempSync(join(tmpdir(), "layers-"));
    const tree = new TreeImage();
    for (let i = 0; i < 30; i++) tree.file(`etc/f${i}`, new Uint8Array(60_000).fill(i + 1));
    const { id } = await buildChunkTree(tree, { treeFile: join(scratch, "base.tree"), blobs: join(scratch, "blobs") });
    const asked: string[] = [];
    const server = createServer((request, response) => {
      asked.push(request.url ?? "");
      response.end(readFileSync(join(scratch, request.url ?? "")));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => {
      server.close();
      rmSync(scratch, { recursive: true });
    });
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const layers = [{ treeUrl: `${url}base.tree`, blobsUrl: url, id }];
    await sh("mkdir vm");
    const open = async (fids: Uint8Array | null) => {
      const { port1, port2 } = new MessageChannel();
      const writable = "/home/user/vm";
      await machine.files.exportTree({ name: "vm", writable, layers, fids }, Comlink.transfer(port1, [port1]));
      return new NinePPort(port2);
    };
    const port = await open(null);
    const client = clientOf(port);
    await client.version();
    const root = await client.attach();
    const file = await client.open(await client.walk(root, "etc/f20"), 2);
    expect(await client.read(file, 100, 5)).toEqual(new Uint8Array(5).fill(21));
    await client.write(file, 0, text("changed"));
    const fids = await machine.files.exportedFids("vm");
    port.close();
    await machine.files.endExport("vm");
    expect((await machine.files.stat(`/var/cache/chunks/${id}.prefetch`)).sizeBytes).toBe(12);
    expect(asked.filter((path) => path.startsWith("/blobs/")).length).toBe(1);

    // A new service knows nothing but what is on disk.
    await machine.files.sync();
    await machine.killService("vfs");
    asked.length = 0;
    const again = await open(fids);
    const restored = clientOf(again);
    expect(string(await restored.read(file, 0, 7))).toBe("changed");
    expect(await restored.read(file, 59_999, 5)).toEqual(Uint8Array.of(21));
    expect(asked.filter((path) => path.startsWith("/blobs/")).length).toBe(1);
    again.close();
    await machine.files.endExport("vm");
  });
});
