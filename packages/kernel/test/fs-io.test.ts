import {
  EBADF,
  EFAULT,
  EFBIG,
  EINVAL,
  EISDIR,
  ESPIPE,
  FDFLAGS_APPEND,
  OFLAGS_CREAT,
  OFLAGS_DIRECTORY,
  OFLAGS_TRUNC,
} from "@cloudos/abi";
import { expect, test } from "vitest";
import { DATA, Driver, OUT } from "./fs-driver.ts";
import { MemoryFiles } from "./fs-memory.ts";
import { Host } from "./host.ts";

async function start(maxPages?: number) {
  const files = new MemoryFiles();
  const host = new Host({ files: files.service, ...(maxPages ? { maxPages } : {}) });
  return { files, host, driver: await Driver.start(host) };
}
const pattern = (length: number, seed = 1) =>
  Uint8Array.from({ length }, (_, i) => (i * 7 + (i >> 8) * 13 + seed) & 255);

test("what is written is read back, before and after write-back", async () => {
  const { files, driver } = await start();
  const fd = await driver.open("a", { oflags: OFLAGS_CREAT });
  expect(fd).toBeGreaterThan(2);
  const data = pattern(10_000);
  expect(await driver.write(fd, data)).toBe(10_000);
  expect(await driver.call("wasi_snapshot_preview1.fd_seek", fd, 0n, 0, OUT)).toBe(0);
  expect(await driver.read(fd, 20_000)).toEqual(data);
  expect(await driver.call("wasi_snapshot_preview1.fd_sync", fd)).toBe(0);
  expect(files.content("a")).toEqual(data);
  expect(await driver.read(fd, 5000, 4000)).toEqual(data.slice(4000, 9000));
});

test("a file at rest is paged in with growing read-ahead", async () => {
  const { files, driver } = await start();
  const data = pattern(200 * 4096 + 100);
  files.add("big", data);
  const fd = await driver.open("big");
  for (let at = 0; at < data.length; at += 4096) {
    expect(await driver.read(fd, 4096)).toEqual(data.slice(at, at + 4096));
  }
  expect(await driver.read(fd, 4096)).toEqual(new Uint8Array(0));
  expect(files.log).toEqual(["in 0+8", "in 8+16", "in 24+32", "in 56+64", "in 120+64", "in 184+17"]);
});

test("random reads and writes, truncation and growth agree with a model", async () => {
  const { files, driver } = await start();
  let seed = 12345;
  const random = (below: number) => {
    seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
    return Math.floor((seed / 2 ** 32) * below);
  };
  let model = pattern(50_000);
  files.add("m", model);
  const fd = await driver.open("m");
  for (let step = 0; step < 400; step++) {
    const offset = random(120_000);
    const length = random(20_000);
    switch (random(6)) {
      case 0:
      case 1: {
        const data = pattern(length, step);
        expect(await driver.write(fd, data, offset)).toBe(length);
        if (length > 0 && offset + length > model.length) {
          const grown = new Uint8Array(offset + length);
          grown.set(model);
          model = grown;
        }
        model.set(data, length > 0 ? offset : 0);
        break;
      }
      case 2:
      case 3:
        expect(await driver.read(fd, length, offset)).toEqual(model.slice(offset, offset + length));
        break;
      case 4: {
        expect(await driver.call("wasi_snapshot_preview1.fd_filestat_set_size", fd, BigInt(offset))).toBe(0);
        const resized = new Uint8Array(offset);
        resized.set(model.subarray(0, offset));
        model = resized;
        break;
      }
      default:
        if (random(3) === 0) {
          expect(await driver.call("wasi_snapshot_preview1.fd_datasync", fd)).toBe(0);
          expect(files.content("m")).toEqual(model);
        }
    }
    expect(await driver.size(fd)).toBe(model.length);
  }
  expect(await driver.call("cloudos_v1.fs_sync")).toBe(0);
  expect(files.content("m")).toEqual(model);
});

