import { EIO, ENOSPC, EROFS } from "@cloudos/abi/errno";
import { FILETYPE_DIRECTORY, FILETYPE_REGULAR_FILE } from "@cloudos/abi/wasi";
import { describe, expect, test } from "vitest";
import { Cloudfs } from "../src/cloudfs/cloudfs.ts";
import { fsck } from "../src/cloudfs/fsck.ts";
import type { Overlay } from "../src/overlay/overlay.ts";
import { settle } from "../src/vfs/errors.ts";
import type { FileSystem } from "../src/vfs/file-system.ts";
import { describeFileSystem } from "./describe-file-system.ts";
import { describeNineP } from "./describe-ninep.ts";
import { dump, list, readAll, writeAll } from "./files.ts";
import { TestDevice } from "./memory-device.ts";
import { newTmpfs, nowNs, text } from "./ninep-machine.ts";
import { at, layer, overlayOn } from "./overlay-layers.ts";

const devices = new WeakMap<FileSystem, { device: TestDevice; lower: Awaited<ReturnType<typeof layer>>[] }>();

async function onCloudfs(device: TestDevice, lower: Awaited<ReturnType<typeof layer>>[]): Promise<Overlay> {
  const fs = await overlayOn(await Cloudfs.mount(device, { format: true, nowNs }), lower);
  devices.set(fs, { device, lower });
  return fs;
}

async function remount(fs: FileSystem): Promise<Overlay> {
  await fs.sync();
  const { device, lower } = devices.get(fs)!;
  const copy = new TestDevice(device.blockCount, { blocks: new Map(device.blocks) });
  expect(await fsck(copy)).toEqual([]);
  const again = await onCloudfs(copy, lower);
  // Numbers are the same again, once their names were looked up.
  await dump(again);
  return again;
}

const countsDirectoryLinks = false;
describeFileSystem("overlay on tmpfs", {
  make: async () => overlayOn(newTmpfs(), [await layer({})]),
  countsDirectoryLinks,
});
describeFileSystem("overlay on CloudFS", {
  make: async () => onCloudfs(new TestDevice(4096), [await layer({})]),
  remount,
  countsDirectoryLinks,
});
describeNineP("an overlay", async () => onCloudfs(new TestDevice(8192), [await layer({}), await layer({})]));

const names = async (fs: FileSystem, path: string) =>
  (await list(fs, await at(fs, path))).map(({ name }) => name).sort();
const read = async (fs: FileSystem, path: string) => new TextDecoder().decode(await readAll(fs, await at(fs, path)));
const FILE = { type: FILETYPE_REGULAR_FILE, mode: 0o644 };
const DIR = { type: FILETYPE_DIRECTORY, mode: 0o755 };

/** Runs a case on an overlay, and what must hold then both at once and after a mount. */
async function holds(
  layers: Parameters<typeof layer>[0][],
  change: (fs: Overlay) => Promise<void>,
  check: (fs: Overlay) => Promise<void>,
) {
  const fs = await onCloudfs(new TestDevice(4096), await Promise.all(layers.map(layer)));
  await change(fs);
  await check(fs);
  await check(await remount(fs));
}

