import { ENOSPC } from "@cloudos/abi/errno";
import { BlockError } from "@cloudos/abi/ports";
import { describe, expect, test } from "vitest";
import { Cloudfs } from "../src/cloudfs/cloudfs.ts";
import { fsck } from "../src/cloudfs/fsck.ts";
import { settle } from "../src/vfs/errors.ts";
import { describeFileSystem } from "./describe-file-system.ts";
import { FaultyBlockDevice } from "./faulty-device.ts";
import { list, readAll, writeAll } from "./files.ts";
import { TestDevice } from "./memory-device.ts";
import { TracerBlockDevice } from "./tracer-device.ts";

let now = 0n;
const nowNs = () => ++now;
const FILE = { type: 4, mode: 0o644 };
const DIR = { type: 3, mode: 0o755 };
const devices = new WeakMap<object, TestDevice>();

async function make(device: TestDevice): Promise<Cloudfs> {
  const fs = await Cloudfs.mount(device, { nowNs, format: true });
  devices.set(fs, device);
  return fs;
}

async function remount(fs: object): Promise<Cloudfs> {
  await (fs as Cloudfs).sync();
  const old = devices.get(fs)!;
  const copy = new TestDevice(old.blockCount, { atomicBlocks: old.atomicBlocks, blocks: new Map(old.blocks) });
  expect(await fsck(copy)).toEqual([]);
  return make(copy);
}

describeFileSystem("cloudfs", { make: () => make(new TestDevice(4096)), remount });
describeFileSystem("cloudfs without atomic writes", {
  make: () => make(new TestDevice(4096, { atomicBlocks: 0 })),
  remount,
});

describe("cloudfs", () => {
  test("commits in one atomic write and one flush", async () => {
    const tracer = new TracerBlockDevice(new TestDevice(4096));
    const fs = await Cloudfs.mount(tracer, { nowNs, format: true });
    await settle(() => fs.create(fs.rootIno, "first", FILE));
    await fs.sync();
    tracer.reset();
    for (let i = 0; i < 50; i++) {
      const ino = await settle(() => fs.create(fs.rootIno, `f${i}`, FILE));
      await writeAll(fs, ino, new Uint8Array(10_000).fill(i));
    }
    await fs.sync();
    expect(tracer.calls).toMatchObject({ read: 0, write: 0, writeAtomic: 1, flush: 1 });
    // 150 blocks of data, and few of metadata.
    expect(tracer.blocksWritten).toBeLessThan(175);
    tracer.reset();
    await fs.sync();
    expect(tracer.calls).toMatchObject({ write: 0, writeAtomic: 0, flush: 0 });
  });

  test("holds a hundred thousand files in one directory and finds them after a mount", async () => {
    const device = new TestDevice(65536);
    const fs = await make(device);
    const dir = await settle(() => fs.create(fs.rootIno, "many", DIR));
    for (let i = 0; i < 100_000; i++) await settle(() => fs.create(dir, `file-${i}`, FILE));
    const again = await remount(fs);
    expect(await settle(() => again.lookup(dir, "file-99999"))).toBeGreaterThan(0);
    expect(await list(again, dir)).toHaveLength(100_000);
    for (let i = 0; i < 100_000; i++) {
      const orphan = await settle(() => again.unlink(dir, `file-${i}`));
      await settle(() => again.release(orphan));
    }
    await settle(() => again.rmdir(again.rootIno, "many"));
    const empty = await remount(again);
    expect(empty.statistics().files).toBe(1);
  });

  test("frees orphans that were left when the machine stopped", async () => {
    const device = new TestDevice(4096);
    const fs = await make(device);
    const free = fs.statistics().freeBytes;
    const ino = await settle(() => fs.create(fs.rootIno, "open", FILE));
    await writeAll(fs, ino, new Uint8Array(400_000).fill(1));
    await fs.sync();
    await settle(() => fs.unlink(fs.rootIno, "open"));
    const again = await remount(fs);
    expect(again.statistics().files).toBe(1);
    expect(free - again.statistics().freeBytes).toBeLessThan(10 * 4096);
    await expect(settle(() => again.attributes(ino))).rejects.toThrow();
  });

  test("fills up with ENOSPC, then deleting makes room", async () => {
    const device = new TestDevice(1024);
    const fs = await make(device);
    let full: unknown;
    let made = 0;
    for (; full === undefined && made < 2000; made++) {
      try {
        const ino = await settle(() => fs.create(fs.rootIno, `f${made}`, FILE));
        await writeAll(fs, ino, new Uint8Array(40_000).fill(made));
        await fs.sync();
      } catch (error) {
        full = error;
      }
    }
    expect(full).toMatchObject({ errno: ENOSPC });
    expect(made).toBeGreaterThan(90);
    await fs.sync();
    const kept = await settle(() => fs.lookup(fs.rootIno, "f0"));
    expect((await readAll(fs, kept)).length).toBe(40_000);
    for (let i = 1; i < 20; i++) {
      const orphan = await settle(() => fs.unlink(fs.rootIno, `f${i}`));
      await settle(() => fs.release(orphan));
    }
    const ino = await settle(() => fs.create(fs.rootIno, "after", FILE));
    await writeAll(fs, ino, new Uint8Array(400_000).fill(5));
    const again = await remount(fs);
    expect((await readAll(again, ino)).length).toBe(400_000);
  });

  test("a commit that fails is tried again and loses nothing", async () => {
    for (const atomic of [0, 65536]) {
      const device = new FaultyBlockDevice(4096, atomic);
      const fs = await Cloudfs.mount(device, { nowNs, format: true });
      const ino = await settle(() => fs.create(fs.rootIno, "kept", FILE));
      await writeAll(fs, ino, new Uint8Array(20_000).fill(3));
      device.failNextWrite(new BlockError("no-space", "the quota is used up"));
      await expect(fs.sync()).rejects.toMatchObject({ code: "no-space" });
      expect(fs.dirty).toBe(true);
      expect((await readAll(fs, ino))[19_999]).toBe(3);
      await fs.sync();
      const crashed = device.crashed(device.steps.length);
      expect(await fsck(crashed)).toEqual([]);
      const again = await Cloudfs.mount(crashed, { nowNs });
      expect((await readAll(again, ino))[19_999]).toBe(3);
    }
  });

  test("never hands out an inode number twice, even one that was lost", async () => {
    const device = new TestDevice(4096);
    const fs = await make(device);
    await fs.sync();
    const lost = await settle(() => fs.create(fs.rootIno, "lost", FILE));
    const copy = new TestDevice(4096, { blocks: new Map(device.blocks) });
    const again = await make(copy);
    expect(await settle(() => again.lookup(again.rootIno, "lost"))).toBe(0);
    expect(await settle(() => again.create(again.rootIno, "new", FILE))).toBeGreaterThan(lost);
  });

  test("refuses devices it cannot trust, in words", async () => {
    const foreign = new TestDevice(4096);
    await foreign.write([{ block: 0, data: new Uint8Array(4096).fill(0x55) }]);
    await expect(Cloudfs.mount(foreign, { nowNs, format: true })).rejects.toThrow(
      "Cannot mount the disk: it holds something that is not CloudFS",
    );
    await expect(Cloudfs.mount(new TestDevice(4096), { nowNs })).rejects.toThrow("it is not formatted");
    await expect(Cloudfs.mount(new TestDevice(8), { nowNs, format: true })).rejects.toThrow("expected at least 64");
  });
});