test("a file cut and grown again reads as zeros in between, also at rest", async () => {
  const { files, driver } = await start();
  files.add("t", pattern(9000));
  const fd = await driver.open("t");
  expect(await driver.call("wasi_snapshot_preview1.fd_filestat_set_size", fd, 100n)).toBe(0);
  expect(await driver.call("wasi_snapshot_preview1.fd_filestat_set_size", fd, 9000n)).toBe(0);
  const expected = new Uint8Array(9000);
  expected.set(pattern(9000).slice(0, 100));
  expect(await driver.read(fd, 9000, 0)).toEqual(expected);
  await driver.call("wasi_snapshot_preview1.fd_sync", fd);
  expect(files.content("t")).toEqual(expected);
});

test("append writes go to the end whatever the offset, and move it there", async () => {
  const { files, driver } = await start();
  files.add("log", pattern(10));
  const fd = await driver.open("log", { fdflags: FDFLAGS_APPEND });
  expect(await driver.write(fd, pattern(5, 50))).toBe(5);
  await driver.call("wasi_snapshot_preview1.fd_tell", fd, OUT);
  expect(driver.u64()).toBe(15);
  expect(await driver.size(fd)).toBe(15);
  expect(await driver.write(fd, pattern(3, 60), 0)).toBe(3);
  expect(await driver.size(fd)).toBe(15);
});

test("vectors are gathered and scattered, empty ones included", async () => {
  const { driver } = await start();
  const fd = await driver.open("v", { oflags: OFLAGS_CREAT });
  driver.bytes.set(pattern(9000), DATA);
  const parts = [
    [DATA, 0],
    [DATA, 10],
    [DATA + 10, 5000],
    [0, 0],
    [DATA + 5010, 3990],
  ] as const;
  expect(await driver.call("wasi_snapshot_preview1.fd_write", fd, ...driver.iovs(parts), OUT)).toBe(0);
  expect(driver.u32()).toBe(9000);
  driver.bytes.fill(0, DATA, DATA + 9000);
  expect(await driver.call("wasi_snapshot_preview1.fd_pread", fd, ...driver.iovs(parts), 0n, OUT)).toBe(0);
  expect(driver.u32()).toBe(9000);
  expect(driver.bytes.slice(DATA, DATA + 9000)).toEqual(pattern(9000));
});

test("bad addresses give EFAULT and change nothing", async () => {
  const { driver } = await start();
  const fd = await driver.open("f", { oflags: OFLAGS_CREAT });
  await driver.write(fd, pattern(5000));
  const bad = 0xfffff000;
  const end = 131072;
  for (const [pointer, length] of [
    [bad, 10],
    [bad, 0x2000],
    [end - 4, 8],
    [end, 1],
  ] as const) {
    expect(
      await driver.call("wasi_snapshot_preview1.fd_pwrite", fd, ...driver.iovs([[pointer, length]]), 0n, OUT),
    ).toBe(EFAULT);
    expect(await driver.call("wasi_snapshot_preview1.fd_pread", fd, ...driver.iovs([[pointer, length]]), 0n, OUT)).toBe(
      EFAULT,
    );
  }
  expect(await driver.call("wasi_snapshot_preview1.fd_read", fd, bad, 1, OUT)).toBe(EFAULT);
  for (const call of ["fd_filestat_get", "fd_fdstat_get", "fd_tell"] as const) {
    expect(await driver.call(`wasi_snapshot_preview1.${call}`, fd, end - 2)).toBe(EFAULT);
  }
  expect(await driver.call("cloudos_v1.fd_stat", fd, bad)).toBe(EFAULT);
  expect(await driver.call("wasi_snapshot_preview1.path_filestat_get", 3, 0, bad, 3, OUT)).toBe(EFAULT);
  expect(await driver.call("wasi_snapshot_preview1.path_filestat_get", 3, 0, ...driver.path("f"), bad)).toBe(EFAULT);
  expect(await driver.call("wasi_snapshot_preview1.path_open", 3, 0, ...driver.path("f"), 0, 2n, 0n, 0, bad)).toBe(
    EFAULT,
  );
  expect(await driver.read(fd, 5000, 0)).toEqual(pattern(5000));
  expect(await driver.size(fd)).toBe(5000);
});

