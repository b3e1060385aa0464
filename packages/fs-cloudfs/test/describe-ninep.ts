import { describe, expect, test } from "vitest";
import { O_EXCL, O_TRUNC } from "../src/ninep/linux.ts";
import * as protocol from "../src/ninep/protocol.ts";
import { settle } from "../src/vfs/errors.ts";
import type { FileSystem } from "../src/vfs/file-system.ts";
import { NinePClient, Pack } from "./ninep-client.ts";
import { attached, serverOver, text } from "./ninep-machine.ts";

const fails = (errno: number, done: Promise<unknown>) => expect(done).rejects.toMatchObject({ errno });
const bytes = (length: number, seed: number) =>
  Uint8Array.from({ length }, (_, i) => (i * 31 + (i >> 8) * seed) & 0xff);

/** What a 9P2000.L server must do over any writable file system. */
export function describeNineP(title: string, make: () => Promise<FileSystem>): void {
  const start = async (msize?: number) => {
    const fs = await make();
    const server = serverOver(fs);
    return { fs, server, ...(await attached(server, msize)) };
  };

  describe(`9P over ${title}`, () => {
    test("answers what is in memory without waiting", async () => {
      const { server, client, root } = await start();
      await client.clunk(await client.create(root, "file"));
      const { atOnce, requests } = server.statistics;
      for (let i = 0; i < 10; i++) {
        const file = await client.open(await client.walk(root, "file"));
        await client.getattr(file);
        await client.read(file, 0, 100);
        await client.clunk(file);
      }
      expect(server.statistics.requests - requests).toBe(50);
      expect(server.statistics.atOnce - atOnce).toBe(50);
    });

    test("negotiates the version and the message size", async () => {
      const { client } = await start();
      expect(await client.version(8192)).toEqual({ msize: 8192, text: "9P2000.L" });
      expect(await client.version(2 ** 31)).toEqual({ msize: 512 * 1024, text: "9P2000.L" });
      await fails(71, client.version(100));
      expect((await client.version(8192, "9P2000.u")).text).toBe("unknown");
      await fails(71, client.attach());
    });

    test("makes, reads and writes files", async () => {
      const { client, root } = await start();
      const file = await client.create(root, "file", 2, 0o640, 7);
      const data = bytes(50_000, 3);
      expect(await client.write(file, 0, data)).toBe(50_000);
      expect(await client.write(file, 10, text("overwritten"))).toBe(11);
      data.set(text("overwritten"), 10);
      expect(await client.read(file, 0, 60_000)).toEqual(data);
      expect(await client.read(file, 4090, 20)).toEqual(data.slice(4090, 4110));
      expect(await client.read(file, 50_000, 10)).toEqual(new Uint8Array(0));
      const attr = await client.getattr(file);
      expect(attr).toMatchObject({ mode: 0o100640, uid: 0, gid: 7, nlink: 1, size: 50_000 });
      await client.write(file, 60_000, text("end"));
      expect((await client.read(file, 49_999, 10_004)).slice(1, 10_001).every((byte) => byte === 0)).toBe(true);
      await client.clunk(file);
      await fails(9, client.read(file, 0, 1));
    });

    test("cuts files and makes them longer", async () => {
      const { client, root } = await start();
      const file = await client.create(root, "file");
      await client.write(file, 0, bytes(10_000, 1));
      await client.setattr(file, protocol.SETATTR_SIZE, { size: 5000 });
      await client.setattr(file, protocol.SETATTR_SIZE, { size: 9000 });
      const data = await client.read(file, 0, 10_000);
      expect(data.length).toBe(9000);
      expect(data.subarray(0, 5000)).toEqual(bytes(10_000, 1).subarray(0, 5000));
      expect(data.subarray(5000).every((byte) => byte === 0)).toBe(true);
      const again = await client.walk(root, "file");
      await client.open(again, 1 | O_TRUNC);
      expect((await client.getattr(file)).size).toBe(0);
      await fails(17, client.create(root, "file", 2 | O_EXCL));
    });

    test("lists directories in pieces of any size", async () => {
      const { client, root } = await start();
      await client.mkdir(root, "many");
      const many = await client.walk(root, "many");
      const names = Array.from({ length: 150 }, (_, i) => `ä${i}`);
      for (const name of names) await client.clunk(await client.create(many, name));
      const dir = await client.open(await client.walk(root, "many"));
      expect(await client.readdir(dir, 100)).toEqual([".", "..", ...names]);
      expect(await client.readdir(dir, 60_000)).toEqual([".", "..", ...names]);
      await fails(22, client.readdirAt(dir, 0, 5));
      expect(await client.readdirAt(dir, 2 ** 40, 4096)).toEqual([]);
      await fails(22, client.readdirAt(dir, 2n ** 64n - 1n, 4096));
      const [dot, up] = await client.readdirAt(dir, 0, 4096);
      expect(dot?.qidPath).toBe((await client.getattr(many)).qidPath);
      expect(up?.qidPath).toBe((await client.getattr(root)).qidPath);
    });

    test("walks, with what was found when names are missing", async () => {
      const { client, root } = await start();
      await client.mkdir(root, "a");
      await client.mkdir(await client.walk(root, "a"), "b");
      expect((await client.tryWalk(root, ["a", "b", "c", "d"])).found).toBe(2);
      await fails(2, client.tryWalk(root, ["none", "a"]));
      const b = await client.walk(root, "a/b");
      const up = await client.walk(b, "../../../../..");
      expect((await client.getattr(up)).qidPath).toBe((await client.getattr(root)).qidPath);
      await fails(
        22,
        client.tryWalk(
          root,
          Array.from({ length: 17 }, () => "a"),
        ),
      );
      await fails(22, client.tryWalk(root, ["a/b"]));
      await fails(9, client.tryWalk(root, ["a"], b));
      await fails(9, client.tryWalk(4711, []));
      await fails(9, client.tryWalk(root, [], protocol.NOFID));
      await client.tryWalk(b, [".."], b);
      expect((await client.getattr(b)).qidPath).toBe((await client.getattr(await client.walk(root, "a"))).qidPath);
    });

    test("renames and links; fids follow", async () => {
      const { client, root } = await start();
      await client.mkdir(root, "a");
      await client.mkdir(root, "b");
      const a = await client.walk(root, "a");
      const b = await client.walk(root, "b");
      const file = await client.create(a, "file");
      await client.write(file, 0, text("hello"));
      await client.rename(a, "file", b, "moved");
      expect(await client.read(file, 0, 10)).toEqual(text("hello"));
      await client.link(a, file, "linked");
      expect((await client.getattr(file)).nlink).toBe(2);
      const third = await client.walk(b, "moved");
      await client.call(protocol.TRENAME, new Pack().u32(third).u32(root).s("third"));
      await client.walk(root, "third");
      await client.call(protocol.TREMOVE, new Pack().u32(third));
      expect((await client.getattr(file)).nlink).toBe(1);
      await fails(9, client.getattr(third));
      await client.rename(root, "a", b, "a");
      expect((await client.getattr(await client.walk(b, "a/linked"))).qidPath).toBe(
        (await client.getattr(file)).qidPath,
      );
      await fails(22, client.rename(root, "b", await client.walk(b, "a"), "loop"));
      await fails(22, client.rename(root, "..", b, "x"));
      await fails(16, client.call(protocol.TREMOVE, new Pack().u32((await client.tryWalk(root, [])).fid)));
    });

    test("keeps files that were removed while open", async () => {
      const { fs, client, root } = await start();
      const file = await client.create(root, "file");
      await client.write(file, 0, text("still here"));
      const ino = await settle(() => fs.lookup(fs.rootIno, "file"));
      const { fid: clone } = await client.tryWalk(file, []);
      await client.unlink(root, "file");
      expect(await client.read(file, 0, 20)).toEqual(text("still here"));
      await client.write(file, 10, text("!"));
      expect((await client.getattr(clone)).nlink).toBe(0);
      await client.clunk(file);
      expect((await client.getattr(clone)).size).toBe(11);
      await client.clunk(clone);
      await fails(
        72,
        settle(() => fs.attributes(ino)),
      );
    });

    test("removes directories only when they are empty", async () => {
      const { client, root } = await start();
      await client.mkdir(root, "dir");
      const dir = await client.walk(root, "dir");
      await client.clunk(await client.create(dir, "file"));
      await fails(39, client.unlink(root, "dir", 0x200));
      await fails(21, client.unlink(root, "dir"));
      await fails(20, client.unlink(dir, "file", 0x200));
      await client.unlink(dir, "file");
      await client.unlink(root, "dir", 0x200);
      await fails(2, client.unlink(root, "dir", 0x200));
      await fails(116, client.create(dir, "late"));
      await client.clunk(dir);
    });

    test("keeps owners, modes, times and special files as the guest sets them", async () => {
      const { client, root } = await start();
      const file = await client.create(root, "file");
      await client.setattr(file, protocol.SETATTR_UID | protocol.SETATTR_GID, { uid: 33, gid: 44 });
      await client.setattr(file, protocol.SETATTR_MODE, { mode: 0o104755 });
      const mtimeNs = 1_234_567_890_987_654_321n;
      await client.setattr(file, protocol.SETATTR_MTIME | protocol.SETATTR_MTIME_SET, { mtimeNs });
      expect(await client.getattr(file)).toMatchObject({ uid: 33, gid: 44, mode: 0o104755, mtimeNs });
      await client.mknod(root, "null", 0o020666, 1, 3);
      await client.mknod(root, "disk", 0o060660, 259, 300);
      await client.mknod(root, "pipe", 0o010600);
      await client.mknod(root, "sock", 0o140700);
      expect(await client.getattr(await client.walk(root, "null"))).toMatchObject({ mode: 0o020666, rdev: 0x103 });
      const disk = await client.getattr(await client.walk(root, "disk"));
      expect(disk).toMatchObject({ mode: 0o060660, rdev: (300 & 0xff) | (259 << 8) | (0x100 << 12) });
      expect((await client.getattr(await client.walk(root, "pipe"))).mode).toBe(0o010600);
      expect((await client.getattr(await client.walk(root, "sock"))).mode).toBe(0o140700);
      const dir = await client.open(await client.walk(root, ""));
      const types = new Map((await client.readdirAt(dir, 0, 4096)).map(({ name, type }) => [name, type]));
      expect([types.get("null"), types.get("disk"), types.get("pipe"), types.get("sock")]).toEqual([2, 6, 1, 12]);
      await client.symlink(root, "link", "../over/there");
      expect(await client.readlink(await client.walk(root, "link"))).toBe("../over/there");
      await fails(40, client.open(await client.walk(root, "link")));
    });

    test("keeps extended attributes", async () => {
      const { client, root } = await start();
      const file = await client.create(root, "file");
      await client.setxattr(file, "user.a", text("one"));
      await client.setxattr(file, "security.capability", bytes(20, 5));
      await client.setxattr(file, "user.empty", new Uint8Array(0));
      expect(await client.getxattr(file, "user.a")).toEqual(text("one"));
      expect(await client.getxattr(file, "user.empty")).toEqual(new Uint8Array(0));
      expect(await client.getxattr(file, "")).toEqual(text("user.a\0security.capability\0user.empty\0"));
      await fails(17, client.setxattr(file, "user.a", text("x"), 1));
      await fails(61, client.setxattr(file, "user.none", text("x"), 2));
      await client.setxattr(file, "user.a", new Uint8Array(0), 2);
      await fails(61, client.getxattr(file, "user.a"));
      await fails(95, client.setxattr(file, "system.posix_acl_access", text("x")));
      await fails(95, client.setxattr(file, "trusted.overlay.opaque", text("y")));
      await client.setxattr(file, "user.big", bytes(50_000, 9));
      expect(await client.getxattr(file, "user.big")).toEqual(bytes(50_000, 9));
      await fails(28, client.setxattr(file, "user.more", bytes(20_000, 9)));
    });

    test("grants and refuses record locks", async () => {
      const { client, root } = await start();
      const file = await client.create(root, "file");
      const other = await client.open(await client.walk(root, "file"), 2);
      expect(await client.lock(file, 1, 0, 10, 1)).toBe(0);
      expect(await client.lock(other, 0, 5, 1, 2)).toBe(1);
      expect(await client.lock(other, 1, 10, 0, 2)).toBe(0);
      expect(await client.getlock(other, 0, 0, 0, 2)).toEqual({ type: 1, pid: 1 });
      expect(await client.lock(file, 2, 3, 4, 1)).toBe(0);
      expect(await client.lock(other, 1, 3, 4, 2)).toBe(0);
      expect(await client.lock(other, 1, 2, 1, 2)).toBe(1);
      await client.clunk(file);
      expect(await client.lock(other, 1, 0, 0, 2)).toBe(0);
    });

    test("takes thousands of fids along", async () => {
      const { fs, server, client, root } = await start();
      const name = "n".repeat(200);
      await client.clunk(await client.create(root, name));
      const fids: number[] = [];
      for (let i = 0; i < 3000; i++) fids.push((await client.tryWalk(root, i % 2 === 0 ? [name] : [])).fid);
      const successor = serverOver(fs);
      await successor.import(await server.export());
      const restored = new NinePClient((message) => successor.handle(message), 10_000);
      for (const fid of fids) await restored.clunk(fid);
    });

    test("goes on after export and import, with the cwd, open, removed and locked files", async () => {
      const { fs, server, client, root } = await start();
      await client.mkdir(root, "home");
      const home = await client.walk(root, "home");
      const file = await client.create(home, "file");
      await client.write(file, 0, text("one"));
      const gone = await client.create(home, "gone");
      await client.write(gone, 0, text("nameless"));
      const { fid: goneToo } = await client.tryWalk(gone, []);
      await client.unlink(home, "gone");
      await client.lock(file, 1, 0, 0, 5);
      const table = await server.export();

      const successor = serverOver(fs);
      await successor.import(table);
      const restored = new NinePClient((message) => successor.handle(message), 1000);
      for (const fid of [root, home, file, gone, goneToo]) await restored.getattr(fid);
      expect(await restored.read(file, 0, 10)).toEqual(text("one"));
      await restored.write(file, 3, text("two"));
      expect(await client.read(file, 0, 10)).toEqual(text("onetwo"));
      expect(await restored.read(gone, 0, 10)).toEqual(text("nameless"));
      expect((await restored.getattr(gone)).qidPath).toBe((await restored.getattr(goneToo)).qidPath);
      await restored.walk(home, "file");
      expect(await restored.readdir(await restored.open(await restored.walk(home, "")))).toEqual([".", "..", "file"]);
      expect(await restored.readdir(await restored.open(await restored.walk(root, "")))).toContain("home");
      server.reset();
      const second = await restored.open(await restored.walk(home, "file"));
      expect(await restored.lock(second, 1, 0, 1, 6)).toBe(0);

      await settle(() => fs.rename(fs.rootIno, "home", fs.rootIno, "elsewhere"));
      const late = serverOver(fs);
      await late.import(table);
      const lost = new NinePClient((message) => late.handle(message), 1000);
      await fails(116, lost.read(file, 0, 1));
      await fails(116, lost.walk(home, ""));
      await lost.clunk(file);
      await fails(9, lost.clunk(file));
    });
  });
}
