import { describe, expect, test } from "vitest";
import { Cloudfs } from "../src/cloudfs/cloudfs.ts";
import { fsck } from "../src/cloudfs/fsck.ts";
import { Journal, RECORD_PUT } from "../src/journal/journal.ts";
import { Tmpfs } from "../src/tmpfs/tmpfs.ts";
import { settle } from "../src/vfs/errors.ts";
import type { FileSystem } from "../src/vfs/file-system.ts";
import { dump, list, writeAll } from "./files.ts";
import { TestDevice } from "./memory-device.ts";
import { Random } from "./random.ts";

const buffer = (bytes: number) => new SharedArrayBuffer(0, { maxByteLength: bytes });
const FILE = { type: 4, mode: 0o644 };
const DIR = { type: 3, mode: 0o755 };
const MEMORY = () => ({ totalBytes: 1e9, freeBytes: 1e9 });

/** Names only: a file service that dies has no content the kernel does not have. */
async function shuffle(fs: FileSystem, random: Random, count: number): Promise<void> {
  const dirs = [fs.rootIno];
  for (let i = 0; i < count; i++) {
    const dir = random.pick(dirs);
    const some = random.pick(await list(fs, dir));
    try {
      switch (random.below(7)) {
        case 0:
          dirs.push(await settle(() => fs.create(dir, `d${i}`, DIR)));
          break;
        case 1:
          if (some?.type === 4) await settle(() => fs.release(fs.unlink(dir, some.name) || some.ino));
          break;
        case 2:
          if (some !== undefined) await settle(() => fs.rename(dir, some.name, random.pick(dirs), `r${i}`));
          break;
        case 3:
          if (some?.type === 4) await settle(() => fs.link(random.pick(dirs), `l${i}`, some.ino));
          break;
        case 4:
          await settle(() => fs.create(dir, `s${i}`, { type: 7, mode: 0o777, target: `${"x".repeat(i * 10)}/y` }));
          break;
        case 5:
          if (some !== undefined) await settle(() => fs.setMode(some.ino, 0o700 + (i & 7)));
          break;
        default:
          await settle(() => fs.create(dir, `f${i}`, FILE));
      }
    } catch (error) {
      if ((error as { errno?: number }).errno === undefined) throw error;
    }
  }
}

describe("journal", () => {
  test("gives a successor the records that were published, and no others", () => {
    const shared = buffer(65536);
    const journal = new Journal(shared);
    journal.append(RECORD_PUT, 1, 2, Uint8Array.of(7));
    const mark = journal.publish();
    journal.append(RECORD_PUT, 3, 4);
    journal.publish();
    journal.append(RECORD_PUT, 5, 6);
    const highs = () => [...new Journal(shared).records()].map(({ high }) => high);
    expect(highs()).toEqual([1, 3]);
    journal.dropTo(mark);
    expect(highs()).toEqual([3]);
    journal.dropTo(journal.publish());
    expect(highs()).toEqual([]);
    expect(new Journal(shared).sizeBytes).toBe(0);
  });

  test.each([1, 2, 3])("a CloudFS is as it was when its service was killed (seed %i)", async (seed) => {
    const random = new Random(seed);
    const shared = buffer(1 << 20);
    let now = 0n;
    const options = () => ({ nowNs: () => ++now, format: true, journal: new Journal(shared), restarted: true });
    let device = new TestDevice(4096);
    let fs = await Cloudfs.mount(device, options());
    for (let round = 0; round < 6; round++) {
      await shuffle(fs, random, 60);
      if (round % 2 === 0) await fs.sync();
      const commit = round % 3 === 0 ? fs.sync() : undefined;
      await shuffle(fs, random, 10);
      await commit;
      const before = await dump(fs);
      const { files } = fs.statistics();
      // Whatever was not committed is gone with the service; the device is as the last commit left it.
      device = new TestDevice(4096, { blocks: new Map(device.blocks) });
      fs = await Cloudfs.mount(device, options());
      expect(await dump(fs)).toEqual(before);
      expect(fs.statistics().files).toBe(files);
    }
    await fs.sync();
    expect(new Journal(shared).sizeBytes).toBe(0);
    // Orphans that nobody released wait for the next boot.
    await Cloudfs.mount(device, { nowNs: () => ++now });
    expect(await fsck(device)).toEqual([]);
  });

  test("content that was not committed is left to the kernel, with its size", async () => {
    const shared = buffer(1 << 20);
    const options = () => ({ nowNs: () => 1n, format: true, journal: new Journal(shared), restarted: true });
    const device = new TestDevice(4096);
    const fs = await Cloudfs.mount(device, options());
    const ino = await settle(() => fs.create(fs.rootIno, "file", FILE));
    await writeAll(fs, ino, new Uint8Array(5000).fill(1));
    await fs.sync();
    await writeAll(fs, ino, new Uint8Array(50_000).fill(2));
    await settle(() => fs.setMode(ino, 0o600));
    const copy = new TestDevice(4096, { blocks: new Map(device.blocks) });
    const again = await Cloudfs.mount(copy, options());
    expect(await settle(() => again.attributes(ino))).toMatchObject({ size: 5000, blocks: 16, mode: 0o600 });
    expect(await fsck(copy)).toEqual([]);
  });

  test("operations wait for a commit when the journal is full", async () => {
    const shared = buffer(300_000);
    const device = new TestDevice(4096);
    const fs = await Cloudfs.mount(device, { nowNs: () => 1n, format: true, journal: new Journal(shared) });
    for (let i = 0; i < 3000; i++) await settle(() => fs.create(fs.rootIno, `file-${i}`, FILE));
    expect(await list(fs, fs.rootIno)).toHaveLength(3000);
    expect(fs.generation).toBeGreaterThan(2);
  });

  test.each([4, 5])("a tmpfs too, and its journal stays in proportion (seed %i)", async (seed) => {
    const random = new Random(seed);
    const shared = buffer(16 << 20);
    let now = 0n;
    const make = () =>
      new Tmpfs({ nowNs: () => ++now, rootMode: 0o1777, memory: MEMORY, journal: new Journal(shared) });
    let fs = make();
    for (let round = 0; round < 5; round++) {
      await shuffle(fs, random, 200);
      const before = await dump(fs);
      fs = make();
      expect(await dump(fs)).toEqual(before);
    }
    const busy = fs.create(fs.rootIno, "busy", FILE);
    for (let i = 0; i < 50_000; i++) fs.setMode(busy, i & 0o777);
    expect(new Journal(shared).sizeBytes).toBeLessThan(4 << 20);
    const before = await dump(fs);
    const last = make();
    expect(await dump(last)).toEqual(before);
    expect(last.create(last.rootIno, "next", FILE)).toBeGreaterThan(busy);
  });

  test("what the host put in a tmpfs is EIO after a restart, never zeros", async () => {
    const shared = buffer(1 << 20);
    const make = () => new Tmpfs({ nowNs: () => 1n, rootMode: 0o755, memory: MEMORY, journal: new Journal(shared) });
    const fs = make();
    const ino = fs.create(fs.rootIno, "given", FILE);
    await writeAll(fs, ino, new Uint8Array(100).fill(1));
    const again = make();
    expect(() => again.readPages(ino, 0, 1, () => undefined)).toThrow("its content was lost");
  });
});