test("seeking: all origins in both dialects, bounds, and descriptors without an offset", async () => {
  const { files, driver } = await start();
  files.add("s", pattern(1000));
  const fd = await driver.open("s");
  const seek = async (
    by: bigint,
    whence: number,
    dialect: "wasi_snapshot_preview1" | "wasi_unstable" = "wasi_snapshot_preview1",
  ) => {
    const errno = await driver.call(`${dialect}.fd_seek`, fd, by, whence, OUT);
    return errno === 0 ? driver.u64() : -errno;
  };
  expect(await seek(10n, 0)).toBe(10);
  expect(await seek(5n, 1)).toBe(15);
  expect(await seek(-100n, 2)).toBe(900);
  expect(await seek(-901n, 1)).toBe(-EINVAL);
  expect(await seek(0x7fffffffffffffffn, 2)).toBe(-EINVAL);
  expect(await seek(0n, 3)).toBe(-EINVAL);
  expect(await seek(1n, 0, "wasi_unstable")).toBe(901);
  expect(await seek(-1n, 1, "wasi_unstable")).toBe(999);
  expect(await seek(7n, 2, "wasi_unstable")).toBe(7);
  expect(await driver.call("wasi_snapshot_preview1.fd_seek", 0, 0n, 1, OUT)).toBe(ESPIPE);
  expect(await driver.call("wasi_snapshot_preview1.fd_seek", 3, 0n, 1, OUT)).toBe(EISDIR);
  expect(await driver.call("wasi_snapshot_preview1.fd_seek", 99, 0n, 1, OUT)).toBe(EBADF);
});

test("files end at 4 GiB", async () => {
  const { driver } = await start();
  const fd = await driver.open("h", { oflags: OFLAGS_CREAT });
  expect(await driver.write(fd, pattern(8), 2 ** 32 - 4)).toBe(4);
  expect(await driver.write(fd, pattern(8), 2 ** 32)).toBe(-EFBIG);
  expect(await driver.size(fd)).toBe(2 ** 32);
  expect(await driver.read(fd, 100, 2 ** 31)).toEqual(new Uint8Array(100));
  expect(await driver.call("wasi_snapshot_preview1.fd_filestat_set_size", fd, 2n ** 32n + 1n)).toBe(EFBIG);
  expect(await driver.call("wasi_snapshot_preview1.fd_allocate", fd, 2n ** 32n, 1n)).toBe(EFBIG);
  expect(await driver.call("wasi_snapshot_preview1.fd_allocate", fd, 0n, 0n)).toBe(EINVAL);
});

test("opening truncates, creates, and tells directories from files", async () => {
  const { files, driver } = await start();
  files.add("x", pattern(6000));
  const fd = await driver.open("x", { oflags: OFLAGS_TRUNC });
  expect(await driver.size(fd)).toBe(0);
  expect(await driver.call("wasi_snapshot_preview1.fd_sync", fd)).toBe(0);
  expect(files.content("x")).toEqual(new Uint8Array(0));
  expect(await driver.call("wasi_snapshot_preview1.path_create_directory", 3, ...driver.path("dir"))).toBe(0);
  expect(await driver.open("dir")).toBe(-EISDIR);
  const dir = await driver.open("dir", { oflags: OFLAGS_DIRECTORY });
  expect(dir).toBeGreaterThan(fd);
  expect(await driver.read(dir, 10)).toBe(-EISDIR);
  expect(await driver.read(dir, 10, 0)).toBe(-EISDIR);
  expect(await driver.write(dir, pattern(10))).toBe(-EISDIR);
  expect(await driver.read(99, 10)).toBe(-EBADF);
});