describe("an overlay", () => {
  test("merges layers: higher ones win, whiteouts hide", () =>
    holds(
      [
        { etc: null, "etc/a": "low", "etc/b": "low", "etc/c": "low", bin: null, "bin/x": "low", file: "low" },
        { etc: null, "etc/b": "middle", "etc/c": "whiteout", file: null, "file/in": "dir now" },
        { etc: null, "etc/d": "high" },
      ],
      async () => undefined,
      async (fs) => {
        expect(await names(fs, "etc")).toEqual(["a", "b", "d"]);
        expect(await read(fs, "etc/b")).toBe("middle");
        expect(await at(fs, "etc/c")).toBe(0);
        expect(await names(fs, "file")).toEqual(["in"]);
        expect(await names(fs, "")).toEqual(["bin", "etc", "file"]);
      },
    ));

  test("removes and makes again what layers have", () =>
    holds(
      [{ dir: null, "dir/a": "low", "dir/b": "low", file: "low" }],
      async (fs) => {
        const dir = await at(fs, "dir");
        const a = await settle(() => fs.unlink(dir, "a"));
        expect(new TextDecoder().decode(await readAll(fs, a))).toBe("low");
        expect((await settle(() => fs.attributes(a))).nlink).toBe(0);
        await settle(() => fs.release(a));
        await settle(() => fs.unlink(dir, "b"));
        await settle(() => fs.rmdir(fs.rootIno, "dir"));
        expect(await at(fs, "dir")).toBe(0);
        const again = await settle(() => fs.create(fs.rootIno, "dir", DIR));
        const c = await settle(() => fs.create(again, "c", FILE));
        await writeAll(fs, c, text("new"));
        await settle(() => fs.unlink(fs.rootIno, "file"));
        await settle(() => fs.create(fs.rootIno, "file", FILE));
      },
      async (fs) => {
        expect(await names(fs, "")).toEqual(["dir", "file"]);
        expect(await names(fs, "dir")).toEqual(["c"]);
        expect(await read(fs, "dir/c")).toBe("new");
        expect(await read(fs, "file")).toBe("");
      },
    ));

  test("copies up metadata alone, and a page of data for a byte", async () => {
    const big = "0123456789abcdef".repeat(4096);
    const numbers: number[] = [];
    await holds(
      [{ dir: null, "dir/big": big }],
      async (fs) => {
        const ino = await at(fs, "dir/big");
        numbers.push(ino, await at(fs, "dir"));
        await settle(() => fs.setMode(ino, 0o600));
        await settle(() => fs.setOwner(ino, 0, 5));
        const page = new Uint8Array(4096).fill(88);
        const size = big.length;
        await settle(() =>
          fs.writeBack(ino, { size, mtimeNs: 9n, validSize: size, pages: [{ index: 3, bytes: page }] }),
        );
      },
      async (fs) => {
        const ino = await at(fs, "dir/big");
        expect([ino, await at(fs, "dir")]).toEqual(numbers);
        expect(await settle(() => fs.attributes(ino))).toMatchObject({
          mode: 0o600,
          uid: 0,
          gid: 5,
          size: big.length,
          mtimeNs: 9n,
        });
        const expected = `${big.slice(0, 3 * 4096)}${"X".repeat(4096)}${big.slice(4 * 4096)}`;
        expect(await read(fs, "dir/big")).toBe(expected);
      },
    );
  });

  test("forgets a layer's bytes past a cut", () =>
    holds(
      [{ file: "x".repeat(10_000) }],
      async (fs) => {
        const ino = await at(fs, "file");
        await settle(() => fs.writeBack(ino, { size: 5000, mtimeNs: 1n, validSize: 5000, pages: [] }));
        await settle(() => fs.writeBack(ino, { size: 9000, mtimeNs: 1n, validSize: 5000, pages: [] }));
      },
      async (fs) => expect(await read(fs, "file")).toBe("x".repeat(5000) + "\0".repeat(4000)),
    ));

  test("renames directories of layers without copying what is in them", () =>
    holds(
      [
        { a: null, "a/sub": null, "a/sub/file": "deep", "a/gone": "g" },
        { a: null, "a/high": "h" },
      ],
      async (fs) => {
        await settle(() => fs.unlink(fs.lookup(fs.rootIno, "a"), "gone"));
        await settle(() => fs.rename(fs.rootIno, "a", fs.rootIno, "b"));
        const b = await at(fs, "b");
        await settle(() => fs.rename(b, "sub", fs.rootIno, "c"));
        await settle(() => fs.create(fs.rootIno, "a", DIR));
      },
      async (fs) => {
        expect(await names(fs, "")).toEqual(["a", "b", "c"]);
        expect(await names(fs, "a")).toEqual([]);
        expect(await names(fs, "b")).toEqual(["high"]);
        expect(await read(fs, "c/file")).toBe("deep");
      },
    ));

  test("keeps hard links of layers together", () =>
    holds(
      [{ one: "linked", two: "= one", three: "= one" }],
      async (fs) => {
        const ino = await at(fs, "one");
        expect((await settle(() => fs.attributes(ino))).nlink).toBe(3);
        await writeAll(fs, ino, text("changed"));
        await settle(() => fs.link(fs.rootIno, "four", ino));
        await settle(() => fs.unlink(fs.rootIno, "two"));
        await settle(() => fs.rename(fs.rootIno, "three", fs.rootIno, "third"));
      },
      async (fs) => {
        expect(await names(fs, "")).toEqual(["four", "one", "third"]);
        const ino = await at(fs, "one");
        expect([await at(fs, "four"), await at(fs, "third")]).toEqual([ino, ino]);
        expect((await settle(() => fs.attributes(ino))).nlink).toBe(3);
        expect(await read(fs, "third")).toBe("changed");
      },
    ));

  test("frees what had links in a layer with the last of them", async () => {
    const fs = await onCloudfs(new TestDevice(4096), [await layer({ one: "x", two: "= one" })]);
    const ino = await at(fs, "one");
    expect(await settle(() => fs.unlink(fs.rootIno, "one"))).toBe(0);
    expect((await settle(() => fs.attributes(ino))).nlink).toBe(1);
    expect(await settle(() => fs.unlink(fs.rootIno, "two"))).toBe(ino);
    await settle(() => fs.release(ino));
    expect(await names(await remount(fs), "")).toEqual([]);
  });

  test("on a full disk: says so, loses nothing, and deleting makes room", async () => {
    const names100 = Array.from({ length: 100 }, (_, i) => `low${i}`);
    const low = Object.fromEntries(names100.map((name) => [name, "low"]));
    const fs = await onCloudfs(new TestDevice(256), [await layer({ ...low, big: "b".repeat(9000) })]);
    const big = await at(fs, "big");
    const pages = Array.from({ length: 20 }, (_, index) => ({ index, bytes: new Uint8Array(4096).fill(index) }));
    await settle(() => fs.writeBack(big, { size: 20 * 4096, mtimeNs: 1n, validSize: 9000, pages }));
    await fs.sync();
    const full: string[] = [];
    for (let i = 0; full.length === 0 && i < 200; i++) {
      await (async () => {
        const ino = await settle(() => fs.create(fs.rootIno, `f${i}`, FILE));
        await writeAll(fs, ino, new Uint8Array(8192).fill(i));
      })().catch((error: { errno: number }) => full.push(String(error.errno)));
      await fs.sync();
    }
    expect(full).toEqual([String(ENOSPC)]);
    // What only the layer has may stay; it must not be half gone.
    for (const name of names100) await settle(() => fs.unlink(fs.rootIno, name)).catch(() => undefined);
    const before = await dump(fs);
    expect(await dump(await remount(fs))).toEqual(before);
    await settle(() => fs.release(fs.unlink(fs.rootIno, "big")));
    await fs.sync();
    expect(await at(fs, "big")).toBe(0);
    const ino = await settle(() => fs.create(fs.rootIno, "room", FILE));
    await writeAll(fs, ino, new Uint8Array(8192));
    const after = await dump(fs);
    expect(await dump(await remount(fs))).toEqual(after);
    expect(after.some((line) => line.startsWith("/big "))).toBe(false);
  });

  test("refuses a writable directory that was made on other layers", async () => {
    const upper = newTmpfs();
    const first = await layer({ a: "1" });
    await overlayOn(upper, [first]);
    await overlayOn(upper, [first]);
    await expect(overlayOn(upper, [first, first])).rejects.toMatchObject({ errno: EIO });
  });

  test("is read-only when its upper file system is", async () => {
    const upper = newTmpfs();
    const lower = [await layer({ a: "1" })];
    await overlayOn(upper, lower);
    Object.defineProperty(upper, "readOnly", { value: true });
    const fs = await overlayOn(upper, lower);
    await expect(settle(() => fs.create(fs.rootIno, "b", FILE))).rejects.toMatchObject({ errno: EROFS });
    expect(await read(fs, "a")).toBe("1");
  });
});
