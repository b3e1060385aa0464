import { describe, expect, test } from "vitest";
import * as protocol from "../src/ninep/protocol.ts";
import { IN_FLIGHT_MAX } from "../src/ninep/server.ts";
import { Miss } from "../src/vfs/errors.ts";
import type { FileSystem } from "../src/vfs/file-system.ts";
import { MountTable } from "../src/vfs/mounts.ts";
import { NinePClient, Pack } from "./ninep-client.ts";
import { attached, newTmpfs, serverOver, text } from "./ninep-machine.ts";
import { fill } from "./overlay-layers.ts";
import { Random } from "./random.ts";

const errno = (reply: Uint8Array | undefined) =>
  reply?.[4] === protocol.RLERROR ? new DataView(reply.buffer, reply.byteOffset).getUint32(7, true) : -1;
const fails = (number: number, done: Promise<unknown>) => expect(done).rejects.toMatchObject({ errno: number });

describe("9P and a hostile guest", () => {
  test("messages that lie about their size, type or tag get an error, and the next one an answer", async () => {
    const server = serverOver(newTmpfs());
    const { client, root } = await attached(server, 8192);
    const good = new Pack().u32(root).u64(0x7ff).message(protocol.TGETATTR, 5);
    const lies = [
      new Uint8Array(0),
      new Uint8Array(3),
      new Uint8Array(6),
      good.subarray(0, good.length - 1),
      Uint8Array.from([...good, 0]),
      new Pack().u32(root).u64(1).u8(0).message(protocol.TGETATTR, 5),
      new Pack().u32(root).u32(4711).u16(3).s("a").message(protocol.TWALK, 5),
      new Pack().u32(root).u32(4711).u16(1).u16(60_000).message(protocol.TWALK, 5),
      new Pack().u32(root).u64(0).u32(1000).raw(text("few")).message(protocol.TWRITE, 5),
      new Pack().u32(root).message(5, 5),
      new Pack().message(protocol.RLERROR, 5),
    ];
    for (const lie of lies) expect(errno(await server.handle(lie))).toBeGreaterThan(0);
    expect(errno(await server.handle(new Pack().raw(new Uint8Array(9000)).message(protocol.TWRITE, 5)))).toBe(90);
    expect((await client.getattr(root)).nlink).toBeGreaterThan(0);
  });

  test("names that are none, and paths out of the root", async () => {
    const outside = newTmpfs();
    await fill(outside, { secret: "s", jail: null, "jail/in": "i", "jail/sub": null, "jail/up": "-> ../secret" });
    const mount = new MountTable(outside).root;
    const rootIno = outside.lookup(outside.rootIno, "jail");
    const server = serverOver(outside, { mount, rootIno });
    const { client, root } = await attached(server);
    const rootPath = (await client.getattr(root)).qidPath;
    for (const path of ["..", "../..", "sub/../..", "../secret", "../jail/in"]) {
      const walked = await client.tryWalk(root, path.split("/")).catch((error: { errno: number }) => error);
      if ("fid" in walked && walked.found === path.split("/").length) {
        expect((await client.getattr(walked.fid)).qidPath === rootPath || path.endsWith("in")).toBe(true);
      }
    }
    await fails(2, client.walk(root, "../secret"));
    for (const aname of ["..", "../..", "/../secret", "up"]) {
      const fid = await client.attach(0, aname).catch((error: { errno: number }) => error);
      if (typeof fid === "number") expect((await client.getattr(fid)).qidPath).toBe(rootPath);
    }
    const dir = await client.open((await client.tryWalk(root, [])).fid);
    const [, up] = await client.readdirAt(dir, 0, 4096);
    expect(up?.qidPath).toBe(rootPath);
    // A directory the guest has open is moved out of its root by somebody else.
    const sub = await client.walk(root, "sub");
    outside.rename(rootIno, "sub", outside.rootIno, "sub");
    expect((await client.getattr(await client.walk(sub, ".."))).qidPath).toBe(rootPath);
    for (const name of ["", ".", "..", "a/b", "/", "n".repeat(256)]) {
      await expect(client.mkdir(root, name)).rejects.toThrow("Rlerror");
      await expect(client.unlink(root, name)).rejects.toThrow("Rlerror");
      await expect(client.rename(root, "in", root, name)).rejects.toThrow("Rlerror");
    }
    const raw = (bytes: number[]) => new Pack().u32(root).s(Uint8Array.from(bytes)).u32(0o755).u32(0);
    await fails(22, client.call(protocol.TMKDIR, raw([97, 0, 98])));
    await fails(84, client.call(protocol.TMKDIR, raw([0xff, 0xfe])));
    expect(outside.lookup(rootIno, "in")).toBeGreaterThan(0);
  });

  test("files have different qids however many file systems were mounted", async () => {
    const table = new MountTable(newTmpfs());
    let mount = table.root;
    for (let i = 0; i < 100; i++) {
      const next = newTmpfs();
      const point = mount.fs.create(mount.rootIno, "m", { type: 3, mode: 0o755 });
      mount = table.attach(next, next.rootIno, mount, point, false);
    }
    const server = serverOver(mount.fs, { mount, rootIno: mount.rootIno });
    const { client, root } = await attached(server);
    const paths = new Set<bigint>();
    for (let i = 0; i < 50; i++) paths.add((await client.getattr(await client.create(root, `f${i}`))).qidPath);
    expect(paths.size).toBe(50);
    expect([...paths].every((path) => path >> 48n === BigInt(mount.fsId))).toBe(true);
    // Mounts below the root are part of the tree.
    const outer = serverOver(table.root.fs, { mount: table.root, rootIno: table.root.rootIno });
    const whole = await attached(outer);
    const deep = await whole.client.walk(whole.root, Array.from({ length: 10 }, () => "m").join("/"));
    expect((await whole.client.getattr(await whole.client.walk(deep, "../m"))).qidPath).toBe(
      (await whole.client.getattr(deep)).qidPath,
    );
    await fails(16, whole.client.unlink(whole.root, "m", 0x200));
    const { fid } = await whole.client.tryWalk(deep, []);
    const restored = serverOver(table.root.fs, { mount: table.root, rootIno: table.root.rootIno });
    await restored.import(await outer.export());
    const again = new NinePClient((message) => restored.handle(message), 1000);
    expect((await again.getattr(fid)).qidPath).toBe((await whole.client.getattr(deep)).qidPath);
  });

  test("fids and requests are limited", async () => {
    const server = serverOver(newTmpfs(), { fidsMax: 50 });
    const { client, root } = await attached(server);
    for (let i = 0; i < 49; i++) await client.tryWalk(root, []);
    await fails(24, client.tryWalk(root, []));
    await fails(9, client.tryWalk(root, [], root + 1));

    const held = Promise.withResolvers<void>();
    const slow = new Proxy(newTmpfs() as FileSystem, {
      get: (target, key) => {
        if (key === "statistics")
          return () => {
            throw new Miss(held.promise.then(() => Object.defineProperty(target, "isReady", { value: true })));
          };
        const value = Reflect.get(target, key);
        return typeof value === "function" ? value.bind(target) : value;
      },
    });
    const busy = serverOver(slow);
    const second = await attached(busy);
    const statfs = (tag: number) => new Pack().u32(second.root).message(protocol.TSTATFS, tag);
    const answers: (Uint8Array | undefined)[] = [];
    for (let tag = 0; tag < IN_FLIGHT_MAX; tag++) busy.receive(statfs(tag), (reply) => answers.push(reply));
    expect(errno(await busy.handle(statfs(3)))).toBe(71);
    expect(errno(await busy.handle(statfs(IN_FLIGHT_MAX)))).toBe(11);
    expect(answers.length).toBe(0);
    // A flushed question is answered no more.
    const flush = new Pack().u16(3).message(protocol.TFLUSH, 4711);
    expect((await busy.handle(flush))?.[4]).toBe(protocol.TFLUSH + 1);
  });

  test("a flushed change is answered before the flush", async () => {
    const server = serverOver(newTmpfs());
    const { root } = await attached(server);
    const order: number[] = [];
    const fs = server.root.mount.fs;
    const lookup = fs.lookup.bind(fs);
    const held = Promise.withResolvers<void>();
    let waits = true;
    fs.create = new Proxy(fs.create.bind(fs), {
      apply: (create, _self, args: Parameters<FileSystem["create"]>) => {
        if (waits) throw new Miss(held.promise);
        return create(...args);
      },
    });
    server.receive(new Pack().u32(root).s("dir").u32(0o755).u32(0).message(protocol.TMKDIR, 1), (m) =>
      order.push(m[4]!),
    );
    const flushed = server.handle(new Pack().u16(1).message(protocol.TFLUSH, 2)).then((m) => order.push(m![4]!));
    waits = false;
    held.resolve();
    await flushed;
    expect(order).toEqual([protocol.TMKDIR + 1, protocol.TFLUSH + 1]);
    expect(lookup(fs.rootIno, "dir")).toBeGreaterThan(0);
    await server.settled();
  });

  test.each([1, 2, 3, 4])("answers every malformed message once, and goes on (seed %i)", async (seed) => {
    const random = new Random(seed);
    const fs = newTmpfs();
    await fill(fs, { dir: null, "dir/a": "aaa", "dir/b": "bbb", link: "-> dir/a", big: "x".repeat(20_000) });
    const server = serverOver(fs);
    const { root } = await attached(server, 16_384);
    const types = Object.entries(protocol).filter(([name]) => /^T[A-Z]+$/.test(name));
    const names = ["dir", "a", "b", "..", ".", "", "link", "big", "new", "x/y", "ä", "user.x", "trusted.overlay.x"];
    const numbers = [0, 1, 2, 3, 100, 101, 102, 0xffff, 0x7fffffff, 0xffffffff];
    for (let round = 0; round < 3000; round++) {
      const type = random.pick(types)[1] as number;
      const pack = new Pack();
      // Mostly fids that exist; then fields of any kind in any order.
      pack.u32(random.below(3) > 0 ? root + random.below(12) : random.pick(numbers));
      for (let field = random.below(7); field > 0; field--) {
        const kind = random.below(6);
        if (kind === 0) pack.u8(random.below(256));
        else if (kind === 1) pack.u16(random.below(20));
        else if (kind === 2) pack.u32(random.below(2) > 0 ? root + random.below(12) : random.pick(numbers));
        else if (kind === 3) pack.u64(random.below(2) > 0 ? random.below(30_000) : 2n ** BigInt(random.below(64)));
        else pack.s(random.pick(names));
      }
      const message = pack.message(type, 9);
      for (let flips = random.below(4) === 0 ? random.below(5) : 0; flips > 0; flips--) {
        message[random.below(message.length)]! ^= 1 << random.below(8);
      }
      if (type === protocol.TVERSION) continue;
      let answered = 0;
      const reply = await new Promise<Uint8Array>((resolve) =>
        server.receive(message, (m) => {
          answered++;
          resolve(m);
        }),
      );
      expect(answered).toBe(1);
      expect(new DataView(reply.buffer, reply.byteOffset).getUint32(0, true)).toBe(reply.length);
      expect(reply.length).toBeLessThanOrEqual(server.msize || 16_384);
    }
    await server.settled();
    const again = new NinePClient((message) => server.handle(message), 5000);
    await again.version();
    expect((await again.getattr(await again.attach())).mode & 0o170000).toBe(0o040000);
  });

  test.each([1, 2, 3])("a damaged table of fids is refused whole (seed %i)", async (seed) => {
    const random = new Random(seed);
    const server = serverOver(newTmpfs());
    const { client, root } = await attached(server);
    await client.create(root, "file");
    const table = await server.export();
    for (let round = 0; round < 200; round++) {
      const bad = table.slice(0, random.below(3) === 0 ? random.below(table.length) : table.length);
      if (bad.length === table.length) bad[random.below(bad.length)]! ^= 1 << random.below(8);
      await expect(server.import(bad)).rejects.toThrow("Cannot restore fids");
    }
    expect((await client.getattr(root)).nlink).toBeGreaterThan(0);
  });
});
