import * as errno from "@cloudos/abi/errno";
import {
  FILETYPE_BLOCK_DEVICE,
  FILETYPE_DIRECTORY,
  FILETYPE_REGULAR_FILE,
  FILETYPE_SYMBOLIC_LINK,
} from "@cloudos/abi/wasi";
import { describe, expect, test } from "vitest";
import { settle } from "../src/vfs/errors.ts";
import { FILETYPE_FIFO, type FileSystem } from "../src/vfs/file-system.ts";
import { list, readAll, writeAll } from "./files.ts";

export interface FileSystemMaker {
  make(): Promise<FileSystem>;
  /** Syncs and mounts again; absent when nothing outlives the object. */
  remount?(fs: FileSystem): Promise<FileSystem>;
  /** False: a merged directory says 1 link, since nobody counts what its layers hold. */
  readonly countsDirectoryLinks?: false;
}

const FILE = { type: FILETYPE_REGULAR_FILE, mode: 0o644 };
const DIR = { type: FILETYPE_DIRECTORY, mode: 0o755 };
const PAGE = 4096;

/** What every writable file system must do, run on one of them. */
export function describeFileSystem(title: string, maker: FileSystemMaker): void {
  const check = (
    name: string,
    run: (fs: FileSystem, again: (fs: FileSystem) => Promise<FileSystem>) => Promise<void>,
  ) =>
    test(name, async () => {
      const fs = await maker.make();
      await run(fs, maker.remount ?? (async (same) => same));
    });
  const fails = async (number: number, operation: () => unknown) =>
    expect(settle(operation)).rejects.toMatchObject({ errno: number });

  describe(`file system: ${title}`, () => {
    check("makes, finds and lists entries", async (fs, again) => {
      const dir = await settle(() => fs.create(fs.rootIno, "dir", DIR));
      const file = await settle(() => fs.create(dir, "file", FILE));
      await settle(() => fs.create(dir, "link", { type: FILETYPE_SYMBOLIC_LINK, mode: 0o777, target: "file" }));
      const now = await again(fs);
      expect(await settle(() => now.lookup(now.rootIno, "dir"))).toBe(dir);
      expect(await settle(() => now.lookup(dir, "file"))).toBe(file);
      expect(await settle(() => now.lookup(dir, "none"))).toBe(0);
      expect((await list(now, dir)).map(({ name, type }) => [name, type])).toEqual([
        ["file", FILETYPE_REGULAR_FILE],
        ["link", FILETYPE_SYMBOLIC_LINK],
      ]);
      expect(await settle(() => now.parent(dir))).toBe(now.rootIno);
      expect(await settle(() => now.nameOf(dir))).toBe("dir");
      await fails(errno.EEXIST, () => now.create(dir, "file", FILE));
      await fails(errno.ENOTDIR, () => now.lookup(file, "x"));
    });

    check("counts links", async (fs, again) => {
      const { rootIno } = fs;
      const before = (await settle(() => fs.attributes(rootIno))).nlink;
      const dir = await settle(() => fs.create(rootIno, "dir", DIR));
      const more = maker.countsDirectoryLinks === false ? 0 : 1;
      expect((await settle(() => fs.attributes(rootIno))).nlink).toBe(before + more);
      const file = await settle(() => fs.create(rootIno, "a", FILE));
      await settle(() => fs.link(dir, "b", file));
      await writeAll(fs, file, new Uint8Array([1, 2, 3]));
      const now = await again(fs);
      expect((await settle(() => now.attributes(file))).nlink).toBe(2);
      expect(await settle(() => now.unlink(rootIno, "a"))).toBe(0);
      expect(await readAll(now, await settle(() => now.lookup(dir, "b")))).toEqual(new Uint8Array([1, 2, 3]));
      expect(await settle(() => now.unlink(dir, "b"))).toBe(file);
      // Still there for whoever has it open.
      expect(await readAll(now, file)).toEqual(new Uint8Array([1, 2, 3]));
      await settle(() => now.release(file));
      await fails(errno.ESTALE, () => now.attributes(file));
      await fails(errno.EPERM, () => now.link(rootIno, "hard", dir));
    });

    check("removes directories only when they are empty", async (fs) => {
      const { rootIno } = fs;
      const dir = await settle(() => fs.create(rootIno, "dir", DIR));
      const file = await settle(() => fs.create(dir, "file", FILE));
      await fails(errno.ENOTEMPTY, () => fs.rmdir(rootIno, "dir"));
      await fails(errno.EISDIR, () => fs.unlink(rootIno, "dir"));
      await fails(errno.ENOTDIR, () => fs.rmdir(dir, "file"));
      expect(await settle(() => fs.unlink(dir, "file"))).toBe(file);
      await settle(() => fs.rmdir(rootIno, "dir"));
      await fails(errno.ENOENT, () => fs.rmdir(rootIno, "dir"));
      await fails(errno.ESTALE, () => fs.create(dir, "late", FILE));
    });

    check("renames, over files and empty directories too", async (fs, again) => {
      const { rootIno } = fs;
      const a = await settle(() => fs.create(rootIno, "a", DIR));
      const b = await settle(() => fs.create(rootIno, "b", DIR));
      const file = await settle(() => fs.create(a, "file", FILE));
      const other = await settle(() => fs.create(b, "other", FILE));
      expect(await settle(() => fs.rename(a, "file", b, "other"))).toBe(other);
      const now = await again(fs);
      expect(await settle(() => now.lookup(b, "other"))).toBe(file);
      expect(await settle(() => now.lookup(a, "file"))).toBe(0);
      await fails(errno.ENOTEMPTY, () => now.rename(rootIno, "a", rootIno, "b"));
      expect(await settle(() => now.rename(rootIno, "b", a, "b"))).toBe(0);
      expect(await settle(() => now.parent(b))).toBe(a);
      expect(await settle(() => now.nameOf(b))).toBe("b");
      await fails(errno.EINVAL, () => now.rename(rootIno, "a", b, "inside"));
      await fails(errno.EINVAL, () => now.rename(rootIno, "a", a, "inside"));
      const empty = await settle(() => now.create(rootIno, "empty", DIR));
      await fails(errno.EISDIR, () => now.rename(b, "other", rootIno, "empty"));
      await fails(errno.ENOTDIR, () => now.rename(rootIno, "empty", b, "other"));
      await settle(() => now.rename(a, "b", rootIno, "empty"));
      await fails(errno.ESTALE, () => now.attributes(empty));
      expect(await settle(() => now.lookup(rootIno, "empty"))).toBe(b);
      await settle(() => now.link(rootIno, "twin", file));
      expect(await settle(() => now.rename(b, "other", rootIno, "twin"))).toBe(0);
      expect(await settle(() => now.lookup(b, "other"))).toBe(file);
    });

    check("keeps symbolic links of any length", async (fs, again) => {
      const targets = ["x", "ä/ö", "t".repeat(1024), "t".repeat(1025), "é".repeat(2000)];
      const what = (target: string) => ({ type: FILETYPE_SYMBOLIC_LINK, mode: 0o777, target });
      for (const [index, target] of targets.entries()) {
        await settle(() => fs.create(fs.rootIno, `l${index}`, what(target)));
      }
      const now = await again(fs);
      for (const [index, target] of targets.entries()) {
        const ino = await settle(() => now.lookup(now.rootIno, `l${index}`));
        expect(await settle(() => now.readlink(ino))).toBe(target);
        expect((await settle(() => now.attributes(ino))).size).toBe(new TextEncoder().encode(target).length);
      }
      await fails(errno.EINVAL, () => now.readlink(now.rootIno));
    });

    check("reads back what was written, with holes as zeros", async (fs, again) => {
      const ino = await settle(() => fs.create(fs.rootIno, "sparse", FILE));
      const page = (fill: number) => new Uint8Array(PAGE).fill(fill);
      const pages = [
        { index: 1, bytes: page(1) },
        { index: 700, bytes: page(7) },
      ];
      await settle(() => fs.writeBack(ino, { size: 701 * PAGE - 10, mtimeNs: 5n, validSize: 0, pages }));
      const now = await again(fs);
      const data = await readAll(now, ino);
      expect(data.length).toBe(701 * PAGE - 10);
      expect(data[0]).toBe(0);
      expect(data[PAGE]).toBe(1);
      expect(data[2 * PAGE]).toBe(0);
      expect(data.at(-1)).toBe(7);
      const inode = await settle(() => now.attributes(ino));
      expect(inode.mtimeNs).toBe(5n);
      expect(inode.blocks).toBe(16);
    });

    check("forgets bytes past a cut, also when the file grows again", async (fs, again) => {
      const ino = await settle(() => fs.create(fs.rootIno, "cut", FILE));
      await writeAll(fs, ino, new Uint8Array(5 * PAGE).fill(9));
      await settle(() => fs.writeBack(ino, { size: 5 * PAGE, mtimeNs: 1n, validSize: 100, pages: [] }));
      const now = await again(fs);
      const data = await readAll(now, ino);
      expect(data.subarray(0, 100).every((byte) => byte === 9)).toBe(true);
      expect(data.subarray(100).every((byte) => byte === 0)).toBe(true);
      await settle(() => now.writeBack(ino, { size: 50, mtimeNs: 1n, validSize: 50, pages: [] }));
      await settle(() => now.writeBack(ino, { size: PAGE, mtimeNs: 1n, validSize: 50, pages: [] }));
      const grown = await readAll(await again(now), ino);
      expect(grown[49]).toBe(9);
      expect(grown.subarray(50).every((byte) => byte === 0)).toBe(true);
    });

    check("overwrites parts", async (fs, again) => {
      const ino = await settle(() => fs.create(fs.rootIno, "parts", FILE));
      await writeAll(fs, ino, new Uint8Array(300 * PAGE).fill(1));
      for (const index of [0, 1, 127, 128, 129, 255, 299]) {
        const pages = [{ index, bytes: new Uint8Array(PAGE).fill(2) }];
        await settle(() => fs.writeBack(ino, { size: 300 * PAGE, mtimeNs: 1n, validSize: 300 * PAGE, pages }));
      }
      const data = await readAll(await again(fs), ino);
      for (let page = 0; page < 300; page++) {
        expect(data[page * PAGE]).toBe([0, 1, 127, 128, 129, 255, 299].includes(page) ? 2 : 1);
      }
    });

    check("keeps modes and times", async (fs, again) => {
      const ino = await settle(() => fs.create(fs.rootIno, "times", FILE));
      await settle(() => fs.setMode(ino, 0o4751));
      await settle(() => fs.setTimes(ino, 1_700_000_000_123_456_789n, 42n));
      const inode = await settle(() => fs.attributes(ino));
      const now = await again(fs);
      const found = await settle(() => now.attributes(ino));
      expect(found.mode).toBe(0o4751);
      expect(found.atimeNs).toBe(1_700_000_000_123_456_789n);
      expect(found.mtimeNs).toBe(42n);
      expect(found.ctimeNs).toBe(inode.ctimeNs);
    });

    check("keeps owners, device numbers and extended attributes of guests", async (fs, again) => {
      const made = { uid: 0, gid: 33, atimeNs: 1n, mtimeNs: 2n };
      const disk = await settle(() =>
        fs.create(fs.rootIno, "disk", { type: FILETYPE_BLOCK_DEVICE, mode: 0o660, rdev: 0xabcdef12, ...made }),
      );
      await settle(() => fs.create(fs.rootIno, "pipe", { type: FILETYPE_FIFO, mode: 0o600 }));
      const xattrs = new Map([["user.made", new Uint8Array([1, 2])]]);
      const file = await settle(() => fs.create(fs.rootIno, "file", { ...FILE, xattrs }));
      await settle(() => fs.setOwner(file, 1, undefined));
      const big = Uint8Array.from({ length: 40_000 }, (_, i) => i >> 5);
      await settle(() => fs.setXattr(file, "user.big", big));
      await settle(() => fs.setXattr(file, "user.small", new Uint8Array(0)));
      await fails(errno.ENOSPC, () => fs.setXattr(file, "user.more", new Uint8Array(30_000)));
      let now = await again(fs);
      expect(await settle(() => now.attributes(disk))).toMatchObject({ rdev: 0xabcdef12, type: 1, ...made });
      expect((await list(now, now.rootIno)).map(({ type }) => type)).toEqual([1, FILETYPE_FIFO, FILETYPE_REGULAR_FILE]);
      expect(await settle(() => now.attributes(file))).toMatchObject({ uid: 1, gid: 1000 });
      expect([...(await settle(() => now.xattrs(file)))]).toEqual([
        ["user.made", new Uint8Array([1, 2])],
        ["user.big", big],
        ["user.small", new Uint8Array(0)],
      ]);
      await settle(() => now.setXattr(file, "user.big", undefined));
      await settle(() => now.setXattr(file, "user.made", undefined));
      now = await again(now);
      expect([...(await settle(() => now.xattrs(file)))]).toEqual([["user.small", new Uint8Array(0)]]);
      await settle(() => now.setXattr(file, "user.small", undefined));
      now = await again(now);
      expect((await settle(() => now.xattrs(file))).size).toBe(0);
      const orphan = await settle(() => now.unlink(now.rootIno, "file"));
      await settle(() => now.release(orphan));
      await again(now);
    });

    check("lists with cookies that stay valid while entries come and go", async (fs) => {
      const dir = await settle(() => fs.create(fs.rootIno, "busy", DIR));
      for (let i = 0; i < 100; i++) await settle(() => fs.create(dir, `f${i}`, FILE));
      const seen: string[] = [];
      let after = 0;
      for (let round = 0; ; round++) {
        const entries = await list(fs, dir, after, 7);
        if (entries.length === 0) break;
        seen.push(...entries.map(({ name }) => name));
        after = entries.at(-1)!.cookie;
        // Every second round removes what was just listed, and something new comes in.
        if (round % 2 === 0) for (const { name } of entries) await settle(() => fs.unlink(dir, name));
        if (round < 5) await settle(() => fs.create(dir, `new${round}`, FILE));
      }
      expect(new Set(seen).size).toBe(seen.length);
      for (let i = 0; i < 100; i++) expect(seen).toContain(`f${i}`);
    });

    check("keeps names of any valid kind apart", async (fs, again) => {
      const names = [
        "ä",
        "a\u0308",
        "\ufeff",
        "日本",
        "😀",
        "n".repeat(255),
        " ",
        "\\",
        "-",
        "__proto__",
        "constructor",
      ];
      for (const name of names) await settle(() => fs.create(fs.rootIno, name, FILE));
      const now = await again(fs);
      expect((await list(now, now.rootIno)).map(({ name }) => name)).toEqual(names);
      for (const name of names) expect(await settle(() => now.lookup(now.rootIno, name))).toBeGreaterThan(0);
    });
  });
}
